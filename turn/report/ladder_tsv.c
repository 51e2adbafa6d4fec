/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/report/ladder_tsv.h"

#include "turn/report/printable.h"
#include "turn/report/text_private.h"

typedef enum column {
    CAPTURE,
    FRAME,
    TIME,
    SINCE,
    KIND,
    FROM,
    TO,
    NAME,
    CODE,
    REASON,
    PEER,
    DETAILS,
    REPEAT,
    PACKETS,
    BYTES,
    LAST_FRAME,
    SECONDS,
    FINDINGS,
    OUTCOME,
    COLUMNS
} column;

/* As the members of a step in JSON. */
static const char *const names[COLUMNS] = {
    [CAPTURE] = "capture", [FRAME] = "frame",
    [TIME] = "time",       [SINCE] = "since",
    [KIND] = "kind",       [FROM] = "from",
    [TO] = "to",           [NAME] = "name",
    [CODE] = "code",       [REASON] = "reason",
    [PEER] = "peer",       [DETAILS] = "details",
    [REPEAT] = "repeat",   [PACKETS] = "packets",
    [BYTES] = "bytes",     [LAST_FRAME] = "last_frame",
    [SECONDS] = "seconds", [FINDINGS] = "findings",
    [OUTCOME] = "outcome",
};

typedef struct row {
    char *cells[COLUMNS]; /* owned, and harmless already; NULL where there is nothing */
} row;

static void row_clear(row *self) {
    for (gsize i = 0; i < COLUMNS; i++) {
        g_free(self->cells[i]);
    }
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(row, row_clear)

static void set_number(row *into, column at, guint64 number) {
    into->cells[at] = g_strdup_printf("%" G_GUINT64_FORMAT, number);
}

static void set_text(row *into, column at, const char *text) {
    into->cells[at] = turn_printable_cell(text);
}

static void set_details(row *into, const turn_step *step) {
    g_autoptr(GString) line = g_string_new(NULL);

    for (guint i = 0; i < step->details->len; i++) {
        g_string_append_printf(line, "%s%s", i > 0 ? "; " : "",
                               (const char *)g_ptr_array_index(step->details, i));
    }
    set_text(into, DETAILS, line->str);
}

static void set_findings(row *into, const turn_step *step) {
    g_autoptr(GString) line = g_string_new(NULL);

    for (guint i = 0; i < step->marks->len; i++) {
        const turn_ladder_mark *mark = &g_array_index(step->marks, turn_ladder_mark, i);

        g_string_append_printf(line, "%s%s %s", i > 0 ? "; " : "",
                               turn_level_name(mark->finding->level),
                               mark->finding->cause->identifier);
    }
    set_text(into, FINDINGS, line->str);
}

static void set_media(row *into, const turn_step *step) {
    if (step->kind == TURN_STEP_MEDIA) {
        set_number(into, PACKETS, step->packets);
        set_number(into, BYTES, step->bytes);
        set_number(into, LAST_FRAME, step->last.frame);
        into->cells[SECONDS] = text_since(MAX(step->last.time - step->seen.time, 0));
    }
}

static void set_way(row *into, const turn_step *step) {
    char peer[STUN_ADDRESS_TEXT];

    if (step->from != step->to) {
        set_text(into, FROM, turn_lane_name(step->from));
        set_text(into, TO, turn_lane_name(step->to));
    }
    stun_address_format(&step->peer, peer, sizeof peer);
    set_text(into, PEER, peer);
}

static void fill(row *into, const turn_step *step, const turn_report *report, gint64 begin) {
    set_number(into, CAPTURE, step->seen.capture);
    set_number(into, FRAME, step->seen.frame);
    into->cells[TIME] = turn_report_time(report, step->seen.capture, step->seen.time);
    into->cells[SINCE] = text_since(step->seen.time - begin);
    set_text(into, KIND, turn_step_kind_name(step->kind));
    set_way(into, step);
    set_text(into, NAME, step->name);
    if (step->code != 0) {
        set_number(into, CODE, step->code);
    }
    set_text(into, REASON, step->reason);
    set_details(into, step);
    set_text(into, REPEAT, turn_repeat_name(step->repeat));
    set_media(into, step);
    set_findings(into, step);
    if (step->fate == TURN_FATE_UNANSWERED) {
        set_text(into, OUTCOME, turn_fate_name(step->fate));
    }
}

char *turn_ladder_write_tsv(const turn_ladder *ladder, const turn_report *report) {
    GString *out = g_string_new(NULL);

    for (gsize i = 0; i < COLUMNS; i++) {
        g_string_append_printf(out, "%s%s", i > 0 ? "\t" : "", names[i]);
    }
    g_string_append_c(out, '\n');
    for (guint i = 0; i < ladder->steps->len; i++) {
        g_auto(row) cells = {{NULL}};

        fill(&cells, g_ptr_array_index(ladder->steps, i), report, ladder->begin);
        for (gsize k = 0; k < COLUMNS; k++) {
            g_string_append_printf(out, "%s%s", k > 0 ? "\t" : "",
                                   cells.cells[k] != NULL ? cells.cells[k] : "");
        }
        g_string_append_c(out, '\n');
    }
    return g_string_free(out, FALSE);
}
