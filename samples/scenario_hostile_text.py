# SPDX-License-Identifier: GPL-2.0-or-later
"""Text that tries to act in whatever shows it, in every attribute that holds text.

Each text stands once as user name, once as realm, once as software and once as the reason of an error. A report that shows any of them must show it as text.
"""

import hashlib

import stunwire as stun
from chosen import chosen_bytes, chosen_nonce
from expressway import TURN_PORT
from netwire import Capture, Endpoint, Host, udp_frame, utc

ALTERNATE_DOMAIN = 0x8003

# The longest text that RFC 5389 allows for a realm, SOFTWARE or a reason.
LONGEST = 763


def _filled(pattern):
    """Return the text repeated, and cut where it is as long as it may be."""
    return (pattern * LONGEST)[:LONGEST]


TEXTS = {
    "script": b"<script>alert(1)</script>",
    "image": b"<img src=x onerror=alert(1)><svg/onload=alert(1)>",
    "quotes": b"\"' onmouseover=alert(1) x=\"'`&quot;&#34;&lt;b&gt;",
    "ends of scripts": b"</script></style></title></textarea>]]><!--<script>--></style>",
    "separators": "line\u2028paragraph\u2029next\u0085feed".encode(),
    "escape": b"\x1b[31mred\x1b[0m\x1b[2J\x1b[1;1H\x1b]0;title\x07",
    "link and clipboard": b"\x1b]8;;http://127.0.0.1/x\x1b\\link\x1b]8;;\x1b\\\x1b]52;c;cm0gLXJmIC8=\x07",
    "controls": "bell\x07\x08\x08\x0c\x0e\x0ftab\tdel\x7fnul\0after\u009b31mred\u009d0;t\u009c\u0090".encode(),
    "bidi": "user\u202egnp.exe\u202c \u2066isolate\u2069 \u200fright\u061c".encode(),
    "no width": "\ufeffzero\u200bwidth\u200d\u2060join\u00adsoft\U000e0041tag\ufe0f".encode(),
    "Markdown links": b"[x](javascript:alert(1)) ![](http://127.0.0.1/x) <http://127.0.0.1/y> [r][1] **b** _i_",
    "Markdown code": b"`code` ``two`` ```\nblock\n``` ~~~ \\` trailing \\",
    "Markdown tables": b"- |---|\n| a | b |\n|:-:|-|\nx|y||",
    "Markdown blocks": b"# h\n- item\n* item\n1. one\n> quote\n---\n    code\n[1]: http://127.0.0.1/ 't'\n<!-- open",
    "mentions": b"@user @org/team #123 org/repo#1 !5 GH-1 :smile: $x^2$ $$y$$ user@example.org",
    "addresses": b"http://127.0.0.1/a https://127.0.0.1/b www.example.org ftp://127.0.0.1 mailto:a@example.org",
    "cells": b"a\tb\nc\rd\r\n=cmd|' /C calc'!A0",
    "formulas": b"=1+1;=HYPERLINK(\"http://127.0.0.1\",\"x\"),+1,-1,@SUM(1)\t=DDE(\"cmd\",\"/C calc\",\"x\")",
    "formats": b"%s%s%n%x%99999999s%p{0}{{x}}${jndi:ldap://127.0.0.1/a}$(id)`id`;id&&id",
    "no UTF-8": b"\xff\xfe\xc0\xaf\xe2\x80\xf0\x9f\x92\xed\xa0\x80\xf5\x80\x80\x80\xc3",
    "JSON": b"\",\"level\":\"healthy\",\"x\":\"\\u0022\\\\\"}],</script>",
    "names of hosts": b"www.1 WWW.1.2.3 (www.1a) www.-a x.y e.g.de example.com a@b xmpp:a tel:123 ftp.x.de 1a.2",
    "references": b"ABC-123 AB2-12 T123 deadbeef 0123456 ~label %1 &epic $snippet ^alert#1 [vulnerability:1] cafe/deadbeef",
    "ticket markup": b"h1. [~user] {macro} !image! (x) (on) ??cite?? -gone- +new+ -- bq. :-) {quote} [a|b]",
    "unseen": "\u3164a\u115f\u1160\uffa0\u2800\u202f\xa0b\u3000\ufe00\U000e0100\u034f \u180b\ufff0\ue000\U000e0020".encode(),
    "stacked marks": "a\u0301\u0302\u0303\u0304\u20dd \u0e17\u0e35\u0e48 \u05e9\u05bc\u05c1".encode(),
    "longest of markup": _filled(b"<b>|*_`"),
    "longest without blank": _filled("\u6f22".encode()),
    "longest of marks": _filled(b"e" + "\u0301".encode()),
}

