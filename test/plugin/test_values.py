#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Holds the plugin's fields against what the generator put into the samples.

For the sample of all attributes the generator itself says what that is; for the others it stands in expected/.
"""

import sys

import cases
import tables
from tables import ANY, Frame

sys.path.insert(0, str(cases.SAMPLES))
import scenario_attributes  # noqa: E402

# What is judged from several frames, or says in other words what other fields say.
NOT_HELD = {
    "mstun.attribute.padding",
    "mstun.attribute.value",
    "mstun.cause",
    "mstun.cause.evidence",
    "mstun.cause.level",
    "mstun.class",
    "mstun.complete_frame",
    "mstun.connection_peer",
    "mstun.cookie",
    "mstun.integrity.form",
    "mstun.integrity.user",
    "mstun.length",
    "mstun.method",
    "mstun.padded",
    "mstun.peer",
    "mstun.relayed",
    "mstun.session",
    "turnconn.began_frame",
}
_INNER = {"turnconn", "stun", "dtls", "rtp", "rtcp"}


def _spelled(part):
    if isinstance(part, bytes):
        return part.hex()
    return str(int(part)) if isinstance(part, (bool, int)) else part


def of_attributes():
    """Return the frames of the sample of all attributes."""
    frames = {}
    for number, message in enumerate(scenario_attributes.messages(), start=1):
        frame = frames[number] = Frame()
        kind, transaction = f"0x{message.kind:04x}", message.transaction.hex()
        frame.message(kind, transaction, message.dialect, message.fingerprint, message.copy_of)
        for code, length in message.attributes:
            frame.attribute(f"0x{code:04x}", length)
        for name, parts in message.parts.items():
            _put(frame, name, message, parts)
    return frames


def _put(frame, name, message, parts):
    """Write what one field must hold."""
    field = f"mstun.{name}"
    if name == "username" and message.dialect == "MS-TURN":
        # A field has one type, and this one is a text everywhere else.
        field += ".bytes"
    if parts is ANY or parts is scenario_attributes.ANY:
        frame.unsaid(field)
        return
    frame.values[field] = [_spelled(part) for part in (parts if isinstance(parts, list) else [parts])]


def expected_frames(capture):
    if capture.stem == "attributes":
        return of_attributes()
    return tables.read(capture.stem)


def held(program):
    """Return the fields that are held against the tables."""
    return sorted(
        name
        for name, kind in program.types.items()
        if kind != "FT_NONE" and name not in NOT_HELD and ".expert." not in name
    )


def compare_values(program, where, wanted, found):
    for field in sorted(wanted.keys() | found.keys()):
        values = wanted.get(field, [])
        if values is ANY:
            continue
        values = [program.plain(field, value) for value in values]
        if values != found.get(field, []):
            yield f"{where}: {field} is {found.get(field, [])}, expected {values}"


def compare(program, capture, options, without, late=frozenset()):
    """Yield what is wrong in one capture, in fields other than WITHOUT and frames other than LATE."""
    expected = expected_frames(capture)
    fields = [name for name in held(program) if name not in without]
    found = program.fields(capture, [*fields, "frame.protocols"], options)
    for number, values in enumerate(found, start=1):
        if number in late:
            continue
        frame = expected.get(number, Frame())
        where = f"{capture.name} frame {number}"
        # The other one of the two is Wireshark's for messages without a cookie.
        protocols = values.pop("frame.protocols")[0].replace("classicstun", "stun").split(":")
        wanted = {name: value for name, value in frame.values.items() if name not in without}
        yield from compare_values(program, where, wanted, values)
        carries = [name for name in protocols if name in _INNER]
        if carries[:2] == ["rtp", "stun"] and frame.carries[:1] == ["stun"]:
            # Where SDP announces RTP, Wireshark asks that first.
            del carries[0]
        if frame.carries and carries != frame.carries:
            yield f"{where}: carries {' '.join(carries)}, expected {' '.join(frame.carries)}"
    if max(expected) > len(found):
        yield f"{capture.name}: frame {max(expected)} is expected, there are {len(found)}"


# Its texts do not fit the lines of a table; what is shown of them is held by test/formats/.
_WITHOUT_TABLE = {"hostile-text"}


def find_faults(program, _):
    for capture in cases.samples():
        if capture.stem in _WITHOUT_TABLE:
            continue
        yield from compare(program, capture, ["-2"], frozenset())
        late = cases.LATE.get(capture.stem, frozenset())
        yield from compare(program, capture, [], cases.FUTURE, late)


if __name__ == "__main__":
    cases.main(__doc__, find_faults)
