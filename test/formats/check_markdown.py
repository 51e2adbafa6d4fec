#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Renders the Markdown of every sample as a ticket system does, and looks at what a reader sees.

Usage: check_markdown.py PROGRAM SOURCE_DIR
"""

import html.parser
import json
import pathlib
import re
import shutil
import sys

import blocks
from check_same import inputs
from read_blocks import rendered
from told import HEADINGS, OTHERS, SHOWN, printable, read_json, session_number, squeeze, written

# Nothing else may come of a report; a link, a picture or any other HTML would be text that acts.
ELEMENTS = {"h1", "h2", "h3", "p", "strong", "code", "table", "thead", "tbody", "tr", "th", "td", "ol", "ul", "li"}
SESSIONS_SHOWN = 40

# What ticket systems look for in the text that the renderer has made, everywhere but in code.
ACTING = {
    "a mention or an address": r"@",
    "a reference": r"[#!$%&~^][\w{]|\b[A-Za-z]+-\d",
    "a link": r"(?i)://|\bwww\.|\b(mailto|javascript|xmpp|data):|[^\W\d]\.[^\W\d]{2}",
    "an emoji": r":[a-z0-9_+-]*[a-z_+][a-z0-9_+-]*:",
    "a commit": r"\b[0-9a-f]{7,}\b",
    "markup": r"[<*_~{}\[\]]",
}


class _Outside(html.parser.HTMLParser):
    """Collects the text that is not in code; code is a blank."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.text = []
        self._code = 0

    def handle_starttag(self, tag, attrs):
        self._code += tag == "code"
        self.text.append(" ")

    def handle_endtag(self, tag):
        self._code -= tag == "code"
        self.text.append(" ")

    def handle_data(self, data):
        if not self._code:
            self.text.append(data)


def acting(page):
    """Yield what might act in a rendered report."""
    for tag, attributes in blocks.read(page).elements:
        if tag not in ELEMENTS or set(attributes) - {"align"}:
            yield f"<{tag} {attributes}>"
    outside = _Outside()
    outside.feed(page)
    text = "".join(outside.text)
    for name, pattern in ACTING.items():
        for match in re.finditer(pattern, text):
            yield f"{name} outside of code: {text[max(match.start() - 20, 0) : match.end() + 20]!r}"


def shown(page, report):
    """Return the sessions that have a heading."""
    numbers = {session_number(block.text) for block in blocks.read(page).blocks if block.kind == "h3"}
    return [session for session in report["sessions"] if session["id"] in numbers]


def shape(page, report):
    """Yield where headings and tables are not those that the report has."""
    found = blocks.read(page).blocks
    expected = read_json(json.dumps(report), SHOWN["markdown"])
    sections = [block.text for block in found if block.kind == "h2"]
    if sections != [name for name in HEADINGS if name in sections]:
        # Captures stand before what lies between them in every form; the rest is in the order of HEADINGS.
        yield f"sections: {sections}"
    others = len(expected.groups) - 1
    if (OTHERS in sections) != (others > 0):
        yield f"{others} other findings, and sections {sections}"
    count = others + len(shown(page, report))
    if sum(block.kind == "h3" for block in found) != count:
        yield f"{sum(block.kind == 'h3' for block in found)} headings of findings and sessions, expected {count}"
    most = min(len(report["sessions"]), SESSIONS_SHOWN)
    if len(shown(page, report)) < most and "left out to keep the report below" not in page:
        yield f"{len(shown(page, report))} sessions instead of {most}, and not why"
    more = re.search(r"and (\d+) more; turnpcap report --format json has all of them</p>\s*(<p>They|<h2|$)", page)
    if len(shown(page, report)) + int(more[1] if more else 0) != len(report["sessions"]):
        yield "sessions are left out, and not counted"
    if [block.kind for block in found].count("h1") != 1 or found[0].kind != "h1":
        yield "the first block is not the only heading of the first level"
    for block in found:
        if block.kind == "table" and ({len(row) for row in block.rows} != {len(block.rows[0])} or len(block.rows) < 2):
            yield f"a table of unequal rows: {block.rows}"
        if block.kind == "p" and "|" in block.text and "---" in block.text:
            yield f"a table that was not taken for one: {block.text}"


def literal(page, report):
    """Yield which name of a session is not shown as it is."""
    items = {squeeze(block.text) for block in blocks.read(page).blocks if block.kind == "li"}
    for session in shown(page, report):
        for name, member in (("user", "username"), ("realm", "realm"), ("server software", "software")):
            value = printable(session.get(member) or "")
            if value and squeeze(f"{name}: {value}") not in items:
                yield f"session {session['id']}: {name} is not shown as {value}"
    files = [printable(capture["file"]) for capture in report["captures"]]
    for file in files:
        if not any(squeeze(file) in item for item in items):
            yield f"the file name {file} is not shown"


def check(program, arguments):
    """Yield what is wrong with the Markdown over one input."""
    report = json.loads(written(program, "json", arguments))
    page = rendered(written(program, "markdown", arguments))
    yield from acting(page)
    yield from shape(page, report)
    yield from literal(page, report)


def main():
    program, root = (pathlib.Path(argument).resolve() for argument in sys.argv[1:])
    failed = 0
    if shutil.which("cmark-gfm") is None:
        print("FAIL: cmark-gfm is not installed (./dev deps)")
        return 1
    for arguments in inputs(root / "samples"):
        for fault in check(program, arguments):
            print(f"FAIL {' '.join(arguments)}: {fault}")
            failed += 1
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
