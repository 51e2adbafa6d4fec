# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs turnpcap, and Wireshark's programs as a user without rights: as root they warn of themselves."""

import os
import shutil
import subprocess
import sys

# The exit status that ctest takes for "skipped".
SKIPPED = 77
NOBODY = 65534
SEPARATOR = "\x1f"


class Failed(Exception):
    """A program did not do what it was told."""


def is_installed(name):
    """Say whether there is a program NAME."""
    return shutil.which(name) is not None


def skip_without_wireshark():
    """End the program, as skipped, where Wireshark's programs are not installed."""
    for name in ("tshark", "capinfos", "editcap", "mergecap"):
        if not is_installed(name):
            print(f"Skipped: {name} is not installed (Debian packages tshark and wireshark-common).")
            sys.exit(SKIPPED)


def run(command, status=0):
    """Return what COMMAND did; it must end with STATUS."""
    done = subprocess.run([str(part) for part in command], capture_output=True, timeout=120, check=False)
    if done.returncode != status:
        errors = done.stderr.decode(errors="replace")
        raise Failed(f"{command[0]} {command[1]}: exit status {done.returncode}, not {status}: {errors}")
    return done


def wireshark(command, home):
    """Return the standard output of a program of Wireshark, which must have nothing to complain about."""
    variables = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": str(home), "TZ": "UTC", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        [str(part) for part in command],
        capture_output=True,
        timeout=120,
        check=False,
        env=variables,
        **({"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}),
    )
    if done.returncode != 0 or done.stderr:
        raise Failed(f"{command}: exit status {done.returncode}: {done.stderr.decode(errors='replace')}")
    return done.stdout.decode()


def fields(path, names, home, options=()):
    """Return the values of fields for each packet, each as a list."""
    command = ["tshark", "-n", "-r", path, "-T", "fields", "-E", f"separator={SEPARATOR}", "-E", "aggregator=\x1e"]
    for name in names:
        command += ["-e", name]
    lines = wireshark([*command, *options], home).split("\n")[:-1]
    return [[value.split("\x1e") if value else [] for value in line.split(SEPARATOR)] for line in lines]
