#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Annotates and extracts files of all kinds: pcapng with everything that it may hold, cut, compressed, several at once.

Usage: test_files.py PROGRAM SOURCE_DIR [CASE...]
"""

import gzip
import pathlib
import struct
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import pcapfile  # noqa: E402
import programs  # noqa: E402

END = struct.pack("<I", 0)
OURS = "Session 1: "


class Wrong(Exception):
    """Something is not as it must be."""


def expect(value, wanted, what):
    """Raise unless both are the same."""
    if value != wanted:
        raise Wrong(f"{what}: {value!r}, not {wanted!r}")


class Place:
    """The program, the samples, and a folder to work in."""

    def __init__(self, program, root, work):
        self.program, self.root, self.work = program, root, work

    def sample(self, name):
        """Return the packets of a sample."""
        return pcapfile.packets(self.root / "samples" / f"{name}.pcap")

    def write(self, name, data):
        """Return a new file."""
        path = self.work / name
        path.write_bytes(data)
        path.chmod(0o644)
        return path

    def annotate(self, *sources, output="out.pcapng", status=0, options=()):
        """Return the annotated file, and what the program said."""
        path = self.work / output
        done = programs.run([self.program, "annotate", "-o", path, *options, *sources], status)
        return path, done

    def extract(self, *sources, output="out.pcapng", options=()):
        """Return the packets of session 1."""
        path = self.work / output
        programs.run([self.program, "extract", "-s", 1, "-o", path, *options, *sources])
        return path


def micro(packet):
    """Return the time of a packet as most files have it."""
    return packet.time // 1000


def rich_file(order, packets):
    """Return a pcapng file with all kinds of blocks, and of options on packets and section."""

    def text(code, words):
        return pcapfile.option(order, code, words.encode())

    end = struct.pack(order + "I", 0)
    number = struct.pack(order + "I", 1)
    names = struct.pack(order + "HH", 1, 10) + bytes((192, 0, 2, 1)) + b"one.a\0" + bytes(2) + end
    secrets = struct.pack(order + "II", 0x544C534B, 4) + b"# x\n"
    custom = struct.pack(order + "I", 32473) + b"anything"
    statistics = struct.pack(order + "III", 0, 0, 0) + pcapfile.option(order, 4, bytes(8)) + end
    nano = pcapfile.option(order, 9, b"\x09") + text(2, "eth1") + end
    head = pcapfile.section(order, text(1, "kept") + text(4, "tcpdump") + end, length=1 << 20)
    body = [pcapfile.interface(order, text(2, "eth0") + end), pcapfile.interface(order, nano)]
    body += [pcapfile.block(order, 4, names), pcapfile.block(order, 10, secrets)]
    flags = pcapfile.option(order, 2, number)
    body.append(pcapfile.enhanced(order, 0, micro(packets[0]), packets[0].data, text(1, "first") + flags + end))
    body.append(pcapfile.enhanced(order, 1, packets[1].time, packets[1].data, text(1, "a") + text(1, "b") + end))
    # Wireshark counts a custom block as a frame: none may stand before a packet here.
    body += [pcapfile.block(order, 0xBAD, custom), pcapfile.block(order, 5, statistics), pcapfile.block(order, 0xABCD0123, b"")]
    return head + b"".join(body)


def body_and_options(block):
    """Return what stands before the options of a block, and the options."""
    start = {pcapfile.SECTION: 16, pcapfile.ENHANCED: 20}[block.kind]
    if block.kind == pcapfile.ENHANCED:
        start += struct.unpack_from(block.order + "I", block.body, 12)[0] + 3 & ~3
    return block.body[:start], block.options(start)


def everything_stays(place):
    """Blocks and options of all kinds, in both byte orders."""
    for order in "<>":
        data = rich_file(order, place.sample("s1-webrtc-431"))
        source = place.write("rich.pcapng", data)
        output, done = place.annotate(source)
        expect(done.stderr.count(b"\n"), 1, f"lines of {done.stderr}")
        before, after = list(pcapfile.blocks(data)), list(pcapfile.blocks(output.read_bytes()))
        expect([each.kind for each in after], [each.kind for each in before], "blocks")
        for old, new in zip(before, after):
            if old.kind not in (pcapfile.SECTION, pcapfile.ENHANCED):
                expect(new.body, old.body, f"block {old.kind:#x}")
                continue
            (old_body, old_options), (new_body, new_options) = body_and_options(old), body_and_options(new)
            if old.kind == pcapfile.SECTION:
                old_body = old_body[:8] + b"\xff" * 8
            expect(new_body, old_body, f"block {old.kind:#x}")
            expect(new_options[: len(old_options)], old_options, "options")
            added = new_options[len(old_options) :]
            expect({code for code, _ in added}, {pcapfile.COMMENT}, "added options")
        rows = programs.fields(output, ("frame.comment", "frame.interface_name", "frame.time_epoch"), place.work)
        expect(rows[0][0][0], "first", "the first comment of frame 1")
        expect(rows[1][0][:2], ["a", "b"], "the first comments of frame 2")
        expect([row[1] for row in rows[:2]], [["eth0"], ["eth1"]], "interfaces")
        told = programs.wireshark(["capinfos", "-k", output], place.work)
        expect("kept" in told and "FAILED: The server rejected the password" in told, True, "section comments")


def comments_of_editcap_stay(place):
    """Comments that Wireshark's own program added."""
    source = place.work / "commented.pcapng"
    sample = place.write("s1.pcap", (place.root / "samples/s1-webrtc-431.pcap").read_bytes())
    programs.wireshark(["editcap", "-a", "2:look here", sample, source], place.work)
    output, _ = place.annotate(source)
    rows = programs.fields(output, ("frame.comment",), place.work)
    expect(rows[1][0][0], "look here", "the comment of frame 2")
    expect(len(rows[1][0]), 3, "comments of frame 2")


