/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/html/timeline_svg.h"

#include "analyzer/html/markup.h"
#include "analyzer/html/timeline_private.h"
#include "turn/ladders.h"

/* Names stand above their bars. */
#define ROW        38
#define BAR_TOP    18
#define BAR        12
#define NAME_BASE  11
#define MARK_SPACE 26
#define MAX_MARKS  16u
#define MAX_TICKS  8
/* The names of fractions of seconds take more room. */
#define MAX_FRACTIONS 6
/* Between the names of two ticks. */
#define TICK_GAP 6

#define MS     G_GINT64_CONSTANT(1000000)
#define SECOND (1000 * MS)
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)

gint timeline_x(const timeline *self, gint64 time) {
    const gdouble part =
        ((gdouble)time - (gdouble)self->from) / ((gdouble)self->to - (gdouble)self->from);

    return TIMELINE_LEFT + (gint)(CLAMP(part, 0.0, 1.0) * (TIMELINE_RIGHT - TIMELINE_LEFT) + 0.5);
}

gint64 timeline_moment(const timeline *self, const turn_seen *seen) {
    return seen->time - turn_join_ahead(self->found->join, seen->capture);
}

static gboolean find_range(timeline *self) {
    gboolean any = FALSE;

    for (guint i = 0; i < self->found->captures->len; i++) {
        const turn_report_capture *capture = g_ptr_array_index(self->found->captures, i);
        const gint64 ahead = turn_join_ahead(self->found->join, i);

        if (capture->packets > 0) {
            self->from = any ? MIN(self->from, capture->first - ahead) : capture->first - ahead;
            self->to = any ? MAX(self->to, capture->last - ahead) : capture->last - ahead;
            any = TRUE;
        }
    }
    self->to = MAX(self->to, self->from + MS);
    return any;
}

/* Rows */

static void row_name(const timeline *self, const char *name) {
    g_autofree char *fits = svg_fitting(name, 12, TIMELINE_RIGHT - TIMELINE_LEFT);

    svg_text(self->out, "row-name", SVG_START, TIMELINE_LEFT, self->y + NAME_BASE, fits);
}

static void draw_bar(const timeline *self, const char *classes, gint64 from, gint64 to) {
    const gint x = timeline_x(self, from);

    svg_rect(self->out, classes, x, self->y + BAR_TOP, MAX(timeline_x(self, to) - x, 2), BAR);
}

static void draw_captures(timeline *self) {
    const GPtrArray *all = self->found->captures;

    for (guint i = 0; i < MIN(all->len, TIMELINE_MAX_CAPTURES); i++) {
        const turn_report_capture *capture = g_ptr_array_index(all, i);
        const gint64 ahead = turn_join_ahead(self->found->join, i);
        g_autofree char *base =
            capture->file != NULL ? g_path_get_basename(capture->file) : g_strdup("capture");
        g_autofree char *name = capture->point != NULL
                                    ? g_strdup_printf("Capture at %s: %s", capture->point, base)
                                    : g_strdup_printf("Capture %s", base);

        row_name(self, name);
        if (capture->packets > 0) {
            draw_bar(self, "span", capture->first - ahead, capture->last - ahead);
        }
        self->y += ROW;
    }
    if (all->len > TIMELINE_MAX_CAPTURES) {
        g_autofree char *more =
            g_strdup_printf("and %u more captures", all->len - TIMELINE_MAX_CAPTURES);

        row_name(self, more);
        self->y += ROW;
    }
}

/* Findings */

typedef struct mark {
    gint64 time;
    guint number;
    turn_level level;
} mark;

static gint mark_order(gconstpointer a, gconstpointer b) {
    const mark *left = a;
    const mark *right = b;

    if (left->time != right->time) {
        return left->time < right->time ? -1 : 1;
    }
    return left->number < right->number ? -1 : left->number > right->number;
}

/* Marks by session: GArray of mark, under NULL those of no session. */
static GHashTable *marks_of(timeline *self) {
    const GPtrArray *findings = self->found->judgement->findings;
    GHashTable *marks = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_array_unref);

    for (guint i = 0; i < findings->len; i++) {
        const turn_finding *finding = g_ptr_array_index(findings, i);
        GArray *list = g_hash_table_lookup(marks, finding->session);
        mark added = {.number = finding_number(self->numbers, finding), .level = finding->level};

        turn_seen when;

        if (!turn_finding_when(finding, &when)) {
            continue;
        }
        if (list == NULL) {
            list = g_array_new(FALSE, FALSE, sizeof(mark));
            g_hash_table_insert(marks, (gpointer)finding->session, list);
        }
        added.time = timeline_moment(self, &when);
        if (list->len < MAX_MARKS) {
            g_array_append_val(list, added);
        }
    }
    return marks;
}

