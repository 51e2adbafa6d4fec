#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Looks for text of a capture, or of a file name, that would act in what shows an output.

Usage: check_hostile.py PROGRAM SOURCE_DIR
"""

import csv
import io
import json
import os
import pathlib
import pty
import re
import shutil
import subprocess
import sys
import tempfile

import told
from check_markdown import acting
from read_blocks import rendered
from told import formats, squeeze

SAMPLE = "samples/hostile-text.pcap"
SESSIONS = 31
# The program's own: colours and bold, and their end.
_COLOUR = re.compile(r"\x1b\[(0|1|1;3[1236])m")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_QUOTES = ("'", '"')

# All that a file name can hold (255 bytes without slash and NUL), in names that begin as a formula, a list or a
# command does.
NAMES = [
    "=1+1\t=2\n=3;=4 | cmd \\".encode() + b"\xff.pcap",
    "@SUM(1) \x1b[31m\x1b]52;c;eA==\x07\x1b]8;;http:x\x1b\\ \u009b2J\u202egnp\u2066\u2028\ufeff\u200b.pcap".encode(),
    b"<script>alert(1)<script> <img src=x onerror=alert(1)> \"'><!-- ]]> --> &lt;b&gt; .pcap",
    b"# [x](javascript:alert(1)) ![](x) `c` ``d`` |---| **b** @user #123 www.example.org %s%n ${x}\r.pcap",
]


def active(text):
    """Yield the characters that act in a terminal, but for line feeds."""
    for at in told.active(text):
        if text[at] != "\n":
            yield f"U+{ord(text[at]):04X} in {text[max(at - 20, 0) : at + 20]!r}"


def bad_cells(text):
    """Yield what a spreadsheet would not take for text, or not for one cell of its row."""
    yield from active(text.replace("\t", " "))
    rows = [line.split("\t") for line in text.split("\n")[:-1]]
    if not text.endswith("\n") or len(rows) < 2:
        yield "no rows"
    for row in rows:
        if len(row) != len(rows[0]):
            yield f"{len(row)} cells instead of {len(rows[0])}: {row}"
        for cell in row:
            # Some spreadsheets divide cells at these too, wherever they are told to.
            for part in re.split("[,;|]", cell):
                part = part.strip()
                if part[:1] in ("=", "+", "-", "@") and part and not _NUMBER.fullmatch(part):
                    yield f"a formula: {cell}"
                if part.startswith(_QUOTES):
                    yield f"a quote: {cell}"
    # A quote that held cells or rows together would make other ones of them.
    if list(csv.reader(io.StringIO(text), delimiter="\t", quotechar='"')) != rows:
        yield "read as a table, the cells are not those that are written"


def bad_json(text):
    """Yield what is wrong with the text of a JSON document."""
    yield from active(text)
    json.loads(text)


def bad_markdown(text):
    yield from active(text)
    yield from acting(rendered(text))


# html is looked at in a browser too, by the tests of the page.
CHECKS = {"text": active, "html": active, "json": bad_json, "tsv": bad_cells, "markdown": bad_markdown}


def commands(program, file):
    """Yield every command that writes about FILE, with the form that it writes."""
    for name in formats(program):
        yield name, ["report", "--format", name, "--", file]
    for name in ("text", "tsv", "json"):
        yield name, ["list", "--format", name, "--", file, file]
        for session in range(1, SESSIONS + 1):
            yield name, ["show", "--format", name, "--session", str(session), "--", file]


def run(program, arguments, cwd):
    return subprocess.run([program, *arguments], cwd=cwd, capture_output=True, timeout=60, check=False)


def outputs(program, cwd, file):
    """Yield what acts in any output about FILE."""
    for name, arguments in commands(program, file):
        done = run(program, arguments, cwd)
        if done.stderr or done.returncode not in (0, 1):
            yield f"{arguments}: exit status {done.returncode}, {done.stderr}"
            continue
        for fault in CHECKS[name](done.stdout.decode()):
            yield f"{arguments[:3]}: {fault}"


def on_terminal(program, arguments, cwd, **surroundings):
    """Return what the program writes to a terminal, which has colours unless SURROUNDINGS say otherwise."""
    reader, writer = pty.openpty()
    surroundings = {"PATH": os.environ["PATH"], "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", **surroundings}
    with subprocess.Popen(
        [program, *arguments], cwd=cwd, stdin=writer, stdout=writer, stderr=writer, env=surroundings
    ) as child:
        os.close(writer)
        parts = []
        while True:
            try:
                part = os.read(reader, 65536)
            except OSError:
                break
            if not part:
                break
            parts.append(part)
        child.wait(timeout=60)
    os.close(reader)
    return b"".join(parts).decode()


def terminals(program, root):
    """Yield what acts in a terminal, apart from the program's own colours."""
    for command in (["report"], ["list"], *(["show", "-s", str(number)] for number in range(1, SESSIONS + 1))):
        text = on_terminal(program, [*command, SAMPLE], root).replace("\r\n", "\n")
        if not _COLOUR.search(text):
            yield f"{command}: no colours, so this was no test"
        for fault in active(_COLOUR.sub("", text)):
            yield f"{command} on a terminal: {fault}"
    for command in (["report"], ["list"], ["show", "-s", "1"]):
        for surroundings in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
            if "\x1b" in on_terminal(program, [*command, SAMPLE], root, **surroundings):
                yield f"{command}: colours in spite of {surroundings}"


