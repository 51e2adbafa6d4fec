/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/html/ladder_draw.h"
#include "turn/report/words.h"

#include <string.h>

#define SECOND G_GINT64_CONSTANT(1000000000)

char *ladder_words_time(const ladder_drawing *self, gint64 time) {
    return turn_words_seconds(time - self->begin);
}

static char *name_of_media(const turn_step *step) {
    g_autofree char *packets = turn_words_number(step->packets);
    g_autofree char *bytes = turn_words_bytes(step->bytes);

    return g_strdup_printf("%s packet%s%s%s, %s", packets, step->packets == 1 ? "" : "s",
                           step->way != NULL ? " " : "", step->way != NULL ? step->way : "", bytes);
}

/* A request that was answered is told without saying that it is one. */
static char *name_of_run(const ladder_row *row) {
    g_autofree char *name = g_strdup(row->step->name);

    if (row->last != row->step && row->outcome != LADDER_OUTCOME_REQUEST &&
        row->outcome != LADDER_OUTCOME_LOST && row->outcome != LADDER_OUTCOME_UNANSWERED &&
        g_str_has_suffix(name, " Request")) {
        name[strlen(name) - strlen(" Request")] = '\0';
    }
    return g_strdup_printf("%u \xc3\x97 %s", row->count, name);
}

char *ladder_words_name(const ladder_row *row) {
    if (row->kind == LADDER_ROW_RUN) {
        return name_of_run(row);
    }
    if (row->step->kind == TURN_STEP_NOTE && row->step->marks->len > 0) {
        return g_strdup(g_array_index(row->step->marks, turn_ladder_mark, 0).summary);
    }
    return row->step->kind == TURN_STEP_MEDIA ? name_of_media(row->step)
                                              : g_strdup(row->step->name);
}

static void add(GString *text, const char *words) {
    if (words != NULL && *words != '\0') {
        g_string_append_printf(text, "%s%s", text->len > 0 ? ", " : "", words);
    }
}

static void add_until(const ladder_drawing *self, GString *text, gint64 time) {
    const gint64 since = time - self->begin;
    g_autofree char *until =
        ABS(since) < SECOND ? turn_words_seconds(since) : turn_words_tenths(since);

    g_string_append_printf(text, "%suntil %s s", text->len > 0 ? ", " : "", until);
}

static void add_media(const ladder_drawing *self, GString *text, const turn_step *step) {
    g_autofree char *pauses = turn_words_pauses(step, self->begin);
    guint64 each_second;

    if (turn_step_rate(step, &each_second)) {
        g_autofree char *rate = turn_words_rate(each_second);

        add(text, rate);
    }
    add(text, pauses);
    if (step->packets > 1) {
        add_until(self, text, step->last.time);
    }
}

/* A time between them is told as one where all are within a fifth of it. */
static char *interval_text(const ladder_row *row) {
    const gboolean even =
        row->shortest >= row->every - row->every / 5 && row->longest <= row->every + row->every / 5;
    g_autofree char *mean = turn_words_tenths(row->every);
    g_autofree char *shortest = turn_words_tenths(MAX(row->shortest, 0));
    g_autofree char *longest = turn_words_tenths(row->longest);

    if (even || g_str_equal(shortest, longest)) {
        return g_strdup_printf("every %s s", mean);
    }
    return g_strdup_printf("%s to %s s apart", shortest, longest);
}

static void add_run(const ladder_drawing *self, GString *text, const ladder_row *row) {
    static const char *const all[] = {[LADDER_OUTCOME_SUCCESS] = "all answered",
                                      [LADDER_OUTCOME_CHALLENGE] = "all challenged",
                                      [LADDER_OUTCOME_ERROR] = "all refused",
                                      [LADDER_OUTCOME_LOST] = "all lost",
                                      [LADDER_OUTCOME_UNANSWERED] = "none answered",
                                      [LADDER_OUTCOME_NOTE] = NULL};
    g_autofree char *interval = interval_text(row);

    if (row->transmissions > row->count) {
        g_string_append_printf(text, "sent %u times", row->transmissions);
    }
    if (row->every >= SECOND / 20) {
        add(text, interval);
    }
    if (row->step->cls != STUN_INDICATION) {
        add(text, all[row->outcome]);
    }
    add_until(self, text, row->last->seen.time);
}

