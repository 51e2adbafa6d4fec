#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs commands the way users do, and wrongly. Usage: check_commands.py PROGRAM SOURCE_DIR"""

import pathlib
import subprocess
import sys

S1 = "samples/s1-webrtc-431.pcap"
S2 = "samples/s2-webrtc-431-401.pcap"
S4 = "samples/s4-sfb-presentation.pcap"
UNKNOWN = "samples/attributes.pcap"
MISSING = "samples/there-is-no-such-file.pcap"

# arguments | exit status | parts of standard output | parts of standard error
CASES = [
    ("--help", 0, ["turnpcap report", "turnpcap list", "turnpcap show", "turnpcap explain"], []),
    ("list --help", 0, ["--format", "--together"], []),
    ("show --help", 0, ["--session"], []),
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


def main():
    program, root = (pathlib.Path(argument).resolve() for argument in sys.argv[1:])
    failed = False
    for case in CASES:
        for fault in faults(str(program), root, case):
            failed = True
            print(f"FAIL {case[0]}: {fault}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
