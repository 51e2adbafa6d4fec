#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Measures what the plugin costs where there is no STUN: processor time of tshark with it and without it, over a
capture of other traffic. The ratio is to be at most 1.05.

The runs alternate, so that whatever else the machine does slows both down alike, and the median of the ratios counts.
Instructions are counted where perf can do so, since they depend on nothing else.
"""

import os
import pathlib
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile

import cases
import other_traffic
import wireshark

_LIMIT = 1.05
_ARGUMENTS = ([], ["-2"])
_INSTRUCTIONS = re.compile(r"^(\d+)[^,]*,[^,]*,instructions", re.MULTILINE)


def _processor_time(program, capture, arguments):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    program.read(capture, arguments, timeout=600)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _instructions(program, capture, arguments):
    command = program.command("tshark", ["-n", "-r", program.show(capture), *arguments])
    with tempfile.NamedTemporaryFile("r") as output:
        perf = ["perf", "stat", "-x", ",", "-e", "instructions", "-o", output.name, "--"]
        done = subprocess.run(
            perf + command, env=program.environment, capture_output=True, timeout=600, check=True
        )
        del done
        return int(_INSTRUCTIONS.search(output.read())[1])


def _measure():
    """Return how to measure here, and in what."""
    if shutil.which("perf"):
        probe = subprocess.run(
            ["perf", "stat", "-x", ",", "-e", "instructions", "true"],
            capture_output=True,
            text=True,
            check=False,
        )
        if _INSTRUCTIONS.search(probe.stderr):
            return _instructions, "instructions"
    return _processor_time, "seconds of processor time"


def _ratios(measure, bare, program, capture, arguments, runs):
    for _ in range(runs):
        without = measure(bare, capture, arguments)
        with_plugin = measure(program, capture, arguments)
        yield with_plugin / without, without, with_plugin


def main():
    parser = cases.parser(__doc__)
    parser.add_argument("--packets", type=int, default=300_000)
    parser.add_argument("--runs", type=int, default=7)
    arguments = parser.parse_args()
    wireshark.skip_without_tshark()
    measure, unit = _measure()
    worst = 0
    with tempfile.TemporaryDirectory() as folder:
        capture = pathlib.Path(folder) / "other.pcap"
        count = other_traffic.write(capture, packets=arguments.packets, odd_ports=False)
        size = os.path.getsize(capture) // 1_000_000
        print(f"{count} packets, {size} MB; {arguments.runs} pairs of runs, in {unit}")
        with wireshark.Wireshark(None) as bare, wireshark.Wireshark(arguments.module) as program:
            for options in _ARGUMENTS:
                runs = list(_ratios(measure, bare, program, capture, options, arguments.runs))
                ratio, without, with_plugin = (statistics.median(each) for each in zip(*runs))
                what = " ".join(["tshark", *options])
                print(f"{what}: without {without:.4g}, with {with_plugin:.4g}, ratio {ratio:.3f}")
                worst = max(worst, ratio)
    print(f"{'ok' if worst <= _LIMIT else 'FAIL'}: {worst:.3f}, at most {_LIMIT}")
    return 0 if worst <= _LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
