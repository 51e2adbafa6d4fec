# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures about the connections of a TCP relay, RFC 6062: CMS, the Expressway-E and a Skype for Business Edge."""

import stunwire as stun
from call import CONNECT, CONNECTION_BIND, Bound, connection_id
from cast import CONNECTION, EDGE, INSIDE, TCP_RELAY, Sharing, tells
from netwire import Endpoint, Host
from wires import FROM_CLIENT, FROM_SERVER, TcpWire

_SECOND_EDGE = ("198.51.100.53", 53600)


def _attempted(name):
    """Return a call to which the Edge has connected: ten frames, the attempt is the last."""
    call = Sharing(name)
    call.allocate()
    call.turn.permission(60, EDGE)
    call.turn.attempt(500, CONNECTION, EDGE)
    return call


@tells("peer-connect-failed")
def connect_failed():
    """CMS asks for a connection to the Edge; after 30 s the server says 447"""
    call = Sharing("peer-connect-failed")
    call.allocate()
    call.turn.connect(100, EDGE)
    call.turn.refuse(30100, CONNECT, "connect", 447, "Connection Timeout or Failure")
    return call.capture()


@tells("peer-connect-failed-near")
def connect_failed_near():
    """the same 447, while a second Edge address that was asked for beside it works"""
    call = Sharing("peer-connect-failed-near")
    call.allocate()
    call.turn.connect(100, EDGE)
    call.turn.connect(105, _SECOND_EDGE, "second")
    call.turn.connected(130, CONNECTION, "second")
    call.bind(140)
    call.shares(200)
    call.turn.refuse(30100, CONNECT, "connect", 447, "Connection Timeout or Failure")
    call.media.both(call.path, 30200)
    return call.capture()


@tells("normal-446")
def exists():
    """446 to a Connect that CMS sent again while the first one was under way: the first one works"""
    call = Sharing("normal-446")
    call.allocate()
    call.turn.connect(100, EDGE)
    call.turn.connect(600, EDGE, "again")
    call.turn.refuse(610, CONNECT, "again", 446, "Connection Already Exists")
    call.turn.connected(700, CONNECTION)
    call.bind(710)
    call.shares(800)
    return call.capture()


@tells("connection-bind-missing")
def bind_missing():
    """the Edge connects; CMS never binds the connection, and releases the allocation after 40 s"""
    call = _attempted("connection-bind-missing")
    call.turn.release(40000)
    return call.capture()


@tells("connection-bind-missing-near")
def bind_missing_near():
    """the same, but CMS binds it after 20 s"""
    call = _attempted("connection-bind-missing-near")
    call.bind(20500)
    call.shares(20600)
    call.turn.release(40000)
    return call.capture()


@tells("connection-bind-failed")
def bind_failed():
    """400 to the ConnectionBind: the server does not know the CONNECTION-ID"""
    call = _attempted("connection-bind-failed")
    data = call.turn.on(call.data)
    call.data.open(510)
    data.ask_bind(520, CONNECTION)
    data.refuse(530, CONNECTION_BIND, "bind", 400, "Bad Request")
    call.data.close(540, FROM_CLIENT)
    return call.capture()


@tells("connection-bind-failed-near")
def bind_failed_near():
    """401 to a ConnectionBind without credentials; with them it succeeds on the same connection"""
    call = _attempted("connection-bind-failed-near")
    data = call.turn.on(call.data)
    call.data.open(510)
    data.ask_openly(520, CONNECTION_BIND, "open", connection_id(CONNECTION))
    data.challenge(530, CONNECTION_BIND, "open")
    data.bind(540, CONNECTION)
    call.shares(600)
    return call.capture()


@tells("bound-connection-silent")
def bound_silent():
    """bound; CMS sends its check again and again for 8 s, and nothing comes from the Edge"""
    call = _attempted("bound-connection-silent")
    call.bind(510)
    for after in (0, 500, 1500, 3500, 7500):
        call.ice.ask_up(call.path, 600 + after, "up")
        call.data.acknowledge(610 + after, FROM_SERVER)
    call.turn.release(15000)
    return call.capture()


@tells("bound-connection-silent-near")
def bound_silent_near():
    """bound; the Edge answers the second check, each message of both coming twice as Microsoft endpoints send them"""
    call = _attempted("bound-connection-silent-near")
    path = _Twice(call.path)
    call.bind(510)
    call.ice.ask_up(path, 600, "up")
    call.ice.check_up(path, 1100, "up again")
    call.ice.check_down(path, 1200, "down")
    call.media.both(call.path, 1500)
    call.turn.release(15000)
    return call.capture()


class _Twice:
    """Each message, and a copy whose FINGERPRINT is made with the other table."""

    def __init__(self, path):
        self._path = path

    def up(self, ms, payload):
        self._path.up(ms, payload, stun.legacy_copy(payload))

    def down(self, ms, payload):
        self._path.down(ms, payload, stun.legacy_copy(payload))


def _peer_on_relay(name):
    """Return the connection of the Edge to the relayed address, as a capture on the Expressway-E shows it too."""
    call = Sharing(name)
    peer = Endpoint(Host(EDGE[0], 0x63, 0x6300), EDGE[1])
    return call, TcpWire(name + " peer", call.tape, peer, Endpoint(INSIDE.host, TCP_RELAY[1]))


@tells("peer-without-permission")
def without_permission():
    """on the Expressway-E: the Edge connects to the relay, which closes at once; CMS is told nothing"""
    call, peer = _peer_on_relay("peer-without-permission")
    call.allocate()
    for number in range(2):
        attempt = peer if number == 0 else _again(call)
        attempt.open(1000 + number * 3000)
        attempt.close(1004 + number * 3000, FROM_SERVER)
        attempt.close(1010 + number * 3000, FROM_CLIENT)
    call.turn.release(40000)
    return call.capture()


def _again(call):
    """The Edge tries once more, from its next port."""
    peer = Endpoint(Host(EDGE[0], 0x63, 0x6380), EDGE[1] + 1)
    return TcpWire(call.label + " again", call.tape, peer, Endpoint(INSIDE.host, TCP_RELAY[1]))


@tells("peer-without-permission-near")
def without_permission_near():
    """the Edge connects to the relay, the server tells CMS, and the connection is bound and used"""
    call, peer = _peer_on_relay("peer-without-permission-near")
    leg = Bound(peer)
    call.allocate()
    call.turn.permission(60, EDGE)
    peer.open(490)
    call.turn.attempt(500, CONNECTION, EDGE)
    call.bind(510)
    call.ice.ask_up(call.path, 600, "up")
    call.ice.ask_up(_Outward(leg), 601, "up")
    call.ice.answer_down(_Outward(leg), 619, "up")
    call.ice.answer_down(call.path, 620, "up")
    call.ice.ask_down(_Outward(leg), 629, "down")
    call.ice.ask_down(call.path, 630, "down")
    call.ice.answer_up(call.path, 631, "down")
    call.ice.answer_up(_Outward(leg), 632, "down")
    call.media.both(call.path, 900)
    return call.capture()


class _Outward:
    """The peer's connection seen from the relay: what goes up to the peer is sent by the side that was connected to."""

    def __init__(self, leg):
        self.up = leg.down
        self.down = leg.up
