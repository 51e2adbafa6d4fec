# SPDX-License-Identifier: GPL-2.0-or-later
"""What the tests of whole reports share: running the program, and where the captures lie."""

import json
import os
import pathlib
import subprocess

# The exit status that ctest takes for "skipped".
SKIPPED = 77

# Exit status of "report" by level of the verdict.
STATUS = {"healthy": 0, "failed": 1, "degraded": 1, "inconclusive": 3}


class ReportFailed(Exception):
    """The program did not write a report, or ended with a status that contradicts it."""


def json_report(program, files, options=()):
    """Return the parsed JSON report over FILES."""
    command = [program, "report", "--format", "json", *options, *map(str, files)]
    done = subprocess.run(command, capture_output=True, timeout=120, check=False)
    errors = done.stderr.decode(errors="replace").strip()
    if done.returncode not in STATUS.values():
        raise ReportFailed(f"exit status {done.returncode}: {errors}")
    report = json.loads(done.stdout.decode())
    wanted = STATUS[report["verdict"]["level"]]
    if done.returncode != wanted:
        level = report["verdict"]["level"]
        raise ReportFailed(f"exit status {done.returncode}, but {wanted} is that of {level}")
    return report


def captures_folder(default):
    """Return the folder of real captures, or None when there is none."""
    folder = pathlib.Path(os.environ.get("TURNPCAP_CAPTURES") or default)
    return folder if folder.is_dir() else None


def capture_files(folder):
    """Return all captures below FOLDER, in a fixed order."""
    endings = (".pcap", ".pcapng", ".pcap.gz", ".pcapng.gz")
    return sorted(path for path in folder.rglob("*") if path.name.endswith(endings))


def skip_without(default):
    """Say why real captures are not tested. Returns ctest's status for that."""
    print(f"Skipped: no folder of captures at {os.environ.get('TURNPCAP_CAPTURES') or default}.")
    print("Name one with the environment variable or the CMake variable TURNPCAP_CAPTURES.")
    return SKIPPED