def mistakes(name):
    """Yield commands that go wrong, with NAME in the message."""
    capture = b"good.pcap"
    for command in (b"report", b"list", b"show"):
        yield [command, b"--", b"missing " + name]
        yield [command, b"--format=" + name, capture]
        yield [command, b"--turn-port=" + name, capture]
        yield [command, b"--no-" + name, capture]
        yield [command, b"-o", name, b"--", name]
    yield [b"report", b"-o", b"missing folder/" + name, b"--", capture]
    yield [b"report", b"--json", b"new " + name, b"--text", b"new " + name, b"--", capture]
    yield [b"report", b"--user=x", b"--password-file=missing " + name, b"--", capture]
    yield [b"report", b"--credentials=missing " + name, b"--", capture]
    yield [b"report", b"--at", name, capture]
    yield [b"show", b"--session=" + name, b"--", capture]
    yield [b"explain", name]
    yield [name]


def messages(program, folder, name):
    """Yield what acts in a message on standard error; each is one line."""
    said = [(arguments, 2) for arguments in mistakes(name)]
    # The verdict, with the names of the files that were written.
    said.append(([b"report", b"-o", b"new " + name, b"--json", b"newer " + name, b"--", b"good.pcap"], 1))
    for arguments, status in said:
        done = run(program, arguments, folder)
        text = done.stderr.decode()
        if done.returncode != status or done.stdout or not text.startswith("turnpcap"):
            yield f"{arguments}: exit status {done.returncode}, {done.stdout[:80]} {text}"
        for fault in active(text):
            yield f"{arguments}: {fault}"
        for line in text.split("\n")[:-1]:
            if not line.startswith("turnpcap"):
                yield f"{arguments}: a line of its own: {line!r}"


def named(program, root, folder):
    """Yield what acts when the capture has a hostile name."""
    shutil.copy(root / "samples/s1-webrtc-431.pcap", folder / "good.pcap")
    for name in NAMES:
        shutil.copy(root / SAMPLE, os.fsencode(folder) + b"/" + name)
        yield from outputs(program, folder, name)
        yield from messages(program, folder, name)
        text = run(program, ["report", "--", name], folder).stdout.decode()
        if squeeze("132 packets") not in squeeze(text):
            yield f"{name}: the report does not tell of it"


def main():
    program, root = (pathlib.Path(argument).resolve() for argument in sys.argv[1:])
    program = str(program)
    found = [*outputs(program, root, SAMPLE), *terminals(program, root)]
    with tempfile.TemporaryDirectory() as name:
        found += named(program, root, pathlib.Path(name))
    for fault in found:
        print(f"FAIL {fault}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
