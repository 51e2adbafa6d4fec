#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Holds that Wireshark and turnpcap come to the same findings.

The report of "-z mstun,report" is turnpcap's text report but for what it says about files, and the frames of evidence
carry mstun.cause with the finding's identifier, and no others do.
"""

import collections
import difflib
import subprocess
import sys

import cases

sys.path.insert(0, str(cases.ROOT / "test"))
import reporting  # noqa: E402


def text_of_turnpcap(program, capture):
    """Return the text report without its last section, which is about files."""
    done = subprocess.run(
        [program, "report", capture],
        env={"PATH": "/usr/bin:/bin", "TZ": "UTC", "LC_ALL": "C"},
        capture_output=True,
        timeout=60,
        check=False,
    )
    text, separator, _ = done.stdout.decode().partition("\nCapture\n")
    assert separator, f"{capture}: no section Capture"
    return text


def compare_texts(program, turnpcap, capture):
    ours = text_of_turnpcap(turnpcap, capture)
    theirs = program.read(capture, ["-q", "-z", "mstun,report"]).stdout.decode()
    if ours.rstrip() != theirs.rstrip():
        lines = (text.rstrip().splitlines(keepends=True) for text in (ours, theirs))
        difference = "".join(difflib.unified_diff(*lines, "turnpcap", "tshark"))
        yield f"{capture.name}: the reports differ:\n{difference}"


def evidence(turnpcap, capture):
    """Return the causes of which each frame is evidence."""
    frames = collections.defaultdict(set)
    for finding in reporting.json_report(turnpcap, [capture])["findings"]:
        for place in finding["evidence"]:
            frames[place["frame"]].add(finding["cause"])
    return frames


def compare_causes(program, turnpcap, capture):
    wanted = evidence(turnpcap, capture)
    found = program.fields(capture, ["mstun.cause"], ["-2"])
    for number, values in enumerate(found, start=1):
        causes = set(values.get("mstun.cause", []))
        if causes != wanted[number]:
            yield (
                f"{capture.name} frame {number}: mstun.cause is {sorted(causes)}, "
                f"turnpcap says {sorted(wanted[number])}"
            )


def find_faults(program, arguments):
    for capture in cases.samples() + cases.causes():
        yield from compare_texts(program, str(arguments.turnpcap), capture)
    for capture in cases.samples():
        yield from compare_causes(program, str(arguments.turnpcap), capture)


if __name__ == "__main__":
    cases.main(__doc__, find_faults)
