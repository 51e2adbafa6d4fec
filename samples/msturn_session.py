# SPDX-License-Identifier: GPL-2.0-or-later
"""One client of a Microsoft Edge server, as both MS-TURN samples need it: its messages from Allocate on."""

import dataclasses
import struct
import typing

import msturn
from chosen import chosen_bytes

CHALLENGE = "Unauthorized, try again"

_USERNAME = 0x0006
_ERROR_CODE = 0x0009
_LIFETIME = 0x000D
_ALTERNATE_SERVER = 0x000E
_BANDWIDTH = 0x0010
_DESTINATION_ADDRESS = 0x0011
_REMOTE_ADDRESS = 0x0012
_DATA = 0x0013
_NONCE = 0x0014
_REALM = 0x0015
_MAPPED_ADDRESS = 0x0001
_REQUESTED_ADDRESS_FAMILY = 0x0017
_MS_VERSION = 0x8008
_XOR_MAPPED_ADDRESS = 0x8020
_UNNAMED = 0x8006
_SEQUENCE_NUMBER = 0x8050
_SERVICE_QUALITY = 0x8055
_SESSION_ID = 0x8095


def _number(code, value):
    return msturn.attribute(code, struct.pack(">I", value))


def _address(code, host, port):
    packed = bytes(int(part) for part in host.split("."))
    return msturn.attribute(code, struct.pack(">xBH", 1, port) + packed)


@dataclasses.dataclass
class Session:
    """What a client and the server agree on, and the messages that both send in it.

    PREFIX is what every transaction id begins with: some clients put the cookie of RFC 8489 there.
    """

    label: str
    prefix: bytes
    user: bytes
    realm: str
    password: bytes
    version: int
    mapped: tuple
    server: tuple
    relay: tuple
    algorithm: typing.Callable = msturn.SHA1
    multiplexed: bool = False
    _sequence: int = 0

    @property
    def nonce(self):
        """A text of a length that would need padding."""
        return f'"{chosen_bytes(self.label + " nonce", 16).hex()}"'.encode()

    @property
    def session_id(self):
        return chosen_bytes(self.label + " multiplexed", 8)

    def transaction(self, name):
        drawn = chosen_bytes(f"{self.label} {name}", 16 - len(self.prefix))
        return self.prefix + drawn

    def _version(self):
        return _number(_MS_VERSION, self.version)

    def _quoted_realm(self):
        return msturn.attribute(_REALM, f'"{self.realm}"'.encode())

    def _nonce(self):
        return msturn.attribute(_NONCE, self.nonce)

    def _user(self):
        return msturn.attribute(_USERNAME, self.user)

    def _numbered(self):
        """Return MS-SEQUENCE-NUMBER; it counts the authenticated requests."""
        value = chosen_bytes(self.label + " connection", 20) + struct.pack(">I", self._sequence)
        self._sequence += 1
        return msturn.attribute(_SEQUENCE_NUMBER, value)

    def _signed(self, kind, name, *attributes):
        message = msturn.message(kind, self.transaction(name), *attributes)
        signing_key = msturn.key(self.user, self.realm.encode(), self.password)
        return msturn.sign(message, signing_key, self.algorithm)

    def first_allocate(self):
        """Return the request without credentials."""
        return msturn.message(
            msturn.ALLOCATE_REQUEST,
            self.transaction("challenged"),
            _number(_UNNAMED, 1),
            self._version(),
            msturn.attribute(_REQUESTED_ADDRESS_FAMILY, b"\1\0\0\0"),
            msturn.attribute(_SERVICE_QUALITY, struct.pack(">HH", 1, 0)),
        )

    def challenge(self):
        """Return the 401; the server names itself as the alternate one, which is no redirection."""
        return msturn.message(
            msturn.ALLOCATE_ERROR,
            self.transaction("challenged"),
            self._version(),
            msturn.attribute(_ERROR_CODE, bytes((0, 0, 4, 1)) + CHALLENGE.encode()),
            self._quoted_realm(),
            self._nonce(),
            _address(_ALTERNATE_SERVER, *self.server),
        )

    def allocate(self):
        return self._signed(
            msturn.ALLOCATE_REQUEST,
            "allocate",
            self._user(),
            self._quoted_realm(),
            self._nonce(),
            self._version(),
            _number(_BANDWIDTH, 500),
        )

    def allocated(self):
        sessions = [msturn.attribute(_SESSION_ID, self.session_id)] if self.multiplexed else []
        return self._signed(
            msturn.ALLOCATE_SUCCESS,
            "allocate",
            _address(_MAPPED_ADDRESS, *self.relay),
            self._xor_mapped("allocate"),
            _number(_LIFETIME, 600),
            _number(_BANDWIDTH, 500),
            self._numbered(),
            self._version(),
            *sessions,
        )

    def _xor_mapped(self, name):
        mask = self.transaction(name)
        host, port = self.mapped
        plain = struct.pack(">H", port) + bytes(int(part) for part in host.split("."))
        masked = bytes(a ^ b for a, b in zip(plain, mask[:2] + mask[:4]))
        return msturn.attribute(_XOR_MAPPED_ADDRESS, b"\0\1" + masked)

    def send(self, name, peer, data):
        """Return a Send Request. It goes without REALM, and is never answered."""
        return self._signed(
            msturn.SEND_REQUEST,
            name,
            self._user(),
            self._nonce(),
            _address(_DESTINATION_ADDRESS, *peer),
            self._numbered(),
            msturn.attribute(_DATA, data),
        )

    def data_indication(self, name, peer, data):
        """Return a Data Indication; its address is not masked."""
        return msturn.message(
            msturn.DATA_INDICATION,
            self.transaction(name),
            _address(_REMOTE_ADDRESS, *peer),
            msturn.attribute(_DATA, data),
        )

    def set_active(self, name, peer):
        return self._signed(
            msturn.SET_ACTIVE_DESTINATION_REQUEST,
            name,
            self._user(),
            self._nonce(),
            _address(_DESTINATION_ADDRESS, *peer),
            self._numbered(),
        )

    def active(self, name):
        return self._signed(msturn.SET_ACTIVE_DESTINATION_SUCCESS, name, self._version())

    def not_active(self, name, code, reason):
        value = struct.pack(">xxBB", *divmod(code, 100)) + reason.encode()
        error = msturn.attribute(_ERROR_CODE, value)
        return self._signed(msturn.SET_ACTIVE_DESTINATION_ERROR, name, error, self._version())
