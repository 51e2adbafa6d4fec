/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One result, many forms: what a report says, and its form as text. Writers of any form write what
 * is here and conclude nothing. Text that came from a capture is made harmless by the writer. */
#ifndef TURN_REPORT_REPORT_H
#define TURN_REPORT_REPORT_H

#include "stun/message.h"
#include "turn/findings.h"
#include "turn/rate.h"
#include "turn/stage.h"

typedef struct turn_report_capture {
    const char *point; /* "client" or "server"; NULL where that is not known. Static */
    char *file;        /* NULL where it is not known: only the warnings are shown then */
    char *format;      /* "pcap, microseconds" */
    char *link_type;   /* "EN10MB" */
    char *link_text;   /* "Ethernet" */
    gboolean nanoseconds;
    guint64 packets;
    guint64 bytes;
    gint64 first; /* nanoseconds since 1970 UTC; both 0 without packets */
    gint64 last;
    guint32 snap_length;
    guint64 packets_cut;
    guint64 tcp_bytes_missing;
    guint64 fragments;     /* packets that are fragments of IP datagrams */
    gboolean out_of_order; /* by more than a second: first and last of anything mean little */
    gboolean shuffled;   /* by more than 20 ms, as files of several interfaces are: what came after
                            the end of a session may belong before it */
    GPtrArray *warnings; /* of char */
} turn_report_capture;

typedef struct turn_report_attribute {
    guint16 type;
    guint16 length;
} turn_report_attribute;

/* A STUN message, for those who compare with another program. */
typedef struct turn_report_message {
    turn_seen seen;
    guint16 type;
    char *name;
    guint8 transaction_id[STUN_TRANSACTION_ID_SIZE];
    gboolean has_cookie;
    GArray *attributes; /* of turn_report_attribute */
} turn_report_message;

typedef struct turn_report {
    GPtrArray *captures; /* of turn_report_capture */
    GPtrArray *messages; /* of turn_report_message; NULL when not asked for */
    const turn_model *model;
    const turn_judgement *judgement;
    const turn_join *join; /* of two capture points; NULL of one. MODEL is the join's then */
    gboolean redacted;     /* what names somebody is a stand-in */
    char *points_note;     /* how the points were told, where nobody said; NULL else. Owned */
    /* For forms that draw; NULL when there is none. Owned. */
    GPtrArray *ladders;       /* of turn_ladder, by the sessions of MODEL; NULL for some */
    GPtrArray *pair_ladders;  /* the same, by its pairs */
    turn_rates *rates;        /* of what was relayed */
    turn_point_name rates_at; /* with two capture points: the one that RATES are of */
} turn_report;

turn_report *turn_report_new(const turn_model *model, const turn_judgement *judgement);
void turn_report_free(turn_report *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(turn_report, turn_report_free)

/* FILE may be NULL. */
turn_report_capture *turn_report_capture_new(const char *file);
void turn_report_capture_free(turn_report_capture *self);
/* What a capture lacks, in words. */
typedef enum turn_report_lack {
    TURN_REPORT_BYTES_MISSING, /* of TCP connections */
    TURN_REPORT_FRAGMENTS_LOST,
    TURN_REPORT_CONNECTIONS_DROPPED,
    TURN_REPORT_OUT_OF_ORDER /* packets */
} turn_report_lack;
/* Adds a sentence to WARNINGS (of char), unless COUNT is 0. */
void turn_report_warn(GPtrArray *warnings, turn_report_lack lack, guint64 count);

turn_report_message *turn_report_message_new(const turn_packet *packet,
                                             const stun_message *message);
void turn_report_message_free(turn_report_message *self);

/* Eighty columns, verdict first. Owned by the caller. */
char *turn_report_write_text(const turn_report *self, gboolean colour);

/* 0 healthy, 1 failed or degraded, 3 inconclusive. */
int turn_report_exit_status(const turn_report *self);

/* What the verdict is called, with and without a finding behind it. Static. */
const char *turn_report_title(const turn_report *self);
const char *turn_report_explanation(const turn_report *self);

/* RFC 3339 in UTC, "2017-05-20T19:52:48.704889Z", with nanoseconds where the capture is known to
 * have them. Owned by the caller. */
char *turn_report_time(const turn_report *self, guint32 capture, gint64 time);
/* "frame.number in {1,2}" for the frames of one capture. Owned by the caller; NULL without any. */
char *turn_report_filter(const turn_finding *finding, guint32 capture);
/* "stopped at step 4 of 10 (relay allocated): no answer in the 9.500 s after step 3 (Allocate with
 * credentials)". Owned by the caller; NULL when nothing is missing. */
char *turn_report_stop(const turn_stages *stages);
/* "By its clock the server is 3600.012 s ahead of the client, within 4 ms." Owned by the caller. */
char *turn_report_clock(const turn_join *join);
/* The capture of the first frame of evidence; 0 without evidence. */
guint32 turn_report_filter_capture(const turn_finding *finding);

#endif
