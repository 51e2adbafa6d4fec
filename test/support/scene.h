/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A capture that a test makes up packet by packet: feeds a turn_tracker, counts frames from 1, and
 * has the usual steps of a session. Times are milliseconds since the capture began. Every function
 * that feeds one packet returns its frame number. */
#ifndef TEST_SUPPORT_SCENE_H
#define TEST_SUPPORT_SCENE_H

#include "support/build.h"
#include "turn/findings.h"
#include "turn/tracker.h"

/* The client is behind a NAT; server, relayed address and peers are public. */
#define CLIENT  "10.1.1.10:40000"
#define MAPPED  "192.0.2.10:40000"
#define SERVER  "198.51.100.1:3478"
#define RELAYED "198.51.100.1:24000"
#define PEER    "203.0.113.9:50000"
#define OTHER   "203.0.113.10:50000"
/* The client's end of a data connection, RFC 6062. */
#define DATA_END "10.1.1.10:40001"

/* What a client puts into a request after the challenge of scene_challenge(). */
#define CREDENTIALS "user=alice realm=example.org nonce=n1 mi"

typedef struct scene {
    turn_tracker *tracker;
    guint32 capture;  /* index of all packets */
    guint32 frame;    /* of the packet that was fed last */
    guint64 identity; /* that the packets fed from now on have */
    gboolean unnumbered;
    const turn_model *model;
    turn_judgement *judgement;
    turn_credentials *credentials; /* of signing.h; NULL: none are given */
} scene;

scene *scene_new(void);
void scene_free(scene *s);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(scene, scene_free)

/* Nanoseconds since 1970 of MS. */
gint64 scene_time(gint64 ms);
turn_packet scene_packet(scene *s, gint64 ms, turn_transport transport, const char *from,
                         const char *to);

/* A datagram of LENGTH bytes, or with MESSAGE (build.h) in it. */
guint32 feed_udp_bytes(scene *s, gint64 ms, const char *from, const char *to, const void *bytes,
                       gsize length);
guint32 feed_udp(scene *s, gint64 ms, const char *from, const char *to, const char *message);
guint32 feed_tcp(scene *s, gint64 ms, const char *from, const char *to, turn_tcp_event event);
/* A whole unit of a stream; on a control connection, and framed on a data connection. */
guint32 feed_unit(scene *s, gint64 ms, const char *from, const char *to, const char *message);
guint32 feed_framed(scene *s, gint64 ms, const char *from, const char *to, const char *message);
guint32 feed_framed_bytes(scene *s, gint64 ms, const char *from, const char *to, const void *bytes,
                          gsize length);
guint32 feed_opaque(scene *s, gint64 ms, const char *from, const char *to, gsize length);
/* ICMP of version 4 about a packet that went FROM, TO. */
guint32 feed_icmp(scene *s, gint64 ms, turn_transport transport, const char *from, const char *to,
                  guint8 type);
/* A packet that has nothing to do with TURN: the capture was still running. */
void feed_other(scene *s, gint64 ms);

/* A Send Indication to PEER, or a Data Indication from it, with the message INNER or LENGTH bytes
 * in DATA. */
guint32 feed_send(scene *s, gint64 ms, const char *peer, const char *inner);
guint32 feed_data(scene *s, gint64 ms, const char *peer, const char *inner);
guint32 feed_send_bytes(scene *s, gint64 ms, const char *peer, gsize length);
guint32 feed_data_bytes(scene *s, gint64 ms, const char *peer, gsize length);

/* Allocate without credentials, and 401; transactions 1. Two frames, MS and 10 ms later. */
void scene_challenge(scene *s, gint64 ms);
/* scene_challenge(), then Allocate with CREDENTIALS and its success, transaction 2: four frames in
 * 30 ms; the allocation is in place from MS + 30 for 600 s. */
void scene_allocate(scene *s, gint64 ms);
/* The same with the challenge, but the second answer is this error: frames 3 and 4. */
void scene_rejected(scene *s, gint64 ms, const char *error);
/* SYN, SYN-ACK and ACK: three frames in 10 ms. */
void scene_connect(scene *s, gint64 ms, const char *from);
/* scene_connect(), and a TCP relay 20 to 50 ms after MS: seven frames. */
void scene_allocate_tcp(scene *s, gint64 ms);
/* Checks both ways between CLIENT and PEER, answered: four frames in 30 ms. ICE session "a:b". */
void scene_checks(scene *s, gint64 ms, const char *peer);

/* Ends the capture. Borrowed; the same at each call. */
const turn_model *scene_model(scene *s);
/* The only session; the test fails when there are more or less. */
const turn_session *scene_session(scene *s);
const turn_judgement *scene_judgement(scene *s);

/* The finding about CAUSE; NULL when there is none. The first one, when there are more. */
const turn_finding *scene_finding(scene *s, const char *cause);
/* Asserts that CAUSE was found at LEVEL with exactly these frames, "3 4" in their order. */
void expect_finding(scene *s, const char *cause, const char *level, const char *frames);
void expect_no_finding(scene *s, const char *cause);

#endif
