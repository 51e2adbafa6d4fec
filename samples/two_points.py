# SPDX-License-Identifier: GPL-2.0-or-later
"""One conversation as two captures show it: at the client's machine and at the server's.

The two clocks may differ, each side may stand behind a NAT, and packets may be lost between them. Times are
microseconds of the client's clock.
"""

import dataclasses

from netwire import Capture, Endpoint, Host, udp_frame

CLIENT = "client"
SERVER = "server"
WAY_UP = 18_000
WAY_DOWN = 22_000

# What a NAT of the client makes of its port; any other would do.
_NAT_PORTS = 10_000


@dataclasses.dataclass
class Setting:
    """What stands between the two machines."""

    server_ahead: int = 0
    client_nat: bool = False
    static_nat: bool = False


@dataclasses.dataclass
class _Seen:
    when: int
    source: Endpoint
    target: Endpoint
    payload: bytes
    role: str


class TwoPoints:
    """Collects what each of the two machines sees."""

    def __init__(self, setting, client, client_outside, server, server_outside):
        """Take the addresses inside and outside of the NATs; without a NAT the outer one is used everywhere."""
        self._setting = setting
        inside, outside = (client if setting.client_nat else client_outside), client_outside
        self._near = {CLIENT: Host(inside, 0x31, 0x1000), SERVER: Host(server_outside, 0x32, 0x2000)}
        inner = server if setting.static_nat else server_outside
        self._far = {CLIENT: Host(outside, 0x33, 0x1000), SERVER: Host(inner, 0x34, 0x2000)}
        self._seen = {CLIENT: [], SERVER: []}

    def outside(self, port):
        """Return the client's address and port as the server sees them."""
        return self._far[CLIENT].address, port + (_NAT_PORTS if self._setting.client_nat else 0)

    def up(self, when, client_port, server_port, payload, role, *, arrives=True):
        """Send from the client to the server."""
        self._pass(when, CLIENT, client_port, server_port, payload, role, WAY_UP if arrives else None)

    def down(self, when, client_port, server_port, payload, role, *, arrives=True):
        """Send from the server to the client."""
        self._pass(when, SERVER, client_port, server_port, payload, role, WAY_DOWN if arrives else None)

    def beyond(self, when, source, target, payload, role):
        """Let a datagram pass that only the server sees: a pair of addresses and ports of its far side."""
        self._note(SERVER, when, Endpoint(Host(source[0], 0x35, 1), source[1]),
                   Endpoint(Host(target[0], 0x36, 1), target[1]), payload, role)

    def chatter(self, point, when):
        """Let a packet pass that has nothing to do with TURN: the capture runs, without a filter."""
        ends = Endpoint(Host("192.0.2.53", 0x37, when // 1000 & 0xFFFF), 123), Endpoint(
            Host("192.0.2.54", 0x38, 1), 123)
        self._note(point, when, *ends, bytes(48), "chatter")

    def _ends(self, point, client_port, server_port):
        hosts = self._near if point == CLIENT else self._far
        if point == SERVER:
            client_port = self.outside(client_port)[1]
        return Endpoint(hosts[CLIENT], client_port), Endpoint(hosts[SERVER], server_port)

    def _pass(self, when, sender, client_port, server_port, payload, role, way):
        receiver = SERVER if sender == CLIENT else CLIENT
        for point, delay in ((sender, 0), (receiver, way)):
            if delay is not None:
                client, server = self._ends(point, client_port, server_port)
                ends = (client, server) if sender == CLIENT else (server, client)
                self._note(point, when + delay, *ends, payload, role)

    def _note(self, point, when, source, target, payload, role):
        self._seen[point].append(_Seen(when, source, target, payload, role))

    def capture(self, point, start=None, end=None):
        """Return the capture of a machine from START to END, and the role of each of its frames."""
        ahead = self._setting.server_ahead if point == SERVER else 0
        result, roles = Capture(), []
        for seen in sorted(self._seen[point], key=lambda each: each.when):
            if (start is None or seen.when >= start) and (end is None or seen.when < end):
                result.add(seen.when + ahead, udp_frame(seen.source, seen.target, seen.payload))
                roles.append(seen.role)
        return result, roles
