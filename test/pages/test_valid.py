#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Lets the Nu Html Checker look at the page of every sample. Usage: test_valid.py PROGRAM CHECKER

CHECKER is vnu.jar; without it, or without Java, the test is skipped.
"""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import pages


# Text of a capture is shown as it came; in one sample it is decomposed.
AS_CAPTURED = re.compile(r"samples-hostile-text\.html.* info warning: Text run is not in Unicode Normalization")


def check(checker, paths):
    """Return the checker's messages: errors, warnings and all else."""
    done = subprocess.run(
        ["java", "-jar", str(checker), "--stdout", "--also-check-css", "--exit-zero-always", *map(str, paths)],
        capture_output=True,
        timeout=300,
        check=False,
    )
    output = (done.stdout + done.stderr).decode(errors="replace").splitlines()
    if done.returncode != 0:
        return [f"the checker failed with status {done.returncode}", *output]
    return output


def sees_faults(checker, folder):
    """Return whether the checker says anything about a page that is wrong."""
    path = folder / "wrong.html"
    path.write_text("<!DOCTYPE html><html><title>x</title><body><p id=a><p id=a></div>")
    return bool(check(checker, [path]))


def main():
    program, checker = (pathlib.Path(argument).resolve() for argument in sys.argv[1:])
    if not shutil.which("java") or not checker.is_file():
        print(f"Skipped: no Java, or no checker at {checker}. ./dev pages installs them.")
        return pages.SKIPPED
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        if not sees_faults(checker, folder):
            print("FAIL the checker finds nothing wrong with a page that is wrong")
            return 1
        paths = pages.write_all(str(program), folder)
        found = [line for line in check(checker, paths.values()) if not AS_CAPTURED.search(line)]
    print(*found, f"{len(paths)} pages, {len(found)} messages", sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
