/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/html/ladder_caption.h"

/* Pixels. A row has a line of text, its arrow, and a line of details where it has any. */
#define TEXT_BASE   15
#define ARROW       26
#define DETAIL_BASE 43
#define ROW         36
#define DETAIL_ROW  52
/* On the left: the marks of findings, the time, and below it the frame. */
#define MARK_MIDDLE 16
#define MARK_SPACE  26
#define PLACE_WIDTH 62
#define FRAME_WIDTH 52
#define FRAME_BASE  30
#define MARGIN      8
#define MAX_MARKS   3u
#define BAND        9
/* Without an arrow. */
#define NOTE_ROW 36
/* A run has two arrows. */
#define RUN_MORE 6
/* How far a lost message comes on the stretch where it was lost, hundredths. */
#define LOST_AT 62
/* Of one picture: those that follow have heads of their own, and each is whole on a sheet of
 * paper. */
#define PART_ROWS 18u

typedef struct arrow {
    gint from;
    gint to;
    gint y;
    guint first_lane;
    guint last_lane;
} arrow;

static const char *class_of(ladder_outcome outcome) {
    static const char *const classes[] = {
        [LADDER_OUTCOME_REQUEST] = "rung asked",       [LADDER_OUTCOME_SUCCESS] = "rung ok",
        [LADDER_OUTCOME_CHALLENGE] = "rung challenge", [LADDER_OUTCOME_ERROR] = "rung error",
        [LADDER_OUTCOME_LOST] = "rung lost",           [LADDER_OUTCOME_UNANSWERED] = "rung silent",
        [LADDER_OUTCOME_MEDIA] = "rung media",         [LADDER_OUTCOME_EVENT] = "rung tcp",
        [LADDER_OUTCOME_FAILURE] = "rung error",       [LADDER_OUTCOME_NOTE] = "rung note"};
    return classes[outcome];
}

/* Arrows */

static void head_open(GString *out, gint x, gint y, gint way) {
    svg_path(out, "shaft", "M%d %d L%d %d L%d %d", x - way * 8, y - 5, x, y, x - way * 8, y + 5);
}

static void head_filled(GString *out, gint x, gint y, gint way) {
    svg_path(out, "fill", "M%d %d L%d %d L%d %d Z", x - way * 10, y - 5, x, y, x - way * 10, y + 5);
}

static gint way_of(const arrow *of) {
    return of->to >= of->from ? 1 : -1;
}

/* Lanes that a message passes on its way through the relay. */
static void pass_through(const ladder_drawing *self, const arrow *of, gint until) {
    for (guint i = of->first_lane + 1; i < of->last_lane && i <= self->lanes->relay; i++) {
        const gint x = ladder_lane_at(self->lanes, i)->x;

        if ((until - x) * way_of(of) > 0) {
            svg_circle(self->out, "relay", x, of->y, 3);
        }
    }
}

/* Between which lanes it was lost: behind the relay, or between client and server. */
static gint lost_at(const ladder_drawing *self, const ladder_row *row, const arrow *of) {
    const turn_leg *leg = row->lost_on;
    gint from = of->from;
    gint to = of->to;

    if (self->ladder->session != NULL && (leg == NULL || leg->kind != TURN_LEG_RELAY)) {
        const gint client = ladder_lane_at(self->lanes, 0)->x;
        const gint server = ladder_lane_at(self->lanes, 1)->x;

        from = way_of(of) > 0 ? client : server;
        to = way_of(of) > 0 ? server : client;
    }
    return from + (to - from) * LOST_AT / 100;
}

static void draw_lost(const ladder_drawing *self, const ladder_row *row, const arrow *of) {
    const gint x = lost_at(self, row, of);

    svg_line(self->out, "shaft broken", of->from, of->y, x, of->y);
    svg_line(self->out, "missing", x, of->y, of->to, of->y);
    pass_through(self, of, x);
    svg_path(self->out, "shaft cross", "M%d %d l12 12 m0 -12 l-12 12", x - 6, of->y - 6);
}

static void draw_band(const ladder_drawing *self, const arrow *of) {
    const gint way = way_of(of);
    const gint neck = of->to - way * 14;

    svg_path(self->out, "band", "M%d %d L%d %d L%d %d L%d %d L%d %d L%d %d L%d %d Z", of->from,
             of->y - BAND / 2, neck, of->y - BAND / 2, neck, of->y - BAND, of->to, of->y, neck,
             of->y + BAND, neck, of->y + BAND / 2, of->from, of->y + BAND / 2);
    pass_through(self, of, of->to);
}

