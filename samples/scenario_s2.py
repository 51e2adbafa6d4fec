# SPDX-License-Identifier: GPL-2.0-or-later
"""S2: a WebRTC client is refused with 431, and eight minutes later with a 401 that repeats its user name."""

import stunwire as stun
from chosen import chosen_bytes, chosen_nonce
from expressway import INTEGRITY_CHECK_FAILURE, SOFTWARE, TURN_PORT, UNAUTHORIZED, Account, signed
from netwire import Capture, Endpoint, Host, udp_frame, utc

USER = "expturncreds"
REALM = "TANDBERG"
CLIENT_PASSWORD = "s2-password-of-the-client"
SERVER_PASSWORD = "s2-password-of-the-server"
# A browser opens a new socket for a new attempt.
FIRST_CLIENT_PORT = 56012
SECOND_CLIENT_PORT = 57340

_FIRST_TRANSACTION = chosen_bytes("s2 first allocate", 12)
_SECOND_TRANSACTION = chosen_bytes("s2 second allocate", 12)
_UDP = stun.requested_transport(stun.TRANSPORT_UDP)


def _account(password, attempt):
    return Account(USER, REALM, password, chosen_nonce(f"s2 nonce {attempt}"))


def _request():
    account = _account(CLIENT_PASSWORD, 1)
    return signed(account, stun.ALLOCATE_REQUEST, _FIRST_TRANSACTION, _UDP, account.credentials)


def _refusal():
    account = _account(SERVER_PASSWORD, 1)
    return signed(
        account,
        stun.ALLOCATE_ERROR,
        _FIRST_TRANSACTION,
        account.repeated,
        _UDP,
        INTEGRITY_CHECK_FAILURE,
        SOFTWARE,
    )


def _unauthorized():
    account = _account(SERVER_PASSWORD, 2)
    return stun.message(
        stun.ALLOCATE_ERROR, _SECOND_TRANSACTION, account.repeated, _UDP, UNAUTHORIZED, SOFTWARE
    )


def capture():
    """Return the capture of this scenario."""
    host = Host("10.55.157.229", 0x21, 0x2B10)
    client = Endpoint(host, FIRST_CLIENT_PORT)
    later_client = Endpoint(host, SECOND_CLIENT_PORT)
    server = Endpoint(Host("10.48.36.248", 0x22, 0x6D02), TURN_PORT)
    result = Capture()
    result.add(utc("2017-04-15 10:26:42.108282"), udp_frame(client, server, _request()))
    result.add(utc("2017-04-15 10:26:42.214119"), udp_frame(server, client, _refusal()))
    result.add(utc("2017-04-15 10:34:54.277477"), udp_frame(server, later_client, _unauthorized()))
    return result
