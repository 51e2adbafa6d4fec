# SPDX-License-Identifier: GPL-2.0-or-later
"""Every attribute with a right value, and what a reader must find in it.

Written from the specifications, and not from the project's stun/attributes.def: where the two disagree, one of them
is wrong. The names of the parts are those of the plugin's fields, without "mstun." in front.
"""

import dataclasses
import ipaddress
import struct
import typing

from chosen import chosen_bytes

RFC = "RFC 8489"
CLASSIC = "RFC 3489"
MS_TURN = "MS-TURN"
MS_ICE2 = "MS-ICE2"

# How many bytes a value of a fixed layout has at least.
_ADDRESS_SIZE = 8

PLAIN = "plain"
XOR = "xor"


@dataclasses.dataclass
class Row:
    """One attribute. PARTS maps the names of fields to numbers, texts, bytes, or lists of them."""

    code: int
    name: str
    value: typing.Union[bytes, typing.Callable[[bytes], bytes]]
    parts: dict
    least: int = 0
    dialect: str = RFC

    @property
    def field(self):
        """The attribute's name as a field has it."""
        return self.name.lower().replace("-", "_")

    def value_in(self, mask):
        """Return the value in a message whose bytes 4 to 19 are MASK."""
        return self.value(mask) if callable(self.value) else self.value


def _address_value(address, port, masked):
    """Return what makes the value of an address attribute from bytes 4 to 19 of its message."""
    packed = ipaddress.ip_address(address).packed
    plain = struct.pack(">H", port) + packed
    family = 1 if len(packed) == 4 else 2

    def build(mask):
        key = mask[:2] + mask[: len(packed)] if masked else bytes(len(plain))
        return bytes([0, family]) + bytes(a ^ b for a, b in zip(plain, key))

    return build


def address(code, name, layout, host, port, dialect=RFC):
    """Return the row of an address attribute."""
    field = name.lower().replace("-", "_")
    version = ipaddress.ip_address(host).version
    parts = {
        f"{field}.family": 1 if version == 4 else 2,
        f"{field}.port": port,
        f"{field}.ip" if version == 4 else f"{field}.ip6": host,
    }
    return Row(code, name, _address_value(host, port, layout == XOR), parts, _ADDRESS_SIZE, dialect)


def whole(code, name, value, least=0, dialect=RFC):
    """Return the row of an attribute whose value is one text or some bytes."""
    row = Row(code, name, value if isinstance(value, bytes) else value.encode(), {}, least, dialect)
    row.parts[row.field] = value
    return row


def number(code, name, form, value, dialect=RFC):
    """Return the row of an attribute that is one number, laid out as struct has it in FORM."""
    packed = struct.pack(">" + form, value)
    row = Row(code, name, packed, {}, struct.calcsize(">" + form.rstrip("x0123456789")), dialect)
    row.parts[row.field] = value
    return row


def divided(code, name, value, parts, least):
    """Return the row of an attribute with several parts."""
    row = Row(code, name, value, {}, least)
    row.parts = {f"{row.field}.{part}": what for part, what in parts.items()}
    return row


def error(code, name, start, number_of_error, reason, **parts):
    """Return the row of ERROR-CODE or ADDRESS-ERROR-CODE; START is what stands in front of class and number."""
    value = start + struct.pack(">BB", *divmod(number_of_error, 100)) + reason.encode()
    return divided(code, name, value, {**parts, "code": number_of_error, "reason": reason}, 4)


