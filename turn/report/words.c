/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/report/words.h"

#include <string.h>

const char *turn_words_level(turn_level level) {
    static const char *const words[] = {
        [TURN_LEVEL_FAILED] = "FAILED",
        [TURN_LEVEL_DEGRADED] = "DEGRADED",
        [TURN_LEVEL_INCONCLUSIVE] = "INCONCLUSIVE",
        [TURN_LEVEL_HEALTHY] = "HEALTHY",
    };

    return words[level];
}

char *turn_words_number(guint64 number) {
    g_autofree char *digits = g_strdup_printf("%" G_GUINT64_FORMAT, number);
    const gsize length = strlen(digits);
    GString *out = g_string_new(NULL);

    for (gsize i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0) {
            g_string_append_c(out, ',');
        }
        g_string_append_c(out, digits[i]);
    }
    return g_string_free(out, FALSE);
}

char *turn_words_clock(const turn_report *report, const turn_seen *seen) {
    g_autofree char *full = turn_report_time(report, seen->capture, seen->time);
    char *clock = strchr(full, 'T');

    if (clock == NULL) {
        return g_strdup(full);
    }
    clock[strlen(clock) - 1] = '\0';
    return g_strdup(clock + 1);
}

/* Of the captures only one was taken at this one's place. */
static gboolean is_alone(const turn_report *report, const char *point) {
    guint count = 0;

    for (guint i = 0; i < report->captures->len; i++) {
        const turn_report_capture *capture = g_ptr_array_index(report->captures, i);

        count += g_strcmp0(capture->point, point) == 0 ? 1 : 0;
    }
    return count == 1;
}

char *turn_words_capture(const turn_report *report, guint32 index) {
    const turn_report_capture *capture =
        index < report->captures->len ? g_ptr_array_index(report->captures, index) : NULL;

    if (report->captures->len <= 1) {
        return NULL;
    }
    if (report->join == NULL || capture == NULL || capture->point == NULL) {
        return g_strdup_printf("capture %u", index + 1);
    }
    return is_alone(report, capture->point)
               ? g_strdup(capture->point)
               : g_strdup_printf("%s, capture %u", capture->point, index + 1);
}

static void filter_free(gpointer data) {
    turn_words_filter *filter = data;

    g_free(filter->capture);
    g_free(filter->filter);
    g_free(filter);
}

static void add_filter(GPtrArray *all, char *capture, char *text) {
    turn_words_filter *filter = g_new0(turn_words_filter, 1);

    filter->capture = capture;
    filter->filter = text;
    g_ptr_array_add(all, filter);
}

GPtrArray *turn_words_filters(const turn_report *report, const turn_finding *finding) {
    GPtrArray *all = g_ptr_array_new_with_free_func(filter_free);

    if (report->join == NULL) {
        char *text = turn_report_filter(finding, turn_report_filter_capture(finding));

        if (text != NULL) {
            add_filter(all, NULL, text);
        }
        return all;
    }
    for (guint32 i = 0; i < report->captures->len; i++) {
        char *text = turn_report_filter(finding, i);

        if (text != NULL) {
            add_filter(all, turn_words_capture(report, i), text);
        }
    }
    return all;
}

guint turn_words_group_end(const turn_report *report, guint index) {
    const GPtrArray *findings = report->judgement->findings;
    const turn_finding *first = g_ptr_array_index(findings, index);

    for (index++; index < findings->len; index++) {
        const turn_finding *other = g_ptr_array_index(findings, index);

        if (other->cause != first->cause || other->level != first->level) {
            break;
        }
    }
    return index;
}

char *turn_words_next(const turn_next *next) {
    char *line = g_strdup_printf("%s, from %s until %s. %s", next->where, next->from, next->until,
                                 next->what);

    *line = g_ascii_toupper(*line);
    return line;
}

GPtrArray *turn_words_unknowns(const turn_report *report) {
    GPtrArray *all = g_ptr_array_new();

    for (guint i = 0; i < report->judgement->unknowns->len; i++) {
        g_ptr_array_add(all, g_ptr_array_index(report->judgement->unknowns, i));
    }
    for (guint i = 0; i < report->captures->len; i++) {
        const turn_report_capture *capture = g_ptr_array_index(report->captures, i);

        for (guint k = 0; k < capture->warnings->len; k++) {
            g_ptr_array_add(all, g_ptr_array_index(capture->warnings, k));
        }
    }
    return all;
}

char *turn_words_more(const turn_report *report, guint more, const char *something, guint kept) {
    g_autofree char *things = something != NULL ? g_strconcat(" ", something, NULL) : g_strdup("");
    g_autofree char *number = kept > 0 ? g_strdup_printf("all %u", kept) : g_strdup("those");
    const gboolean has_all = report->model == NULL || !report->model->limit_reached;

    if (has_all) {
        return g_strdup_printf("and %u more%s; turnpcap report --format json has all of them", more,
                               things);
    }
    return g_strdup_printf("and %u more%s, of those that turnpcap keeps; turnpcap report --format "
                           "json has %s that are kept",
                           more, things, number);
}
