#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What --redact does for commands: keys, the table, passwords, two places, blocks of pcapng, and what is refused.

Usage: test_commands.py PROGRAM SAMPLES
"""

import json
import os
import pathlib
import re
import stat
import struct
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from test_redact import shape, without_files  # noqa: E402

PASSWORDS = HERE.parent / "golden" / "passwords"
SECRET = "Gisela of the branch office"
# sample, options, a conclusion that only passwords allow
CHECKED = (
    ("s1-webrtc-431", ("--user", "turnuser", "--password-file", "s1-client.txt"), "server-password-differs"),
    ("s1-webrtc-431", ("--user", "turnuser", "--password-file", "s1-server.txt"), "client-password-differs"),
    ("s1-webrtc-431", ("--credentials", "s1-both.txt"), None),
    ("s4-sfb-presentation", ("--credentials", "s4.txt"), None),
    ("ms-turn-udp", ("--credentials", "ms-turn-udp.txt"), None),
    ("bound-connection", ("--credentials", "bound-connection-ice.txt"), None),
)


class Commands:
    """The program, a folder to write to, and what went wrong."""

    def __init__(self, program, samples, folder):
        self.program = program
        self.samples = pathlib.Path(samples)
        self.folder = pathlib.Path(folder)
        self.faults = 0
        self.key = self.folder / "key"
        self.key.write_bytes(b"a key that every run of this test has in common")

    def run(self, *arguments, stdin=None):
        """Run a command; return status, output and errors."""
        done = subprocess.run(
            [self.program, *map(str, arguments)], input=stdin, capture_output=True, timeout=120, check=False
        )
        return done.returncode, done.stdout, done.stderr

    def sample(self, name):
        """Return the path of a sample."""
        return self.samples / f"{name}.pcap"

    def expect(self, good, what):
        """Count a fault unless GOOD."""
        if not good:
            self.faults += 1
            print(f"not so: {what}")

    def report(self, *arguments):
        """Return a JSON report, as bytes."""
        return self.run("report", "--format", "json", *arguments)[1]


def check_keys(its):
    """One key makes one output, another or none others."""
    path = its.sample("s1-webrtc-431")
    other = its.folder / "other"
    other.write_bytes(b"another key, for stand-ins that are not the same")
    with_key = [its.report("--redact", "--redact-key", its.key, path) for _ in range(2)]
    drawn = [its.report("--redact", path) for _ in range(2)]
    its.expect(with_key[0] == with_key[1], "one key makes one report")
    its.expect(its.report("--redact", "--redact-key", other, path) != with_key[0], "two keys make two reports")
    its.expect(drawn[0] != drawn[1], "without a key no two reports agree")
    short = its.folder / "short"
    short.write_bytes(b"short")
    its.expect(its.run("report", "--redact", "--redact-key", short, path)[0] == 2, "a short key is refused")


def check_table(its):
    """The table translates every address of the report back, is private, and overwrites nothing."""
    path, table = its.sample("s1-webrtc-431"), its.folder / "table"
    table.write_text("")
    table.chmod(0o644)
    redacted = its.report("--redact", "--redact-key", its.key, "--redact-table", table, path).decode()
    rows = [line.split("\t") for line in table.read_text().splitlines()[1:]]
    back = {stand_in: original for kind, original, stand_in in rows if kind == "address"}
    found = set(re.findall(r"\b\d+\.\d+\.\d+\.\d+\b", redacted))
    its.expect(stat.S_IMODE(table.stat().st_mode) == 0o600, "the table is its owner's only")
    its.expect(found and found <= set(back), f"the table has {sorted(found)}")
    plain = set(re.findall(r"\b\d+\.\d+\.\d+\.\d+\b", its.report(path).decode()))
    its.expect({back[each] for each in found} == plain, "the table leads back to the addresses of the report")
    its.expect(its.run("report", "--redact-table", table, path)[0] == 2, "a table needs --redact")
    copy = its.folder / "copy.pcap"
    copy.write_bytes(path.read_bytes())
    for bad, options in ((copy, ()), (its.key, ()), (its.folder / "out", ("--output", its.folder / "out"))):
        status = its.run("report", "--redact", "--redact-key", its.key, "--redact-table", bad, *options, copy)[0]
        its.expect(status == 2, f"the table may not be {bad.name}")
    its.expect(copy.read_bytes() == path.read_bytes(), "the capture is what it was")


def check_pipe(its):
    """A pipe takes the table, and keeps its mode: of a device all programs need it."""
    pipe = its.folder / "pipe"
    os.mkfifo(pipe)
    pipe.chmod(0o666)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    status = its.run("report", "--redact", "--redact-table", pipe, its.sample("s1-webrtc-431"))[0]
    its.expect(status == 1 and b"172.16.84.124" in os.read(reader, 65536), "the table goes through a pipe")
    its.expect(stat.S_IMODE(pipe.stat().st_mode) == 0o666, "the pipe keeps its mode")
    os.close(reader)


def check_messages(its):
    """Messages are for the user's eyes and name files as they are; the report has stand-ins."""
    path = its.folder / "of-the-customer.pcap"
    path.write_bytes(its.sample("s1-webrtc-431").read_bytes()[:-5])
    status, output, errors = its.run("report", "--redact", path)
    its.expect(status == 3 and f"{path}: the file ends".encode() in errors, "a message names the file")
    its.expect(b"capture-1.pcap: the file ends" in " ".join(output.decode().split()).encode(), "the report does not")
    its.expect(b"customer" not in output, "the report does not name the file")
    its.expect(b"capture-1.pcap" not in errors, "a message needs no stand-in")
    path.write_bytes(b"no capture at all, but text")
    errors = its.run("report", "--redact", path)[2]
    its.expect(errors.startswith(f"turnpcap: {path}: not a capture".encode()), "a message names what is no capture")
    path.write_bytes(its.sample("s1-webrtc-431").read_bytes()[:-5])
    errors = its.run("annotate", "--redact", "-o", its.folder / "written.pcapng", path)[2]
    its.expect(f"{path}: the file ends".encode() in errors and b"capture-1.pcap" not in errors, "so does annotate")


