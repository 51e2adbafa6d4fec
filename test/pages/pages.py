# SPDX-License-Identifier: GPL-2.0-or-later
"""The pages that are tested: reports over every sample, and over those that belong together."""

import pathlib
import subprocess
import sys
import typing

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "test"))

# pylint: disable=wrong-import-position
from reporting import SKIPPED, STATUS  # noqa: E402,F401


class PageFailed(Exception):
    """The program did not write a page."""


class Case(typing.NamedTuple):
    """What a page is made from."""

    name: str
    arguments: list


def cases():
    """Return a case for each sample, and one for each pair of captures from two places."""
    samples = sorted([*ROOT.glob("samples/*.pcap"), *ROOT.glob("samples/causes/*.pcap")])
    names = [str(path.relative_to(ROOT)) for path in samples]
    found = [Case(name.removesuffix(".pcap").replace("/", "-"), [name]) for name in names]
    for client in names:
        server = client.removesuffix("-client.pcap") + "-server.pcap"
        if server in names:
            stem = client.removesuffix("-client.pcap").replace("/", "-")
            found.append(Case(f"{stem}-pair", ["--at", f"client={client}", "--at", f"server={server}"]))
    return found


def write(program, form, arguments, folder=ROOT):
    """Return the bytes of a report."""
    done = subprocess.run(
        [program, "report", "--format", form, *arguments],
        cwd=folder,
        capture_output=True,
        timeout=120,
        check=False,
    )
    if done.returncode not in STATUS.values() or done.stderr:
        raise PageFailed(f"{arguments}: exit status {done.returncode}: {done.stderr.decode()}")
    return done.stdout


def write_all(program, folder):
    """Write the page of each case into FOLDER and return their paths by name."""
    paths = {}
    for case in cases():
        paths[case.name] = folder / f"{case.name}.html"
        paths[case.name].write_bytes(write(program, "html", case.arguments))
    return paths
