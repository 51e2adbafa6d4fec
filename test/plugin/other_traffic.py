# SPDX-License-Identifier: GPL-2.0-or-later
"""A capture without STUN: what the plugin must leave exactly as it was.

Made with the packet writer of the samples. Rounds repeat the same traffic between other ports.
"""

import random
import struct
import sys

import cases

sys.path.insert(0, str(cases.SAMPLES))
from netwire import ACK, PSH, SYN, Capture, Endpoint, Host, checksum, tcp_frame, udp_frame, utc  # noqa: E402
from talk import CLIENT, SERVER, Clock, Talk  # noqa: E402

_START = utc("2017-06-02 09:00:00.000000")
_EVERY = 900
_SEGMENT = 1400
_ICMP = 1
_ICMPV6 = 58
_SEED = 8489
_PORTS_OF_A_ROUND = 40


def _name(text):
    return b"".join(bytes([len(part)]) + part.encode() for part in text.split(".")) + b"\0"


def _dns(number, host, answers=()):
    """Return a question for HOST, or the answer to it."""
    flags = 0x8180 if answers else 0x0100
    header = struct.pack(">HHHHHH", number, flags, 1, len(answers), 0, 0)
    records = b"".join(
        b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 60, 4) + bytes(answer) for answer in answers
    )
    return header + _name(host) + struct.pack(">HH", 1, 1) + records


def _tls_record(kind, body):
    return struct.pack(">BHH", kind, 0x0303, len(body)) + body


def _client_hello(draw):
    body = struct.pack(">H", 0x0303) + draw(32) + b"\0"
    body += struct.pack(">HHH", 4, 0x1301, 0xC02F) + b"\x01\x00"
    server_name = b"\0" + struct.pack(">H", 15) + b"www.example.org"
    extension = struct.pack(">HHH", 0, len(server_name) + 2, len(server_name)) + server_name
    body += struct.pack(">H", len(extension)) + extension
    return _tls_record(22, b"\x01" + len(body).to_bytes(3, "big") + body)


def _rtp(number, draw):
    return struct.pack(">BBHII", 0x80, 8, number, 160 * number, 0x11223344) + draw(160)


def _sdp(address, port):
    lines = ["v=0", f"o=- 1 1 IN IP4 {address}", "s=-", f"c=IN IP4 {address}", "t=0 0"]
    lines += [f"m=audio {port} RTP/AVP 8", "a=rtpmap:8 PCMA/8000"]
    return "\r\n".join(lines) + "\r\n"


def _sip(first, call, body):
    lines = [first, f"Via: SIP/2.0/UDP 198.51.100.5;branch=z9hG4bK{call}", "CSeq: 1 INVITE"]
    lines += [f"Call-ID: {call}@example.org", "From: <sip:a@example.org>;tag=1"]
    lines += ["To: <sip:b@example.org>", "Contact: <sip:a@198.51.100.5>"]
    lines += ["Content-Type: application/sdp", f"Content-Length: {len(body)}", "", body]
    return "\r\n".join(lines).encode()


