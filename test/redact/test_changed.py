#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The redacted report says what the report says, whatever lies across packets and however it comes.

Samples are changed: cut, thinned out, out of order, doubled, TCP in other segments, sequence numbers that wrap, the
same connections once more, UDP in fragments. Each time both reports must agree in everything but texts, and nothing of the
addresses and names may be left. Usage: test_changed.py PROGRAM SAMPLES [EVERY [SEED]], each EVERY-th sample only.
"""

import json
import pathlib
import random
import struct
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from test_redact import shape  # noqa: E402

TCP, UDP = 6, 17
ETHERNET = 14
# Strong, so that it is not stretched in each of many runs.
KEY = bytes(range(100, 132))


def read_pcap(path):
    """Return the header of the file at PATH, and its packets: time in microseconds, length on the wire, bytes."""
    data = path.read_bytes()
    packets, at = [], 24
    while at + 16 <= len(data):
        seconds, rest, captured, length = struct.unpack_from("<IIII", data, at)
        packets.append((seconds * 1_000_000 + rest, length, data[at + 16 : at + 16 + captured]))
        at += 16 + captured
    return data[:24], packets


def write_pcap(path, header, packets):
    """Write PACKETS as read_pcap() returns them."""
    with path.open("wb") as out:
        out.write(header)
        for time, length, data in packets:
            out.write(struct.pack("<IIII", time // 1_000_000, time % 1_000_000, len(data), length) + data)


def checksum(data):
    """Return the Internet checksum of DATA."""
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def is_ipv4(data, protocol):
    """Whether DATA is Ethernet with a whole IPv4 packet of PROTOCOL without options, all of it captured."""
    if len(data) < ETHERNET + 40 or data[12:15] != b"\x08\x00\x45" or data[ETHERNET + 9] != protocol:
        return False
    fragment, total = struct.unpack_from(">H", data, ETHERNET + 6)[0], struct.unpack_from(">H", data, ETHERNET + 2)[0]
    return fragment & 0x3FFF == 0 and ETHERNET + total <= len(data)


def ipv4(like, payload, fragment=None):
    """Return the frame LIKE with another IP payload."""
    header = bytearray(like[ETHERNET : ETHERNET + 20])
    struct.pack_into(">H", header, 2, 20 + len(payload))
    if fragment is not None:
        struct.pack_into(">H", header, 6, fragment)
    header[10:12] = b"\0\0"
    struct.pack_into(">H", header, 10, checksum(bytes(header)))
    return like[:ETHERNET] + bytes(header) + payload


def tcp(like, change, payload):
    """Return the frame LIKE with another TCP payload, and its header changed by CHANGE."""
    total = struct.unpack_from(">H", like, ETHERNET + 2)[0]
    segment = bytearray(like[ETHERNET + 20 : ETHERNET + total])
    size = (segment[12] >> 4) * 4
    segment[size:] = payload
    change(segment)
    segment[16:18] = b"\0\0"
    pseudo = like[ETHERNET + 12 : ETHERNET + 20] + struct.pack(">HH", TCP, len(segment))
    struct.pack_into(">H", segment, 16, checksum(pseudo + bytes(segment)))
    return ipv4(like, bytes(segment))


def tcp_payload(data):
    """Return the TCP payload of a frame."""
    total = struct.unpack_from(">H", data, ETHERNET + 2)[0]
    return data[ETHERNET + 20 + (data[ETHERNET + 32] >> 4) * 4 : ETHERNET + total]


def segments(data, rnd, largest):
    """Return the frame as several, whose payload is that of DATA in pieces."""
    payload = tcp_payload(data)
    made, at = [], 0
    while at < len(payload) or not made:
        size = rnd.randint(1, largest)
        last = at + size >= len(payload)

        def change(segment, offset=at, end=last):
            seq = struct.unpack_from(">I", segment, 4)[0]
            struct.pack_into(">I", segment, 4, (seq + offset) & 0xFFFFFFFF)
            segment[13] &= 0xFF if end else 0xF6  # FIN and PSH with the last one

        made.append(tcp(data, change, payload[at : at + size]))
        at += size
    return made


def cut(packets, rnd):
    """Capture with a short snap length."""
    snap = rnd.randint(40, 200)
    return [(time, length, data[:snap]) for time, length, data in packets]


def thin(packets, rnd):
    """Leave out some packets."""
    return [packet for packet in packets if rnd.random() > 0.15]


def end(packets, rnd):
    """Begin late and end early."""
    first = rnd.randrange(len(packets))
    return packets[first : first + rnd.randint(1, len(packets))]


def shuffle(packets, rnd):
    """Let some packets change places with the next."""
    data = [packet[1:] for packet in packets]
    for i in range(len(data) - 1):
        if rnd.random() < 0.2:
            data[i], data[i + 1] = data[i + 1], data[i]
    return [(packet[0], *each) for packet, each in zip(packets, data)]


def double(packets, rnd):
    """Send some packets again, a little later."""
    again = [(time + rnd.randint(1, 300_000), *rest) for time, *rest in packets if rnd.random() < 0.2]
    return sorted([*packets, *again], key=lambda packet: packet[0])


def split(packets, rnd):
    """Cut TCP into other segments, some very small."""
    largest = rnd.choice((7, 30, 100, 500))
    made = []
    for time, length, data in packets:
        if is_ipv4(data, TCP):
            made += [(time, len(each), each) for each in segments(data, rnd, largest)]
        else:
            made.append((time, length, data))
    return made


def split_shuffled(packets, rnd):
    """The same, out of order."""
    return shuffle(split(packets, rnd), rnd)


def shifted(packets, shift_of):
    """Add to each TCP sequence number what SHIFT_OF says of its direction and its first number."""
    shifts, made = {}, []
    for time, length, data in packets:
        if is_ipv4(data, TCP):
            key = data[ETHERNET + 12 : ETHERNET + 24]
            back = key[4:8] + key[:4] + key[10:12] + key[8:10]
            shifts.setdefault(key, shift_of(struct.unpack_from(">I", data, ETHERNET + 24)[0]))
            ack = struct.unpack_from(">I", data, ETHERNET + 28)[0]
            shifts.setdefault(back, shift_of(ack - 1))

            def change(segment, forth=shifts[key], other=shifts[back]):
                seq, ack = struct.unpack_from(">II", segment, 4)
                acked = (ack + other) & 0xFFFFFFFF if segment[13] & 0x10 else ack
                struct.pack_into(">II", segment, 4, (seq + forth) & 0xFFFFFFFF, acked)

            data = tcp(data, change, tcp_payload(data))
        made.append((time, length, data))
    return made


def wrap(packets, rnd):
    """Let sequence numbers begin again within the first bytes."""
    before = rnd.randint(1, 400)
    return shifted(packets, lambda first: -first - before)


def once_more(packets, rnd):
    """Everything again on the same ports, with the same or other sequence numbers."""
    later = packets[-1][0] - packets[0][0] + rnd.choice((1_000_000, 700_000_000))
    shift = rnd.choice((0, 17, -5_000_000, 1 << 31))
    again = shifted(packets, lambda first: shift)
    return packets + [(time + later, length, data) for time, length, data in again]


def move_tcp(data, seq, ack, payload):
    """Return the frame with other numbers and another payload."""

    def change(segment):
        struct.pack_into(">II", segment, 4, seq, ack)

    return tcp(data, change, payload)


def unseen_syn(packets, rnd):
    """Each segment is followed by another connection without a SYN, whose first message is cut across segments."""
    made = []
    for time, length, data in packets:
        made.append((time, length, data))
        if not is_ipv4(data, TCP) or len(tcp_payload(data)) < 12:
            continue
        payload, at = tcp_payload(data), rnd.randint(10, len(tcp_payload(data)) - 1)
        seq, ack = struct.unpack_from(">II", data, ETHERNET + 24)
        seq = (seq - 1_977_355_705) & 0xFFFFFFFF
        for offset, part in ((0, payload[:at]), (at, payload[at:])):
            frame = move_tcp(data, (seq + offset) & 0xFFFFFFFF, ack, part)
            made.append((time + 60_000_000 + offset, len(frame), frame))
    return sorted(made, key=lambda packet: packet[0])


def same_first_number(packets, rnd):
    """Everything again on the same ports: the client begins with the number it had, and the server with another."""
    later = packets[-1][0] - packets[0][0] + 1_000_000
    syns = {data[ETHERNET + 12 : ETHERNET + 24] for _, _, data in packets
            if is_ipv4(data, TCP) and data[ETHERNET + 33] & 0x12 == 0x02}
    made = []
    for time, length, data in packets:
        if is_ipv4(data, TCP):
            from_client = data[ETHERNET + 12 : ETHERNET + 24] in syns
            seq, ack = struct.unpack_from(">II", data, ETHERNET + 24)
            shifted_seq = seq if from_client else (seq + 1_320_000_000) & 0xFFFFFFFF
            shifted_ack = (ack + 1_320_000_000) & 0xFFFFFFFF if from_client and ack else ack
            data = move_tcp(data, shifted_seq, shifted_ack, tcp_payload(data))
        made.append((time + later, length, data))
    return packets + made


def fragment(packets, rnd):
    """Send UDP in fragments, some of them out of order or lost."""
    made = []
    for time, length, data in packets:
        if not is_ipv4(data, UDP) or rnd.random() < 0.3:
            made.append((time, length, data))
            continue
        total = struct.unpack_from(">H", data, ETHERNET + 2)[0]
        payload, size = data[ETHERNET + 20 : ETHERNET + total], 8 * rnd.randint(2, 12)
        parts = [(at, payload[at : at + size]) for at in range(0, len(payload), size)]
        frames = [
            ipv4(data, part, at // 8 | (0x2000 if at + size < len(payload) else 0)) for at, part in parts
        ]
        if rnd.random() < 0.3:
            rnd.shuffle(frames)
        if rnd.random() < 0.1:
            frames.pop()
        made += [(time, len(each), each) for each in frames]
    return made


CHANGES = (cut, thin, end, shuffle, double, split, split_shuffled, wrap, once_more, unseen_syn, same_first_number, fragment)


def report(program, path, options=()):
    """Return the JSON report, parsed."""
    command = [program, "report", "--format", "json", "--messages", *options, str(path)]
    done = subprocess.run(command, capture_output=True, timeout=120, check=False)
    if done.returncode not in (0, 1, 3):
        raise SystemExit(f"{command}: {done.returncode}, {done.stderr.decode(errors='replace')}")
    return json.loads(done.stdout)


def compare(program, path, key):
    """Return where the two reports differ; None when they agree."""
    plain = shape(report(program, path))
    redacted = shape(report(program, path, ("--redact", "--redact-key", str(key))))
    return next((f"{name}" for name in plain if plain[name] != redacted.get(name)), None)


def main():
    """Change every sample in every way."""
    program, samples = sys.argv[1:3]
    rnd = random.Random(int(sys.argv[4]) if len(sys.argv) > 4 else 1)
    paths = sorted([*pathlib.Path(samples).glob("*.pcap"), *pathlib.Path(samples, "causes").glob("*.pcap")])
    paths = paths[:: int(sys.argv[3]) if len(sys.argv) > 3 else 1]
    faults = count = 0
    with tempfile.TemporaryDirectory() as folder:
        path, key = pathlib.Path(folder, "changed.pcap"), pathlib.Path(folder, "key")
        key.write_bytes(KEY)
        for sample in paths:
            header, packets = read_pcap(sample)
            if header[:4] != b"\xd4\xc3\xb2\xa1" or not packets:
                continue
            for change in CHANGES:
                changed = change(packets, rnd)
                if not changed:
                    continue
                write_pcap(path, header, changed)
                count += 1
                different = compare(program, path, key)
                if different is not None:
                    faults += 1
                    print(f"{sample.name}, {change.__name__}: {different} differs in the redacted report")
    print(f"{count} changed captures, {faults} faults")
    return 1 if faults or not count else 0


if __name__ == "__main__":
    sys.exit(main())
