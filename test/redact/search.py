# SPDX-License-Identifier: GPL-2.0-or-later
"""Looks for originals in the bytes of an output, in each form that they may have there."""

import base64
import re

from originals import COOKIE

SHORTEST = 4
# Shorter texts may be a part of a word of ours: "foun" of "found".
LONG = 8


def xored(value, mask):
    """Return VALUE with MASK laid over it."""
    return bytes(a ^ b for a, b in zip(value, mask))


def address_forms(address, masks):
    """Yield bytes and texts that ADDRESS may stand there as; MASKS are what XOR forms are made with."""
    raw = address.packed
    yield raw
    yield raw[::-1]
    heads = {mask[: len(raw)] for mask in masks}
    for mask in sorted(heads | {COOKIE} if address.version == 4 else heads):
        yield xored(raw, mask)
        yield xored(raw, mask)[::-1]
    yield raw.hex().encode()


def address_texts(address):
    """Return the texts of ADDRESS, in lower case."""
    return {str(address).encode(), address.exploded.lower().encode()}


def hardware_forms(address):
    """Yield bytes and texts that a hardware address may stand there as."""
    yield address
    yield address[::-1]
    for between in (":", "-", ""):
        yield address.hex(between).encode() if between else address.hex().encode()


def text_forms(text):
    """Yield the forms that TEXT may stand there in."""
    yield text
    yield text.decode(errors="replace").encode("utf-16-le")
    if len(text) >= 6:
        yield text.hex().encode()
        yield base64.b64encode(text[: len(text) // 3 * 3])




def holds_text(data, text):
    """Whether DATA has TEXT in any form; a short one that is a word stands there as a whole word."""
    forms = list(text_forms(text))
    if len(text) < LONG and text.isalnum():
        whole = rb"(?<![0-9A-Za-z])" + re.escape(text) + rb"(?![0-9A-Za-z])"
        return bool(re.search(whole, data)) or any(form in data for form in forms[1:])
    return any(form in data for form in forms)


def search(data, originals, passed=frozenset()):
    """Yield a line for each original that is found in DATA, but for the texts in PASSED."""
    lower = data.lower()
    for address in sorted(originals.addresses, key=lambda each: (each.version, each)):
        if any(form in data for form in address_forms(address, originals.masks)):
            yield f"the bytes of {address}"
        # A port may stand behind it: "10.0.0.1:3478", "[2001:db8::1]:3478".
        for text in address_texts(address):
            end = rb"(?![0-9]|\.[0-9])" if address.version == 4 else rb"(?![0-9a-f:])"
            if re.search(rb"(?<![0-9a-f.:])" + re.escape(text) + end, lower):
                yield f"the text of {address}"
    for address in sorted(originals.hardware):
        if any(form in lower or form in data for form in hardware_forms(address)):
            yield f"the hardware address {address.hex(':')}"
    for text in sorted(originals.texts):
        if len(text) >= SHORTEST and text not in passed and holds_text(data, text):
            yield f"the text {text!r}"


