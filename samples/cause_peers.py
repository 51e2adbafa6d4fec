# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures about permissions, checks and media between a browser and its peer, over a UDP relay."""

import stunwire as stun
from call import CREATE_PERMISSION, Indications, Media, peer_address
from cast import CMS, EXPRESSWAY, NUMBER, RELAY, Webrtc, tells
from netwire import Endpoint, Host
from wires import Place, Tape, UdpWire

_PRIVATE_PEER = ("10.20.30.40", 52010)
_SECOND_PEER = ("192.0.2.181", 52020)
_PORT_UNREACHABLE = (3, 3)
# When an unanswered check is sent again.
_AGAIN = (0, 500, 1500, 3500, 7500)


@tells("permission-denied")
def denied():
    """403 to the permission for the only peer; the browser keeps the allocation for 20 s"""
    call = Webrtc("permission-denied")
    call.turn.allocate(0)
    call.turn.ask(100, CREATE_PERMISSION, "permission", peer_address(_PRIVATE_PEER))
    call.turn.refuse(110, CREATE_PERMISSION, "permission", 403, "Forbidden")
    call.turn.release(20000)
    return call.capture()


@tells("permission-denied-near")
def denied_near():
    """403 to the permission for a private candidate; the public one is granted and works"""
    call = Webrtc("permission-denied-near")
    call.turn.allocate(0)
    call.turn.ask(100, CREATE_PERMISSION, "permission", peer_address(_PRIVATE_PEER))
    call.turn.refuse(110, CREATE_PERMISSION, "permission", 403, "Forbidden")
    call.reaches_peer(200)
    return call.capture()


def _unanswered(name, repeat=_AGAIN):
    """Return a call, and a permitted way to its peer on which checks are sent in vain: six frames and the checks."""
    call = Webrtc(name)
    path = Indications(call.turn, CMS)
    call.turn.allocate(0)
    call.turn.permission(100, CMS)
    for after in repeat:
        call.ice.ask_up(path, 200 + after, "up")
    return call, path


@tells("checks-unanswered")
def unanswered():
    """a check through the relay, sent five times in 7.5 s; no answer comes back"""
    call, _ = _unanswered("checks-unanswered")
    return call.capture()


@tells("checks-unanswered-near")
def unanswered_near():
    """five Binding Requests in 8 s too, but without USERNAME: keep-alives, which a peer need not answer"""
    call = Webrtc("checks-unanswered-near")
    path = Indications(call.turn, CMS)
    call.turn.allocate(0)
    call.turn.permission(100, CMS)
    for number, after in enumerate(_AGAIN):
        transaction = call.turn.transaction(f"keep-alive {number}")
        path.up(200 + after, stun.add_fingerprint(stun.message(stun.BINDING_REQUEST, transaction)))
    return call.capture()


@tells("checks-one-way")
def one_way():
    """the browser's check is answered; those of CMS come to the browser, and it does not answer them"""
    call = Webrtc("checks-one-way")
    call.turn.allocate(0)
    call.turn.channel(100, NUMBER, CMS)
    call.ice.check_up(call.path, 200, "up")
    for after in _AGAIN:
        call.ice.ask_down(call.path, 300 + after, "down")
    return call.capture()


@tells("checks-one-way-near")
def one_way_near():
    """the same, but the first check of CMS comes 1.5 s before the end of the capture"""
    call = Webrtc("checks-one-way-near")
    call.turn.allocate(0)
    call.turn.channel(100, NUMBER, CMS)
    call.ice.check_up(call.path, 200, "up")
    for after in _AGAIN[:3]:
        call.ice.ask_down(call.path, 300 + after, "down")
    return call.capture()


def _relay_leg(call, peer):
    """Return the wire between the relayed address and a peer, as the Expressway-E's capture has it too."""
    relay = Endpoint(EXPRESSWAY.host, call.turn.relay[1])
    return UdpWire(Place(call.tape, relay, Endpoint(Host(peer[0], 0x58, 0x5800), peer[1])))


