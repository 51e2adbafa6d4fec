#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs commands the way users do, and wrongly. Usage: check_commands.py PROGRAM SOURCE_DIR"""

import os
import pathlib
import struct
import subprocess
import sys
import tempfile

S1 = "samples/s1-webrtc-431.pcap"
S2 = "samples/s2-webrtc-431-401.pcap"
S4 = "samples/s4-sfb-presentation.pcap"
UNKNOWN = "samples/attributes.pcap"
MISSING = "samples/there-is-no-such-file.pcap"

# arguments | exit status | parts of standard output | parts of standard error
CASES = [
    ("--help", 0, ["turnpcap report", "turnpcap list", "turnpcap show", "turnpcap annotate", "turnpcap extract", "turnpcap explain"], []),
    ("list --help", 0, ["--format", "--together"], []),
    ("show --help", 0, ["--session"], []),
    ("annotate --help", 0, ["--at", "FILE... -o OUT\n"], []),
    ("extract --help", 0, ["--session", "--at", "FILE... -s NUMBER -o OUT\n"], []),
    ("list", 2, [], ["list needs a capture file"]),
    ("show", 2, [], ["show needs a capture file"]),
    (f"list --format xml {S1}", 2, [], ['no format "xml"']),
    (f"list --turn-port 70000 {S1}", 2, [], ["--turn-port"]),
    (f"list {S4}", 0, ["HEALTHY"], []),
    (f"list {UNKNOWN}", 3, ["session-incomplete"], []),
    (f"list {UNKNOWN} {S4}", 3, ["session-incomplete", "HEALTHY"], []),
    (f"list {S4} {S1}", 1, ["HEALTHY", "integrity-check-failed"], []),
    (f"list {S1} {MISSING} {S4}", 2, ["HEALTHY", "integrity-check-failed"], [MISSING]),
    (f"list {MISSING}", 2, [], [MISSING]),
    (f"list --together {S2} {S1}", 1, ["credentials-unauthorized"], []),
    (f"show {S2}", 2, [], ["-s NUMBER: there are 2 (turnpcap list shows them)"]),
    (f"show {S1}", 2, [], ["-s NUMBER: there is 1 (turnpcap list shows it)"]),
    (f"show -s 3 {S2}", 2, [], ["there are 2"]),
    (f"show -s 2 {S2}", 0, ["Session 2:", '"Unauthorized"'], []),
    ("report - -", 2, [], ["- is given twice"]),
    ("report --at client=- --at server=-", 2, [], ["- is given twice"]),
    ("list - -", 2, [], ["- is given twice"]),
    (f"report -o {S1} {S1}", 2, [], ["the output", "is the capture itself"]),
    (f"report -o {S1} --at client={S2} --at server={S1}", 2, [], ["is the capture itself"]),
    (f"list -o {S2} {S1} {S2}", 2, [], ["is the capture itself"]),
    (f"show -s 1 -o {S1} {S1}", 2, [], ["is the capture itself"]),
    (f"report -o samples {S1}", 2, [], ["samples: could not be written"]),
    (f"report --messages {S1}", 2, [], ["--messages is for JSON"]),
    (f"report --messages --format markdown {S1}", 2, [], ["--messages is for JSON"]),
    (f"report --messages --json /dev/null {S1}", 1, ["integrity-check-failed"], []),
    (f"report -o - {S1}", 1, ["integrity-check-failed"], []),
    (f"list -o - {S1}", 1, ["integrity-check-failed"], []),
    (f"show -s 1 -o - {S1}", 0, ["Session 1:"], []),
    (f"report --json - {S1}", 2, [], ["--json -: for standard output use --format json"]),
    (f"annotate -o - {S1}", 2, [], ["not written to standard output: -o OUT.pcapng"]),
    (f"extract -s 1 -o - {S1}", 2, [], ["not written to standard output: -o OUT.pcapng"]),
    (f"report --output= {S1}", 2, [], ["an output has no name"]),
    (f"report --html= {S1}", 2, [], ["an output has no name"]),
    (f"report --redact --redact-table= {S1}", 2, [], ["an output has no name"]),
    (f"list --output= {S1}", 2, [], ["an output has no name"]),
    (f"annotate --output= {S1}", 2, [], ["an output has no name"]),
    (f"extract -s 1 --output= {S1}", 2, [], ["an output has no name"]),
    (f"report --at client={MISSING} --at server={S1} -f json", 2, ['"point" : "server"'], [MISSING]),
    (f"report --redact --redact-table - {S1}", 2, [], ["--redact-table -: the table is for you alone: give it a file"]),
    (f"annotate -o OUT --redact --redact-table - {S1}", 2, [], ["--redact-table -"]),
    (f"show -s x {S1}", 2, [], ["--session needs a number\n"]),
    (f"show --session= {S1}", 2, [], ["--session needs a number\n"]),
    (f"show -s 99999999999999999999 {S1}", 2, [], ["--session needs a number\n"]),
    (f"show -s -1 {S1}", 2, [], ["there is 1"]),
    (f"extract -o OUT -s 1x {S1}", 2, [], ["--session needs a number\n"]),
    (f"list --turn-port x {S1}", 2, [], ["--turn-port needs a number from 1 to 65535\n"]),
    (f"report --turn-port 0 {S1}", 2, [], ["--turn-port needs a number from 1 to 65535\n"]),
    (f"report --html h1 --html h2 {S1}", 2, [], ["--html is given twice"]),
    (f"report -o o1 -o o2 {S1}", 2, [], ["--output is given twice"]),
    (f"report -o o1 --output=o1 {S1}", 2, [], ["--output is given twice"]),
    (f"list -f tsv -f json {S1}", 2, [], ["--format is given twice"]),
    (f"show -s 1 -s 2 {S2}", 2, [], ["--session is given twice"]),
    (f"annotate -o o1 -o o2 {S1}", 2, [], ["--output is given twice"]),
    (f"report --turn-port 3500 --turn-port 3501 {S1}", 1, ["integrity-check-failed"], []),
    (f"list --together --together {S1}", 1, ["integrity-check-failed"], []),
]
# A mistyped option may hold a password: no message repeats it.
SECRET = "correct-horse"
MISTYPED = [
    f"report --pasword={SECRET} {S1}",
    f"report --password={SECRET} {S1}",
    f"list --password={SECRET} {S1}",
    f"show --password {SECRET} {S1}",
    f"--password={SECRET} report {S1}",
]


