#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes a report in several forms at once, rightly and wrongly. Usage: check_outputs.py PROGRAM SOURCE_DIR"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from told import formats

TITLE = "The server rejected the password (431 Integrity Check Failure)"
VERDICT = f"turnpcap: FAILED: {TITLE} (integrity-check-failed)"
SAMPLE = "capture.pcap"


class Desk:
    """A folder with a capture, links to it and to what is not there yet, and the program run in it."""

    def __init__(self, program, root, folder):
        self.program = program
        self.folder = pathlib.Path(folder)
        shutil.copy(root / "samples/s1-webrtc-431.pcap", self.folder / SAMPLE)
        (self.folder / "inner").mkdir()
        (self.folder / "old.txt").write_text("old")
        (self.folder / "link-to-old").symlink_to("old.txt")
        (self.folder / "link-to-new").symlink_to("new.txt")
        (self.folder / "link-to-link").symlink_to("link-to-new")
        (self.folder / "round").symlink_to("round")
        os.link(self.folder / "old.txt", self.folder / "hard-link")
        os.link(self.folder / SAMPLE, self.folder / "hard-capture")
        (self.folder / "soft-capture").symlink_to(SAMPLE)

    def run(self, *arguments, **how):
        how = {"stdout": subprocess.PIPE, **how}
        return subprocess.run(
            [self.program, "report", *arguments, SAMPLE],
            cwd=self.folder,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
            text=True,
            **how,
        )

    def only(self, name):
        """Return the report in one form, as it comes alone."""
        return self.run("--format", name).stdout

    def read(self, name):
        path = self.folder / name
        return path.read_text() if path.exists() else None


def every_form(desk, names):
    """Yield a fault when forms that are written together differ from those that are written alone."""
    options = [word for name in names for word in (f"--{name}", f"all.{name}")]
    done = desk.run(*options)
    if (done.returncode, done.stderr, done.stdout) != (1, "", desk.only("text")):
        yield f"all forms: exit status {done.returncode}, {done.stderr}"
    for name in names:
        if desk.read(f"all.{name}") != desk.only(name):
            yield f"all forms: {name} is another than alone"


# Two outputs, or an output and the capture, that are one file.
TWICE = [
    ("--json", "x", "--text", "x"),
    ("--json", "x", "--text", "./x"),
    ("--json", "inner/../x", "--text", "x"),
    ("--json", "x", "-o", "x"),
    ("--json", "old.txt", "--text", "link-to-old"),
    ("--json", "old.txt", "--text", "hard-link"),
    ("--json", "new.txt", "--text", "link-to-new"),
    ("--json", "new.txt", "--text", "link-to-link"),
    ("--json", "round", "--text", "./round"),
]
CAPTURE = [
    ("--json", SAMPLE),
    ("--markdown", f"inner/../{SAMPLE}"),
    ("--text", "hard-capture"),
    ("--text", "x", "--json", "soft-capture"),
]


def refused(desk, arguments, reason):
    """Yield a fault unless these outputs are refused, and nothing is written."""
    before = (desk.folder / SAMPLE).read_bytes()
    done = desk.run(*arguments)
    if done.returncode != 2 or reason not in done.stderr or done.stdout:
        yield f"{arguments}: exit status {done.returncode}, {done.stderr}"
    if desk.read("x") is not None or desk.read("old.txt") != "old" or desk.read("new.txt") is not None:
        yield f"{arguments}: something was written"
    if (desk.folder / SAMPLE).read_bytes() != before:
        yield f"{arguments}: the capture was overwritten"


def devices(desk):
    """Yield a fault when two forms cannot go to a device."""
    done = desk.run("--json", "/dev/null", "--markdown", "/dev/null")
    if (done.returncode, done.stderr) != (1, ""):
        yield f"two forms to /dev/null: exit status {done.returncode}, {done.stderr}"


def unwritable(desk):
    """Yield a fault when a file that cannot be written keeps the others from it, or is not named."""
    done = desk.run("--json", "missing/a.json", "--markdown", "good.md", "--text", "inner")
    if done.returncode != 2 or done.stdout != desk.only("text"):
        yield f"unwritable: exit status {done.returncode}"
    if "missing/a.json: " not in done.stderr or "inner: " not in done.stderr or len(done.stderr.splitlines()) != 1:
        yield f"unwritable: {done.stderr}"
    if desk.read("good.md") != desk.only("markdown"):
        yield "unwritable: the other file is not written"


def said(desk, arguments, expected, **how):
    """Yield a fault when something else than EXPECTED is said on standard error."""
    done = desk.run(*arguments, **how)
    if done.returncode != 1 or done.stderr != expected:
        yield f"{arguments} {how}: exit status {done.returncode}, {done.stderr}"


def verdicts(desk):
    """Yield a fault when the verdict is not said where nobody would see it, or where everybody does."""
    with (desk.folder / "redirected").open("w") as file:
        yield from said(desk, ("-f", "json"), f"{VERDICT}\n", stdout=file)
        yield from said(desk, ("-f", "json", "--text", "a"), f"{VERDICT}; written to a\n", stdout=file)
        yield from said(desk, (), "", stdout=file)
        yield from said(desk, ("--json", "b"), "", stdout=file)
    yield from said(desk, ("-f", "json"), "")
    yield from said(desk, ("-f", "markdown"), "")
    yield from said(desk, ("-o", "c"), f"{VERDICT}; written to c\n")
    yield from said(desk, ("-o", "d", "-f", "json", "--markdown", "e"), f"{VERDICT}; written to e, d\n")


def main():
    program, root = (pathlib.Path(argument).resolve() for argument in sys.argv[1:])
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(str(program), root, folder)
        found = [fault for pair in TWICE for fault in refused(desk, pair, "is to be written twice")]
        found += [fault for pair in CAPTURE for fault in refused(desk, pair, "is the capture itself")]
        found += [*every_form(desk, formats(program)), *devices(desk), *unwritable(desk), *verdicts(desk)]
    for fault in found:
        print(f"FAIL {fault}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
