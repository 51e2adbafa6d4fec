#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Holds what the plugin says of MESSAGE-INTEGRITY when it is told passwords.

A password of the table in the preferences proves the messages of its user and accuses those that another one signed;
where no password is known, nothing is said. What SDP brings is held by test_values.py.
"""

import base64
import sys
import typing

import cases

sys.path.insert(0, str(cases.SAMPLES))
import scenario_bound_connection as bound  # noqa: E402
import scenario_ms_turn_tcp as ms_tcp  # noqa: E402
import scenario_ms_turn_udp as ms_udp  # noqa: E402
import scenario_s1 as s1  # noqa: E402
import scenario_s4 as s4  # noqa: E402
import scenario_udp_channeldata as channel  # noqa: E402

GOOD, BAD, NONE = "verified", "failed", "not checked"


class Case(typing.NamedTuple):
    """What frames must say, in the order of their messages, when these users are known."""

    sample: str
    users: list
    frames: dict


def _base64(data):
    return base64.b64encode(data).decode()


_NEW = ms_udp.new_session()
_OLD = ms_udp.old_session()
_TCP = ms_tcp.session("", 51001, 443)

CASES = (
    # Each side signs with its own password.
    Case("s1-webrtc-431", [(s1.USER, s1.REALM, s1.CLIENT_PASSWORD)], {1: [GOOD], 2: [BAD]}),
    Case("s1-webrtc-431", [(s1.USER, s1.REALM, s1.SERVER_PASSWORD)], {1: [BAD], 2: [GOOD]}),
    Case("s1-webrtc-431", [(s1.USER, "", s1.CLIENT_PASSWORD)], {1: [GOOD], 2: [BAD]}),
    Case("s1-webrtc-431", [("somebody", s1.REALM, s1.CLIENT_PASSWORD)], {1: [NONE], 2: [NONE]}),
    Case("s1-webrtc-431", [(s1.USER, "elsewhere", s1.CLIENT_PASSWORD)], {1: [NONE], 2: [NONE]}),
    # Responses, which name no user, and the second connection.
    Case(
        "s4-sfb-presentation",
        [(s4.USER, s4.REALM, s4.PASSWORD)],
        {frame: [GOOD] for frame in (8, 10, 12, 14, 16, 18, 20, 25, 27)} | {29: [NONE], 39: [NONE]},
    ),
    Case(
        "udp-channeldata",
        [(channel.USER, channel.REALM, channel.PASSWORD)],
        {frame: [GOOD] for frame in (3, 4, 5, 6, 7, 8, 86, 87, 160, 162, 163, 262, 263)}
        | {9: [NONE]},
    ),
    Case(
        "bound-connection",
        [(bound.USER, bound.REALM, bound.PASSWORD)],
        {frame: [GOOD] for frame in (12, 13, 14, 15, 16, 21, 51, 52, 57, 58, 65, 66)}
        | {22: [GOOD, NONE]},
    ),
    # MS-TURN: a token that is no text, SHA-256, and the ICE checks inside, whose passwords are in the SDP.
    Case(
        "ms-turn-udp",
        [
            (_base64(_NEW.user), _NEW.realm, _base64(_NEW.password)),
            (_OLD.user.decode(), _OLD.realm, _OLD.password.decode()),
        ],
        {
            **{frame: [GOOD] for frame in (5, 6, 11, 14, 15, 16, 23, 24, 27, 28, 33, 34)},
            **{frame: [GOOD, GOOD] for frame in (7, 10, 29, 32)},
            **{frame: [GOOD] for frame in (8, 9, 30, 31)},
        },
    ),
    Case(
        "ms-turn-tcp-443",
        [(_TCP.user.decode(), _TCP.realm, _TCP.password.decode()), ("msuser", "rtcmedia", "another")],
        {8: [GOOD], 9: [GOOD], 10: [GOOD, NONE], 12: [GOOD], 13: [GOOD], 25: [GOOD], 43: [GOOD]},
    ),
    Case(
        "ms-turn-tcp-443",
        [(ms_tcp.USER, ms_tcp.REALM, ms_tcp.PASSWORD), ("msuser", "rtcmedia", "wrong")],
        {8: [BAD], 9: [BAD], 50: [GOOD], 51: [GOOD], 59: [GOOD], 60: [GOOD]},
    ),
    # RFC 5769 section 2.4 and RFC 8489 appendix B.1, where the user is hashed and the key is of SHA-256.
    Case(
        "attributes",
        [("\u30de\u30c8\u30ea\u30c3\u30af\u30b9", "example.org", "TheMatrIX")],
        {259: [GOOD], 260: [GOOD]},
    ),
)


def _option(user):
    """Return the option that puts a row into the table."""
    return ["-o", "uat:mstun_credentials:" + ",".join(f'"{column}"' for column in user)]


def find_faults(program, _):
    for case in CASES:
        options = [part for user in case.users for part in _option(user)]
        for passes in ([], ["-2"]):
            found = program.fields(
                cases.SAMPLES / f"{case.sample}.pcap", ["mstun.integrity"], [*passes, *options]
            )
            for number, wanted in case.frames.items():
                values = found[number - 1].get("mstun.integrity", [])
                if values != wanted:
                    yield (
                        f"{case.sample} frame {number} {' '.join(passes)} with {case.users}: "
                        f"mstun.integrity is {values}, expected {wanted}"
                    )


if __name__ == "__main__":
    cases.main(__doc__, find_faults)
