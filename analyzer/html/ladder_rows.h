/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The steps of a ladder as the rows that are drawn: retransmissions are one row, runs of the same
 * exchange another, and of too many rows those in the middle are left out. */
#ifndef ANALYZER_HTML_LADDER_ROWS_H
#define ANALYZER_HTML_LADDER_ROWS_H

#include "turn/ladder.h"
#include "turn/report/report.h"

/* Rows of one ladder. */
#define LADDER_MAX_ROWS 200u

typedef enum ladder_row_kind {
    LADDER_ROW_STEP,
    LADDER_ROW_RUN,     /* exchanges that are all the same */
    LADDER_ROW_LEFT_OUT /* rows that are too many */
} ladder_row_kind;

typedef enum ladder_outcome {
    LADDER_OUTCOME_REQUEST, /* or indication: nothing is known but that it was sent */
    LADDER_OUTCOME_SUCCESS,
    LADDER_OUTCOME_CHALLENGE, /* 401 or 438 as TURN has it: no fault */
    LADDER_OUTCOME_ERROR,
    LADDER_OUTCOME_LOST,
    LADDER_OUTCOME_UNANSWERED,
    LADDER_OUTCOME_MEDIA,
    LADDER_OUTCOME_EVENT,   /* of TCP */
    LADDER_OUTCOME_FAILURE, /* ICMP error or TCP reset */
    LADDER_OUTCOME_NOTE
} ladder_outcome;

typedef struct ladder_row {
    ladder_row_kind kind;
    ladder_outcome outcome;
    ladder_outcome sent_as;  /* what the transmissions that were not lost came to */
    gboolean arrived;        /* one of them, at the other capture point */
    const turn_step *step;   /* the first that it stands for */
    const turn_step *last;   /* of a RUN the last, answers included */
    guint transmissions;     /* of messages, copies not counted */
    guint lost;              /* of TRANSMISSIONS */
    const turn_leg *lost_on; /* NULL where nothing is lost */
    guint copies;
    guint count;                    /* RUN: exchanges; LEFT_OUT: rows */
    guint errors;                   /* LEFT_OUT: rows of errors */
    guint silent;                   /* LEFT_OUT: rows of what was lost or not answered */
    gboolean answered;              /* a request: its answer has come */
    gboolean taken;                 /* an answer whose request is a row too */
    const struct ladder_row *other; /* of a request its answer, and of an answer its request; NULL
                                       when all is done */
    gint64 last_sent;    /* when the latest transmission left, or the latest exchange began */
    gint64 every;        /* RUN: nanoseconds from one to the next, on average */
    gint64 shortest;     /* and at least */
    gint64 longest;      /* and at most */
    GPtrArray *findings; /* of const turn_finding, each once; never NULL */
} ladder_row;

/* Of ladder_row. Borrows from LADDER. Owned by the caller: g_ptr_array_unref(). */
GPtrArray *ladder_rows_new(const turn_ladder *ladder);

/* For the parts of this module. */
ladder_row *ladder_row_new(ladder_row_kind kind, const turn_step *step);
void ladder_row_free(gpointer row);

/* "request", "success" and so on. */
const char *ladder_outcome_name(ladder_outcome outcome);

#endif
