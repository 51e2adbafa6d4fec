# SPDX-License-Identifier: GPL-2.0-or-later
"""S3: media checks of a WebRTC client to the Expressway-E's relay range, at the client and at the Expressway-E.

The client is outside. CMS has a relay on the Expressway-E (port 24010; its allocation goes over the inside interface
and is in neither capture), and the client's checks go there. What becomes of them is the row of the document's table.
"""

import stunwire as stun
from chosen import chosen_bytes, chosen_nonce
from expressway import SOFTWARE, TURN_PORT, UNAUTHORIZED, Account, signed, success
from media import RtpSender
from netwire import utc
from rfc_check import Agent, check, check_answer
from two_points import CLIENT, SERVER, Setting, TwoPoints

# Rows of the table, by what becomes of a check.
BLOCKED_INBOUND = "requests do not arrive"
BLOCKED_OUTBOUND = "responses leave, and do not come back"
NOT_ANSWERED = "no responses leave"
WORKS = "responses arrive"

CLIENT_INSIDE = "10.55.157.229"
CLIENT_OUTSIDE = "198.51.100.23"
SERVER_INSIDE = "192.168.245.61"
SERVER_OUTSIDE = "10.88.246.156"
CONTROL_PORT = 51734
MEDIA_PORT = 51735
OWN_RELAY = 24002
CMS_RELAY = 24010

USER = "expturncreds"
REALM = "TANDBERG"
PASSWORD = "s3-password-of-both-sides"

MILLISECOND = 1000
SECOND = 1000 * MILLISECOND
START = utc("2017-05-20 20:10:00.000000")
MIDDLE = START + 30 * SECOND
END = START + 60 * SECOND

_CLIENT_AGENT = Agent("kR7w", "s3ClientIcePasswordGGGGG", stun.ICE_CONTROLLING)
_CMS_AGENT = Agent("cM2s", "s3CmsIcePasswordHHHHHHHH", stun.ICE_CONTROLLED)
_UDP = stun.requested_transport(stun.TRANSPORT_UDP)
_LIFETIME = stun.number_attribute(stun.LIFETIME, 600)
_ACCOUNT = Account(USER, REALM, PASSWORD, chosen_nonce("s3 nonce"))
_SERVER_TIME = 2 * MILLISECOND
_ROUND_TRIP = 40 * MILLISECOND
# RFC 8489 section 6.2.1.
_RETRANSMISSIONS = (0, 500 * MILLISECOND, 1500 * MILLISECOND, 3500 * MILLISECOND)
_OPUS = 111
_CHECK_STARTS = (6, 7, 12, 36, 37, 44)
_REFRESH_STARTS = (3, 20, 28, 34, 50, 57)


def _transaction(label):
    return chosen_bytes("s3 " + label, 12)


def _ask(points, when, label, request, answer):
    """Ask the TURN server, which answers."""
    points.up(when, CONTROL_PORT, TURN_PORT, request, f"{label} request")
    points.down(
        when + 18 * MILLISECOND + _SERVER_TIME, CONTROL_PORT, TURN_PORT, answer, f"{label} answer"
    )


def _allocate(points):
    challenged = _transaction("challenged")
    _ask(
        points,
        START,
        "challenge",
        stun.message(stun.ALLOCATE_REQUEST, challenged, _UDP),
        stun.message(
            stun.ALLOCATE_ERROR,
            challenged,
            _ACCOUNT.nonce_attribute,
            _ACCOUNT.realm_attribute,
            _UDP,
            UNAUTHORIZED,
            SOFTWARE,
        ),
    )
    allocate = _transaction("allocate")
    _ask(
        points,
        START + 50 * MILLISECOND,
        "allocate",
        signed(_ACCOUNT, stun.ALLOCATE_REQUEST, allocate, _ACCOUNT.credentials, _UDP),
        success(
            _ACCOUNT,
            stun.ALLOCATE_SUCCESS,
            allocate,
            _LIFETIME,
            stun.xor_address(stun.XOR_MAPPED_ADDRESS, *points.outside(CONTROL_PORT)),
            stun.xor_address(stun.XOR_RELAYED_ADDRESS, SERVER_OUTSIDE, OWN_RELAY),
        ),
    )