static void draw_shaft(const ladder_drawing *self, const arrow *of, gboolean filled) {
    const gint way = way_of(of);

    svg_line(self->out, "shaft", of->from, of->y, of->to - (filled ? way * 8 : way), of->y);
    pass_through(self, of, of->to);
    if (filled) {
        head_filled(self->out, of->to, of->y, way);
    } else {
        head_open(self->out, of->to, of->y, way);
    }
}

/* A request there, and its answer back. */
static void draw_both(const ladder_drawing *self, const arrow *of) {
    arrow there = *of;
    arrow back = *of;

    there.y -= 2;
    back.y += 6;
    back.from = of->to;
    back.to = of->from;
    draw_shaft(self, &there, FALSE);
    draw_shaft(self, &back, TRUE);
}

static void draw_arrow(const ladder_drawing *self, const ladder_row *row, const arrow *of) {
    const gboolean answered = row->outcome == LADDER_OUTCOME_SUCCESS ||
                              row->outcome == LADDER_OUTCOME_ERROR ||
                              row->outcome == LADDER_OUTCOME_CHALLENGE;

    if (of->from == of->to) {
        return;
    }
    if (row->outcome == LADDER_OUTCOME_LOST) {
        draw_lost(self, row, of);
    } else if (row->outcome == LADDER_OUTCOME_MEDIA) {
        draw_band(self, of);
    } else if (row->kind == LADDER_ROW_RUN && answered && row->step->cls == STUN_REQUEST) {
        draw_both(self, of);
    } else {
        draw_shaft(self, of, answered || row->outcome == LADDER_OUTCOME_FAILURE);
    }
}

/* Text */

static void draw_details(ladder_drawing *self, const arrow *of, gint y, const char *details) {
    const gint room = self->lanes->right;
    const gint wanted = svg_text_width(details, LADDER_DETAIL_SIZE);
    const gint start =
        MIN(MIN(of->from, of->to) + LADDER_TEXT_GAP, MAX(room - wanted, self->lanes->left));
    g_autofree char *told = svg_fitting(details, LADDER_DETAIL_SIZE, room - start);

    svg_text(self->out, "more", SVG_START, start, y, told);
}

/* Where the times end, the marks of findings being before them. */
static gint place_end(const ladder_drawing *self) {
    return (gint)self->marks * MARK_SPACE + PLACE_WIDTH;
}

static void draw_place(const ladder_drawing *self, const ladder_row *row, gint y) {
    g_autofree char *time = ladder_words_time(self, row->step->seen.time);
    const gint points = self->found->join != NULL ? TURN_POINT_COUNT : 1;

    svg_text(self->out, "time", SVG_END, place_end(self), y + TEXT_BASE, time);
    for (gint point = 0; point < points; point++) {
        g_autofree char *frame = ladder_words_frame(self, row->step, (turn_point_name)point);

        svg_text(self->out, "frame", SVG_END, place_end(self) + point * FRAME_WIDTH, y + FRAME_BASE,
                 frame);
    }
}

/* How many marks ROW has; where OUT is not NULL, they are drawn there. */
static guint row_marks(const ladder_drawing *self, const ladder_row *row, GString *out, gint y) {
    guint drawn = 0;
    guint last = 0;

    for (guint i = 0; i < row->findings->len && drawn < MAX_MARKS; i++) {
        const turn_finding *finding = g_ptr_array_index(row->findings, i);
        const guint number = finding_number(self->numbers, finding);

        if (number != last) {
            if (out != NULL) {
                svg_mark(out, finding->level, number, MARK_MIDDLE + (gint)drawn * MARK_SPACE, y);
            }
            drawn++;
        }
        last = number;
    }
    return drawn;
}

/* Rows */

static gint draw_left_out(const ladder_drawing *self, const ladder_row *row, gint y) {
    g_autofree char *text = ladder_words_left_out(self, row);

    svg_rect(self->out, "gap", self->lanes->left, y + 4, self->lanes->right - self->lanes->left,
             ROW - 10);
    svg_text(self->out, "more", SVG_START, self->lanes->left + 14, y + ROW - 15, text);
    return y + ROW;
}

