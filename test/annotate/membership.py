# SPDX-License-Identifier: GPL-2.0-or-later
"""Which frames are of which session, worked out from the JSON report and from tshark's fields alone."""

FIELDS = (
    "frame.number",
    "ip.src",
    "ip.dst",
    "ipv6.src",
    "ipv6.dst",
    "udp.srcport",
    "udp.dstport",
    "tcp.srcport",
    "tcp.dstport",
    "tcp.stream",
    "ip.id",
    "ip.flags.mf",
    "ip.frag_offset",
    "icmp.type",
    "icmpv6.type",
    "ipv6.fraghdr.ident",
    "ipv6.fraghdr.offset",
)
# What tshark is not to do: put datagrams and streams together.
OPTIONS = ("-o", "ip.defragment:FALSE", "-o", "ipv6.defragment:FALSE")


def _end(address, port):
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def _flow(row):
    """Return protocol, source, destination and TCP stream of a packet; those that ICMP quotes, if it does."""
    addresses = [row[3], row[4]] if row[3] else [row[1], row[2]]
    for protocol, ports in (("udp", row[5:7]), ("tcp", row[7:9])):
        if ports[0] and addresses[0]:
            ends = [_end(each[-1], port[-1]) for each, port in zip(addresses, ports)]
            return protocol, ends[0], ends[1], row[9][0] if row[9] else None
    return None


def _datagram(row):
    """Return what all fragments of a datagram share, and where this one begins; None for other packets."""
    if row[15]:
        return (row[3][0], row[4][0], row[15][0]), int(row[16][0], 0)
    if row[12] and row[1] and (row[11][0] not in ("0", "False") or int(row[12][0], 0) > 0):
        return (row[1][0], row[2][0], row[10][0]), int(row[12][0], 0)
    return None


class Flows:
    """The packets of one file, from tshark's rows of FIELDS."""

    def __init__(self, rows):
        firsts = {}
        for row in rows:
            part = _datagram(row)
            if part and part[1] == 0:
                firsts[part[0]] = _flow(row)
        self._flows = {}
        for row in rows:
            part = _datagram(row)
            self._flows[int(row[0][0])] = firsts.get(part[0]) if part and part[1] else _flow(row)

    def stream_of(self, frame):
        """Return the TCP stream of a frame."""
        return self._flows[frame][3]

    def __iter__(self):
        return ((frame, flow) for frame, flow in self._flows.items() if flow)


def _allocated(session):
    frames = [each["frame"] for each in session["stages"] if each["id"] == "allocated" and each["frame"]]
    return frames[0] if frames else session["first_frame"]


def _streams(flows, ends, protocol):
    return {flow[3] for _, flow in flows if flow[0] == protocol and {flow[1], flow[2]} == ends}


def _control(flows, session):
    ends = {session["client"], session["server"]}
    if session["transport"] in ("udp", "dtls"):
        first = session["first_frame"]
        return {frame for frame, flow in flows if flow[0] == "udp" and set(flow[1:3]) == ends and frame >= first}
    stream = flows.stream_of(session["first_frame"])
    return {frame for frame, flow in flows if flow[0] == "tcp" and set(flow[1:3]) == ends and flow[3] in (stream, None)}


def _data(flows, session):
    found = set()
    for connection in session["connections"]:
        ends = {connection["data_connection"], session["server"]}
        found |= {frame for frame, flow in flows if flow[0] == "tcp" and set(flow[1:3]) == ends}
    return found


def _relay(flows, session):
    near = set(session["relayed"]) | {session["relayed_on_wire"]}
    protocols = {session["relay_transport"]} if session["relay_transport"] else {"udp", "tcp"}
    return {
        frame
        for frame, flow in flows
        if flow[0] in protocols and near & set(flow[1:3]) and frame >= _allocated(session)
    }


def _cut_off(sessions, kind, key):
    """Let frames on one 5-tuple or relayed address go to the session that began last before them."""
    for session, frames in sessions:
        for other, _ in sessions:
            if other is not session and key(other) & key(session) and kind(other) > kind(session):
                frames -= {frame for frame in frames if frame >= kind(other)}


def of_sessions(report, flows):
    """Return the frames of each session of a report, by number."""
    sessions = report["sessions"]
    control = [(each, _control(flows, each)) for each in sessions]
    relay = [(each, _relay(flows, each)) for each in sessions]
    _cut_off(control, lambda each: each["first_frame"], lambda each: {(each["client"], each["server"])})
    _cut_off(relay, _allocated, lambda each: set(each["relayed"]))
    return {
        each["id"]: control[i][1] | relay[i][1] | _data(flows, each) for i, each in enumerate(sessions)
    }


def evidence(report, capture=0):
    """Return the frames that findings name."""
    return {
        proof["frame"]
        for finding in report["findings"]
        for proof in finding["evidence"]
        if proof["capture"] == capture
    }
