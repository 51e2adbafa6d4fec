# SPDX-License-Identifier: GPL-2.0-or-later
"""S1: a WebRTC client whose password the server does not share is refused with 431."""

import stunwire as stun
from chosen import chosen_bytes, chosen_nonce
from expressway import INTEGRITY_CHECK_FAILURE, SOFTWARE, TURN_PORT, Account, signed
from netwire import Capture, Endpoint, Host, udp_frame, utc

USER = "turnuser"
REALM = "turnuser"
CLIENT_PASSWORD = "s1-password-of-the-client"
SERVER_PASSWORD = "s1-password-of-the-server"
CLIENT_PORT = 54321

_TRANSACTION = chosen_bytes("s1 allocate", 12)
_NONCE = chosen_nonce("s1 nonce")
_UDP = stun.requested_transport(stun.TRANSPORT_UDP)


def _request():
    account = Account(USER, REALM, CLIENT_PASSWORD, _NONCE)
    return signed(account, stun.ALLOCATE_REQUEST, _TRANSACTION, _UDP, account.credentials)


def _refusal(client):
    account = Account(USER, REALM, SERVER_PASSWORD, _NONCE)
    # Twelve bytes more than the kinds of attribute that the document names: an IPv4 address fits.
    mapped = stun.xor_address(stun.XOR_MAPPED_ADDRESS, client.host.address, client.port)
    return signed(
        account,
        stun.ALLOCATE_ERROR,
        _TRANSACTION,
        INTEGRITY_CHECK_FAILURE,
        account.repeated,
        _UDP,
        mapped,
        SOFTWARE,
    )


def capture():
    """Return the capture of this scenario."""
    client = Endpoint(Host("172.16.84.124", 0x11, 0x1A01), CLIENT_PORT)
    server = Endpoint(Host("10.88.246.156", 0x12, 0x5C40), TURN_PORT)
    result = Capture()
    result.add(utc("2017-05-20 19:52:48.704889"), udp_frame(client, server, _request()))
    result.add(utc("2017-05-20 19:52:48.714894"), udp_frame(server, client, _refusal(client)))
    return result
