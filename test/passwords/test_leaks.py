#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Holds that a password that the program is given comes out nowhere: in no report, no error and no file.

Neither as it is nor in the usual disguises, nor its key. Each run must also show that it did read the password, since
a program that reads none leaks none. Usage: test_leaks.py PROGRAM S1_CAPTURE
"""

import base64
import hashlib
import os
import pathlib
import subprocess
import sys
import tempfile
import typing

USER = REALM = "turnuser"
# Not part of any path or text that the program prints by itself.
MARK = "Xq7-marked-Kv9"
CLIENT = "s1-password-of-the-client"


class Run(typing.NamedTuple):
    """A command line, and what shows that it came as far as it should."""

    arguments: list
    status: int
    shows: str
    stream: str = "stdout"


def disguises(password):
    """Return the password as it might come out."""
    raw = password.encode()
    key = f"{USER}:{REALM}:{password}".encode()
    found = {raw, raw[::-1], base64.b64encode(raw).rstrip(b"="), raw.hex().encode()}
    for text in (raw, key):
        for name in ("md5", "sha1", "sha256"):
            found.add(hashlib.new(name, text).digest())
            found.add(hashlib.new(name, text).hexdigest().encode())
    return found


def write(folder, name, text):
    path = folder / name
    path.write_text(text)
    return str(path)


def reports(folder, capture):
    """Yield runs that use the passwords, in every form of report."""
    marked = write(folder, "marked", MARK + "\n")
    client = write(folder, "client", CLIENT + "\n")
    entries = f"[a]\nuser = {USER}\npassword = {MARK}\n[b]\nuser = {USER}\npassword = {CLIENT}\n"
    both = write(folder, "both", entries)
    ice = write(folder, "ice.sdp", f"v=0\na=ice-ufrag:abcd\na=ice-pwd:{MARK}\n")
    user = ["--user", USER]
    differs = "client-password-differs"
    for options in ([], ["--format", "json"], ["--format", "json", "--messages"]):
        yield Run([*options, *user, "--password-file", marked, capture], 1, differs)
        yield Run([*options, *user, "--password-file", client, capture], 1, "server-password-differs")
        yield Run([*options, "--credentials", both, capture], 1, "the second password given")
        yield Run([*options, "--sdp", ice, capture], 1, "integrity-check-failed")
    out = str(folder / "report.txt")
    yield Run(["-o", out, *user, "--password-file", marked, capture], 1, "")


def refusals(folder, capture):
    """Yield runs that are refused, some of them because of the password's own place."""
    marked = write(folder, "marked", MARK + "\n")
    user = ["--user", USER, "--password-file", marked]
    errors = (
        (["--password", MARK, capture], "a password on the command line"),
        ([f"--password={MARK}", capture], "a password on the command line"),
        ([*user, "--format", "pdf", capture], "there is no format"),
        ([*user, str(folder / "none.pcap")], "No such file"),
        ([*user, marked], "marked"),
        ([*user, "--credentials", write(folder, "a", MARK), capture], "line 1: expected"),
        ([*user, "--credentials", write(folder, "b", f"[a]\n{MARK}=1\n"), capture], "line 2: expected"),
        ([*user, "--credentials", write(folder, "c", f"[a]\npassword={MARK}\n"), capture], "line 1: this"),
        ([*user, "--credentials", write(folder, "d", f"password={MARK}\n"), capture], "line 1: an entry"),
        (["--user", USER, "--password-file", write(folder, "e", f"\n{MARK}"), capture], "is empty"),
        (["--sdp", write(folder, "f", f"a=ice-pwd:{MARK}\n"), capture], "no a=ice-ufrag"),
        ([*user, "-o", "/nonexistent/x", capture], "/nonexistent/x"),
    )
    for arguments, shows in errors:
        yield Run(arguments, 2, shows, "stderr")
    yield Run([*user, "--help"], 0, "--password-file")


def start(program, arguments, home):
    # Wherever a program leaves something by custom.
    places = {name: str(home) for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME")}
    return subprocess.run(
        [program, "report", *arguments],
        env={"PATH": os.environ["PATH"], "LC_ALL": "C", "G_MESSAGES_DEBUG": "all", **places},
        cwd=home,
        capture_output=True,
        timeout=60,
        check=False,
    )


def faults(program, run, folder, home):
    before = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    done = start(program, run.arguments, home)
    if done.returncode != run.status:
        yield f"exit status {done.returncode}, expected {run.status}: {done.stderr.decode()}"
    if run.shows not in getattr(done, run.stream).decode():
        yield f"{run.stream} does not show \"{run.shows}\""
    texts = {"stdout": done.stdout, "stderr": done.stderr}
    for path in folder.iterdir():
        if before.get(path) != path.stat().st_mtime_ns:
            texts[path.name] = path.read_bytes()
    if run.arguments[0] == "-o" and not texts.get("report.txt"):
        yield "no report was written"
    if list(home.iterdir()):
        yield f"files were left: {list(home.iterdir())}"
    for name, text in texts.items():
        for secret in disguises(MARK) | disguises(CLIENT):
            if secret in text:
                yield f"{name} holds {secret!r}"


def main():
    program, capture = (str(pathlib.Path(name).resolve()) for name in sys.argv[1:])
    failed = 0
    with tempfile.TemporaryDirectory() as name:
        folder, home = pathlib.Path(name) / "in", pathlib.Path(name) / "home"
        folder.mkdir()
        home.mkdir()
        runs = [*reports(folder, capture), *refusals(folder, capture)]
        for run in runs:
            found = list(faults(program, run, folder, home))
            failed += bool(found)
            print("\n".join([f"{'FAIL' if found else 'ok'} {' '.join(run.arguments)}", *found]))
    print(f"{len(runs) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
