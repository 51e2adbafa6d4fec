/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/report/text_ladder.h"

#include "turn/report/printable.h"
#include "turn/report/text_private.h"
#include "turn/report/words.h"
#include "turn/report/wrap.h"

#include <string.h>

/* Between two lifelines. */
#define LANE 6u
/* Where the text of a step begins. */
#define TEXT_COLUMN 39
/* And its details, further on. */
#define DETAILS_GAP 2

typedef struct ladder_writer {
    text_writer text;
    GHashTable *told; /* details that need not be told again, borrowed from the ladder */
    gboolean several_peers;
    const turn_text_style *style;
} ladder_writer;

char *text_since(gint64 nanoseconds) {
    const gint64 microseconds = ABS(nanoseconds) / 1000;

    return g_strdup_printf("%s%" G_GINT64_FORMAT ".%06" G_GINT64_FORMAT, nanoseconds < 0 ? "-" : "",
                           microseconds / 1000000, microseconds % 1000000);
}

/* The three lifelines with the arrow of STEP; what goes through the relay crosses the server's. */
static void append_lanes(GString *out, const turn_step *step) {
    const gsize first = MIN(step->from, step->to) * (LANE + 1);
    const gsize last = MAX(step->from, step->to) * (LANE + 1);
    const gboolean through = last - first > LANE + 1;
    char shaft = through ? '=' : '-';
    char lanes[] = "|      |      |";

    if (step->kind == TURN_STEP_MEDIA) {
        shaft = '.';
    }
    if (step->from != step->to) {
        memset(lanes + first + 1, shaft, last - first - 1);
        if (step->from < step->to) {
            lanes[last - 1] = '>';
        } else {
            lanes[first + 1] = '<';
        }
    }
    g_string_append(out, lanes);
}

static char *media_text(const turn_step *step, gint64 begin) {
    GString *text = g_string_new(NULL);
    g_autofree char *packets = turn_words_number(step->packets);
    g_autofree char *bytes = turn_words_bytes(step->bytes);
    g_autofree char *lasted = turn_words_tenths(MAX(step->last.time - step->seen.time, 0));
    g_autofree char *pauses = turn_words_pauses(step, begin);

    g_string_append_printf(text, "%s packet%s %s, %s", packets, step->packets == 1 ? "" : "s",
                           step->way, bytes);
    if (step->packets > 1) {
        g_string_append_printf(text, ", %s s, to frame %u", lasted, step->last.frame);
    }
    if (pauses != NULL) {
        g_string_append_printf(text, ", %s", pauses);
    }
    return g_string_free(text, FALSE);
}

static char *step_text(const turn_step *step, gint64 begin) {
    GString *text;

    if (step->kind == TURN_STEP_MEDIA) {
        return media_text(step, begin);
    }
    text = g_string_new(step->name);
    if (step->code != 0) {
        g_string_append_printf(text, ", %u \"%s\"", step->code,
                               step->reason != NULL ? step->reason : "");
    }
    if (step->repeat != TURN_REPEAT_NONE) {
        g_string_append_printf(text, " (%s)", turn_repeat_name(step->repeat));
    }
    /* Where a message is sent again, it stands at the first time. */
    if (step->fate == TURN_FATE_UNANSWERED && step->repeat == TURN_REPEAT_NONE) {
        g_string_append(text, ", no answer");
    }
    return g_string_free(text, FALSE);
}

/* Who asks, and of whom, is the same in one request after the other. */
static gboolean is_told(ladder_writer *writer, const char *detail) {
    return (g_str_has_prefix(detail, "user ") || g_str_has_prefix(detail, "realm ")) &&
           !g_hash_table_add(writer->told, (gpointer)detail);
}

static void append_detail(GString *line, const char *detail) {
    g_string_append_printf(line, "%s%s", line->len > 0 ? ", " : "", detail);
}

/* What stands below the name of STEP; "" for nothing. Owned by the caller. */
static char *details_text(ladder_writer *writer, const turn_step *step) {
    GString *line = g_string_new(NULL);
    char peer[STUN_ADDRESS_TEXT];

    stun_address_format(&step->peer, peer, sizeof peer);
    if (writer->several_peers && *peer != '\0') {
        g_string_append_printf(line, "peer %s", peer);
    }
    for (guint i = 0; i < step->details->len; i++) {
        const char *detail = g_ptr_array_index(step->details, i);

        if (!is_told(writer, detail)) {
            append_detail(line, detail);
        }
    }
    return g_string_free(line, FALSE);
}

/* On a wide terminal the details stand behind the name where both fit. */
static gboolean fits_behind(const ladder_writer *writer, const char *name, const char *details) {
    g_autofree char *safe_name = turn_printable_text(name);
    g_autofree char *safe_details = turn_printable_text(details);

    return *details != '\0' && writer->style->width > TURN_WRAP_WIDTH &&
           TEXT_COLUMN + turn_wrap_columns(safe_name) + DETAILS_GAP +
                   turn_wrap_columns(safe_details) <=
               writer->style->width;
}