def old_kinds_of_packets(place):
    """The obsolete block takes comments, the simple one does not."""
    first, second = place.sample("s1-webrtc-431")
    data = pcapfile.section("<") + pcapfile.interface("<")
    data += pcapfile.obsolete("<", 0, micro(first), first.data) + pcapfile.simple("<", second.data)
    output, done = place.annotate(place.write("old.pcapng", data))
    expect(b"1 packets got no comment" in done.stderr, True, "a word about the simple packet")
    rows = programs.fields(output, ("frame.comment",), place.work)
    expect(OURS in rows[0][0][0], True, "the comment of frame 1")
    expect(rows[1][0], [], "the comments of frame 2")
    expect([each.data for each in pcapfile.packets(output)], [first.data, second.data], "packets")


def cut_files_are_written_up_to_the_cut(place):
    """A pcapng file that ends anywhere, and a pcap file."""
    data = rich_file("<", place.sample("s1-webrtc-431"))
    starts, at = [], 0
    for block in pcapfile.blocks(data):
        starts.append(at)
        at += len(block.body) + 12
    for cut in range(starts[6] + 1, len(data), 7):
        whole = sum(1 for start in starts[1:] + [len(data)] if start <= cut)
        output, done = place.annotate(
            place.write("cut.pcapng", data[:cut]), status=0 if cut in starts else 2, output=f"cut-{cut}.pcapng"
        )
        kept = list(pcapfile.blocks(output.read_bytes()))
        expect(len(kept), whole, f"blocks of a file cut at {cut}")
        expect(b"byte" in done.stderr, cut not in starts, f"a byte in: {done.stderr}")
        programs.wireshark(["tshark", "-n", "-r", output], place.work)
    sample = (place.root / "samples/s1-webrtc-431.pcap").read_bytes()
    output, done = place.annotate(place.write("cut.pcap", sample[:-5]), status=2)
    expect(len(pcapfile.packets(output)), 1, "packets of a cut pcap file")
    expect(b"byte" in done.stderr, True, "a byte in the message")


