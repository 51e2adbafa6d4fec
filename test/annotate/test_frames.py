#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Holds the frame numbers of pcapng files with blocks of all kinds against those that tshark gives.

Usage: test_frames.py PROGRAM SOURCE_DIR
"""

import pathlib
import re
import struct
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import pcapfile  # noqa: E402
import programs  # noqa: E402

FRAME = re.compile(r"Frame (\d+) of ")
JOURNAL = 9
CUSTOM, CUSTOM_NO_COPY = 0xBAD, 0x40000BAD
NETFLIX = 10949
MAKERS = (0, 1, 5, 42, 32473, 0xFFFFFFFF)
# Of statistics, names and secrets too little is wrong, but not too much: zeros are an end of options.
KINDS = (4, 5, 7, 8, 10, 11, 12, 13, 0x55, *range(0x200, 0x230), 0x40000009, 0x40000204, 0x80000006, 0x80000123)


def custom(order, kind, maker, body, options=b""):
    """Return a custom block."""
    return pcapfile.block(order, kind, struct.pack(order + "I", maker) + body + options)


def other_blocks(order):
    """Yield blocks that are no packets, each with a name."""

    def comment(order):
        return pcapfile.option(order, pcapfile.COMMENT, b"text") + struct.pack(order + "I", 0)

    for kind in KINDS:
        yield f"{kind:#x}", pcapfile.block(order, kind, bytes(64))
    yield "systemd journal", pcapfile.block(order, JOURNAL, b"__REALTIME_TIMESTAMP=1495310000000000\nMESSAGE=a\n\n\n\n\n")
    for kind in (CUSTOM, CUSTOM_NO_COPY):
        for maker in MAKERS:
            yield f"{kind:#x} of {maker}", custom(order, kind, maker, b"anything")
            yield f"{kind:#x} of {maker} without a body", custom(order, kind, maker, b"")
            yield f"{kind:#x} of {maker} with options", custom(order, kind, maker, b"", comment(order))
        # Within it all is little-endian, whatever the section is. An event has
        # options alone, and what was skipped a count in front of them.
        for event, count in ((1, b""), (2, struct.pack("<I", 5))):
            body = struct.pack("<I", event) + count
            yield f"{kind:#x} of Netflix, {event}", custom(order, kind, NETFLIX, body)
            yield f"{kind:#x} of Netflix, {event}, long", custom(order, kind, NETFLIX, body + bytes(184))
            yield f"{kind:#x} of Netflix, {event}, options", custom(order, kind, NETFLIX, body, comment("<"))


def packets_of(order, template):
    """Yield packets of each kind, with a name; all are of one session."""
    for time in range(3):
        yield "enhanced", pcapfile.enhanced(order, 0, time, template)
    yield "obsolete", pcapfile.obsolete(order, 0, 4, template)
    yield "simple", pcapfile.simple(order, template)


def numbers(program, path, work):
    """Return the numbers of the packets, first what turnpcap says and then tshark."""
    output = work / "session.pcapng"
    programs.run([program, "extract", "-s", 1, "-o", output, path])
    ours = [int(FRAME.match(each.comments[0])[1]) for each in pcapfile.packets(output)]
    rows = programs.fields(path, ("frame.number", "frame.protocols"), work)
    return ours, [int(row[0][0]) for row in rows if row[1] and row[1][0].endswith(":stun")]


def check(program, path, names, work):
    """Yield where the numbers differ. NAMES tells what stands before each packet."""
    ours, theirs = numbers(program, path, work)
    if len(theirs) != len(names) or len(ours) != len(names):
        yield f"{len(ours)} packets, tshark reads {len(theirs)} of {len(names)}"
    shift = 0
    for name, mine, wanted in zip(names, ours, theirs):
        if mine - wanted != shift:
            yield f"after {name}: frame {mine - shift}, tshark says {wanted}"
            shift = mine - wanted


def main():
    programs.skip_without_wireshark()
    program, root = (pathlib.Path(argument).resolve() for argument in sys.argv[1:3])
    template = pcapfile.packets(root / "samples" / "s1-webrtc-431.pcap")[0].data
    faults, count = [], 0
    for order in "<>":
        head = pcapfile.section(order) + pcapfile.interface(order)
        named = list(packets_of(order, template))
        data, names = head + b"".join(block for _, block in named), [name for name, _ in named]
        for name, block in other_blocks(order):
            data += block + pcapfile.enhanced(order, 0, 5 + len(names), template)
            names.append(name)
        with tempfile.TemporaryDirectory() as folder:
            work = pathlib.Path(folder)
            work.chmod(0o777)
            path = work / "blocks.pcapng"
            path.write_bytes(data)
            path.chmod(0o644)
            faults += [f"{order} {fault}" for fault in check(program, path, names, work)]
            count += len(names)
    for fault in faults:
        print(f"FAIL {fault}")
    print(f"{count} packets, {len(faults)} faults")
    return 1 if faults or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
