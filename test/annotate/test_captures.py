#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Annotates every capture, and extracts every session of it, and holds the files against the input.

tshark, editcap and capinfos must read them without a word; packets, times, lengths and bytes must be those of the
input; comments must stand on evidence and on packets of sessions, and on no others. Which packets are of a session is
worked out once more, from the JSON report and tshark's fields.
Usage: test_captures.py PROGRAM SOURCE_DIR, or test_captures.py PROGRAM --real DEFAULT_FOLDER
"""

import pathlib
import re
import shutil
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.path.insert(0, str(HERE.parent))
import membership  # noqa: E402
import pcapfile  # noqa: E402
import programs  # noqa: E402
import reporting  # noqa: E402

SESSION = re.compile(r"\. Session (\d+)\b")
EVIDENCE = re.compile(r"(?:FAILED|DEGRADED|INCONCLUSIVE) \([a-z0-9-]+\): .+\. Evidence: ")
FRAME = re.compile(r"Frame (\d+) of (.*)\.")
TOLD = ("frame.time_epoch", "frame.len", "frame.cap_len", "frame.comment")
# More sessions of one capture say nothing new.
MAX_SESSIONS = 12


def different(before, after):
    """Yield what of a packet is not as it was."""
    if before.time != after.time:
        yield f"time {after.time}, not {before.time}"
    if max(before.length, len(before.data)) != after.length:
        yield f"length {after.length}, not {before.length}"
    if before.data != after.data:
        yield "its bytes are others"


def told_by_tshark(path, home):
    """Return time, lengths and comments of each packet as tshark has them."""
    return programs.fields(path, TOLD, home)


def check_copy(source, output, old, home):
    """Yield where the packets of an annotated file are not those of its source, of which tshark told OLD."""
    before, after = pcapfile.packets(source), pcapfile.packets(output)
    if len(before) != len(after):
        yield f"{len(after)} packets, not {len(before)}"
        return
    for frame, pair in enumerate(zip(before, after), 1):
        yield from (f"frame {frame}: {fault}" for fault in different(*pair))
        if pair[1].comments[: len(pair[0].comments)] != pair[0].comments:
            yield f"frame {frame}: a comment is gone"
    new = told_by_tshark(output, home)
    if [row[:3] for row in old] != [row[:3] for row in new]:
        yield "tshark sees other times or lengths"
    for frame, (row, packet) in enumerate(zip(new, after), 1):
        if row[3] != packet.comments:
            yield f"frame {frame}: tshark reads the comments {row[3]}"


def check_tools(source, output, home, work):
    """Yield what capinfos and editcap say of an annotated file that they do not say of its source."""
    table = programs.wireshark(["capinfos", "-T", "-r", "-m", "-c", "-a", "-e", "-S", source, output], home)
    before, after = (line.split(",")[1:] for line in table.strip().split("\n"))
    if before != after:
        yield f"capinfos: {after}, not {before}"
    copy = work / "editcap.pcapng"
    programs.wireshark(["editcap", output, copy], home)
    if [each.data for each in pcapfile.packets(copy)] != [each.data for each in pcapfile.packets(output)]:
        yield "editcap writes other packets"
    copy.unlink()


def check_comments(report, flows, output):
    """Yield where comments are missing or too many."""
    sessions = membership.of_sessions(report, flows)
    proofs = membership.evidence(report)
    for frame, packet in enumerate(pcapfile.packets(output), 1):
        told = {int(number) for text in packet.comments for number in SESSION.findall(text)}
        wanted = {number for number, frames in sessions.items() if frame in frames}
        if told != wanted:
            yield f"frame {frame}: of sessions {sorted(told)}, not {sorted(wanted)}: {packet.comments}"
        if any(EVIDENCE.match(text) for text in packet.comments) != (frame in proofs):
            yield f"frame {frame}: evidence or not: {packet.comments}"
        for text in packet.comments:
            if not text.isprintable() or len(text.encode()) > 4096:
                yield f"frame {frame}: {text!r}"


def check_section(report, output, home):
    """Yield what the comment of the file lacks."""
    comment = pcapfile.section_comments(output)[-1]
    verdict = report["verdict"]
    wanted = [verdict["level"].upper(), verdict["title"], verdict["explanation"]]
    wanted += ([verdict["cause"]] if verdict["cause"] else []) + verdict["remedies"] + verdict["unknowns"]
    wanted = [text for text in wanted if text is not None]
    shown = programs.wireshark(["capinfos", "-k", output], home)
    yield from (f"section comment: no {text!r}" for text in wanted if text not in comment)
    if f"{verdict['level'].upper()}: {verdict['title']}" not in shown:
        yield "capinfos does not show the comment of the section"


def check_extract(program, source, report, flows, annotated, work, home):
    """Yield where an extracted file has not the packets of its session."""
    sessions = membership.of_sessions(report, flows)
    before, notes = pcapfile.packets(source), pcapfile.packets(annotated)
    for number in list(sessions)[:MAX_SESSIONS]:
        output = work / f"session-{number}.pcapng"
        programs.run([program, "extract", "-s", number, "-o", output, source])
        rows = told_by_tshark(output, home)
        frames = []
        for packet in pcapfile.packets(output):
            frame = int(FRAME.fullmatch(packet.comments[0])[1])
            frames.append(frame)
            yield from (f"session {number}, frame {frame}: {fault}" for fault in different(before[frame - 1], packet))
            added = notes[frame - 1].comments[len(before[frame - 1].comments) :]
            if packet.comments[1:] != added:
                yield f"session {number}, frame {frame}: comments {packet.comments[1:]}, not {added}"
        if sorted(frames) != sorted(sessions[number]) or len(rows) != len(frames):
            yield f"session {number}: frames {sorted(frames)}, not {sorted(sessions[number])}"
        output.unlink()


def check(program, source, work, home):
    """Yield all that is wrong with what is written of one capture."""
    try:
        report = reporting.json_report(program, [source])
    except reporting.ReportFailed as failed:
        # What cannot be read is not written either.
        done = programs.run([program, "annotate", "-o", work / "none.pcapng", source], 2)
        if (work / "none.pcapng").exists() or not done.stderr:
            yield f"written, although {failed}"
        return
    output = work / "annotated.pcapng"
    whole = not any("Everything before it was read" in text for text in report["captures"][0]["warnings"])
    programs.run([program, "annotate", "-o", output, source], 0 if whole else 2)
    if not whole:
        programs.wireshark(["tshark", "-n", "-r", output], home)
        return
    rows = programs.fields(source, membership.FIELDS + TOLD, home, membership.OPTIONS)
    flows = membership.Flows(rows)
    yield from check_copy(source, output, [row[len(membership.FIELDS) :] for row in rows], home)
    yield from check_tools(source, output, home, work)
    yield from check_comments(report, flows, output)
    yield from check_section(report, output, home)
    yield from check_extract(program, source, report, flows, output, work, home)


def sources(arguments):
    """Return the captures to look at; None when there is no folder of them."""
    if arguments[0] != "--real":
        root = pathlib.Path(arguments[0])
        return sorted(root.glob("samples/*.pcap")) + sorted(root.glob("samples/causes/*.pcap")) + sorted(root.glob("test/plugin/corpus/*.pcap*"))
    folder = reporting.captures_folder(arguments[1])
    return folder and reporting.capture_files(folder)


def main():
    programs.skip_without_wireshark()
    program, *arguments = sys.argv[1:]
    captures = sources(arguments)
    if captures is None:
        return reporting.skip_without(arguments[1])
    failed = 0
    with tempfile.TemporaryDirectory() as name:
        work = pathlib.Path(name)
        work.chmod(0o777)
        for path in captures:
            # A name that the unprivileged user may read.
            source = work / path.name
            shutil.copyfile(path, source)
            source.chmod(0o644)
            try:
                faults = list(check(program, source, work, work))
            except programs.Failed as error:
                faults = [str(error)]
            failed += 1 if faults else 0
            for fault in faults[:8]:
                print(f"FAIL {path.name}: {fault}")
            for written in work.glob("*"):
                if written.is_file():
                    written.unlink()
    print(f"{len(captures)} captures, {failed} with faults")
    return 1 if failed or not captures else 0


if __name__ == "__main__":
    sys.exit(main())
