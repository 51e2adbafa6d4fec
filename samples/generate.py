#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Write the sample captures, byte for byte the same on each run."""

import argparse
import pathlib
import sys

import scenario_attributes
import scenario_bound_connection
import scenario_ms_turn_tcp
import scenario_ms_turn_udp
import scenario_s1
import scenario_s2
import scenario_s3
import scenario_s4
import scenario_s4_cut
import scenario_udp_channeldata

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
}


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
        "names", metavar="NAME", nargs="*", help="which samples (default: all): " + ", ".join(SAMPLES)
    )
    arguments = parser.parse_args()
    unknown = [name for name in arguments.names if name not in SAMPLES]
    if unknown:
        parser.error("no such sample: " + ", ".join(unknown))
    return arguments


def main():
    arguments = _arguments()
    for name in arguments.names or SAMPLES:
        path = arguments.output / f"{name}.pcap"
        path.write_bytes(SAMPLES[name]().to_bytes())
    return 0


if __name__ == "__main__":
    sys.exit(main())
