# SPDX-License-Identifier: GPL-2.0-or-later
"""One client of an Expressway over TCP, as the samples of RFC 6062 need it: what both say from Allocate on."""

import dataclasses

import stunwire as stun
from chosen import chosen_bytes
from expressway import SOFTWARE, UNAUTHORIZED, Account, signed, success
from talk import CLIENT, SERVER

_TCP = stun.requested_transport(stun.TRANSPORT_TCP)
_LIFETIME = stun.number_attribute(stun.LIFETIME, 600)


@dataclasses.dataclass
class Session:
    """What the client and the server agree on; a name gives a transaction, and LABEL tells the samples apart."""

    label: str
    account: Account
    mapped: tuple
    relay: tuple

    def _transaction(self, name):
        return chosen_bytes(f"{self.label} {name}", 12)

    def connection_id(self, name):
        """Return the attribute of the connection of that name."""
        return stun.attribute(stun.CONNECTION_ID, chosen_bytes(f"{self.label} {name}", 4))

    def request(self, kind, name, *attributes):
        credentials = self.account.credentials
        return signed(self.account, kind, self._transaction(name), *attributes, credentials)

    def answer(self, kind, name, *attributes):
        """Return a success response, or an indication."""
        return success(self.account, kind, self._transaction(name), *attributes)

    def allocate(self, talk):
        """Say Allocate, the challenge, Allocate with credentials and its success."""
        account, challenged = self.account, self._transaction("challenged")
        talk.say(CLIENT, stun.message(stun.ALLOCATE_REQUEST, challenged, _TCP))
        challenge = (account.nonce_attribute, account.realm_attribute, UNAUTHORIZED, SOFTWARE)
        talk.say(SERVER, stun.message(stun.ALLOCATE_ERROR, challenged, *challenge))
        talk.say(CLIENT, self.request(stun.ALLOCATE_REQUEST, "allocate", _TCP))
        answer = (
            _LIFETIME,
            stun.xor_address(stun.XOR_MAPPED_ADDRESS, *self.mapped),
            stun.xor_address(stun.XOR_RELAYED_ADDRESS, *self.relay),
        )
        talk.say(SERVER, self.answer(stun.ALLOCATE_SUCCESS, "allocate", *answer))

    def be_called(self, talk, address, connection):
        """Say the permission for the peer at ADDRESS, and its attempt with that CONNECTION-ID."""
        peer = stun.xor_address(stun.XOR_PEER_ADDRESS, *address)
        talk.say(CLIENT, self.request(stun.CREATE_PERMISSION_REQUEST, "permission", peer))
        talk.say(SERVER, self.answer(stun.CREATE_PERMISSION_SUCCESS, "permission"))
        talk.say(
            SERVER, self.answer(stun.CONNECTION_ATTEMPT_INDICATION, "attempt", connection, peer)
        )
        talk.acknowledge(CLIENT)

    def bind(self, name, connection):
        """Return ConnectionBind and its success."""
        return (
            self.request(stun.CONNECTION_BIND_REQUEST, name, connection),
            self.answer(stun.CONNECTION_BIND_SUCCESS, name, connection),
        )
