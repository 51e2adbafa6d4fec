# SPDX-License-Identifier: GPL-2.0-or-later
"""MS-TURN over TCP: behind hellos that look like TLS on port 443, without them on other ports; and TURN of RFC 8656
and RFC 6062 in the clear on 443."""

import msturn
import stunwire as stun
from chosen import chosen_bytes, chosen_nonce
from expressway import Account
from expressway_session import Session as ExpresswaySession
from media import RtpSender, dtls_client_hello
from msturn_session import Session
from netwire import Capture, Endpoint, Host, utc
from rfc_check import Agent, check, check_answer
from talk import CLIENT, SERVER, Clock, Talk

EDGE = "203.0.113.41"
EXPRESSWAY = "203.0.113.42"
CLIENT_ADDRESS = "198.51.100.22"
PEER = ("192.0.2.9", 50000)
RELAY_OF_EXPRESSWAY = (EXPRESSWAY, 24044)
REALM = "TANDBERG"
USER = "turn443"
PASSWORD = "tcp-443-password-of-both-sides"

_START = utc("2017-06-01 12:00:00.000000")
_EVERY = 5_000

_CLIENT_AGENT = Agent("tC1t", "tcpClientIcePasswordGGGG", stun.ICE_CONTROLLING)
_PEER_AGENT = Agent("tP2r", "tcpPeerIcePasswordHHHHHH", stun.ICE_CONTROLLED)
_EXPRESSWAY_SESSION = ExpresswaySession(
    label="tcp 443",
    account=Account(USER, REALM, PASSWORD, chosen_nonce("tcp 443 nonce")),
    mapped=(CLIENT_ADDRESS, 51004),
    relay=RELAY_OF_EXPRESSWAY,
)
_CONNECTION = _EXPRESSWAY_SESSION.connection_id("connection")


def session(label, port, server_port):
    """Return the session of the client's connection from that port."""
    return Session(
        label=label,
        prefix=b"",
        user=b"msuser",
        realm="rtcmedia",
        password=b"ms-password-over-tcp",
        version=2,
        mapped=(CLIENT_ADDRESS, port),
        server=(EDGE, server_port),
        relay=(EDGE, 50200 + port % 100),
    )


def _control(message):
    return msturn.framed(msturn.CONTROL, message)


def _data(packet):
    return msturn.framed(msturn.DATA, packet)


class _Network:
    """The hosts, and connections between them."""

    def __init__(self):
        self.capture = Capture()
        self.clock = Clock(_START, _EVERY)
        self._client = Host(CLIENT_ADDRESS, 0x81, 0x5500)
        self._servers = {EDGE: Host(EDGE, 0x82, 0x6600), EXPRESSWAY: Host(EXPRESSWAY, 0x83, 0x7700)}

    def connect(self, port, server, server_port):
        ends = Endpoint(self._client, port), Endpoint(self._servers[server], server_port)
        talk = Talk(self.capture, self.clock, f"tcp {port}", *ends)
        talk.open()
        return talk


def _hellos(talk):
    talk.say(CLIENT, msturn.client_hello(chosen_bytes("hello of the client", 32)))
    hello = chosen_bytes("hello of the server", 32), chosen_bytes("session of the hellos", 32)
    talk.say(SERVER, msturn.server_hello(*hello))


def _allocate(talk, agreed):
    talk.say(CLIENT, _control(agreed.first_allocate()))
    talk.say(SERVER, _control(agreed.challenge()))
    talk.say(CLIENT, _control(agreed.allocate()))
    talk.say(SERVER, _control(agreed.allocated()))


def _activate(talk, agreed):
    talk.say(CLIENT, _control(agreed.set_active("activate", PEER)))
    talk.say(SERVER, _control(agreed.active("activate")))


def _exchange(talk, agreed, label, inner):
    """A pair of checks, DTLS and SRTP as end-to-end data; INNER is put around each packet."""
    request = check(label, _CLIENT_AGENT, _PEER_AGENT)
    answer = check_answer(label, _PEER_AGENT, agreed.relay)
    up, down = RtpSender(label + " up", 111, 960), RtpSender(label + " down", 111, 960)
    talk.say(CLIENT, _data(inner(request)))
    talk.say(SERVER, _data(inner(answer)))
    # Two units in one segment, then one in three.
    talk.say(CLIENT, _data(inner(dtls_client_hello())), _data(inner(up.packet(51))))
    talk.cut(SERVER, _data(inner(down.packet(52))), 3, 4)


def _bare(packet):
    return packet


def _behind_hellos(network):
    """Port 443: the server expects TLS there, so client and server pretend."""
    talk = network.connect(51001, EDGE, 443)
    agreed = session("tcp hellos", 51001, 443)
    _hellos(talk)
    _allocate(talk, agreed)
    first = check("tcp first check", _CLIENT_AGENT, _PEER_AGENT)
    # Before it is the active destination, a peer is reached by Send and Data messages.
    talk.say(CLIENT, _control(agreed.send("send check", PEER, first)))
    answer = check_answer("tcp first check", _PEER_AGENT, agreed.relay)
    talk.say(SERVER, _control(agreed.data_indication("indicate answer", PEER, answer)))
    _activate(talk, agreed)
    _exchange(talk, agreed, "tcp hellos", stun.framed)


def _without_hellos(network):
    """A port that no protocol owns; here data has no second length, as some clients send it."""
    talk = network.connect(51002, EDGE, 40003)
    agreed = session("tcp bare", 51002, 40003)
    _allocate(talk, agreed)
    _activate(talk, agreed)
    _exchange(talk, agreed, "tcp bare", _bare)


def _on_the_turn_port(network):
    """Port 3478; the challenge in two segments, and a request behind its answer."""
    talk = network.connect(51003, EDGE, 3478)
    agreed = session("tcp 3478", 51003, 3478)
    talk.say(CLIENT, _control(agreed.first_allocate()))
    talk.cut(SERVER, _control(agreed.challenge()), 13)
    talk.cut(CLIENT, _control(agreed.allocate()), 2, 30)
    talk.say(SERVER, _control(agreed.allocated()))


def _expressway_control(network):
    """TURN of RFC 8656 on port 443, without TLS and without hellos."""
    talk = network.connect(51004, EXPRESSWAY, 443)
    _EXPRESSWAY_SESSION.allocate(talk)
    _EXPRESSWAY_SESSION.be_called(talk, PEER, _CONNECTION)


def _expressway_data(network):
    talk = network.connect(51005, EXPRESSWAY, 443)
    bind, bound = _EXPRESSWAY_SESSION.bind("bind", _CONNECTION)
    talk.say(CLIENT, bind)
    talk.say(SERVER, bound)
    label = "tcp 443 check"
    media = RtpSender("tcp 443 media", 127, 3000)
    talk.say(SERVER, stun.framed(check(label, _PEER_AGENT, _CLIENT_AGENT)))
    talk.say(CLIENT, stun.framed(check_answer(label, _CLIENT_AGENT, PEER)))
    talk.say(SERVER, stun.framed(dtls_client_hello()), stun.framed(media.packet(60)))
    talk.acknowledge(CLIENT)


def capture():
    """Return the capture of this scenario: one connection after the other."""
    network = _Network()
    _behind_hellos(network)
    _without_hellos(network)
    _on_the_turn_port(network)
    _expressway_control(network)
    _expressway_data(network)
    return network.capture
