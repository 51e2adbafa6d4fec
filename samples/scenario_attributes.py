# SPDX-License-Identifier: GPL-2.0-or-later
"""Every attribute: with a right value, too short at the end of a message, and too short in front of another one.

Behind them, what decoders get wrong: reserved bits, two dialects with one number, wrong and legacy checksums, the
published test vectors. Not a conversation: a server sends message after message, and nobody asked.
"""

import dataclasses
import struct

import attribute_values as values
import msturn
import stunwire as stun
from attribute_values import CLASSIC, MS_ICE2, MS_TURN, RFC
from chosen import chosen_bytes
from netwire import Capture, Endpoint, Host, udp_frame, utc

ANY = object()

_CLIENT = ("198.51.100.10", 50010)
_SERVER = ("192.0.2.10", 3478)
_START = utc("2017-06-01 10:00:00.000000")
_EVERY = 10_000

_COOKIE = struct.pack(">I", stun.MAGIC_COOKIE)
_SHORT = bytes((0, 1))
_BEHIND = b"behind the short one"


@dataclasses.dataclass
class Message:
    """A datagram, and what must be found in it.

    ATTRIBUTES are (code, length); PARTS is as in attribute_values.Row, where ANY stands for whatever is said.
    """

    data: bytes
    dialect: str
    attributes: list
    parts: dict
    fingerprint: str = None
    from_client: bool = False
    port: int = _CLIENT[1]
    copy_of: int = None

    @property
    def kind(self):
        return struct.unpack(">H", self.data[:2])[0]

    @property
    def transaction(self):
        """The id: 12 bytes behind a cookie, else 16."""
        return self.data[8:20] if self.data[4:8] == _COOKIE else self.data[4:20]


def _id(label):
    return chosen_bytes("attributes id " + label, 12)


def _listed(*pairs):
    return [(code, len(value)) for code, value in pairs]


def _merge(parts_of_rows):
    merged = {}
    for parts in parts_of_rows:
        for name, part in parts.items():
            if part is ANY:
                merged[name] = ANY
            else:
                merged.setdefault(name, []).extend(part if isinstance(part, list) else [part])
    return merged


def rfc_message(kind, label, *rows, dialect=RFC):
    """Return a message of RFC 8489 with these attributes."""
    transaction = _id(label)
    pairs = [(row.code, row.value_in(_COOKIE + transaction)) for row in rows]
    data = stun.message(kind, transaction, *(stun.attribute(*pair) for pair in pairs))
    return Message(data, dialect, _listed(*pairs), _merge(row.parts for row in rows))


def _ms_turn_message(kind, label, *rows, transaction=None, pad=False):
    transaction = transaction or _COOKIE + _id(label)
    pairs = [(row.code, row.value_in(transaction)) for row in rows]
    build = stun.attribute if pad else msturn.attribute
    data = msturn.message(kind, transaction, *(build(*pair) for pair in pairs))
    cookie = (0x000F, msturn.MAGIC_COOKIE)
    parts = _merge([{"magic_cookie": 0x72C64BC6}, *(row.parts for row in rows)])
    return Message(data, MS_TURN, _listed(cookie, *pairs), parts)


def _classic_message(kind, label, *rows):
    transaction = chosen_bytes("attributes id " + label, 16)
    pairs = [(row.code, row.value_in(transaction)) for row in rows]
    body = b"".join(stun.attribute(*pair) for pair in pairs)
    data = struct.pack(">HH", kind, len(body)) + transaction + body
    return Message(data, CLASSIC, _listed(*pairs), _merge(row.parts for row in rows))


def _right():
    for row in values.rows():
        label = f"{row.name} {len(row.value_in(bytes(16)))}"
        yield rfc_message(stun.BINDING_SUCCESS, label, row, dialect=row.dialect)
    for row in values.ms_turn_rows():
        yield _ms_turn_message(stun.BINDING_SUCCESS, f"ms {row.name} {len(row.value_in(bytes(16)))}", row)


def _too_short():
    """Return, by code, the attributes that two bytes are too few for."""
    rows = {row.code: row for row in values.rows() if row.least > len(_SHORT)}
    rows[0x000F] = values.number(0x000F, "MAGIC-COOKIE", "I", 0)
    rows[0x8028] = values.number(0x8028, "FINGERPRINT", "I", 0)
    return [rows[code] for code in sorted(rows)]


def _short_parts(row):
    """What two bytes show of this attribute: nothing, unless it is opaque bytes or a judgement."""
    opaque = row.field in row.parts and isinstance(row.parts[row.field], bytes)
    return {row.field: ANY} if opaque or row.code == stun.FINGERPRINT else {}


def _short():
    for row in _too_short():
        label = f"short {row.name}"
        data = stun.message(stun.BINDING_SUCCESS, _id(label), stun.attribute(row.code, _SHORT))
        yield Message(data, RFC, [(row.code, 2)], _short_parts(row))


