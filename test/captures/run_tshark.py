#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Compares the STUN messages that turnpcap finds in real captures with those that tshark finds.

Each message that tshark finds, turnpcap finds too: same frame, type and transaction id. Exceptions
stand one by one in differences.txt. Messages that only turnpcap finds are counted by what tshark
makes of the frame. In captures without expectations (the folder ndpi/), where nobody knows of a
fault, no finding may be one.  Usage: run_tshark.py PROGRAM DEFAULT_FOLDER
"""

import collections
import pathlib
import shutil
import subprocess
import sys
import tempfile
import typing

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import reporting  # noqa: E402

DIFFERENCES = pathlib.Path(__file__).resolve().parent / "differences.txt"
FAULTS = pathlib.Path(__file__).resolve().parent / "faults.txt"
FIELDS = (
    "frame.number",
    "frame.protocols",
    "stun.channel",
    "stun.type",
    "stun.id",
    "classicstun.type",
    "classicstun.id",
)
# Messages that carry another one in their DATA: Send and Data Indication, and what [MS-TURN] has in
# their place (Send Request, which tshark calls Refresh Request, and its own Data Indication).
CARRIERS = {"0x0016", "0x0017", "0x0004", "0x0115"}
# The last method that any specification gives a number (ConnectionAttempt), with room for a few more.
LAST_METHOD = 0x00F


class Message(typing.NamedTuple):
    frame: int
    type: str
    id: str


class Frame(typing.NamedTuple):
    """What tshark makes of one frame."""

    protocols: list
    channels: list
    messages: list


def tshark_fields(path):
    """Yield the values of FIELDS for each frame, every value a list."""
    command = ["tshark", "-n", "-r", str(path), "-T", "fields", "-E", "separator=/t"]
    command += ["-E", "occurrence=a", "-E", "aggregator=,"]
    for field in FIELDS:
        command += ["-e", field]
    # An empty home folder stands for preferences as they come.
    with tempfile.TemporaryDirectory() as home:
        done = subprocess.run(
            command,
            env={"PATH": "/usr/bin:/bin", "HOME": home, "LC_ALL": "C"},
            capture_output=True,
            text=True,
            timeout=300,
            check=True,
        )
    for line in done.stdout.splitlines():
        yield [value.split(",") if value else [] for value in line.split("\t")]


def tshark_frames(path):
    """Return what tshark makes of each frame, by number."""
    frames = {}
    for number, protocols, channels, types, ids, old_types, old_ids in tshark_fields(path):
        assert len(types) == len(ids) and len(old_types) == len(old_ids), f"{path}: frame {number}"
        frame = int(number[0])
        pairs = list(zip(types, ids)) + list(zip(old_types, old_ids))
        messages = [Message(frame, kind, identifier) for kind, identifier in pairs]
        frames[frame] = Frame(protocols[0].split(":"), channels, messages)
    return frames


def turnpcap_messages(report):
    return [Message(each["frame"], each["type"], each["transaction_id"]) for each in report["messages"]]


def read_differences():
    """Return the explained messages that only tshark finds, by file."""
    explained = collections.defaultdict(collections.Counter)
    for line in DIFFERENCES.read_text().splitlines():
        if line and not line.startswith("#"):
            name, frame, kind, identifier, who, reason = (field.strip() for field in line.split("|"))
            assert who in ("tshark-only", "turnpcap-only") and reason, line
            if who == "tshark-only":
                explained[name][Message(int(frame), kind, identifier)] += 1
    return explained


def method(message):
    """Return the method of a message, whose bits lie on both sides of the two class bits."""
    kind = int(message.type, 16)
    return (kind & 0xF) | (kind & 0xE0) >> 1 | (kind & 0x3E00) >> 2


def reason(message, frame):
    """Say why tshark does not show a message that turnpcap found in this frame."""
    if frame.channels:
        return "in ChannelData"
    if any(carrier.type in CARRIERS for carrier in frame.messages):
        return "in a Send or Data message"
    if method(message) > LAST_METHOD:
        return "of a method in no specification, so that tshark takes it for other data"
    if frame.messages:
        return "beside another message in one frame"
    last = frame.protocols[-1]
    if "icmp" in frame.protocols or "icmpv6" in frame.protocols:
        return "in an ICMP error"
    if "tcp" in frame.protocols:
        return f"in a TCP stream that tshark takes for {last}"
    return f"in a datagram that tshark takes for {last}"


def extra_counts(extra, frames):
    """Return the messages that only turnpcap finds as text, counted by reason."""
    counts = collections.Counter()
    for message, number in extra.items():
        counts[reason(message, frames[message.frame])] += number
    return ", ".join(f"{number} {why}" for why, number in sorted(counts.items()))


def read_faults():
    """Return the faults that tshark shows too: the filter of each evidence frame, by file."""
    shown = collections.defaultdict(dict)
    for line in FAULTS.read_text().splitlines():
        if line and not line.startswith("#"):
            name, level, cause, frames, expression = (field.strip() for field in line.split("|"))
            for frame in frames.split(","):
                shown[name][level, cause, int(frame)] = expression
    return shown


def faults(report):
    """Return the evidence frames of every fault in a report."""
    return {
        (each["level"], each["cause"], place["frame"])
        for each in report["findings"]
        if each["level"] in ("failed", "degraded")
        for place in each["evidence"]
    }


def matching_frames(path, expression):
    command = ["tshark", "-n", "-r", str(path), "-Y", expression, "-T", "fields", "-e", "frame.number"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
    return {int(line) for line in done.stdout.split()}


def invented_faults(report, path, shown):
    """Yield each fault that faults.txt does not have, or whose frame tshark sees otherwise."""
    for level, cause, frame in sorted(faults(report) - set(shown)):
        yield f"{level} {cause}: frame {frame} is not in faults.txt"
    for (level, cause, frame), expression in sorted(shown.items()):
        if (level, cause, frame) not in faults(report):
            yield f"faults.txt has more than there is: {level} {cause}, frame {frame}"
        elif frame not in matching_frames(path, expression):
            yield f"{level} {cause}: tshark does not show frame {frame} with {expression}"


def compare(program, path, name, explained, shown):
    """Return a summary of one capture and what is wrong with it."""
    report = reporting.json_report(program, [path], ["--messages"])
    frames = tshark_frames(path)
    theirs = collections.Counter(each for frame in frames.values() for each in frame.messages)
    ours = collections.Counter(turnpcap_messages(report))
    wrong = []
    for message in sorted((theirs - ours - explained).elements()):
        wrong.append(f"only tshark: {name} | {message.frame} | {message.type} | {message.id}")
    for message in sorted((explained - (theirs - ours)).elements()):
        wrong.append(f"differences.txt has more than there is: {name} | {message.frame} | {message.type}")
    if "ndpi" in path.parts:
        wrong += invented_faults(report, path, shown)
    only_ours = ours - theirs
    summary = f"{name}: {(ours & theirs).total()} by both, {(theirs - ours).total()} by tshark only"
    summary += f", {only_ours.total()} by turnpcap only"
    if only_ours:
        summary += f" ({extra_counts(only_ours, frames)})"
    return summary, wrong


def main():
    program, default = sys.argv[1:]
    folder = reporting.captures_folder(default)
    if folder is None:
        return reporting.skip_without(default)
    if not shutil.which("tshark"):
        print("tshark is not installed. Run: ./dev install-packages")
        return 1
    explained = read_differences()
    shown = read_faults()
    passed = failed = 0
    for path in reporting.capture_files(folder):
        name = str(path.relative_to(folder))
        try:
            summary, wrong = compare(program, path, name, explained[name], shown[name])
        except reporting.ReportFailed as error:
            summary, wrong = name, [str(error)]
        print(f"{'FAIL' if wrong else 'ok'} {summary}")
        for line in wrong:
            print(f"    {line}")
        passed, failed = passed + (not wrong), failed + bool(wrong)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
