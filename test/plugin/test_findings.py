#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Holds that Wireshark and turnpcap come to the same findings.

The report of "-z mstun,report" is turnpcap's text report but for what it says about files, and the frames of evidence
carry mstun.cause with the finding's identifier, and no others do. The same passwords lead to the same findings; those of
SDP in a capture, which the plugin knows by itself, are told turnpcap.
"""

import collections
import difflib
import pathlib
import subprocess
import sys
import tempfile
import typing

import cases

sys.path.insert(0, str(cases.ROOT / "test"))
import reporting  # noqa: E402

sys.path.insert(0, str(cases.SAMPLES))
import scenario_s1 as s1  # noqa: E402
import scenario_s4 as s4  # noqa: E402

# Passwords of ICE agents that SDP in a sample gives away.
_IN_SDP = {"ms-turn-udp": ("mC1t", "msClientIcePasswordEEEEE", "mP2r", "msPeerIcePasswordFFFFFFF")}


class Given(typing.NamedTuple):
    """Long-term credentials that both programs are given for a sample."""

    sample: str
    users: tuple


_GIVEN = (
    *(Given(path.stem, ()) for path in cases.samples()),
    Given("s1-webrtc-431", ((s1.USER, "", s1.CLIENT_PASSWORD),)),
    Given("s1-webrtc-431", ((s1.USER, s1.REALM, s1.SERVER_PASSWORD),)),
    Given("s1-webrtc-431", ((s1.USER, "", s1.SERVER_PASSWORD), (s1.USER, "", s1.CLIENT_PASSWORD))),
    Given("s1-webrtc-431", ((s1.USER, "elsewhere", s1.CLIENT_PASSWORD),)),
    Given("s1-webrtc-431", (("somebody", "", s1.CLIENT_PASSWORD),)),
    Given("s4-sfb-presentation", ((s4.USER, s4.REALM, s4.PASSWORD),)),
)


def credentials_of(given):
    """Return the text of a credentials file of turnpcap."""
    ice = iter(_IN_SDP.get(given.sample, ()))
    lines = [f"[a]\nice-ufrag = {name}\nice-pwd = {password}\n" for name, password in zip(ice, ice)]
    lines += [f"[u]\nuser = {u}\nrealm = {r}\npassword = {p}\n" for u, r, p in given.users]
    return "".join(lines)


def preferences_of(given):
    """Return the options that put the users into the plugin's table."""
    rows = [",".join(f'"{column}"' for column in user) for user in given.users]
    return [part for row in rows for part in ("-o", f"uat:mstun_credentials:{row}")]


def text_of_turnpcap(program, capture, options):
    """Return the text report without its last section, which is about files."""
    done = subprocess.run(
        [program, "report", *options, capture],
        env={"PATH": "/usr/bin:/bin", "TZ": "UTC", "LC_ALL": "C"},
        capture_output=True,
        timeout=60,
        check=False,
    )
    text, separator, _ = done.stdout.decode().partition("\nCapture\n")
    assert separator, f"{capture}: no section Capture: {done.stderr.decode()}"
    return text


def compare_texts(program, preferences, turnpcap, options, capture):
    ours = text_of_turnpcap(turnpcap, capture, options)
    theirs = program.read(capture, [*preferences, "-q", "-z", "mstun,report"]).stdout.decode()
    if ours.rstrip() != theirs.rstrip():
        lines = (text.rstrip().splitlines(keepends=True) for text in (ours, theirs))
        difference = "".join(difflib.unified_diff(*lines, "turnpcap", "tshark"))
        yield f"{capture.name} {preferences}: the reports differ:\n{difference}"


def evidence(turnpcap, capture, options):
    """Return the causes of which each frame is evidence."""
    frames = collections.defaultdict(set)
    for finding in reporting.json_report(turnpcap, [capture], options)["findings"]:
        for place in finding["evidence"]:
            frames[place["frame"]].add(finding["cause"])
    return frames


def compare_causes(program, preferences, turnpcap, options, capture):
    wanted = evidence(turnpcap, capture, options)
    found = program.fields(capture, ["mstun.cause"], ["-2", *preferences])
    for number, values in enumerate(found, start=1):
        causes = set(values.get("mstun.cause", []))
        if causes != wanted[number]:
            yield (
                f"{capture.name} frame {number} {preferences}: mstun.cause is {sorted(causes)}, "
                f"turnpcap says {sorted(wanted[number])}"
            )


def find_faults(program, arguments):
    for given in _GIVEN:
        capture = cases.SAMPLES / f"{given.sample}.pcap"
        with tempfile.TemporaryDirectory() as folder:
            credentials = pathlib.Path(folder) / "credentials"
            credentials.write_text(credentials_of(given))
            options = ["--credentials", str(credentials)] if credentials_of(given) else []
            both = (program, preferences_of(given), str(arguments.turnpcap), options, capture)
            yield from compare_texts(*both)
            yield from compare_causes(*both)
    for capture in cases.causes():
        yield from compare_texts(program, [], str(arguments.turnpcap), [], capture)


if __name__ == "__main__":
    cases.main(__doc__, find_faults)
