#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Holds that the plugin changes nothing in captures without STUN: what tshark prints is the same, byte for byte, with
the plugin and without it."""

import difflib
import pathlib
import tempfile

import cases
import other_traffic
import wireshark

_ROUNDS = 3
_WAYS = (
    ["-V"],
    ["-V", "-2"],
    [],
    ["-2"],
    ["-T", "fields", "-e", "frame.number", "-e", "frame.protocols"],
    ["-q", "-z", "expert"],
)


def compare(with_plugin, without, capture):
    for way in _WAYS:
        outputs = [each.read(capture, way).stdout for each in (without, with_plugin)]
        if outputs[0] != outputs[1]:
            lines = (text.decode(errors="replace").splitlines() for text in outputs)
            difference = list(difflib.unified_diff(*lines, "without", "with", lineterm=""))
            yield "\n".join([f"tshark {' '.join(way)}:", *difference[:30]])


def find_faults(program, _):
    with tempfile.TemporaryDirectory() as folder, wireshark.Wireshark(None) as without:
        capture = pathlib.Path(folder) / "other.pcap"
        other_traffic.write(capture, _ROUNDS)
        # Both read a file of the same name, since -V prints none, but a future version may.
        yield from compare(program, without, capture)


if __name__ == "__main__":
    cases.main(__doc__, find_faults)
