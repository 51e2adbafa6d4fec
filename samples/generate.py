#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Write the sample captures, byte for byte the same on each run."""

import argparse
import pathlib
import sys

import cause_auth
import cause_connection
import cause_password
import cause_peers
import cause_places
import cause_reach
import cause_unknown
import scenario_attributes
import scenario_bound_connection
import scenario_hostile_text
import scenario_ms_turn_tcp
import scenario_ms_turn_udp
import scenario_s1
import scenario_s2
import scenario_s3
import scenario_s4
import scenario_s4_cut
import scenario_udp_channeldata
from cast import CAPTURES

SAMPLES = {
    "s1-webrtc-431": scenario_s1.capture,
    "s2-webrtc-431-401": scenario_s2.capture,
    "s3-client": scenario_s3.client_capture,
    "s3-server": scenario_s3.server_capture,
    "s4-sfb-presentation": scenario_s4.capture,
    "s4-sfb-presentation-cut": scenario_s4_cut.capture,
    "udp-channeldata": scenario_udp_channeldata.capture,
    "ms-turn-udp": scenario_ms_turn_udp.capture,
    "ms-turn-tcp-443": scenario_ms_turn_tcp.capture,
    "bound-connection": scenario_bound_connection.capture,
    "attributes": scenario_attributes.capture,
    "hostile-text": scenario_hostile_text.capture,
}


# Where the captures of causes lie, and the modules that tell them, in the order of the table of causes.
CAUSES = pathlib.Path("causes")
FAMILIES = (
    cause_reach,
    cause_auth,
    cause_connection,
    cause_peers,
    cause_unknown,
    cause_places,
    cause_password,
)

_LIST_HEAD = """# Captures of causes

One capture for each cause that a report may conclude, and one near miss of it: `CAUSE-near` differs from `CAUSE` in
what decides. `../generate.py` writes them and this page; `../cause_*.py` tell them, frame by frame. Addresses, times,
names and passwords are chosen. What a report must find in each stands in `../../test/golden/causes.txt`.
"""


def _list_of_causes():
    """Return the page that lists all captures of causes."""
    parts = [_LIST_HEAD]
    for family in FAMILIES:
        title = family.__doc__.strip().splitlines()[0].rstrip(".")
        parts.append(f"\n## {title}\n\n| capture | what happens |\n| --- | --- |\n")
        for name, teller in CAPTURES.items():
            if teller.__module__ == family.__name__:
                parts.append(f"| `{name}` | {teller.__doc__.strip()} |\n")
    return "".join(parts)


def _files_of_cause(name):
    """Return the contents of the capture files that tell of NAME: one, or one for each capture point."""
    told = CAPTURES[name]()
    if isinstance(told, dict):
        return {f"{name}-{point}.pcap": capture for point, capture in told.items()}
    return {f"{name}.pcap": told}


def _write_causes(folder, names):
    folder.mkdir(exist_ok=True)
    for name in names:
        for file, capture in _files_of_cause(name).items():
            (folder / file).write_bytes(capture.to_bytes())
    (folder / "README.md").write_text(_list_of_causes())
    (folder / "password.txt").write_text(cause_password.PASSWORD + "\n")


def _arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--output",
        metavar="DIR",
        type=pathlib.Path,
        default=pathlib.Path(__file__).resolve().parent,
        help="where to write (default: beside this program)",
    )
    parser.add_argument(
        "names",
        metavar="NAME",
        nargs="*",
        help="which samples (default: all): " + ", ".join(SAMPLES) + ", or what causes/README.md lists",
    )
    arguments = parser.parse_args()
    unknown = [name for name in arguments.names if name not in SAMPLES and name not in CAPTURES]
    if unknown:
        parser.error("no such sample: " + ", ".join(unknown))
    return arguments


def main():
    arguments = _arguments()
    names = arguments.names or [*SAMPLES, *CAPTURES]
    for name in filter(SAMPLES.get, names):
        path = arguments.output / f"{name}.pcap"
        path.write_bytes(SAMPLES[name]().to_bytes())
    _write_causes(arguments.output / CAUSES, filter(CAPTURES.get, names))
    return 0


if __name__ == "__main__":
    sys.exit(main())
