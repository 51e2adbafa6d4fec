#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads the page of every sample: what it is made of, and that it says all that the text report says.

Needs no browser. Usage: test_structure.py PROGRAM
"""

import base64
import hashlib
import html.parser
import json
import pathlib
import re
import sys

import pages

# Lines of text break the words of this one.
LONG_WORDS = "samples-hostile-text"
VOID = {"meta", "link", "br", "img", "hr", "input"}
HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4}
LANDMARKS = ("header", "nav", "main", "footer")
# What may load, run or act.
FORBIDDEN = {"link", "iframe", "object", "embed", "form", "input", "button", "base", "image", "use",
             "img", "video", "audio", "animate", "set", "foreignobject", "template"}  # fmt: skip


class Reader(html.parser.HTMLParser):
    """Takes a page apart."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open = []
        self.elements = []
        self.texts = []
        self.raw = {"style": [], "script": []}
        self.tables = []
        self.faults = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag == "table":
            self.tables.append({"caption": False, "headers": 0})
        if tag == "caption":
            self.tables[-1]["caption"] = True
        if tag == "th":
            self.tables[-1]["headers"] += 1
            if dict(attrs).get("scope") not in ("col", "row", "rowgroup"):
                self.faults.append("a th without scope")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> closes another element")

    def handle_data(self, data):
        inside = self.open[-1] if self.open else None
        if inside in self.raw:
            self.raw[inside].append(data)
        else:
            self.texts.append(data)

    @property
    def text(self):
        return " ".join(self.texts)

    def named(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


def policy_of(reader):
    metas = [meta for meta in reader.named("meta") if "http-equiv" in meta]
    return metas[0]["content"] if metas else ""


def digest(text):
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def policy_faults(reader):
    """Yield what the page would let act."""
    policy = policy_of(reader)
    parts = dict(part.strip().split(" ", 1) for part in policy.split(";") if part.strip())
    style, script = "".join(reader.raw["style"]), "".join(reader.raw["script"])
    wanted = {
        "default-src": "'none'",
        "style-src": f"'sha256-{digest(style)}'",
        "script-src": f"'sha256-{digest(script)}'",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    if parts != wanted:
        yield f"the policy is {parts}"
    if "url(" in style or "@import" in style:
        yield "the style loads something"
    for tag, attributes in reader.elements:
        if tag in FORBIDDEN:
            yield f"an element {tag}"
        for name, value in attributes.items():
            if name.startswith("on") or name in ("style", "src", "srcset", "action", "background", "ping"):
                yield f"an attribute {name}"
            if name == "href" and not re.match(r"#[a-z]|data:application/json;base64,", value):
                yield f"a link to {value[:40]}"
    scripts = reader.named("script")
    if scripts != [{"type": "application/json", "id": "report-json"}]:
        yield f"scripts: {scripts}"


def heading_faults(reader):
    levels = [HEADINGS[tag] for tag, _ in reader.elements if tag in HEADINGS]
    if levels.count(1) != 1 or levels[0] != 1:
        yield f"headings begin with {levels[:3]}, or h1 is not one"
    for above, below in zip(levels, levels[1:]):
        if below > above + 1:
            yield f"an h{below} below an h{above}"


def link_faults(reader):
    names = [attributes["id"] for _, attributes in reader.elements if "id" in attributes]
    if len(names) != len(set(names)):
        yield f"an id stands twice: {sorted(names)}"
    for link in reader.named("a"):
        if link["href"].startswith("#") and link["href"][1:] not in names:
            yield f"a link to {link['href']}, which is nowhere"
    for _, attributes in reader.elements:
        for name in attributes.get("aria-labelledby", "").split():
            if name not in names:
                yield f"a label {name}, which is nowhere"


def reading_faults(reader):
    """Yield what those miss who do not see the page."""
    if reader.named("html") != [{"lang": "en"}]:
        yield "no language"
    for tag in LANDMARKS:
        if len(reader.named(tag)) != 1:
            yield f"{len(reader.named(tag))} elements {tag}"
    for table in reader.tables:
        if not table["caption"] or not table["headers"]:
            yield "a table without caption or headers"
    for box in reader.named("div"):
        if box.get("class") == "scroll" and (
            box.get("tabindex") != "0" or box.get("role") != "region" or not box.get("aria-label")
        ):
            yield "a box that only a pointer can scroll"
    for drawing in reader.named("svg"):
        if drawing.get("aria-hidden") != "true" and drawing.get("role") != "img":
            yield "a drawing that is neither hidden nor an image"


def words(text):
    """Return the words and numbers of a text, in lower case and numbers without separators."""
    plain = re.sub(r"(?<=\d),(?=\d{3}\b)", "", text.lower())
    return set(re.findall(r"[^\s\"'(){}\[\],;:.|/]+", plain))


# The text's mark of the step that failed, which the page draws.
MARK = {"x"}


def missing_words(reader, text):
    """Return the words of the text report that the page does not have."""
    unnumbered = re.sub(r"^ +\d+\. ", "", text, flags=re.MULTILINE)
    return sorted(words(unnumbered) - MARK - words(reader.text))


def json_faults(reader, expected):
    """Yield what differs from the JSON report EXPECTED, which both copies are."""
    embedded = "".join(reader.raw["script"])
    if re.search("[<>&\u2028\u2029]", embedded):
        yield "the JSON in the page has characters that could end it"
    if json.loads(embedded) != json.loads(expected):
        yield "the JSON in the page is another"
    saved = [link["href"] for link in reader.named("a") if "download" in link]
    if len(saved) != 1 or base64.b64decode(saved[0].split(",", 1)[1], validate=True) != expected:
        yield "the JSON of the link is another"


def faults(program, case):
    """Yield what is wrong with the page of a case."""
    page = pages.write(program, "html", case.arguments).decode()
    reader = Reader(page)
    yield from reader.faults
    if reader.open:
        yield f"left open: {reader.open}"
    yield from policy_faults(reader)
    yield from heading_faults(reader)
    yield from link_faults(reader)
    yield from reading_faults(reader)
    yield from json_faults(reader, pages.write(program, "json", case.arguments))
    if case.name == LONG_WORDS:
        return
    missing = missing_words(reader, pages.write(program, "text", case.arguments).decode())
    if missing:
        yield f"the text report says besides: {' '.join(missing)}"


def main():
    program = str(pathlib.Path(sys.argv[1]).resolve())
    failed = 0
    for case in pages.cases():
        for fault in faults(program, case):
            print(f"FAIL {case.name}: {fault}")
            failed += 1
    print(f"{len(pages.cases())} pages, {failed} faults")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
