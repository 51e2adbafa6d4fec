#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What packets bring along of their own (comments, options, a kind of block without a time), and how sections and interfaces are described.

Usage: test_blocks.py PROGRAM SOURCE_DIR [CASE...]
"""

import pathlib
import struct
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import pcapfile  # noqa: E402
import programs  # noqa: E402
from test_files import expect, micro, run_cases  # noqa: E402

CUSTOM, JOURNAL = 0xBAD, 9
FLAGS, HASH, DROPS, NUMBER = 2, 3, 4, 5
CUSTOM_TEXT, CUSTOM_NOT_COPIED = 2988, 19372
MAKER = 32473


def own(order, *options):
    """Return options with their end mark, each told as its code and value."""
    return b"".join(pcapfile.option(order, code, value) for code, value in options) + struct.pack(order + "HH", 0, 0)


def options_of(path):
    """Return the options of each packet of a file."""
    packets = [each for each in pcapfile.blocks(path.read_bytes()) if each.kind == pcapfile.ENHANCED]
    return [each.options(20 + (struct.unpack_from(each.order + "I", each.body, 12)[0] + 3 & ~3)) for each in packets]


def comments_of(options):
    """Return what people wrote, without the comments that turnpcap adds."""
    texts = [value for code, value in options if code == pcapfile.COMMENT]
    return [text for text in texts if not text.startswith((b"turnpcap: ", b"Frame "))]


def comments_stay_on_their_packets(place):
    """Wireshark counts journal entries and most custom blocks as frames; packets before and behind them."""
    packets = place.sample("udp-channeldata")[:12]
    entry = b"__CURSOR=a\n__REALTIME_TIMESTAMP=1495310000000000\n\n"
    for order in "<>":
        journal = pcapfile.block(order, JOURNAL, entry + bytes(-len(entry) % 4))
        custom = pcapfile.block(order, CUSTOM, struct.pack(order + "I", MAKER) + b"anything")
        data = pcapfile.section(order) + pcapfile.interface(order) + journal
        for count, packet in enumerate(packets):
            text = b"" if count % 3 == 2 else own(order, (pcapfile.COMMENT, b"own %d" % count))
            data += pcapfile.enhanced(order, 0, micro(packet), packet.data, text)
            data += custom if count in (3, 4) else journal if count == 7 else b""
        output = place.extract(place.write("frames.pcapng", data))
        written = pcapfile.packets(output)
        expect([each.data for each in written], [each.data for each in packets], "packets")
        wanted = [[] if count % 3 == 2 else [b"own %d" % count] for count in range(len(packets))]
        expect([comments_of(each) for each in options_of(output)], wanted, "own comments")
        rows = programs.fields(output, ("frame.number",), place.work)
        expect(len(rows), len(packets), "frames")
        # Frame 1 is the journal entry; two custom blocks stand behind the fourth packet and the fifth.
        expect(written[4].comments[0], "Frame 7 of frames.pcapng.", "the fifth packet")


def comments_stay_whole_and_all(place):
    """More of them than turnpcap writes itself, longer ones, and what is no UTF-8; other options too."""
    request, answer = place.sample("s1-webrtc-431")
    for order in "<>":
        many = [b"c%d" % count for count in range(30)]
        rest = [
            (pcapfile.COMMENT, b"x" * 60000),
            (pcapfile.COMMENT, b"\xff\xfe bad"),
            (FLAGS, struct.pack(order + "I", 0x01020304)),
            (HASH, b"\x02abcd"),
            (DROPS, struct.pack(order + "Q", 7)),
            (NUMBER, struct.pack(order + "Q", 1 << 40)),
            (CUSTOM_TEXT, struct.pack(order + "I", MAKER) + b"text"),
            (CUSTOM_NOT_COPIED, struct.pack(order + "I", MAKER) + b"text"),
        ]
        data = pcapfile.section(order) + pcapfile.interface(order)
        data += pcapfile.enhanced(order, 0, micro(request), request.data, own(order, *[(1, text) for text in many]))
        data += pcapfile.obsolete(order, 0, micro(answer), answer.data, own(order, *rest))
        source = place.write("many.pcapng", data)
        first, second = options_of(place.extract(source))
        expect(comments_of(first), many, "comments of the first packet")
        expect([value.startswith(b"turnpcap: ") for _, value in first[-2:]], [True, True], "ours of the first packet")
        expect(comments_of(second), [b"x" * 60000, b"\xff\xfe bad"], "comments of the second packet")
        expect(
            [each for each in second if each[0] != pcapfile.COMMENT],
            [
                (FLAGS, b"\x04\x03\x02\x01"),
                (HASH, b"\x02abcd"),
                (DROPS, b"\x07" + bytes(7)),
                (NUMBER, bytes(5) + b"\1\0\0"),
                (CUSTOM_TEXT, struct.pack("<I", MAKER) + b"text"),
            ],
            "other options, in the byte order of the file",
        )
        hidden = options_of(place.extract(source, options=["--redact"]))
        expect([comments_of(each) for each in hidden], [[], []], "comments with --redact")
        expect({code for each in hidden for code, _ in each}, {pcapfile.COMMENT}, "options with --redact")
        output, _ = place.annotate(source)
        expect(comments_of(options_of(output)[0]), many, "comments of the annotated packet")


def comments_are_never_too_many(place):
    """Those of packets of no session do not use up what is kept."""
    request, answer = place.sample("s1-webrtc-431")
    foreign = bytearray(request.data[:60])
    foreign[34:38] = struct.pack("!HH", 5353, 53)
    text = own("<", (pcapfile.COMMENT, b"one of many"))
    other = pcapfile.enhanced("<", 0, micro(request) - 1, bytes(foreign), text)
    data = pcapfile.section("<") + pcapfile.interface("<") + other * 70_000
    for packet in (request, answer):
        data += pcapfile.enhanced("<", 0, micro(packet), packet.data, own("<", (pcapfile.COMMENT, b"mine")))
    output = place.extract(place.write("plenty.pcapng", data))
    expect([comments_of(each) for each in options_of(output)], [[b"mine"], [b"mine"]], "own comments")


def options_that_are_damaged_are_told(place):
    """Of an option that goes on behind its block nobody knows what it was."""
    request, answer = place.sample("s1-webrtc-431")
    data = pcapfile.section("<") + pcapfile.interface("<")
    data += pcapfile.enhanced("<", 0, micro(request), request.data, struct.pack("<HH", 1, 99) + b"text")
    data += pcapfile.enhanced("<", 0, micro(answer), answer.data, own("<", (pcapfile.COMMENT, b"mine")))
    source = place.write("damaged.pcapng", data)
    done = programs.run([place.program, "extract", "-s", 1, "-o", place.work / "out.pcapng", source])
    expect(b"1 packets lost comments and options of their own" in done.stderr, True, done.stderr)
    expect([comments_of(each) for each in options_of(place.work / "out.pcapng")], [[], [b"mine"]], "own comments")


def sections_tell_nothing_old(place):
    """No length that has become another, and no verdict of an earlier run, in any of them."""
    request, answer = place.sample("s1-webrtc-431")
    old = own("<", (pcapfile.COMMENT, b"turnpcap: FAILED: something old."), (pcapfile.COMMENT, b"mine"))
    unsound = struct.pack("<HH", pcapfile.COMMENT, 99) + b"text"
    bodies = [pcapfile.interface("<") + pcapfile.enhanced("<", 0, micro(each), each.data) for each in (request, answer)]
    for heads, kept in (((b"", b""), ([], [])), ((old, old), ([b"mine"], [b"mine"])), ((unsound, old), (None, [b"mine"]))):
        data = b"".join(pcapfile.section("<", head, len(body)) + body for head, body in zip(heads, bodies))
        output, _ = place.annotate(place.write("sections.pcapng", data))
        sections = [each for each in pcapfile.blocks(output.read_bytes()) if each.kind == pcapfile.SECTION]
        expect([each.body[8:16] for each in sections], [b"\xff" * 8] * 2, "lengths of sections")
        for section, mine in zip(sections, kept):
            texts = [value for code, value in section.options(16) if code == pcapfile.COMMENT]
            if mine is not None:
                expect([text for text in texts if not text.startswith(b"turnpcap: ")], mine, "comments of people")
            expect([text for text in texts if b"something old" in text], [], "old verdicts")
        told = b"".join(each.body for each in sections).count(b"turnpcap: FAILED: The server rejected the password")
        expect(told, 1, "verdicts")
        if unsound not in heads:
            programs.wireshark(["capinfos", output], place.work)


def a_verdict_without_a_place_is_told(place):
    """No section takes a comment."""
    request, answer = place.sample("s1-webrtc-431")
    data = pcapfile.section("<", struct.pack("<HH", pcapfile.COMMENT, 99) + b"text") + pcapfile.interface("<")
    for packet in (request, answer):
        data += pcapfile.enhanced("<", 0, micro(packet), packet.data)
    _, done = place.annotate(place.write("unsound.pcapng", data))
    expect(b"the verdict is not in the file" in done.stderr, True, done.stderr)


def mixed_file(packets, order=(9, 6)):
    """Return a file with interfaces of several resolutions, and a packet of each in turn."""
    data = pcapfile.section("<")
    for resolution in order:
        data += pcapfile.interface("<", own("<", (9, bytes([resolution]))))
    for count, packet in enumerate(packets):
        ticks = packet.time + count * 1_234_567
        resolution = order[count % len(order)]
        data += pcapfile.enhanced("<", count % len(order), ticks // 10 ** (9 - resolution), packet.data)
    return data


def interfaces_stand_before_packets(place):
    """So that reordercap takes the file; and no time is cut."""
    packets = place.sample("udp-channeldata")[:12]
    for order in ((9, 6), (6, 9), (6, 6), (3, 6, 9)):
        data = mixed_file(packets, order)
        source = place.write("mixed.pcapng", data)
        for output in (place.extract(source), place.annotate(source, options=["--redact"], output="r.pcapng")[0]):
            kinds = [each.kind for each in pcapfile.blocks(output.read_bytes())]
            last = max(at for at, kind in enumerate(kinds) if kind == pcapfile.INTERFACE)
            expect(last < kinds.index(pcapfile.ENHANCED), True, f"{order}: interfaces first in {kinds}")
            times = [each.time for each in pcapfile.packets(output)]
            expect(times, [each.time for each in pcapfile.packets(source)], f"{order}: times")
            described = [each for each in pcapfile.blocks(output.read_bytes()) if each.kind == pcapfile.INTERFACE]
            resolutions = [value[0] for each in described for code, value in each.options(8) if code == 9]
            # The report goes by the first one; milliseconds are written as microseconds.
            expect(resolutions, [max(resolution, 6) for resolution in order], f"{order}: resolutions")
            if programs.is_installed("reordercap"):
                ordered = output.with_suffix(".ordered")
                programs.run(["reordercap", output, ordered])
                expect(len(pcapfile.packets(ordered)), len(packets), f"{order}: packets in the order of time")


def packets_stay_on_their_interfaces(place):
    """Of two sections, the second in another byte order; without names where names are hidden."""
    packets = place.sample("udp-channeldata")[:8]
    data = b""
    for order, part in (("<", packets[:4]), ("<", packets[4:])):
        data += pcapfile.section(order) + pcapfile.interface(order, own(order, (2, b"eth\0330")))
        data += pcapfile.interface(order)
        data += pcapfile.enhanced(order, 1, micro(part[0]), part[0].data) + pcapfile.enhanced(order, 0, micro(part[1]), part[1].data)
        data += pcapfile.obsolete(order, 1, micro(part[2]), part[2].data) + pcapfile.enhanced(order, 1, micro(part[3]), part[3].data)
    source = place.write("nics.pcapng", data)
    runs = (
        (lambda: place.extract(source), ["eth\\u{1b}0 of nics.pcapng", "interface 2 of nics.pcapng", "eth\\u{1b}0 of nics.pcapng", "interface 4 of nics.pcapng"]),
        (lambda: place.extract(source, options=["--redact"]), [f"interface {count} of capture-1.pcapng" for count in range(1, 5)]),
        (lambda: place.annotate(source, options=["--redact"])[0], [f"interface {count}" for count in range(1, 5)]),
    )
    for run, names in runs:
        rows = programs.fields(run(), ("frame.interface_id", "frame.interface_name"), place.work)
        wanted = [[[str(number)], [names[number]]] for number in (1, 0, 1, 1, 3, 2, 3, 3)]
        expect(rows, wanted, "interfaces")


def packets_without_a_time_are_told(place):
    """Simple packet blocks have none, and 1970 is not when they were seen."""
    request, answer = place.sample("s1-webrtc-431")
    data = pcapfile.section("<") + pcapfile.interface("<")
    data += pcapfile.enhanced("<", 0, micro(request), request.data) + pcapfile.simple("<", answer.data)
    source = place.write("simple.pcapng", data)
    for command in (["extract", "-s", 1], ["extract", "-s", 1, "--redact"], ["annotate", "--redact"]):
        output = place.work / "timeless.pcapng"
        done = programs.run([place.program, *command, "-o", output, source])
        expect(b"1 packets have no time in the capture" in done.stderr, True, done.stderr)
        first, second = pcapfile.packets(output)
        expect(first.time, request.time, f"{command}: the time of the first packet")
        note = [text for text in first.comments + second.comments if "has no time" in text]
        expect(note, ["turnpcap: This packet has no time in the capture; 1970 stands for none."], f"{command}: {second.comments}")
        expect(note[0] in second.comments, True, f"{command}: where it is said")


def shortened_packets_are_told_with_redaction(place):
    """The report has another name for the file then; what is read of it is the same."""
    packets = place.sample("s1-webrtc-431")
    data = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 100, 1)
    for packet in packets:
        data += struct.pack("<IIII", packet.time // pcapfile.NANOSECONDS, 0, len(packet.data), len(packet.data)) + packet.data
    source = place.write("small.pcap", data)
    longer = sum(len(packet.data) > 100 for packet in packets)
    for command in (["annotate"], ["extract", "-s", 1]):
        done = programs.run([place.program, *command, "--redact", "-o", place.work / "out.pcapng", source], 2)
        expect(f"{longer} packets are shorter".encode() in done.stderr, True, done.stderr)


def evidence_stands_alone(place):
    """A comment is read without the line of the report that comes before it."""
    files = [place.root / f"samples/s3-{point}.pcap" for point in ("client", "server")]
    folder, _ = place.annotate(options=[f"--at=client={files[0]}", f"--at=server={files[1]}"], output="points")
    texts = {}
    for source in files:
        for number, packet in enumerate(pcapfile.packets(folder / source.with_suffix(".pcapng").name), 1):
            texts[source.stem, number] = [text for text in packet.comments if "Evidence: " in text]
    evidence = [text.split("Evidence: ")[1] for found in texts.values() for text in found]
    for word in ("the same", "before that", "after that", "last of them"):
        expect([text for text in evidence if text.startswith(word)], [], f"evidence that begins with {word}")
    expect(len(texts["s3-client", 15]), 1, f"evidence at frame 15 of the client: {texts['s3-client', 15]}")
    expect(texts["s3-client", 15][0].endswith(", sent again"), True, texts["s3-client", 15])
    expect(" leaves, " in texts["s3-client", 15][0], True, texts["s3-client", 15])


CASES = (
    comments_stay_on_their_packets,
    comments_stay_whole_and_all,
    comments_are_never_too_many,
    options_that_are_damaged_are_told,
    sections_tell_nothing_old,
    a_verdict_without_a_place_is_told,
    interfaces_stand_before_packets,
    packets_stay_on_their_interfaces,
    packets_without_a_time_are_told,
    shortened_packets_are_told_with_redaction,
    evidence_stands_alone,
)


if __name__ == "__main__":
    sys.exit(run_cases(CASES))
