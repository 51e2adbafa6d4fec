#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Validates JSON reports against the JSON Schema that is installed with the program.

Takes reports that exist (*.json), and captures, over which it makes the report, with and without
the list of messages. Usage: validate.py PROGRAM SCHEMA FILE...
                             validate.py PROGRAM SCHEMA --captures DEFAULT_FOLDER
"""

import json
import pathlib
import sys

import jsonschema

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import reporting  # noqa: E402

# More would bury the first one, from which the others often follow.
SHOWN = 5


def load_schema(path):
    """Return a validator, having checked the schema itself."""
    schema = json.loads(pathlib.Path(path).read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def describe(error):
    place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.absolute_path)
    return f"  report{place}: {error.message[:300]}"


def reports(program, path):
    """Yield a name and a report for all that FILE stands for."""
    if path.suffix == ".json":
        yield str(path), json.loads(path.read_text())
    else:
        yield str(path), reporting.json_report(program, [path])
        yield f"{path} --messages", reporting.json_report(program, [path], ["--messages"])


def errors(validator, program, path):
    """Return how many reports of FILE there are and what is wrong with them, line by line."""
    count, lines = 0, []
    try:
        for name, report in reports(program, path):
            count += 1
            found = sorted(validator.iter_errors(report), key=lambda error: str(error.absolute_path))
            if found:
                lines += [f"FAIL {name}: {len(found)} errors", *map(describe, found[:SHOWN])]
    except (reporting.ReportFailed, json.JSONDecodeError) as error:
        lines.append(f"FAIL {path}: {error}")
    return count, lines


def chosen_files(arguments):
    """Return the files to look at, or None when there is no folder of captures."""
    if arguments[0] != "--captures":
        return [pathlib.Path(name) for name in arguments]
    folder = reporting.captures_folder(arguments[1])
    return reporting.capture_files(folder) if folder else None


def main():
    program, schema, *rest = sys.argv[1:]
    files = chosen_files(rest)
    if files is None:
        return reporting.skip_without(rest[1])
    validator = load_schema(schema)
    total, failed = 0, False
    for path in files:
        count, lines = errors(validator, program, path)
        total += count
        failed = failed or bool(lines)
        for line in lines:
            print(line)
    print(f"{total} reports of {len(files)} files {'do not all fit' if failed else 'fit'} the schema")
    return 1 if failed or not total else 0


if __name__ == "__main__":
    sys.exit(main())
