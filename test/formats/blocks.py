# SPDX-License-Identifier: GPL-2.0-or-later
"""HTML as the blocks that a reader sees: headings, paragraphs, items of lists, tables. Knows no report."""

import dataclasses
import html.parser

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_TEXTS = (*_HEADINGS, "p", "li", "dt", "dd", "summary", "caption", "pre")
_CELLS = ("td", "th")
_NO_END = {"meta", "link", "br", "img", "hr", "input", "col", "wbr"}
# What is not read as text.
_PASSED = ("script", "style", "svg", "nav", "header", "footer", "title")


@dataclasses.dataclass
class Block:
    kind: str  # the element; "table"; "begin" and "end" of other elements with a class
    text: str = ""
    rows: list = dataclasses.field(default_factory=list)
    classes: tuple = ()


class Reader(html.parser.HTMLParser):
    """Collects the blocks, and all elements with their attributes as they come."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.blocks = []
        self.elements = []
        self.scripts = {}
        self._open = []
        self._text = []
        self._passed = 0
        self._script = None

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.elements.append((tag, given))
        if tag in _NO_END:
            return
        classes = tuple((given.get("class") or "").split())
        self._open.append((tag, classes))
        if tag == "script":
            self._script = given.get("id", "")
            self.scripts[self._script] = ""
        if tag in _PASSED:
            self._passed += 1
        elif not self._passed:
            self._begin(tag, classes)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in _NO_END:
            self.handle_endtag(tag)

    def _begin(self, tag, classes):
        if tag == "table":
            self._flush()
            self.blocks.append(Block("table", classes=classes))
        elif tag == "tr":
            self.blocks[-1].rows.append([])
        elif tag in _TEXTS or tag in _CELLS:
            self._flush()
        elif tag in ("div", "article", "section", "details"):
            self._flush()
            self.blocks.append(Block("begin", tag, classes=classes))

    def handle_endtag(self, tag):
        if not self._open or self._open[-1][0] != tag:
            raise ValueError(f"</{tag}> inside of {self._open[-1:]}")
        classes = self._open.pop()[1]
        if tag == "script":
            self._script = None
        if tag in _PASSED:
            self._passed -= 1
        elif not self._passed:
            self._end(tag, classes)

    def _end(self, tag, classes):
        if tag in _CELLS:
            self.blocks[-1].rows[-1].append(self._taken())
        elif tag in _TEXTS and tag != "caption":
            self.blocks.append(Block(tag, self._taken(), classes=classes))
        elif tag == "caption":
            self._taken()
        elif tag in ("div", "article", "section", "details"):
            self._flush()
            self.blocks.append(Block("end", tag, classes=classes))

    def _taken(self):
        text = " ".join("".join(self._text).split())
        self._text = []
        return text

    def _flush(self):
        """Text in front of a block within the same element is a block of its own."""
        text = self._taken()
        if text:
            self.blocks.append(Block("text", text))

    def handle_data(self, data):
        if self._script is not None:
            self.scripts[self._script] += data
        elif not self._passed:
            self._text.append(data)


def read(text):
    """Return a Reader that has read TEXT to its end."""
    reader = Reader()
    reader.feed(text)
    reader.close()
    return reader