_ADDRESSES = (
    (0x0001, "MAPPED-ADDRESS", PLAIN),
    (0x0002, "RESPONSE-ADDRESS", PLAIN),
    (0x0004, "SOURCE-ADDRESS", PLAIN),
    (0x0005, "CHANGED-ADDRESS", PLAIN),
    (0x000B, "REFLECTED-FROM", PLAIN),
    (0x000E, "MS-ALTERNATE-SERVER", PLAIN),
    (0x0011, "DESTINATION-ADDRESS", PLAIN),
    (0x0012, "XOR-PEER-ADDRESS", XOR),
    (0x0016, "XOR-RELAYED-ADDRESS", XOR),
    (0x0020, "XOR-MAPPED-ADDRESS", XOR),
    (0x8020, "MS-XOR-MAPPED-ADDRESS", XOR),
    (0x8023, "ALTERNATE-SERVER", PLAIN),
    (0x802B, "RESPONSE-ORIGIN", PLAIN),
    (0x802C, "OTHER-ADDRESS", PLAIN),
    (0x8059, "REMOTE-SITE-ADDRESS", XOR),
    (0x805A, "REMOTE-RELAY-SITE-ADDRESS", XOR),
    (0x805B, "LOCAL-SITE-ADDRESS", XOR),
    (0x805C, "LOCAL-RELAY-SITE-ADDRESS", XOR),
    (0x8090, "MS-ALTERNATE-MAPPED-ADDRESS", PLAIN),
)

_TEXTS = (
    (0x0006, "USERNAME", "Jürgen Müller", 1),
    (0x0007, "PASSWORD", "password-of-rfc-3489", 1),
    (0x0014, "REALM", "realm.example", 1),
    (0x0015, "NONCE", "nonce-of-the-attributes-sample", 1),
    (0x8003, "ALTERNATE-DOMAIN", "turn.example.org", 1),
    (0x8022, "SOFTWARE", "software of the sample", 0),
    (0x802E, "THIRD-PARTY-AUTHORIZATION", "auth.example.com", 0),
    (0x802F, "ORIGIN", "https://origin.example", 0),
    (0x8032, "MS-ALTERNATE-HOST-NAME", "edge2.example.net", 1),
    (0x8061, "SIP-DIALOG-IDENTIFIER", "dialog;to-tag=1;from-tag=2", 0),
    (0x8062, "SIP-CALL-IDENTIFIER", "f81d4fae7dec11d0a76500a0c91e6bf6", 0),
)

# Code, name, layout, value. MAGIC-COOKIE and IMPLEMENTATION-VERSION decide the dialect of their message.
_NUMBERS = (
    (0x0003, "CHANGE-REQUEST", "I", 6),
    (0x000C, "CHANNEL-NUMBER", "H2x", 0x4ABC),
    (0x000D, "LIFETIME", "I", 601),
    (0x0010, "BANDWIDTH", "I", 750),
    (0x0017, "REQUESTED-ADDRESS-FAMILY", "B3x", 2),
    (0x0018, "EVEN-PORT", "B", 0x80),
    (0x0019, "REQUESTED-TRANSPORT", "B3x", 17),
    (0x0021, "TIMER-VAL", "I", 33),
    (0x0024, "PRIORITY", "I", 0x6E7F1EFF),
    (0x0027, "RESPONSE-PORT", "H2x", 3479),
    (0x002A, "CONNECTION-ID", "I", 0x2A2B2C2D),
    (0x8000, "ADDITIONAL-ADDRESS-FAMILY", "B3x", 2),
    (0x8008, "MS-VERSION", "I", 6),
    (0x8027, "CACHE-TIMEOUT", "I", 82),
    (0x8029, "ICE-CONTROLLED", "Q", 0x8029_0102_0304_0506),
    (0x802A, "ICE-CONTROLLING", "Q", 0x802A_1112_1314_1516),
    (0x802D, "ECN-CHECK", "I", 3),
    (0x8037, "MS-APP-ID", "I", 0x80370001),
    (0x8056, "BANDWIDTH-ADMISSION-CONTROL-MESSAGE", "I", 2),
    (0xC001, "NOMINATION", "I", 4),
    (0xC057, "GOOG-NETWORK-INFO", "I", 0x0001000A),
)

