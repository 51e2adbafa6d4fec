#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Holds the report over each capture of samples/causes/ against causes.txt, and walks the table of causes.

Every cause that the program knows must have a capture CAUSE.pcap in which it is found, and one CAUSE-near.pcap in which
it is not.
Usage: run_causes.py PROGRAM SOURCE_DIR
"""

import itertools
import pathlib
import re
import subprocess
import sys
import typing

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import reporting  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
NEAR = "-near"
FINDING = re.compile(r"(\w+) +([\w-]+) +session (\d+|-) frames ([\d: ]+|-)")


class Case(typing.NamedTuple):
    name: str
    options: list
    findings: list  # (level, cause, session, frames)


def read_cases(path):
    """Return the cases of a file by name."""
    cases = {}
    for line in path.read_text().splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if not line.startswith(" "):
            name, _, options = line.partition(":")
            assert name not in cases, f"{path.name}: {name} stands there twice"
            case = cases[name] = Case(name, options.split(), [])
        elif line.strip() != "healthy":
            match = FINDING.fullmatch(line.strip())
            assert match, f"{path.name}: what is {line.strip()!r}?"
            case.findings.append(match.groups())
    return cases


def known_causes(program):
    """Return the identifiers of the program's table of causes, in its order."""
    text = subprocess.run([program, "explain"], capture_output=True, check=True).stdout.decode()
    return re.findall(r"^([a-z][a-z-]+) +(?:failed|degraded|inconclusive)\b", text, re.MULTILINE)


def frame_text(place):
    return f"{place['capture']}:{place['frame']}" if place["capture"] else str(place["frame"])


def described(finding):
    """Return a finding of a report in the form of causes.txt."""
    session = "-" if finding["session"] is None else str(finding["session"])
    frames = " ".join(map(frame_text, finding["evidence"])) or "-"
    return finding["level"], finding["cause"], session, frames


def captures_of(case, folder):
    """Return the captures that a case is about, options with their place filled in, and files."""
    options = [option.replace("@", f"{folder}/") for option in case.options]
    inside = any(option.endswith(".pcap") for option in options)
    return options, [] if inside else [folder / f"{case.name}.pcap"]


def wrong_findings(case, found):
    """Yield the difference, a line each."""
    for want, have in itertools.zip_longest(case.findings, found):
        if want != have:
            yield f"a finding is {have and ' '.join(have)}, not {want and ' '.join(want)}"


def wrong_verdict(wanted, verdict):
    level, cause = wanted[0][:2] if wanted else ("healthy", None)
    if verdict["level"] != level or verdict["cause"] != cause:
        yield f"the verdict is {verdict['level']} {verdict['cause']}, not {level} {cause}"


def problems(program, folder, case):
    """Return all that the report over a case gets wrong."""
    options, files = captures_of(case, folder)
    try:
        report = reporting.json_report(program, files, options)
    except reporting.ReportFailed as error:
        return [str(error)]
    wanted = case.findings
    found = [described(finding) for finding in report["findings"]]
    return [*wrong_verdict(wanted, report["verdict"]), *wrong_findings(case, found)]


def row_problems(cause, cases):
    """Return what a row of the table of causes lacks."""
    hit, near = cases.get(cause), cases.get(cause + NEAR)
    lacks = []
    if not hit or cause not in {finding[1] for finding in hit.findings}:
        lacks.append(f"no capture {cause} in which it is found")
    if not near or cause in {finding[1] for finding in near.findings}:
        lacks.append(f"no capture {cause}{NEAR} in which it is not found")
    return lacks


def strays(folder, cases):
    """Return the captures that no case is about."""
    told = set()
    for case in cases.values():
        options, files = captures_of(case, folder)
        told |= {pathlib.Path(option.split("=")[-1]).name for option in options}
        told |= {path.name for path in files}
    return [path.name for path in sorted(folder.glob("*.pcap")) if path.name not in told]


def main():
    program, folder = sys.argv[1], pathlib.Path(sys.argv[2]) / "samples" / "causes"
    causes = known_causes(program)
    cases = read_cases(HERE / "causes.txt")
    failed = 0
    results = [(name, problems(program, folder, case)) for name, case in cases.items()]
    results += [(f"row {cause}", row_problems(cause, cases)) for cause in causes]
    results.append(("strays", strays(folder, cases)))
    for name, found in results:
        failed += bool(found)
        print("\n    ".join([f"{'FAIL' if found else 'ok'} {name}", *found]))
    print(f"{len(results) - failed} passed, {failed} failed")
    return 1 if failed or not causes else 0


if __name__ == "__main__":
    sys.exit(main())
