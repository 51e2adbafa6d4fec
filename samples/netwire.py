# SPDX-License-Identifier: GPL-2.0-or-later
"""Ethernet, IP, UDP and TCP frames with good checksums, and the pcap file around them.

Times are whole microseconds since 1970, UTC. Knows nothing about what the payloads mean.
"""

import calendar
import dataclasses
import ipaddress
import struct
import time

FIN = 0x01
SYN = 0x02
RST = 0x04
PSH = 0x08
ACK = 0x10

_PROTOCOL_ICMP = 1
_PROTOCOL_TCP = 6
_PROTOCOL_UDP = 17
_DONT_FRAGMENT = 0x4000
_TIME_TO_LIVE = 64
_ETHERNET_SIZE = 14
_IPV4_SIZE = 20
_IPV6_SIZE = 16
_WINDOW = 29200
_MSS_OPTION = struct.pack(">BBH", 2, 4, 1460)


def utc(text):
    """Return the time of 'YYYY-MM-DD hh:mm:ss.uuuuuu'."""
    seconds, fraction = text.split(".")
    whole = calendar.timegm(time.strptime(seconds, "%Y-%m-%d %H:%M:%S"))
    return whole * 1_000_000 + int(fraction.ljust(6, "0"))


@dataclasses.dataclass
class Host:
    """One machine; it counts its own IP packets."""

    address: str
    station: int
    next_id: int

    @property
    def mac(self):
        """A locally administered address, which no real card has."""
        return struct.pack(">BBI", 0x02, 0x00, self.station)

    @property
    def packed(self):
        return ipaddress.ip_address(self.address).packed


@dataclasses.dataclass
class Endpoint:
    """A host and one of its ports."""

    host: Host
    port: int


def checksum(data):
    """Return the Internet checksum."""
    data += bytes(len(data) % 2)
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF


def _ethernet(source, target, kind, packet):
    return target.mac + source.mac + struct.pack(">H", kind) + packet


def _ip_frame(source, target, protocol, payload):
    if len(source.packed) == _IPV6_SIZE:
        header = struct.pack(">IHBB", 6 << 28, len(payload), protocol, _TIME_TO_LIVE)
        return _ethernet(source, target, 0x86DD, header + source.packed + target.packed + payload)
    header = struct.pack(
        ">BBHHHBBH4s4s",
        0x45,
        0,
        20 + len(payload),
        source.next_id,
        _DONT_FRAGMENT,
        _TIME_TO_LIVE,
        protocol,
        0,
        source.packed,
        target.packed,
    )
    source.next_id = (source.next_id + 1) & 0xFFFF
    header = header[:10] + struct.pack(">H", checksum(header)) + header[12:]
    return _ethernet(source, target, 0x0800, header + payload)


def _transport_checksum(source, target, protocol, segment):
    # IPv6 has 32 bits for both numbers; the sum is the same.
    pseudo = source.packed + target.packed + struct.pack(">xBH", protocol, len(segment))
    return checksum(pseudo + segment)


def udp_frame(source, target, payload):
    """Return a frame with one UDP datagram between two endpoints."""
    header = struct.pack(">HHH", source.port, target.port, 8 + len(payload))
    unchecked = header + bytes(2) + payload
    # Zero would say "no checksum"; the same sum has a second spelling.
    value = _transport_checksum(source.host, target.host, _PROTOCOL_UDP, unchecked) or 0xFFFF
    return _ip_frame(
        source.host, target.host, _PROTOCOL_UDP, header + struct.pack(">H", value) + payload
    )


def tcp_frame(source, target, sequence, acknowledgement, flags, payload=b"", options=b""):
    """Return a frame with one TCP segment between two endpoints."""
    offset = (20 + len(options)) // 4 << 4
    header = struct.pack(
        ">HHIIBBH",
        source.port,
        target.port,
        sequence & 0xFFFFFFFF,
        acknowledgement & 0xFFFFFFFF,
        offset,
        flags,
        _WINDOW,
    )
    tail = bytes(2) + options + payload
    value = _transport_checksum(source.host, target.host, _PROTOCOL_TCP, header + bytes(2) + tail)
    return _ip_frame(
        source.host, target.host, _PROTOCOL_TCP, header + struct.pack(">H", value) + tail
    )


def icmp_frame(reporter, receiver, kind, code, frame, extra=0):
    """Return a frame in which one host reports to another what became of that IPv4 frame.

    It quotes the IP header and 8 bytes behind it, RFC 792. EXTRA is the last half of the word that some types use:
    the MTU where a fragment would have been needed.
    """
    quoted = frame[_ETHERNET_SIZE : _ETHERNET_SIZE + _IPV4_SIZE + 8]
    unchecked = struct.pack(">BBHHH", kind, code, 0, 0, extra) + quoted
    message = unchecked[:2] + struct.pack(">H", checksum(unchecked)) + unchecked[4:]
    return _ip_frame(reporter, receiver, _PROTOCOL_ICMP, message)


