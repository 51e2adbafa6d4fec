# SPDX-License-Identifier: GPL-2.0-or-later
"""ICE checks of RFC 8445, as anybody but Microsoft's older endpoints sends them."""

import dataclasses

import stunwire as stun
from chosen import chosen_bytes


@dataclasses.dataclass
class Agent:
    """One end of the ICE session that goes through the relay."""

    fragment: str
    password: str
    role: int


def check(label, sender, receiver, *attributes):
    """Return a Binding Request of RFC 8445; what is sent to an agent is signed with that agent's password."""
    message = stun.message(
        stun.BINDING_REQUEST,
        chosen_bytes(label, 12),
        stun.attribute(stun.USERNAME, f"{receiver.fragment}:{sender.fragment}".encode()),
        stun.attribute(sender.role, chosen_bytes(sender.fragment + " tie breaker", 8)),
        stun.number_attribute(stun.PRIORITY, 0x6E7F1EFF),
        *attributes,
    )
    return stun.add_fingerprint(stun.sign(message, receiver.password.encode()))


def check_answer(label, sender, address):
    """Return the Binding Success Response of SENDER, which saw the request come from ADDRESS."""
    transaction = chosen_bytes(label, 12)
    mapped = stun.xor_address(stun.XOR_MAPPED_ADDRESS, *address, transaction)
    message = stun.message(stun.BINDING_SUCCESS, transaction, mapped)
    return stun.add_fingerprint(stun.sign(message, sender.password.encode()))
