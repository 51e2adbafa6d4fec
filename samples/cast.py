# SPDX-License-Identifier: GPL-2.0-or-later
"""Who takes part in the captures of causes, a browser or CMS, and the list of these captures."""

import stunwire as stun
from call import Bound, Channel, Ice, Media, Turn
from expressway import TURN_PORT
from netwire import Endpoint, Host
from wires import Place, Tape, TcpWire, UdpWire

# Every capture in causes/ by its name, with the function that tells it. A function with two capture points returns
# both captures in a dictionary, by point.
CAPTURES = {}


def tells(name):
    """Make a function the teller of causes/NAME.pcap; its docstring says what happens there."""

    def register(function):
        CAPTURES[name] = function
        return function

    return register


# A browser behind a NAT, and CMS as its peer.
PC = Endpoint(Host("192.168.10.23", 0x51, 0x3300), 51734)
NAT = ("198.51.100.23", 62011)
EXPRESSWAY = Endpoint(Host("203.0.113.40", 0x52, 0xA180), TURN_PORT)
RELAY = ("203.0.113.40", 24018)
CMS = ("192.0.2.180", 52010)
NUMBER = 0x4000


class Webrtc:
    """A browser's call over UDP, captured on its PC."""

    def __init__(self, label, client=PC, server=EXPRESSWAY, relay=RELAY, tape=None, **account):
        self.label = label
        self.tape = tape or Tape()
        self.wire = UdpWire(Place(self.tape, client, server))
        self.turn = Turn(self.wire, label, relay, NAT, **account)
        self.path = Channel(self.wire, NUMBER)
        self.ice = Ice(label)
        self.media = Media(label)

    def reaches_peer(self, ms, peer=CMS):
        """Channel (2 frames), checks both ways (4) and media both ways (6): 12 frames in 0.8 s."""
        self.turn.channel(ms, NUMBER, peer)
        self.ice.checks(self.path, ms + 50)
        self.media.both(self.path, ms + 400)

    def runs_on(self, ms):
        """Another program's datagram: the capture was still running (1 frame)."""
        log = Endpoint(Host("192.168.10.2", 0x57, 0x6600), 514)
        Place(self.tape, Endpoint(PC.host, 514), log).put(ms, True, b"<134>sample: still here")

    def capture(self):
        return self.tape.capture()


# CMS, the inside of the Expressway-E, and the Skype for Business Edge as peer.
CMS_CONTROL = Endpoint(Host("10.48.54.230", 0x61, 0x7100), 44326)
CMS_DATA = Endpoint(CMS_CONTROL.host, 44342)
INSIDE = Endpoint(Host("10.48.54.229", 0x62, 0xB200), TURN_PORT)
TCP_RELAY = ("10.48.54.229", 24000)
EDGE = ("198.51.100.52", 53577)
CONNECTION = 0x2A000001


class Sharing:
    """Presentation sharing of CMS over a TCP relay, captured between CMS and Expressway-E."""

    def __init__(self, label):
        self.label = label
        self.tape = Tape()
        self.control = TcpWire(label + " control", self.tape, CMS_CONTROL, INSIDE)
        self.data = TcpWire(label + " data", self.tape, CMS_DATA, INSIDE)
        mapped = (CMS_CONTROL.host.address, CMS_CONTROL.port)
        self.turn = Turn(self.control, label, TCP_RELAY, mapped, stun.TRANSPORT_TCP, user="turn")
        self.path = Bound(self.data)
        self.ice = Ice(label, mapped=TCP_RELAY)
        self.media = Media(label)

    def allocate(self, ms=0):
        """Handshake (3 frames) and allocation (4): the success is the seventh, 50 ms later."""
        self.control.open(ms)
        self.turn.allocate(ms + 20)

    def bind(self, ms):
        """Handshake (3) and ConnectionBind (2): five frames in 20 ms."""
        self.data.open(ms)
        self.turn.on(self.data).bind(ms + 10, CONNECTION)

    def shares(self, ms):
        """Checks (4) and media (6), both ways: ten frames in 0.7 s."""
        self.ice.checks(self.path, ms)
        self.media.both(self.path, ms + 300)

    def capture(self):
        return self.tape.capture()
