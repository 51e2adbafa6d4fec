# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads expected/NAME.txt: what the frames of a sample hold, as its generator put it in.

    connection 0x115ab0b3 peer 192.168.1.252:53577 attempt 20 bind 25 bound 27 data 29
    frame 29
      turnconn 104 STUN of 0x115ab0b3
      message 0x0001 a6fe... MS-ICE2 good copy of 27
        0x0006 12 username = Av3y:Q7MR
        0x0008 20
      carries turnconn stun

A connection has the frames that made it, and that of the first data.
A message has its type, its transaction id, its dialect, what its FINGERPRINT is worth (when it has one) and of which
frame it is a copy. Below it stand its attributes: type, length and fields. Without a word about
it, integrity is not checked. Names of fields lack "mstun.". What follows a
frame of a connection, up to the next frame of one, lies in it; instead of the frame's length stands "bytes" where they
follow no framing. Frames that are not named hold nothing of concern.
"""

import pathlib
import re

HERE = pathlib.Path(__file__).resolve().parent

# Stands for any values, none included.
ANY = object()

_MESSAGE = re.compile(
    r"message (0x\w{4}) (\w+) (RFC 3489|RFC 8489|MS-TURN|MS-ICE2)(?: (good|legacy|bad))?(?: copy of (\d+))?"
)
_TURNCONN = re.compile(r"turnconn (\d+|bytes) (\w+)(?: of (\w+))?")
_ATTRIBUTE = re.compile(r"(0x\w{4}) (\d+)(?: integrity (\w+))?(?: (.*))?")
_INTEGRITY = {"0x0008": "mstun.message_integrity", "0x001c": "mstun.message_integrity_sha256"}
# Attributes whose value a table does not repeat.
_UNSAID = {**_INTEGRITY, "0x0013": "mstun.data", "0x8028": "mstun.fingerprint.crc"}


def full_name(field):
    """Return the name of a field as Wireshark has it."""
    return field if field.startswith("turnconn.") else f"mstun.{field}"


_OF_CONNECTION = {
    "id": "turnconn.connection_id",
    "peer": "turnconn.peer",
    "attempt": "turnconn.attempt_frame",
    "bind": "turnconn.bind_frame",
}
_LINKS = ("attempt", "bind", "bound", "data")


class Frame:
    """What a frame holds: values by field, and the protocols in it."""

    def __init__(self, number=0):
        self.number = str(number)
        self.values = {}
        self.carries = []
        self._connection = None

    def add(self, field, value):
        found = self.values.setdefault(field, [])
        if found is not ANY:
            found.append(value)

    def unsaid(self, field):
        self.values[field] = ANY

    def message(self, kind, transaction, dialect, fingerprint, copy_of):
        self.add("mstun.type", kind)
        self.add("mstun.id", transaction)
        self.add("mstun.dialect", dialect)
        if fingerprint is not None:
            self.add("mstun.fingerprint", fingerprint)
        if copy_of is not None:
            self.add("mstun.copy_of", str(copy_of))
        if self._connection is not None:
            for link in _LINKS:
                if self._connection.get(link, self.number) != self.number:
                    self.add(f"mstun.connection_{link}_frame", self._connection[link])

    def turnconn(self, length, payload, connection):
        if length != "bytes":
            self.add("turnconn.length", length)
        self.add("turnconn.payload", payload)
        self._connection = connection
        for word, field in _OF_CONNECTION.items():
            if connection is not None and word in connection:
                self.add(field, connection[word])

    def attribute(self, code, length, integrity="not checked"):
        self.add("mstun.attribute.type", code)
        self.add("mstun.attribute.length", str(length))
        if code in _UNSAID:
            self.unsaid(_UNSAID[code])
        if code in _INTEGRITY:
            self.add("mstun.integrity", integrity)

    def fields(self, text):
        for part in text.split(" ; "):
            name, value = part.split(" = ", 1)
            self.add(full_name(name), value)


def _read_line(frame, line, connections):
    message = _MESSAGE.fullmatch(line)
    attribute = _ATTRIBUTE.fullmatch(line)
    turnconn = _TURNCONN.fullmatch(line)
    if turnconn:
        length, payload, identifier = turnconn.groups()
        frame.turnconn(length, payload, connections[identifier] if identifier else None)
    elif message:
        frame.message(*message.groups())
    elif attribute:
        code, length, integrity, fields = attribute.groups()
        frame.attribute(code, length, integrity or "not checked")
        if fields:
            frame.fields(fields)
    elif line.startswith("carries "):
        frame.carries = line.split()[1:]
    else:
        frame.fields(line)


def read(name):
    """Return the frames of the sample of that name, by number."""
    frames = {}
    connections = {}
    for line in (HERE / "expected" / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("connection "):
            _, name, *words = line.split()
            connections[name] = dict(zip(words[::2], words[1::2]))
            if name.startswith("0x"):
                connections[name]["id"] = name
        elif line.startswith("frame "):
            number = int(line.split()[1])
            frame = frames.setdefault(number, Frame(number))
        elif line and not line.startswith("#"):
            _read_line(frame, line.strip(), connections)
    return frames
