/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The ladder of one session: what happened in it, step by step in the order of time, between
 * client, server and peer. Plain data, made from the model and the messages that ladder_log.h kept;
 * writers of any form print it. Text from the capture is UTF-8 and not made harmless. */
#ifndef TURN_LADDER_H
#define TURN_LADDER_H

#include "turn/findings.h"
#include "turn/ladder_log.h"

typedef enum turn_lane { TURN_LANE_CLIENT, TURN_LANE_SERVER, TURN_LANE_PEER } turn_lane;

/* "client", "server", "peer". */
const char *turn_lane_name(turn_lane lane);

typedef enum turn_step_kind {
    TURN_STEP_MESSAGE, /* a STUN message */
    TURN_STEP_TCP,     /* what happened to a TCP connection */
    TURN_STEP_ICMP,    /* an ICMP error */
    TURN_STEP_MEDIA,   /* a run of packets that are no STUN, from its first packet on */
    TURN_STEP_NOTE     /* evidence of a finding that is none of these */
} turn_step_kind;

/* "message", "tcp", "icmp", "media", "note". */
const char *turn_step_kind_name(turn_step_kind kind);

/* Whether the same message went the same way before. */
typedef enum turn_repeat {
    TURN_REPEAT_NONE,
    TURN_REPEAT_RETRANSMISSION,
    TURN_REPEAT_COPY, /* Microsoft endpoints send each check with both CRCs */
    TURN_REPEAT_CAPTURED_TWICE
} turn_repeat;

/* "", "retransmission", "second copy", "the same packet captured again". */
const char *turn_repeat_name(turn_repeat repeat);

/* Where a finding has its evidence; both are borrowed from the judgement. */
typedef struct turn_ladder_mark {
    const turn_finding *finding;
    const char *summary;
} turn_ladder_mark;

typedef struct turn_step {
    turn_seen seen;
    turn_step_kind kind;
    turn_lane from; /* equal to TO when nothing moves */
    turn_lane to;
    char *name;         /* "Allocate Error Response", or a sentence where the kind is not MESSAGE */
    guint16 code;       /* of ERROR-CODE; 0 when there is none */
    char *reason;       /* NULL when there is none */
    stun_address peer;  /* when it goes to or comes from one; NONE otherwise, or when not known */
    GPtrArray *details; /* of char; never NULL */
    turn_repeat repeat;
    guint64 packets; /* MEDIA */
    guint64 bytes;
    turn_seen last;
    GArray *marks; /* of turn_ladder_mark; never NULL */
} turn_step;

typedef struct turn_ladder {
    const turn_session *session;
    GPtrArray *steps; /* of turn_step */
    guint64 dropped;  /* messages of the whole capture that were too many to keep */
} turn_ladder;

/* All arguments must outlive the result. */
turn_ladder *turn_ladder_new(const turn_ladder_log *log, const turn_model *model,
                             const turn_judgement *judgement, const turn_session *session);
void turn_ladder_free(turn_ladder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(turn_ladder, turn_ladder_free)

#endif
