# SPDX-License-Identifier: GPL-2.0-or-later
"""TCP connections told segment by segment, one after the other in time."""

from chosen import chosen_number
from netwire import TcpConnection

CLIENT = True
SERVER = False


class Clock:
    """The time of the next frame."""

    def __init__(self, start, step):
        self._next = start
        self._step = step

    def tick(self):
        now = self._next
        self._next += self._step
        return now

    def wait(self, microseconds):
        """Let nothing happen for that long."""
        self._next += microseconds


class Talk:
    """One connection, and what its ends say."""

    def __init__(self, capture, clock, label, client, server):
        self._clock = clock
        sequences = (chosen_number(label + " client"), chosen_number(label + " server"))
        self._connection = TcpConnection(capture, client, server, *sequences)

    def open(self):
        """Write the handshake."""
        self._connection.open(self._clock.tick(), self._clock.tick(), self._clock.tick())

    def say(self, from_client, *units):
        """Send these units in one segment, which is acknowledged with the next one that comes back."""
        self._connection.send(self._clock.tick(), from_client, b"".join(units))

    def cut(self, from_client, data, *places):
        """Send these bytes in several segments that end at those places."""
        for start, end in zip((0, *places), (*places, len(data))):
            self.say(from_client, data[start:end])

    def lose(self, from_client, data):
        """Send what the capture does not have."""
        self._connection.lose(from_client, data)

    def acknowledge(self, from_client):
        self._connection.acknowledge(self._clock.tick(), from_client)
