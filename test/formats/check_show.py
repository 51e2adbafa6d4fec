#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The ladder says the same in all its forms. Usage: check_show.py PROGRAM SOURCE_DIR"""

import json
import pathlib
import struct
import subprocess
import sys
import tempfile

# What has requests without an answer in a capture that goes on for 5 s more, and what has none:
# sample, their frames, those that are sent for the first time.
SILENT = [
    ("samples/causes/checks-unanswered.pcap", [7, 8, 9], [7]),
    ("samples/causes/checks-unanswered-near.pcap", [], []),
    ("samples/causes/turn-server-silent.pcap", [], []),
    ("samples/s1-webrtc-431.pcap", [], []),
]
SPLIT = "samples/udp-channeldata.pcap"
SAME = ("capture", "frame", "kind", "from", "to", "name", "code", "reason", "peer", "outcome")


def show(program, name, *arguments):
    """Return the ladder in a form."""
    words = [program, "show", "--format", name, *map(str, arguments)]
    return subprocess.run(words, capture_output=True, timeout=60, check=True, text=True).stdout


def steps(program, *arguments):
    """Return the steps as JSON and as TSV, both as text by name."""
    objects = json.loads(show(program, "json", *arguments))["steps"]
    lines = [line.split("\t") for line in show(program, "tsv", *arguments).splitlines()]
    rows = [dict(zip(lines[0], line)) for line in lines[1:]]
    told = [{key: "" if step[key] is None else str(step[key]) for key in SAME} for step in objects]
    return told, [{key: row[key] for key in SAME} for row in rows]


def silence(program, root, case):
    """Yield a fault unless these frames, and no others, are without an answer."""
    path, frames, first = case
    told, rows = steps(program, "-s", 1, root / path)
    if told != rows:
        yield f"{path}: JSON {told} is not TSV {rows}"
    found = [int(row["frame"]) for row in rows if row["outcome"] == "unanswered"]
    if found != frames or {row["outcome"] for row in rows} - {"", "unanswered"}:
        yield f"{path}: frames {found} are without an answer, expected {frames}"
    text = show(program, "text", "-s", 1, root / path)
    found = [int(line.split()[1]) for line in text.splitlines() if line.endswith(" Request, no answer")]
    if found != first:
        yield f"{path}: the text has {found}, expected {first}"


def split(path, folder):
    """Return two files with half of the packets each."""
    data = path.read_bytes()
    ends = [24]
    while ends[-1] < len(data):
        ends.append(ends[-1] + 16 + struct.unpack_from("<I", data, ends[-1] + 8)[0])
    half = ends[len(ends) // 2]
    halves = [folder / "one.pcap", folder / "two.pcap"]
    halves[0].write_bytes(data[:half])
    halves[1].write_bytes(data[:24] + data[half:])
    return halves


def indices(program, root, folder):
    """Yield a fault unless captures are counted as the report counts them, from 0."""
    told, rows = steps(program, "-s", 1, *split(root / SPLIT, folder))
    if told != rows:
        yield f"two files: JSON {told} is not TSV {rows}"
    if {row["capture"] for row in rows} != {"0", "1"} or rows[0]["capture"] != "0":
        yield f"two files: captures are {[row['capture'] for row in rows]}"


def main():
    program, root = (pathlib.Path(argument).resolve() for argument in sys.argv[1:])
    found = [fault for case in SILENT for fault in silence(str(program), root, case)]
    with tempfile.TemporaryDirectory() as folder:
        found += indices(str(program), root, pathlib.Path(folder))
    for fault in found:
        print(f"FAIL {fault}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