# Code, name, size, and the size below which it is too short.
_BYTES = (
    (0x0013, "DATA", 11, 0),
    (0x001B, "ACCESS-TOKEN", 46, 2),
    (0x001E, "USERHASH", 32, 32),
    (0x0022, "RESERVATION-TOKEN", 8, 8),
    (0x0026, "PADDING", 12, 0),
    (0x8025, "TRANSACTION_TRANSMIT_COUNTER", 4, 4),
    (0x8030, "MOBILITY-TICKET", 18, 0),
    (0x8039, "MS-SECURE-TAG", 40, 0),
    (0x8057, "BANDWIDTH-RESERVATION-IDENTIFIER", 16, 16),
    (0x8095, "MULTIPLEXED-TURN-SESSION-ID", 8, 8),
    (0xC000, "CISCO-STUN-FLOWDATA", 9, 0),
    (0xC002, "ENF-NETWORK-STATUS", 10, 0),
    (0xC003, "CISCO-WEBEX-FLOW-INFO", 13, 0),
    (0xC056, "CITRIX-TRANSACTION-ID", 16, 0),
    (0xC058, "GOOG-LAST-ICE-CHECK-RECEIVED", 12, 0),
    (0xC059, "GOOG-MISC-INFO", 6, 0),
    (0xC05A, "GOOG-OBSOLETE-1", 4, 0),
    (0xC05B, "GOOG-CONNECTION-ID", 4, 0),
    (0xC05C, "GOOG-DELTA", 14, 0),
    (0xC05D, "GOOG-DELTA-ACK", 8, 0),
    (0xC05E, "GOOG-DELTA-SYNC-REQ", 5, 0),
    (0xC060, "GOOG-MESSAGE-INTEGRITY-32", 4, 4),
    (0xC070, "META-DTLS-IN-STUN", 21, 0),
    (0xC071, "META-DTLS-IN-STUN-ACK", 8, 0),
)

_SITE_RESPONSES = (
    (0x805D, "REMOTE-SITE-ADDRESS-RESPONSE", 0xC0000000, True, True),
    (0x805E, "REMOTE-RELAY-SITE-ADDRESS-RESPONSE", 0x80000000, True, False),
    (0x805F, "LOCAL-SITE-ADDRESS-RESPONSE", 0x40000000, False, True),
    (0x8060, "LOCAL-RELAY-SITE-ADDRESS-RESPONSE", 0x00000000, False, False),
)


def _address_rows():
    for index, (code, name, layout) in enumerate(_ADDRESSES, start=1):
        yield address(code, name, layout, f"192.0.2.{100 + index}", 40000 + index)
        yield address(code, name, layout, f"2001:db8:{code:x}::{index:x}", 41000 + index)


def _site_responses():
    for index, (code, name, flags, valid, failover) in enumerate(_SITE_RESPONSES):
        send, receive = 1000 + index, 2000 + index
        value = struct.pack(">III", flags, send, receive)
        parts = {"valid": valid, "max_send": send, "max_receive": receive}
        if name in ("REMOTE-SITE-ADDRESS-RESPONSE", "LOCAL-SITE-ADDRESS-RESPONSE"):
            parts["pstn_failover"] = failover
        yield divided(code, name, value, parts, 12)


def _algorithms():
    one = struct.pack(">HH", 2, 3) + b"\x0a\x0b\x0c\x00"
    yield divided(
        0x001D, "PASSWORD-ALGORITHM", one, {"algorithm": 2, "parameters": b"\x0a\x0b\x0c"}, 4
    )
    # The first has no parameters, the second's are padded, and the third ends the value.
    value = struct.pack(">HHHH", 2, 0, 0x1234, 5) + b"abcde\0\0\0" + struct.pack(">HH", 1, 0)
    parts = {"algorithm": [2, 0x1234, 1], "parameters": [b"abcde"]}
    yield divided(0x8002, "PASSWORD-ALGORITHMS", value, parts, 4)


