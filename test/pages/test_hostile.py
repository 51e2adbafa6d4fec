#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Opens, in Chromium, a page whose texts and file name try to act. Usage: test_hostile.py PROGRAM

The page must have the same elements as one of harmless texts, and show the texts as text.
"""

import pathlib
import sys
import tempfile

import pages
from browser import Browser, find_browser
from test_browser import event_faults, look

sys.path.insert(0, str(pages.ROOT / "samples"))

# pylint: disable=wrong-import-position
import scenario_hostile_text as scenario  # noqa: E402

# A folder and a file, since a slash parts the two.
HOSTILE_FOLDER = "a<"
HOSTILE_FILE = "script><script>alert(1)<img src=x onerror=alert(1)>\"'&amp;\u202e\u2028\x1b[31m`|=1.pcap"
SHOWN = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)><svg/onload=alert(1)>",
    "\"' onmouseover=alert(1) x=\"'`&quot;&#34;&lt;b&gt;",
    "</script></style></title></textarea>]]><!--<script>--></style>",
    "line\\u{2028}paragraph\\u{2029}next\\u{85}feed",
    "\\u{1b}[31mred\\u{1b}[0m",
    "user\\u{202e}gnp.exe\\u{202c}",
    "[x](javascript:alert(1))",
    "=cmd|' /C calc'!A0",
    "a</script><script>alert(1)<img src=x onerror=alert(1)>\"'&amp;\\u{202e}\\u{2028}\\u{1b}[31m`|=1.pcap",
]
ACTIVE = "[\\u0000-\\u0009\\u000b-\\u001f\\u007f-\\u00a0\\u034f\\u061c\\u115f\\u1160\\u180b-\\u180f\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u2069"
ACTIVE += "\\u2800\\u3000\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0]"


def harmless_twin(folder):
    """Write a capture that differs in its texts only, and return its path."""
    hostile = dict(scenario.TEXTS)
    scenario.TEXTS.update({name: b"text %d" % number for number, name in enumerate(hostile)})
    path = folder / "harmless.pcap"
    path.write_bytes(scenario.capture().to_bytes())
    scenario.TEXTS.update(hostile)
    return path


def hostile_capture(folder):
    """Write the sample under a file name that tries to act too, and return its path."""
    path = folder / HOSTILE_FOLDER / HOSTILE_FILE
    path.parent.mkdir()
    path.write_bytes((pages.ROOT / "samples" / "hostile-text.pcap").read_bytes())
    return path


def open_page(browser, program, capture, folder):
    """Open the page about a capture, and return its path."""
    page = folder / "page.html"
    page.write_bytes(pages.write(program, "html", [str(capture.relative_to(folder))], folder))
    browser.load(page)
    look(browser, "unfold()")
    return page


def element_faults(browser):
    """Yield elements and attributes that no page has."""
    counts = {
        "script:not(#report-json)": "another script",
        "img, iframe, object, embed, link, base, form, template": "an element that loads or acts",
        "[style], [src], [srcset], [background]": "an attribute that loads or acts",
        "a:not([href^='#']):not([download])": "a link out of the page",
    }
    for selector, name in counts.items():
        if browser.evaluate(f'document.querySelectorAll("{selector}").length') != 0:
            yield name
    if browser.evaluate(
        "[...document.querySelectorAll('*')].some((element) => "
        "[...element.attributes].some((attribute) => attribute.name.startsWith('on')))"
    ):
        yield "an attribute that is a script"


def faults(browser, program, folder):
    """Yield what acts, and what is not shown."""
    open_page(browser, program, harmless_twin(folder), folder)
    skeleton = look(browser, "skeleton()")
    page = open_page(browser, program, hostile_capture(folder), folder)
    yield from event_faults(browser.events, page)
    yield from element_faults(browser)
    hostile = look(browser, "skeleton()")
    if len(hostile) < 500 or hostile != skeleton:
        different = [pair for pair in zip(skeleton, hostile) if pair[0] != pair[1]]
        yield f"{len(skeleton)} elements became {len(hostile)}: {different[:3]}"
    text = browser.evaluate("document.body.innerText")
    yield from (f"not shown: {part}" for part in SHOWN if part not in text)
    active = browser.evaluate(f"document.documentElement.outerHTML.match(/{ACTIVE}/u)")
    if active:
        yield f"an active character: {active}"


def main():
    program = str(pathlib.Path(sys.argv[1]).resolve())
    chromium = find_browser()
    if chromium is None:
        print("Skipped: no Chromium. ./dev pages installs it.")
        return pages.SKIPPED
    with tempfile.TemporaryDirectory() as name, Browser(chromium) as browser:
        found = list(faults(browser, program, pathlib.Path(name)))
    for fault in found:
        print(f"FAIL {fault}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
