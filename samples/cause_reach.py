# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures about reaching the server, and about losing it."""

import stunwire as stun
from call import REFRESH, Channel, Ice, Media, Turn
from cast import CMS, EDGE, EXPRESSWAY, NAT, PC, RELAY, Sharing, Webrtc, tells
from chosen import chosen_bytes
from netwire import Endpoint, Host
from wires import FROM_CLIENT, FROM_SERVER, Tape, TcpWire

_PORT_UNREACHABLE = (3, 3)
_TIME_EXCEEDED = (11, 0)
_ROUTER = Host("192.168.10.1", 0x53, 0x0100)


@tells("turn-server-silent")
def silent():
    """Allocate, sent five times in 4.5 s; nothing comes back"""
    call = Webrtc("turn-server-silent")
    for ms in (0, 300, 900, 2100, 4500):
        call.turn.first_allocate(ms)
    return call.capture()


@tells("turn-server-silent-near")
def silent_near():
    """the same without the last transmission: the capture ends after 2.1 s"""
    call = Webrtc("turn-server-silent")
    for ms in (0, 300, 900, 2100):
        call.turn.first_allocate(ms)
    return call.capture()


def _icmp_about_the_first(call, reporter, what):
    call.turn.first_allocate(0)
    call.wire.icmp(12, reporter, *what)
    call.turn.first_challenge(500)
    call.turn.ask_allocate(520)
    call.turn.grant_allocate(540)
    call.reaches_peer(600)


@tells("turn-port-closed")
def closed():
    """Allocate, answered by the server's ICMP error: port unreachable"""
    call = Webrtc("turn-port-closed")
    call.turn.first_allocate(0)
    call.wire.icmp(12, EXPRESSWAY.host, *_PORT_UNREACHABLE)
    return call.capture()


@tells("turn-port-closed-near")
def closed_near():
    """an ICMP error too, but only a router's time exceeded: the next transmission is answered, the call works"""
    call = Webrtc("turn-port-closed-near")
    _icmp_about_the_first(call, _ROUTER, _TIME_EXCEEDED)
    return call.capture()


def _tcp_call(label):
    """Return a browser's call over TCP, with a UDP relay: its tape, connection, session and way to the peer."""
    tape = Tape()
    wire = TcpWire(label, tape, PC, EXPRESSWAY)
    return tape, wire, Turn(wire, label, RELAY, NAT)


class _PaddedChannel(Channel):
    """ChannelData over TCP is padded to four bytes, RFC 8656 section 12.5."""

    def up(self, ms, payload, **how):
        self._wire.up(ms, stun.pad4(stun.channel_data(self._number, payload)))

    def down(self, ms, payload, **how):
        self._wire.down(ms, stun.pad4(stun.channel_data(self._number, payload)))


def _reaches_peer_over_tcp(label, wire, turn, ms):
    """Twelve frames in 0.8 s."""
    path = _PaddedChannel(wire, 0x4000)
    turn.channel(ms, 0x4000, CMS)
    Ice(label).checks(path, ms + 50)
    Media(label).both(path, ms + 400)


@tells("turn-port-closed-tcp")
def closed_tcp():
    """SYN to the TURN port, answered by a reset"""
    tape, wire, _ = _tcp_call("turn-port-closed-tcp")
    wire.syn(0)
    wire.refuse(12)
    return tape.capture()


@tells("turn-tcp-unanswered")
def unanswered():
    """SYN to the TURN port, sent four times in 7 s; nothing comes back"""
    tape, wire, _ = _tcp_call("turn-tcp-unanswered")
    for ms in (0, 1000, 3000, 7000):
        wire.syn(ms)
    return tape.capture()


@tells("turn-tcp-unanswered-near")
def unanswered_near():
    """the second SYN is answered: the first was lost, and the call works"""
    tape, wire, turn = _tcp_call("turn-tcp-unanswered-near")
    wire.syn(0)
    wire.syn(1000)
    wire.finish_open(1012)
    turn.allocate(1020)
    _reaches_peer_over_tcp("turn-tcp-unanswered-near", wire, turn, 1100)
    return tape.capture()


@tells("turn-connection-reset")
def reset():
    """the connection is opened, Allocate is sent, and the server's side resets"""
    tape, wire, turn = _tcp_call("turn-connection-reset")
    wire.open(0)
    turn.first_allocate(5)
    wire.reset(17, FROM_SERVER)
    return tape.capture()


@tells("turn-connection-reset-near")
def reset_near():
    """the server's side resets too, but after the allocation succeeded, was used and released"""
    tape, wire, turn = _tcp_call("turn-connection-reset-near")
    wire.open(0)
    turn.allocate(5)
    _reaches_peer_over_tcp("turn-connection-reset-near", wire, turn, 100)
    turn.release(1000)
    wire.reset(1030, FROM_SERVER)
    return tape.capture()


