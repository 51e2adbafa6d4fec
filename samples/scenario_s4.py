# SPDX-License-Identifier: GPL-2.0-or-later
"""S4: a presentation from Skype for Business reaches CMS through a TCP relay (RFC 6062), and it works.

Built as a list of events, so that scenario_s4_cut can send the same streams in other segments.
"""

import dataclasses
import struct

import microsoft_check
import stunwire as stun
from chosen import chosen_bytes, chosen_nonce, chosen_number
from expressway import SOFTWARE, TURN_PORT, UNAUTHORIZED, Account, signed, success
from media import RtpSender
from netwire import Capture, Endpoint, Host, TcpConnection, utc

CMS_ADDRESS = "10.48.54.230"
SERVER_ADDRESS = "10.48.54.229"
PEER = ("192.168.1.252", 53577)
RELAY = (SERVER_ADDRESS, 24000)
CONTROL_PORT = 44326
DATA_PORT = 44342

USER = "turn"
REALM = "TANDBERG"
PASSWORD = "s4-password-of-both-sides"
CMS_ICE_PASSWORD = "s4CmsIcePasswordAAAAAAAA"
PEER_ICE_PASSWORD = "s4EdgeIcePasswordBBBBBBB"

CONTROL = "control"
DATA = "data"
OPEN = "open"
SEND = "send"
ACKNOWLEDGE = "acknowledge"

CLIENT = True
SERVER = False

_LIFETIME = stun.number_attribute(stun.LIFETIME, 600)
_TCP = stun.requested_transport(stun.TRANSPORT_TCP)
_CONNECTION = stun.attribute(stun.CONNECTION_ID, chosen_bytes("s4 connection", 4))

_ACCOUNT = Account(USER, REALM, PASSWORD, chosen_nonce("s4 nonce"))

_CMS = microsoft_check.Agent(
    fragment="Av3y",
    password=CMS_ICE_PASSWORD,
    role=stun.ICE_CONTROLLED,
    tie_breaker=chosen_bytes("s4 tie breaker", 2) + bytes.fromhex("674a8beecd68"),
    priority=0x6EFFFFFF,
    foundation="3",
)
_EDGE = microsoft_check.Agent(
    fragment="Q7MR",
    password=PEER_ICE_PASSWORD,
    role=stun.ICE_CONTROLLING,
    tie_breaker=chosen_bytes("s4 edge tie breaker", 8),
    priority=0x6EFFFEFF,
    foundation="1",
)


@dataclasses.dataclass
class Event:
    """Something that one end of a connection does."""

    when: int
    connection: str
    kind: str
    from_client: bool
    payload: bytes = b""


def _at(seconds):
    return utc("2017-08-17 08:03:" + seconds)


def _transaction(label):
    return chosen_bytes("s4 " + label, 12)


def _first_allocate():
    return stun.add_fingerprint(
        stun.message(stun.ALLOCATE_REQUEST, _transaction("challenged"), _TCP, _LIFETIME)
    )


def _challenge():
    # The request had a FINGERPRINT, so the answer has one; with the transport repeated that fills the 16 bytes
    # which the kinds in the document leave open.
    return stun.add_fingerprint(
        stun.message(
            stun.ALLOCATE_ERROR,
            _transaction("challenged"),
            _ACCOUNT.nonce_attribute,
            _ACCOUNT.realm_attribute,
            _TCP,
            _LIFETIME,
            UNAUTHORIZED,
            SOFTWARE,
        )
    )


def _second_allocate():
    # Twelve bytes that the document does not name. DONT-FRAGMENT would fit beside a LIFETIME, but a server must
    # refuse it with TCP.
    software = stun.attribute(stun.SOFTWARE, b"CMS 2.2")
    return signed(
        _ACCOUNT,
        stun.ALLOCATE_REQUEST,
        _transaction("allocate"),
        _ACCOUNT.credentials,
        _TCP,
        software,
    )


def _allocated():
    return success(
        _ACCOUNT,
        stun.ALLOCATE_SUCCESS,
        _transaction("allocate"),
        _LIFETIME,
        stun.xor_address(stun.XOR_MAPPED_ADDRESS, CMS_ADDRESS, CONTROL_PORT),
        stun.xor_address(stun.XOR_RELAYED_ADDRESS, *RELAY),
    )


def _refresh():
    return signed(
        _ACCOUNT, stun.REFRESH_REQUEST, _transaction("refresh"), _ACCOUNT.credentials, _LIFETIME
    )


def _refreshed():
    return success(_ACCOUNT, stun.REFRESH_SUCCESS, _transaction("refresh"), _LIFETIME)


def _permission():
    peer = stun.xor_address(stun.XOR_PEER_ADDRESS, *PEER)
    return signed(
        _ACCOUNT,
        stun.CREATE_PERMISSION_REQUEST,
        _transaction("permission"),
        _ACCOUNT.credentials,
        peer,
    )


