/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/report/report.h"

#include <string.h>

#define SECOND G_GINT64_CONSTANT(1000000000)

turn_report *turn_report_new(const turn_model *model, const turn_judgement *judgement) {
    turn_report *self = g_new0(turn_report, 1);

    self->captures = g_ptr_array_new_with_free_func((GDestroyNotify)turn_report_capture_free);
    self->model = model;
    self->judgement = judgement;
    return self;
}

void turn_report_free(turn_report *self) {
    if (self == NULL) {
        return;
    }
    g_ptr_array_unref(self->captures);
    if (self->messages != NULL) {
        g_ptr_array_unref(self->messages);
    }
    g_free(self->points_note);
    g_clear_pointer(&self->ladders, g_ptr_array_unref);
    g_clear_pointer(&self->pair_ladders, g_ptr_array_unref);
    g_free(self->rates);
    g_free(self);
}

turn_report_capture *turn_report_capture_new(const char *file) {
    turn_report_capture *self = g_new0(turn_report_capture, 1);

    self->file = file != NULL ? g_filename_display_name(file) : NULL;
    self->warnings = g_ptr_array_new_with_free_func(g_free);
    return self;
}

void turn_report_capture_free(turn_report_capture *self) {
    if (self == NULL) {
        return;
    }
    g_free(self->file);
    g_free(self->format);
    g_free(self->link_type);
    g_free(self->link_text);
    g_ptr_array_unref(self->warnings);
    g_free(self);
}

void turn_report_warn(GPtrArray *warnings, turn_report_lack lack, guint64 count) {
    static const struct {
        const char *one;
        const char *many;
    } words[] = {
        [TURN_REPORT_BYTES_MISSING] = {"byte of a TCP connection is not in the capture",
                                       "bytes of TCP connections are not in the capture"},
        [TURN_REPORT_FRAGMENTS_LOST] = {"IP datagram lacks fragments in the capture",
                                        "IP datagrams lack fragments in the capture"},
        [TURN_REPORT_CONNECTIONS_DROPPED] =
            {"TCP connection was given up: there were too many at a time",
             "TCP connections were given up: there were too many at a time"},
        [TURN_REPORT_OUT_OF_ORDER] = {"packet is out of order by more than a second",
                                      "packets are out of order by more than a second"},
    };

    if (count > 0) {
        g_ptr_array_add(warnings, g_strdup_printf("%" G_GUINT64_FORMAT " %s", count,
                                                  count == 1 ? words[lack].one : words[lack].many));
    }
}

turn_report_message *turn_report_message_new(const turn_packet *packet,
                                             const stun_message *message) {
    turn_report_message *self = g_new0(turn_report_message, 1);
    stun_attr_iter iter = stun_attr_iter_over(message);
    char name[64];
    stun_attr attr;

    self->seen = turn_seen_at(packet);
    self->type = message->type;
    stun_message_format_type(message, name, sizeof name);
    self->name = g_strdup(name);
    memcpy(self->transaction_id, stun_message_transaction_id(message), sizeof self->transaction_id);
    self->has_cookie = message->has_cookie;
    self->attributes = g_array_new(FALSE, FALSE, sizeof(turn_report_attribute));
    while (stun_attr_iter_next(&iter, &attr)) {
        const turn_report_attribute attribute = {.type = attr.type, .length = attr.length};

        g_array_append_val(self->attributes, attribute);
    }
    return self;
}

void turn_report_message_free(turn_report_message *self) {
    if (self == NULL) {
        return;
    }
    g_free(self->name);
    g_array_unref(self->attributes);
    g_free(self);
}

int turn_report_exit_status(const turn_report *self) {
    switch (self->judgement->level) {
    case TURN_LEVEL_HEALTHY:
        return 0;
    case TURN_LEVEL_INCONCLUSIVE:
        return 3;
    default:
        return 1;
    }
}

/* Without a session, only checks between the two ends can have made the capture healthy. */
static gboolean has_sessions(const turn_report *self) {
    return self->model->sessions->len > 0;
}

const char *turn_report_title(const turn_report *self) {
    if (self->judgement->first != NULL) {
        return self->judgement->first->cause->title;
    }
    return has_sessions(self) ? "TURN works in this capture"
                              : "Checks go both ways in this capture; no TURN session is in it";
}

const char *turn_report_explanation(const turn_report *self) {
    if (self->judgement->first != NULL) {
        return self->judgement->first->cause->explanation;
    }
    if (!has_sessions(self)) {
        return "The two ends reach each other: connectivity checks were answered in both "
               "directions, "
               "and no fault was seen. Whether one of the ends is a relay of a TURN server cannot "
               "be "
               "told here. If the call failed all the same, the reason is not on this path.";
    }
    return "Checks or data went both ways through the relay, and no fault was seen. If the call "
           "failed all the same, the reason is not in TURN: look at signalling, certificates, DNS "
           "and the policy of the conference.";
}

char *turn_report_time(const turn_report *self, guint32 capture, gint64 time) {
    const turn_report_capture *of =
        capture < self->captures->len ? g_ptr_array_index(self->captures, capture) : NULL;
    /* Times before 1970 stand in damaged captures: keep the fraction positive. */
    const gint64 seconds = time >= 0 ? time / SECOND : -((-time + SECOND - 1) / SECOND);
    const gint64 fraction = time - seconds * SECOND;
    g_autoptr(GDateTime) when = g_date_time_new_from_unix_utc(seconds);
    g_autofree char *text = NULL;

    if (when == NULL) {
        return g_strdup_printf("%" G_GINT64_FORMAT, time);
    }
    text = g_date_time_format(when, "%Y-%m-%dT%H:%M:%S");
    if (of != NULL && of->nanoseconds) {
        return g_strdup_printf("%s.%09" G_GINT64_FORMAT "Z", text, fraction);
    }
    return g_strdup_printf("%s.%06" G_GINT64_FORMAT "Z", text, fraction / 1000);
}

guint32 turn_report_filter_capture(const turn_finding *finding) {
    return finding->evidence->len > 0
               ? g_array_index(finding->evidence, turn_evidence, 0).seen.capture
               : 0;
}

char *turn_report_filter(const turn_finding *finding, guint32 capture) {
    GString *out = g_string_new("frame.number in {");
    const gsize empty = out->len;

    for (guint i = 0; i < finding->evidence->len; i++) {
        const turn_seen *seen = &g_array_index(finding->evidence, turn_evidence, i).seen;

        if (seen->capture == capture) {
            g_string_append_printf(out, "%s%u", out->len > empty ? "," : "", seen->frame);
        }
    }
    if (out->len == empty) {
        g_string_free(out, TRUE);
        return NULL;
    }
    g_string_append_c(out, '}');
    return g_string_free(out, FALSE);
}
