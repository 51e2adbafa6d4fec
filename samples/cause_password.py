# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures that are judged with the password that both sides should have: the text of password.txt."""

from call import ALLOCATE
from cast import Webrtc, tells

PASSWORD = "password-of-both-sides"
_OTHER = "password-of-one-side"


def _refused(name, client, server):
    """431: the server finds that the request was made with another password than its own. It signs with that."""
    call = Webrtc(name, password=client, server_password=server)
    call.turn.first_challenge(0)
    call.turn.ask_allocate(12)
    call.turn.refuse(30, ALLOCATE, "allocate", 431, "Integrity Check Failure")
    return call.capture()


@tells("client-password-differs")
def client():
    """431; the browser's request was made with another password, the server has this one"""
    return _refused("client-password-differs", _OTHER, PASSWORD)


@tells("client-password-differs-near")
def client_near():
    """431; the browser's request was made with this password, the server has another one"""
    return _refused("client-password-differs-near", PASSWORD, _OTHER)


@tells("server-password-differs")
def server():
    """431; the browser's request was made with this password, and the server refuses it"""
    return _refused("server-password-differs", PASSWORD, _OTHER)


@tells("server-password-differs-near")
def server_near():
    """both sides have this password: the call works"""
    call = Webrtc("server-password-differs-near", password=PASSWORD)
    call.turn.allocate(0)
    call.reaches_peer(100)
    return call.capture()