def faults(program, root, case):
    """Yield what is wrong with a case."""
    arguments, status, outputs, errors = case
    done = subprocess.run(
        [program, *arguments.split()], cwd=root, capture_output=True, timeout=60, check=False, text=True
    )
    if done.returncode != status:
        yield f"exit status {done.returncode}, expected {status}"
    for part in outputs:
        if part not in done.stdout:
            yield f'"{part}" is not in the output'
    for part in errors:
        if part not in done.stderr:
            yield f'"{part}" is not in the errors'
    if bool(errors) != bool(done.stderr):
        yield f"standard error: {done.stderr}"
    if not outputs and done.stdout:
        yield f"standard output: {done.stdout}"


def repeated_secrets(program, root, arguments):
    """Yield a fault when a message has the password of a mistyped option."""
    done = subprocess.run(
        [program, *arguments.split()], cwd=root, capture_output=True, timeout=60, check=False, text=True
    )
    if done.returncode != 2:
        yield f"exit status {done.returncode}, expected 2"
    if SECRET in done.stdout + done.stderr or not done.stderr:
        yield f"standard error: {done.stderr}"


def kept_files(program, root):
    """Yield a fault when --output replaces what is no regular file."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "target").write_text("before")
        (folder / "link").symlink_to("target")
        os.mkfifo(folder / "pipe")
        reader = os.open(folder / "pipe", os.O_RDONLY | os.O_NONBLOCK)
        for output in ("link", "pipe"):
            subprocess.run([program, "list", "-o", folder / output, S1], cwd=root, timeout=60, check=False)
        if not (folder / "link").is_symlink() or "integrity" not in (folder / "target").read_text():
            yield "--output replaces a link"
        if not (folder / "pipe").is_fifo() or b"integrity" not in os.read(reader, 65536):
            yield "--output replaces a pipe"
        os.close(reader)


# What is read beside captures: the options that name it, what it holds, and what a message calls it.
READ = [
    ("--redact --redact-key {file}", "a key of redaction that is long enough", "the key of the stand-ins"),
    ("--user turnuser --password-file {file}", "secret", "the password file"),
    ("--credentials {file}", "[turn]\nuser = turnuser\npassword = secret\n", "the file of credentials"),
    ("--sdp {file}", "v=0\r\na=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\n", "the session description"),
]
WRITTEN = [
    "report --json {file}",
    "report -o {file}",
    "report --redact --redact-table {file}",
    "annotate -o {file}",
    "annotate -o OUT --redact --redact-table {file}",
    "extract -s 1 -o {file}",
    "extract -s 1 -o {link}",
]


def overwritten_inputs(program, root):
    """Yield a fault when an output overwrites what is read, by its name or another."""
    for options, content, what in READ:
        for command in WRITTEN:
            with tempfile.TemporaryDirectory() as name:
                names = {"file": pathlib.Path(name) / "read", "link": pathlib.Path(name) / "link"}
                names["file"].write_bytes(content.encode())
                names["link"].symlink_to("read")
                words = f"{command} {options} {S1}".format(**names).replace("OUT", f"{name}/out").split()
                done = subprocess.run(
                    [program, *words], cwd=root, capture_output=True, timeout=60, check=False, text=True
                )
                if done.returncode != 2 or f"is {what}: choose another name" not in done.stderr or done.stdout:
                    yield f"{words}: exit status {done.returncode}, {done.stderr}"
                if names["file"].read_bytes() != content.encode() or (pathlib.Path(name) / "out").exists():
                    yield f"{words}: something was written"


REPLACING = ["report -f text -o", "report --html", "list -o", "show -s 1 -o", "annotate -o", "extract -s 1 -o"]


def kept_modes(program, root):
    """Yield a fault when a file that is replaced can be read by others than before, or by fewer."""
    for command in REPLACING:
        for mode in (0o600, 0o640, 0o666):
            with tempfile.TemporaryDirectory() as name:
                output = pathlib.Path(name) / "before"
                output.write_text("before")
                output.chmod(mode)
                subprocess.run(
                    [program, *command.split(), output, S1], cwd=root, capture_output=True, timeout=60, check=False
                )
                now = output.stat().st_mode & 0o7777
                if now != mode or output.read_bytes() == b"before" or len(os.listdir(name)) != 1:
                    yield f"{command}: mode {mode:o} is {now:o}"


SAYING = ["--help", "--version", "explain", "explain 431", "explain --help", "report --help", f"report {S1}"]
SAYING += [f"list {S1}", f"show -s 1 {S1}"]


def full_output(program, root):
    """Yield a fault unless a command that cannot say all it has to says that, once."""
    for command in SAYING:
        with tempfile.TemporaryDirectory() as folder, open("/dev/full", "w", encoding="ascii") as full:
            words = command.replace("OUT", f"{folder}/out").split()
            done = subprocess.run(
                [program, *words], cwd=root, stdout=full, stderr=subprocess.PIPE, timeout=60, check=False, text=True
            )
        said = "turnpcap: standard output: could not be written: No space left on device\n"
        if done.returncode != 2 or done.stderr != said:
            yield f"{command}: exit status {done.returncode}, {done.stderr}"


def wide_help(program, root):
    """Yield a fault when a line of --help does not fit a terminal."""
    for command in ("", "report", "list", "show", "annotate", "extract", "explain"):
        done = subprocess.run(
            [program, *command.split(), "--help"], cwd=root, capture_output=True, timeout=60, check=False, text=True
        )
        for line in done.stdout.splitlines():
            if len(line) > 80:
                yield f"{command} --help: {line}"


def block(kind, body):
    """Return a block of pcapng."""
    body += b"\0" * (-len(body) % 4)
    length = struct.pack("<I", 12 + len(body))
    return struct.pack("<I", kind) + length + body + length


def pcapng_of(path, between):
    """Return a pcap file as pcapng, with BETWEEN in front of its packets."""
    old = path.read_bytes()
    made = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)) + block(1, struct.pack("<HHI", 1, 0, 0)) + between
    at = 24
    while at < len(old):
        seconds, rest, captured, reported = struct.unpack("<IIII", old[at : at + 16])
        time = seconds * 1000000 + rest
        at += 16
        head = struct.pack("<IIIII", 0, time >> 32, time & 0xFFFFFFFF, captured, reported)
        made += block(6, head + old[at : at + captured])
        at += captured
    return made


def frame_numbers(program, root):
    """Yield a fault unless frames are counted as Wireshark does: with custom and journal blocks."""
    journal = block(9, b"__REALTIME_TIMESTAMP=1495309968000000\nMESSAGE=hello\n")
    custom = block(0xBAD, struct.pack("<I", 42) + b"anything")
    for between, first in ((b"", 1), (journal, 2), (custom + journal, 3), (block(0x80000123, b"none"), 1)):
        whole = pcapng_of(pathlib.Path(root) / S1, between)
        frames = f"{{{first},{first + 1}}}"
        for options in ("", "--redact"):
            with tempfile.TemporaryDirectory() as folder:
                path = pathlib.Path(folder) / "capture.pcapng"
                path.write_bytes(whole)
                done = subprocess.run(
                    [program, "report", *options.split(), path], capture_output=True, timeout=60, check=False, text=True
                )
            if f"frame.number in {frames}" not in done.stdout:
                yield f"{options} {between}: not {frames}: {done.stderr}"


def main():
    program, root = (pathlib.Path(argument).resolve() for argument in sys.argv[1:])
    found = [(case[0], fault) for case in CASES for fault in faults(str(program), root, case)]
    for arguments in MISTYPED:
        found += [(arguments, fault) for fault in repeated_secrets(str(program), root, arguments)]
    for check in (kept_files, overwritten_inputs, kept_modes, full_output, wide_help, frame_numbers):
        found += [("outputs", fault) for fault in check(str(program), root)]
    for name, fault in found:
        print(f"FAIL {name}: {fault}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