@tells("peer-unreachable")
def unreachable():
    """on the Expressway-E: the peer's host answers the relayed check with ICMP port unreachable"""
    call, _ = _unanswered("peer-unreachable", ())
    leg = _relay_leg(call, CMS)
    path = Indications(call.turn, CMS)
    for after in _AGAIN:
        call.ice.ask_up(path, 200 + after, "up")
        call.ice.ask_up(leg, 201 + after, "up")
        leg.icmp(209 + after, Host(CMS[0], 0x58, 0x5900), *_PORT_UNREACHABLE)
    return call.capture()


@tells("peer-unreachable-near")
def unreachable_near():
    """the same for one candidate of the peer, while another one of the same ICE session works"""
    call, path = _unanswered("peer-unreachable-near", ())
    leg = _relay_leg(call, CMS)
    call.turn.channel(150, NUMBER, _SECOND_PEER)
    call.ice.ask_up(path, 200, "up")
    call.ice.ask_up(leg, 201, "up")
    leg.icmp(209, Host(CMS[0], 0x58, 0x5900), *_PORT_UNREACHABLE)
    call.ice.checks(call.path, 250, "second ")
    call.media.both(call.path, 500)
    return call.capture()


def _both_checked(name):
    """Return a call with a channel and checks both ways: ten frames in 0.2 s."""
    call = Webrtc(name)
    call.turn.allocate(0)
    call.turn.channel(100, NUMBER, CMS)
    call.ice.checks(call.path, 150)
    return call


@tells("media-one-way")
def media_one_way():
    """checks both ways; then the browser sends media for 6 s and gets none"""
    call = _both_checked("media-one-way")
    call.media.up(call.path, 500, count=13, every=500)
    return call.capture()


@tells("media-one-way-near")
def media_one_way_near():
    """the same media, but every second an SRTCP report comes back: the peer only receives"""
    call = _both_checked("media-one-way-near")
    call.media.up(call.path, 500, count=13, every=500)
    for ms in range(700, 7700, 1000):
        call.media.report_down(call.path, ms)
    return call.capture()


def _nominated(call):
    """The browser nominates the pair, and says so again every five seconds: twelve frames in 25 s."""
    for number in range(6):
        nomination = stun.attribute(stun.USE_CANDIDATE)
        call.ice.check_up(call.path, 300 + number * 5000, f"nomination {number}", nomination)


@tells("media-absent")
def media_absent():
    """checks both ways, and for 25 s nothing but nominations; then the browser releases the allocation"""
    call = _both_checked("media-absent")
    _nominated(call)
    call.turn.release(30000)
    return call.capture()


@tells("media-absent-near")
def media_absent_near():
    """the same with a little media both ways in the end"""
    call = _both_checked("media-absent-near")
    _nominated(call)
    call.media.both(call.path, 5000)
    call.turn.release(30000)
    return call.capture()


def _conflict(call, times):
    """487 to as many checks of the browser; each has another transaction: two frames each."""
    for number in range(times):
        call.ice.ask_up(call.path, 150 + number * 1000, f"conflict {number}")
        call.ice.conflict_down(call.path, 170 + number * 1000, f"conflict {number}")


@tells("role-conflict")
def role_conflict():
    """487 to seven checks in 6 s: both sides stay in their role, and no check succeeds"""
    call = Webrtc("role-conflict")
    call.turn.allocate(0)
    call.turn.channel(100, NUMBER, CMS)
    _conflict(call, 7)
    call.turn.release(15000)
    return call.capture()


@tells("role-conflict-near")
def role_conflict_near():
    """487 once: the browser takes the other role, and its checks succeed"""
    call = Webrtc("role-conflict-near")
    call.turn.allocate(0)
    call.turn.channel(100, NUMBER, CMS)
    _conflict(call, 1)
    call.ice.near.role, call.ice.far.role = call.ice.far.role, call.ice.near.role
    call.ice.checks(call.path, 200)
    call.media.both(call.path, 500)
    return call.capture()


