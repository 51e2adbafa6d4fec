# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures about credentials, and about what the server grants or refuses."""

import stunwire as stun
from call import ALLOCATE, CREATE_PERMISSION, REFRESH, Indications, Turn, peer_address
from cast import CMS, EXPRESSWAY, NAT, PC, RELAY, Webrtc, tells
from expressway import Account
from msturn_session import Session
from netwire import Endpoint, Host
from wires import Place, UdpWire

_LIFETIME = stun.number_attribute(stun.LIFETIME, 600)
_SECOND_PORT = Endpoint(PC.host, PC.port + 2)


def _refused(name, code, reason, *attributes):
    """Return a call whose Allocate with credentials is refused: four frames."""
    call = Webrtc(name)
    call.turn.first_challenge(0)
    call.turn.ask_allocate(12)
    call.turn.refuse(30, ALLOCATE, "allocate", code, reason, *attributes)
    return call


@tells("integrity-check-failed")
def integrity():
    """the password of the browser is another than the server's: 431 to the request with credentials"""
    call = Webrtc("integrity-check-failed", server_password="password-of-the-server")
    call.turn.first_challenge(0)
    call.turn.ask_allocate(12)
    call.turn.refuse(30, ALLOCATE, "allocate", 431, "Integrity Check Failure")
    return call.capture()


@tells("integrity-check-failed-near")
def integrity_near():
    """431 to the first request, which had no credentials yet; with them it succeeds"""
    call = Webrtc("integrity-check-failed-near")
    call.turn.first_allocate(0)
    call.turn.challenge(10, ALLOCATE, "first", 431, "Integrity Check Failure")
    call.turn.ask_allocate(12)
    call.turn.grant_allocate(30)
    call.reaches_peer(100)
    return call.capture()


@tells("credentials-unauthorized")
def unauthorized():
    """401 to the request with credentials and the nonce of the challenge"""
    call = Webrtc("credentials-unauthorized")
    call.turn.first_challenge(0)
    call.turn.ask_allocate(12)
    call.turn.challenge(30, ALLOCATE, "allocate")
    return call.capture()


@tells("credentials-unauthorized-near")
def unauthorized_near():
    """401 to a Refresh with credentials, but an old nonce; with the new one it succeeds"""
    call = Webrtc("credentials-unauthorized-near")
    call.turn.allocate(0)
    call.reaches_peer(100)
    old = call.turn.client
    call.turn.renew()
    call.turn.ask(1980, CREATE_PERMISSION, "permission", peer_address(CMS), account=old)
    call.turn.challenge(1990, CREATE_PERMISSION, "permission", 438, "Stale Nonce")
    call.turn.ask(1991, REFRESH, "refresh", _LIFETIME, account=old)
    call.turn.challenge(2001, REFRESH, "refresh")
    call.turn.permission(2010, CMS, "permission again")
    call.turn.refresh(2030, "refresh again")
    call.media.both(call.path, 2100)
    return call.capture()


@tells("credentials-missing")
def missing():
    """challenged three times, and each time the browser asks again without credentials"""
    call = Webrtc("credentials-missing")
    call.turn.first_challenge(0)
    for ms, name in ((100, "second"), (200, "third")):
        call.turn.ask_openly(ms, ALLOCATE, name, call.turn.transport)
        call.turn.challenge(ms + 10, ALLOCATE, name)
    return call.capture()


@tells("credentials-missing-near")
def missing_near():
    """challenged twice, and then the browser does send its credentials"""
    call = Webrtc("credentials-missing-near")
    call.turn.first_challenge(0)
    call.turn.ask_openly(100, ALLOCATE, "second", call.turn.transport)
    call.turn.challenge(110, ALLOCATE, "second")
    call.turn.ask_allocate(200)
    call.turn.grant_allocate(218)
    call.reaches_peer(300)
    return call.capture()


def _stale(call, ms, name):
    """The server refuses the latest nonce and gives out another: two frames."""
    call.turn.ask(ms, ALLOCATE, name, call.turn.transport)
    call.turn.renew()
    call.turn.challenge(ms + 10, ALLOCATE, name, 438, "Stale Nonce")


