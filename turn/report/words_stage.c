/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/report/words.h"

#define MILLISECOND G_GINT64_CONSTANT(1000000)

/* Not printf's %f: its point depends on the locale. */
char *turn_words_seconds(gint64 nanoseconds) {
    const gint64 milliseconds = (ABS(nanoseconds) + MILLISECOND / 2) / MILLISECOND;

    return g_strdup_printf("%s%" G_GINT64_FORMAT ".%03" G_GINT64_FORMAT,
                           nanoseconds < 0 && milliseconds > 0 ? "-" : "", milliseconds / 1000,
                           milliseconds % 1000);
}

char *turn_words_milliseconds(gint64 nanoseconds) {
    const gint64 tenths = (nanoseconds + MILLISECOND / 20) / (MILLISECOND / 10);

    return g_strdup_printf("%" G_GINT64_FORMAT ".%" G_GINT64_FORMAT, tenths / 10, tenths % 10);
}

static const turn_stage *stage_at(const turn_stages *stages, guint index) {
    return &g_array_index(stages->list, turn_stage, index);
}

/* "10.0 ms", "0.900 s". */
static char *short_time(gint64 nanoseconds) {
    const gboolean small = nanoseconds < 100 * MILLISECOND;
    g_autofree char *number =
        small ? turn_words_milliseconds(nanoseconds) : turn_words_seconds(nanoseconds);

    return g_strdup_printf("%s %s", number, small ? "ms" : "s");
}

/* "10.0 ms after step 3 (Allocate with credentials)"; NULL when it cannot be told. */
static char *wait_text(const turn_stages *stages) {
    const turn_stage *after = stages->after < stages->at ? stage_at(stages, stages->after) : NULL;
    g_autofree char *time = NULL;

    if (stages->wait < 0) {
        return NULL;
    }
    time = short_time(stages->wait);
    if (after != NULL && after->seen.frame == stages->from.frame &&
        after->seen.capture == stages->from.capture) {
        return g_strdup_printf("%s after step %u (%s)", time, stages->after + 1, after->title);
    }
    return g_strdup_printf("%s after frame %u", time, stages->from.frame);
}

static char *refusal_text(const turn_stages *stages, const char *wait) {
    return g_strdup_printf(
        "refused with %u%s%s%s%s%s", stages->code, stages->reason != NULL ? " \"" : "",
        stages->reason != NULL ? stages->reason : "", stages->reason != NULL ? "\"" : "",
        wait != NULL ? ", " : "", wait != NULL ? wait : "");
}

static char *why_text(const turn_stages *stages) {
    static const struct {
        const char *text;
        const char *with_wait;
    } words[] = {
        [TURN_STOP_UNANSWERED] = {"no answer", "no answer in the %s"},
        [TURN_STOP_CLOSED] = {"the connection was closed", "the connection was closed %s"},
        [TURN_STOP_UNREACHABLE] = {"ICMP says that it cannot be reached",
                                   "ICMP says that it cannot be reached, %s"},
        [TURN_STOP_RELEASED] = {"the client gave up", "the client gave up %s"},
        [TURN_STOP_NOT_TRIED] = {"no further step", "no further step in the %s"},
        [TURN_STOP_CAPTURE_ENDS] = {"the capture ends", "the capture ends %s"},
        [TURN_STOP_ONE_DIRECTION] = {"the capture shows one direction only", NULL},
        [TURN_STOP_BYTES_MISSING] = {"not in those bytes that the capture has", NULL},
    };
    g_autofree char *wait = wait_text(stages);

    switch (stages->stop) {
    case TURN_STOP_REFUSED:
        return refusal_text(stages, wait);
    case TURN_STOP_ONE_WAY:
        return g_strdup_printf("data went %s only",
                               stages->ways == TURN_WAYS_TO_PEER ? "to the peer" : "from the peer");
    default:
        break;
    }
    if (wait == NULL || words[stages->stop].with_wait == NULL) {
        return g_strdup(words[stages->stop].text);
    }
    {
        g_auto(GStrv) parts = g_strsplit(words[stages->stop].with_wait, "%s", 2);

        return g_strconcat(parts[0], wait, parts[1], NULL);
    }
}

char *turn_report_stop(const turn_stages *stages) {
    g_autofree char *why = NULL;

    if (stages->stop == TURN_STOP_NONE) {
        return NULL;
    }
    why = why_text(stages);
    return g_strdup_printf("stopped at step %u of %u (%s): %s", stages->at + 1, stages->list->len,
                           stage_at(stages, stages->at)->title, why);
}

static void append_step_time(GString *line, const turn_stages *stages, const char *id,
                             const char *words) {
    for (guint i = 0; i < stages->list->len; i++) {
        const turn_stage *stage = stage_at(stages, i);

        gint64 after;

        if (g_str_equal(stage->id, id) && stage->state == TURN_STAGE_REACHED &&
            turn_stages_time(stages, &stage->seen, &after)) {
            g_autofree char *seconds = turn_words_seconds(after);

            g_string_append_printf(line, ", %s after %s s", words, seconds);
        }
    }
}

/* Nothing is missing. */
static char *complete_text(const turn_stages *stages) {
    GString *line = g_string_new(NULL);
    guint unseen = 0;

    for (guint i = 0; i < stages->list->len; i++) {
        unseen += stage_at(stages, i)->state == TURN_STAGE_PASSED ? 1 : 0;
    }
    g_string_append_printf(line, "all %u steps", stages->list->len);
    if (unseen > 0) {
        g_string_append_printf(line, ", %u of them not in this capture", unseen);
    }
    append_step_time(line, stages, "allocated", "relay");
    append_step_time(line, stages, "check-answered", "first check answered");
    append_step_time(line, stages, "data", "data both ways");
    return g_string_free(line, FALSE);
}

char *turn_words_progress(const turn_stages *stages) {
    char *stop = turn_report_stop(stages);

    return stop != NULL ? stop : complete_text(stages);
}

const char *turn_words_step(const turn_stage *stage) {
    switch (stage->state) {
    case TURN_STAGE_PASSED:
        return "not in this capture";
    case TURN_STAGE_FAILED:
        return "failed";
    default:
        return "not reached";
    }
}

char *turn_words_patience(const turn_report *report, const turn_stages *stages) {
    g_autofree char *when = NULL;
    turn_seen gives_up;

    if (!turn_stages_patience(stages, &gives_up)) {
        return NULL;
    }
    when = turn_words_clock(report, &gives_up);
    return g_strdup_printf("If the client is CMS: it waits about 3 s for a relay candidate, until "
                           "%s here; its log then has \"ICE failure; relay candidate creation "
                           "timeout\".",
                           when);
}
