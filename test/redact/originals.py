# SPDX-License-Identifier: GPL-2.0-or-later
"""What must not leave: every address, hardware address and text that tshark finds in a capture.

tshark knows nothing of turnpcap, and dissects what turnpcap does not look at (SDP, SIP, DNS, ARP). Each field of it
that has the type of an address or of a text counts, whatever it is called.
"""

import codecs
import dataclasses
import functools
import ipaddress
import pathlib
import re
import subprocess
import xml.etree.ElementTree

# What XML 1.0 section 2.2 has no place for.
UNPRINTED = "[^\\t\\n\\r -\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]"
ADDRESSES = {"FT_IPv4", "FT_IPv6"}
TEXTS = {"FT_STRING", "FT_STRINGZ", "FT_UINT_STRING", "FT_STRINGZPAD", "FT_STRINGZTRUNC"}
COOKIE = bytes.fromhex("2112a442")
# Texts that tshark makes itself, from numbers or of what it thinks of a packet.
MADE = ("frame", "_ws", "eth", "ip", "ipv6", "tcp", "udp", "icmp", "icmpv6", "arp", "data", "vlan", "sll")
MADE_ENDINGS = ("_resolved", ".str", "_text")
# Texts that stand in a specification: the same wherever they are met, in redacted outputs too.
CONSTANTS = {
    # in any case: "Stale nonce"
    *("Try Alternate", "Bad Request", "Unauthorized", "Forbidden", "Mobility Forbidden", "Unknown Attribute"),
    *("Allocation Mismatch", "Stale Nonce", "Stale Credentials", "Address Family not Supported", "Wrong Credentials"),
    *("Unsupported Transport Protocol", "Unsupported Transport Address", "Peer Address Family Mismatch"),
    *("Connection Already Exists", "Connection Timeout or Failure", "Allocation Quota Reached", "Role Conflict"),
    *("Integrity Check Failure", "Missing Username", "Use TLS", "Server Error", "Global Failure"),
    *("Insufficient Capacity", "Insufficient Port Capacity", "Insufficient Bandwidth Capacity", "Unknown Username", "Missing Realm", "Missing Nonce"),
    *("Unknown User Name", "Missing nonce", "Unknown User", "Unknown attribute"),
    # of servers, for everybody
    *("Cannot create socket", "Forbidden Address", "Forbidden IP", "Invalid allocation", "No more destinations"),
    *("The request did not contain a Message-Integrity attribute", "Unauthorized, try again"),
    *("Wrong nonce", "Wrong Transport Data"),
}
# Words that are some user, realm or SDP line, and that every report has of its own. They are looked for in packets.
WORDS = {b"bound", b"client", b"foun", b"null", b"peer", b"port", b"request", b"server", b"turn"}
# Words of SIP and SDP that stand in a specification. What consists of them and of numbers stays.
SIGNALLING = {
    *("a", "application", "audio", "c", "candidate", "content", "cseq", "host", "ice", "in", "invite", "ip4", "length", "m", "max"),
    *("forwards", "relay", "rtcp", "rtp", "rtpmap", "savp", "sdp", "sip", "siren", "srflx", "t", "typ", "type", "udp", "ufrag"),
}


@dataclasses.dataclass
class Originals:
    """What a capture holds; addresses as objects, the rest as bytes."""

    addresses: set = dataclasses.field(default_factory=set)
    hardware: set = dataclasses.field(default_factory=set)
    texts: set = dataclasses.field(default_factory=set)
    masks: set = dataclasses.field(default_factory=set)  # what the XOR forms of addresses are made with

    def add(self, other):
        """Take in what OTHER has."""
        for name in ("addresses", "hardware", "texts", "masks"):
            getattr(self, name).update(getattr(other, name))


@functools.lru_cache(maxsize=1)
def field_types():
    """Return the type of each field of tshark."""
    done = subprocess.run(["tshark", "-G", "fields"], capture_output=True, check=True)
    rows = (line.split("\t") for line in done.stdout.decode(errors="replace").splitlines())
    return {row[2]: row[3] for row in rows if row[0] == "F"}


def stays(address):
    """Whether an address says nothing of anybody: these stay by design."""
    return (
        address.is_loopback
        or address.is_unspecified
        or address.is_multicast
        or str(address) == "255.255.255.255"
    )


def is_made(name):
    """Whether tshark has made the text of field NAME itself."""
    return name.split(".")[0] in MADE or name.endswith(MADE_ENDINGS)


def is_constant(text):
    """Whether TEXT stands in a specification."""
    return text.decode(errors="replace").lower() in {each.lower() for each in CONSTANTS}


def is_signalling(name, text):
    """Whether TEXT of the field NAME says nothing but what a specification has words for."""
    words = re.split(r"[^A-Za-z0-9]+", text.decode(errors="replace").lower())
    return name.startswith(("sip.", "sdp.")) and all(word.isdigit() or word in SIGNALLING for word in words if word)


def take_address(into, shown):
    """Add the address that a field shows, which of an XOR form is the one that was hidden."""
    try:
        address = ipaddress.ip_address(shown)
    except ValueError:
        return
    if not stays(address):
        into.addresses.add(address)


def take_field(into, name, kind, value, shown):
    """Add what the field NAME has, VALUE being its bytes."""
    if kind in ADDRESSES:
        take_address(into, shown)
    elif kind == "FT_ETHER" and len(value) == 6:
        if not value[0] & 1 and any(value):
            into.hardware.add(value)
    elif kind in TEXTS and not is_made(name):
        text = value.strip(b"\0\r\n \"'")
        if len(text) >= 4 and not is_signalling(name, text) and not is_constant(text):
            into.texts.add(text)
    elif name == "stun.id" and len(value) == 12:
        into.masks.add(COOKIE + value)
    elif name == "classicstun.id" and len(value) == 16:
        into.masks.add(value)


def bytes_of(element):
    """Return the bytes of a field; none where it has only a part of one."""
    digits = element.get("value") or ""
    return bytes.fromhex(digits) if re.fullmatch("(?:[0-9a-f]{2})*", digits) else b""


class Cleaned:
    """What tshark writes, without the characters that XML does not allow: it passes on what a packet holds."""

    def __init__(self, stream):
        self.stream = stream
        self.decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def read(self, size):
        """Return about SIZE more bytes; none at the end."""
        data = self.stream.read(size)
        text = re.sub(UNPRINTED, "?", self.decoder.decode(data, not data))
        return text.encode() or (b" " if data else b"")


def collect(path):
    """Return the originals of the capture at PATH."""
    types = field_types()
    found = Originals()
    command = ["tshark", "-n", "-r", str(path), "-T", "pdml"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as running:
        for _, element in xml.etree.ElementTree.iterparse(Cleaned(running.stdout)):
            if element.tag == "field" and not element.get("unmaskedvalue"):
                name = element.get("name")
                take_field(found, name, types.get(name), bytes_of(element), element.get("show"))
            elif element.tag == "packet":
                element.clear()
    found.texts.add(pathlib.Path(path).name.encode())
    return found
