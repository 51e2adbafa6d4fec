# SPDX-License-Identifier: GPL-2.0-or-later
"""A healthy call as two captures show it: a client with a channel to a peer, and the server with both legs."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "samples"))
import stunwire as stun  # noqa: E402
from chosen import chosen_bytes, chosen_nonce  # noqa: E402
from expressway import SOFTWARE, TURN_PORT, UNAUTHORIZED, Account, signed, success  # noqa: E402
from media import RtpSender  # noqa: E402
from netwire import utc  # noqa: E402
from rfc_check import Agent, check, check_answer  # noqa: E402
from two_points import CLIENT, SERVER, TwoPoints  # noqa: E402

MILLISECOND = 1000
SECOND = 1000 * MILLISECOND
START = utc("2017-05-22 09:00:00.000000")
MIDDLE = START + 30 * SECOND
END = START + 60 * SECOND
PORT = 40000
RELAY_PORT = 24020
PEER = ("192.0.2.180", 52010)
CHANNEL = 0x4000

_ACCOUNT = Account("webrtc", "TANDBERG", "password-of-both-sides", chosen_nonce("points nonce"))
_UDP = stun.requested_transport(stun.TRANSPORT_UDP)
_LIFETIME = stun.number_attribute(stun.LIFETIME, 600)
_NEAR = Agent("nE4r", "pointsNearIcePasswordJJJJ", stun.ICE_CONTROLLING)
_FAR = Agent("fA9r", "pointsFarIcePasswordKKKKK", stun.ICE_CONTROLLED)
_WAY_UP = 18 * MILLISECOND
_OPUS = 111


class _Call:
    def __init__(self, setting, server_outside, relay_inside):
        self.points = TwoPoints(
            setting, "10.55.157.229", "198.51.100.23", "192.168.245.61", server_outside
        )
        self.relay = (relay_inside, RELAY_PORT)

    def ask(self, when, label, kind, answer_kind, *attributes):
        transaction = chosen_bytes(f"points {label}", 12)
        request = signed(_ACCOUNT, kind, transaction, _ACCOUNT.credentials, *attributes[:1])
        answer = success(_ACCOUNT, answer_kind, transaction, *attributes[1:])
        self.exchange(when, label, request, answer)

    def exchange(self, when, label, request, answer):
        self.points.up(when, PORT, TURN_PORT, request, f"{label} request")
        self.points.down(when + _WAY_UP + 2 * MILLISECOND, PORT, TURN_PORT, answer, f"{label} answer")

    def to_peer(self, when, data, role):
        """Send through the channel: the server passes it on a moment later."""
        self.points.up(when, PORT, TURN_PORT, stun.channel_data(CHANNEL, data), role)
        self.points.beyond(when + _WAY_UP + MILLISECOND, self.relay, PEER, data, f"{role} passed on")

    def from_peer(self, when, data, role):
        self.points.beyond(when, PEER, self.relay, data, f"{role} from the peer")
        self.points.down(when + MILLISECOND, PORT, TURN_PORT, stun.channel_data(CHANNEL, data), role)

    def checks(self, when):
        to, back = f"points near {when}", f"points far {when}"
        self.to_peer(when, check(to, _NEAR, _FAR), "near check")
        self.from_peer(when + 60 * MILLISECOND, check_answer(to, _FAR, self.relay), "near check answer")
        self.from_peer(when + 100 * MILLISECOND, check(back, _FAR, _NEAR), "far check")
        self.to_peer(when + 130 * MILLISECOND, check_answer(back, _NEAR, PEER), "far check answer")


def _allocate(call, relayed):
    challenged = chosen_bytes("points challenged", 12)
    mapped = stun.xor_address(stun.XOR_MAPPED_ADDRESS, *call.points.outside(PORT))
    relay = stun.xor_address(stun.XOR_RELAYED_ADDRESS, relayed, RELAY_PORT)
    peer = stun.xor_address(stun.XOR_PEER_ADDRESS, *PEER)
    call.exchange(
        START,
        "challenge",
        stun.message(stun.ALLOCATE_REQUEST, challenged, _UDP),
        stun.message(
            stun.ALLOCATE_ERROR,
            challenged,
            _ACCOUNT.nonce_attribute,
            _ACCOUNT.realm_attribute,
            _UDP,
            UNAUTHORIZED,
            SOFTWARE,
        ),
    )
    call.ask(
        START + 50 * MILLISECOND,
        "allocate",
        stun.ALLOCATE_REQUEST,
        stun.ALLOCATE_SUCCESS,
        _UDP,
        _LIFETIME,
        mapped,
        relay,
    )
    bind = stun.channel_number(CHANNEL) + peer
    call.ask(
        START + 150 * MILLISECOND, "bind", stun.CHANNEL_BIND_REQUEST, stun.CHANNEL_BIND_SUCCESS, bind
    )


def conversation(setting):
    """Return what both machines see of a call that works."""
    outside = "10.88.246.156"
    inside = "192.168.245.61" if setting.static_nat else outside
    call = _Call(setting, outside, inside)
    near, far = RtpSender("points near", _OPUS, 960), RtpSender("points far", _OPUS, 960)
    # A server behind a static NAT of newer versions hands out the outer address.
    _allocate(call, outside)
    for second in range(1, 60):
        when = START + second * SECOND
        call.to_peer(when, near.packet(80), "media")
        call.from_peer(when + 200 * MILLISECOND, far.packet(80), "media")
        if second % 5 == 1:
            call.checks(when + 300 * MILLISECOND)
        if second % 12 == 2:
            label = f"refresh {second}"
            kinds = (stun.REFRESH_REQUEST, stun.REFRESH_SUCCESS)
            call.ask(when + 500 * MILLISECOND, label, *kinds, _LIFETIME, _LIFETIME)
    for point in (CLIENT, SERVER):
        call.points.chatter(point, END)
    return call.points
