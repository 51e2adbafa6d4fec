# SPDX-License-Identifier: GPL-2.0-or-later
"""MS-TURN over UDP: two clients of one Edge server, and a media session of each.

The first has the cookie of RFC 8489 in its transaction ids, signs with SHA-256 and has its traffic multiplexed in the
end; the second is older. Before them goes the signalling, which holds the passwords of the ICE agents.
"""

import msturn
import stunwire as stun
from media import RtpSender, dtls_client_hello, dtls_server_hello
from msturn_session import Session
from netwire import Capture, Endpoint, Host, udp_frame, utc
from rfc_check import Agent, check, check_answer
from talk import Clock

SERVER = ("203.0.113.40", 3478)
PROXY = ("203.0.113.60", 5060)
PEER = ("192.0.2.9", 50000)
OTHER_PEER = ("192.0.2.10", 50002)
NEW_CLIENT = ("198.51.100.20", 50020)
OLD_CLIENT = ("198.51.100.21", 50021)

_START = utc("2017-06-01 11:00:00.000000")
_EVERY = 20_000
_COOKIE = stun.MAGIC_COOKIE.to_bytes(4, "big")
_UP = True
_DOWN = False

_CLIENT_AGENT = Agent("mC1t", "msClientIcePasswordEEEEE", stun.ICE_CONTROLLING)
_PEER_AGENT = Agent("mP2r", "msPeerIcePasswordFFFFFFF", stun.ICE_CONTROLLED)


def _session(client, relay_port, **values):
    relay = (SERVER[0], relay_port)
    return Session(mapped=client, server=SERVER, relay=relay, realm="rtcmedia", **values)


def new_session():
    return _session(
        NEW_CLIENT,
        50100,
        label="ms new",
        prefix=_COOKIE,
        # A token is any bytes.
        user=bytes.fromhex("01000084ff") + b"token of the new client\x80",
        password=b"ms-password-of-the-new-client",
        version=6,
        algorithm=msturn.SHA256,
        multiplexed=True,
    )


def old_session():
    return _session(
        OLD_CLIENT,
        50102,
        label="ms old",
        prefix=b"",
        user=b"msuser",
        password=b"ms-password-of-the-old-client",
        version=2,
    )


def _allocation(session):
    """Four messages: Allocate, challenge, Allocate with credentials, success."""
    return [
        (_UP, session.first_allocate()),
        (_DOWN, session.challenge()),
        (_UP, session.allocate()),
        (_DOWN, session.allocated()),
    ]


def _checks(session, label):
    """A check in each direction, and what the other side answers."""
    client, peer = _CLIENT_AGENT, _PEER_AGENT
    up, down = f"{label} check of the client", f"{label} check of the peer"
    answer_up = check_answer(up, peer, session.relay)
    answer_down = check_answer(down, client, PEER)
    return [
        (_UP, session.send("send check", PEER, check(up, client, peer))),
        (_DOWN, session.data_indication("indicate answer", PEER, answer_up)),
        (_DOWN, session.data_indication("indicate check", PEER, check(down, peer, client))),
        (_UP, session.send("send answer", PEER, answer_down)),
    ]


def _media_in_messages(session):
    """DTLS and SRTP, each packet in a message of its own."""
    down, up = RtpSender("ms peer", 111, 960), RtpSender("ms client", 111, 960)
    return [
        (_UP, session.send("send dtls", PEER, dtls_client_hello())),
        (_DOWN, session.data_indication("indicate dtls", PEER, dtls_server_hello())),
        (_DOWN, session.data_indication("indicate rtp", PEER, down.packet(41))),
        (_UP, session.send("send rtp", PEER, up.packet(42))),
    ]


def _active(session):
    """From now on the client needs no header for this peer."""
    return [
        (_UP, session.set_active("activate", PEER)),
        (_DOWN, session.active("activate")),
    ]


def _bare_media():
    down, up = RtpSender("ms peer bare", 111, 960), RtpSender("ms client bare", 111, 960)
    return [(_UP, up.packet(43)), (_DOWN, down.packet(44))]


def _multiplexed(session):
    """A pair of checks and a packet of media each way behind the header of a multiplexed session."""
    down, up = RtpSender("ms peer multiplexed", 111, 960), RtpSender("ms client multiplexed", 111, 960)
    request = check("multiplexed check", _CLIENT_AGENT, _PEER_AGENT)
    answer = check_answer("multiplexed check", _PEER_AGENT, session.relay)
    packets = [(_UP, request), (_DOWN, answer), (_UP, up.packet(45)), (_DOWN, down.packet(46))]
    return [(way, msturn.multiplexed(session.session_id, packet)) for way, packet in packets]


def _refused(session):
    """A second destination, which the server has no room for."""
    return [
        (_UP, session.set_active("activate another", OTHER_PEER)),
        (_DOWN, session.not_active("activate another", 500, "No more destinations")),
    ]


def _conversations():
    new, old = new_session(), old_session()
    talk = [_allocation(new), _checks(new, "ms new"), _media_in_messages(new), _active(new)]
    talk += [_bare_media(), _multiplexed(new), _refused(new)]
    yield NEW_CLIENT, [step for part in talk for step in part]
    talk = [_allocation(old), _checks(old, "ms old"), _active(old), _bare_media()]
    yield OLD_CLIENT, [step for part in talk for step in part]


def _description(agent, address, port):
    lines = ["v=0", f"o=- 1 1 IN IP4 {address}", "s=-", f"c=IN IP4 {address}", "t=0 0"]
    lines += [f"m=audio {port} RTP/SAVP 111", "a=rtpmap:111 SIREN/16000"]
    lines += [f"a=ice-ufrag:{agent.fragment}", f"a=ice-pwd:{agent.password}"]
    return "".join(line + "\r\n" for line in lines)


def _sip(first_line, description):
    lines = [first_line, f"Via: SIP/2.0/UDP {NEW_CLIENT[0]}:5060;branch=z9hG4bKmsturn"]
    lines += ["From: <sip:client@example.org>;tag=1", "To: <sip:peer@example.org>;tag=2"]
    lines += ["Call-ID: ms-turn@example.org", "CSeq: 1 INVITE", "Content-Type: application/sdp"]
    lines += [f"Content-Length: {len(description)}", ""]
    return "".join(line + "\r\n" for line in lines).encode() + description.encode()


def _signalling():
    """The offer of the client and the answer of its peer."""
    offer = _description(_CLIENT_AGENT, *NEW_CLIENT)
    answer = _description(_PEER_AGENT, *PEER)
    return [
        (_UP, _sip("INVITE sip:peer@example.org SIP/2.0", offer)),
        (_DOWN, _sip("SIP/2.0 200 OK", answer)),
    ]


def _send(result, clock, steps, client, server):
    for way, payload in steps:
        ends = (client, server) if way == _UP else (server, client)
        result.add(clock.tick(), udp_frame(*ends, payload))


def capture():
    """Return the capture of this scenario: one client after the other."""
    server = Endpoint(Host(SERVER[0], 0x72, 0x3300), SERVER[1])
    clients = {
        address: Host(address, station, 0x4400)
        for station, (address, _) in enumerate((NEW_CLIENT, OLD_CLIENT), start=0x73)
    }
    client = Endpoint(clients[NEW_CLIENT[0]], 5060)
    proxy = Endpoint(Host(PROXY[0], 0x71, 0x2300), PROXY[1])
    result = Capture()
    clock = Clock(_START, _EVERY)
    _send(result, clock, _signalling(), client, proxy)
    for (address, port), steps in _conversations():
        _send(result, clock, steps, Endpoint(clients[address], port), server)
    return result