@tells("nonce-loop")
def loop():
    """438 to each of three nonces, all of them just given out"""
    call = Webrtc("nonce-loop")
    call.turn.first_challenge(0)
    for number in range(3):
        _stale(call, 100 + number * 100, f"stale {number}")
    return call.capture()


@tells("nonce-loop-near")
def loop_near():
    """438 once: the new nonce is accepted, and the call works"""
    call = Webrtc("nonce-loop-near")
    call.turn.first_challenge(0)
    _stale(call, 100, "stale")
    call.turn.ask_allocate(120)
    call.turn.grant_allocate(138)
    call.reaches_peer(200)
    return call.capture()


@tells("allocation-mismatch")
def mismatch():
    """437 to an Allocate: the server still has another allocation on this 5-tuple"""
    call = _refused("allocation-mismatch", 437, "Allocation Mismatch")
    call.runs_on(5030)
    return call.capture()


@tells("allocation-mismatch-near")
def mismatch_near():
    """437 to a second release: the first one had done it already, after a call that worked"""
    call = Webrtc("allocation-mismatch-near")
    none = stun.number_attribute(stun.LIFETIME, 0)
    call.turn.allocate(0)
    call.reaches_peer(100)
    call.turn.ask(1500, REFRESH, "release", none)
    call.turn.ask(1501, REFRESH, "release again", none)
    call.turn.grant(1510, REFRESH, "release", none)
    call.turn.refuse(1511, REFRESH, "release again", 437, "Allocation Mismatch")
    return call.capture()


def _other_user(call):
    nonce = call.turn.client.nonce
    return Account("1709629800:webrtc", "TANDBERG", "password-of-both-sides", nonce)


@tells("wrong-credentials")
def wrong():
    """441: a permission is asked for as another user than the one that allocated"""
    call = Webrtc("wrong-credentials")
    call.turn.allocate(0)
    call.turn.ask(100, CREATE_PERMISSION, "permission", peer_address(CMS), account=_other_user(call))
    call.turn.refuse(110, CREATE_PERMISSION, "permission", 441, "Wrong Credentials")
    return call.capture()


@tells("wrong-credentials-near")
def wrong_near():
    """another user asks for the permission too, but the server takes both for one and grants it"""
    call = Webrtc("wrong-credentials-near")
    call.turn.allocate(0)
    call.turn.ask(80, CREATE_PERMISSION, "permission", peer_address(CMS), account=_other_user(call))
    call.turn.grant(90, CREATE_PERMISSION, "permission")
    call.reaches_peer(100)
    return call.capture()


@tells("transport-unsupported")
def unsupported():
    """442: the server does not offer the relay transport that was asked for"""
    call = _refused("transport-unsupported", 442, "Unsupported Transport Protocol")
    call.runs_on(5030)
    return call.capture()


@tells("transport-unsupported-near")
def unsupported_near():
    """440 to the IPv6 half of a client that asks for both families; the IPv4 half works"""
    call = Webrtc("transport-unsupported-near")
    call.turn.allocate(0)
    call.reaches_peer(100)
    wire = UdpWire(Place(call.tape, _SECOND_PORT, EXPRESSWAY))
    other = Turn(wire, "transport-unsupported-near IPv6", RELAY, NAT)
    other.first_challenge(200)
    family = stun.requested_family(stun.FAMILY_IPV6)
    other.ask(212, ALLOCATE, "allocate", other.transport, family)
    other.refuse(230, ALLOCATE, "allocate", 440, "Address Family not Supported")
    return call.capture()


@tells("quota-reached")
def quota():
    """486: all relays are in use"""
    return _refused("quota-reached", 486, "Allocation Quota Reached").capture()


@tells("quota-reached-near")
def quota_near():
    """507, of the old drafts: no bandwidth left, which is no quota of relays"""
    call = _refused("quota-reached-near", 507, "Insufficient Bandwidth Capacity")
    call.runs_on(5030)
    return call.capture()


@tells("capacity-exhausted")
def capacity():
    """508: the server has no relay port left"""
    return _refused("capacity-exhausted", 508, "Insufficient Capacity").capture()


