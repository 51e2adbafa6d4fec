#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes the pictures of the HTML report that the README shows. Usage: screenshots.py PROGRAM [FOLDER]

Needs Chromium, and ImageMagick to make the files small.
"""

import base64
import pathlib
import subprocess
import sys
import tempfile

import pages
from browser import Browser, find_browser

PAIR = ["--at", "client=samples/s3-client.pcap", "--at", "server=samples/s3-server.pcap"]
# name | what is reported | width | scheme | where the picture begins, and ends
PICTURES = [
    ("report-s1", ["samples/s1-webrtc-431.pcap"], "light", "header", "#remedies"),
    ("report-s3", PAIR, "dark", "header", "#remedies"),
    ("report-s4", ["samples/s4-sfb-presentation.pcap"], "light", "figure.ladder", "figure.ladder"),
]
WIDTH = 1120
MARGIN = 16


def clip_of(browser, first, last):
    """Return the part of the page from one element to another."""
    edges = browser.evaluate(
        f"""[document.querySelector("{first}").getBoundingClientRect().top + scrollY,
             document.querySelector("{last}").getBoundingClientRect().bottom + scrollY]"""
    )
    top = max(0, edges[0] - MARGIN)
    return {"x": 0, "y": top, "width": WIDTH, "height": edges[1] + MARGIN - top, "scale": 1}


def picture(browser, page, scheme, ends):
    browser.size(WIDTH)
    browser.scheme(scheme)
    browser.load(page)
    answer = browser.call(
        "Page.captureScreenshot", captureBeyondViewport=True, clip=clip_of(browser, *ends)
    )
    return base64.b64decode(answer["data"])


def main():
    program = str(pathlib.Path(sys.argv[1]).resolve())
    folder = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else pages.ROOT / "docs"
    chromium = find_browser()
    if chromium is None:
        sys.exit("no Chromium: ./dev pages installs it")
    with tempfile.TemporaryDirectory() as name, Browser(chromium) as browser:
        page = pathlib.Path(name) / "page.html"
        for stem, arguments, scheme, *ends in PICTURES:
            page.write_bytes(pages.write(program, "html", arguments))
            path = folder / f"{stem}.png"
            path.write_bytes(picture(browser, page, scheme, ends))
            subprocess.run(
                ["convert", path, "-dither", "None", "-colors", "256", "-strip", f"PNG8:{path}"], check=True
            )
            print(path, path.stat().st_size)
    return 0


if __name__ == "__main__":
    sys.exit(main())
