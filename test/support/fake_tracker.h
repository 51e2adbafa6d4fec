/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Stands in for turn/tracker.c: writes what it is told into a text, one line each.
 *     tcp 1 40000>3478 syn
 *     unit 4 40000>3478 turn stun 28/28 00030008       captured/length and the first bytes
 *     unit 4 40000>3478 turn channel 5/5 6d656469 +4 from 2     with show_begin
 *     opaque 9 40000>3478 70/70 47455420
 *     gap 9 40000>3478 100
 *     datagram 2 40000>3478 5/5 68656c6c
 *     stuck 9 40000>3478 1400*2                       length and transmissions
 *     icmp 3 v4 3/3 udp 40000>3478
 *     icmp 4 cut */
#ifndef TEST_FAKE_TRACKER_H
#define TEST_FAKE_TRACKER_H

#include "turn/tracker.h"

/* Of the relayed address that it knows. */
#define FAKE_RELAY_PORT 24000

struct turn_tracker {
    GString *log;
    gboolean hide_frames; /* lines without frame numbers and TCP events, to compare segmentations */
    gboolean show_begin;  /* " +HEADER from FRAME" behind each unit */
    gboolean no_ports;    /* no port is a TURN port */
    guint units;
    gsize unit_bytes;
    guint64 identity; /* of the last call */
};

/* Empties the log. */
void fake_tracker_clear(turn_tracker *tracker);

#endif
