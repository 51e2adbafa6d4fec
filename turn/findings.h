/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What was found: causes with the frames that prove them, and the verdict over all of them. */
#ifndef TURN_FINDINGS_H
#define TURN_FINDINGS_H

#include "turn/causes.h"
#include "turn/join/join.h"

/* What a rule looks at: one session, one pair outside of sessions, or (both NULL) the capture. */
struct turn_scene {
    const turn_model *model;
    const turn_session *session;
    const turn_pair *pair;
    GHashTable *ice_works;  /* set of turn_path.ice that succeeded anywhere in the capture */
    GHashTable *ice_data;   /* turn_path.ice to the agents of whom data went on any path of it */
    GHashTable *ice_talks;  /* turn_path.ice to the number of paths of it that carried data, or a
                               handshake for it */
    GHashTable *ice_media;  /* set of turn_path.ice of which any path carried data */
    GHashTable *ice_alive;  /* turn_path.ice to the gint64 time when a path of it last showed that
                               both ends were there */
    GHashTable *ice_direct; /* turn_path.ice to the first turn_pair of it */
    GHashTable *hosts_talk; /* set of turn_hosts() between which data went anywhere */
    const turn_join *join;  /* with captures from two places: MODEL is that of both; else NULL */
};

typedef struct turn_evidence {
    turn_seen seen;
    char *summary; /* may go on from the evidence before it */
    char *alone;   /* the same for who sees no other; NULL when SUMMARY tells it */
} turn_evidence;

/* Borrowed. */
const char *turn_evidence_alone(const turn_evidence *self);

/* Evidence is a proof, not a list of all that happened. */
#define TURN_MAX_EVIDENCE 12u

struct turn_finding {
    const turn_cause *cause;
    turn_level level;            /* the cause's, or milder when the client got round it */
    const turn_session *session; /* NULL when it is about no session */
    guint16 code;                /* of the STUN error; 0 when there is none */
    char *reason;                /* the server's text; NULL when there is none */
    char *detail;                /* one sentence on who and what; NULL when the title says it all */
    GArray *evidence;            /* of turn_evidence */
    turn_seen broke;             /* see turn_finding_when() */
};

turn_finding *turn_finding_new(const turn_cause *cause);
void turn_finding_free(turn_finding *finding);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(turn_finding, turn_finding_free)

/* Adds a frame. Frame 0 (not seen), a frame that is there already and more than TURN_MAX_EVIDENCE
 * are passed over. */
void turn_finding_add(turn_finding *finding, const turn_seen *seen, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

/* The same, with what is to be read without the evidence before it. */
void turn_finding_add_further(turn_finding *finding, const turn_seen *seen, const char *summary,
                              const char *format, ...) G_GNUC_PRINTF(4, 5);
/* That it broke at SEEN, which need be no frame of the evidence, nor (frame 0) any frame. The first
 * time counts; SEEN without a time is passed over. */
void turn_finding_broke(turn_finding *finding, const turn_seen *seen);
/* When it broke or, where that was not said, the first evidence. FALSE when there is neither. */
gboolean turn_finding_when(const turn_finding *finding, turn_seen *when);

typedef struct turn_judgement {
    turn_level level;
    const turn_finding *first; /* the finding that decides the verdict; NULL when healthy */
    GPtrArray *findings;       /* of turn_finding: worst first, then as causes explain each other */
    GPtrArray *unknowns;       /* of char: what the capture does not tell */
} turn_judgement;

/* Runs every rule over MODEL, which must outlive the result. Owned by the caller. */
turn_judgement *turn_judge(const turn_model *model);
/* Of two capture points: what each of them shows, and what only both together do. JOIN must outlive
 * the result; sessions of findings are those of its model. Owned by the caller. */
turn_judgement *turn_judge_join(const turn_join *join);
void turn_judgement_free(turn_judgement *judgement);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(turn_judgement, turn_judgement_free)

#endif