def _permitted():
    return success(_ACCOUNT, stun.CREATE_PERMISSION_SUCCESS, _transaction("permission"))


def _attempt():
    peer = stun.xor_address(stun.XOR_PEER_ADDRESS, *PEER)
    return success(
        _ACCOUNT, stun.CONNECTION_ATTEMPT_INDICATION, _transaction("attempt"), _CONNECTION, peer
    )


def _bind():
    return signed(
        _ACCOUNT,
        stun.CONNECTION_BIND_REQUEST,
        _transaction("bind"),
        _CONNECTION,
        _ACCOUNT.credentials,
    )


def _bound():
    return success(_ACCOUNT, stun.CONNECTION_BIND_SUCCESS, _transaction("bind"), _CONNECTION)


def _keep_alive():
    return stun.add_fingerprint(stun.message(stun.BINDING_INDICATION, _transaction("keep-alive")))


def _nomination_transaction():
    return bytes.fromhex("a7d42d519e4d78c5") + chosen_bytes("s4 nomination", 4)


def _printed_nomination():
    """Return the request of frame 2597, every printed byte as printed.

    Eight bytes of its HMAC are printed, which no key can be found for, so it never verifies. Its last four HMAC
    bytes are not printed, and are chosen to make the printed FINGERPRINT right.
    """
    message = stun.message(
        stun.BINDING_REQUEST,
        _nomination_transaction(),
        microsoft_check.request_attributes(_CMS, _EDGE, nominate=True),
    )
    attributes = message[4:] + struct.pack(">HH", stun.MESSAGE_INTEGRITY, 20)
    attributes += chosen_bytes("s4 printed integrity", 8) + bytes.fromhex("e06b72ef458c3e17")
    start = struct.pack(">HH", stun.BINDING_REQUEST, 88) + attributes
    start += stun.bytes_for_fingerprint(start, 0xFF2FA718)
    return start + bytes.fromhex("80280004ff2fa718")


def _control(when, from_client, payload):
    return Event(_at(when), CONTROL, SEND, from_client, payload)


def _data(when, from_client, payload):
    return Event(_at(when), DATA, SEND, from_client, payload)


def _acknowledge(when, connection, from_client):
    return Event(_at(when), connection, ACKNOWLEDGE, from_client)


def _control_events():
    """The control connection: allocation, refresh, permission, the peer's attempt, keep-alive."""
    return [
        Event(_at("51.965510"), CONTROL, OPEN, CLIENT),
        _control("51.966175", CLIENT, _first_allocate()),
        _acknowledge("51.966402", CONTROL, SERVER),
        _control("51.968443", SERVER, _challenge()),
        _acknowledge("51.968466", CONTROL, CLIENT),
        _control("51.968947", CLIENT, _second_allocate()),
        _acknowledge("52.008811", CONTROL, SERVER),
        _control("52.084888", SERVER, _allocated()),
        _acknowledge("52.084911", CONTROL, CLIENT),
        _control("52.085424", CLIENT, _refresh()),
        _acknowledge("52.125306", CONTROL, SERVER),
        _control("52.172733", SERVER, _refreshed()),
        _acknowledge("52.172758", CONTROL, CLIENT),
        _control("52.173120", CLIENT, _permission()),
        _acknowledge("52.213054", CONTROL, SERVER),
        _control("52.259871", SERVER, _permitted()),
        _acknowledge("52.259894", CONTROL, CLIENT),
        _control("52.568097", SERVER, _attempt()),
        _acknowledge("52.568121", CONTROL, CLIENT),
        _control("57.084719", CLIENT, _keep_alive()),
        _acknowledge("57.124610", CONTROL, SERVER),
    ]


def _request_of_edge(label, nominate=False):
    transaction = _transaction(label)
    request = microsoft_check.request(_EDGE, _CMS, transaction, nominate)
    return stun.framed(request), stun.framed(stun.legacy_copy(request))


def _response_of_cms(label):
    response = microsoft_check.response(_CMS, _EDGE, _transaction(label), *PEER)
    return stun.framed(response), stun.framed(stun.legacy_copy(response))


def _request_of_cms(label):
    request = microsoft_check.request(_CMS, _EDGE, _transaction(label))
    return stun.framed(request), stun.framed(stun.legacy_copy(request))


def _response_of_edge(transaction):
    response = microsoft_check.response(_EDGE, _CMS, transaction, *RELAY)
    return stun.framed(response), stun.framed(stun.legacy_copy(response))


