#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Holds that the plugin and turnpcap see the same messages: frame, type, transaction id, and each attribute's type
and length, in order. Two programs, one truth."""

import collections
import sys
import typing

import cases

sys.path.insert(0, str(cases.ROOT / "test"))
import reporting  # noqa: E402

_FIELDS = ("mstun.type", "mstun.id", "mstun.attribute.type", "mstun.attribute.length")


class Messages(typing.NamedTuple):
    """The messages of one frame: types and ids, and the attributes of all of them."""

    heads: list
    attributes: list


def of_turnpcap(program, capture):
    """Return the messages that turnpcap finds, by frame."""
    frames = collections.defaultdict(lambda: Messages([], []))
    report = reporting.json_report(program, [capture], ["--messages"])
    for message in report["messages"]:
        found = frames[message["frame"]]
        found.heads.append((int(message["type"], 16), message["transaction_id"]))
        found.attributes.extend(
            (int(each["type"], 16), each["length"]) for each in message["attributes"]
        )
    return frames


def of_plugin(program, capture):
    """Return the messages that the plugin shows, by frame."""
    frames = {}
    for number, values in enumerate(program.fields(capture, _FIELDS, ["-2"]), start=1):
        kinds, ids, types, lengths = (values.get(field, []) for field in _FIELDS)
        if kinds:
            heads = list(zip(map(int, kinds), ids, strict=True))
            attributes = list(zip(map(int, types), map(int, lengths), strict=True))
            frames[number] = Messages(heads, attributes)
    return frames


def find_faults(program, arguments):
    for capture in cases.samples():
        ours = of_turnpcap(str(arguments.turnpcap), capture)
        theirs = of_plugin(program, capture)
        for number in sorted(ours.keys() | theirs.keys()):
            one, other = ours.get(number), theirs.get(number)
            if one != other:
                yield f"{capture.name} frame {number}: turnpcap has {one}, the plugin {other}"


if __name__ == "__main__":
    cases.main(__doc__, find_faults)
