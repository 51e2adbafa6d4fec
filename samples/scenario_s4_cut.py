# SPDX-License-Identifier: GPL-2.0-or-later
"""The streams of S4 again, with segment borders where no message ends.

Segments of one byte, segments with several messages, segments out of order, sent twice and overlapping, and a data
connection whose sequence numbers pass 2^32 in both directions.
"""

import dataclasses
import itertools

from chosen import Sequence
from netwire import Capture
from scenario_s4 import ACKNOWLEDGE, CLIENT, CONTROL, DATA, OPEN, SEND, SERVER
from scenario_s4 import connections, events, open_connection

# Both wrap within the first checks, and within a message.
DATA_SEQUENCES = (0x100000000 - 250, 0x100000000 - 200)

_SIZES = (1, 1, 2, 3, 5, 9, 17, 40, 75, 130, 300, 700, 1400)
# Found by trying: with this one the bind response shares a segment with the first check, several checks share one,
# and lengths, headers and the printed request of frame 2597 are split.
_SEED = 34825
_OVERLAP = 13


@dataclasses.dataclass
class _Segment:
    when: int
    connection: str
    from_client: bool
    offset: int
    payload: bytes

    @property
    def end(self):
        return self.offset + len(self.payload)


def _runs(connection):
    """Return the writes of a connection in runs of one direction: what may share a segment without an answer
    coming before its question."""
    writes = [event for event in events() if event.connection == connection and event.kind == SEND]
    return [list(run) for _, run in itertools.groupby(writes, key=lambda event: event.from_client)]


def _cut(run, offset, sizes):
    """Cut the bytes of one run into segments; each leaves when its last byte has been written."""
    stream = b"".join(event.payload for event in run)
    ends = list(itertools.accumulate(len(event.payload) for event in run))
    segments = []
    start, earliest = 0, 0
    while start < len(stream):
        end = min(start + sizes.pick(_SIZES), len(stream))
        written = next(event.when for event, last in zip(run, ends) if end <= last)
        when = max(written, earliest)
        first = run[0]
        segments.append(
            _Segment(when, first.connection, first.from_client, offset + start, stream[start:end])
        )
        start, earliest = end, when + 1
    return segments


def _cut_connection(connection, sizes):
    """Return the segments of a connection, in the order in which they leave."""
    offsets = {CLIENT: 0, SERVER: 0}
    segments = []
    for run in _runs(connection):
        direction = run[0].from_client
        segments += _cut(run, offsets[direction], sizes)
        offsets[direction] = segments[-1].end
    return segments


def _holding(segments, from_client, offset):
    """Return the index of the segment that carries that byte of the stream."""
    return next(
        index
        for index, segment in enumerate(segments)
        if segment.from_client == from_client and segment.offset <= offset < segment.end
    )


def _swap(segments, from_client, offset):
    """Let the segment with that byte and the one after it change places."""
    index = _holding(segments, from_client, offset)
    first, second = segments[index : index + 2]
    if second.from_client != from_client:
        raise ValueError("the next segment goes the other way")
    # The later of the two times, so that no byte leaves before it was written.
    first.when = second.when
    segments[index : index + 2] = [second, first]


def _repeat(segments, from_client, offset):
    """Send the segment with that byte a second time, right after the first."""
    index = _holding(segments, from_client, offset)
    segments.insert(index + 1, dataclasses.replace(segments[index]))


def _overlap(segments, from_client, offset):
    """Let the segment with that byte begin with bytes that were sent before it."""
    index = _holding(segments, from_client, offset)
    segment = segments[index]
    before = b"".join(s.payload for s in segments[:index] if s.from_client == from_client)
    segment.offset -= _OVERLAP
    segment.payload = before[-_OVERLAP:] + segment.payload


def _disturbed_data(sizes):
    """Return the segments of the data connection with a repeated, an overlapping and two misplaced ones."""
    segments = _cut_connection(DATA, sizes)
    # The overlap first, since it looks at what was sent before it. Both swaps move the segment that wraps.
    _overlap(segments, SERVER, 367)
    _repeat(segments, CLIENT, 546)
    _swap(segments, SERVER, 120)
    _swap(segments, CLIENT, 203)
    return segments


def _handshakes_and_acknowledgements():
    return [event for event in events() if event.kind in (OPEN, ACKNOWLEDGE)]


def capture():
    """Return the capture of this scenario."""
    sizes = Sequence(_SEED)
    steps = _cut_connection(CONTROL, sizes) + _disturbed_data(sizes)
    steps += _handshakes_and_acknowledgements()
    result = Capture()
    ends = connections(result, DATA_SEQUENCES)
    for step in sorted(steps, key=lambda step: step.when):
        connection = ends[step.connection]
        if isinstance(step, _Segment):
            connection.segment(step.when, step.from_client, step.offset, step.payload)
        elif step.kind == OPEN:
            open_connection(connection, step.when)
        else:
            connection.acknowledge(step.when, step.from_client)
    return result
