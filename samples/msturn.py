# SPDX-License-Identifier: GPL-2.0-or-later
"""MS-TURN on the wire: a dialect of its own, with its own header, numbers, integrity and framing.

Written from [MS-TURN] and from what clients were seen to send, like stunwire.py not from the project's C code.
"""

import hashlib
import hmac
import struct

MAGIC_COOKIE = bytes.fromhex("72c64bc6")

ALLOCATE_REQUEST = 0x0003
ALLOCATE_SUCCESS = 0x0103
ALLOCATE_ERROR = 0x0113
SEND_REQUEST = 0x0004
DATA_INDICATION = 0x0115
SET_ACTIVE_DESTINATION_REQUEST = 0x0006
SET_ACTIVE_DESTINATION_SUCCESS = 0x0106
SET_ACTIVE_DESTINATION_ERROR = 0x0116

CONTROL = 2
DATA = 3

SHA1 = hashlib.sha1
SHA256 = hashlib.sha256

_MAGIC_COOKIE_CODE = 0x000F
_MESSAGE_INTEGRITY = 0x0008
_BLOCK = 64
_MULTIPLEXED = 0xFF10


def attribute(code, value):
    """Return one attribute; nothing is padded in this dialect."""
    return struct.pack(">HH", code, len(value)) + value


def message(kind, transaction, *attributes):
    """Return an unsigned message. All 16 bytes of the transaction id are the sender's choice."""
    body = attribute(_MAGIC_COOKIE_CODE, MAGIC_COOKIE) + b"".join(attributes)
    return struct.pack(">HH", kind, len(body)) + transaction + body


def key(user, realm, password):
    """Return the key: what RFC 8489 has, but user and password are bytes."""
    return hashlib.md5(user + b":" + realm + b":" + password).digest()


def sign(data, signing_key, algorithm=SHA1):
    """Append MESSAGE-INTEGRITY, which is last; the text is filled with zeros to a multiple of 64 bytes."""
    size = 4 + algorithm().digest_size
    text = data[:2] + struct.pack(">H", len(data) + size - 20) + data[4:]
    digest = hmac.new(signing_key, text + bytes(-len(text) % _BLOCK), algorithm).digest()
    return text + attribute(_MESSAGE_INTEGRITY, digest)


def framed(kind, data):
    """Return data behind the header that TCP connections have; KIND is CONTROL or DATA."""
    return struct.pack(">BxH", kind, len(data)) + data


def multiplexed(session, data):
    """Return data of a multiplexed session."""
    return struct.pack(">HH", _MULTIPLEXED, len(session) + len(data)) + session + data


def client_hello(random):
    """Return the first 50 bytes on port 443: they look like TLS and nothing behind them is."""
    return bytes.fromhex("160301002d 01000029 0301") + random + bytes.fromhex("00 00020018 0100")


def server_hello(random, session):
    """Return the answer: ServerHello and ServerHelloDone in one record."""
    start = bytes.fromhex("160301004e 02000046 0301") + random + bytes([len(session)]) + session
    return start + bytes.fromhex("001800 0e000000")
