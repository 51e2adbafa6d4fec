/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The ladder of one session, or of one pair of ends outside sessions: what happened in it, step by
 * step in the order of time, between client, server and peer. Plain data, made from the model and
 * the messages that ladder_log.h kept; writers of any form print it. Text from the capture is UTF-8
 * and not made harmless. */
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

/* RFC 8489 section 6.2.1 gives up after 39.5 s, and a sender waits no longer than that between two
 * transmissions: an id that comes back later is another message. Nanoseconds. */
#define TURN_REPEAT_WITHIN (40 * G_GINT64_CONSTANT(1000000000))

/* Whether the same message went the same way before, not longer than TURN_REPEAT_WITHIN ago. */
typedef enum turn_repeat {
    TURN_REPEAT_NONE,
    TURN_REPEAT_RETRANSMISSION,
    TURN_REPEAT_COPY, /* Microsoft endpoints send each check with both CRCs */
    TURN_REPEAT_CAPTURED_TWICE
} turn_repeat;

/* "", "retransmission", "second copy", "the same packet captured again". */
const char *turn_repeat_name(turn_repeat repeat);

/* What became of a message, as far as that is proved. */
typedef enum turn_fate {
    TURN_FATE_UNKNOWN,
    TURN_FATE_ARRIVED,   /* both capture points saw it */
    TURN_FATE_LOST,      /* the other capture point must have shown it, and does not */
    TURN_FATE_UNANSWERED /* a request, and nothing came back while the capture went on */
} turn_fate;

/* "unknown", "arrived", "lost", "unanswered". */
const char *turn_fate_name(turn_fate fate);

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
    stun_address end;   /* TCP: of the client, as the point knows it; NONE on other legs */
    GPtrArray *details; /* of char; never NULL */
    turn_repeat repeat;
    stun_class cls; /* MESSAGE */
    guint16 method;
    guint8 transaction[STUN_TRANSACTION_ID_SIZE];
    turn_fate fate;
    const turn_leg *lost_on; /* LOST: borrowed from the join */
    turn_point_name point;   /* whose sighting SEEN is: the client's where it has one; CLIENT with
                                one capture point */
    turn_seen there;         /* the other point's sighting, by the client's clock; frame 0 when it
                                has none */
    gboolean expects_answer; /* and the capture would show it */
    const char *way;         /* MEDIA of a session: "relayed to peer"; static, else NULL */
    guint64 packets;         /* MEDIA */
    guint64 bytes;
    turn_seen last;
    guint64 last_bytes; /* of the last packet */
    turn_pauses pauses;
    GArray *marks; /* of turn_ladder_mark; never NULL */
} turn_step;

/* Of two capture points, the one that STEP leaves from: the client's is on the client's side of the
 * server or, where it saw the leg behind the relay, that of a peer. */
turn_point_name turn_step_sender(const turn_step *step);
/* Those that interrupt packets which come closely or, where these come slowly, the one that stands
 * out; COUNT is 0 where there is none to tell. MEDIA. */
turn_pauses turn_step_pauses(const turn_step *step);
/* Bytes in each second from the first packet to the last, pauses left out; FALSE where there are
 * too few packets to tell, or the time is too short. MEDIA. */
gboolean turn_step_rate(const turn_step *step, guint64 *bytes_per_second);

typedef struct turn_ladder {
    const turn_session *session; /* NULL of a pair */
    const turn_pair *pair;       /* NULL of a session. Its first end is CLIENT, the other PEER */
    GPtrArray *steps;            /* of turn_step, by the clock of the client's point */
    gint64 begin;                /* when the earliest of them was: no other has a negative time */
    guint64 dropped;             /* messages of the whole capture that were too many to keep */
} turn_ladder;

/* As one capture point shows it. All arguments must outlive the result. */
turn_ladder *turn_ladder_new(const turn_ladder_log *log, const turn_model *model,
                             const turn_judgement *judgement, const turn_session *session);
void turn_ladder_free(turn_ladder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(turn_ladder, turn_ladder_free)

#endif
