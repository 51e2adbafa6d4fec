# SPDX-License-Identifier: GPL-2.0-or-later
"""STUN, TURN and ICE on the wire: messages, attributes, integrity, fingerprint, framing.

Written from RFC 8489, 8656, 6062, 8445, 4571 and [MS-ICE2], and not from the project's C code: where the two
disagree, one of them is wrong. Knows nothing about packets or scenarios.
"""

import hashlib
import hmac
import ipaddress
import struct
import zlib

MAGIC_COOKIE = 0x2112A442
HEADER_SIZE = 20

BINDING_REQUEST = 0x0001
BINDING_INDICATION = 0x0011
BINDING_SUCCESS = 0x0101
BINDING_ERROR = 0x0111
ALLOCATE_REQUEST = 0x0003
ALLOCATE_SUCCESS = 0x0103
ALLOCATE_ERROR = 0x0113
REFRESH_REQUEST = 0x0004
REFRESH_SUCCESS = 0x0104
REFRESH_ERROR = 0x0114
SEND_INDICATION = 0x0016
DATA_INDICATION = 0x0017
CREATE_PERMISSION_REQUEST = 0x0008
CREATE_PERMISSION_SUCCESS = 0x0108
CREATE_PERMISSION_ERROR = 0x0118
CHANNEL_BIND_REQUEST = 0x0009
CHANNEL_BIND_SUCCESS = 0x0109
CHANNEL_BIND_ERROR = 0x0119
CONNECT_REQUEST = 0x000A
CONNECT_SUCCESS = 0x010A
CONNECT_ERROR = 0x011A
CONNECTION_BIND_REQUEST = 0x000B
CONNECTION_BIND_SUCCESS = 0x010B
CONNECTION_BIND_ERROR = 0x011B
CONNECTION_ATTEMPT_INDICATION = 0x001C

USERNAME = 0x0006
MESSAGE_INTEGRITY = 0x0008
ERROR_CODE = 0x0009
CHANNEL_NUMBER = 0x000C
LIFETIME = 0x000D
XOR_PEER_ADDRESS = 0x0012
DATA = 0x0013
REALM = 0x0014
NONCE = 0x0015
XOR_RELAYED_ADDRESS = 0x0016
REQUESTED_ADDRESS_FAMILY = 0x0017
REQUESTED_TRANSPORT = 0x0019
XOR_MAPPED_ADDRESS = 0x0020
PRIORITY = 0x0024
USE_CANDIDATE = 0x0025
CONNECTION_ID = 0x002A
UNKNOWN_ATTRIBUTES = 0x000A
SOFTWARE = 0x8022
ALTERNATE_SERVER = 0x8023
FINGERPRINT = 0x8028
ICE_CONTROLLED = 0x8029
ICE_CONTROLLING = 0x802A
CANDIDATE_IDENTIFIER = 0x8054
IMPLEMENTATION_VERSION = 0x8070

TRANSPORT_TCP = 6
TRANSPORT_UDP = 17

FAMILY_IPV4 = 1
FAMILY_IPV6 = 2
_INTEGRITY_SIZE = 4 + 20
_FINGERPRINT_SIZE = 4 + 4
_FINGERPRINT_MASK = 0x5354554E


def pad4(data):
    """Fill up with zeros to a multiple of four bytes."""
    return data + bytes(-len(data) % 4)


def attribute(code, value=b""):
    """Return one attribute; the padding is not counted in its length."""
    return struct.pack(">HH", code, len(value)) + pad4(value)


def number_attribute(code, value):
    """Return an attribute whose value is a 32-bit number."""
    return attribute(code, struct.pack(">I", value))


def requested_transport(protocol):
    """Return REQUESTED-TRANSPORT: the protocol and three reserved bytes."""
    return attribute(REQUESTED_TRANSPORT, struct.pack(">B3x", protocol))


def address(code, host, port):
    """Return an IPv4 address attribute that is not masked."""
    return attribute(code, struct.pack(">xBH", FAMILY_IPV4, port) + ipaddress.ip_address(host).packed)


def requested_family(family):
    """Return REQUESTED-ADDRESS-FAMILY: the family and three reserved bytes."""
    return attribute(REQUESTED_ADDRESS_FAMILY, struct.pack(">B3x", family))


def channel_number(channel):
    """Return CHANNEL-NUMBER: the channel and two reserved bytes."""
    return attribute(CHANNEL_NUMBER, struct.pack(">H2x", channel))


