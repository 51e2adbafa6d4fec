/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * How far a session, or a pair of ends, got: the steps of its kind in their order, each with the
 * frame that shows it, and where and why it went no further. Reads the finished model only. */
#ifndef TURN_STAGE_H
#define TURN_STAGE_H

#include "turn/session.h"

typedef enum turn_stage_kind {
    TURN_STAGES_NONE,    /* encrypted: no step can be seen */
    TURN_STAGES_ATTEMPT, /* it is not known what was to be relayed */
    TURN_STAGES_UDP_RELAY,
    TURN_STAGES_TCP_RELAY, /* RFC 6062 */
    TURN_STAGES_ICE        /* checks between two ends outside any session, over UDP or TCP */
} turn_stage_kind;

/* "none", "attempt", "udp-relay", "tcp-relay", "ice". */
const char *turn_stage_kind_name(turn_stage_kind kind);

typedef enum turn_stage_state {
    TURN_STAGE_REACHED,
    TURN_STAGE_PASSED, /* what came later needs it, and the capture does not show it */
    TURN_STAGE_FAILED, /* it was tried */
    TURN_STAGE_OPEN    /* it was not reached */
} turn_stage_state;

/* "reached", "not-in-capture", "failed", "not-reached". */
const char *turn_stage_state_name(turn_stage_state state);

typedef struct turn_stage {
    const char *id;    /* stable, for scripts; static */
    const char *title; /* static */
    turn_stage_state state;
    turn_seen seen; /* frame 0 unless REACHED */
} turn_stage;

/* Why the step that comes next was not reached. */
typedef enum turn_stop {
    TURN_STOP_NONE, /* nothing is missing, or no step can be seen */
    TURN_STOP_REFUSED,
    TURN_STOP_UNANSWERED,
    TURN_STOP_CLOSED,        /* the TCP connection was reset or closed by the other side */
    TURN_STOP_UNREACHABLE,   /* ICMP */
    TURN_STOP_ONE_WAY,       /* data in one direction */
    TURN_STOP_RELEASED,      /* the client gave up what it had */
    TURN_STOP_NOT_TRIED,     /* the capture goes on, and nothing more was sent for it */
    TURN_STOP_CAPTURE_ENDS,  /* too early to tell */
    TURN_STOP_ONE_DIRECTION, /* the capture shows one direction only */
    TURN_STOP_BYTES_MISSING  /* bytes of TCP connections, or the end of an answer, are not in it */
} turn_stop;

/* "refused", "unanswered" and so on; NULL for TURN_STOP_NONE. */
const char *turn_stop_name(turn_stop stop);
/* Whether the capture shows a fault there, rather than an end. */
gboolean turn_stop_is_fault(turn_stop stop);

typedef struct turn_stages {
    turn_stage_kind kind;
    GArray *list;          /* of turn_stage: only steps that a session like this one has */
    const turn_peer *peer; /* whom the last steps are about: the one that got furthest; NULL when
                              there is none */
    turn_stop stop;
    guint at;       /* index in LIST of the step that was not reached */
    guint after;    /* index of the latest step before it that is in the capture; AT if none */
    turn_seen from; /* that step, or the request that was refused; frame 0 if none */
    turn_seen seen; /* what shows the stop: an error, a reset; frame 0 when it is silence */
    gint64 wait;    /* nanoseconds from FROM to SEEN, or to the end of what was captured; -1 */
    turn_ways ways; /* of data, for TURN_STOP_ONE_WAY */
    guint16 code;   /* of the STUN error; 0 when there is none */
    const char
        *reason;     /* the server's words, borrowed from the session; NULL when there are none */
    turn_seen start; /* the first packet; of a TCP connection its SYN */
    gint64 relay_after; /* nanoseconds from START to the allocation; -1 when it was not seen, or the
                           client did not ask for it in this capture */
    gboolean out_of_patience;
} turn_stages;

/* Owned by the caller; borrows from MODEL. */
turn_stages *turn_stages_of_session(const turn_model *model, const turn_session *session);
turn_stages *turn_stages_of_pair(const turn_model *model, const turn_pair *pair);
void turn_stages_free(turn_stages *stages);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(turn_stages, turn_stages_free)

/* Nanoseconds from the start to SEEN. FALSE where that means nothing: the times of the packets
 * contradict their places in the file. */
gboolean turn_stages_time(const turn_stages *stages, const turn_seen *seen, gint64 *after);

/* Cisco Meeting Server waits this long for a relay candidate. Nothing in TURN tells that a client
 * is CMS, so this is only the time when one would have given up: TRUE, and *WHEN is set, if there
 * was no relay by then although the client asked for one and the capture would show it. */
gboolean turn_stages_patience(const turn_stages *stages, turn_seen *when);

#endif