def check_refused(its):
    """Standard input cannot be read twice."""
    status, _, errors = its.run("report", "--redact", "-", stdin=its.sample("s1-webrtc-431").read_bytes())
    its.expect(status == 2 and b"twice" in errors, "standard input is refused")


def check_passwords(its):
    """What passwords prove before redaction is said of the redacted messages, without names."""
    for name, options, cause in CHECKED:
        options = [PASSWORDS / each if each.endswith(".txt") else each for each in options]
        plain = json.loads(its.report(*options, its.sample(name)))
        redacted = json.loads(its.report(*options, "--redact", "--redact-key", its.key, its.sample(name)))
        captures = redacted.pop("captures")
        plain.pop("captures")
        unknowns = redacted["verdict"]["unknowns"]
        unknowns[:] = [each for each in unknowns if "before redaction" not in each]
        its.expect(shape(plain) == shape(redacted), f"{name}: passwords prove the same")
        its.expect("before redaction" in json.dumps(captures), f"{name}: it is said when it was checked")
        its.expect("turnuser" not in json.dumps(redacted), f"{name}: the user given is not named")
        its.expect(cause is None or cause in json.dumps(redacted), f"{name}: {cause}")
    text = json.dumps(json.loads(its.report("--redact", its.sample("s1-webrtc-431"))))
    its.expect("before redaction" not in text, "without passwords nothing was checked")


def check_places(its):
    """Two places: the report over redacted files is the redacted report."""
    paths = [its.sample("s3-client"), its.sample("s3-server")]
    folder = its.folder / "both"
    its.run("annotate", "--redact", "--redact-key", its.key, "-o", folder, *paths)
    written = sorted(folder.glob("*"))
    its.expect([path.name for path in written] == ["capture-1.pcapng", "capture-2.pcapng"], "names say nothing")
    for at in (lambda pair: pair, lambda pair: (f"--at=client={pair[0]}", f"--at=server={pair[1]}")):
        redacted = without_files(its.report("--redact", "--redact-key", its.key, *at(paths)))
        its.expect(redacted["captures"][1]["point"] == "server", "the places are told")
        its.expect(redacted == without_files(its.report(*at(written))), "the report over the redacted pair")


def block(kind, body):
    """Return a block of a pcapng file."""
    body += b"\0" * (-len(body) % 4)
    return struct.pack("<II", kind, 12 + len(body)) + body + struct.pack("<I", 12 + len(body))