# What the server says of the credentials, one after the other.
_CODES = (431, 401, 400)
_ALLOCATIONS = 2
_PEER = ("192.0.2.180", 52010)
_UDP = stun.requested_transport(stun.TRANSPORT_UDP)
_SECOND = 1_000_000


def _reason(code, text):
    return stun.attribute(stun.ERROR_CODE, bytes((0, 0, code // 100, code % 100)) + text)


class _Dialogue:
    """A client, its server and the texts of one session: NUMBER says which come first."""

    def __init__(self, capture, number):
        self._capture = capture
        self.number = number
        self._texts = list(TEXTS.values())
        # Hosts of their own, so that no session says anything about another.
        self._client = Endpoint(Host(f"172.16.9.{number + 1}", 0x40 + number, 0x100 * number), 40000 + number)
        self._server = Endpoint(Host("10.88.246.156", 0x32, 0x100 * number + 0x80), TURN_PORT)
        self._now = utc("2024-03-05 09:00:00.000000") + number * 2 * _SECOND
        self._nonce = stun.attribute(stun.NONCE, chosen_nonce(f"hostile {number}"))
        self._key = hashlib.md5(b"%d" % number).digest()

    def text(self, step):
        return self._texts[(self.number + step) % len(self._texts)]

    def transaction(self, name):
        return chosen_bytes(f"hostile {self.number} {name}", 12)

    @property
    def software(self):
        return stun.attribute(stun.SOFTWARE, self.text(2))

    def _send(self, source, target, message):
        self._capture.add(self._now, udp_frame(source, target, message))
        self._now += 10_000

    def ask(self, kind, name, *attributes):
        """The client sends a request with the text as user name, the next as realm."""
        user = stun.attribute(stun.USERNAME, self.text(0))
        realm = stun.attribute(stun.REALM, self.text(1))
        message = stun.message(kind, self.transaction(name), *attributes, user, realm, self._nonce)
        self._send(self._client, self._server, stun.sign(message, self._key))

    def grant(self, kind, name, *attributes):
        message = stun.message(kind, self.transaction(name), *attributes, self.software)
        self._send(self._server, self._client, stun.sign(message, self._key))

    def refuse(self, kind, name, code, text):
        message = stun.message(kind, self.transaction(name), _reason(code, text), self.software)
        self._send(self._server, self._client, stun.sign(message, self._key))

    def challenge(self):
        """Two frames."""
        transaction = self.transaction("first")
        self._send(self._client, self._server, stun.message(stun.ALLOCATE_REQUEST, transaction, _UDP))
        domain = stun.attribute(ALTERNATE_DOMAIN, self.text(4))
        realm = stun.attribute(stun.REALM, self.text(1))
        attributes = (_reason(401, self.text(3)), realm, self._nonce, self.software, domain)
        self._send(
            self._server, self._client, stun.message(stun.ALLOCATE_ERROR, transaction, *attributes)
        )


def _refused(capture, number, code):
    """Tell of an Allocate that is refused: four frames."""
    dialogue = _Dialogue(capture, number)
    dialogue.challenge()
    dialogue.ask(stun.ALLOCATE_REQUEST, "allocate", _UDP)
    dialogue.refuse(stun.ALLOCATE_ERROR, "allocate", code, dialogue.text(3))


def _allocated(capture, number):
    """Tell of an allocation whose permission and channel are refused: eight frames."""
    dialogue = _Dialogue(capture, number)
    dialogue.challenge()
    dialogue.ask(stun.ALLOCATE_REQUEST, "allocate", _UDP)
    dialogue.grant(
        stun.ALLOCATE_SUCCESS,
        "allocate",
        stun.xor_address(stun.XOR_RELAYED_ADDRESS, "10.88.246.156", 24000 + number),
        stun.xor_address(stun.XOR_MAPPED_ADDRESS, f"172.16.9.{number + 1}", 40000 + number),
        stun.number_attribute(stun.LIFETIME, 600),
    )
    peer = stun.xor_address(stun.XOR_PEER_ADDRESS, *_PEER)
    dialogue.ask(stun.CREATE_PERMISSION_REQUEST, "permission", peer)
    dialogue.refuse(stun.CREATE_PERMISSION_ERROR, "permission", 403, dialogue.text(5))
    dialogue.ask(stun.CHANNEL_BIND_REQUEST, "channel", stun.channel_number(0x4000), peer)
    dialogue.refuse(stun.CHANNEL_BIND_ERROR, "channel", 400, dialogue.text(6))


def capture():
    """Return the capture of this scenario."""
    result = Capture()
    for number in range(len(TEXTS)):
        _refused(result, number, _CODES[number % len(_CODES)])
    for number in range(len(TEXTS), len(TEXTS) + _ALLOCATIONS):
        _allocated(result, number)
    return result
