#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Holds the forms of a report against each other: each tells the same findings, with the same evidence and remedies.

Usage: check_same.py PROGRAM SOURCE_DIR
"""

import json
import pathlib
import sys

from read_blocks import read_html, read_markdown
from read_text import read_text
from told import SHOWN, Unreadable, formats, read_json, written

READERS = {"text": read_text, "markdown": read_markdown}


def told_by(name, text, report):
    """Yield what one output tells, with a name for each place in it that tells it."""
    if name == "html":
        visible, embedded = read_html(text)
        yield "html", visible
        if embedded != report:
            raise Unreadable("the JSON in the page is not the JSON report")
    elif name in READERS:
        yield name, READERS[name](text)


def differences(expected, told):
    """Yield where TOLD differs from EXPECTED."""
    for part in ("remedies", "unknowns"):
        if getattr(expected, part) != getattr(told, part):
            yield f"{part}: {getattr(told, part)}, expected {getattr(expected, part)}"
    if len(expected.groups) != len(told.groups):
        causes = [group.cause for group in told.groups]
        yield f"findings: {causes}, expected {[group.cause for group in expected.groups]}"
    for one, other in zip(expected.groups, told.groups):
        if one != other:
            yield f"{other}\n  expected\n  {one}"


def check(program, names, arguments):
    """Yield what is wrong with the reports over one input."""
    raw = written(program, "json", arguments)
    for name in names:
        if name == "json":
            continue
        try:
            expected = read_json(raw, SHOWN[name])
            for place, told in told_by(name, written(program, name, arguments), json.loads(raw)):
                yield from (f"{place}: {each}" for each in differences(expected, told))
        except Unreadable as reason:
            yield f"{name}: {reason}"


def inputs(samples):
    """Yield what is reported on: each capture alone, and those that were taken at two places together."""
    for path in sorted([*samples.glob("*.pcap"), *samples.glob("causes/*.pcap")]):
        yield [str(path)]
    pairs = [(samples / "s3-client.pcap", samples / "s3-server.pcap")]
    pairs += [
        (path, path.with_name(path.name.replace("-client.pcap", "-server.pcap")))
        for path in sorted(samples.glob("causes/*-client.pcap"))
    ]
    for client, server in pairs:
        yield [f"--at=client={client}", f"--at=server={server}"]
    # Rotated files of one capture, as far as a report goes.
    yield [str(samples / "s1-webrtc-431.pcap"), str(samples / "hostile-text.pcap")]


def main():
    program, root = (pathlib.Path(argument).resolve() for argument in sys.argv[1:])
    names = formats(program)
    missing = {"text", "json", "markdown"} - set(names)
    unknown = set(names) - {"json", "html", *READERS}
    failed = 0
    count = 0
    if missing:
        print(f"FAIL: no format {' and '.join(missing)} in {names}")
        return 1
    if unknown:
        print(f"FAIL: this test cannot read {' and '.join(unknown)}")
        return 1
    for arguments in inputs(root / "samples"):
        count += 1
        for fault in check(program, names, arguments):
            print(f"FAIL {' '.join(arguments)}: {fault}")
            failed += 1
    print(f"{count} inputs in {', '.join(names)}: {failed} differences")
    return 1 if failed or count < 100 else 0


if __name__ == "__main__":
    sys.exit(main())
