# SPDX-License-Identifier: GPL-2.0-or-later
"""A healthy UDP session from allocation to release: what a report must find no fault with.

Seen on the client's PC, which sits behind a NAT.
"""

import stunwire as stun
from chosen import chosen_bytes, chosen_nonce
from expressway import SOFTWARE, STALE_NONCE, TURN_PORT, UNAUTHORIZED, Account, signed, success
from media import RtpSender, dtls_client_finished, dtls_client_hello, dtls_server_hello
from netwire import Capture, Endpoint, Host, udp_frame, utc

CLIENT_ADDRESS = "192.168.10.23"
CLIENT_PORT = 51734
MAPPED = ("198.51.100.23", 62011)
SERVER_ADDRESS = "203.0.113.40"
RELAY = (SERVER_ADDRESS, 24018)
PEER = ("192.0.2.180", 52010)
CHANNEL = 0x4000

USER = "webrtc"
REALM = "TANDBERG"
PASSWORD = "udp-password-of-both-sides"
CLIENT_FRAGMENT = "hT4q"
CLIENT_ICE_PASSWORD = "udpClientIcePasswordCCCC"
PEER_FRAGMENT = "pW9z"
PEER_ICE_PASSWORD = "udpCmsIcePasswordDDDDDDD"

_START = utc("2017-05-22 09:00:00.000000")
_MILLISECOND = 1000
_SECOND = 1000 * _MILLISECOND
_OPUS = 111
_PACKET_EVERY = 400 * _MILLISECOND
_MEDIA_FROM = 1 * _SECOND
_MEDIA_UNTIL = 40 * _SECOND
_CHECK_EVERY = 5 * _SECOND

_UDP = stun.requested_transport(stun.TRANSPORT_UDP)
_LIFETIME = stun.number_attribute(stun.LIFETIME, 600)
_NO_LIFETIME = stun.number_attribute(stun.LIFETIME, 0)
_PEER_ADDRESS = stun.xor_address(stun.XOR_PEER_ADDRESS, *PEER)
_CHANNEL_NUMBER = stun.channel_number(CHANNEL)

_FIRST = Account(USER, REALM, PASSWORD, chosen_nonce("udp nonce 1"))
_RENEWED = Account(USER, REALM, PASSWORD, chosen_nonce("udp nonce 2"))

_CLIENT_ROLE = stun.attribute(stun.ICE_CONTROLLING, chosen_bytes("udp client tie breaker", 8))
_PEER_ROLE = stun.attribute(stun.ICE_CONTROLLED, chosen_bytes("udp peer tie breaker", 8))


def _transaction(label):
    return chosen_bytes("udp " + label, 12)


def _request(account, kind, label, *attributes):
    return signed(account, kind, _transaction(label), account.credentials, *attributes)


def _answer(account, kind, label, *attributes):
    return success(account, kind, _transaction(label), *attributes)


def _check(label, user, role, password, *attributes):
    message = stun.message(
        stun.BINDING_REQUEST,
        _transaction(label),
        stun.attribute(stun.USERNAME, user.encode()),
        role,
        stun.number_attribute(stun.PRIORITY, 0x6E7F1EFF),
        *attributes,
    )
    return stun.add_fingerprint(stun.sign(message, password.encode()))


def _check_answer(label, mapped, password):
    message = stun.message(
        stun.BINDING_SUCCESS,
        _transaction(label),
        stun.xor_address(stun.XOR_MAPPED_ADDRESS, *mapped),
    )
    return stun.add_fingerprint(stun.sign(message, password.encode()))


class _Session:
    """Collects the datagrams of both sides, at times given in microseconds from the start."""

    def __init__(self):
        self.datagrams = []

    def up(self, when, payload):
        """The client sends."""
        self.datagrams.append((when, True, payload))

    def down(self, when, payload):
        """The server sends."""
        self.datagrams.append((when, False, payload))

    def exchange(self, when, request, answer, round_trip=24 * _MILLISECOND):
        """The client asks and the server answers."""
        self.up(when, request)
        self.down(when + round_trip, answer)

    def relay_up(self, when, payload):
        """The client sends to its peer."""
        self.up(when, stun.channel_data(CHANNEL, payload))

    def relay_down(self, when, payload):
        """The peer sends to the client."""
        self.down(when, stun.channel_data(CHANNEL, payload))

    def check_of_client(self, when, label, *attributes):
        """The client checks the pair and the peer answers."""
        user = f"{PEER_FRAGMENT}:{CLIENT_FRAGMENT}"
        self.relay_up(when, _check(label, user, _CLIENT_ROLE, PEER_ICE_PASSWORD, *attributes))
        answer = _check_answer(label, RELAY, PEER_ICE_PASSWORD)
        self.relay_down(when + 31 * _MILLISECOND, answer)

    def check_of_peer(self, when, label):
        """The peer checks the pair and the client answers."""
        user = f"{CLIENT_FRAGMENT}:{PEER_FRAGMENT}"
        self.relay_down(when, _check(label, user, _PEER_ROLE, CLIENT_ICE_PASSWORD))
        self.relay_up(when + 400, _check_answer(label, PEER, CLIENT_ICE_PASSWORD))


