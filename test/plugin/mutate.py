#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Damages the samples and looks for what must never come of it: a crash, a hang, a bug message, or a packet that is
called malformed in the plugin's name.

Each damaged capture has every frame damaged, in one of the ways of editcap: bytes changed, or the frame cut as a
capture with a small snap length has it. The same seed makes the same captures, whatever the number of processors.
"""

import concurrent.futures
import os
import pathlib
import random
import re
import struct
import subprocess
import sys
import tempfile

import cases
import wireshark

_FILE_HEADER = 24
_RECORD_HEADER = 16
# What stands before the IP header stays, or else there is nothing left to test.
_UNTOUCHED = 14
_TIMEOUT = 60
_BUG = re.compile(
    rb"Dissector bug|DISSECTOR ASSERT|assertion|CRITICAL|\*\* \(|ERROR:|runtime error", re.IGNORECASE
)


def frames(data):
    """Yield header and bytes of each record of a pcap file."""
    place = _FILE_HEADER
    while place < len(data):
        header = data[place : place + _RECORD_HEADER]
        captured = struct.unpack("<I", header[8:12])[0]
        place += _RECORD_HEADER + captured
        yield header, data[place - captured : place]


def _change(count):
    """Return a damage that changes that many bytes."""

    def damage(frame, chance):
        changed = bytearray(frame)
        for _ in range(count):
            changed[chance.randrange(_UNTOUCHED, len(changed))] = chance.randrange(256)
        return bytes(changed)

    return damage


def _payload(frame, chance):
    """Change a byte behind the headers of IP and UDP or TCP."""
    changed = bytearray(frame)
    changed[chance.randrange(min(42, len(frame) - 1), len(changed))] = chance.randrange(256)
    return bytes(changed)


def _cut(frame, chance):
    return frame[: chance.randrange(_UNTOUCHED, len(frame) + 1)]


DAMAGES = (_change(1), _change(10), _payload, _cut)


def damaged(data, chance):
    """Return a capture with every frame damaged in one way."""
    damage = chance.choice(DAMAGES)
    snap = chance.choice((None, None, 96, 128))
    parts = [data[:_FILE_HEADER]]
    for header, frame in frames(data):
        # Half of the frames stay whole: a state must be there to be confused.
        changed = damage(frame, chance) if chance.random() < 0.5 else frame
        changed = changed[:snap]
        parts.append(header[:8] + struct.pack("<I", len(changed)) + header[12:] + changed)
    return b"".join(parts)


class _Run:
    """What is needed to try one damaged capture."""

    def __init__(self, program, bare, names, keep):
        self._program = program
        self._bare = bare
        self._keep = keep
        names = b"|".join(re.escape(name.encode()) for name in names)
        self._malformed = re.compile(rb"\[Malformed Packet: (?:" + names + rb")[]:]")

    def _faults(self, path):
        try:
            done = self._program.read(path, ["-V", "-2"], timeout=_TIMEOUT, check=False)
        except subprocess.TimeoutExpired:
            yield "hangs"
            return
        malformed = self._malformed.search(done.stdout)
        if malformed:
            yield malformed[0].decode()
        lines = done.stderr.splitlines() + done.stdout.splitlines()
        bugs = [line.decode(errors="replace").strip() for line in lines if _BUG.search(line)]
        yield from bugs
        if done.returncode != 0 and not bugs:
            yield f"exit status {done.returncode}"

    def _also_without(self, path, fault):
        """Whether Wireshark does the same by itself."""
        done = self._bare.read(path, ["-V", "-2"], timeout=_TIMEOUT, check=False)
        text = (done.stdout + done.stderr).decode(errors="replace")
        return fault in text or fault == f"exit status {done.returncode}"

    def __call__(self, capture, seed):
        """Return what is wrong with the damaged capture that comes of a sample and a seed."""
        data = damaged(capture.read_bytes(), random.Random(f"{capture.name} {seed}"))
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / f"{capture.stem}-{seed}.pcap"
            path.write_bytes(data)
            found = sorted(set(self._faults(path)))
            found = [fault for fault in found if fault == "hangs" or not self._also_without(path, fault)]
            self._program.forget(path)
            self._bare.forget(path)
        if found and self._keep:
            (self._keep / path.name).write_bytes(data)
        return [f"{capture.name} seed {seed}: {fault}" for fault in found]


def find_faults(program, arguments):
    names = program.protocol_names("mstun", "turnconn")
    seeds = range(arguments.seed, arguments.seed + arguments.count)
    with wireshark.Wireshark(None) as bare:
        run = _Run(program, bare, names, arguments.keep)
        with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
            tasks = [pool.submit(run, capture, seed) for seed in seeds for capture in cases.samples()]
            for task in concurrent.futures.as_completed(tasks):
                yield from task.result()


def main():
    parser = cases.parser(__doc__)
    parser.add_argument("--keep", type=pathlib.Path, help="folder for the captures that show a fault")
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("seed", type=int, metavar="SEED")
    parser.add_argument("count", type=int, metavar="COUNT", help="captures to make of each sample")
    arguments = parser.parse_args()
    wireshark.skip_without_tshark()
    try:
        with wireshark.Wireshark(arguments.module) as program:
            return cases.report(find_faults(program, arguments))
    except wireshark.Failed as failure:
        print(f"FAIL {failure}")
        return 1


if __name__ == "__main__":
    sys.exit(main())
