#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Holds what the plugin shows of captures that once broke it: made for the purpose, each as small as the fault allows."""

import pathlib
import re
import typing

import cases

_CORPUS = pathlib.Path(__file__).parent / "corpus"
_PASSWORD = ("-o", 'uat:mstun_credentials:"bob","","secret"')
_BUG = re.compile(rb"Dissector bug|DISSECTOR ASSERT|runtime error|Malformed Packet: (?:MSTUN|TURNCONN)")
_CONTROL = re.compile(rb"[\x00-\x09\x0b-\x1f\x7f]")


class Case(typing.NamedTuple):
    """What a field is in some frames of a capture, and, when alone, that no other frame has it."""

    capture: str
    field: str
    values: dict
    alone: bool = True
    options: tuple = ()


def _all(frames, value):
    return dict.fromkeys(frames, [value])


CASES = (
    # The rest of an error response is lost, as an acknowledgement by the client shows.
    Case("ended-by-the-other-direction.pcap", "mstun.cause", {11: ["session-lost"]}, alone=False),
    Case("ended-by-the-other-direction.pcap", "mstun.type", {11: [str(0x0114)]}, alone=False),
    # Frame 8 is an A-MSDU of two TCP segments, the first with two messages.
    Case(
        "two-segments-in-a-frame.pcap",
        "mstun.id",
        {8: [f"abcdef0112345678000000{last}" for last in ("4d", "4e", "4f")]},
        alone=False,
    ),
    # bob's allocation is released, and frame 7 is the answer to somebody else.
    Case(
        "another-user-on-the-5-tuple.pcap",
        "mstun.integrity",
        {**_all((3, 4, 5, 6), "verified"), 7: ["not checked"]},
        options=_PASSWORD,
    ),
    Case("multiplexed-answers.pcap", "mstun.multiplexed.session_id", {2: ["53455353494f4e31"]}),
    Case("multiplexed-only.pcap", "mstun.multiplexed.session_id", _all((1, 2), "53455353494f4e31")),
    # A message lies in frames 16 and 17. Of the one that begins in frame 8 the rest never comes: the
    # same ports are used again from frame 9 on.
    Case("port-reused.pcap", "mstun.complete_frame", {16: ["17"]}),
    # The channel leads to another peer from its second ChannelBind on.
    Case(
        "channel-bound-again.pcap",
        "mstun.peer",
        {**_all(range(7, 13), "192.0.2.61:1111"), **_all(range(23, 29), "192.0.2.62:2222")},
    ),
    # Each packet twice, by a mirror port: frame 3 has the CRC of Microsoft, the others are no copies.
    Case("seen-twice.pcap", "mstun.copy_of", {3: ["1"]}),
    # A login banner and arbitrary bytes: nothing in it is RTP or STUN.
    Case("without-framing.pcap", "rtp.ssrc", {}),
    # 700 frames of RFC 4571 without a packet, in one segment.
    Case("empty-frames.pcap", "turnconn.length", {16: ["0"] * 700}, alone=False),
)


def of_case(program, case):
    """Yield what is not as the case says."""
    frames = program.fields(_CORPUS / case.capture, [case.field], ["-2", *case.options])
    for number, values in enumerate(frames, start=1):
        found = values.get(case.field, [])
        expected = case.values.get(number, [] if case.alone else found)
        if found != expected:
            yield f"{case.capture} frame {number}: {case.field} is {found}, expected {expected}"


def of_capture(program, capture):
    """Yield what no capture may bring about."""
    for options in (["-V", "-2"], ["-q", "-z", "mstun,report"], ["-q", "-z", "mstun,sessions"]):
        done = program.read(capture, options, check=False)
        if done.returncode != 0:
            yield f"{capture.name} {options}: exit status {done.returncode}"
        for line in (done.stdout + done.stderr).splitlines():
            if _BUG.search(line) or ("-q" in options and _CONTROL.search(line)):
                yield f"{capture.name} {options}: {line!r}"


def find_faults(program, _):
    for capture in sorted(_CORPUS.iterdir()):
        yield from of_capture(program, capture)
    for case in CASES:
        yield from of_case(program, case)


if __name__ == "__main__":
    cases.main(__doc__, find_faults)
