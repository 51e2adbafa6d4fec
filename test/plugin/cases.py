# SPDX-License-Identifier: GPL-2.0-or-later
"""What the tests of the plugin share: their command line, the samples, and how they say what is wrong."""

import argparse
import pathlib
import sys

import wireshark

ROOT = pathlib.Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "samples"

# Fields that later frames decide: a first pass may lack them.
FUTURE = {
    "mstun.cause",
    "mstun.cause.evidence",
    "mstun.cause.level",
    "mstun.complete_frame",
    "mstun.connection_attempt_frame",
    "mstun.connection_bind_frame",
    "mstun.connection_bound_frame",
    "mstun.connection_data_frame",
    "mstun.relayed",
}
# Frames whose bytes have to wait for bytes before them, which come later or never: what these frames hold is known
# when the first pass is past them.
LATE = {
    "bound-connection": {61},
    "s4-sfb-presentation-cut": {66},
}

# Beyond this many faults of one kind, more of them tell nothing new.
_SHOWN = 40


def samples():
    """Return all samples, in a fixed order."""
    return sorted(SAMPLES.glob("*.pcap"))


def causes():
    """Return the small captures of causes, in a fixed order: many, and each with one thing to find."""
    return sorted((SAMPLES / "causes").glob("*.pcap"))


def parser(description):
    """Return a parser of the arguments that all tests have."""
    result = argparse.ArgumentParser(description=description)
    result.add_argument("--module", type=pathlib.Path, required=True, help="the plugin's file")
    result.add_argument("--turnpcap", type=pathlib.Path, help="the program")
    return result


def report(faults):
    """Print the faults and return the exit status."""
    faults = list(faults)
    for fault in faults[:_SHOWN]:
        print(fault)
    if len(faults) > _SHOWN:
        print(f"... and {len(faults) - _SHOWN} more")
    print(f"{len(faults)} faults" if faults else "ok")
    return 1 if faults else 0


def main(description, find_faults):
    """Run FIND_FAULTS(wireshark, arguments), an iterator of texts, and end the program."""
    arguments = parser(description).parse_args()
    wireshark.skip_without_tshark()
    try:
        with wireshark.Wireshark(arguments.module) as program:
            sys.exit(report(find_faults(program, arguments)))
    except wireshark.Failed as failure:
        print(f"FAIL {failure}")
        sys.exit(1)
