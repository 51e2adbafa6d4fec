#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Holds the samples against the figures of the field documents.

Reads the captures with a parser of its own, so that a mistake in the generator's packet writer cannot hide itself.
Usage: test_lengths.py [SOURCE_DIR]
"""

import calendar
import pathlib
import struct
import sys
import time
import zlib

# frame of the document, frame of the sample, time, source, destination, length, STUN type at the payload's start
S1 = (
    (1458, 1, "19:52:48.704889", "172.16.84.124", "10.88.246.156", 182, 0x0003),
    (1462, 2, "19:52:48.714894", "10.88.246.156", "172.16.84.124", 262, 0x0113),
)
S2 = (
    (1329, 1, "10:26:42.108282", "10.55.157.229", "10.48.36.248", 186, 0x0003),
    (1363, 2, "10:26:42.214119", "10.48.36.248", "10.55.157.229", 254, 0x0113),
    (3965, 3, "10:34:54.277477", "10.48.36.248", "10.55.157.229", 218, 0x0113),
)
CMS, EXPRESSWAY = "10.48.54.230", "10.48.54.229"
S4 = (
    (2394, 4, "08:03:51.966175", CMS, EXPRESSWAY, 98, 0x0003),
    (2397, 6, "08:03:51.968443", EXPRESSWAY, CMS, 230, 0x0113),
    (2399, 8, "08:03:51.968947", CMS, EXPRESSWAY, 202, 0x0003),
    (2427, 10, "08:03:52.084888", EXPRESSWAY, CMS, 166, 0x0103),
    (2428, 12, "08:03:52.085424", CMS, EXPRESSWAY, 190, 0x0004),
    (2447, 14, "08:03:52.172733", EXPRESSWAY, CMS, 142, 0x0104),
    (2526, 20, "08:03:52.568097", EXPRESSWAY, CMS, 154, 0x001C),
    (2540, 25, "08:03:52.618906", CMS, EXPRESSWAY, 190, 0x000B),
    (2552, 27, "08:03:52.673050", EXPRESSWAY, CMS, 142, 0x010B),
    (2596, 38, "08:03:52.829644", EXPRESSWAY, CMS, 144, None),
    (2597, 39, "08:03:52.829905", CMS, EXPRESSWAY, 164, None),
    (2608, 40, "08:03:52.869391", EXPRESSWAY, CMS, 54, None),
    (3209, 83, "08:03:57.084719", CMS, EXPRESSWAY, 82, 0x0011),
)
DOCUMENTS = (
    ("s1-webrtc-431", "2017-05-20", 2, S1),
    ("s2-webrtc-431-401", "2017-04-15", 3, S2),
    ("s4-sfb-presentation", "2017-08-17", 84, S4),
)
SAMPLES = [document[0] for document in DOCUMENTS] + [
    "s4-sfb-presentation-cut",
    "udp-channeldata",
    "ms-turn-udp",
    "ms-turn-tcp-443",
    "attributes",
]

# sample frame, source port, relative sequence number, relative acknowledgement, payload length
S4_NUMBERS = ((38, 3478, 391, 529, 90), (39, 44342, 529, 481, 110), (40, 3478, 481, 639, 0))

# Offset in frame 2597 and what is printed there.
S4_PRINTED = (
    (0x22, "ad36 0d96"),
    (0x36, "006c"),
    (0x38, "0001 0058 2112a442"),
    (0x40, "a7d42d519e4d78c5"),
    (0x4C, "0025 0000"),
    (0x50, "0024 0004 6effffff"),
    (0x58, "8029 0008"),
    (0x5E, "674a8beecd68"),
    (0x64, "0006 000c"),
    (0x6A, "4d523a4176"),
    (0x70, "79000000"),
    (0x74, "8054 0004 33000000"),
    (0x7C, "8070 0004 00000002"),
    (0x84, "0008 0014"),
    (0x90, "e06b72ef458c3e17"),
    (0x9C, "8028 0004 ff2fa718"),
)


class Packet:
    """One record of a capture, taken apart as far as the tests need it."""

    def __init__(self, when, data):
        self.when = when
        self.data = data
        header = data[14:34]
        self.protocol = header[9]
        self.source = ".".join(str(byte) for byte in header[12:16])
        self.target = ".".join(str(byte) for byte in header[16:20])
        self.ip_header = header
        self.ip_length = struct.unpack(">H", header[2:4])[0]
        self.segment = data[34:]
        self.ports = struct.unpack(">HH", self.segment[:4])
        if self.protocol == 6:
            self.sequence, self.acknowledgement = struct.unpack(">II", self.segment[4:12])
            self.flags = self.segment[13]
            self.payload = self.segment[(self.segment[12] >> 4) * 4 :]
        else:
            self.payload = self.segment[8:]

    @property
    def flow(self):
        return (self.source, self.ports[0], self.target, self.ports[1])

    @property
    def opposite(self):
        return (self.target, self.ports[1], self.source, self.ports[0])


def read_capture(path):
    """Return the packets of a little-endian pcap file with microseconds."""
    data = path.read_bytes()
    magic, _, _, _, _, _, link = struct.unpack_from("<IHHiIII", data)
    assert (magic, link) == (0xA1B2C3D4, 1), f"{path.name}: not an Ethernet pcap of microseconds"
    packets, position = [], 24
    while position < len(data):
        seconds, micros, stored, original = struct.unpack_from("<IIII", data, position)
        assert stored == original, f"{path.name}: frame {len(packets) + 1} is cut"
        body = data[position + 16 : position + 16 + stored]
        packets.append(Packet(seconds * 1_000_000 + micros, body))
        position += 16 + stored
    return packets


def ones_sum(data):
    """Return the Internet sum, 0xFFFF over data that contains its own good checksum."""
    total = sum(struct.unpack(f">{(len(data) + 1) // 2}H", data + bytes(len(data) % 2)))
    while total > 0xFFFF:
        total = (total >> 16) + (total & 0xFFFF)
    return total


class Streams:
    """Puts the streams of all TCP connections together again, and watches the acknowledgements."""

    def __init__(self):
        self.first = {}
        self.data = {}
        self._pieces = {}

    def add(self, packet):
        flow = packet.flow
        if packet.flags & 0x02:
            self.first[flow] = packet.sequence
            self.data[flow] = b""
            self._pieces[flow] = []
        assert flow in self.first, f"{flow}: no SYN"
        if packet.opposite in self.first:
            acknowledged = self.relative(packet.acknowledgement, packet.opposite) - 1
            held = len(self.data[packet.opposite])
            assert acknowledged == held, f"{flow}: acknowledges {acknowledged} of {held} bytes"
        if packet.payload:
            self._pieces[flow].append((self.relative(packet.sequence, flow) - 1, packet.payload))
            self._join(flow)

    def relative(self, number, flow):
        """Return a sequence number as counted from the SYN, across 2^32."""
        return (number - self.first[flow]) & 0xFFFFFFFF

    def _join(self, flow):
        for offset, payload in sorted(self._pieces[flow]):
            held = self.data[flow]
            if offset <= len(held):
                same = payload[: len(held) - offset]
                assert held[offset : offset + len(same)] == same, f"{flow}: contradicts itself"
                self.data[flow] = held + payload[len(held) - offset :]


def expected_time(day, clock):
    seconds, micros = clock.split(".")
    parsed = time.strptime(f"{day} {seconds}", "%Y-%m-%d %H:%M:%S")
    return calendar.timegm(parsed) * 1_000_000 + int(micros)


def check_row(packets, day, row):
    frame, number, clock, source, target, length, kind = row
    packet = packets[number - 1]
    assert len(packet.data) == length, f"frame {frame}: {len(packet.data)} bytes, not {length}"
    assert packet.when == expected_time(day, clock), f"frame {frame}: at {packet.when}"
    ends = (packet.source, packet.target)
    assert ends == (source, target), f"frame {frame}: between {ends}"
    assert 3478 in packet.ports, f"frame {frame}: ports {packet.ports}"
    if kind is not None:
        found, size, cookie = struct.unpack(">HHI", packet.payload[:8])
        assert found == kind, f"frame {frame}: STUN type {found:#06x}"
        assert cookie == 0x2112A442, f"frame {frame}: cookie {cookie:#x}"
        assert size == len(packet.payload) - 20, f"frame {frame}: STUN length {size}"


def check_sums(packets):
    for number, packet in enumerate(packets, 1):
        assert packet.ip_length == len(packet.data) - 14, f"frame {number}: IP length"
        assert ones_sum(packet.ip_header) == 0xFFFF, f"frame {number}: IP checksum"
        pseudo = packet.ip_header[12:20] + struct.pack(">HH", packet.protocol, len(packet.segment))
        assert ones_sum(pseudo + packet.segment) == 0xFFFF, f"frame {number}: transport checksum"


def check_order(packets):
    identifications = {}
    for number, packet in enumerate(packets, 1):
        assert number == 1 or packet.when >= packets[number - 2].when, f"frame {number}: time"
        (identification,) = struct.unpack(">H", packet.ip_header[4:6])
        before = identifications.get(packet.source, identification - 1)
        assert identification == before + 1, f"frame {number}: IP identification"
        identifications[packet.source] = identification


def check_numbers(packets, row):
    number, port, sequence, acknowledgement, length = row
    streams = Streams()
    for packet in packets[:number]:
        streams.add(packet)
    assert packet.ports[0] == port, f"frame {number}: from port {packet.ports[0]}"
    assert 44342 in packet.ports, f"frame {number}: ports {packet.ports}"
    found = streams.relative(packet.sequence, packet.flow)
    assert found == sequence, f"frame {number}: Seq={found}"
    found = streams.relative(packet.acknowledgement, packet.opposite)
    assert found == acknowledgement, f"frame {number}: Ack={found}"
    assert len(packet.payload) == length, f"frame {number}: Len={len(packet.payload)}"


def check_printed(packets, row):
    offset, text = row
    expected = bytes.fromhex(text)
    found = packets[38].data[offset : offset + len(expected)]
    assert found == expected, f"frame 2597 at {offset:#x}: {found.hex()}"


def check_fingerprint(packets):
    message = packets[38].payload[2:]
    value = zlib.crc32(message[:-8]) ^ 0x5354554E
    assert value == 0xFF2FA718, f"frame 2597: FINGERPRINT would be {value:#x}"


def reassembled(packets):
    streams = Streams()
    for packet in packets:
        streams.add(packet)
    return streams


def check_same_streams(plain, cut):
    expected, found = reassembled(plain).data, reassembled(cut).data
    assert expected.keys() == found.keys(), f"other connections: {found.keys()}"
    for flow in expected:
        assert expected[flow] == found[flow], f"{flow}: another stream"


def check_disturbed(cut):
    """The cut sample holds each kind of trouble that it exists for."""
    streams = reassembled(cut)
    ends, kinds, ones = {}, [], 0
    for packet in (packet for packet in cut if packet.payload):
        start = streams.relative(packet.sequence, packet.flow)
        end = start + len(packet.payload)
        expected = ends.get(packet.flow, 1)
        ones += len(packet.payload) == 1
        if start > expected:
            kinds.append("early")
        elif start < expected < end:
            kinds.append("overlap")
        elif start < expected:
            kinds.append("again or late")
        ends[packet.flow] = max(expected, end)
    wanted = ["again or late"] * 3 + ["early"] * 2 + ["overlap"]
    assert sorted(kinds) == wanted, f"trouble: {sorted(kinds)}"
    assert ones >= 10, f"only {ones} segments of one byte"
    for flow, first in streams.first.items():
        wraps = first + len(streams.data[flow]) > 0xFFFFFFFF
        assert wraps == (44342 in flow), f"{flow}: starts at {first}"


def cases(captures):
    """Yield a name and a check without arguments for each thing to hold."""
    for name in SAMPLES:
        yield f"{name} checksums", lambda p=captures[name]: check_sums(p)
        yield f"{name} order", lambda p=captures[name]: check_order(p)
    for name, day, count, rows in DOCUMENTS:
        found = len(captures[name])

        def check_count(found=found, count=count):
            assert found == count, f"{found} frames, not {count}"

        yield f"{name} frame count", check_count
        for row in rows:
            yield f"{name} frame {row[0]}", lambda p=captures[name], d=day, r=row: check_row(p, d, r)
    plain, cut = captures["s4-sfb-presentation"], captures["s4-sfb-presentation-cut"]
    for row in S4_NUMBERS:
        yield f"s4 sequence numbers of frame {row[0]}", lambda r=row: check_numbers(plain, r)
    for row in S4_PRINTED:
        yield f"s4 printed bytes at {row[0]:#x}", lambda r=row: check_printed(plain, r)
    yield "s4 printed fingerprint", lambda: check_fingerprint(plain)
    yield "s4 cut holds the same streams", lambda: check_same_streams(plain, cut)
    yield "s4 cut is disturbed", lambda: check_disturbed(cut)


def main():
    default = pathlib.Path(__file__).resolve().parents[2]
    source = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else default
    captures = {name: read_capture(source / "samples" / f"{name}.pcap") for name in SAMPLES}
    passed = failed = 0
    for name, check in cases(captures):
        try:
            check()
            passed += 1
        except AssertionError as error:
            print(f"FAIL {name}: {error}")
            failed += 1
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
