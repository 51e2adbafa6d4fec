/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Whole calls that are written down packet by packet, so that a test can cut them anywhere, and
 * what stage.h says of them in a line of text. Times are those of scene.h. */
#ifndef TEST_SUPPORT_CALL_H
#define TEST_SUPPORT_CALL_H

#include "support/scene.h"
#include "turn/stage.h"

typedef enum call_kind {
    UDP_OUT, /* from the client */
    UDP_IN,
    SEND, /* a check in a Send Indication */
    DATA,
    SEND_BYTES,
    DATA_BYTES,
    SYN, /* of the control connection */
    SYN_ACK,
    ACK,
    TCP_OUT,
    TCP_IN,
    DATA_SYN, /* of the data connection */
    DATA_SYN_ACK,
    DATA_ACK,
    BIND_OUT,
    BIND_IN,
    FRAME_OUT, /* in the bound connection */
    FRAME_IN,
    FRAME_BYTES_OUT,
    FRAME_BYTES_IN
} call_kind;

typedef struct call_line {
    gint64 ms;
    call_kind kind;
    const char *text; /* as in build.h; NULL where KIND needs none */
} call_line;

#define UDP_CALL_LINES 12u
#define TCP_CALL_LINES 19u
/* UDP relay: allocation, permission, a check each way, data each way. */
extern const call_line udp_call[UDP_CALL_LINES];
/* The same with a TCP relay to which the peer connects; RFC 6062. */
extern const call_line tcp_call[TCP_CALL_LINES];

/* The lines from FROM up to TO, which is not one of them. */
void feed_lines(scene *s, const call_line *lines, guint from, guint to);

/* Of the only session. Owned by the caller. */
turn_stages *stages_of(scene *s);
/* "challenged=2" is reached in frame 2, "challenged?" is not in the capture, "challenged!" failed
 * and "challenged-" was not reached. Owned by the caller. */
char *steps_text(const turn_stages *stages);
/* "4/10 allocated unanswered", or "complete". Owned by the caller. */
char *stop_text(const turn_stages *stages);
void expect_steps(scene *s, const char *expected);
void expect_stop(scene *s, const char *expected);

#endif
