# SPDX-License-Identifier: GPL-2.0-or-later
"""RFC 6062 connections and ICE over TCP, in all the ways that a stream can be cut into segments.

First a data connection whose beginning nobody captured; then an allocation with a connection that the peer opened and
one that the client opened, which has a hole in it; then pairs without any TURN.
"""

import stunwire as stun
from chosen import chosen_nonce
from expressway import TURN_PORT, Account
from expressway_session import Session
from media import RtpSender, dtls_client_finished, dtls_client_hello, dtls_server_hello
from netwire import Capture, Endpoint, Host, utc
from rfc_check import Agent, check, check_answer
from talk import CLIENT, SERVER, Clock, Talk

CLIENT_ADDRESS = "198.51.100.30"
SERVER_ADDRESS = "203.0.113.50"
CALLING_PEER = ("192.0.2.61", 53001)
CALLED_PEER = ("192.0.2.62", 53002)
DIRECT_PEER = "192.0.2.70"
DIRECT_PORTS = (51234, 40000)
CLIENT_ADDRESS6 = "2001:db8::30"
DIRECT_PEER6 = "2001:db8::70"
DIRECT_PORT6 = 45678
CONTROL_PORT = 44001
CALLING_PORT = 44002
CALLED_PORT = 44003
UNSEEN_PORT = 44000
RELAY = (SERVER_ADDRESS, 24010)

USER = "bound"
REALM = "TANDBERG"
PASSWORD = "bound-password-of-both-sides"

_START = utc("2017-06-01 13:00:00.000000")
_EVERY = 4_000

_CLIENT_AGENT = Agent("bC1t", "boundClientIcePasswordII", stun.ICE_CONTROLLING)
_PEER_AGENT = Agent("bP2r", "boundPeerIcePasswordJJJJ", stun.ICE_CONTROLLED)
_SESSION = Session(
    label="bound",
    account=Account(USER, REALM, PASSWORD, chosen_nonce("bound nonce")),
    mapped=(CLIENT_ADDRESS, CONTROL_PORT),
    relay=RELAY,
)
_CALLING = _SESSION.connection_id("calling connection")
_CALLED = _SESSION.connection_id("called connection")
_NO_LIFETIME = stun.number_attribute(stun.LIFETIME, 0)
_HALF_A_FRAME = 50


class _Pair:
    """What two ICE agents send each other over one connection, each packet behind its length.

    A name gives a Binding transaction; it is the only one of that name in the capture.
    """

    def __init__(self, label, client_seen, peer_seen):
        self._client_seen = client_seen
        self._peer_seen = peer_seen
        self._senders = {
            CLIENT: RtpSender(label + " client", 127, 3000),
            SERVER: RtpSender(label + " peer", 127, 3000),
        }

    def ask(self, from_client, name):
        ends = (_CLIENT_AGENT, _PEER_AGENT) if from_client else (_PEER_AGENT, _CLIENT_AGENT)
        return stun.framed(check(f"bound {name}", *ends))

    def answer(self, from_client, name):
        """Return the answer of the client or the peer to the check of that name."""
        agent = _CLIENT_AGENT if from_client else _PEER_AGENT
        seen = self._peer_seen if from_client else self._client_seen
        return stun.framed(check_answer(f"bound {name}", agent, seen))

    def rtp(self, from_client, size):
        return stun.framed(self._senders[from_client].packet(size))

    def rtcp(self, from_client):
        return stun.framed(self._senders[from_client].report())


_CLIENT_HELLO = stun.framed(dtls_client_hello())
_SERVER_HELLO = stun.framed(dtls_server_hello())
_FINISHED = stun.framed(dtls_client_finished())
_EMPTY = stun.framed(b"")


def _unseen(talk):
    """A bound connection whose handshake and bind were before the capture; first the end of some frame."""
    pair = _Pair("bound unseen", RELAY, CALLING_PEER)
    talk.say(SERVER, pair.rtp(SERVER, 200)[_HALF_A_FRAME:])
    talk.say(CLIENT, pair.ask(CLIENT, "unseen check"))
    talk.say(SERVER, pair.answer(SERVER, "unseen check"))
    talk.say(CLIENT, pair.rtp(CLIENT, 70))
    talk.say(SERVER, pair.rtp(SERVER, 80), pair.rtcp(SERVER))
    talk.acknowledge(CLIENT)


def _calling_connection(talk):
    """The peer's first check comes in the segment of the bind's answer."""
    pair = _Pair("bound calling", RELAY, CALLING_PEER)
    talk.open()
    bind, bound = _SESSION.bind("bind calling", _CALLING)
    talk.say(CLIENT, bind)
    talk.say(SERVER, bound, pair.ask(SERVER, "first of the peer"))
    talk.say(CLIENT, pair.answer(CLIENT, "first of the peer"))
    # The length and six bytes of the header, and the rest.
    talk.cut(CLIENT, pair.ask(CLIENT, "cut check"), 8)
    talk.cut(SERVER, pair.answer(SERVER, "cut check"), 8)
    talk.say(SERVER, _CLIENT_HELLO)
    talk.say(CLIENT, _SERVER_HELLO)
    talk.say(SERVER, _FINISHED)
    talk.say(SERVER, pair.rtp(SERVER, 90))
    talk.say(CLIENT, pair.rtcp(CLIENT))
    _orders(talk, pair)
    _places(talk, pair)