def option(code, text):
    """Return an option of a block."""
    raw = text.encode()
    return struct.pack("<HH", code, len(raw)) + raw + b"\0" * (-len(raw) % 4)


def talking_pcapng(path):
    """Return the packets of a pcap file as pcapng whose every block says something."""
    data, at, end = path.read_bytes(), 24, struct.pack("<HH", 0, 0)
    header = struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)
    names = struct.pack("<HH", 1, 4 + len(SECRET) + 1) + bytes((172, 16, 84, 124)) + SECRET.encode() + b"\0"
    names += b"\0" * (-len(names) % 4) + end
    made = block(0x0A0D0D0A, header + option(1, SECRET) + option(2, SECRET) + option(4, SECRET) + end)
    made += block(1, struct.pack("<HHI", 1, 0, 65535) + option(2, SECRET) + option(3, SECRET) + end)
    made += block(4, names)
    while at + 16 <= len(data):
        seconds, rest, captured, length = struct.unpack_from("<IIII", data, at)
        packet = data[at + 16 : at + 16 + captured]
        time = seconds * 1_000_000 + rest
        fixed = struct.pack("<IIIII", 0, time >> 32, time & 0xFFFFFFFF, captured, length)
        made += block(6, fixed + packet + b"\0" * (-len(packet) % 4) + option(1, SECRET) + end)
        at += 16 + captured
    return made + block(0x0BAD, struct.pack("<I", 32473) + SECRET.encode())


def check_blocks(its):
    """Nothing but packets comes out of a pcapng file."""
    path, to = its.folder / "talking.pcapng", its.folder / "quiet.pcapng"
    path.write_bytes(talking_pcapng(its.sample("s1-webrtc-431")))
    its.run("annotate", "-o", to, path)
    its.expect(SECRET.encode() in to.read_bytes(), "without --redact the blocks stay")
    for command in (("annotate",), ("extract", "-s", "1")):
        status = its.run(*command, "--redact", "-o", to, path)[0]
        written = to.read_bytes()
        its.expect(status == 0 and b"Session 1" in written, f"{command[0]} writes its own comments")
        its.expect(SECRET.encode() not in written, f"{command[0]} writes none of the others")
        its.expect(b"talking" not in written, f"{command[0]} does not name the file")


def check_resolution(its):
    """Times of a pcapng file have as many digits in the report over its redacted copy as they had."""
    path, to = its.folder / "talking.pcapng", its.folder / "quiet.pcapng"
    path.write_bytes(talking_pcapng(its.sample("s1-webrtc-431")))
    its.run("annotate", "--redact", "--redact-key", its.key, "-o", to, path)
    told = without_files(its.report("--messages", "--redact", "--redact-key", its.key, path))
    its.expect(told == without_files(its.report("--messages", to)), "the copy has the redacted report")


def check_signalling(its):
    """The session descriptions of the redacted capture lead to its packets: by address, and by fragment."""
    to = its.folder / "signalling.pcapng"
    its.run("annotate", "--redact", "-o", to, its.sample("ms-turn-udp"))
    fields = [part for name in ("ip.src", "sdp.connection_info.address", "sdp.media_attr") for part in ("-e", name)]
    command = ["tshark", "-n", "-r", str(to), "-Y", "sdp", "-T", "fields", *fields]
    told = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    rows = [line.split("\t") for line in told.splitlines()]
    its.expect(len(rows) == 2 and rows[0][0] == rows[0][1], "the offer names the client")
    fragments = [re.search(r"ice-ufrag:(\w+)", row[2])[1] for row in rows]
    pairs = {f"{one}:{two}".encode() for one, two in (fragments, fragments[::-1])}
    its.expect(all(pair in to.read_bytes() for pair in pairs), "checks have the fragments of offer and answer")


def main():
    """Run all checks."""
    with tempfile.TemporaryDirectory() as folder:
        its = Commands(sys.argv[1], sys.argv[2], folder)
        for check in (check_keys, check_table, check_refused, check_passwords, check_places, check_blocks):
            check(its)
        for check in (check_resolution, check_signalling, check_pipe, check_messages):
            check(its)
    print(f"{its.faults} faults")
    return 1 if its.faults else 0


if __name__ == "__main__":
    sys.exit(main())
