# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads Markdown and HTML back, both as a reader sees them: by headings, paragraphs, lists and tables."""

import json
import re
import subprocess

import blocks
from told import (
    EVIDENCE,
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

# As GitHub has it, and HTML passed on: what should not act is not kept from it by the renderer.
RENDERER = ["cmark-gfm", "--extension", "table", "--extension", "autolink", "--extension", "strikethrough"]
RENDERER += ["--extension", "tasklist", "--unsafe"]

_LEVEL = re.compile(rf"({'|'.join(LEVELS)}):? (.*)")


def rendered(text):
    """Return Markdown as HTML, by another program."""
    return subprocess.run(RENDERER, input=text.encode(), capture_output=True, check=True).stdout.decode()


def _sections(all_blocks):
    """Return the blocks below each heading of the second level; those before the first under ""."""
    found = {"": []}
    here = ""
    for block in all_blocks:
        if block.kind == "h2":
            here = block.text
            found[here] = []
        else:
            found[here].append(block)
    return found


def _evidence(table):
    names = table.rows[0]
    if names[-3:] != ["Frame", "Time", "What"]:
        raise Unreadable(f"not a table of evidence: {names}")
    return [
        Evidence(row[0] if len(names) == 4 else "", int(row[-3]), squeeze(row[-1])) for row in table.rows[1:]
    ]


class _Findings:
    """Takes the blocks of a group one after the other, and knows where the next finding begins."""

    def __init__(self, group):
        self._group = group
        self._marked = False
        self._state = None

    def begin(self):
        """Begin a finding where the form says so."""
        self._group.findings.append(Finding())
        self._marked = True
        self._state = 0

    def _at(self, state):
        """Return the finding to go on with: parts come in the order of their numbers, each once."""
        if not self._marked and (self._state is None or state <= self._state):
            self._group.findings.append(Finding())
        self._state = state
        return self._group.findings[-1]

    def take(self, block):
        if block.kind == "table":
            self._at(3).evidence = _evidence(block)
        elif block.kind == "p" and block.text.startswith("Wireshark filter"):
            self._state = 4
        elif block.kind in ("p", "text") and more_number(block.text):
            self._group.more = more_number(block.text)
        elif block.kind == "p" and session_number(block.text) and self._state in (None, 0, 2, 3, 4):
            self._at(1).session = session_number(block.text)
        elif block.kind == "p":
            self._at(2).detail = squeeze(block.text)

    def end(self):
        if not self._group.findings:
            self._group.findings.append(Finding())


def _fill(group, section):
    findings = _Findings(group)
    inside = 0
    for block in section:
        # What stands in details is not part of the finding, but for further findings of the same cause.
        if block.text == "details" and "folded" not in block.classes:
            inside += {"begin": 1, "end": -1}.get(block.kind, 0)
        if block.kind == "begin" and "finding" in block.classes:
            findings.begin()
        elif not inside:
            findings.take(block)
    findings.end()


def _titled(text):
    match = _LEVEL.fullmatch(text)
    if match is None:
        raise Unreadable(f"no level: {text}")
    return match[1], squeeze(match[2])


def _verdict(head):
    """Return the verdict's group, and the blocks behind the explanation."""
    title = next(block for block in head if block.kind == "h1").text
    word = next((block.text for block in head if "word" in block.classes), None)
    level, title = _titled(f"{word}: {title}" if word is not None else title)
    cause = next((block.text for block in head if block.text.startswith("Cause: ")), None)
    return Group(level, cause.removeprefix("Cause: ") if cause is not None else None, title)


def _behind_explanation(head):
    """Return what stands above the first heading behind title, cause and explanation."""
    texts = [at for at, block in enumerate(head) if block.kind == "p" and not block.text.startswith("Cause: ")]
    return head[texts[0] + 1 :]


def _others(section):
    groups = []
    parts = []
    for block in section:
        if block.kind == "h3":
            parts.append((block, []))
        elif parts:
            parts[-1][1].append(block)
    for heading, part in parts:
        more = next(at for at, block in enumerate(part) if block.text.startswith("More: turnpcap explain "))
        group = Group(_titled(heading.text)[0], part[more].text.split()[-1], _titled(heading.text)[1])
        # The first paragraph explains the cause.
        explanation = next(at for at, block in enumerate(part) if block.kind == "p")
        _fill(group, [block for at, block in enumerate(part) if at not in (explanation, more)])
        groups.append(group)
    return groups


def _items(section):
    return [squeeze(block.text) for block in section if block.kind == "li"]


def read_blocks(all_blocks):
    """Return what the blocks of a report tell."""
    sections = _sections(all_blocks)
    verdict = _verdict(sections[""])
    if verdict.cause is not None:
        _fill(verdict, sections[EVIDENCE] if EVIDENCE in sections else _behind_explanation(sections[""]))
    return Report(
        [verdict, *_others(sections.get(OTHERS, []))],
        _items(sections.get(REMEDIES, [])),
        _items(sections.get(UNKNOWNS, [])),
    )


def read_markdown(text):
    """Return what a Markdown report tells once it is rendered."""
    return read_blocks(blocks.read(rendered(text)).blocks)


def read_html(text):
    """Return what a page tells, and the JSON report in it."""
    reader = blocks.read(text)
    return read_blocks(reader.blocks), json.loads(reader.scripts["report-json"])
