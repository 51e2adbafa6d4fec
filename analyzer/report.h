/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One result, many forms: what a report says, and the writers of each form. The writers print what
 * is here and conclude nothing. Text that came from a capture is made harmless by the writer. */
#ifndef ANALYZER_REPORT_H
#define ANALYZER_REPORT_H

#include "stun/message.h"
#include "turn/findings.h"

typedef struct report_capture {
    char *file;
    char *format;    /* "pcap, microseconds" */
    char *link_type; /* "EN10MB" */
    char *link_text; /* "Ethernet" */
    gboolean nanoseconds;
    guint64 packets;
    guint64 bytes;
    gint64 first; /* nanoseconds since 1970 UTC; both 0 without packets */
    gint64 last;
    guint32 snap_length;
    guint64 packets_cut;
    guint64 tcp_bytes_missing;
    GPtrArray *warnings; /* of char */
} report_capture;

typedef struct report_attribute {
    guint16 type;
    guint16 length;
} report_attribute;

/* A STUN message, for those who compare with another program. */
typedef struct report_message {
    turn_seen seen;
    guint16 type;
    char *name;
    guint8 transaction_id[STUN_TRANSACTION_ID_SIZE];
    gboolean has_cookie;
    GArray *attributes; /* of report_attribute */
} report_message;

typedef struct report {
    GPtrArray *captures; /* of report_capture */
    GPtrArray *messages; /* of report_message; NULL when not asked for */
    const turn_model *model;
    const turn_judgement *judgement;
} report;

report *report_new(const turn_model *model, const turn_judgement *judgement);
void report_free(report *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(report, report_free)

report_capture *report_capture_new(const char *file);
void report_capture_free(report_capture *self);
report_message *report_message_new(const turn_packet *packet, const stun_message *message);
void report_message_free(report_message *self);

/* Eighty columns, verdict first. Owned by the caller. */
char *report_write_text(const report *self, gboolean colour);
/* One object, version 1 of the schema in report.schema.json. Owned by the caller. */
char *report_write_json(const report *self);

/* 0 healthy, 1 failed or degraded, 3 inconclusive. */
int report_exit_status(const report *self);

/* What the verdict is called, with and without a finding behind it. Static. */
const char *report_title(const report *self);
const char *report_explanation(const report *self);

/* RFC 3339 in UTC, "2017-05-20T19:52:48.704889Z", with nanoseconds where the capture has them. */
char *report_time(const report *self, guint32 capture, gint64 time);
/* "frame.number in {1,2}" for the frames of one capture. Owned by the caller; NULL without any. */
char *report_filter(const turn_finding *finding, guint32 capture);
/* The capture of the first frame of evidence; 0 without evidence. */
guint32 report_filter_capture(const turn_finding *finding);

#endif
