/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/report/text_private.h"
#include "turn/report/wrap.h"

#define MILLISECOND G_GINT64_CONSTANT(1000000)

/* Not printf's %f: its point depends on the locale. */
char *text_seconds(gint64 nanoseconds) {
    const gint64 milliseconds = (ABS(nanoseconds) + MILLISECOND / 2) / MILLISECOND;

    return g_strdup_printf("%s%" G_GINT64_FORMAT ".%03" G_GINT64_FORMAT, nanoseconds < 0 ? "-" : "",
                           milliseconds / 1000, milliseconds % 1000);
}

char *text_milliseconds(gint64 nanoseconds) {
    const gint64 tenths = (nanoseconds + MILLISECOND / 20) / (MILLISECOND / 10);

    return g_strdup_printf("%" G_GINT64_FORMAT ".%" G_GINT64_FORMAT, tenths / 10, tenths % 10);
}

static const turn_stage *stage_at(const turn_stages *stages, guint index) {
    return &g_array_index(stages->list, turn_stage, index);
}

/* "10.0 ms", "0.900 s". */
static char *short_time(gint64 nanoseconds) {
    const gboolean small = nanoseconds < 100 * MILLISECOND;
    g_autofree char *number = small ? text_milliseconds(nanoseconds) : text_seconds(nanoseconds);

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
        [TURN_STOP_NOT_TRIED] = {"nothing more came", "nothing more came in the %s"},
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

        if (g_str_equal(stage->id, id) && stage->state == TURN_STAGE_REACHED) {
            g_autofree char *seconds = text_seconds(stage->seen.time - stages->start.time);

            g_string_append_printf(line, ", %s after %s s", words, seconds);
        }
    }
}

/* Nothing is missing. */
static void complete_line(text_writer *writer, const turn_stages *stages) {
    g_autoptr(GString) line = g_string_new(NULL);
    guint unseen = 0;

    for (guint i = 0; i < stages->list->len; i++) {
        unseen += stage_at(stages, i)->state == TURN_STAGE_PASSED ? 1 : 0;
    }
    g_string_append_printf(line, "Stage: all %u steps", stages->list->len);
    if (unseen > 0) {
        g_string_append_printf(line, ", %u of them not in this capture", unseen);
    }
    append_step_time(line, stages, "allocated", "relay");
    append_step_time(line, stages, "check-answered", "first check answered");
    append_step_time(line, stages, "data", "data both ways");
    turn_wrap_append(writer->out, "     ", line->str);
}

/* "   4. relay allocated            frame 2      19:52:48.714894    0.010 s"; where there are
 * several captures their names take the place of the clock. */
static void step_line(text_writer *writer, const turn_stages *stages, guint index) {
    const turn_stage *stage = stage_at(stages, index);
    const gboolean stopped = index == stages->at;
    const turn_seen *seen = stopped ? &stages->seen : &stage->seen;
    g_autofree char *first =
        g_strdup_printf("     %s%2u. ", stage->state == TURN_STAGE_FAILED ? "x " : "  ", index + 1);
    g_autofree char *line = NULL;

    if (seen->frame != 0) {
        g_autofree char *capture = text_capture(writer, seen->capture);
        g_autofree char *clock = text_clock(writer, seen);
        g_autofree char *when = g_strdup_printf("%s ", clock);
        g_autofree char *seconds = text_seconds(seen->time - stages->start.time);

        line = g_strdup_printf("%-26s %sframe %-6u %s%8s s", stage->title, capture, seen->frame,
                               *capture == '\0' ? when : "", seconds);
    } else {
        line = g_strdup_printf("%-26s %s", stage->title,
                               stage->state == TURN_STAGE_PASSED   ? "not in this capture"
                               : stage->state == TURN_STAGE_FAILED ? "failed"
                                                                   : "not reached");
    }
    turn_wrap_append(writer->out, first, line);
}

static void patience_line(text_writer *writer, const turn_stages *stages) {
    g_autofree char *when = NULL;
    g_autofree char *line = NULL;
    turn_seen gives_up;

    if (!turn_stages_patience(stages, &gives_up)) {
        return;
    }
    when = text_clock(writer, &gives_up);
    line = g_strdup_printf("If the client is CMS: it waits about 3 s for a relay candidate, until "
                           "%s here; its log then has \"ICE failure; relay candidate creation "
                           "timeout\".",
                           when);
    turn_wrap_append(writer->out, "     ", line);
}

/* Whether something was found about the session that did not work. */
static gboolean is_at_fault(const text_writer *writer, const turn_session *session) {
    const GPtrArray *findings = writer->report->judgement->findings;

    for (guint i = 0; i < findings->len; i++) {
        const turn_finding *finding = g_ptr_array_index(findings, i);

        if (finding->session == session && finding->level <= TURN_LEVEL_DEGRADED) {
            return TRUE;
        }
    }
    return FALSE;
}

void text_stages(text_writer *writer, const turn_session *session) {
    g_autoptr(turn_stages) stages = turn_stages_of_session(writer->report->model, session);
    g_autofree char *stop = turn_report_stop(stages);
    g_autofree char *line = stop != NULL ? g_strconcat("Stage: ", stop, NULL) : NULL;

    if (stages->list->len == 0) {
        return;
    }
    if (line == NULL) {
        complete_line(writer, stages);
    } else {
        turn_wrap_append(writer->out, "     ", line);
    }
    if (turn_stop_is_fault(stages->stop) || (stop != NULL && is_at_fault(writer, session))) {
        for (guint i = 0; i <= stages->at; i++) {
            step_line(writer, stages, i);
        }
    }
    patience_line(writer, stages);
}