/* Marks that would cover each other stand side by side, each with a line to its own moment. */
static void draw_marks(timeline *self, GArray *list) {
    const gint middle = self->y + BAR_TOP + BAR / 2;
    gint free_from = TIMELINE_LEFT;

    if (list == NULL) {
        return;
    }
    g_array_sort(list, mark_order);
    for (guint i = 0; i < list->len; i++) {
        const mark *each = &g_array_index(list, mark, i);
        const gint room = (gint)(list->len - i - 1) * MARK_SPACE;
        const gint x = timeline_x(self, each->time);
        const gint at = MAX(MIN(x, TIMELINE_RIGHT + 18 - room), free_from);
        g_autofree char *classes = g_strdup_printf("is-%s", turn_level_name(each->level));

        if (at != x) {
            svg_group(self->out, classes);
            svg_line(self->out, "leader", x, self->y + BAR_TOP + BAR + 4, at, middle + 8);
            svg_group_close(self->out);
        }
        svg_mark(self->out, each->level, each->number, at, middle);
        g_array_append_val(self->marked, each->number);
        free_from = at + MARK_SPACE;
    }
}

/* Sessions */

static gint index_order(gconstpointer a, gconstpointer b) {
    const guint left = *(const guint *)a;
    const guint right = *(const guint *)b;

    return left < right ? -1 : left > right;
}

static const char *bar_class(const GArray *marks, gboolean *has) {
    static const char *const classes[] = {[TURN_LEVEL_FAILED] = "is-failed",
                                          [TURN_LEVEL_DEGRADED] = "is-degraded",
                                          [TURN_LEVEL_INCONCLUSIVE] = "is-inconclusive",
                                          [TURN_LEVEL_HEALTHY] = "is-healthy"};
    turn_level worst = TURN_LEVEL_HEALTHY;

    *has = marks != NULL && marks->len > 0;
    for (guint i = 0; *has && i < marks->len; i++) {
        worst = MIN(worst, g_array_index(marks, mark, i).level);
    }
    return classes[worst];
}

static void draw_session(timeline *self, const turn_session *session, GArray *marks) {
    char client[STUN_ADDRESS_TEXT];
    g_autofree char *name = NULL;
    gboolean has;
    const char *level = bar_class(marks, &has);
    const turn_seen begin = {.capture = session->first.capture, .time = session->earliest};
    const turn_seen end = {.capture = session->last.capture, .time = session->latest};

    stun_address_format(&session->client, client, sizeof client);
    name = g_strdup_printf("Session %u: %s", session->id, client);
    row_name(self, name);
    svg_group(self->out, has ? level : NULL);
    draw_bar(self, "bar", timeline_moment(self, &begin), timeline_moment(self, &end));
    svg_group_close(self->out);
    draw_marks(self, marks);
    self->y += ROW;
}

static void draw_sessions(timeline *self) {
    const GPtrArray *all = self->found->model->sessions;
    g_autoptr(GArray) order = turn_sessions_worst_first(self->found->model, self->found->judgement);
    g_autoptr(GHashTable) marks = marks_of(self);
    g_autoptr(GHashTable) drawn = g_hash_table_new(NULL, NULL);
    GArray *loose = g_hash_table_lookup(marks, NULL);

    if (loose != NULL) {
        row_name(self, "Found outside sessions");
        draw_marks(self, loose);
        self->y += ROW;
    }
    g_array_set_size(order, MIN(order->len, TIMELINE_MAX_SESSIONS));
    g_array_sort(order, index_order);
    for (guint i = 0; i < order->len; i++) {
        const turn_session *session = g_ptr_array_index(all, g_array_index(order, guint, i));

        draw_session(self, session, g_hash_table_lookup(marks, session));
        g_hash_table_add(drawn, (gpointer)session);
    }
    if (all->len > order->len) {
        timeline_rest(self, drawn, all->len - order->len);
    }
}

/* Time */

static gint64 tick_step(gint64 range) {
    static const gint64 steps[] = {
        MS,          2 * MS,   5 * MS,     10 * MS,    20 * MS,     50 * MS,     100 * MS,
        200 * MS,    500 * MS, SECOND,     2 * SECOND, 5 * SECOND,  10 * SECOND, 15 * SECOND,
        30 * SECOND, MINUTE,   2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE,
        HOUR,        2 * HOUR, 3 * HOUR,   6 * HOUR,   12 * HOUR,   DAY,         7 * DAY,
        30 * DAY,    90 * DAY, 365 * DAY,  1825 * DAY, 3650 * DAY,  18250 * DAY};

    for (gsize i = 0; i < G_N_ELEMENTS(steps); i++) {
        if (range / steps[i] <= (steps[i] < SECOND ? MAX_FRACTIONS : MAX_TICKS)) {
            return steps[i];
        }
    }
    return steps[G_N_ELEMENTS(steps) - 1];
}

