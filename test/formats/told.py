# SPDX-License-Identifier: GPL-2.0-or-later
"""What a report tells, whatever its form: the verdict, findings with their evidence, remedies and unknowns.

Readers of each form (read_*.py) give a Report; blanks are taken out of all text, since forms break lines differently.
"""

import dataclasses
import json
import re
import subprocess
import unicodedata

# Findings of one cause and level that a report to be read shows; the others are counted. A page folds away what is
# much, so that it shows more.
SHOWN = {"text": 8, "markdown": 8, "html": 40}
LEVELS = ("FAILED", "DEGRADED", "INCONCLUSIVE", "HEALTHY")
_ACTIVE = {"Cc", "Cf", "Zl", "Zp", "Zs", "Co", "Cn", "Cs"}
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0"
    "\U00016fe4\U0001d159\U000e0000-\U000e0fff]"
)
_MARKS = {"Mn", "Me"}
# Marks in a row that are shown as they are.
_MARKS_SHOWN = 2

# Headings that stand in every form.
EVIDENCE = "Evidence"
REMEDIES = "What to do"
LOOK = "What to look at next"
NEXT = "What to capture next"
OTHERS = "Also found"
UNKNOWNS = "What this capture cannot tell"
HEADINGS = (
    EVIDENCE,
    REMEDIES,
    LOOK,
    NEXT,
    OTHERS,
    UNKNOWNS,
    "Sessions",
    "Checks outside TURN sessions",
    "Capture",
    "Captures",
    "Between the two captures",
)


class Unreadable(Exception):
    """The report does not have the shape that its form should have."""


def squeeze(text):
    """Return TEXT without blanks."""
    return "".join(text.split())


def active(text):
    """Yield where characters of TEXT are that change what stands around them, or that nobody sees."""
    marks = 0
    for at, each in enumerate(text):
        category = unicodedata.category(each)
        marks = marks + 1 if category in _MARKS else 0
        if each != " " and (category in _ACTIVE or marks > _MARKS_SHOWN or _UNSEEN.match(each)):
            yield at


def printable(text):
    """Return TEXT as a report shows it: what is active is written as a number."""
    numbers = set(active(text))
    return "".join(f"\\u{{{ord(each):x}}}" if at in numbers else each for at, each in enumerate(text))


@dataclasses.dataclass(frozen=True)
class Evidence:
    where: str  # "client", "capture 2"; "" where there is only one
    frame: int
    what: str


@dataclasses.dataclass
class Finding:
    session: int | None = None
    detail: str = ""
    evidence: list = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class Group:
    """Findings of one cause and level."""

    level: str
    cause: str | None
    title: str
    findings: list = dataclasses.field(default_factory=list)
    more: int = 0


@dataclasses.dataclass
class Report:
    """The first group is the verdict's; without a finding it is empty."""

    groups: list = dataclasses.field(default_factory=list)
    remedies: list = dataclasses.field(default_factory=list)
    unknowns: list = dataclasses.field(default_factory=list)


def session_number(line):
    """Return the number when LINE begins as the line of a session does, else None."""
    match = re.match(r"Session (\d+): ", line)
    return int(match[1]) if match else None


def more_number(line):
    """Return how many findings a line says are not shown; 0 when it says no such thing."""
    match = re.match(r"and (\d+) more sessions with the same finding\b", " ".join(line.split()))
    return int(match[1]) if match else 0


def formats(program):
    """Return the forms that the program's help names."""
    text = subprocess.run([program, "report", "--help"], capture_output=True, check=True, text=True).stdout
    line = re.search(r"--format=FORMAT +(.*)", text)[1]
    return re.split(r", | or ", line.replace(" (default)", ""))


def written(program, name, arguments, cwd=None):
    """Return the report in the form called NAME, as it came."""
    command = [program, "report", "--format", name, *arguments]
    done = subprocess.run(command, capture_output=True, timeout=120, check=False, cwd=cwd)
    if done.returncode not in (0, 1, 3) or done.stderr:
        raise Unreadable(f"exit status {done.returncode}: {done.stderr.decode(errors='replace')}")
    return done.stdout.decode()


def _place(report, index):
    """Return what a report to be read calls the capture that evidence lies in."""
    captures = report["captures"]
    point = captures[index]["point"] if report.get("join") is not None else None
    if len(captures) <= 1:
        return ""
    if point is None:
        return f"capture {index + 1}"
    alone = sum(each["point"] == point for each in captures) == 1
    return point if alone else f"{point}, capture {index + 1}"


def _finding_of(report, told):
    evidence = [
        Evidence(_place(report, each["capture"]), each["frame"], squeeze(printable(each["summary"])))
        for each in told["evidence"]
    ]
    return Finding(told["session"], squeeze(printable(told["detail"] or "")), evidence)


def read_json(text, shown):
    """Return what a JSON report tells, with at most SHOWN findings of one cause and level."""
    report = json.loads(text)
    verdict = report["verdict"]
    groups = [Group(verdict["level"].upper(), verdict["cause"], squeeze(printable(verdict["title"])))]
    for number, told in enumerate(report["findings"]):
        key = (told["level"].upper(), told["cause"], squeeze(told["title"]))
        last = groups[-1]
        if number > 0 and key[:2] != (last.level, last.cause):
            groups.append(Group(*key))
        elif number == 0 and key[:2] != (last.level, last.cause):
            raise Unreadable("the verdict is not that of the first finding")
        if len(groups[-1].findings) < shown:
            groups[-1].findings.append(_finding_of(report, told))
        else:
            groups[-1].more += 1
    return Report(
        groups,
        [squeeze(each) for each in verdict["remedies"]],
        [squeeze(printable(each)) for each in verdict["unknowns"]],
    )
