# SPDX-License-Identifier: GPL-2.0-or-later
"""Media packets whose headers are real and whose contents nobody could read anyway: SRTP, SRTCP, DTLS."""

import struct

from chosen import chosen_bytes

_SRTP_TAG = 10
_DTLS12 = 0xFEFD
_CIPHER = 0xC02B
_CHANGE_CIPHER_SPEC = 20
_HANDSHAKE = 22


class RtpSender:
    """One RTP stream and its reports."""

    def __init__(self, label, payload_type, step):
        self._label = label
        self._payload_type = payload_type
        self._step = step
        self._ssrc = chosen_bytes(label + " ssrc", 4)
        self._sequence = int.from_bytes(chosen_bytes(label + " sequence", 2), "big") & 0x7FFF
        self._timestamp = int.from_bytes(chosen_bytes(label + " timestamp", 4), "big") & 0x7FFFFFFF
        self._reports = 0

    def packet(self, size):
        """Return the next SRTP packet with size bytes of encrypted payload."""
        header = struct.pack(">BBHI", 0x80, self._payload_type, self._sequence, self._timestamp)
        secret = chosen_bytes(f"{self._label} {self._sequence}", size + _SRTP_TAG)
        self._sequence = (self._sequence + 1) & 0xFFFF
        self._timestamp += self._step
        return header + self._ssrc + secret

    def report(self):
        """Return the next SRTCP sender report without report blocks."""
        self._reports += 1
        header = struct.pack(">BBH", 0x80, 200, 6) + self._ssrc
        secret = chosen_bytes(f"{self._label} report {self._reports}", 20)
        encrypted_flag_and_index = struct.pack(">I", 0x80000000 | self._reports)
        tag = chosen_bytes(f"{self._label} report tag {self._reports}", _SRTP_TAG)
        return header + secret + encrypted_flag_and_index + tag


def _record(kind, epoch, number, body):
    return struct.pack(">BHHHIH", kind, _DTLS12, epoch, number >> 32, number, len(body)) + body


def _hello(kind, message_number, body):
    size = len(body).to_bytes(3, "big")
    return bytes([kind]) + size + struct.pack(">H", message_number) + bytes(3) + size + body


def _finished(label):
    change = _record(_CHANGE_CIPHER_SPEC, 0, 1, b"\x01")
    return change + _record(_HANDSHAKE, 1, 0, chosen_bytes(label + " finished", 48))


def dtls_client_hello():
    """Return the first flight of a handshake that resumes a session."""
    body = struct.pack(">H", _DTLS12) + chosen_bytes("dtls client random", 32)
    body += b"\x20" + chosen_bytes("dtls session", 32) + b"\x00"
    body += struct.pack(">HH", 2, _CIPHER) + b"\x01\x00"
    return _record(_HANDSHAKE, 0, 0, _hello(1, 0, body))


def dtls_server_hello():
    """Return the answer: resumption needs no certificates, so the whole handshake fits into three packets."""
    body = struct.pack(">H", _DTLS12) + chosen_bytes("dtls server random", 32)
    body += b"\x20" + chosen_bytes("dtls session", 32) + struct.pack(">HB", _CIPHER, 0)
    return _record(_HANDSHAKE, 0, 0, _hello(2, 0, body)) + _finished("dtls server")


def dtls_client_finished():
    """Return the last flight."""
    return _finished("dtls client")
