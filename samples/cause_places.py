# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures from two places at the same time: on the browser's PC, and on the outside of the Expressway-E."""

from call import Channel, Ice, Media, Turn
from cast import CMS, EXPRESSWAY, NAT, NUMBER, PC, RELAY, tells
from netwire import Endpoint, Host
from wires import Place, Tape, UdpWire

# How long a packet is under way between the two: there and back in less than any answer takes.
_WAY = 4
_AGAIN = (0, 500, 1500, 3500, 7500)
# The checks of one candidate for each of audio, video and presentation.
_CHECKS = (("audio", 200), ("video", 250), ("presentation", 300))
_FAR_RELAY = Endpoint(EXPRESSWAY.host, 24600)


class _Both:
    """A browser and the Expressway-E, each with a capture of its own. CLOCK is what the server's clock is ahead."""

    def __init__(self, name, clock, nat=True):
        self.name = name
        self.tapes = {"client": Tape(), "server": Tape(clock)}
        self._nat = nat
        mapped = NAT if nat else (PC.host.address, PC.port)
        self.turn = Turn(self.wire(0, EXPRESSWAY), name, RELAY, mapped)
        self.relayed = self.wire(2, _FAR_RELAY)
        self.ice = Ice(name)
        self.media = Media(name)

    def wire(self, port, server):
        """Return what goes between one of the browser's ports and one of the server's, as both places see it."""
        inside = Endpoint(Host("192.168.10.23", 0x71, 0x1100 + port), PC.port + port)
        outside = Endpoint(Host(NAT[0], 0x72, 0x2200 + port), NAT[1] + port) if self._nat else inside
        near = Endpoint(Host(server.host.address, 0x73, 0x3300 + port), server.port)
        far = Endpoint(Host(server.host.address, 0x74, 0x4400 + port), server.port)
        return UdpWire(
            Place(self.tapes["client"], inside, near),
            Place(self.tapes["server"], outside, far, _WAY),
        )

    def _log(self, host, point, number):
        """Write to a log server once a second: the capture runs."""
        sender = Endpoint(Host(host, number, 0x5500), 514)
        place = Place(self.tapes[point], sender, Endpoint(Host("198.51.100.200", 0x75, 0x6600), 514))
        for second in range(10):
            place.put(second * 1000 + 500, True, b"<134>sample: second %d" % second)

    def captures(self):
        self._log("192.168.10.23", "client", 0x76)
        self._log(EXPRESSWAY.host.address, "server", 0x77)
        return {point: tape.capture() for point, tape in self.tapes.items()}


def _port_blocked(name, arrives):
    """Checks to the relay range get through and are answered; Allocate is never answered."""
    call = _Both(name, clock=-7000)
    call.ice.checks(call.relayed, 0)
    for ms in (200, 700, 1700, 3700, 7700):
        call.turn.first_allocate(ms, lost=not arrives)
    call.media.both(call.relayed, 8000)
    return call.captures()


@tells("turn-port-blocked-inbound")
def port_blocked():
    """Allocate to 3478, sent five times, never comes in at the Expressway-E, while checks to the relay range do"""
    return _port_blocked("turn-port-blocked-inbound", arrives=False)


@tells("turn-port-blocked-inbound-near")
def port_blocked_near():
    """the same Allocates come in at the Expressway-E, which does not answer"""
    return _port_blocked("turn-port-blocked-inbound-near", arrives=True)


def _checked(name, clock, nat=True):
    """Return a call with an allocation that both captures show: four frames in each."""
    call = _Both(name, clock, nat)
    call.turn.allocate(0)
    return call


def _answered(call):
    """Checks and media both ways, to the relayed address of CMS and through the browser's own relay."""
    own = Channel(call.turn.wire, NUMBER)
    call.turn.channel(100, NUMBER, CMS)
    call.ice.checks(call.relayed, 200)
    call.ice.checks(own, 300, "own ")
    call.media.both(call.relayed, 500)
    call.media.both(own, 1500)
    return call.captures()


def _unanswered(label, clock):
    call = _checked(label, clock)
    for name, start in _CHECKS:
        for after in _AGAIN:
            call.ice.ask_up(call.relayed, start + after, name, lost=True)
    call.turn.release(9000)
    return call.captures()


@tells("relay-range-blocked-inbound")
def range_blocked():
    """checks to the relayed address of CMS never come in at the Expressway-E, whose clock is an hour ahead"""
    return _unanswered("relay-range-blocked-inbound", clock=3_600_000)


@tells("relay-range-blocked-inbound-near")
def range_blocked_near():
    """the checks come in and are answered, and the answers arrive"""
    return _answered(_checked("relay-range-blocked-inbound-near", clock=3_600_000))


def _asked(call, answered):
    """Checks that come in at the Expressway-E; no answer reaches the browser."""
    for name, start in _CHECKS:
        for after in _AGAIN:
            call.ice.ask_up(call.relayed, start + after, name)
            if answered:
                call.ice.answer_down(call.relayed, start + after + 30, name, lost=True)
    call.turn.release(9000)
    return call.captures()


@tells("responses-blocked-outbound")
def responses_blocked():
    """the checks come in at the Expressway-E, the answers leave it and never reach the browser; no NAT"""
    call = _checked("responses-blocked-outbound", clock=2500, nat=False)
    return _asked(call, answered=True)


@tells("responses-blocked-outbound-near")
def responses_blocked_near():
    """the answers reach the browser"""
    return _answered(_checked("responses-blocked-outbound-near", clock=2500, nat=False))


@tells("server-did-not-answer")
def no_answer():
    """the checks come in at the Expressway-E, and no answer leaves it"""
    call = _checked("server-did-not-answer", clock=-3000)
    return _asked(call, answered=False)


@tells("server-did-not-answer-near")
def no_answer_near():
    """answers leave the Expressway-E; they are lost behind it"""
    call = _checked("server-did-not-answer-near", clock=-3000)
    return _asked(call, answered=True)


@tells("captures-do-not-overlap")
def no_overlap():
    """checks that are not answered; the capture of the Expressway-E is of another call, three hours later"""
    first = _unanswered("captures-do-not-overlap", clock=0)
    second = _unanswered("captures-do-not-overlap later", clock=10_800_000)
    return {"client": first["client"], "server": second["server"]}


@tells("captures-do-not-overlap-near")
def overlap():
    """both captures are of one such call, though by the clock of the Expressway-E it was three hours later"""
    return _unanswered("captures-do-not-overlap-near", clock=10_800_000)