def _both_legs(name):
    """Return a call seen on the Expressway-E with both legs of the relay, checked both ways: 14 frames."""
    call = Webrtc(name)
    leg = _relay_leg(call, CMS)
    call.turn.allocate(0)
    call.turn.channel(100, NUMBER, CMS)
    for way, after in ((call.path, 0), (leg, 1)):
        call.ice.ask_up(way, 150 + after, "up")
        call.ice.answer_down(way, 171 - after, "up")
    for way, after in ((call.path, 1), (leg, 0)):
        call.ice.ask_down(way, 180 + after, "down")
        call.ice.answer_up(way, 192 - after * 10, "down")
    return call, leg


def _packet_up(call, leg, media, ms, size, arrives=True):
    """One packet through the relay: as the browser sends it, and as the relay sends it on."""
    packet = media.packet(size)
    call.path.up(ms, packet)
    if arrives:
        leg.up(ms + 1, packet)


@tells("nat-reflection-missing")
def reflection_missing():
    """two relays of one Expressway-E: the first sends checks to the second's public address; none comes in there"""
    return _relay_to_relay("nat-reflection-missing", reflected=False).capture()


@tells("nat-reflection-missing-near")
def reflection_missing_near():
    """the same two relays; what the first sends to the public address comes back in and is answered"""
    return _relay_to_relay("nat-reflection-missing-near", reflected=True).capture()


# The outside interface of an Expressway-E with static NAT: 203.0.113.40 is 192.168.245.61 there.
_LAN2 = Host("192.168.245.61", 0x59, 0x6000)
_PUBLIC = Host("203.0.113.40", 0x5A, 0x6200)
_FAR_PC = Endpoint(Host("198.51.100.77", 0x5B, 0x6400), 40777)
_FAR_RELAY = ("203.0.113.40", 24020)


def _relay_to_relay(name, reflected):
    tape = Tape()
    server = Endpoint(_LAN2, 3478)
    near = Webrtc(name, Endpoint(Host(*_nat_host()), 62011), server, RELAY, tape)
    far = Webrtc(name + " far", _FAR_PC, server, _FAR_RELAY, tape)
    far.turn.mapped = (_FAR_PC.host.address, _FAR_PC.port)
    near.turn.allocate(0)
    far.turn.allocate(50)
    near.turn.permission(100, _FAR_RELAY)
    far.turn.permission(120, RELAY)
    out = UdpWire(Place(tape, Endpoint(_LAN2, RELAY[1]), Endpoint(_PUBLIC, _FAR_RELAY[1])))
    back = UdpWire(Place(tape, Endpoint(_PUBLIC, RELAY[1]), Endpoint(_LAN2, _FAR_RELAY[1])))
    near_path, far_path = Indications(near.turn, _FAR_RELAY), Indications(far.turn, RELAY)
    if reflected:
        _hairpin(near.ice, (near_path, out, back, far_path))
        return tape
    for after in _AGAIN:
        near.ice.ask_up(near_path, 200 + after, "up")
        near.ice.ask_up(out, 201 + after, "up")
    return tape


def _nat_host():
    return "198.51.100.23", 0x5C, 0x6600


def _hairpin(ice, ways):
    """A check from end to end and its answer, then one the other way: each seen four times; and media."""
    near_path, out, back, far_path = ways
    media = Media("hairpin")
    for number, (name, near_asks) in enumerate((("up", True), ("down", False))):
        start = 200 + number * 50
        if near_asks:
            ice.ask_up(near_path, start, name)
            ice.ask_up(out, start + 1, name)
            ice.ask_up(back, start + 3, name)
            ice.ask_up(_Turned(far_path), start + 4, name)
            ice.answer_down(_Turned(far_path), start + 20, name)
            ice.answer_down(back, start + 21, name)
            ice.answer_down(out, start + 23, name)
            ice.answer_down(near_path, start + 24, name)
        else:
            ice.ask_down(_Turned(far_path), start, name)
            ice.ask_down(back, start + 1, name)
            ice.ask_down(out, start + 3, name)
            ice.ask_down(near_path, start + 4, name)
            ice.answer_up(near_path, start + 20, name)
            ice.answer_up(out, start + 21, name)
            ice.answer_up(back, start + 23, name)
            ice.answer_up(_Turned(far_path), start + 24, name)
    media.both(near_path, 400)
    media.both(_Turned(far_path), 404)