def _check_events():
    """The checks that go through the bound connection.

    The document prints frames 2596, 2597 and 2608 only. Their sequence numbers leave 302 bytes of the peer and
    392 of CMS before them, and that is what one check in each direction takes, with every message sent twice:
    106 + 106 + 90 (the second 90 is 2596), and 90 + 90 + 106 + 106.
    """
    edge_check, edge_check_copy = _request_of_edge("edge check")
    cms_answer, cms_answer_copy = _response_of_cms("edge check")
    cms_check, cms_check_copy = _request_of_cms("cms check")
    edge_answer, edge_answer_copy = _response_of_edge(_transaction("cms check"))
    nomination = _printed_nomination()
    return [
        _data("52.674112", SERVER, edge_check),
        _data("52.674160", SERVER, edge_check_copy),
        _acknowledge("52.674201", DATA, CLIENT),
        _data("52.674705", CLIENT, cms_answer),
        _data("52.674731", CLIENT, cms_answer_copy),
        _data("52.675290", CLIENT, cms_check),
        _data("52.675318", CLIENT, cms_check_copy),
        _acknowledge("52.714596", DATA, SERVER),
        _data("52.829588", SERVER, edge_answer),
        _data("52.829644", SERVER, edge_answer_copy),
        _data("52.829905", CLIENT, stun.framed(nomination)),
        _acknowledge("52.869391", DATA, SERVER),
        # Held back until the acknowledgement, as a sender with Nagle's algorithm does.
        _data("52.869433", CLIENT, stun.framed(stun.legacy_copy(nomination))),
        _acknowledge("52.909350", DATA, SERVER),
    ]


def _nomination_events():
    """The answer to frame 2597, and the peer's own nomination."""
    edge_answer, edge_answer_copy = _response_of_edge(_nomination_transaction())
    edge_check, edge_check_copy = _request_of_edge("edge nomination", nominate=True)
    cms_answer, cms_answer_copy = _response_of_cms("edge nomination")
    return [
        _data("52.984207", SERVER, edge_answer),
        _data("52.984262", SERVER, edge_answer_copy),
        _data("52.984718", SERVER, edge_check),
        _data("52.984770", SERVER, edge_check_copy),
        _acknowledge("52.984803", DATA, CLIENT),
        _data("52.985266", CLIENT, cms_answer),
        _data("52.985291", CLIENT, cms_answer_copy),
        _acknowledge("53.025177", DATA, SERVER),
    ]


def _presentation_events():
    """The shared screen from the peer, and the receiver's small packets back."""
    edge = RtpSender("s4 edge screen", 127, 3000)
    cms = RtpSender("s4 cms screen", 127, 3000)
    result = []
    for second in (53, 54, 55, 56):
        for burst, size in enumerate((1100, 613, 288)):
            packet = stun.framed(edge.packet(size))
            result.append(_data(f"{second}.4{burst}0125", SERVER, packet))
        result.append(_acknowledge(f"{second}.420148", DATA, CLIENT))
        result.append(_data(f"{second}.440310", CLIENT, stun.framed(cms.packet(41))))
        result.append(_data(f"{second}.440352", CLIENT, stun.framed(cms.packet(94))))
        result.append(_acknowledge(f"{second}.480233", DATA, SERVER))
    result.append(_data("56.700411", SERVER, stun.framed(edge.report())))
    result.append(_acknowledge("56.700436", DATA, CLIENT))
    result.append(_data("56.700982", CLIENT, stun.framed(cms.report())))
    result.append(_acknowledge("56.740871", DATA, SERVER))
    return result


def _data_events():
    """The second connection of CMS, from its SYN on."""
    return [
        Event(_at("52.618275"), DATA, OPEN, CLIENT),
        _data("52.618906", CLIENT, _bind()),
        _acknowledge("52.658790", DATA, SERVER),
        _data("52.673050", SERVER, _bound()),
        _acknowledge("52.673074", DATA, CLIENT),
        *_check_events(),
        *_nomination_events(),
        *_presentation_events(),
    ]


def events():
    """Return all that happens, in order."""
    return sorted(_control_events() + _data_events(), key=lambda event: event.when)


def connections(capture, data_sequences):
    """Return both connections; the initial sequence numbers of the data connection are the caller's choice."""
    cms = Host(CMS_ADDRESS, 0x41, 0x9E31)
    server = Endpoint(Host(SERVER_ADDRESS, 0x42, 0x07C4), TURN_PORT)
    control_sequences = (chosen_number("s4 control client"), chosen_number("s4 control server"))
    return {
        CONTROL: TcpConnection(capture, Endpoint(cms, CONTROL_PORT), server, *control_sequences),
        DATA: TcpConnection(capture, Endpoint(cms, DATA_PORT), server, *data_sequences),
    }


def open_connection(connection, when):
    """Write a handshake whose SYN leaves at that time."""
    connection.open(when, when + 214, when + 238)


def capture():
    """Return the capture of this scenario, one message to a segment."""
    result = Capture()
    data_sequences = (chosen_number("s4 data client"), chosen_number("s4 data server"))
    ends = connections(result, data_sequences)
    for event in events():
        connection = ends[event.connection]
        if event.kind == OPEN:
            open_connection(connection, event.when)
        elif event.kind == SEND:
            connection.send(event.when, event.from_client, event.payload)
        else:
            connection.acknowledge(event.when, event.from_client)
    return result