def _refresh(points, when):
    label = f"refresh {when}"
    transaction = _transaction(label)
    _ask(
        points,
        when,
        "refresh",
        signed(_ACCOUNT, stun.REFRESH_REQUEST, transaction, _ACCOUNT.credentials, _LIFETIME),
        success(_ACCOUNT, stun.REFRESH_SUCCESS, transaction, _LIFETIME),
    )


def _check_of_client(points, when, row):
    """Check the pair of the client and CMS's relay, again and again while no answer comes."""
    label = f"s3 client {when}"
    request = check(label, _CLIENT_AGENT, _CMS_AGENT)
    answer = check_answer(label, _CMS_AGENT, points.outside(MEDIA_PORT))
    for later in _RETRANSMISSIONS[: 1 if row == WORKS else None]:
        sent = when + later
        arrives = row != BLOCKED_INBOUND
        points.up(sent, MEDIA_PORT, CMS_RELAY, request, "check request", arrives=arrives)
        if row in (BLOCKED_OUTBOUND, WORKS):
            points.down(
                sent + 18 * MILLISECOND + _SERVER_TIME,
                MEDIA_PORT,
                CMS_RELAY,
                answer,
                "check answer",
                arrives=row == WORKS,
            )


def _check_of_cms(points, when):
    """CMS checks the pair through its relay."""
    label = f"s3 cms {when}"
    points.down(
        when, MEDIA_PORT, CMS_RELAY, check(label, _CMS_AGENT, _CLIENT_AGENT), "cms check request"
    )
    points.up(
        when + 22 * MILLISECOND + _SERVER_TIME,
        MEDIA_PORT,
        CMS_RELAY,
        check_answer(label, _CLIENT_AGENT, (SERVER_OUTSIDE, CMS_RELAY)),
        "cms check answer",
    )


def _talk(points):
    client = RtpSender("s3 client audio", _OPUS, 19200)
    cms = RtpSender("s3 cms audio", _OPUS, 19200)
    for number in range(8, 58):
        when = START + number * SECOND
        points.up(when, MEDIA_PORT, CMS_RELAY, client.packet(80), "media")
        points.down(when + 300 * MILLISECOND, MEDIA_PORT, CMS_RELAY, cms.packet(80), "media")


def conversation(row, setting):
    """Return what both machines see."""
    points = TwoPoints(setting, CLIENT_INSIDE, CLIENT_OUTSIDE, SERVER_INSIDE, SERVER_OUTSIDE)
    _allocate(points)
    for second in _REFRESH_STARTS:
        _refresh(points, START + second * SECOND)
    for second in _CHECK_STARTS:
        _check_of_client(points, START + second * SECOND, row)
        if row == WORKS:
            _check_of_cms(points, START + second * SECOND + 100 * MILLISECOND)
    if row == WORKS:
        _talk(points)
    for second in range(0, 60, 5):
        for point in (CLIENT, SERVER):
            points.chatter(point, START + second * SECOND + 700 * MILLISECOND)
    for point in (CLIENT, SERVER):
        points.chatter(point, END)
    return points


# The clock of the Expressway-E is 7 s behind, its LAN2 has a static NAT, and so has the client's network.
_FIELD = Setting(server_ahead=-7 * SECOND, client_nat=True, static_nat=True)


def client_capture():
    """Return what the client's PC sees: checks leave, and nothing comes back."""
    return conversation(BLOCKED_INBOUND, _FIELD).capture(CLIENT)[0]


def server_capture():
    """Return what the Expressway-E's outside interface sees at that time: no checks."""
    return conversation(BLOCKED_INBOUND, _FIELD).capture(SERVER)[0]
