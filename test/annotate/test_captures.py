#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Annotates every capture, and extracts every session of it, and holds the files against the input.

tshark, editcap and capinfos must read them without a word; packets, times, lengths and bytes must be those of the
input; comments must stand on evidence and on packets of sessions, and on no others. Which packets are of a session is
worked out once more, from the JSON report and tshark's fields.
Usage: test_captures.py PROGRAM SOURCE_DIR, or test_captures.py PROGRAM --real DEFAULT_FOLDER
"""

import concurrent.futures
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
REFERS_BACK = re.compile(r"Evidence: (?:the same|last of (?:them|[0-9]+ trans)|it |before that|after that)")
EVIDENCE = re.compile(r"turnpcap: (?:FAILED|DEGRADED|INCONCLUSIVE) \([a-z0-9-]+\): .+\. Evidence: ")
FRAME = re.compile(r"Frame (\d+) of (.*)\.")
TOLD = ("frame.time_epoch", "frame.len", "frame.cap_len", "frame.comment")
# More sessions of one capture say nothing new.
MAX_SESSIONS = 12
# tshark takes longer to start than to read: it reads what was written of so many captures at once.
CAPTURES_AT_ONCE = 24
PROCESSES = 2


def different(before, after):
    """Yield what of a packet is not as it was."""
    if before.time != after.time:
        yield f"time {after.time}, not {before.time}"
    if max(before.length, len(before.data)) != after.length:
        yield f"length {after.length}, not {before.length}"
    if before.data != after.data:
        yield "its bytes are others"


class Written:
    """Files that were written, as the sections of one file, and what tshark is to read from each."""

    def __init__(self, path):
        self._path, self._wanted = path, []
        path.write_bytes(b"")
        path.chmod(0o644)

    def add(self, output, rows):
        """Take OUTPUT; ROWS have time and lengths of its packets, as tshark told them of the source."""
        with self._path.open("ab") as whole:
            whole.write(output.read_bytes())
        packets = pcapfile.packets(output)
        self._wanted += [(output.name, [*row[:3], packet.comments]) for row, packet in zip(rows, packets, strict=True)]

    def check(self, home):
        """Yield where tshark reads something else."""
        if not self._wanted:
            return
        read = programs.fields(self._path, TOLD, home)
        if len(read) != len(self._wanted):
            yield f"tshark reads {len(read)} packets of {len(self._wanted)}"
        for row, (name, wanted) in zip(read, self._wanted):
            if row != wanted:
                yield f"{name}: tshark reads {row}, not {wanted}"


def check_copy(source, output):
    """Yield where the packets of an annotated file are not those of its source."""
    before, after = pcapfile.packets(source), pcapfile.packets(output)
    if len(before) != len(after):
        yield f"{len(after)} packets, not {len(before)}"
        return
    for frame, pair in enumerate(zip(before, after), 1):
        yield from (f"frame {frame}: {fault}" for fault in different(*pair))
        if pair[1].comments[: len(pair[0].comments)] != pair[0].comments:
            yield f"frame {frame}: a comment is gone"


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
            if REFERS_BACK.search(text):
                yield f"frame {frame}: goes on from evidence that is not there: {text!r}"


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


def check_extract(program, source, report, flows, annotated, rows, written):
    """Yield where an extracted file has not the packets of its session."""
    sessions = membership.of_sessions(report, flows)
    before, notes = pcapfile.packets(source), pcapfile.packets(annotated)
    for number in list(sessions)[:MAX_SESSIONS]:
        output = annotated.with_name(f"{source.name}-session-{number}.pcapng")
        programs.run([program, "extract", "-s", number, "-o", output, source])
        frames = []
        for packet in pcapfile.packets(output):
            frame = int(FRAME.fullmatch(packet.comments[0])[1])
            frames.append(frame)
            yield from (f"session {number}, frame {frame}: {fault}" for fault in different(before[frame - 1], packet))
            if packet.comments[1:] != notes[frame - 1].comments:
                yield f"session {number}, frame {frame}: comments {packet.comments[1:]}, not {notes[frame - 1].comments}"
        if sorted(frames) != sorted(sessions[number]):
            yield f"session {number}: frames {sorted(frames)}, not {sorted(sessions[number])}"
        written.add(output, [rows[frame - 1] for frame in frames])
        output.unlink()


def check(program, source, work, written):
    """Yield all that is wrong with what is written of one capture."""
    try:
        report = reporting.json_report(program, [source])
    except reporting.ReportFailed as failed:
        # What cannot be read is not written either.
        done = programs.run([program, "annotate", "-o", work / "none.pcapng", source], 2)
        if (work / "none.pcapng").exists() or not done.stderr:
            yield f"written, although {failed}"
        return
    output = work / f"{source.name}-annotated.pcapng"
    whole = not any("Everything before it was read" in text for text in report["captures"][0]["warnings"])
    programs.run([program, "annotate", "-o", output, source], 0 if whole else 2)
    if not whole:
        programs.wireshark(["tshark", "-n", "-r", output], work)
        return
    rows = programs.fields(source, membership.FIELDS + TOLD, work, membership.OPTIONS)
    flows = membership.Flows(rows)
    told = [row[len(membership.FIELDS) :] for row in rows]
    copied = list(check_copy(source, output))
    yield from copied
    if not copied:
        written.add(output, told)
    yield from check_tools(source, output, work, work)
    yield from check_comments(report, flows, output)
    yield from check_section(report, output, work)
    yield from check_extract(program, source, report, flows, output, told, written)


def sources(arguments):
    """Return the captures to look at; None when there is no folder of them."""
    if arguments[0] != "--real":
        root = pathlib.Path(arguments[0])
        return sorted(root.glob("samples/*.pcap")) + sorted(root.glob("samples/causes/*.pcap")) + sorted(root.glob("test/plugin/corpus/*.pcap*"))
    folder = reporting.captures_folder(arguments[1])
    return folder and reporting.capture_files(folder)


def check_some(program, captures):
    """Return the faults of some captures, each with the name of its capture."""
    faults = []
    with tempfile.TemporaryDirectory() as name:
        work = pathlib.Path(name)
        work.chmod(0o777)
        written = Written(work / "written.pcapng")
        for path in captures:
            # A name that the unprivileged user may read.
            source = work / path.name
            shutil.copyfile(path, source)
            source.chmod(0o644)
            try:
                faults += [(path.name, fault) for fault in check(program, source, work, written)]
            except programs.Failed as error:
                faults.append((path.name, str(error)))
        try:
            faults += [("all", fault) for fault in written.check(work)]
        except programs.Failed as error:
            faults.append(("all", str(error)))
    return faults


def main():
    programs.skip_without_wireshark()
    program, *arguments = sys.argv[1:]
    captures = sources(arguments)
    if captures is None:
        return reporting.skip_without(arguments[1])
    parts = [captures[at : at + CAPTURES_AT_ONCE] for at in range(0, len(captures), CAPTURES_AT_ONCE)]
    with concurrent.futures.ThreadPoolExecutor(PROCESSES) as pool:
        faults = [fault for found in pool.map(lambda part: check_some(program, part), parts) for fault in found]
    for name, fault in faults[:40]:
        print(f"FAIL {name}: {fault}")
    print(f"{len(captures)} captures, {len({name for name, _ in faults})} with faults")
    return 1 if faults or not captures else 0


if __name__ == "__main__":
    sys.exit(main())