/* Behind FIRST, which is what stands left of the text. */
static void write_text(ladder_writer *writer, const turn_step *step, gint64 begin,
                       const char *first) {
    const gsize width = writer->style->width;
    g_autofree char *name = step_text(step, begin);
    g_autofree char *details = details_text(writer, step);

    if (fits_behind(writer, name, details)) {
        g_autofree char *line = g_strdup_printf("%s%*s%s", name, DETAILS_GAP, "", details);

        turn_wrap_append_in(writer->text.out, width, first, line);
        return;
    }
    turn_wrap_append_in(writer->text.out, width, first, name);
    if (*details != '\0') {
        g_autofree char *below = g_strnfill(TEXT_COLUMN + DETAILS_GAP, ' ');

        turn_wrap_append_in(writer->text.out, width, below, details);
    }
}

static void write_marks(ladder_writer *writer, const turn_step *step) {
    g_autofree char *blanks = g_strnfill(TEXT_COLUMN, ' ');
    g_autofree char *first = g_strconcat(blanks, "* ", NULL);

    for (guint i = 0; i < step->marks->len; i++) {
        const turn_ladder_mark *mark = &g_array_index(step->marks, turn_ladder_mark, i);
        g_autofree char *text =
            g_strdup_printf(" %s: %s", mark->finding->cause->identifier, mark->summary);

        text_level(writer->text.out, writer->style, first, mark->finding->level, text);
    }
}

static void write_step(ladder_writer *writer, const turn_step *step, gint64 begin) {
    const gboolean several = writer->text.report->captures->len > 1;
    g_autofree char *since = text_since(step->seen.time - begin);
    g_autofree char *frame =
        several ? g_strdup_printf("%u:%u", step->seen.capture + 1, step->seen.frame)
                : g_strdup_printf("%u", step->seen.frame);
    g_autoptr(GString) first = g_string_new(NULL);

    g_string_append_printf(first, "%12s %8s  ", since, frame);
    append_lanes(first, step);
    /* A long time, or the number of a late frame, takes room from the gap. */
    do {
        g_string_append_c(first, ' ');
    } while (first->len < TEXT_COLUMN);
    write_text(writer, step, begin, first->str);
    write_marks(writer, step);
}

/* One peer is named once; of several each step names its own. */
static void write_peer(text_writer *writer, const turn_session *session) {
    char text[STUN_ADDRESS_TEXT];

    if (session->peers->len != 1) {
        return;
    }
    stun_address_format(&((const turn_peer *)g_ptr_array_index(session->peers, 0))->address, text,
                        sizeof text);
    g_string_append_printf(writer->out, "  The peer is %s.\n",
                           *text != '\0' ? text : "one whose address the capture does not show");
}

static void write_head(text_writer *writer, const turn_ladder *ladder,
                       const turn_text_style *style) {
    const turn_session *session = ladder->session;
    const GPtrArray *findings = writer->report->judgement->findings;
    g_autofree char *line = turn_words_session(session);
    g_autofree char *begun =
        turn_report_time(writer->report, session->first.capture, ladder->begin);
    g_autofree char *note = g_strdup_printf(
        "Time is in seconds since the session began, %s%s. Arrows of = go through the relay, "
        "those of dots stand for packets that are no STUN.",
        begun, writer->report->captures->len > 1 ? "; frames are CAPTURE:FRAME" : "");

    turn_wrap_append_in(writer->out, style->width, "", line);
    for (guint i = 0; i < findings->len; i++) {
        const turn_finding *finding = g_ptr_array_index(findings, i);
        g_autofree char *text =
            g_strdup_printf(" %s: %s", finding->cause->identifier, finding->cause->title);

        if (finding->session == session) {
            text_level(writer->out, style, "  ", finding->level, text);
        }
    }
    turn_wrap_append_in(writer->out, style->width, "  ", note);
    write_peer(writer, session);
    if (ladder->dropped > 0) {
        g_autofree char *dropped = g_strdup_printf(
            "The capture has %" G_GUINT64_FORMAT " STUN messages more than are kept, and those of "
            "this session may be among them. Split the capture by time.",
            ladder->dropped);

        turn_wrap_append_in(writer->out, style->width, "  ", dropped);
    }
    if (session->protocol > TURN_PROTOCOL_TCP) {
        turn_wrap_append(writer->out, "  ",
                         "The session is encrypted: its messages cannot be read.");
    }
}

char *turn_ladder_write_text(const turn_ladder *ladder, const turn_report *report,
                             const turn_text_style *style) {
    g_autoptr(GHashTable) told = g_hash_table_new(g_str_hash, g_str_equal);
    ladder_writer writer = {
        .text = {.out = g_string_new(NULL), .report = report, .colour = style->colour},
        .told = told,
        .several_peers = ladder->session->peers->len > 1,
        .style = style,
    };

    write_head(&writer.text, ladder, style);
    g_string_append(writer.text.out, "\n        Time    Frame  Client Server  Peer\n");
    for (guint i = 0; i < ladder->steps->len; i++) {
        write_step(&writer, g_ptr_array_index(ladder->steps, i), ladder->begin);
    }
    return g_string_free(writer.text.out, FALSE);
}