def all_kinds_of_pcap(place):
    """Both byte orders, micro- and nanoseconds, and with a longer header for each packet."""
    packets = place.sample("s1-webrtc-431")
    for order in "<>":
        for magic, unit, more in ((0xA1B2C3D4, 1000, b""), (0xA1B23C4D, 1, b""), (0xA1B2CD34, 1000, bytes(8))):
            data = struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, 262144, 1)
            for packet in packets:
                seconds, rest = divmod(packet.time + 123, pcapfile.NANOSECONDS)
                size = len(packet.data)
                data += struct.pack(order + "IIII", seconds, rest // unit, size, size + 40) + more + packet.data
            source = place.write("kind.pcap", data)
            output, _ = place.annotate(source)
            for old, new in zip(pcapfile.packets(source), pcapfile.packets(output), strict=True):
                expect((new.time, new.length, new.data), (old.time, old.length, old.data), f"{order}{magic:#x}")


def compressed_files(place):
    """What was compressed is written as it is inside."""
    packets = place.sample("udp-channeldata") * 20
    many = pcapfile.section("<") + pcapfile.interface("<")
    plenty = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1)
    for count, packet in enumerate(packets):
        many += pcapfile.enhanced("<", 0, micro(packet) + count, packet.data)
        size = len(packet.data)
        plenty += struct.pack("<IIII", packet.time // pcapfile.NANOSECONDS, count, size, size) + packet.data
    for name, data in (
        ("many.pcapng.gz", many),
        ("many.pcap.gz", plenty),
    ):
        packed = gzip.compress(data)
        output, _ = place.annotate(place.write(name, packed))
        plain, _ = place.annotate(place.write("plain", data), output="plain.pcapng")
        expect(pcapfile.packets(output), pcapfile.packets(plain), name)
        source = place.write(name, packed[: len(packed) * 2 // 3])
        broken, done = place.annotate(source, status=2, output="broken.pcapng")
        expect(b"gzip" in done.stderr, True, f"a word about the damage: {done.stderr}")
        rows = programs.fields(broken, ("frame.number",), place.work)
        expect(0 < len(rows) < len(packets), True, f"packets of damaged data: {len(rows)}")


def several_files_go_into_a_folder(place):
    """One output for each, and no two under one name."""
    data = (place.root / "samples/udp-channeldata.pcap").read_bytes()
    middle, count = 24, 0
    while count < 100:
        middle += 16 + struct.unpack_from("<I", data, middle + 8)[0]
        count += 1
    (place.work / "other").mkdir(exist_ok=True)
    first = place.write("call.pcap0", data[:middle])
    second = place.write("call.pcap", data[:24] + data[middle:])
    third = place.write("other/call.pcap", data[:24])
    place.annotate(first, second, third, output="new/folder")
    folder = place.work / "new/folder"
    expect(
        sorted(path.name for path in folder.iterdir()),
        ["call-2.pcapng", "call.pcap0.pcapng", "call.pcapng"],
        "files",
    )
    parts = [pcapfile.packets(folder / name) for name in ("call.pcap0.pcapng", "call.pcapng")]
    expect([len(part) for part in parts], [100, 163], "packets")
    whole, _ = place.annotate(place.root / "samples/udp-channeldata.pcap")
    expect([each.comments for part in parts for each in part], [each.comments for each in pcapfile.packets(whole)], "comments")
    together = pcapfile.packets(place.extract(second, first))
    expect(len(together), len([each for each in pcapfile.packets(whole) if each.comments]), "packets of the session")
    expect(together == sorted(together, key=lambda each: each.time), True, "the order of time")
    expect(together[0].comments[0], "Frame 1 of call.pcap0.", "the first frame")
    expect(together[100].comments[0], "Frame 1 of call.pcap.", "the frame after those of the first file")


def two_points_make_one_extract(place):
    """Two places, each with an interface of its own."""
    files = [place.root / f"samples/s3-{point}.pcap" for point in ("client", "server")]
    output = place.extract(options=[f"--at=client={files[0]}", f"--at=server={files[1]}"])
    rows = programs.fields(output, ("frame.interface_name", "frame.comment", "frame.time_epoch"), place.work)
    names = {row[0][0] for row in rows}
    expect(names, {"s3-client.pcap", "s3-server.pcap"}, "interfaces")
    expect(all(f"of {row[0][0]}." in row[1][0] for row in rows), True, "files in comments")
    times = [float(row[2][0]) for row in rows]
    expect(times, sorted(times), "times")
    told = b"".join(each.body for each in pcapfile.blocks(output.read_bytes()) if each.kind == pcapfile.INTERFACE)
    expect(b"captured at the client" in told and b"captured at the server" in told, True, "points")
    folder, _ = place.annotate(options=[f"--at=client={files[0]}", f"--at=server={files[1]}"], output="points")
    for source in files:
        written = pcapfile.packets(folder / source.with_suffix(".pcapng").name)
        expect(len(written), len(pcapfile.packets(source)), f"packets of {source.name}")
        expect(any(OURS in text for each in written for text in each.comments), True, f"comments of {source.name}")


def fragment(frame, size):
    """Return the parts of an Ethernet frame with IPv4, each with SIZE bytes of its datagram."""
    header, payload = bytearray(frame[14:34]), frame[34:]
    parts = []
    for start in range(0, len(payload), size):
        part = payload[start : start + size]
        more = 0x2000 if start + size < len(payload) else 0
        struct.pack_into(">HHH", header, 2, 20 + len(part), 4711, more | start // 8)
        header[10:12] = b"\0\0"
        total = sum(struct.unpack(">10H", header))
        total = (total & 0xFFFF) + (total >> 16)
        struct.pack_into(">H", header, 10, (total & 0xFFFF) + (total >> 16) ^ 0xFFFF)
        parts.append(frame[:14] + bytes(header) + part)
    return parts


def all_parts_of_a_datagram_belong(place):
    """Also those that come before the first one, and none of another datagram."""
    request, answer = place.sample("s1-webrtc-431")
    parts = fragment(answer.data, 64)
    foreign = bytearray(parts[1])
    foreign[18:20] = b"\x99\x99"
    frames = [request.data, parts[1], parts[0], bytes(foreign), *parts[2:]]
    data = pcapfile.section("<") + pcapfile.interface("<")
    for count, frame in enumerate(frames):
        data += pcapfile.enhanced("<", 0, micro(request) + count, frame)
    source = place.write("parts.pcapng", data)
    output, _ = place.annotate(source)
    commented = [bool(each.comments) for each in pcapfile.packets(output)]
    expect(commented, [frame != bytes(foreign) for frame in frames], "frames with comments")
    comments = pcapfile.packets(output)
    expect(comments[1].comments[0].startswith("turnpcap: Part of a datagram, from byte 64 on: "), True, comments[1].comments)
    expect(comments[2].comments[0].startswith("turnpcap: First part of a datagram: "), True, comments[2].comments)
    expect('431 "Integrity Check Failure"' in comments[-1].comments[0], True, comments[-1].comments)
    expect([each.data for each in pcapfile.packets(place.extract(source))], [frame for frame in frames if frame != bytes(foreign)], "parts")


def one_datagram_follows_another(place):
    """Parts of another datagram that has the identification of one before it, and an error about a later part."""
    sample = place.sample("udp-channeldata")
    first, last = sample[0], sample[-1]
    ends = first.data[34:38]
    big = ends + struct.pack("!HH", 3008, 0) + struct.pack("!HH", 0x4000, 2996) + b"m" * 2996
    other = struct.pack("!HHHH", 999, 888, 2008, 0) + b"z" * 2000
    frames = [fragment(first.data[:34] + datagram, 1480) for datagram in (big, other)]
    mine, foreign = frames
    router = bytearray(first.data[:34])
    quoted = mine[1][14:42]
    error = bytes(router[:16]) + struct.pack("!H", 20 + 8 + len(quoted)) + bytes(router[18:23]) + b"\x01" + bytes(2)
    error += bytes((10, 1, 1, 1)) + bytes(router[26:30]) + struct.pack("!BBHI", 11, 1, 0, 0) + quoted
    data = pcapfile.section("<") + pcapfile.interface("<")
    for packet in sample:
        data += pcapfile.enhanced("<", 0, micro(packet), packet.data)
    order = [mine[2], mine[0], mine[1], error, *foreign, error]
    for count, frame in enumerate(order):
        data += pcapfile.enhanced("<", 0, micro(last) + 1_000_000 + count, frame)
    output, _ = place.annotate(place.write("again.pcapng", data))
    told = [each.comments for each in pcapfile.packets(output)][len(sample) :]
    expect([len(each) for each in told], [1, 1, 1, 1, 0, 0, 0], f"comments: {told}")
    expect("relayed data to peer 192.0.2.180:52010 in channel 0x4000" in told[1][0], True, told[1][0])
    expect(told[3][0].startswith("turnpcap: ICMP reassembly time exceeded about UDP from 192.168.10.23:51734"), True, told[3][0])


def snap_length_of_the_file_is_too_small(place):
    """libpcap cuts packets to what the header of the file states: not without a word."""
    packets = place.sample("s1-webrtc-431")
    for order in "<>":
        data = struct.pack(order + "IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 100, 1)
        for packet in packets:
            size = len(packet.data)
            data += struct.pack(order + "IIII", packet.time // pcapfile.NANOSECONDS, 0, size, size) + packet.data
        source = place.write("small.pcap", data)
        longer = sum(len(packet.data) > 100 for packet in packets)
        output, done = place.annotate(source, status=2)
        expect(f"{longer} packets are shorter".encode() in done.stderr, True, done.stderr)
        expect(len(pcapfile.packets(output)), len(packets), "packets")
        done = programs.run([place.program, "extract", "-s", 1, "-o", place.work / "x", source], 2)
        expect(b"mergecap" in done.stderr, True, done.stderr)
        again = place.work / "again.pcap"
        programs.wireshark(["mergecap", "-F", "pcap", "-w", again, source], place.work)
        output, _ = place.annotate(again)
        expect([each.data for each in pcapfile.packets(output)], [each.data for each in packets], "packets")


def times_go_on_after_2038(place):
    """The seconds of pcap have no sign."""
    packets = place.sample("s1-webrtc-431")
    data = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1)
    for count, packet in enumerate(packets):
        size = len(packet.data)
        data += struct.pack("<IIII", 4_200_000_000 + count, 7, size, size) + packet.data
    source = place.write("late.pcap", data)
    for output in (place.annotate(source)[0], place.extract(source)):
        expect([each.time for each in pcapfile.packets(output)], [4_200_000_000_000_007_000, 4_200_000_001_000_007_000], "times")


def annotating_twice_changes_nothing(place):
    """Comments of an earlier run are replaced, on packets and on the file; those of people stay."""
    sample = place.write("s1.pcap", (place.root / "samples/s1-webrtc-431.pcap").read_bytes())
    source = place.work / "commented.pcapng"
    programs.wireshark(["editcap", "-a", "2:look here", sample, source], place.work)
    once, _ = place.annotate(source)
    twice, _ = place.annotate(once, output="twice.pcapng")
    for packed in (once, place.write("once.gz", gzip.compress(once.read_bytes()))):
        extracted = [each.comments[1:] for each in pcapfile.packets(place.extract(packed, output="x.pcapng"))]
        expect(extracted, [each.comments for each in pcapfile.packets(once)], "comments of an extract")
    hidden = pcapfile.packets(place.extract(once, output="hidden.pcapng", options=["--redact"]))
    expect([text for each in hidden for text in each.comments if "look here" in text], [], "comments with --redact")
    expect(pcapfile.packets(twice), pcapfile.packets(once), "packets and comments")
    expect(pcapfile.packets(twice)[1].comments[0], "look here", "the comment of frame 2")
    expect(pcapfile.section_comments(twice), pcapfile.section_comments(once), "section comments")
    # Where nothing is to be said any more, nothing old stays either.
    packet = place.sample("s1-webrtc-431")[0]
    other = bytearray(packet.data)
    other[36:38] = b"\x00\x35"
    note = pcapfile.option("<", 1, b"turnpcap: Allocate Request. Session 1.") + pcapfile.option("<", 1, b"mine") + END
    data = pcapfile.section("<") + pcapfile.interface("<") + pcapfile.enhanced("<", 0, micro(packet), bytes(other[:60]), note)
    output, _ = place.annotate(place.write("stale.pcapng", data), output="stale-out.pcapng")
    expect(pcapfile.packets(output)[0].comments, ["mine"], "a comment that is out of date")


def what_is_said_stays_out_of_the_output(place):
    """What is written to standard output is a capture and nothing else."""
    source = place.write("s1.pcap", (place.root / "samples/s1-webrtc-431.pcap").read_bytes())
    for command in (["annotate"], ["extract", "-s", 1]):
        wanted = place.work / "wanted.pcapng"
        done = programs.run([place.program, *command, "-o", wanted, source])
        expect(done.stdout, b"", "standard output")
        expect(b"wanted.pcapng: 2 packets" in done.stderr, True, done.stderr)
        done = programs.run([place.program, *command, "-o", "/dev/stdout", source])
        expect(done.stdout, wanted.read_bytes(), "standard output")


def outputs_that_were_not_meant(place):
    """One capture twice, a folder that is called like a file, and a folder where a file is needed."""
    data = (place.root / "samples/s1-webrtc-431.pcap").read_bytes()
    source, other = place.write("one.pcap", data), place.write("two.pcap", data)
    (place.work / "link.pcap").symlink_to("one.pcap")
    folder = place.work / "folder"
    folder.mkdir()
    named = place.work / "named.pcapng"
    for command, words in (
        (["annotate", "-o", folder, source, source], b"the same capture is given twice"),
        (["annotate", "-o", folder, source, place.work / "link.pcap"], b"the same capture is given twice"),
        (["annotate", "-o", named, source, other], b"is the name of a file: several captures go into a folder"),
        (["annotate", "-o", named, source, place.work / "nope.pcap"], b"is the name of a file"),
        (["extract", "-s", 1, "-o", folder, source], b"is a folder: say which file to write"),
    ):
        done = programs.run([place.program, *command], 2)
        expect(words in done.stderr, True, f"{words} in {done.stderr}")
    expect((named.exists(), list(folder.iterdir())), (False, []), "outputs")
    named.mkdir()
    place.annotate(source, other, output="named.pcapng")
    expect(len(list(named.iterdir())), 2, "files in a folder that was there")


def captures_of_one_name_are_told_apart(place):
    """By where they were taken, as in the report; names stand without their folders."""
    for point in ("client", "server"):
        (place.work / point).mkdir()
        place.write(f"{point}/call.pcap", (place.root / f"samples/s3-{point}.pcap").read_bytes())
    points = [option for point in ("client", "server") for option in ("--at", f"{point}={place.work / point / 'call.pcap'}")]
    output = place.extract(options=points)
    comments = [each.comments[0] for each in pcapfile.packets(output)]
    expect("Frame 1 of call.pcap (client)." in comments, True, comments)
    expect("Frame 1 of call.pcap (server)." in comments, True, comments)
    section = pcapfile.section_comments(output)[-1]
    expect(str(place.work) in section, False, section)
    expect("- frame 9 of call.pcap (client): " in section, True, section)
    expect("The server's clock is 7.002 s behind the client's" in section, True, section)
    expect("Cause: relay-range-blocked-inbound." in section, True, section)
    expect("No finding is about this session" in section, False, section)


def files_are_spared(place):
    """Neither an input nor what is there is lost when the output cannot be written."""
    sample = (place.root / "samples/s1-webrtc-431.pcap").read_bytes()
    source = place.write("in.pcap", sample)
    for command in (["annotate"], ["extract", "-s", "1"]):
        for arguments, words in (
            (["-o", source, source], b"is the capture itself"),
            ([source], b"say where to write"),
            (["-o", place.work / "x", "-"], b"reads a capture more than once"),
            (["-o", place.work / "x"], b"needs a capture file"),
            (["-o", place.work / "no/folder/x", source], b"could not be written"),
            (["-o", place.work / "x", place.work / "missing"], b"missing"),
            (["-o", "/dev/full", source], b"could not be written"),
        ):
            done = programs.run([place.program, *command, *arguments], 2)
            expect(words in done.stderr, True, f"{words} in {done.stderr}")
            expect(done.stdout, b"", "standard output")
    done = programs.run([place.program, "extract", "-s", 2, "-o", place.work / "x", source], 2)
    expect(b"there is 1" in done.stderr, True, done.stderr)
    expect(source.read_bytes(), sample, "the input")
    expect((place.work / "x").exists(), False, "an output")
    expect(sorted(place.work.glob("*.??????")), [], "temporary files")
    (place.work / "link").symlink_to("target")
    place.annotate(source, output="link")
    expect((place.work / "link").is_symlink() and (place.work / "target").exists(), True, "a link")
    odd = place.work / b"na\xefve\x1b[31m.pcap".decode(errors="surrogateescape")
    odd.write_bytes(sample)
    output, done = place.annotate(odd, output="odd.pcapng")
    expect(len(pcapfile.packets(output)), 2, "packets of a file whose name is not UTF-8")
    extracted = pcapfile.packets(place.extract(odd))
    expect(all(text.isprintable() for each in extracted for text in each.comments), True, extracted[0].comments)


def datagram(template, payload):
    """Return an Ethernet frame like TEMPLATE, which carries UDP over IPv4, with another payload."""
    head = bytearray(template[:42])
    struct.pack_into(">H", head, 16, 28 + len(payload))
    struct.pack_into(">HH", head, 38, 8 + len(payload), 0)
    struct.pack_into(">H", head, 24, 0)
    total = sum(struct.unpack(">10H", bytes(head[14:34])))
    total = (total & 0xFFFF) + (total >> 16)
    struct.pack_into(">H", head, 24, 0xFFFF - ((total & 0xFFFF) + (total >> 16)))
    return bytes(head) + payload


def padding_of_a_reason_is_not_shown(place):
    """Some servers count the padding of the reason phrase as a part of it."""
    request, answer = place.sample("s1-webrtc-431")
    reason = b"Integrity Check Failure"
    at = answer.data.index(reason)
    expect(answer.data[at - 6 : at - 4] + answer.data[at + len(reason) :][:1], b"\0\x1b\0", "length and padding")
    padded = answer.data[: at - 5] + b"\x1c" + answer.data[at - 4 :]
    data = pcapfile.section("<") + pcapfile.interface("<")
    for each, frame in ((request, request.data), (answer, padded)):
        data += pcapfile.enhanced("<", 0, micro(each), frame)
    source = place.write("padded.pcapng", data)
    told = pcapfile.packets(place.annotate(source)[0])[1].comments[0]
    expect('431 "Integrity Check Failure"' in told, True, told)
    for command in (("show", "-s", 1, "--format", "json"), ("show", "-s", 1), ("report", "--format", "json"), ("report",)):
        done = programs.run([place.program, *command, source], 1 if command[0] == "report" else 0)
        for text in ("\ufffd".encode(), b"\\ufffd"):
            expect(text in done.stdout, False, f"{text} in {command}")


def quoted(template):
    """Return an ICMP error from its receiver about TEMPLATE: port unreachable."""
    quote = template[14:]
    head = bytearray(template[:34])
    struct.pack_into(">H", head, 16, 28 + len(quote))
    head[23], head[26:30], head[30:34] = 1, template[30:34], template[26:30]
    struct.pack_into(">H", head, 24, 0)
    total = sum(struct.unpack(">10H", bytes(head[14:34])))
    total = (total & 0xFFFF) + (total >> 16)
    struct.pack_into(">H", head, 24, 0xFFFF - ((total & 0xFFFF) + (total >> 16)))
    return bytes(head) + struct.pack(">BBHI", 3, 3, 0, 0) + quote


def what_comes_late_is_of_no_session(place):
    """An hour after the release, or after the last message, the ports are anyone's; STUN is told all the same."""
    hour = 3600 * 10**9
    for name in ("udp-channeldata", "s1-webrtc-431"):
        packets = place.sample(name)
        first, last = packets[0].data, packets[-1].time
        words = datagram(first, b"hello world")
        channel = datagram(first, struct.pack(">HH", 0x4000, 4) + b"data")
        check = datagram(first, struct.pack(">HHI", 1, 0, 0x2112A442) + b"late request")
        late = [(0, words), (1, channel), (2, check), (3, words), (4, quoted(check)), (5, quoted(words))]
        body = [(each.time, each.data) for each in packets] + [(last + hour + 10**9 * each, data) for each, data in late]
        body += [(last + 119 * 10**9, words), (last + 121 * 10**9, words)]
        head = pcapfile.section("<") + pcapfile.interface("<")
        data = head + b"".join(pcapfile.enhanced("<", 0, time // 1000, frame) for time, frame in body)
        output, _ = place.annotate(place.write(f"{name}.pcapng", data))
        told = [any(OURS[:-2] in text for text in each.comments) for each in pcapfile.packets(output)[len(packets) :]]
        expect(told, [False, False, True, False, True, False, True, False], f"late packets of {name}")


CASES = (
    everything_stays,
    comments_of_editcap_stay,
    old_kinds_of_packets,
    cut_files_are_written_up_to_the_cut,
    all_kinds_of_pcap,
    compressed_files,
    several_files_go_into_a_folder,
    two_points_make_one_extract,
    all_parts_of_a_datagram_belong,
    one_datagram_follows_another,
    snap_length_of_the_file_is_too_small,
    times_go_on_after_2038,
    annotating_twice_changes_nothing,
    what_is_said_stays_out_of_the_output,
    outputs_that_were_not_meant,
    captures_of_one_name_are_told_apart,
    what_comes_late_is_of_no_session,
    padding_of_a_reason_is_not_shown,
    files_are_spared,
)


def run_cases(cases):
    """Run those of CASES that the command line names, or all; return the exit status."""
    programs.skip_without_wireshark()
    program, root = (pathlib.Path(argument).resolve() for argument in sys.argv[1:3])
    chosen = [case for case in cases if case.__name__ in sys.argv[3:] or not sys.argv[3:]]
    failed = 0
    for case in chosen:
        with tempfile.TemporaryDirectory() as name:
            work = pathlib.Path(name)
            work.chmod(0o777)
            try:
                case(Place(program, root, work))
            except (Wrong, programs.Failed) as error:
                failed += 1
                print(f"FAIL {case.__name__}: {error}")
    print(f"{len(chosen)} cases, {failed} failed")
    return 1 if failed or not chosen else 0


if __name__ == "__main__":
    sys.exit(run_cases(CASES))
