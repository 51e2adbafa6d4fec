#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Holds that the plugin shows Wireshark its entry points and nothing else: other names could clash with another
plugin's."""

import argparse
import subprocess

import cases

ENTRY_POINTS = {
    "plugin_describe",
    "plugin_register",
    "plugin_version",
    "plugin_want_major",
    "plugin_want_minor",
}


def find_faults(module):
    listed = subprocess.run(
        ["nm", "-D", "--defined-only", module], capture_output=True, text=True, check=True
    ).stdout
    shown = {line.split()[-1].split("@")[0] for line in listed.splitlines()}
    for name in sorted(shown - ENTRY_POINTS):
        yield f"FAIL {name} is exported"
    for name in sorted(ENTRY_POINTS - shown):
        yield f"FAIL {name} is not exported"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("module")
    raise SystemExit(cases.report(find_faults(parser.parse_args().module)))
