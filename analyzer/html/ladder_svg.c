/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/html/ladder_svg.h"

#include "analyzer/html/ladder_draw.h"
#include "analyzer/html/markup.h"
#include "turn/ladders.h"

static void note(GString *out, const char *text) {
    markup_element(out, "p", "ladder-note", text);
}

static void write_notes(const ladder_drawing *self) {
    g_autofree char *begun = turn_report_time(
        self->found, ((const turn_step *)g_ptr_array_index(self->ladder->steps, 0))->seen.capture,
        self->begin);
    g_autofree char *since =
        g_strdup_printf("Seconds count from %s%s. Thin arrows with an open head ask, filled heads "
                        "answer; rings on a lane are where the relay passes a message on.",
                        begun, self->found->join != NULL ? " of the client's clock" : "");

    note(self->out, since);
    if (self->ladder->dropped > 0) {
        g_autofree char *dropped = g_strdup_printf(
            "The capture has %" G_GUINT64_FORMAT " STUN messages more than are kept, and those "
            "of this session may be among them. Split the capture by time.",
            self->ladder->dropped);

        note(self->out, dropped);
    }
}

static void write_legend(const ladder_drawing *self) {
    g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(guint));

    for (guint i = 0; i < self->rows->len; i++) {
        const ladder_row *row = g_ptr_array_index(self->rows, i);

        for (guint k = 0; k < row->findings->len; k++) {
            const guint number = finding_number(self->numbers, g_ptr_array_index(row->findings, k));

            g_array_append_val(numbers, number);
        }
    }
    finding_legend(self->out, self->found, self->numbers, numbers);
}

static void draw(GString *out, const turn_report *found, const turn_ladder *ladder, const char *id,
                 guint number) {
    g_autoptr(GHashTable) told = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(finding_numbers) numbers = finding_numbers_new(found);
    g_autoptr(GPtrArray) rows = ladder_rows_new(ladder);
    ladder_drawing drawing = {.out = out,
                              .found = found,
                              .ladder = ladder,
                              .rows = rows,
                              .numbers = numbers,
                              .told = told,
                              .begin = ladder->begin,
                              .id = id,
                              .number = number};

    markup_open(out, "figure", "ladder");
    markup_scroll(out, "Ladder");
    ladder_picture(&drawing);
    markup_close(out, "div");
    markup_open(out, "figcaption", NULL);
    write_legend(&drawing);
    write_notes(&drawing);
    ladder_table(&drawing);
    markup_close(out, "figcaption");
    markup_close(out, "figure");
    ladder_lanes_free(drawing.lanes);
}

static const turn_ladder *ladder_at(const GPtrArray *ladders, guint index) {
    return ladders != NULL && index < ladders->len ? g_ptr_array_index(ladders, index) : NULL;
}

void ladder_svg(GString *out, const turn_report *found, guint session_index) {
    const turn_ladder *ladder = ladder_at(found->ladders, session_index);
    const turn_session *session = g_ptr_array_index(found->model->sessions, session_index);

    if (session->protocol > TURN_PROTOCOL_TCP) {
        note(out, "The session is encrypted: its messages cannot be read.");
    }
    if (ladder == NULL) {
        g_autofree char *text = g_strdup_printf(
            "No ladder: only those of the %u sessions with the worst findings are drawn. Split "
            "the capture, or ask for this one: turnpcap show FILE -s %u.",
            TURN_MAX_LADDERS, session->id);

        note(out, text);
    } else if (ladder->steps->len > 0) {
        draw(out, found, ladder, "ladder", session->id);
    }
}

void ladder_svg_pair(GString *out, const turn_report *found, guint pair_index) {
    const turn_ladder *ladder = ladder_at(found->pair_ladders, pair_index);

    if (ladder != NULL && ladder->steps->len > 0) {
        draw(out, found, ladder, "ladder-pair", pair_index + 1);
    }
}
