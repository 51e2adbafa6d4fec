# SPDX-License-Identifier: GPL-2.0-or-later
"""The words in which a call through a TURN server is told: who sends what, and when.

Times are milliseconds since the call began. Every method says how many frames it makes, if more than one, so that the
frames of a capture can be counted from the code that tells it.
"""

import itertools

import rfc_check
import stunwire as stun
from chosen import chosen_bytes, chosen_nonce
from expressway import SOFTWARE, Account, signed, success
from media import RtpSender

ALLOCATE = stun.ALLOCATE_REQUEST
REFRESH = stun.REFRESH_REQUEST
CREATE_PERMISSION = stun.CREATE_PERMISSION_REQUEST
CHANNEL_BIND = stun.CHANNEL_BIND_REQUEST
CONNECT = stun.CONNECT_REQUEST
CONNECTION_BIND = stun.CONNECTION_BIND_REQUEST

_SUCCESS = 0x0100
_ERROR = 0x0110
_LIFETIME = 600
_OPUS = 111


class Turn:
    """What a client and its server say about one allocation, over a wire of either kind."""

    def __init__(self, wire, label, relay, mapped, protocol=stun.TRANSPORT_UDP, **account):
        self.wire = wire
        self.label = label
        self.relay = relay
        self.mapped = mapped
        self.transport = stun.requested_transport(protocol)
        self._user = account.get("user", "turnuser")
        self._password = account.get("password", "password-of-both-sides")
        self._server_password = account.get("server_password", self._password)
        self._nonces = itertools.count(1)
        self.renew()

    def renew(self):
        """The server gives out another nonce from now on."""
        nonce = chosen_nonce(f"{self.label} nonce {next(self._nonces)}")
        self.client = Account(self._user, "TANDBERG", self._password, nonce)
        self.server = Account(self._user, "TANDBERG", self._server_password, nonce)

    def transaction(self, name):
        return chosen_bytes(f"{self.label} {name}", 12)

    def ask(self, ms, kind, name, *attributes, lost=False, account=None):
        """The client sends a request with its credentials."""
        account = account or self.client
        message = signed(account, kind, self.transaction(name), *attributes, account.credentials)
        self._up(ms, message, lost)

    def ask_openly(self, ms, kind, name, *attributes, lost=False):
        """The client sends a request without credentials."""
        self._up(ms, stun.message(kind, self.transaction(name), *attributes), lost)

    def grant(self, ms, kind, name, *attributes, lost=False):
        message = success(self.server, kind | _SUCCESS, self.transaction(name), *attributes)
        self._down(ms, message, lost)

    def challenge(self, ms, kind, name, code=401, reason="Unauthorized", lost=False):
        """The server asks for credentials, or for those with its present nonce."""
        message = stun.message(
            kind | _ERROR,
            self.transaction(name),
            stun.error_code(code, reason),
            self.server.nonce_attribute,
            self.server.realm_attribute,
            SOFTWARE,
        )
        self._down(ms, message, lost)

    def refuse(self, ms, kind, name, code, reason, *attributes):
        """The server refuses a request that had credentials, and signs that."""
        error = stun.error_code(code, reason)
        self._down(ms, success(self.server, kind | _ERROR, self.transaction(name), error, *attributes), False)

    # A wire over TCP is tapped at one place, where nothing is lost.
    def _up(self, ms, message, lost):
        self.wire.up(ms, message, **({"lost": True} if lost else {}))

    def _down(self, ms, message, lost):
        self.wire.down(ms, message, **({"lost": True} if lost else {}))

    def first_allocate(self, ms, lost=False):
        self.ask_openly(ms, ALLOCATE, "first", self.transport, lost=lost)

    def first_challenge(self, ms):
        """Two frames in 10 ms."""
        self.first_allocate(ms)
        self.challenge(ms + 10, ALLOCATE, "first")

    def ask_allocate(self, ms, name="allocate"):
        self.ask(ms, ALLOCATE, name, self.transport)

    def grant_allocate(self, ms, name="allocate"):
        self.grant(
            ms,
            ALLOCATE,
            name,
            stun.xor_address(stun.XOR_RELAYED_ADDRESS, *self.relay),
            stun.xor_address(stun.XOR_MAPPED_ADDRESS, *self.mapped),
            stun.number_attribute(stun.LIFETIME, _LIFETIME),
        )

    def allocate(self, ms):
        """Four frames in 30 ms, the success last."""
        self.first_challenge(ms)
        self.ask_allocate(ms + 12)
        self.grant_allocate(ms + 30)

    def exchange(self, ms, kind, name, *attributes, took=10):
        """Request and success: two frames."""
        self.ask(ms, kind, name, *attributes)
        self.grant(ms + took, kind, name)

    def refresh(self, ms, name="refresh", lifetime=_LIFETIME):
        """Two frames."""
        value = stun.number_attribute(stun.LIFETIME, lifetime)
        self.ask(ms, REFRESH, name, value)
        self.grant(ms + 10, REFRESH, name, value)

    def release(self, ms):
        """Two frames."""
        self.refresh(ms, "release", 0)

    def permission(self, ms, peer, name="permission"):
        """Two frames."""
        self.exchange(ms, CREATE_PERMISSION, name, peer_address(peer))

    def channel(self, ms, number, peer, name="channel"):
        """Two frames."""
        self.exchange(ms, CHANNEL_BIND, name, stun.channel_number(number), peer_address(peer))

    def attempt(self, ms, connection, peer, name="attempt"):
        """The server tells of a peer that has connected to the relay."""
        kind = stun.CONNECTION_ATTEMPT_INDICATION
        message = success(
            self.server, kind, self.transaction(name), peer_address(peer), connection_id(connection)
        )
        self.wire.down(ms, message)

    def connect(self, ms, peer, name="connect"):
        self.ask(ms, CONNECT, name, peer_address(peer))

    def connected(self, ms, connection, name="connect"):
        self.grant(ms, CONNECT, name, connection_id(connection))

    def on(self, wire):
        """Return the same client and server on another connection."""
        other = Turn(wire, self.label + " data", self.relay, self.mapped)
        other.client, other.server = self.client, self.server
        return other

    def ask_bind(self, ms, connection, name="bind"):
        self.ask(ms, CONNECTION_BIND, name, connection_id(connection))

    def bind(self, ms, connection, name="bind"):
        """Two frames."""
        self.ask_bind(ms, connection, name)
        self.grant(ms + 10, CONNECTION_BIND, name)