def _orders(talk, pair):
    """Several frames in one segment, each kind in front of each other kind."""
    talk.say(SERVER, _CLIENT_HELLO, pair.ask(SERVER, "behind DTLS"))
    talk.say(CLIENT, pair.answer(CLIENT, "behind DTLS"), _SERVER_HELLO)
    talk.say(SERVER, pair.ask(SERVER, "before DTLS"), _FINISHED, pair.ask(SERVER, "after DTLS"))
    answers = [pair.answer(CLIENT, f"{place} DTLS") for place in ("before", "after")]
    talk.say(CLIENT, *answers, pair.rtp(CLIENT, 33))
    talk.say(SERVER, pair.rtp(SERVER, 91), pair.ask(SERVER, "behind RTP"), pair.rtcp(SERVER))
    talk.say(CLIENT, pair.rtcp(CLIENT), pair.answer(CLIENT, "behind RTP"))
    talk.say(SERVER, pair.rtcp(SERVER), pair.rtp(SERVER, 92), _FINISHED, pair.rtp(SERVER, 93))
    # A frame of no bytes keeps a connection alive.
    talk.say(CLIENT, _EMPTY, pair.rtp(CLIENT, 34), _EMPTY)


def _places(talk, pair):
    """Frames that go on in the next segment."""
    talk.cut(SERVER, pair.rtp(SERVER, 94) + pair.ask(SERVER, "cut twice"), 1, 2, 109, 112, 130)
    talk.cut(CLIENT, pair.answer(CLIENT, "cut twice") + pair.rtcp(CLIENT), 69, 71)
    talk.acknowledge(SERVER)


def _called_peer(talk):
    """Now the client calls."""
    peer = stun.xor_address(stun.XOR_PEER_ADDRESS, *CALLED_PEER)
    talk.say(CLIENT, _SESSION.request(stun.CONNECT_REQUEST, "connect", peer))
    talk.say(SERVER, _SESSION.answer(stun.CONNECT_SUCCESS, "connect", _CALLED))
    talk.acknowledge(CLIENT)


def _called_connection(talk):
    """Half a frame, a frame and half of another one are missing from the capture."""
    pair = _Pair("bound called", RELAY, CALLED_PEER)
    talk.open()
    bind, bound = _SESSION.bind("bind called", _CALLED)
    talk.say(CLIENT, bind)
    talk.say(SERVER, bound)
    talk.say(CLIENT, pair.ask(CLIENT, "before the hole"))
    talk.say(SERVER, pair.answer(SERVER, "before the hole"), pair.rtp(SERVER, 300)[:_HALF_A_FRAME])
    lost = [pair.rtp(SERVER, 300)[_HALF_A_FRAME:], pair.rtp(SERVER, 120)]
    cut = pair.rtp(SERVER, 150)
    talk.lose(SERVER, b"".join(lost) + cut[:_HALF_A_FRAME])
    talk.say(SERVER, cut[_HALF_A_FRAME:], pair.ask(SERVER, "after the hole"))
    talk.say(CLIENT, pair.answer(CLIENT, "after the hole"), pair.rtp(CLIENT, 35))
    talk.say(SERVER, pair.rtp(SERVER, 95), pair.rtcp(SERVER))
    talk.acknowledge(CLIENT)


def _release(talk):
    talk.say(CLIENT, _SESSION.request(stun.REFRESH_REQUEST, "release", _NO_LIFETIME))
    talk.say(SERVER, _SESSION.answer(stun.REFRESH_SUCCESS, "release", _NO_LIFETIME))
    talk.acknowledge(CLIENT)


def _direct(talk, label, client_seen, peer_seen):
    """A pair that needs no relay."""
    pair = _Pair(label, client_seen, peer_seen)
    talk.open()
    talk.cut(CLIENT, pair.ask(CLIENT, f"{label} first"), 8)
    talk.cut(SERVER, pair.answer(SERVER, f"{label} first"), 8)
    talk.say(CLIENT, _CLIENT_HELLO)
    talk.say(SERVER, _SERVER_HELLO)
    talk.say(CLIENT, pair.rtp(CLIENT, 36))
    talk.say(CLIENT, pair.ask(CLIENT, f"{label} second"))
    talk.say(SERVER, pair.rtp(SERVER, 96), pair.answer(SERVER, f"{label} second"))
    talk.acknowledge(CLIENT)


def capture():
    """Return the capture of this scenario."""
    result = Capture()
    clock = Clock(_START, _EVERY)
    client = Host(CLIENT_ADDRESS, 0x91, 0x8800)
    server = Endpoint(Host(SERVER_ADDRESS, 0x92, 0x9900), TURN_PORT)

    def talk(port, end=server, host=client):
        return Talk(result, clock, f"bound {port}", Endpoint(host, port), end)

    _unseen(talk(UNSEEN_PORT))
    control = talk(CONTROL_PORT)
    control.open()
    _SESSION.allocate(control)
    _SESSION.be_called(control, CALLING_PEER, _CALLING)
    _calling_connection(talk(CALLING_PORT))
    _called_peer(control)
    _called_connection(talk(CALLED_PORT))
    _release(control)
    peer = Host(DIRECT_PEER, 0x93, 0xAA00)
    for port in DIRECT_PORTS:
        seen = (CLIENT_ADDRESS, port + 1), (DIRECT_PEER, port)
        _direct(talk(port + 1, Endpoint(peer, port)), f"direct {port}", *seen)
    client6 = Host(CLIENT_ADDRESS6, 0x91, 0)
    peer6 = Endpoint(Host(DIRECT_PEER6, 0x93, 0), DIRECT_PORT6)
    seen = (CLIENT_ADDRESS6, DIRECT_PORT6 + 1), (DIRECT_PEER6, DIRECT_PORT6)
    _direct(talk(DIRECT_PORT6 + 1, peer6, client6), f"direct {DIRECT_PORT6}", *seen)
    return result
