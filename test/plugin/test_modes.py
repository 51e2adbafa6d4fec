#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Holds that a field has the same values however often and in whatever order its frame is dissected.

tshark reads once; with -2 it reads twice; sharkd dissects frames on demand, here backwards, in an arbitrary order, and
each twice.
"""

import collections
import random

import cases

# Hidden where turnconn.peer says the same; sharkd does not give hidden items.
_HIDDEN = {"mstun.peer"}
_SEED = 20170817


def valued(program, values=True):
    """Return the fields that have values, or else those that have none."""
    return {name for name, kind in program.types.items() if (kind != "FT_NONE") == values}


def counted(values, without=frozenset()):
    """Return the values of a frame in a form in which the order of items does not count."""
    return {
        name: collections.Counter(found)
        for name, found in values.items()
        if found and name not in without
    }


def differences(where, names, *results):
    """Yield each field in which two results for one frame differ."""
    for field in sorted(results[0].keys() | results[1].keys()):
        one, other = (result.get(field, collections.Counter()) for result in results)
        if one != other:
            said = [f"{name} {sorted(each.elements())}" for name, each in zip(names, (one, other))]
            yield f"{where}: {field} is {', '.join(said)}"


def orders(count):
    """Yield in which order to ask for frames."""
    numbers = list(range(1, count + 1))
    yield "backwards", numbers[::-1]
    shuffled = numbers * 2
    random.Random(_SEED).shuffle(shuffled)
    yield "shuffled", shuffled


def compare(program, capture):
    """Yield how the modes differ over one capture."""
    fields = sorted(valued(program))
    once = [counted(frame, cases.FUTURE) for frame in program.fields(capture, fields)]
    twice = [counted(frame) for frame in program.fields(capture, fields, ["-2"])]
    for number, (first, second) in enumerate(zip(once, twice, strict=True), start=1):
        if number in cases.LATE.get(capture.stem, ()):
            continue
        second = {name: values for name, values in second.items() if name not in cases.FUTURE}
        yield from differences(f"{capture.name} frame {number}", ("once", "twice"), first, second)
    visible = [
        {name: values for name, values in frame.items() if name not in _HIDDEN} for frame in twice
    ]
    for label, order in orders(len(twice)):
        with program.sharkd() as sharkd:
            sharkd.load(capture)
            for number in order:
                found = counted(sharkd.frame(number), _HIDDEN | valued(program, False))
                where = f"{capture.name} frame {number}"
                yield from differences(where, ("twice", label), visible[number - 1], found)


def find_faults(program, _):
    for capture in cases.samples():
        yield from compare(program, capture)


if __name__ == "__main__":
    cases.main(__doc__, find_faults)