class Capture:
    """Frames in the order of their times."""

    _MAGIC_MICROSECONDS = 0xA1B2C3D4
    _SNAP_LENGTH = 262144
    _LINK_ETHERNET = 1

    def __init__(self):
        self._frames = []

    def __len__(self):
        return len(self._frames)

    def add(self, when, frame):
        """Append a frame; the frames of a sample never go back in time."""
        if self._frames and when < self._frames[-1][0]:
            raise ValueError(f"frame {len(self._frames) + 1} is earlier than the one before it")
        self._frames.append((when, frame))

    def to_bytes(self):
        """Return the whole pcap file, little-endian on every machine."""
        parts = [
            struct.pack(
                "<IHHiIII", self._MAGIC_MICROSECONDS, 2, 4, 0, 0, self._SNAP_LENGTH, self._LINK_ETHERNET
            )
        ]
        for when, frame in self._frames:
            seconds, micros = divmod(when, 1_000_000)
            parts.append(struct.pack("<IIII", seconds, micros, len(frame), len(frame)) + frame)
        return b"".join(parts)


class _Direction:
    """One half of a TCP connection: what its sender has sent and its receiver can acknowledge."""

    def __init__(self, initial_sequence):
        self.initial_sequence = initial_sequence
        self.sent = 0
        self.received = 0
        self._ahead = []

    def deliver(self, offset, size):
        """Count stream bytes as received, once nothing before them is missing."""
        self._ahead.append((offset, offset + size))
        for start, end in sorted(self._ahead):
            if start <= self.received:
                self.received = max(self.received, end)
        self._ahead = [part for part in self._ahead if part[1] > self.received]


class TcpConnection:
    """A TCP connection that writes its segments to a capture. Loses nothing that it is not told to lose."""

    def __init__(self, capture, client, server, client_sequence, server_sequence):
        self._capture = capture
        self._ends = {True: client, False: server}
        self._halves = {True: _Direction(client_sequence), False: _Direction(server_sequence)}

    def open(self, syn, syn_ack, ack):
        """Write the three segments of the handshake at these times."""
        self.syn(syn)
        self.syn_ack(syn_ack)
        self.acknowledge(ack, True)

    def syn(self, when):
        """Write the first segment of the handshake, or the same again."""
        self._handshake(when, True, SYN, 0)

    def syn_ack(self, when):
        self._handshake(when, False, SYN | ACK, self._halves[True].initial_sequence + 1)

    def refuse(self, when):
        """Answer the SYN with a reset; RFC 9293 section 3.5.2 says which numbers it has."""
        client, server = self._ends[True], self._ends[False]
        acknowledgement = self._halves[True].initial_sequence + 1
        self._capture.add(when, tcp_frame(server, client, 0, acknowledgement, RST | ACK))

    def _handshake(self, when, from_client, flags, acknowledgement):
        sequence = self._halves[from_client].initial_sequence
        source, target = self._ends[from_client], self._ends[not from_client]
        self._capture.add(
            when, tcp_frame(source, target, sequence, acknowledgement, flags, options=_MSS_OPTION)
        )

    def send(self, when, from_client, payload):
        """Write the next bytes of the stream as one segment."""
        self.segment(when, from_client, self._halves[from_client].sent, payload)

    def segment(self, when, from_client, offset, payload):
        """Write any part of the stream, in whatever order; offset 0 is the first byte after the SYN."""
        half = self._halves[from_client]
        self._write(when, from_client, offset, PSH | ACK, payload)
        half.sent = max(half.sent, offset + len(payload))
        half.deliver(offset, len(payload))

    def lose(self, from_client, payload):
        """Send bytes that arrive and that the capture does not have."""
        half = self._halves[from_client]
        half.deliver(half.sent, len(payload))
        half.sent += len(payload)

    def acknowledge(self, when, from_client):
        """Write a segment without payload that acknowledges all that has come in."""
        self._write(when, from_client, self._halves[from_client].sent, ACK, b"")

    def close(self, when, from_client):
        """Write a FIN; nothing may follow it in that direction but acknowledgements."""
        half = self._halves[from_client]
        self._write(when, from_client, half.sent, FIN | ACK, b"")
        half.deliver(half.sent, 1)
        half.sent += 1

    def reset(self, when, from_client):
        self._write(when, from_client, self._halves[from_client].sent, RST | ACK, b"")

    def _write(self, when, from_client, offset, flags, payload):
        half, back = self._halves[from_client], self._halves[not from_client]
        sequence = half.initial_sequence + 1 + offset
        acknowledgement = back.initial_sequence + 1 + back.received
        source, target = self._ends[from_client], self._ends[not from_client]
        self._capture.add(
            when, tcp_frame(source, target, sequence, acknowledgement, flags, payload)
        )
