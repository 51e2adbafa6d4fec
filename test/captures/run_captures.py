#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Holds the report over each real capture against what is known to have happened.

A case is a file NAME.expected.json in the folder of captures, with:
  file   one capture, or the rotated ones of one interface
  files  captures by point (client, server)
  args   further options; @/ in them stands for the folder
  level  one of these must be the verdict's level
  cause  one of these must be among the findings, unless "healthy" is allowed and is the verdict
  facts  paths into the report, such as "sessions[0].relay_transport", and the value there
Usage: run_captures.py PROGRAM DEFAULT_FOLDER
"""

import json
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import reporting  # noqa: E402

FAULTS = {"failed", "degraded"}


def as_list(value):
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def lookup(report, path):
    """Return what stands at a path of names and [numbers]."""
    value = report
    for name, number in re.findall(r"([^.\[\]]+)|\[(\d+)\]", path):
        value = value[name] if name else value[int(number)]
    return value


def wrong_level(case, report):
    level, wanted = report["verdict"]["level"], as_list(case["level"])
    if level not in wanted:
        causes = [f"{each['level']} {each['cause']}" for each in report["findings"]]
        yield f"{level}, not {' or '.join(wanted)} (findings: {', '.join(causes) or 'none'})"


def wrong_cause(case, report):
    wanted = as_list(case.get("cause"))
    found = {each["cause"] for each in report["findings"]}
    if report["verdict"]["level"] == "healthy" and "healthy" in as_list(case["level"]):
        return
    if wanted and not found & set(wanted):
        yield f"found {', '.join(sorted(found)) or 'nothing'}, not {' or '.join(wanted)}"


def invented_faults(case, report):
    if FAULTS & set(as_list(case["level"])):
        return
    for each in report["findings"]:
        if each["level"] in FAULTS:
            yield f"{each['level']} {each['cause']} where there is no fault"


def wrong_facts(case, report):
    for path, wanted in (case.get("facts") or {}).items():
        try:
            found = lookup(report, path)
        except (KeyError, IndexError, TypeError):
            found = "not there"
        if found != wanted:
            yield f"{path} is {found!r}, not {wanted!r}"


def points(folder, case):
    """Return the options that name the files of each capture point."""
    files = (case.get("files") or {}).items()
    return [f"--at={point}={folder / name}" for point, names in files for name in as_list(names)]


def problems(program, folder, case):
    """Return all that the report over a case gets wrong."""
    options = [option.replace("@/", f"{folder}/") for option in case.get("args", [])]
    files = [folder / name for name in as_list(case.get("file"))]
    try:
        report = reporting.json_report(program, files, options + points(folder, case))
    except reporting.ReportFailed as error:
        return [str(error)]
    rules = (wrong_level, wrong_cause, invented_faults, wrong_facts)
    return [problem for rule in rules for problem in rule(case, report)]


def main():
    program, default = sys.argv[1:]
    folder = reporting.captures_folder(default)
    if folder is None:
        return reporting.skip_without(default)
    counts = {"ok": 0, "FAIL": 0}
    for path in sorted(folder.glob("*.expected.json")):
        case = json.loads(path.read_text())
        found = problems(program, folder, case)
        outcome = "FAIL" if found else "ok"
        counts[outcome] += 1
        name = path.name.removesuffix(".expected.json")
        print(f"{outcome} {name}{': ' if found else ''}{'; '.join(found)}")
    print(f"{counts['ok']} passed, {counts['FAIL']} failed")
    return 1 if counts["FAIL"] or not counts["ok"] else 0


if __name__ == "__main__":
    sys.exit(main())