static void add_transmissions(const ladder_drawing *self, GString *text, const ladder_row *row) {
    g_autofree char *from = ladder_words_time(self, row->step->seen.time);
    g_autofree char *to = ladder_words_time(self, row->last_sent);

    if (row->transmissions > 1) {
        g_string_append_printf(text, "%ssent %u times, %s to %s s", text->len > 0 ? ", " : "",
                               row->transmissions, from, to);
    }
    if (row->lost > 0 && row->lost < row->transmissions) {
        g_string_append_printf(text, ", %s%u of them lost", row->arrived ? "" : "at least ",
                               row->lost);
    }
    if (row->copies > 0) {
        add(text, "sent with both fingerprints");
    }
}

char *ladder_words_more(const ladder_drawing *self, const ladder_row *row) {
    GString *text = g_string_new(NULL);

    if (row->kind == LADDER_ROW_RUN) {
        add_run(self, text, row);
    } else if (row->step->kind == TURN_STEP_MEDIA) {
        add_media(self, text, row->step);
    } else if (row->step->kind == TURN_STEP_MESSAGE) {
        if (row->step->reason != NULL && *row->step->reason != '\0') {
            g_string_append_printf(text, "\"%s\"", row->step->reason);
        }
        add_transmissions(self, text, row);
    }
    return g_string_free(text, FALSE);
}

/* Who asks, and of whom, is the same in one request after the other. */
static gboolean is_told(ladder_drawing *self, const char *detail) {
    return (g_str_has_prefix(detail, "user ") || g_str_has_prefix(detail, "realm ")) &&
           !g_hash_table_add(self->told, (gpointer)detail);
}

char *ladder_words_details(ladder_drawing *self, const ladder_row *row) {
    GString *text = g_string_new(NULL);
    g_autofree char *peer = ladder_lane_peer(self->lanes, row->step);

    if (row->outcome == LADDER_OUTCOME_LOST && row->lost_on != NULL) {
        g_autofree char *leg = turn_words_leg(row->lost_on);

        g_string_append_printf(text, "lost between the two captures, %s", leg);
    }
    add(text, peer);
    for (guint i = 0; i < row->step->details->len; i++) {
        const char *detail = g_ptr_array_index(row->step->details, i);

        if (!is_told(self, detail)) {
            add(text, detail);
        }
    }
    return g_string_free(text, FALSE);
}

/* The error of a run is that of its answers. */
static guint16 code_of(const ladder_row *row) {
    return row->kind == LADDER_ROW_RUN ? row->last->code : row->step->code;
}

char *ladder_words_badge(const ladder_row *row) {
    switch (row->outcome) {
    case LADDER_OUTCOME_ERROR:
    case LADDER_OUTCOME_CHALLENGE:
        return code_of(row) > 0 ? g_strdup_printf("%u", code_of(row)) : g_strdup("error");
    case LADDER_OUTCOME_FAILURE:
    case LADDER_OUTCOME_LOST:
    case LADDER_OUTCOME_UNANSWERED:
    case LADDER_OUTCOME_NOTE:
        return g_strdup(ladder_outcome_name(row->outcome));
    default:
        return NULL;
    }
}

static char *frame_text(const ladder_drawing *self, const turn_seen *seen) {
    const guint alone = self->found->join != NULL ? TURN_POINT_COUNT : 1;

    if (seen->frame == 0) {
        return g_strdup("");
    }
    return self->found->captures->len > alone
               ? g_strdup_printf("%u:%u", seen->capture + 1, seen->frame)
               : g_strdup_printf("%u", seen->frame);
}

char *ladder_words_frame(const ladder_drawing *self, const turn_step *step, turn_point_name point) {
    const turn_point_name seen_at = self->found->join == NULL ? TURN_POINT_CLIENT : step->point;

    return frame_text(self, seen_at == point ? &step->seen : &step->there);
}

/* ", 5 of them errors, 2 lost or not answered": what is worst is told. */
static char *hidden_text(const ladder_row *row) {
    GString *text = g_string_new(NULL);

    if (row->errors > 0) {
        g_string_append_printf(text, ", %u of them %s", row->errors,
                               row->errors == 1 ? "an error" : "errors");
    }
    if (row->silent > 0) {
        g_string_append_printf(text, ", %u %slost or not answered", row->silent,
                               row->errors > 0 ? "" : "of them ");
    }
    return g_string_free(text, FALSE);
}

char *ladder_words_left_out(const ladder_drawing *self, const ladder_row *row) {
    g_autofree char *from = turn_words_tenths(row->step->seen.time - self->begin);
    g_autofree char *to = turn_words_tenths(row->last->seen.time - self->begin);
    g_autofree char *first = frame_text(self, &row->step->seen);
    g_autofree char *last = frame_text(self, &row->last->seen);
    g_autofree char *hidden = hidden_text(row);

    return g_strdup_printf("%u rows are left out here%s: %s to %s s, frames %s to %s", row->count,
                           hidden, from, to, first, last);
}
