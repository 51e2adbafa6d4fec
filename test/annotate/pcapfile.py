# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads pcap and pcapng, and writes pcapng block by block. Written from the specifications, for tests alone."""

import dataclasses
import gzip
import struct

SECTION = 0x0A0D0D0A
INTERFACE = 1
PACKET = 2
SIMPLE = 3
ENHANCED = 6
COMMENT = 1
MAGIC = 0x1A2B3C4D
NANOSECONDS = 1_000_000_000


@dataclasses.dataclass
class Packet:
    """One packet, whatever kind of file it was in."""

    time: int
    length: int
    data: bytes
    comments: list = dataclasses.field(default_factory=list)
    interface: int = 0


@dataclasses.dataclass
class Block:
    """A block of pcapng; BODY is what stands between the two lengths."""

    kind: int
    body: bytes
    order: str

    def options(self, start):
        """Return the options that begin at START, as pairs of code and value."""
        found = []
        while start + 4 <= len(self.body):
            code, length = struct.unpack_from(self.order + "HH", self.body, start)
            if code == 0:
                break
            found.append((code, self.body[start + 4 : start + 4 + length]))
            start += 4 + (length + 3 & ~3)
        return found


def read_bytes(path):
    """Return the bytes of a file, unpacked."""
    data = path.read_bytes()
    return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data


def blocks(data):
    """Yield the blocks of a pcapng file."""
    order, at = "<", 0
    while at < len(data):
        if data[at : at + 4] == b"\x0a\x0d\x0d\x0a":
            order = "<" if struct.unpack_from("<I", data, at + 8)[0] == MAGIC else ">"
        kind, length = struct.unpack_from(order + "II", data, at)
        assert length % 4 == 0 and length >= 12 and at + length <= len(data), f"block at {at}: length {length}"
        assert struct.unpack_from(order + "I", data, at + length - 4)[0] == length, f"block at {at}: two lengths"
        yield Block(kind, data[at + 8 : at + length - 4], order)
        at += length


def _texts(options):
    return [value.decode() for code, value in options if code == COMMENT]


def _ticks(block):
    """Return nanoseconds for a tick of an interface as a fraction, and its offset."""
    options = dict(block.options(8))
    resolution = options.get(9, b"\x06")[0]
    offset = struct.unpack(block.order + "q", options[14])[0] if 14 in options else 0
    ticks = 2 ** (resolution & 0x7F) if resolution & 0x80 else 10**resolution
    return ticks, offset


def _pcapng(data):
    interfaces, packets = [], []
    for block in blocks(data):
        if block.kind == SECTION:
            interfaces = []
        elif block.kind == INTERFACE:
            interfaces.append(_ticks(block))
        elif block.kind in (ENHANCED, PACKET):
            layout = "IIIII" if block.kind == ENHANCED else "HHIIII"
            fields = struct.unpack_from(block.order + layout, block.body)
            interface, high, low, captured, length = fields[0], *fields[-4:]
            ticks, offset = interfaces[interface]
            time = (high << 32 | low) * NANOSECONDS // ticks + offset * NANOSECONDS
            comments = _texts(block.options(20 + (captured + 3 & ~3)))
            packets.append(Packet(time, length, block.body[20 : 20 + captured], comments, interface))
        elif block.kind == SIMPLE:
            length = struct.unpack_from(block.order + "I", block.body)[0]
            packets.append(Packet(0, length, block.body[4 : 4 + min(length, len(block.body) - 4)]))
    return packets


def _pcap(data):
    order = "<" if data[0] in (0xD4, 0x4D, 0x34) else ">"
    magic = struct.unpack_from(order + "I", data)[0]
    unit = 1 if magic == 0xA1B23C4D else 1000
    header = 24 if magic == 0xA1B2CD34 else 16
    packets, at = [], 24
    while at + header <= len(data):
        seconds, fraction, captured, length = struct.unpack_from(order + "IIII", data, at)
        if at + header + captured > len(data):
            break
        at += header
        packets.append(Packet(seconds * NANOSECONDS + fraction * unit, length, data[at : at + captured]))
        at += captured
    return packets


def packets(path):
    """Return the packets of a file."""
    data = read_bytes(path)
    return _pcapng(data) if data[:4] == b"\x0a\x0d\x0d\x0a" else _pcap(data)


def section_comments(path):
    """Return the comments of the first section of a pcapng file."""
    return _texts(next(blocks(read_bytes(path))).options(16))


def option(order, code, value):
    """Return an option with its padding."""
    return struct.pack(order + "HH", code, len(value)) + value + bytes(-len(value) % 4)


def block(order, kind, body):
    """Return a block."""
    length = struct.pack(order + "I", len(body) + 12)
    return struct.pack(order + "I", kind) + length + body + length


def section(order, options=b"", length=-1):
    """Return a section header."""
    return block(order, SECTION, struct.pack(order + "IHHq", MAGIC, 1, 0, length) + options)


def interface(order, options=b"", link=1, snap=262144):
    """Return the description of an interface."""
    return block(order, INTERFACE, struct.pack(order + "HHI", link, 0, snap) + options)


def enhanced(order, number, ticks, data, options=b""):
    """Return an enhanced packet."""
    head = struct.pack(order + "IIIII", number, ticks >> 32, ticks & 0xFFFFFFFF, len(data), len(data))
    return block(order, ENHANCED, head + data + bytes(-len(data) % 4) + options)


def obsolete(order, number, ticks, data, options=b""):
    """Return a packet of the kind that the specification calls obsolete."""
    head = struct.pack(order + "HHIIII", number, 0, ticks >> 32, ticks & 0xFFFFFFFF, len(data), len(data))
    return block(order, PACKET, head + data + bytes(-len(data) % 4) + options)


def simple(order, data):
    """Return a simple packet."""
    return block(order, SIMPLE, struct.pack(order + "I", len(data)) + data + bytes(-len(data) % 4))
