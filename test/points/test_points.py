#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Pairs of captures whose fault is known because they were made with it.

Each row of the table of S3, and calls that work, with clocks that differ, with NAT on either side, and with one half
of the time missing at one of the two places. What must be found follows from how the pair was made.
Usage: test_points.py PROGRAM
"""

import dataclasses
import itertools
import json
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.path.insert(0, str(HERE.parents[1] / "samples"))
sys.path.insert(0, str(HERE.parents[0]))
import reporting  # noqa: E402
import scenario_s3 as s3  # noqa: E402
import whole_call  # noqa: E402
from two_points import CLIENT, SERVER, Setting  # noqa: E402

SECOND = 1_000_000
OFFSETS = (-7 * SECOND, 0, 350_000, 3600 * SECOND)
NATS = ((False, False), (True, False), (False, True), (True, True))
WHOLE = {CLIENT: (None, None), SERVER: (None, None)}
FAULTS = {"failed", "degraded"}

# row of the table: cause, the role of frames that must be among the evidence at each point, and no others but joined
# ones: what the client sent, what the server saw or did.
ROWS = {
    s3.BLOCKED_INBOUND: ("relay-range-blocked-inbound", {"check request"}, set()),
    s3.BLOCKED_OUTBOUND: ("responses-blocked-outbound", {"check request"}, {"check answer"}),
    s3.NOT_ANSWERED: ("server-did-not-answer", {"check request"}, {"check request"}),
}


@dataclasses.dataclass
class Pair:
    """Two captures in files, and what is true of them."""

    name: str
    setting: Setting
    files: dict
    roles: dict
    cuts: dict

    def at(self, *points):
        """Return the options, with the files of POINTS given as those of the client and the server."""
        return [f"--at={place}={self.files[point]}" for place, point in zip((CLIENT, SERVER), points)]


def cuts(middle):
    """Return how much of the time each file has."""
    halves = {"first half": (None, middle), "second half": (middle, None)}
    yield "whole", WHOLE
    for point, (name, cut) in itertools.product((CLIENT, SERVER), halves.items()):
        yield f"{name} at the {point}", {**WHOLE, point: cut}


def make(folder, name, setting, conversation, cut):
    files, roles = {}, {}
    for point in (CLIENT, SERVER):
        capture, roles[point] = conversation.capture(point, *cut[point])
        files[point] = folder / f"{point}.pcap"
        files[point].write_bytes(capture.to_bytes())
    return Pair(name, setting, files, roles, cut)


def settings():
    for offset, (client_nat, static_nat) in itertools.product(OFFSETS, NATS):
        yield Setting(offset, client_nat, static_nat)


def describe(setting):
    nats = [n for n, on in (("client NAT", setting.client_nat), ("static NAT", setting.static_nat)) if on]
    return f"{setting.server_ahead / SECOND:+g} s, {' and '.join(nats) or 'no NAT'}"


def points_of(report):
    """Return the point of each capture by its index."""
    return [capture["point"] for capture in report["captures"]]


def evidence(report, pair, finding):
    """Return the roles of the frames of evidence by point."""
    points, found = points_of(report), {CLIENT: [], SERVER: []}
    for place in finding["evidence"]:
        point = points[place["capture"]]
        found[point].append(pair.roles[point][place["frame"] - 1])
    return found


def wrong_clock(pair, report):
    join = report["join"]
    if join["clock"] != "known":
        yield f"the clock is {join['clock']}"
        return
    truth = pair.setting.server_ahead / SECOND
    apart = abs(join["clock_offset_s"] - truth)
    if apart > join["uncertainty_s"] + 1e-6:
        yield f"clock {join['clock_offset_s']} is not within {join['uncertainty_s']} of {truth}"
    # The packets take 18 and 22 ms: there is no excuse for more than their sum.
    if join["uncertainty_s"] > 0.021:
        yield f"the clock is uncertain by {join['uncertainty_s']} s"


def wrong_nat(pair, report, outside_server):
    found = {(m["point"], m["inside"].rsplit(":", 1)[0], m["outside"].rsplit(":", 1)[0])
             for m in report["join"]["nat"]}
    wanted = set()
    if pair.setting.client_nat:
        wanted.add((CLIENT, s3.CLIENT_INSIDE, s3.CLIENT_OUTSIDE))
    if pair.setting.static_nat:
        wanted.add((SERVER, s3.SERVER_INSIDE, outside_server))
    if found != wanted:
        yield f"NAT {sorted(found)}, not {sorted(wanted)}"


def wrong_verdict(report, level, cause):
    verdict = report["verdict"]
    if (verdict["level"], verdict["cause"]) != (level, cause):
        others = [f"{each['level']} {each['cause']}" for each in report["findings"]]
        yield f"{verdict['level']} {verdict['cause']} (findings: {', '.join(others) or 'none'})"


def relay_legs(report, asked_by=CLIENT):
    return [each for each in report["join"]["legs"] if each["kind"] == "relay" and each["asked_by"] == asked_by]


def wrong_leg(report, row):
    legs = relay_legs(report)
    if len(legs) != 1:
        yield f"{len(legs)} legs to the relay range"
        return
    leg = legs[0]
    if (leg["transport"], leg["ports"], leg["lowest_port"]) != ("udp", "24000-29999", s3.CMS_RELAY):
        yield f"the leg is {leg}"
    counts = tuple(leg[name] > 0 for name in ("requests_sent", "requests_arrived", "answers_sent", "answers_arrived"))
    wanted = {
        s3.BLOCKED_INBOUND: (True, False, False, False),
        s3.BLOCKED_OUTBOUND: (True, True, True, False),
        s3.NOT_ANSWERED: (True, True, False, False),
        s3.WORKS: (True, True, True, True),
    }[row]
    if counts != wanted:
        yield f"sent, arrived, answered, back are {counts}, not {wanted}"


def wrong_evidence(report, pair, row):
    cause, at_client, at_server = ROWS[row]
    finding = next((each for each in report["findings"] if each["cause"] == cause), None)
    if finding is None:
        return
    found = evidence(report, pair, finding)
    if not at_client <= set(found[CLIENT]):
        yield f"client's frames are {found[CLIENT]}"
    if not found[SERVER] or not at_server <= set(found[SERVER]):
        yield f"server's frames are {found[SERVER]}"
    if at_server and set(found[SERVER]) - at_server:
        yield f"server's frames are {found[SERVER]}"
    way = {
        s3.BLOCKED_INBOUND: "Lost on the way to the server: UDP relay ports 24000-29999",
        s3.BLOCKED_OUTBOUND: "Lost on the way back to the client: UDP relay ports 24000-29999",
        s3.NOT_ANSWERED: "Not lost on the way: UDP relay ports 24000-29999",
    }[row]
    if not finding["detail"].startswith(way):
        yield f"the detail is {finding['detail']!r}"
    points = points_of(report)
    named = {points[each["capture"]] for each in finding["filters"]}
    if named != {CLIENT, SERVER}:
        yield f"filters for {sorted(named)}"


def problems_of_row(report, pair, row):
    if row == s3.WORKS:
        yield from wrong_verdict(report, "healthy", None)
    else:
        yield from wrong_verdict(report, "failed", ROWS[row][0])
        yield from wrong_evidence(report, pair, row)
    yield from wrong_leg(report, row)
    yield from wrong_clock(pair, report)
    yield from wrong_nat(pair, report, s3.SERVER_OUTSIDE)


def problems_of_call(report, pair):
    yield from wrong_verdict(report, "healthy", None)
    yield from wrong_clock(pair, report)
    yield from wrong_nat(pair, report, s3.SERVER_OUTSIDE)
    if len(report["sessions"]) != 1:
        yield f"{len(report['sessions'])} sessions"
    for session in report["sessions"]:
        if [each["point"] for each in session["seen_at"]] != [CLIENT, SERVER]:
            yield f"the session is seen at {session['seen_at']}"


def problems_of_apart(report):
    """Two halves that do not meet: nothing may be said of the way between them."""
    for finding in report["findings"]:
        if finding["cause"] in {cause for cause, *_ in ROWS.values()} | {"turn-port-blocked-inbound"}:
            yield f"{finding['level']} {finding['cause']} where the captures share no packet"
    if report["join"]["clock"] != "unknown":
        yield f"the clock is {report['join']['clock']}"
    causes = {finding["cause"] for finding in report["findings"]}
    if report["verdict"]["level"] != "healthy" and "captures-do-not-overlap" not in causes:
        yield f"that they share nothing is not said (findings: {', '.join(sorted(causes))})"


def wrong_points(report, pair):
    """The point of each capture, whatever order or names it was given with."""
    for capture in report["captures"]:
        if pathlib.Path(capture["file"]).stem != capture["point"]:
            yield f"{capture['file']} is called the {capture['point']}'s"
    if not report["join"]["note"]:
        yield "how the points were told is not said"


def reports(program, pair):
    """Yield the report over a pair, and with a whole pair also those over its other orders."""
    yield "named", reporting.json_report(program, [], pair.at(CLIENT, SERVER))
    if pair.cuts == WHOLE:
        yield "names exchanged", reporting.json_report(program, [], pair.at(SERVER, CLIENT))
        files = [pair.files[CLIENT], pair.files[SERVER]]
        yield "no names", reporting.json_report(program, files)
        yield "no names, server first", reporting.json_report(program, files[::-1])


def pairs(folder):
    for setting in settings():
        for row in (*ROWS, s3.WORKS):
            conversation = s3.conversation(row, setting)
            for name, cut in cuts(s3.MIDDLE):
                made = make(folder, f"{row}, {describe(setting)}, {name}", setting, conversation, cut)
                yield made, lambda report, pair=made, row=row: problems_of_row(report, pair, row)
        conversation = whole_call.conversation(setting)
        for name, cut in cuts(whole_call.MIDDLE):
            made = make(folder, f"a call, {describe(setting)}, {name}", setting, conversation, cut)
            yield made, lambda report, pair=made: problems_of_call(report, pair)


def apart(folder):
    """Yield pairs of the first half at one point and the second at the other."""
    for setting in settings():
        for row in (*ROWS, s3.WORKS):
            conversation = s3.conversation(row, setting)
            for first, second in ((CLIENT, SERVER), (SERVER, CLIENT)):
                cut = {first: (None, s3.MIDDLE), second: (s3.MIDDLE, None)}
                name = f"{row}, {describe(setting)}, first half at the {first}"
                yield make(folder, name, setting, conversation, cut), problems_of_apart


def one_pair(program, pair, rule):
    """Return what is wrong with the reports over a pair."""
    wrong = []
    for how, report in reports(program, pair):
        found = [] if "join" in report else ["taken for one point"]
        if not found:
            found = list(rule(report))
            if how != "named":
                found += wrong_points(report, pair)
        wrong += [f"{how}: {each}" for each in found]
    return wrong


def wrong_option(program, *options):
    done = subprocess.run([program, "report", *options], capture_output=True, check=False)
    if done.returncode != 2 or b"--at" not in done.stderr or done.stdout:
        yield f"{' '.join(options)}: exit status {done.returncode}, {done.stderr.decode()!r}"


def same_as_one_point(program, folder):
    """With one point only, a report is the same but for the name of the point."""
    conversation = s3.conversation(s3.BLOCKED_INBOUND, Setting())
    made = make(folder, "one", Setting(), conversation, WHOLE)
    plain = reporting.json_report(program, [made.files[CLIENT]])
    named = reporting.json_report(program, [], [f"--at=client={made.files[CLIENT]}"])
    named["captures"][0]["point"] = None
    if json.dumps(plain) != json.dumps(named):
        yield "a report over one point depends on its name"


def main():
    program = sys.argv[1]
    failed = count = 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for pair, rule in itertools.chain(pairs(folder), apart(folder)):
            wrong = one_pair(program, pair, rule)
            count += 1
            failed += bool(wrong)
            for each in wrong:
                print(f"FAIL {pair.name}: {each}")
        file = str(folder / "client.pcap")
        wrong = [
            *wrong_option(program, f"--at=middle={file}"),
            *wrong_option(program, file, f"--at=client={file}"),
            *wrong_option(program, "--at=client="),
            *same_as_one_point(program, folder),
        ]
    for each in wrong:
        print(f"FAIL {each}")
    print(f"{count} pairs, {failed} wrong")
    return 1 if failed or wrong or count != 528 else 0


if __name__ == "__main__":
    sys.exit(main())