def _microsoft():
    connection = chosen_bytes("attributes connection", 20)
    yield divided(
        0x8050,
        "MS-SEQUENCE-NUMBER",
        connection + struct.pack(">I", 77),
        {"connection_id": connection, "sequence_number": 77},
        24,
    )
    yield divided(
        0x8055, "MS-SERVICE-QUALITY", struct.pack(">HH", 3, 1), {"stream": 3, "quality": 1}, 4
    )
    # The larger amount first in the one pair and second in the other: sources disagree about the order.
    yield divided(
        0x8058,
        "BANDWIDTH-RESERVATION-AMOUNT",
        struct.pack(">IIII", 64, 512, 2048, 128),
        {"min_send": 64, "max_send": 512, "min_receive": 128, "max_receive": 2048},
        16,
    )
    yield divided(
        0x8068, "LOCATION-PROFILE", bytes((1, 2, 1, 0)), {"peer": 1, "self": 2, "federation": 1}, 4
    )


def rows():
    """Return all attributes in the meaning of RFC 8489 and its relatives; addresses in both families."""
    result = list(_address_rows()) + list(_site_responses()) + list(_algorithms()) + list(_microsoft())
    result += [whole(*row) for row in _TEXTS]
    result += [number(*row) for row in _NUMBERS]
    result += [
        whole(code, name, chosen_bytes(f"attributes {name}", size), least)
        for code, name, size, least in _BYTES
    ]
    result += [
        Row(0x001A, "DONT-FRAGMENT", b"", {}),
        Row(0x0025, "USE-CANDIDATE", b"", {}),
        error(0x0009, "ERROR-CODE", bytes(2), 486, "Allocation Quota Reached"),
        error(0x8001, "ADDRESS-ERROR-CODE", bytes((2, 0)), 440, "Address Family not Supported", family=2),
        Row(
            0x000A,
            "UNKNOWN-ATTRIBUTES",
            struct.pack(">HHH", 0x0016, 0x7FFF, 0x002A),
            {"unknown_attributes": [0x0016, 0x7FFF, 0x002A]},
        ),
        divided(
            0x8004,
            "ICMP",
            bytes.fromhex("0000 0304 000005dc"),
            {"type": 3, "code": 4, "data": 1500},
            8,
        ),
        whole(0x001C, "MESSAGE-INTEGRITY-SHA256", chosen_bytes("attributes sha256", 28), 16),
        whole(0x0008, "MESSAGE-INTEGRITY", chosen_bytes("attributes sha1", 20), 20),
        number(0x8070, "IMPLEMENTATION-VERSION", "I", 2, MS_ICE2),
        whole(0x8054, "CANDIDATE-IDENTIFIER", "foundation-10", dialect=MS_ICE2),
    ]
    return sorted(result, key=lambda row: row.code)


def ms_turn_rows():
    """Return the attributes to which [MS-TURN] gives another meaning or another length."""
    return [
        whole(0x0006, "USERNAME", bytes.fromhex("0100ff80") + chosen_bytes("token", 31), 1, MS_TURN),
        whole(0x0008, "MESSAGE-INTEGRITY", chosen_bytes("attributes ms sha1", 20), 20, MS_TURN),
        whole(0x0008, "MESSAGE-INTEGRITY", chosen_bytes("attributes ms sha256", 32), 20, MS_TURN),
        address(0x0012, "REMOTE-ADDRESS", PLAIN, "192.0.2.9", 50000, MS_TURN),
        address(0x0012, "REMOTE-ADDRESS", PLAIN, "2001:db8::9", 50001, MS_TURN),
        whole(0x0014, "NONCE", "nonce-in-ms-turn-x", 1, MS_TURN),
        whole(0x0015, "REALM", "realm.in.ms-turn", 1, MS_TURN),
        address(0x8020, "MS-XOR-MAPPED-ADDRESS", XOR, "198.51.100.99", 50002, MS_TURN),
        address(0x8020, "MS-XOR-MAPPED-ADDRESS", XOR, "2001:db8::99", 50003, MS_TURN),
    ]


# Codes that were seen in Microsoft's traffic and that no specification names.
UNNAMED = (0x0800, 0x24DF, 0x3802, 0x8006, 0x8036)
