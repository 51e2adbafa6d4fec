# SPDX-License-Identifier: GPL-2.0-or-later
"""What captures of calls are written with: tapes, and the wires between two ends that are tapped at places.

Times are milliseconds since the call began. What is told out of order is put in order: a capture may be told one
connection after the other.
"""

import dataclasses

from chosen import chosen_number
from netwire import Capture, Endpoint, TcpConnection, icmp_frame, udp_frame, utc

START = utc("2024-03-05 09:00:00.000000")
FROM_CLIENT = True
FROM_SERVER = False


class Tape:
    """What one capture point sees. CLOCK is what its clock is ahead of the true time, in milliseconds."""

    def __init__(self, clock=0):
        self._start = START + round(clock * 1000)
        self._frames = []
        self._hosts = {}

    def time(self, ms):
        return self._start + round(ms * 1000)

    def add(self, when, frame):
        self._frames.append((when, frame))

    def host(self, host):
        """Return this capture's own copy of a host: hosts count their packets, and captures share none."""
        return self._hosts.setdefault((host.address, host.station), dataclasses.replace(host))

    def end(self, endpoint):
        return Endpoint(self.host(endpoint.host), endpoint.port)

    @property
    def last(self):
        """The frame that was told last."""
        return self._frames[-1][1]

    def capture(self):
        """Return all frames in the order of time."""
        result = Capture()
        for when, frame in sorted(self._frames, key=lambda each: each[0]):
            result.add(when, frame)
        return result


@dataclasses.dataclass
class Place:
    """Where a wire is tapped: the two ends as they are seen there, and how long after the client."""

    tape: Tape
    client: Endpoint
    server: Endpoint
    delay: float = 0

    def __post_init__(self):
        self.client = self.tape.end(self.client)
        self.server = self.tape.end(self.server)

    def put(self, ms, from_client, payload):
        ends = (self.client, self.server) if from_client else (self.server, self.client)
        # Up comes later here than it left the client, down left here before it reached the client.
        seen = ms + self.delay if from_client else ms - self.delay
        self.tape.add(self.tape.time(seen), udp_frame(*ends, payload))

    def icmp(self, ms, reporter, kind, code, from_client=True, extra=0):
        """Report what became of the datagram that was told last."""
        receiver = self.client.host if from_client else self.server.host
        frame = icmp_frame(self.tape.host(reporter), receiver, kind, code, self.tape.last, extra)
        self.tape.add(self.tape.time(ms), frame)


class UdpWire:
    """A UDP 5-tuple, tapped at one place or at two: at the client's end first."""

    def __init__(self, *places):
        self.places = places

    def up(self, ms, payload, lost=False):
        """The client sends; what is lost passes the client's end only."""
        for place in self.places[:1] if lost else self.places:
            place.put(ms, True, payload)

    def down(self, ms, payload, lost=False):
        """The server sends; what is lost passes the server's end only."""
        for place in self.places[-1:] if lost else self.places:
            place.put(ms, False, payload)

    def icmp(self, ms, reporter, kind, code, **more):
        self.places[0].icmp(ms, reporter, kind, code, **more)


class TcpWire:
    """A TCP connection, tapped at one place."""

    def __init__(self, label, tape, client, server):
        self._tape = tape
        numbers = (chosen_number(label + " client"), chosen_number(label + " server"))
        self._connection = TcpConnection(tape, tape.end(client), tape.end(server), *numbers)

    def open(self, ms):
        """Three frames in 3 ms."""
        self._connection.open(*(self._tape.time(ms + after) for after in (0, 2, 3)))

    def syn(self, ms):
        self._connection.syn(self._tape.time(ms))

    def finish_open(self, ms):
        """What comes after a SYN: two frames in 1 ms."""
        self._connection.syn_ack(self._tape.time(ms))
        self._connection.acknowledge(self._tape.time(ms + 1), FROM_CLIENT)

    def refuse(self, ms):
        self._connection.refuse(self._tape.time(ms))

    def up(self, ms, *units):
        self._connection.send(self._tape.time(ms), FROM_CLIENT, b"".join(units))

    def down(self, ms, *units):
        self._connection.send(self._tape.time(ms), FROM_SERVER, b"".join(units))

    def acknowledge(self, ms, side):
        self._connection.acknowledge(self._tape.time(ms), side)

    def close(self, ms, side):
        self._connection.close(self._tape.time(ms), side)

    def reset(self, ms, side):
        self._connection.reset(self._tape.time(ms), side)
