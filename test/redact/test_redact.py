#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Nothing of what tshark finds in a capture is found in any redacted output, and all else stays.

For every capture: reports in all forms, the redacted packets, and what annotate and extract write, are searched for each
original (originals.py) in each form (search.py). tshark finds the same STUN messages with the same checksums as before.
The report over the redacted packets equals the redacted report. That the search can fail is shown on the originals.
Usage: test_redact.py TURNPCAP REWRITE FOLDER, or with --shared in front of a folder that may be missing
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.path.insert(0, str(HERE.parent))
import originals  # noqa: E402
import reporting  # noqa: E402
import search  # noqa: E402

# Strong, so that it is not stretched in each of many runs.
KEY = bytes(range(100, 132))
OTHER_KEY = bytes(range(150, 182))
# Larger ones take tshark minutes; what they hold beyond others is quantity.
LARGEST = 400_000
# What every form of a redacted report says, and the comment on a redacted capture.
REDACTED = "Redacted: addresses and names are stand-ins, and payload is blank."
CHECKSUMS = ("ip.check_checksum:TRUE", "udp.check_checksum:TRUE", "tcp.check_checksum:TRUE")
FIELDS = (
    *("frame.number", "frame.time_epoch", "frame.len", "frame.cap_len", "vlan.id", "ip.id", "ip.ttl", "ipv6.hlim"),
    *("udp.srcport", "udp.dstport", "tcp.srcport", "tcp.dstport", "tcp.seq_raw", "tcp.ack_raw", "tcp.len"),
    *("stun.type", "stun.id", "stun.att.type", "stun.channel", "icmp.type", "icmp.code", "icmpv6.type"),
    *("ip.checksum.status", "udp.checksum.status", "tcp.checksum.status", "icmp.checksum.status"),
    *("icmpv6.checksum.status", "stun.att.crc32.status"),
)
# A FINGERPRINT by the table of [MS-ICE2] is one that tshark calls bad, unless that table's one odd entry is not met. Then
# it is good by both, which depends on every byte of the message: file and frame.
LEGACY_FINGERPRINTS = {("attributes.pcap", "254")}


class Check:
    """Counts what was looked at, and says what is wrong."""

    def __init__(self):
        self.faults = 0
        self.outputs = 0
        self.found_before = 0

    def fault(self, name, text):
        """Say that something is wrong with the output NAME."""
        self.faults += 1
        print(f"{name}: {text}")

    def clean(self, name, data, sought, passed=frozenset()):
        """Search DATA for the originals in SOUGHT."""
        self.outputs += 1
        if not data:
            self.fault(name, "is empty")
        for line in search.search(data, sought, passed):
            self.fault(name, f"{line} is found")


class Program:
    """The program under test, and the tool that writes redacted packets."""

    def __init__(self, turnpcap, rewrite, folder):
        self.turnpcap = turnpcap
        self.rewrite = rewrite
        self.folder = pathlib.Path(folder)
        self.key = self.folder / "key"
        self.other_key = self.folder / "other"
        self.key.write_bytes(KEY)
        self.other_key.write_bytes(OTHER_KEY)
        self.forms = self.known_forms()
        self.writers = [name for name in ("annotate", "extract") if self.can_redact(name)]

    def run(self, *arguments):
        """Return what a command writes to its standard output."""
        done = subprocess.run([self.turnpcap, *map(str, arguments)], capture_output=True, timeout=300, check=False)
        if done.returncode not in (0, 1, 3):
            raise SystemExit(f"{arguments}: {done.returncode}, {done.stderr.decode(errors='replace')}")
        return done.stdout

    def known_forms(self):
        """Return the forms that report --help lists."""
        text = self.run("report", "--help").decode()
        listed = re.search(r"--format=FORMAT\s+(.*?)\n\s+-", text, re.DOTALL).group(1)
        return re.findall(r"\b(text|json|html|markdown)\b", listed)

    def can_redact(self, name):
        """Whether there is a command NAME with --redact."""
        done = subprocess.run([self.turnpcap, name, "--help"], capture_output=True, check=False)
        return b"--redact" in done.stdout

    def report(self, form, *files, options=()):
        """Return a report."""
        messages = ("--messages",) if form in ("json", "html") else ()
        return self.run("report", "--format", form, *messages, *options, *files)

    def redacted(self, form, *files, key=None):
        """Return a redacted report."""
        return self.report(form, *files, options=("--redact", "--redact-key", key or self.key))

    def rewritten(self, path, key=None):
        """Return where the redacted packets of PATH lie, alone."""
        to = self.folder / f"{'other' if key else 'same'}{path.suffix}"
        subprocess.run([self.rewrite, str(key or self.key), str(path), str(to)], check=True, timeout=300)
        return to