static char *utc(gint64 time, const char *format) {
    const gint64 seconds = time / SECOND - (time % SECOND < 0 ? 1 : 0);
    g_autoptr(GDateTime) when = g_date_time_new_from_unix_utc(seconds);

    return when != NULL ? g_date_time_format(when, format) : g_strdup("");
}

/* Of a time that two days share, the clock alone does not tell which. */
static const char *tick_format(const timeline *self, gint64 step) {
    if (step >= DAY) {
        return "%Y-%m-%d";
    }
    return step >= MINUTE && self->from / DAY != self->to / DAY ? "%m-%d %H:%M" : "%H:%M:%S";
}

static char *tick_text(const timeline *self, gint64 time, gint64 step) {
    g_autofree char *clock = utc(time, tick_format(self, step));
    const gint64 part = (time % SECOND + SECOND) % SECOND;

    if (step >= SECOND) {
        return g_steal_pointer(&clock);
    }
    return step >= 100 * MS ? g_strdup_printf("%s.%" G_GINT64_FORMAT, clock, part / (100 * MS))
                            : g_strdup_printf("%s.%03" G_GINT64_FORMAT, clock, part / MS);
}

static char *moment(gint64 time) {
    g_autofree char *clock = utc(time, "%Y-%m-%d %H:%M:%S");
    const gint64 part = (time % SECOND + SECOND) % SECOND;

    return g_strdup_printf("%s.%03" G_GINT64_FORMAT " UTC", clock, part / MS);
}

/* Lines at round times, behind everything; their names below. */
static void draw_ticks(const timeline *self, gint bottom) {
    const gint64 step = tick_step(self->to - self->from);
    gint64 tick = self->from / step * step;
    gint free = 0; /* left of it stands the name of the tick before */

    for (; tick <= self->to; tick += step) {
        const gint x = timeline_x(self, tick);
        g_autofree char *text = NULL;
        gint half;
        gint middle;

        if (tick < self->from) {
            continue;
        }
        text = tick_text(self, tick, step);
        half = svg_text_width(text, 12) / 2;
        svg_line(self->out, "tickline", x, self->top, x, bottom);
        middle = CLAMP(x, half, TIMELINE_WIDTH - half);
        if (middle - half >= free) {
            svg_text(self->out, "axis", SVG_MIDDLE, middle, bottom + 16, text);
            free = middle + half + TICK_GAP;
        }
    }
    svg_line(self->out, "axisline", TIMELINE_LEFT, bottom, TIMELINE_RIGHT, bottom);
}

static void draw_ends(const timeline *self, gint y) {
    g_autofree char *first = moment(self->from);
    g_autofree char *last = moment(self->to);

    svg_text(self->out, "axis", SVG_START, TIMELINE_LEFT, y, first);
    svg_text(self->out, "axis", SVG_END, TIMELINE_RIGHT, y, last);
}

static void write_caption(const timeline *self) {
    markup_open(self->out, "figcaption", NULL);
    finding_legend(self->out, self->found, self->numbers, self->marked);
    if (self->found->join != NULL) {
        markup_element(self->out, "p", "timeline-note", "Times are of the client's clock.");
    }
    markup_close(self->out, "figcaption");
}

void timeline_svg(GString *out, const turn_report *found) {
    g_autoptr(finding_numbers) numbers = finding_numbers_new(found);
    g_autoptr(GArray) marked = g_array_new(FALSE, FALSE, sizeof(guint));
    g_autoptr(GString) rows = g_string_new(NULL);
    timeline self = {.out = rows, .found = found, .numbers = numbers, .marked = marked, .top = 8};

    if (!find_range(&self)) {
        return;
    }
    self.y = self.top;
    draw_captures(&self);
    draw_sessions(&self);
    timeline_rates(&self);
    self.out = out;
    markup_open(out, "figure", "timeline");
    markup_scroll(out, "Time line");
    svg_open(out, "diagram", "timeline", 1, TIMELINE_WIDTH, self.y + 46);
    svg_title(out, "timeline", 1, "Time line",
              "From left to right the time of the captures: a bar for each capture and each "
              "session, a numbered mark where something was found, and the bytes of data in each "
              "second. Sessions, findings and totals stand in the tables of this page.");
    draw_ticks(&self, self.y + 4);
    g_string_append_len(out, rows->str, (gssize)rows->len);
    draw_ends(&self, self.y + 38);
    svg_close(out);
    markup_close(out, "div");
    write_caption(&self);
    markup_close(out, "figure");
}
