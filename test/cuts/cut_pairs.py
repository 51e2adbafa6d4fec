#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Cuts one capture of a pair anywhere and leaves the other whole: no report may find what both together do not have.

The pairs are the captures of causes from two places.
Usage: cut_pairs.py PROGRAM SOURCE_DIR
"""

import pathlib
import struct
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import reporting  # noqa: E402

POINTS = ("client", "server")
FAULTS = {"failed", "degraded"}
FILE_HEADER, RECORD_HEADER = 24, 16
# Where the two captures no longer tell who lost the packets, what the client saw is what can be said.
PLAIN = {"checks-unanswered", "turn-server-silent"}
PLACED = {
    "turn-port-blocked-inbound",
    "relay-range-blocked-inbound",
    "responses-blocked-outbound",
    "server-did-not-answer",
}


def records(data):
    """Return the file header of a little-endian pcap and its records."""
    found, at = [], FILE_HEADER
    while at < len(data):
        size = RECORD_HEADER + struct.unpack_from("<I", data, at + 8)[0]
        found.append(data[at : at + size])
        at += size
    return data[:FILE_HEADER], found


def faults(program, files):
    options = [word for point in POINTS for word in ("--at", f"{point}={files[point]}")]
    report = reporting.json_report(program, [], options)
    return {finding["cause"] for finding in report["findings"] if finding["level"] in FAULTS}


def cuts(count):
    """Yield the parts of a capture of COUNT packets: from each on, and up to each."""
    yield from (slice(first, count) for first in range(1, count))
    yield from (slice(0, end) for end in range(1, count))


def check_pair(program, files, folder):
    """Yield what reports over the pair find that they should not, one of the captures being cut."""
    known = faults(program, files)
    if known & PLACED:
        known |= PLAIN
    for point in POINTS:
        header, packets = records(files[point].read_bytes())
        for part in cuts(len(packets)):
            cut = folder / f"{point}.pcap"
            cut.write_bytes(header + b"".join(packets[part]))
            for cause in sorted(faults(program, {**files, point: cut}) - known):
                yield f"{files[point].name}, packets {part.start + 1} to {part.stop}: {cause}"


def main():
    program, source = sys.argv[1], pathlib.Path(sys.argv[2])
    pairs = failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for client in sorted((source / "samples" / "causes").glob("*-client.pcap")):
            files = {"client": client, "server": client.with_name(client.name.replace("-client", "-server"))}
            found = list(check_pair(program, files, pathlib.Path(folder)))
            pairs += 1
            failed += len(found)
            print("\n    ".join([f"{'FAIL' if found else 'ok'} {client.name}", *found]))
    print(f"{pairs} pairs, {failed} violations")
    return 1 if failed or not pairs else 0


if __name__ == "__main__":
    sys.exit(main())
