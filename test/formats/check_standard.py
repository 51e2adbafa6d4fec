#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Standard input and output that are also files by name. Usage: check_standard.py PROGRAM SOURCE_DIR"""

import os
import pathlib
import pty
import shutil
import subprocess
import sys
import tempfile

SAMPLE = "a.pcap"
ITSELF = "is the capture itself"
TWICE = "is to be written twice"

# arguments | where standard input and output come from and go to | what the message says
REFUSED = [
    ("report -o a.pcap -", "<", ITSELF),
    ("list -o a.pcap -", "<", ITSELF),
    ("list --together -o hard-link -", "<", ITSELF),
    ("show -s 1 -o a.pcap -", "<", ITSELF),
    ("report --html a.pcap -", "<", ITSELF),
    ("report --html a.pcap /dev/stdin", "<", ITSELF),
    ("report a.pcap", ">>", ITSELF),
    ("report -o - a.pcap", ">>", ITSELF),
    ("report --html page hard-link", ">>", ITSELF),
    ("report --at client=a.pcap", ">>", ITSELF),
    ("list a.pcap", ">>", ITSELF),
    ("show -s 1 a.pcap", ">>", ITSELF),
    ("report -", "< >>", ITSELF),
    ("annotate -o /dev/stdout a.pcap", ">>", ITSELF),
    ("report --sdp a.pcap other.pcap", ">>", "is the session description"),
    ("report --html /dev/stdout a.pcap", "> new", TWICE),
    ("report --html new a.pcap", "> new", TWICE),
    ("report --html link-to-new a.pcap", "> new", TWICE),
    ("report --html /dev/stdout a.pcap", "|", TWICE),
    ("report --html /proc/self/fd/1 --text x a.pcap", "|", TWICE),
    ("report --html /dev/stdout a.pcap", "tty", TWICE),
    ("report --redact --redact-table new a.pcap", "> new", "--redact-table and an output are the same file"),
]
# What is like it, and good. The exit status is that of the verdict.
TAKEN = [
    ("report -o new -", "<"),
    ("report -o a.pcap other.pcap", ""),
    ("report -", "< > new"),
    ("report a.pcap", ">> other.pcap"),
    ("report -o x a.pcap", ">>"),
    ("list -o x a.pcap", ">>"),
    ("report --html x a.pcap", "> new"),
    ("report --html /dev/null a.pcap", "null"),
    ("report --html /dev/null --text /dev/null a.pcap", "null"),
    ("report -o /dev/stdout --html x a.pcap", "> new"),
    ("report --html x a.pcap", "|"),
    ("report --html x a.pcap", "tty"),
]


class Desk:
    """A folder with a capture, another, and names that lead to them."""

    def __init__(self, program, root, folder):
        self.program = program
        self.folder = pathlib.Path(folder)
        for name in (SAMPLE, "other.pcap"):
            shutil.copy(root / "samples/s1-webrtc-431.pcap", self.folder / name)
        os.link(self.folder / SAMPLE, self.folder / "hard-link")
        (self.folder / "link-to-new").symlink_to("new")

    def open_output(self, words):
        """Return what standard output is, and what else to close."""
        if "tty" in words:
            return pty.openpty()[::-1]
        if "null" in words:
            return (os.open("/dev/null", os.O_WRONLY),)
        for mark, flags in ((">>", os.O_APPEND), (">", os.O_TRUNC)):
            if mark in words:
                name = (words[words.index(mark) + 1 :] or [SAMPLE])[0]
                return (os.open(self.folder / name, os.O_WRONLY | os.O_CREAT | flags, 0o644),)
        return ()

    def run(self, arguments, how):
        words = how.split()
        descriptors = self.open_output(words)
        stdin = (self.folder / SAMPLE).open("rb") if "<" in words else subprocess.DEVNULL
        try:
            return subprocess.run(
                [self.program, *arguments.split()],
                cwd=self.folder,
                stdin=stdin,
                stdout=descriptors[0] if descriptors else subprocess.PIPE,
                stderr=subprocess.PIPE,
                timeout=20,
                check=False,
            )
        except subprocess.TimeoutExpired:  # nobody reads what the terminal shows
            return subprocess.CompletedProcess(arguments, None, b"", b"it waits")
        finally:
            for descriptor in descriptors:
                os.close(descriptor)

    def contents(self):
        """Return the contents of all files but empty ones, which a shell makes."""
        files = {path.name: path.read_bytes() for path in self.folder.iterdir() if path.is_file()}
        return {name: content for name, content in files.items() if content}


def tried(program, root, arguments, how):
    """Return what the program did with fresh files, and what these held before and after."""
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(program, root, folder)
        before = desk.contents()
        done = desk.run(arguments, how)
        return done, before, desk.contents()


def refused(program, root, arguments, how, reason):
    """Yield a fault unless this is refused in a line, and nothing is written."""
    done, before, after = tried(program, root, arguments, how)
    said = done.stderr.decode()
    if done.returncode != 2 or reason not in said or len(said.splitlines()) != 1 or done.stdout:
        yield f"{arguments} {how}: exit status {done.returncode}, {said}"
    if before != after:
        yield f"{arguments} {how}: something was written"


def taken(program, root, arguments, how):
    """Yield a fault unless this is done."""
    done, _, _ = tried(program, root, arguments, how)
    if done.returncode != 1:
        yield f"{arguments} {how}: exit status {done.returncode}, {done.stderr.decode()}"


def main():
    program, root = (pathlib.Path(argument).resolve() for argument in sys.argv[1:])
    found = [fault for case in REFUSED for fault in refused(str(program), root, *case)]
    found += [fault for case in TAKEN for fault in taken(str(program), root, *case)]
    for fault in found:
        print(f"FAIL {fault}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