@tells("session-lost")
def lost():
    """a call that works; then the server has forgotten the allocation (437 to a Refresh) and nothing comes back"""
    call = Webrtc("session-lost")
    call.turn.allocate(0)
    call.reaches_peer(100)
    call.media.up(call.path, 1200, count=3, every=400)
    call.turn.ask(2500, REFRESH, "refresh", stun.number_attribute(stun.LIFETIME, 600))
    call.turn.refuse(2510, REFRESH, "refresh", 437, "Allocation Mismatch")
    call.media.up(call.path, 2800, count=3, every=400)
    return call.capture()


@tells("session-lost-near")
def lost_near():
    """a call that works; the first transmission of a Refresh is lost, the second is answered"""
    call = Webrtc("session-lost-near")
    call.turn.allocate(0)
    call.reaches_peer(100)
    call.turn.ask(2000, REFRESH, "refresh", stun.number_attribute(stun.LIFETIME, 600))
    call.turn.refresh(2500)
    call.media.both(call.path, 2800)
    return call.capture()


def _tls_record(kind, body):
    return bytes([kind]) + b"\x03\x03" + len(body).to_bytes(2, "big") + body


def _client_hello():
    body = b"\x03\x03" + chosen_bytes("tls client random", 32) + b"\x00" + b"\x00\x02\x13\x01" + b"\x01\x00"
    return _tls_record(22, b"\x01" + len(body).to_bytes(3, "big") + body)


@tells("turn-encrypted")
def encrypted():
    """TLS to port 5349: two hellos and records that nobody can read"""
    tape = Tape()
    wire = TcpWire("turn-encrypted", tape, PC, Endpoint(EXPRESSWAY.host, 5349))
    wire.open(0)
    wire.up(5, _client_hello())
    wire.down(17, _tls_record(22, chosen_bytes("tls server hello", 90)))
    wire.up(20, _tls_record(23, chosen_bytes("tls record 1", 120)))
    wire.down(32, _tls_record(23, chosen_bytes("tls record 2", 150)))
    return tape.capture()


@tells("turn-encrypted-near")
def encrypted_near():
    """the same port, but TURN in the clear on it: a call that works"""
    tape = Tape()
    label = "turn-encrypted-near"
    wire = TcpWire(label, tape, PC, Endpoint(EXPRESSWAY.host, 5349))
    turn = Turn(wire, label, RELAY, NAT)
    wire.open(0)
    turn.allocate(5)
    _reaches_peer_over_tcp(label, wire, turn, 100)
    return tape.capture()


@tells("allocation-slow")
def slow():
    """the challenge comes at once, the success 3.5 s later, to the fourth transmission"""
    call = Webrtc("allocation-slow")
    call.turn.first_challenge(0)
    for ms in (12, 512, 1512, 3512):
        call.turn.ask_allocate(ms)
    call.turn.grant_allocate(3530)
    call.reaches_peer(3600)
    return call.capture()


@tells("allocation-slow-near")
def slow_near():
    """the success comes after 1.5 s, to the third transmission"""
    call = Webrtc("allocation-slow-near")
    call.turn.first_challenge(0)
    for ms in (12, 512, 1512):
        call.turn.ask_allocate(ms)
    call.turn.grant_allocate(1530)
    call.reaches_peer(1600)
    return call.capture()


@tells("peer-never-connected")
def never_connected():
    """a TCP relay with a permission for the Edge; nobody connects, and CMS releases it after 40 s"""
    call = Sharing("peer-never-connected")
    call.allocate()
    call.turn.permission(60, EDGE)
    call.turn.release(40000)
    call.control.close(40020, FROM_CLIENT)
    return call.capture()


@tells("peer-never-connected-near")
def never_connected_near():
    """the same, but CMS releases it after 2 s: nobody had the time to connect"""
    call = Sharing("peer-never-connected-near")
    call.allocate()
    call.turn.permission(60, EDGE)
    call.turn.release(2000)
    call.control.close(2020, FROM_CLIENT)
    return call.capture()


@tells("allocation-expired")
def expired():
    """the lifetime of 600 s runs out without a Refresh; the browser goes on sending, and nothing comes back"""
    call = Webrtc("allocation-expired")
    call.turn.allocate(0)
    call.reaches_peer(100)
    call.turn.channel(290_000, 0x4000, CMS, "channel again")
    call.turn.channel(580_000, 0x4000, CMS, "channel once more")
    call.media.both(call.path, 590_000)
    call.media.up(call.path, 601_000, count=7, every=1000)
    return call.capture()


@tells("allocation-expired-near")
def expired_near():
    """the same with a Refresh after 540 s: the call goes on"""
    call = Webrtc("allocation-expired-near")
    call.turn.allocate(0)
    call.reaches_peer(100)
    call.turn.channel(290_000, 0x4000, CMS, "channel again")
    call.turn.refresh(540_000)
    call.turn.channel(580_000, 0x4000, CMS, "channel once more")
    call.media.both(call.path, 590_000)
    call.media.both(call.path, 601_000, count=7, every=1000)
    return call.capture()