@tells("capacity-exhausted-near")
def capacity_near():
    """500: the server failed, for whatever reason"""
    call = _refused("capacity-exhausted-near", 500, "Server Error")
    call.runs_on(5030)
    return call.capture()


@tells("redirected")
def redirected():
    """300 with an alternative server, which the browser goes to: the call works there"""
    other = Endpoint(Host("203.0.113.41", 0x54, 0x4400), 3478)
    alternate = stun.address(stun.ALTERNATE_SERVER, other.host.address, other.port)
    call = _refused("redirected", 300, "Try Alternate", alternate)
    second = Webrtc(
        "redirected second", Endpoint(PC.host, PC.port + 2), other, (other.host.address, 24600), call.tape
    )
    second.turn.allocate(100)
    second.reaches_peer(200)
    return call.capture()


@tells("redirected-near")
def redirected_near():
    """MS-TURN: the 401 names an alternative server, the one that answers; that is no redirection, and it works"""
    client = Endpoint(Host("198.51.100.21", 0x55, 0x0900), 50021)
    server, peer = ("203.0.113.40", 3478), ("192.0.2.9", 50000)
    session = Session(
        label="redirected-near",
        prefix=b"",
        user=b"msuser",
        realm="rtcmedia",
        password=b"ms-password-of-both-sides",
        version=2,
        mapped=(client.host.address, client.port),
        server=server,
        relay=("203.0.113.40", 50104),
    )
    call = Webrtc("redirected-near", client)
    for ms, message in ((0, session.first_allocate()), (12, session.allocate())):
        call.wire.up(ms, message)
    for ms, message in ((10, session.challenge()), (30, session.allocated())):
        call.wire.down(ms, message)
    call.ice.checks(_MicrosoftWay(call.wire, session, peer), 100)
    call.media.both(_MicrosoftWay(call.wire, session, peer, "media"), 300)
    return call.capture()


class _MicrosoftWay:
    """A way to a peer: in Send Requests and Data Indications of MS-TURN."""

    def __init__(self, wire, session, peer, name="checks"):
        self._wire = wire
        self._session = session
        self._peer = peer
        self._name = name
        self._count = 0

    def _next(self):
        self._count += 1
        return f"{self._name} {self._count}"

    def up(self, ms, payload):
        self._wire.up(ms, self._session.send(self._next(), self._peer, payload))

    def down(self, ms, payload):
        self._wire.down(ms, self._session.data_indication(self._next(), self._peer, payload))


@tells("request-rejected")
def rejected():
    """400: a TCP relay is asked for over UDP"""
    return _refused("request-rejected", 400, "Bad Request").capture()


@tells("request-rejected-near")
def rejected_near():
    """420 to an attribute that the server does not know; without it the same request succeeds"""
    call = Webrtc("request-rejected-near")
    call.turn.first_challenge(0)
    call.turn.ask(12, ALLOCATE, "probe", call.turn.transport, stun.requested_family(stun.FAMILY_IPV4))
    code = stun.REQUESTED_ADDRESS_FAMILY.to_bytes(2, "big")
    unknown = stun.attribute(stun.UNKNOWN_ATTRIBUTES, code)
    call.turn.refuse(30, ALLOCATE, "probe", 420, "Unknown Attribute", unknown)
    call.turn.ask_allocate(32)
    call.turn.grant_allocate(50)
    call.reaches_peer(100)
    return call.capture()


def _private_relay(name, relay):
    call = Webrtc(name, relay=relay)
    path = Indications(call.turn, CMS)
    call.turn.allocate(0)
    call.turn.permission(100, CMS)
    for ms in (200, 700, 1700, 3700, 7700):
        call.ice.ask_up(path, ms, "up")
    return call.capture()


@tells("relay-address-private")
def private():
    """the relayed address is 192.168.245.61, the server was reached on a public one; the checks stay unanswered"""
    return _private_relay("relay-address-private", ("192.168.245.61", 24010))


@tells("relay-address-private-near")
def private_near():
    """the checks stay unanswered too, but the relayed address is public"""
    return _private_relay("relay-address-private-near", RELAY)
