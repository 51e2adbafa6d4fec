# SPDX-License-Identifier: GPL-2.0-or-later
"""TURN messages in the form that the frame lengths of the field documents imply for one server.

That server puts a NONCE of 60 bytes and a SOFTWARE of 29 to 32 bytes into its messages, repeats USERNAME and
REQUESTED-TRANSPORT in errors, and leaves FINGERPRINT out of what is authenticated.
"""

import dataclasses

import stunwire as stun

TURN_PORT = 3478
# The text is free; its length is not: 36 bytes with header and padding.
SOFTWARE = stun.attribute(stun.SOFTWARE, b"TANDBERG TURN server (sample)")
UNAUTHORIZED = stun.error_code(401, "Unauthorized")
STALE_NONCE = stun.error_code(438, "Stale Nonce")
INTEGRITY_CHECK_FAILURE = stun.error_code(431, "Integrity Check Failure")


@dataclasses.dataclass
class Account:
    """A TURN account as one side has it, with the nonce that is in force."""

    user: str
    realm: str
    password: str
    nonce: bytes

    @property
    def key(self):
        return stun.long_term_key(self.user, self.realm, self.password)

    @property
    def user_attribute(self):
        return stun.attribute(stun.USERNAME, self.user.encode())

    @property
    def realm_attribute(self):
        return stun.attribute(stun.REALM, self.realm.encode())

    @property
    def nonce_attribute(self):
        return stun.attribute(stun.NONCE, self.nonce)

    @property
    def credentials(self):
        """USERNAME, REALM and NONCE in the order of a request."""
        return self.user_attribute + self.realm_attribute + self.nonce_attribute

    @property
    def repeated(self):
        """USERNAME, NONCE and REALM in the order of an error response."""
        return self.user_attribute + self.nonce_attribute + self.realm_attribute


def signed(account, kind, transaction, *attributes):
    """Return a message with MESSAGE-INTEGRITY of that account."""
    return stun.sign(stun.message(kind, transaction, *attributes), account.key)


def success(account, kind, transaction, *attributes):
    """Return a signed success response, or an indication: both end with SOFTWARE and MESSAGE-INTEGRITY."""
    return signed(account, kind, transaction, *attributes, SOFTWARE)