def told_by_tshark(path):
    """Return the values of FIELDS, a row a frame."""
    command = ["tshark", "-n", "-r", str(path), "-T", "fields", "-E", "occurrence=a", "-E", "aggregator=,"]
    for preference in CHECKSUMS:
        command += ["-o", preference]
    for name in FIELDS:
        command += ["-e", name]
    done = subprocess.run(command, capture_output=True, check=False)
    return [line.split("\t") for line in done.stdout.decode().splitlines()]


def check_packets(check, name, before, after):
    """tshark finds the same in both, and as many checksums that are good."""
    if len(before) != len(after):
        check.fault(name, f"{len(after)} packets instead of {len(before)}")
    for old, new in zip(before, after):
        if (name, old[0]) in LEGACY_FINGERPRINTS:
            old, new = old[:-1], new[:-1]
        if old != new:
            changed = [f"{field} {a!r} is {b!r}" for field, a, b in zip(FIELDS, old, new) if a != b]
            check.fault(name, f"frame {old[0]}: {', '.join(changed)}")


def without_files(report):
    """Return the JSON report without what names its files and their format, and that it is redacted."""
    told = json.loads(report)
    told.pop("redacted", None)
    for capture in told["captures"]:
        capture.pop("file", None)
        capture.pop("format", None)
    (told.get("join") or {}).pop("note", None)  # names both files
    return told


def as_microseconds(report):
    """Return a report with times to the microsecond: a pcap file has one resolution for all of its packets."""
    return re.sub(rb"(:[0-9]{2}\.[0-9]{6})[0-9]{3}(?![0-9])", rb"\1", report)


def without_capture(text):
    """Return the text report without what names its files and their format, and that it is redacted."""
    text = text.replace(b"\n" + REDACTED.encode() + b"\n", b"")
    return re.sub(rb"\n\n(Capture|Captures)\n.*?(?=\n\n|\Z)", b"", text, flags=re.DOTALL)


def shape(told):
    """Return a report without its texts but those that the program chooses itself: what must stay."""
    if isinstance(told, dict):
        kept = {"id", "level", "cause", "state", "outcome", "kind", "protocol", "severity", "confidence", "stage"}
        return {key: value if key in kept else shape(value) for key, value in told.items()}
    if isinstance(told, list):
        return [shape(each) for each in told]
    return None if isinstance(told, str) else told


def addresses_of(report):
    """Return the IPv4 addresses in a report."""
    return set(re.findall(rb"(?<![0-9.])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![0-9.])", report))


def check_said(check, name, form, redacted, plain):
    """A redacted report says so, another one does not."""
    if form == "json":
        said = json.loads(redacted).get("redacted") is True and "redacted" not in json.loads(plain)
    else:
        said = REDACTED.encode() in redacted and REDACTED.encode() not in plain
    if not said:
        check.fault(f"{name} as {form}", "it is not said what is redacted")


def check_reports(check, program, path, sought):
    """Reports in all forms name nobody, and say what they said before."""
    for form in program.forms:
        made = program.redacted(form, path)
        check.clean(f"{path.name} as {form}", made, sought, originals.WORDS)
        check_said(check, path.name, form, made, program.report(form, path))
    plain = json.loads(program.report("json", path))
    redacted = program.redacted("json", path)
    told = json.loads(redacted)
    plain.pop("captures"), told.pop("captures"), told.pop("redacted")
    if shape(plain) != shape(told):
        check.fault(path.name, "the redacted report says something else")
    if redacted != program.redacted("json", path):
        check.fault(path.name, "one key makes two reports")
    return redacted


def check_rewritten(check, program, path, sought, redacted):
    """The packets name nobody, tshark reads them as before, and their report is the redacted one."""
    to = program.rewritten(path)
    data = to.read_bytes()
    check.clean(f"the packets of {path.name}", data, sought)
    check_packets(check, path.name, told_by_tshark(path), told_by_tshark(to))
    if without_files(as_microseconds(redacted)) != without_files(as_microseconds(program.report("json", to))):
        check.fault(path.name, "the report over the redacted packets is another one")
    texts = (program.redacted("text", path), program.report("text", to))
    if without_capture(as_microseconds(texts[0])) != without_capture(as_microseconds(texts[1])):
        check.fault(path.name, "the text over the redacted packets is another one")
    if data == program.rewritten(path, program.other_key).read_bytes() and sought.addresses:
        check.fault(path.name, "two keys make the same packets")
    return data


