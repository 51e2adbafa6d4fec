# SPDX-License-Identifier: GPL-2.0-or-later
"""Values that a sample needs and no document gives: arbitrary, yet the same on each run.

Python's own random module is not used: what it draws may change between versions.
"""

import hashlib
import struct


def chosen_bytes(label, count):
    """Return count bytes that depend on the label alone."""
    blocks = (count + 31) // 32
    stream = b"".join(
        hashlib.sha256(label.encode() + struct.pack(">I", block)).digest() for block in range(blocks)
    )
    return stream[:count]


def chosen_number(label):
    """Return a 32-bit number that depends on the label alone."""
    return int.from_bytes(chosen_bytes(label, 4), "big")


def chosen_nonce(label):
    """Return 60 hexadecimal digits: of the lengths that the documents allow (57 to 60), one without padding."""
    return chosen_bytes(label, 30).hex().encode()


class Sequence:
    """A linear congruential generator of 32 bits; its upper half is good enough to cut streams with."""

    def __init__(self, seed):
        self._state = seed

    def below(self, limit):
        """Return the next number from 0 to limit - 1."""
        self._state = (self._state * 1664525 + 1013904223) & 0xFFFFFFFF
        return (self._state >> 16) % limit

    def pick(self, values):
        """Return one of the values."""
        return values[self.below(len(values))]
