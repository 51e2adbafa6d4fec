#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Compares reports byte for byte with the expected ones, or rewrites those.

Each report is made twice, in surroundings that differ in all that must not matter to it.
"""

import argparse
import difflib
import os
import pathlib
import subprocess
import sys
import typing

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
EXPECTED = HERE / "expected"

PLAIN = {"TZ": "UTC0", "LC_ALL": "C", "LANG": "C", "TERM": "dumb", "COLUMNS": "80"}
# A zone as far from UTC as there is, written out so that no zone table is needed; a locale with
# another decimal point; a wide terminal that would like colours.
ODD = {
    "TZ": "NZST-12NZDT,M9.5.0,M4.1.0/3",
    "LC_ALL": "de_DE.UTF-8",
    "LANG": "de_DE.UTF-8",
    "LANGUAGE": "de",
    "TERM": "xterm-256color",
    "COLUMNS": "200",
    "CLICOLOR_FORCE": "1",
}


class Case(typing.NamedTuple):
    name: str
    options: list
    capture: str
    status: int


class Output(typing.NamedTuple):
    status: int
    text: bytes
    errors: bytes


def read_cases():
    """Return the cases of cases.txt by name."""
    cases = {}
    for line in (HERE / "cases.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            name, options, capture, status = (field.strip() for field in line.split("|"))
            cases[name] = Case(name, options.split(), capture, int(status))
    return cases


def run(program, case, surroundings):
    # From the root, since a report repeats the file names of the command line.
    done = subprocess.run(
        # Where --at names the captures, there is no other.
        [program, "report", *case.options, *([case.capture] if case.capture else [])],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "HOME": "/nonexistent", **surroundings},
        capture_output=True,
        timeout=60,
        check=False,
    )
    return Output(done.returncode, done.stdout, done.stderr)


def unified_diff(before, after, names):
    lines = (text.decode(errors="backslashreplace").splitlines(True) for text in (before, after))
    return "".join(difflib.unified_diff(*lines, *names))


def faults(case, plain, odd):
    """Yield what is wrong with a case, apart from its text."""
    if plain.status != case.status:
        yield f"exit status {plain.status}, expected {case.status}"
    if plain.errors:
        yield f"standard error: {plain.errors.decode(errors='replace')}"
    if b"\x1b" in plain.text or b"\x1b" in odd.text:
        yield "an escape sequence in an output that is no terminal"
    if odd != plain:
        difference = unified_diff(plain.text, odd.text, ("plain", "odd"))
        yield f"depends on time zone, locale or terminal (or on chance):\n{difference}"


def check(program, case):
    """Return what is wrong with a case."""
    plain = run(program, case, PLAIN)
    found = list(faults(case, plain, run(program, case, ODD)))
    path = EXPECTED / case.name
    if not path.exists():
        found.append(f"expected/{case.name} is missing; write it with: ./dev golden {case.name}")
    elif path.read_bytes() != plain.text:
        difference = unified_diff(path.read_bytes(), plain.text, (f"expected/{case.name}", "now"))
        found.append(f"{difference}If this is meant: ./dev golden {case.name}")
    return found


def update(program, case):
    """Write the expected output of a case, unless something but its text is wrong."""
    plain = run(program, case, PLAIN)
    found = list(faults(case, plain, run(program, case, ODD)))
    if not found:
        EXPECTED.mkdir(exist_ok=True)
        (EXPECTED / case.name).write_bytes(plain.text)
    return found


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--update", action="store_true", help="rewrite instead of comparing")
    parser.add_argument("--all", action="store_true", help="all cases")
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("names", nargs="*", metavar="name", help="cases of cases.txt")
    return parser.parse_args()


def main():
    given = arguments()
    cases = read_cases()
    names = list(cases) if given.all else given.names
    unknown = [name for name in names if name not in cases]
    if unknown or not names:
        print(f"no such case: {' '.join(unknown) or '(none given)'}; there are:", *cases)
        return 2
    work = update if given.update else check
    failed = 0
    for name in names:
        found = work(str(given.program.resolve()), cases[name])
        failed += bool(found)
        print("\n".join([f"{'FAIL' if found else 'ok'} {name}", *found]))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