class _Traffic:
    """One round of all kinds."""

    def __init__(self, capture, clock, number):
        self._capture = capture
        self._clock = clock
        self._random = random.Random(_SEED + number)
        self._number = number
        self._port = 20000 + _PORTS_OF_A_ROUND * (number % 1000)
        self._client = Host(f"198.51.100.{5 + number // 1000}", 0xA1, 0x1000)
        self._server = Host("203.0.113.80", 0xA2, 0x2000)
        self._client6 = Host(f"2001:db8::{5 + number // 1000:x}", 0xA1, 0)
        self._server6 = Host("2001:db8::80", 0xA2, 0)

    def _draw(self, count):
        return self._random.randbytes(count)

    def _next_port(self):
        self._port += 1
        return self._port

    def _add(self, frame):
        self._capture.add(self._clock.tick(), frame)

    def _udp(self, port, payloads, hosts=None):
        """Send these, the first from the client and then by turns."""
        client, server = hosts or (self._client, self._server)
        ends = [Endpoint(client, self._next_port()), Endpoint(server, port)]
        for payload in payloads:
            self._add(udp_frame(*ends, payload))
            ends.reverse()
        return ends

    def _talk(self, port, hosts=None):
        client, server = hosts or (self._client, self._server)
        ends = Endpoint(client, self._next_port()), Endpoint(server, port)
        talk = Talk(self._capture, self._clock, f"{self._number} {self._port}", *ends)
        talk.open()
        return talk

    def _stream(self, talk, from_client, data, size=_SEGMENT):
        talk.cut(from_client, data, *range(size, len(data), size))

    def names(self):
        question = _dns(0x1234, "www.example.org")
        self._udp(53, [question, _dns(0x1234, "www.example.org", [(192, 0, 2, 1), (192, 0, 2, 2)])])
        hosts = self._client6, self._server6
        self._udp(53, [question, _dns(0x1234, "www.example.org", [(192, 0, 2, 3)])], hosts)
        talk = self._talk(53)
        talk.say(CLIENT, struct.pack(">H", len(question)) + question)

    def web(self, hosts=None):
        """A page in many segments; some come twice, some late."""
        talk = self._talk(80, hosts)
        talk.say(CLIENT, b"GET / HTTP/1.1\r\nHost: www.example.org\r\n\r\n")
        body = bytes(self._random.choice(b"abcdefgh \n") for _ in range(9000))
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {len(body)}\r\n\r\n"
        self._stream(talk, SERVER, head.encode() + body)
        talk.acknowledge(CLIENT)
        # The same connection again, with SDP by its media type.
        talk.say(CLIENT, b"GET /sdp HTTP/1.1\r\nHost: www.example.org\r\n\r\n")
        body = _sdp("203.0.113.80", 30000).encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/sdp\r\nContent-Length: {len(body)}\r\n\r\n"
        talk.say(SERVER, head.encode() + body)

    def disordered(self):
        """Segments out of order, twice, overlapping, and one that never comes."""
        client = Endpoint(self._client, self._next_port())
        server = Endpoint(self._server, 8080)
        data = b"HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n" + self._draw(4000)
        self._add(tcp_frame(client, server, 100, 0, SYN))
        self._add(tcp_frame(server, client, 500, 101, SYN | ACK))
        self._add(tcp_frame(client, server, 101, 501, ACK))
        self._add(tcp_frame(client, server, 101, 501, PSH | ACK, b"GET /x HTTP/1.1\r\nHost: x\r\n\r\n"))
        for start, end in ((0, 500), (1000, 1500), (500, 1000), (500, 1000), (1400, 2000), (2600, 3100)):
            self._add(tcp_frame(server, client, 501 + start, 128, PSH | ACK, data[start:end]))
        self._add(tcp_frame(client, server, 128, 2501, ACK))

    def secrets(self):
        talk = self._talk(443)
        talk.say(CLIENT, _client_hello(self._draw))
        hello = struct.pack(">H", 0x0303) + self._draw(32) + b"\0\xc0\x2f\0"
        answer = _tls_record(22, b"\x02" + len(hello).to_bytes(3, "big") + hello)
        self._stream(talk, SERVER, answer + _tls_record(22, b"\x0b\0\x08\x00" + self._draw(2048)))
        for size in (300, 5000):
            self._stream(talk, CLIENT, _tls_record(23, self._draw(size)))
            self._stream(talk, SERVER, _tls_record(23, self._draw(size * 2)))

    def call(self):
        """SIP, and the RTP that its SDP announces."""
        mine, theirs = self._next_port() * 2 % 60000, 30000 + self._number % 1000
        call = f"{self._number:08x}"
        offer = _sip("INVITE sip:b@example.org SIP/2.0", call, _sdp(self._client.address, mine))
        answer = _sip("SIP/2.0 200 OK", call, _sdp(self._server.address, theirs))
        self._udp(5060, [offer, answer])
        ends = [Endpoint(self._client, mine), Endpoint(self._server, theirs)]
        for number in range(10):
            self._add(udp_frame(*ends, _rtp(number, self._draw)))
            ends.reverse()

    def _raw(self, source, target, protocol, payload, identification=0, fragment=0x4000):
        header = struct.pack(
            ">BBHHHBBH4s4s",
            *(0x45, 0, 20 + len(payload), identification, fragment, 64, protocol, 0),
            source.packed,
            target.packed,
        )
        header = header[:10] + struct.pack(">H", checksum(header)) + header[12:]
        self._add(target.mac + source.mac + b"\x08\x00" + header + payload)

    def errors(self):
        """ICMP errors about a datagram and about a segment, and an echo."""
        client = Endpoint(self._client, self._next_port())
        server = Endpoint(self._server, 33434)
        for frame in (
            udp_frame(client, server, self._draw(40)),
            tcp_frame(client, server, 7, 0, SYN),
        ):
            self._add(frame)
            for kind in (b"\x03\x03", b"\x0b\x00"):
                body = kind + bytes(6) + frame[14 : 14 + 28]
                body = body[:2] + struct.pack(">H", checksum(body)) + body[4:]
                self._raw(self._server, self._client, _ICMP, body)

    def fragments(self):
        """A datagram in three pieces; and one of which the second piece is missing."""
        frame = udp_frame(
            Endpoint(self._client, self._next_port()), Endpoint(self._server, 7000), self._draw(3500)
        )
        segment = frame[34:]
        for identification, pieces in ((0x7777, (0, 1, 2)), (0x7778, (0, 2))):
            for piece in pieces:
                start = piece * 1480
                more = 0x2000 if piece < 2 else 0
                part = segment[start : start + 1480]
                offset = more | start // 8
                self._raw(self._client, self._server, 17, part, identification, offset)

    def anything(self):
        """Bytes that are no STUN, on the ports where STUN is looked for and on others."""
        for port in (3478, 3479, 5349, 40003, 51234, 53535):
            self._udp(port, [b"\x40" + self._draw(33), b"\x80" + self._draw(50), self._draw(1)])
            talk = self._talk(port)
            talk.say(CLIENT, b"SSH-2.0-none of your business\r\n")
            self._stream(talk, SERVER, b"\x05" + self._draw(3000))
            talk.say(CLIENT, b"\x02\x00\x00\x2d" + self._draw(7))

    def round(self, odd_ports):
        self.names()
        self.web()
        self.web((self._client6, self._server6))
        self.disordered()
        self.secrets()
        self.call()
        self.errors()
        self.fragments()
        if odd_ports:
            self.anything()


def write(path, rounds=1, packets=None, odd_ports=True):
    """Write a capture of that many rounds, or of at least that many packets. Returns the number of packets.

    ODD_PORTS says whether some of it goes to ports where TURN servers listen.
    """
    capture = Capture()
    clock = Clock(_START, _EVERY)
    number = 0
    while number < rounds if packets is None else len(capture) < packets:
        _Traffic(capture, clock, number).round(odd_ports)
        number += 1
    path.write_bytes(capture.to_bytes())
    return len(capture)