def error_code(code, reason):
    """Return ERROR-CODE: the hundreds and the rest stand in bytes of their own."""
    return attribute(ERROR_CODE, struct.pack(">2xBB", code // 100, code % 100) + reason.encode())


def xor_address(code, address, port, transaction=b""):
    """Return an XOR address attribute; for IPv6 the transaction id of its message is needed."""
    packed = ipaddress.ip_address(address).packed
    mask = struct.pack(">I", MAGIC_COOKIE) + transaction
    family = FAMILY_IPV4 if len(packed) == 4 else FAMILY_IPV6
    masked = bytes(a ^ b for a, b in zip(packed, mask, strict=len(packed) > 4))
    return attribute(code, struct.pack(">xBH", family, port ^ (MAGIC_COOKIE >> 16)) + masked)


def message(kind, transaction, *attributes):
    """Return an unsigned message."""
    body = b"".join(attributes)
    return struct.pack(">HHI", kind, len(body), MAGIC_COOKIE) + transaction + body


def _with_length(data, body_length):
    """Return the message with another length in its header."""
    return data[:2] + struct.pack(">H", body_length) + data[4:]


def _append(data, code, value):
    """Return the message with one more attribute, its header length made to fit."""
    longer = data + attribute(code, value)
    return _with_length(longer, len(longer) - HEADER_SIZE)


def long_term_key(user, realm, password):
    """Return the key of the long-term mechanism."""
    return hashlib.md5(f"{user}:{realm}:{password}".encode()).digest()


def sign(data, key):
    """Append MESSAGE-INTEGRITY as RFC 8489 has it: the length that is hashed ends with this attribute."""
    text = _with_length(data, len(data) + _INTEGRITY_SIZE - HEADER_SIZE)
    return _append(data, MESSAGE_INTEGRITY, hmac.new(key, text, hashlib.sha1).digest())


def sign_microsoft(data, key):
    """Append MESSAGE-INTEGRITY as MS-ICE2 endpoints below version 3 have it.

    The length that is hashed counts the FINGERPRINT to come, and the text is filled with zeros to a multiple of
    64 bytes.
    """
    text = _with_length(data, len(data) + _INTEGRITY_SIZE + _FINGERPRINT_SIZE - HEADER_SIZE)
    text += bytes(-len(text) % 64)
    return _append(data, MESSAGE_INTEGRITY, hmac.new(key, text, hashlib.sha1).digest())


def _crc_table():
    table = []
    for index in range(256):
        value = index
        for _ in range(8):
            value = (value >> 1) ^ (0xEDB88320 if value & 1 else 0)
        table.append(value)
    return table


_TABLE = _crc_table()
# One entry of the table that early Microsoft endpoints use has its digits wrong, and peers depend on it.
_MICROSOFT_TABLE = _TABLE[:0x5A] + [0x08BBE8EA] + _TABLE[0x5B:]


def crc32_microsoft(data):
    """Return the checksum that comes of the table with the wrong entry."""
    register = 0xFFFFFFFF
    for byte in data:
        register = _MICROSOFT_TABLE[(register ^ byte) & 0xFF] ^ (register >> 8)
    return register ^ 0xFFFFFFFF


def add_fingerprint(data, checksum=zlib.crc32):
    """Append FINGERPRINT; the checksum covers a header that already counts it."""
    text = _with_length(data, len(data) + _FINGERPRINT_SIZE - HEADER_SIZE)
    return _append(data, FINGERPRINT, struct.pack(">I", checksum(text) ^ _FINGERPRINT_MASK))


def legacy_copy(data):
    """Return the second copy of a check that Microsoft endpoints send: the same but for the table of its CRC."""
    body = data[:-_FINGERPRINT_SIZE]
    return add_fingerprint(body, crc32_microsoft)


def bytes_for_fingerprint(data, fingerprint):
    """Return the four bytes which, appended to data, make that FINGERPRINT right for what follows.

    data must already have the final length in its header. The register of a CRC can be run backwards through its
    last four bytes, since the top bytes of the 256 table entries are all different.
    """
    register = fingerprint ^ _FINGERPRINT_MASK ^ 0xFFFFFFFF
    tops = {entry >> 24: index for index, entry in enumerate(_TABLE)}
    for _ in range(4):
        index = tops[register >> 24]
        register = ((register ^ _TABLE[index]) << 8 | index) & 0xFFFFFFFF
    return struct.pack("<I", register ^ zlib.crc32(data) ^ 0xFFFFFFFF)


def framed(data):
    """Return data behind its RFC 4571 length."""
    return struct.pack(">H", len(data)) + data


def channel_data(channel, data):
    """Return a ChannelData message as sent over UDP, where no padding is due."""
    return struct.pack(">HH", channel, len(data)) + data