def _short_in_front():
    for row in _too_short():
        label = f"short in front {row.name}"
        pairs = [(row.code, _SHORT), (stun.SOFTWARE, _BEHIND)]
        data = stun.message(stun.BINDING_SUCCESS, _id(label), *(stun.attribute(*pair) for pair in pairs))
        parts = {**_short_parts(row), "software": [_BEHIND.decode()]}
        yield Message(data, RFC, _listed(*pairs), parts)


def _dialects():
    """The same numbers in messages without the cookie of RFC 8489."""
    plain = values.PLAIN
    yield _classic_message(
        stun.BINDING_SUCCESS,
        "classic success",
        values.address(0x0001, "MAPPED-ADDRESS", plain, "198.51.100.10", 50010),
        values.address(0x0004, "SOURCE-ADDRESS", plain, "192.0.2.10", 3478),
        values.address(0x0005, "CHANGED-ADDRESS", plain, "192.0.2.11", 3479),
    )
    yield _classic_message(
        0x0102,
        "classic secret",
        values.whole(0x0006, "USERNAME", "user-of-3489"),
        values.whole(0x0007, "PASSWORD", "password-of-3489"),
    )
    yield _classic_message(
        msturn.DATA_INDICATION,
        "classic data",
        values.address(0x0012, "REMOTE-ADDRESS", plain, "192.0.2.12", 50012),
        values.whole(0x0013, "DATA", b"opaque, 16 bytes"),
    )
    for index, host in enumerate(("198.51.100.13", "2001:db8::13")):
        yield _ms_turn_message(
            stun.BINDING_SUCCESS,
            "",
            values.address(0x8020, "MS-XOR-MAPPED-ADDRESS", values.XOR, host, 50013),
            transaction=chosen_bytes(f"attributes without cookie {index}", 16),
        )
    # Some senders pad in this dialect too.
    yield _ms_turn_message(
        stun.BINDING_SUCCESS,
        "padded",
        values.whole(0x0015, "REALM", "padded-realm.x"),
        values.whole(0x8022, "SOFTWARE", "padded"),
        pad=True,
    )


def _odd_values():
    reserved = values.Row(
        0x0009,
        "ERROR-CODE",
        bytes((0, 0, 0xFC, 1)) + b"Unauthorized",
        {"error_code.code": 401, "error_code.reason": "Unauthorized"},
    )
    yield rfc_message(0x0111, "reserved bits", reserved)
    filled = values.Row(0x8054, "", b"3\0\0\0", {"candidate_identifier": "3"})
    yield rfc_message(stun.BINDING_SUCCESS, "filled identifier", filled, dialect=MS_ICE2)
    version = values.number(0x8070, "IMPLEMENTATION-VERSION", "I", 3)
    yield rfc_message(stun.BINDING_SUCCESS, "version 3", version)
    unnamed = [values.Row(code, "", chosen_bytes(hex(code), 6), {}) for code in values.UNNAMED]
    yield rfc_message(stun.BINDING_SUCCESS, "unnamed", *unnamed)
    overrun = rfc_message(
        stun.BINDING_SUCCESS,
        "overrun",
        values.number(0x000D, "LIFETIME", "I", 602),
        values.Row(0x8022, "", b"only this", {"software": ANY}),
    )
    overrun.data = overrun.data.replace(b"\x80\x22\0\x09", b"\x80\x22\0\xc8")
    overrun.attributes[1] = (0x8022, 200)
    yield overrun
    for label, behind in (("four", b"more"), ("five", b"other")):
        trailed = rfc_message(
            stun.BINDING_SUCCESS, f"{label} bytes behind", values.whole(0x8022, "SOFTWARE", "trailed")
        )
        trailed.data += behind
        yield trailed


def _sealed(label, seal):
    """Return a check and, with another checksum, its copy."""
    row = values.whole(0x0006, "USERNAME", "hT4q:pW9z")
    message = rfc_message(stun.BINDING_REQUEST, label, row)
    message.data = seal(message.data)
    message.attributes.append((stun.FINGERPRINT, 4))
    message.from_client = True
    return message


def _damaged(data):
    good = stun.add_fingerprint(data)
    return good[:-1] + bytes((good[-1] ^ 1,))


def _checksums():
    """A check, its legacy copy, and a check whose checksum is wrong in any table.

    Only for about every fifth message do the two tables differ; the label of this one was found by trying.
    """
    good = _sealed("legacy check", stun.add_fingerprint)
    copy = dataclasses.replace(good, data=stun.legacy_copy(good.data), fingerprint="legacy")
    good.fingerprint = "good"
    copy.copy_of = -1
    bad = _sealed("damaged", _damaged)
    bad.fingerprint = "bad"
    return [good, copy, bad]