class _Turned:
    """A way seen from the other end: what goes up to the peer here comes down to the far client."""

    def __init__(self, path):
        self.up = path.down
        self.down = path.up


@tells("relay-address-unreachable")
def relay_unreachable():
    """in front of the Expressway-E: it hands out 203.0.113.99, and a router answers the peer's checks with ICMP"""
    call, leg, router = _handed_out("relay-address-unreachable")
    for after in _AGAIN:
        call.ice.ask_down(leg, 200 + after, "down")
        leg.icmp(215 + after, router, 3, 1, from_client=False)
    return call.capture()


@tells("relay-address-unreachable-near")
def relay_unreachable_near():
    """the router answers so to the first check only; the next one gets through, and the media flows"""
    call, leg, router = _handed_out("relay-address-unreachable-near")
    path = Indications(call.turn, CMS)
    call.ice.ask_down(leg, 200, "down")
    leg.icmp(215, router, 3, 1, from_client=False)
    call.ice.ask_down(leg, 700, "down")
    call.ice.ask_down(path, 701, "down")
    call.ice.answer_up(path, 720, "down")
    call.ice.answer_up(leg, 721, "down")
    call.ice.ask_up(path, 730, "up")
    call.ice.ask_up(leg, 731, "up")
    call.ice.answer_down(leg, 750, "up")
    call.ice.answer_down(path, 751, "up")
    call.media.both(path, 1000)
    return call.capture()


def _handed_out(name):
    """Return a call with a permission (six frames), the way between its relayed address and the peer, and a router."""
    call = Webrtc(name, relay=("203.0.113.99", RELAY[1]))
    relayed = Endpoint(Host(call.turn.relay[0], 0x5E, 0x6A00), RELAY[1])
    leg = UdpWire(Place(call.tape, relayed, Endpoint(Host(CMS[0], 0x58, 0x5800), CMS[1])))
    call.turn.allocate(0)
    call.turn.permission(100, CMS)
    return call, leg, Host("198.51.100.1", 0x5D, 0x6800)


@tells("large-packets-lost")
def large_lost():
    """on the Expressway-E: packets up to 900 bytes go through, those of 1300 bytes and more never leave the relay"""
    call, leg = _both_legs("large-packets-lost")
    _sized_media(call, leg, lost_from=1200)
    return call.capture()


@tells("large-packets-lost-near")
def large_lost_near():
    """the same packets; one of the large ones is lost, the others go through"""
    call, leg = _both_legs("large-packets-lost-near")
    _sized_media(call, leg, lost_from=None)
    return call.capture()


def _sized_media(call, leg, lost_from):
    up, down = Media(call.label + " sized"), Media(call.label + " sized back")
    sender = up._up
    for number in range(12):
        ms = 500 + number * 500
        small, large = 860 - number * 60, 1290 + number
        _packet_up(call, leg, sender, ms, small)
        lost = lost_from is not None or number == 5
        _packet_up(call, leg, sender, ms + 20, large, arrives=not lost)
        packet = down._down.packet(120)
        leg.down(ms + 40, packet)
        call.path.down(ms + 41, packet)


@tells("large-packets-lost-icmp")
def large_lost_icmp():
    """on the browser's PC: a router answers each packet of 1400 bytes with ICMP fragmentation needed, MTU 1280"""
    call = _both_checked("large-packets-lost-icmp")
    router = Host("192.168.10.1", 0x53, 0x0200)
    call.media.both(call.path, 500)
    for number in range(6):
        call.media.up(call.path, 1500 + number * 1000, size=1400)
        call.wire.icmp(1503 + number * 1000, router, 3, 4, extra=1280)
        call.media.both(call.path, 1600 + number * 1000, count=1)
    return call.capture()
