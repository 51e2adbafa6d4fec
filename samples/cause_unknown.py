# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures that cannot tell."""

import stunwire as stun
from cast import CMS, EXPRESSWAY, PC, Webrtc, tells
from chosen import chosen_bytes
from netwire import Endpoint
from wires import Place, Tape, TcpWire, UdpWire


class _OneWay(UdpWire):
    """A wire of which the capture has the client's direction only."""

    def down(self, ms, payload, lost=False):
        pass


def _one_direction(name, wire):
    call = Webrtc(name)
    call.wire = wire(*call.wire.places)
    call.turn.wire = call.wire
    call.path._wire = call.wire
    call.turn.allocate(0)
    call.reaches_peer(100)
    return call


@tells("one-direction-captured")
def one_direction():
    """a call that works, captured at a mirror port that shows what the browser sends, and nothing else"""
    return _one_direction("one-direction-captured", _OneWay).capture()


@tells("one-direction-captured-near")
def one_direction_near():
    """the same call with both directions"""
    return _one_direction("one-direction-captured-near", UdpWire).capture()


@tells("session-incomplete")
def incomplete():
    """the capture ends after the Allocate with credentials, before its answer"""
    call = Webrtc("session-incomplete")
    call.turn.first_challenge(0)
    call.turn.ask_allocate(12)
    return call.capture()


@tells("session-incomplete-near")
def incomplete_near():
    """the same with the answer: the allocation is in place"""
    call = Webrtc("session-incomplete-near")
    call.turn.allocate(0)
    return call.capture()


@tells("relay-unused")
def unused():
    """an allocation, a permission, and no packet for any peer; released after 10 s"""
    call = Webrtc("relay-unused")
    call.turn.allocate(0)
    call.turn.permission(100, CMS)
    call.turn.release(10000)
    return call.capture()


@tells("relay-unused-near")
def unused_near():
    """the same, and checks and media both ways in between"""
    call = Webrtc("relay-unused-near")
    call.turn.allocate(0)
    call.turn.permission(100, CMS)
    call.reaches_peer(200)
    call.turn.release(10000)
    return call.capture()


def _other_traffic(tape):
    """A name asked for and HTTP: six frames."""
    name = UdpWire(Place(tape, Endpoint(PC.host, 50053), Endpoint(EXPRESSWAY.host, 53)))
    question = bytes.fromhex("1234010000010000000000000477656230076578616d706c6503636f6d0000010001")
    name.up(0, question)
    name.down(20, question[:2] + b"\x81\x80" + question[4:])
    web = TcpWire("no-turn-traffic web", tape, Endpoint(PC.host, 50080), Endpoint(EXPRESSWAY.host, 80))
    web.open(50)
    web.up(60, b"GET / HTTP/1.1\r\nHost: web0.example.com\r\n\r\n")


@tells("no-turn-traffic")
def no_turn():
    """DNS, HTTP, and a Binding Request that asks a STUN server for the own address"""
    tape = Tape()
    _other_traffic(tape)
    wire = UdpWire(Place(tape, PC, Endpoint(EXPRESSWAY.host, 3478)))
    transaction = chosen_bytes("no-turn-traffic", 12)
    wire.up(100, stun.message(stun.BINDING_REQUEST, transaction))
    mapped = stun.xor_address(stun.XOR_MAPPED_ADDRESS, "198.51.100.23", 62011)
    wire.down(112, stun.message(stun.BINDING_SUCCESS, transaction, mapped))
    return tape.capture()


@tells("no-turn-traffic-near")
def no_turn_near():
    """the same traffic, and a call that works behind it"""
    tape = Tape()
    _other_traffic(tape)
    call = Webrtc("no-turn-traffic-near", tape=tape)
    call.turn.allocate(200)
    call.reaches_peer(300)
    return call.capture()
