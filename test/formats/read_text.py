# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads the text report back, by its lines and their indentation."""

import re

from told import (
    EVIDENCE,
    HEADINGS,
    LEVELS,
    OTHERS,
    REMEDIES,
    UNKNOWNS,
    Evidence,
    Finding,
    Group,
    Report,
    Unreadable,
    more_number,
    session_number,
    squeeze,
)

_LEVEL = re.compile(rf"({'|'.join(LEVELS)}): ")
_EVIDENCE = re.compile(r"  (?:(?! )(?P<where>.+?), )?frame (?P<frame>\d+) +\d\d:\d\d:\d\d\.\d+  ")
_ITEM = re.compile(r"  (?:\d+\.|-) ")


def _sections(lines):
    """Return the lines below each heading; those before the first under ""."""
    found = {"": []}
    here = ""
    for before, line in zip(["x", *lines], lines):
        if line in HEADINGS and before == "":
            here = line
            found[here] = []
        else:
            found[here].append(line)
    return found


def _titled(lines):
    """Take a line that begins with a level off LINES, with what goes on below it. Returns level and title."""
    match = _LEVEL.match(lines[0])
    if match is None:
        raise Unreadable(f"no level: {lines[0]}")
    title = [lines.pop(0)[match.end() :]]
    while lines and lines[0].startswith(" " * match.end()):
        title.append(lines.pop(0))
    return match[1], squeeze("".join(title))


def _items(lines):
    """Return the items of a list; lines that go on are indented like the text above them."""
    items = []
    width = 0
    for line in lines:
        match = _ITEM.match(line)
        if match:
            width = match.end()
            items.append(line[width:])
        elif line.startswith(" " * width) and items:
            items[-1] += line
    return [squeeze(each) for each in items]


def _finding(lines):
    finding = Finding()
    width = None
    for line in lines:
        match = _EVIDENCE.match(line)
        if match:
            width = match.end()
            finding.evidence.append(
                Evidence(match["where"] or "", int(match["frame"]), squeeze(line[width:]))
            )
        elif line.startswith("  Wireshark filter: "):
            width = None
        elif width is not None and line.startswith(" " * width):
            last = finding.evidence[-1]
            finding.evidence[-1] = Evidence(last.where, last.frame, last.what + squeeze(line))
        elif finding.session is None and not finding.detail and session_number(line.strip()):
            finding.session = session_number(line.strip())
        else:
            finding.detail += squeeze(line)
    return finding


def _fill(group, lines):
    """Read the findings of a group: a blank line stands between two."""
    blocks = [block.split("\n") for block in re.split(r"\n\n", "\n".join(lines).strip("\n")) if block]
    for block in blocks:
        more = more_number(block[0])
        if more and len(block) == 1:
            group.more = more
        else:
            group.findings.append(_finding(block))
    if not blocks:
        group.findings.append(Finding())


def _head(lines):
    """Return the verdict's group and what of it stands above the first heading."""
    level, title = _titled(lines)
    cause = lines.pop(0)[1:-1] if lines[0].startswith("(") else None
    # The explanation is the only text that is not indented.
    while lines and not lines[0].startswith("  "):
        lines.pop(0)
    return Group(level, cause, title), lines


def _others(lines):
    groups = []
    while lines:
        level, title = _titled(lines)
        while not lines[0].startswith("  More: turnpcap explain "):
            lines.pop(0)
        group = Group(level, lines.pop(0).split()[-1], title)
        rest = next((at for at, line in enumerate(lines) if line and not line.startswith(" ")), len(lines))
        _fill(group, lines[:rest])
        groups.append(group)
        lines = lines[rest:]
    return groups


def read_text(text):
    """Return what a text report tells."""
    sections = _sections(text.split("\n"))
    verdict, above = _head(sections[""])
    if verdict.cause is not None:
        _fill(verdict, sections.get(EVIDENCE, above))
    return Report(
        [verdict, *_others(sections.get(OTHERS, []))],
        _items(sections.get(REMEDIES, [])),
        _items(sections.get(UNKNOWNS, [])),
    )
