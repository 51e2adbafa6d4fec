# SPDX-License-Identifier: GPL-2.0-or-later
"""ICE checks as Microsoft endpoints below version 3 send them over TCP: framed, each one twice."""

import dataclasses

import stunwire as stun

_VERSION = stun.number_attribute(stun.IMPLEMENTATION_VERSION, 2)


@dataclasses.dataclass
class Agent:
    """One end of the ICE session."""

    fragment: str
    password: str
    role: int
    tie_breaker: bytes
    priority: int
    foundation: str

    @property
    def description(self):
        """PRIORITY and the role, as every request of this agent has them."""
        return stun.number_attribute(stun.PRIORITY, self.priority) + stun.attribute(
            self.role, self.tie_breaker
        )

    @property
    def identifier(self):
        return stun.attribute(stun.CANDIDATE_IDENTIFIER, stun.pad4(self.foundation.encode()))


def user_name(sender, receiver):
    """Return the USERNAME of a request; these endpoints count its padding in the length."""
    return stun.attribute(stun.USERNAME, stun.pad4(f"{receiver.fragment}:{sender.fragment}".encode()))


def request_attributes(sender, receiver, nominate):
    """Return what a request carries in front of its MESSAGE-INTEGRITY."""
    nomination = stun.attribute(stun.USE_CANDIDATE) if nominate else b""
    return nomination + sender.description + user_name(sender, receiver) + sender.identifier + _VERSION


def _sealed(message, password):
    return stun.add_fingerprint(stun.sign_microsoft(message, password.encode()))


def request(sender, receiver, transaction, nominate=False):
    """Return a Binding Request; what is sent to an agent is signed with that agent's password."""
    attributes = request_attributes(sender, receiver, nominate)
    message = stun.message(stun.BINDING_REQUEST, transaction, attributes)
    return _sealed(message, receiver.password)


def response(sender, receiver, transaction, address, port):
    """Return the Binding Success Response of sender to a request of receiver, whose USERNAME it repeats."""
    message = stun.message(
        stun.BINDING_SUCCESS,
        transaction,
        stun.xor_address(stun.XOR_MAPPED_ADDRESS, address, port),
        user_name(receiver, sender),
        _VERSION,
    )
    return _sealed(message, sender.password)