def peer_address(peer):
    return stun.xor_address(stun.XOR_PEER_ADDRESS, *peer)


def connection_id(number):
    return stun.number_attribute(stun.CONNECTION_ID, number)


class Channel:
    """A way to a peer: through a channel."""

    def __init__(self, wire, number):
        self._wire = wire
        self._number = number

    def up(self, ms, payload, **how):
        self._wire.up(ms, stun.channel_data(self._number, payload), **how)

    def down(self, ms, payload, **how):
        self._wire.down(ms, stun.channel_data(self._number, payload), **how)


class Indications:
    """A way to a peer: in Send and Data Indications."""

    def __init__(self, turn, peer):
        self._turn = turn
        self._peer = peer
        self._count = 0

    def _indication(self, kind, payload):
        self._count += 1
        transaction = self._turn.transaction(f"indication {self._count} {self._peer}")
        return stun.message(kind, transaction, peer_address(self._peer), stun.attribute(stun.DATA, payload))

    def up(self, ms, payload, **how):
        self._turn.wire.up(ms, self._indication(stun.SEND_INDICATION, payload), **how)

    def down(self, ms, payload, **how):
        self._turn.wire.down(ms, self._indication(stun.DATA_INDICATION, payload), **how)


class Bound:
    """A way to a peer: a bound connection, or any other with the framing of RFC 4571."""

    def __init__(self, wire):
        self._wire = wire

    def up(self, ms, *payloads):
        self._wire.up(ms, *map(stun.framed, payloads))

    def down(self, ms, *payloads):
        self._wire.down(ms, *map(stun.framed, payloads))


class Ice:
    """The checks of two agents; the near one is the TURN client. MAPPED is the address that each sees of the other."""

    def __init__(self, label, near="nE4r", far="fA9r", mapped=("203.0.113.40", 24018)):
        self._label = label
        self._mapped = mapped
        self.near = rfc_check.Agent(near, near + "IcePasswordOfTheNear", stun.ICE_CONTROLLING)
        self.far = rfc_check.Agent(far, far + "IcePasswordOfTheFar0", stun.ICE_CONTROLLED)

    def ask_up(self, path, ms, name, *attributes, **how):
        path.up(ms, rfc_check.check(f"{self._label} {name}", self.near, self.far, *attributes), **how)

    def ask_down(self, path, ms, name, **how):
        path.down(ms, rfc_check.check(f"{self._label} {name}", self.far, self.near), **how)

    def answer_up(self, path, ms, name, **how):
        path.up(ms, rfc_check.check_answer(f"{self._label} {name}", self.near, self._mapped), **how)

    def answer_down(self, path, ms, name, **how):
        path.down(ms, rfc_check.check_answer(f"{self._label} {name}", self.far, self._mapped), **how)

    def _conflict(self, name, agent):
        transaction = chosen_bytes(f"{self._label} {name}", 12)
        error = stun.error_code(487, "Role Conflict")
        message = stun.message(stun.BINDING_ERROR, transaction, error)
        return stun.add_fingerprint(stun.sign(message, agent.password.encode()))

    def conflict_up(self, path, ms, name):
        """The near agent refuses a check: it has the same role."""
        path.up(ms, self._conflict(name, self.near))

    def conflict_down(self, path, ms, name):
        path.down(ms, self._conflict(name, self.far))

    def check_up(self, path, ms, name, *attributes):
        """Two frames in 20 ms."""
        self.ask_up(path, ms, name, *attributes)
        self.answer_down(path, ms + 20, name)

    def check_down(self, path, ms, name):
        """Two frames in 1 ms."""
        self.ask_down(path, ms, name)
        self.answer_up(path, ms + 1, name)

    def checks(self, path, ms, name=""):
        """Both ways: four frames in 31 ms."""
        self.check_up(path, ms, name + "up")
        self.check_down(path, ms + 30, name + "down")


class Media:
    """SRTP in both directions."""

    def __init__(self, label):
        self._up = RtpSender(label + " up", _OPUS, 19200)
        self._down = RtpSender(label + " down", _OPUS, 19200)

    def up(self, path, ms, count=1, every=200, size=60):
        for number in range(count):
            path.up(ms + number * every, self._up.packet(size))

    def down(self, path, ms, count=1, every=200, size=60):
        for number in range(count):
            path.down(ms + number * every, self._down.packet(size))

    def report_down(self, path, ms):
        path.down(ms, self._down.report())

    def both(self, path, ms, count=3, every=200):
        """Twice COUNT frames: up, and 5 ms later down."""
        for number in range(count):
            self.up(path, ms + number * every)
            self.down(path, ms + number * every + 5)