static gint draw_row(ladder_drawing *self, const ladder_row *row, gint y) {
    const guint from = ladder_lane_from(self->lanes, row->step);
    const guint to = ladder_lane_to(self->lanes, row->step);
    const arrow of = {.from = ladder_lane_at(self->lanes, from)->x,
                      .to = ladder_lane_at(self->lanes, to)->x,
                      .y = y + ARROW,
                      .first_lane = MIN(from, to),
                      .last_lane = MAX(from, to)};
    g_auto(ladder_caption) text =
        ladder_caption_of(self, row, MIN(of.from, of.to) + LADDER_TEXT_GAP);
    const gint lower = row->kind == LADDER_ROW_RUN ? RUN_MORE : 0;
    const gint height = from == to && *text.details == '\0'
                            ? NOTE_ROW
                            : (*text.details != '\0' ? DETAIL_ROW : ROW) + lower;

    if (row->findings->len > 0) {
        svg_rect(self->back, "evidence", 4, y, self->lanes->right + MARGIN - 8, height - 2);
    }
    svg_group(self->out, class_of(row->outcome));
    draw_place(self, row, y);
    draw_arrow(self, row, &of);
    ladder_caption_draw(self, row, &text, y + TEXT_BASE);
    if (*text.details != '\0') {
        draw_details(self, &of, y + DETAIL_BASE + lower, text.details);
    }
    svg_group_close(self->out);
    row_marks(self, row, self->out, y + height / 2 - 1);
    return y + height;
}

static void draw_columns(const ladder_drawing *self, gint head) {
    const gint end = place_end(self);
    const gint line = 15;

    if (self->found->join != NULL) {
        svg_text(self->out, "column", SVG_END, end, head - 6 - 2 * line, "seconds");
        svg_text(self->out, "column", SVG_END, end, head - 6 - line, "frame at");
        svg_text(self->out, "column", SVG_END, end, head - 6, "client");
        svg_text(self->out, "column", SVG_END, end + FRAME_WIDTH, head - 6, "server");
    } else {
        svg_text(self->out, "column", SVG_END, end, head - 6 - line, "seconds");
        svg_text(self->out, "column", SVG_END, end, head - 6, "frame");
    }
}

static void open_picture(const ladder_drawing *self, guint part, guint parts, gint height) {
    const gint width = self->lanes->right + MARGIN;
    g_autofree char *id =
        part == 0 ? g_strdup(self->id) : g_strdup_printf("%s-%u-part", self->id, self->number);
    const guint number = part == 0 ? self->number : part + 1;
    g_autofree char *title =
        parts == 1 ? g_strdup("Ladder") : g_strdup_printf("Ladder, part %u of %u", part + 1, parts);
    g_autofree char *told =
        g_strdup_printf("Lanes from left to right are the hosts, time goes down. %u rows%s; the "
                        "same as a table follows.",
                        self->rows->len, parts == 1 ? "" : " in all parts");

    svg_open(self->out, "diagram ladder", id, number, width, height);
    svg_title(self->out, id, number, title, told);
}

/* The height is known when all is drawn, and the lines of the lanes have to be behind it. */
static void draw_part(ladder_drawing *self, guint part, guint parts) {
    const guint first = part * self->rows->len / parts;
    const guint end = (part + 1) * self->rows->len / parts;
    GString *out = self->out;
    g_autoptr(GString) rows = g_string_new(NULL);
    g_autoptr(GString) back = g_string_new(NULL);
    gint y = ladder_lanes_head(self->lanes) + 10;

    self->out = rows;
    self->back = back;
    for (guint i = first; i < end; i++) {
        const ladder_row *row = g_ptr_array_index(self->rows, i);

        y = row->kind == LADDER_ROW_LEFT_OUT ? draw_left_out(self, row, y) : draw_row(self, row, y);
    }
    self->out = out;
    open_picture(self, part, parts, y + 12);
    g_string_append_len(out, back->str, (gssize)back->len);
    draw_columns(self, ladder_lanes_draw(self->lanes, out, y + 6));
    g_string_append_len(out, rows->str, (gssize)rows->len);
    svg_close(out);
}

void ladder_picture(ladder_drawing *self) {
    const guint parts = (self->rows->len + PART_ROWS - 1) / PART_ROWS;

    self->marks = 0;
    for (guint i = 0; i < self->rows->len; i++) {
        self->marks = MAX(self->marks, row_marks(self, g_ptr_array_index(self->rows, i), NULL, 0));
    }
    self->lanes =
        ladder_lanes_new(self->ladder, self->found,
                         place_end(self) + MARGIN + (self->found->join != NULL ? FRAME_WIDTH : 0));
    for (guint part = 0; part < parts; part++) {
        draw_part(self, part, parts);
    }
}
