#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Opens the page of every sample in Chromium. Usage: test_browser.py PROGRAM"""

import json
import pathlib
import sys
import tempfile
import time

import pages
from browser import Browser, find_browser

WIDTHS = (360, 1280)
SCHEMES = ("light", "dark")
# A4 without its margins, at 96 pixels an inch.
PAPER = 703
PAPER_HEIGHT = 1016
# Ladders of more lanes may need a wider window, and be smaller on paper.
LANES = 4
# The text of pictures, in their own pixels, and at least how large it is on paper, in pixels of
# which 96 are an inch: 8 points.
PICTURE_TEXT = 12
PAPER_TEXT = 32 / 3
CONTRAST = 4.5
LOOK = pathlib.Path(__file__).with_name("look.js").read_text()
# What a page must not make a browser say.
TALK = (
    "Runtime.consoleAPICalled",
    "Runtime.exceptionThrown",
    "Log.entryAdded",
    "Page.javascriptDialogOpening",
)


def look(browser, question):
    """Return what the page answers."""
    return browser.evaluate(f"({LOOK.strip()}).{question}")


def event_faults(events, path):
    """Yield what the page loaded besides itself, and what it said."""
    asked = [event["params"]["request"]["url"] for event in events
             if event.get("method") == "Network.requestWillBeSent"]  # fmt: skip
    if asked != [path.resolve().as_uri()]:
        yield f"it loads {asked}"
    for event in events:
        if event.get("method") in TALK:
            yield f"{event['method']}: {json.dumps(event['params'])[:300]}"


def view_faults(browser, scheme):
    """Yield what is wrong with the page in one scheme of colours, at any width."""
    for width in WIDTHS:
        browser.size(width, mobile=width < 600)
        over = look(browser, "overflow()")
        if over["wide"] > 0:
            yield f"{scheme}, {width} wide: {over['wide']} too wide: {over['out']}"
        if look(browser, "marks_out()"):
            yield f"{scheme}, {width} wide: marks of findings are out of sight"
        for word in look(browser, "split()")[:3]:
            yield f"{scheme}, {width} wide: broken: {word}"
    for box in look(browser, f"scrolled({LANES})"):
        yield f"{scheme}: scrolled at {WIDTHS[-1]}: {box}"
    dim = look(browser, f"dim({CONTRAST})")
    if dim["texts"] < 20:
        yield f"{scheme}: only {dim['texts']} texts"
    for text in dim["found"][:5]:
        yield f"{scheme}: contrast {text}"


def picture_faults(browser):
    """Yield which pictures are too small on paper, or do not fit on a sheet."""
    for picture in look(browser, "pictures()"):
        size = picture["scale"] * PICTURE_TEXT
        if picture["lanes"] <= LANES and size < PAPER_TEXT:
            yield f"on paper: text of {size:.1f} pixels in a picture of {picture['lanes']} lanes"
        if picture["height"] > PAPER_HEIGHT:
            yield f"on paper: a picture of {picture['height']:.0f} pixels is cut"


def print_faults(browser):
    """Yield what is wrong with the page on paper, where nothing can be unfolded."""
    yield from picture_faults(browser)
    for text in look(browser, "broken()")[:5]:
        yield f"on paper: broken: {text}"
    hidden = look(browser, "folded()")
    if hidden:
        yield f"not printed: {hidden[:3]}"
    over = look(browser, "overflow()")
    if over["wide"] > 0:
        yield f"on paper: {over['wide']} too wide: {over['out']}"
    for text in look(browser, f"dim({CONTRAST})")["found"][:5]:
        yield f"on paper: contrast {text}"
    if browser.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--page')") != "#ffffff":
        yield "paper is not white"


def page_faults(browser, path):
    """Yield what is wrong with a page."""
    browser.size(PAPER)
    browser.scheme("dark", "print")
    browser.load(path)
    yield from print_faults(browser)
    look(browser, "unfold()")
    for scheme in SCHEMES:
        browser.scheme(scheme)
        yield from view_faults(browser, scheme)
    if browser.evaluate("getComputedStyle(document.querySelector('.verdict')).borderLeftStyle") != "solid":
        yield "the style does not act"
    yield from event_faults(browser.events, path)


def save_faults(browser, path, folder, expected):
    """Yield what is wrong with the file that the page's link saves."""
    browser.load(path)
    browser.call("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(folder))
    browser.evaluate("document.querySelector('a[download]').click()")
    saved = folder / "turnpcap-report.json"
    deadline = time.monotonic() + 20
    while not saved.exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    if not saved.exists():
        yield "the link saves nothing"
    elif saved.read_bytes() != expected:
        yield "the link saves another report"


def policy_faults(browser, path):
    """Yield what can act in a page in spite of its policy."""
    browser.load(path)
    browser.evaluate(
        """(() => {
            const script = document.createElement("script");
            script.textContent = "document.body.dataset.acted = 1";
            document.body.append(script);
            const style = document.createElement("style");
            style.textContent = "body { min-height: 12345px }";
            document.head.append(style);
            document.body.setAttribute("style", "max-height: 54321px");
            document.body.insertAdjacentHTML("beforeend", "<img src='http://127.0.0.1:9/x'>");
        })()"""
    )
    if browser.evaluate("document.body.dataset.acted") is not None:
        yield "a script runs"
    if browser.evaluate("getComputedStyle(document.body).minHeight") == "12345px":
        yield "another style acts"
    if browser.evaluate("getComputedStyle(document.body).maxHeight") == "54321px":
        yield "a style attribute acts"
    refused = [event["params"].get("blockedReason") for event in browser.events
               if event.get("method") == "Network.loadingFailed"]  # fmt: skip
    if refused != ["csp"]:
        yield f"an image is not refused by the policy: {refused}"


def all_faults(browser, program, folder):
    """Yield what is wrong with any page, behind its name."""
    paths = pages.write_all(program, folder)
    for name, path in paths.items():
        for fault in page_faults(browser, path):
            yield f"{name}: {fault}"
    case = next(case for case in pages.cases() if case.name == "samples-hostile-text")
    path = paths[case.name]
    expected = pages.write(program, "json", case.arguments)
    for fault in [*save_faults(browser, path, folder, expected), *policy_faults(browser, path)]:
        yield f"{case.name}: {fault}"
    print(f"{len(paths)} pages")


def main():
    program = str(pathlib.Path(sys.argv[1]).resolve())
    chromium = find_browser()
    if chromium is None:
        print("Skipped: no Chromium. ./dev pages installs it.")
        return pages.SKIPPED
    with tempfile.TemporaryDirectory() as name, Browser(chromium) as browser:
        found = list(all_faults(browser, program, pathlib.Path(name)))
    for fault in found:
        print(f"FAIL {fault}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