def _allocate(session):
    challenged = _transaction("challenged")
    session.exchange(
        0,
        stun.message(stun.ALLOCATE_REQUEST, challenged, _UDP),
        stun.message(
            stun.ALLOCATE_ERROR,
            challenged,
            _FIRST.nonce_attribute,
            _FIRST.realm_attribute,
            _UDP,
            UNAUTHORIZED,
            SOFTWARE,
        ),
    )
    session.exchange(
        25 * _MILLISECOND,
        _request(_FIRST, stun.ALLOCATE_REQUEST, "allocate", _UDP),
        _answer(
            _FIRST,
            stun.ALLOCATE_SUCCESS,
            "allocate",
            _LIFETIME,
            stun.xor_address(stun.XOR_MAPPED_ADDRESS, *MAPPED),
            stun.xor_address(stun.XOR_RELAYED_ADDRESS, *RELAY),
        ),
        35 * _MILLISECOND,
    )


def _open_channel(session):
    session.exchange(
        180 * _MILLISECOND,
        _request(_FIRST, stun.CREATE_PERMISSION_REQUEST, "permission", _PEER_ADDRESS),
        _answer(_FIRST, stun.CREATE_PERMISSION_SUCCESS, "permission"),
    )
    session.exchange(
        210 * _MILLISECOND,
        _request(_FIRST, stun.CHANNEL_BIND_REQUEST, "channel", _CHANNEL_NUMBER, _PEER_ADDRESS),
        _answer(_FIRST, stun.CHANNEL_BIND_SUCCESS, "channel"),
    )


def _connect(session):
    session.check_of_client(250 * _MILLISECOND, "client check")
    session.check_of_peer(300 * _MILLISECOND, "peer check")
    session.check_of_client(
        350 * _MILLISECOND, "client nomination", stun.attribute(stun.USE_CANDIDATE)
    )
    session.relay_up(400 * _MILLISECOND, dtls_client_hello())
    session.relay_down(434 * _MILLISECOND, dtls_server_hello())
    session.relay_up(436 * _MILLISECOND, dtls_client_finished())


def _talk(session):
    client = RtpSender("udp client audio", _OPUS, 19200)
    peer = RtpSender("udp peer audio", _OPUS, 19200)
    # The sizes vary so that ChannelData of every remainder modulo four occurs.
    for number, when in enumerate(range(_MEDIA_FROM, _MEDIA_UNTIL, _PACKET_EVERY)):
        session.relay_up(when, client.packet(60 + number % 7))
        session.relay_down(when + 130 * _MILLISECOND, peer.packet(71 + number % 5))
    for when in range(_CHECK_EVERY, _MEDIA_UNTIL, _CHECK_EVERY):
        session.check_of_client(when + 50 * _MILLISECOND, f"client consent {when}")
        session.check_of_peer(when + 250 * _MILLISECOND, f"peer consent {when}")
        session.relay_up(when + 300 * _MILLISECOND, client.report())
        session.relay_down(when + 360 * _MILLISECOND, peer.report())


def _refresh(session):
    """Refresh early, which keeps the sample short, and once more after the nonce has changed."""
    session.exchange(
        12 * _SECOND + 10 * _MILLISECOND,
        _request(_FIRST, stun.REFRESH_REQUEST, "refresh", _LIFETIME),
        _answer(_FIRST, stun.REFRESH_SUCCESS, "refresh", _LIFETIME),
    )
    stale = stun.message(
        stun.REFRESH_ERROR, _transaction("stale"), _RENEWED.repeated, STALE_NONCE, SOFTWARE
    )
    session.exchange(
        24 * _SECOND + 10 * _MILLISECOND,
        _request(_FIRST, stun.REFRESH_REQUEST, "stale", _LIFETIME),
        stale,
    )
    session.exchange(
        24 * _SECOND + 36 * _MILLISECOND,
        _request(_RENEWED, stun.REFRESH_REQUEST, "renewed", _LIFETIME),
        _answer(_RENEWED, stun.REFRESH_SUCCESS, "renewed", _LIFETIME),
    )


def _release(session):
    session.exchange(
        _MEDIA_UNTIL + 500 * _MILLISECOND,
        _request(_RENEWED, stun.REFRESH_REQUEST, "release", _NO_LIFETIME),
        _answer(_RENEWED, stun.REFRESH_SUCCESS, "release", _NO_LIFETIME),
    )


def capture():
    """Return the capture of this scenario."""
    session = _Session()
    for part in (_allocate, _open_channel, _connect, _talk, _refresh, _release):
        part(session)
    client = Endpoint(Host(CLIENT_ADDRESS, 0x51, 0x3300), CLIENT_PORT)
    server = Endpoint(Host(SERVER_ADDRESS, 0x52, 0xA180), TURN_PORT)
    result = Capture()
    for when, from_client, payload in sorted(session.datagrams, key=lambda datagram: datagram[0]):
        ends = (client, server) if from_client else (server, client)
        result.add(_START + when, udp_frame(*ends, payload))
    return result