def check_written(check, program, path, sought, redacted):
    """What annotate and extract write names nobody, and has the same stand-ins."""
    for name in program.writers:
        to = program.folder / f"{name}.pcapng"
        if name == "extract" and not json.loads(redacted)["sessions"]:
            continue
        session = ("--session", "1") if name == "extract" else ()
        program.run(name, "--redact", "--redact-key", program.key, *session, "--output", to, path)
        check.clean(f"{name} of {path.name}", to.read_bytes(), sought, originals.WORDS)
        if to.read_bytes().count(REDACTED.encode()) != 1:
            check.fault(f"{name} of {path.name}", "it is not said what is redacted")
        if name == "annotate":
            check_packets(check, path.name, told_by_tshark(path), told_by_tshark(to))
            if without_files(redacted) != without_files(program.report("json", to)):
                check.fault(path.name, "the report over the annotated packets is another one")


def check_search(check, program, path, sought):
    """The search finds the originals where they were not replaced: in packets and in reports."""
    if path.suffix in (".pcap", ".pcapng"):
        found = list(search.search(path.read_bytes(), sought))
        wanted = len(sought.addresses) + len(sought.hardware)
        seen = {line for line in found if line.startswith(("the bytes", "the hardware"))}
        if len(seen) < wanted:
            check.fault(path.name, f"the search finds {len(seen)} of {wanted} addresses in the capture itself")
        check.found_before += len(found)
    text = program.report("text", path)
    if path.name.encode() not in text.replace(b"\n", b"").replace(b"  ", b" "):
        return
    if not any(True for _ in search.search(text, sought)):
        check.fault(path.name, "the search finds nothing in a report that is not redacted")


def check_capture(check, program, path):
    """All of the above for the capture at PATH."""
    sought = originals.collect(path)
    check_search(check, program, path, sought)
    redacted = check_reports(check, program, path, sought)
    check_rewritten(check, program, path, sought, redacted)
    check_written(check, program, path, sought, redacted)


def check_pair(check, program, client, server):
    """Two places: the report names nobody, and equals that over the redacted packets."""
    sought = originals.collect(client)
    sought.add(originals.collect(server))
    for form in program.forms:
        for at in ((client, server), (f"--at=client={client}", f"--at=server={server}")):
            check.clean(f"{client.name} and {server.name} as {form}", program.redacted(form, *at), sought,
                        originals.WORDS)
    told = without_files(program.redacted("json", client, server))
    if len(told["captures"]) != 2 or {each["point"] for each in told["captures"]} != {"client", "server"}:
        check.fault(client.name, "the two places are not found any more")


def captures_in(folder):
    """Return the captures of FOLDER that are not too large."""
    return [path for path in reporting.capture_files(folder) if path.stat().st_size <= LARGEST]


def chosen(arguments):
    """Return the captures to look at, every N-th of them with "--every N"; None when there are none on this machine."""
    if "--every" in arguments:
        at = arguments.index("--every")
        paths = chosen(arguments[:at])
        return paths if paths is None else paths[:: int(arguments[at + 1])]
    if arguments[0] == "--shared":
        folder = reporting.captures_folder(arguments[1])
        return None if folder is None else captures_in(folder)
    folder = pathlib.Path(arguments[0])
    return sorted(path for path in captures_in(folder) if path.parent == folder)


def main():
    """Check every capture of the folder."""
    paths = chosen(sys.argv[3:])
    if paths is None:
        return reporting.skip_without(sys.argv[4])
    check = Check()
    with tempfile.TemporaryDirectory() as folder:
        program = Program(sys.argv[1], sys.argv[2], folder)
        for path in paths:
            check_capture(check, program, path)
        pair = [path for path in paths if path.name in ("s3-client.pcap", "s3-server.pcap")]
        if len(pair) == 2:
            check_pair(check, program, *pair)
        print(f"{len(paths)} captures, {check.outputs} outputs ({', '.join(program.forms + program.writers)}), "
              f"{check.found_before} originals found where they were not replaced, {check.faults} faults")
    return 1 if check.faults or not paths else 0


if __name__ == "__main__":
    sys.exit(main())