# RFC 5769 sections 2.1 to 2.4, and RFC 8489 appendix B.1 as erratum 6268 has it.
_VECTORS = (
    """
    000100582112a442b7e7a701bc34d686fa87dfae802200105354554e207465737420636c69656e74002400046e0001ff
    80290008932ff9b151263b36000600096576746a3a68367659202020
    000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a280280004e57a3bcf
    """,
    """
    0101003c2112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220002000080001a147e112a643
    000800142b91f599fd9e90c38c7489f92af9ba53f06be7d780280004c07d4c96
    """,
    """
    010100482112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220
    002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9
    00080014a382954e4be67bf11784c97c8292c275bfe3ed4180280004c8fb0b4c
    """,
    """
    000100602112a44278ad3433c6ad72c029da412e00060012e3839ee38388e383aae38383e382afe382b90000
    0015001c662f2f3439396b39353464364f4c33346f4c39465354767936347341
    0014000b6578616d706c652e6f72670000080014f67024656dd64a3e02b8e0712e85c9a28ca89666
    """,
    """
    000100902112a44278ad3433c6ad72c029da412e
    001e00204a3cf38fef6992bda952c6780417da0f24819415569e60b205c46e41407f1704
    001500296f624d61744a6f733241414143662f2f3439396b39353464364f4c33346f4c39465354767936347341000000
    0014000b6578616d706c652e6f726700001d000400020000
    001c0020b5c7bf005b6c52a21c51c5e892f81924136296cb927c43149309278cc6518e65
    """,
)
_KATAKANA = "\u30de\u30c8\u30ea\u30c3\u30af\u30b9"


def _vectors():
    request, answer, answer6, long_term, hashed = (
        bytes.fromhex("".join(text.split())) for text in _VECTORS
    )
    sealed = [(0x0008, 20), (0x8028, 4)]
    # The request and its two answers share a transaction, so each pair has a port of its own.
    yield Message(
        request,
        RFC,
        [(0x8022, 16), (0x0024, 4), (0x8029, 8), (0x0006, 9), *sealed],
        {
            "software": ["STUN test client"],
            "priority": [0x6E0001FF],
            "ice_controlled": [0x932FF9B151263B36],
            "username": ["evtj:h6vY"],
            "message_integrity": [request[-28:-8]],
        },
        "good",
        from_client=True,
        port=50021,
    )
    for port, data, size, parts in (
        (50021, answer, 8, {"xor_mapped_address.ip": ["192.0.2.1"], "xor_mapped_address.family": [1]}),
        (
            50022,
            answer6,
            20,
            {
                "xor_mapped_address.ip6": ["2001:db8:1234:5678:11:2233:4455:6677"],
                "xor_mapped_address.family": [2],
            },
        ),
    ):
        parts["xor_mapped_address.port"] = [32853]
        parts["software"] = ["test vector"]
        parts["message_integrity"] = [data[-28:-8]]
        yield Message(data, RFC, [(0x8022, 11), (0x0020, size), *sealed], parts, "good", port=port)
    yield Message(
        long_term,
        RFC,
        [(0x0006, 18), (0x0015, 28), (0x0014, 11), (0x0008, 20)],
        {
            "username": [_KATAKANA],
            "nonce": ["f//499k954d6OL34oL9FSTvy64sA"],
            "realm": ["example.org"],
            "message_integrity": [long_term[-20:]],
        },
        from_client=True,
        port=50024,
    )
    yield Message(
        hashed,
        RFC,
        [(0x001E, 32), (0x0015, 41), (0x0014, 11), (0x001D, 4), (0x001C, 32)],
        {
            "userhash": [
                bytes.fromhex("4a3cf38fef6992bda952c6780417da0f24819415569e60b205c46e41407f1704")
            ],
            "nonce": ["obMatJos2AAACf//499k954d6OL34oL9FSTvy64sA"],
            "realm": ["example.org"],
            "password_algorithm.algorithm": [2],
            "message_integrity_sha256": [hashed[-32:]],
        },
        from_client=True,
        port=50025,
    )


def messages():
    """Return what the frames hold, in order: frame 1 is the first."""
    result = [*_right(), *_short(), *_short_in_front(), *_dialects(), *_odd_values()]
    result += [*_checksums(), *_vectors()]
    for frame, message in enumerate(result, start=1):
        if message.copy_of is not None:
            message.copy_of += frame
    return result


def capture():
    """Return the capture of this scenario."""
    client_host = Host(_CLIENT[0], 0x61, 0x1100)
    server = Endpoint(Host(_SERVER[0], 0x62, 0x2200), _SERVER[1])
    result = Capture()
    for index, message in enumerate(messages()):
        client = Endpoint(client_host, message.port)
        ends = (client, server) if message.from_client else (server, client)
        result.add(_START + index * _EVERY, udp_frame(*ends, message.data))
    return result
