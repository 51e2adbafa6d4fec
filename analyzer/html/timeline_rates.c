/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/html/timeline_private.h"
#include "turn/report/words.h"

#define PLOT    56
#define CAPTION 54
/* Columns of a plot, at most: a few pixels each. */
#define COLUMNS 180

/* Bytes of each column of the plot, and how long that is. */
typedef struct columns {
    guint64 bytes[COLUMNS];
    guint count;
    gint64 width;
    gint64 begin;
} columns;

/* Several bins are one column where they are narrower than can be drawn, or than says anything. */
static columns columns_of(const timeline *self, const turn_rate *rate, turn_rate_way way,
                          gint64 shift) {
    columns result = {.width = rate->width, .begin = turn_rate_begin(rate, 0) - shift};
    const gint64 least = MAX((self->to - self->from) / COLUMNS, 100 * G_GINT64_CONSTANT(1000000));
    guint together = 1;

    while (result.width < least || (rate->count + together - 1) / together > COLUMNS) {
        together++;
        result.width = rate->width * together;
    }
    for (guint i = 0; i < rate->count; i++) {
        result.bytes[i / together] += rate->bytes[way][i];
    }
    result.count = (rate->count + together - 1) / together;
    return result;
}

static guint64 per_second(guint64 bytes, gint64 width) {
    return (guint64)((gdouble)bytes * 1e9 / (gdouble)width);
}

/* The next number with one digit that is not zero, and of which half is round too. */
static guint64 round_up(guint64 value) {
    static const guint8 digits[] = {1, 2, 3, 4, 5, 6, 8};
    guint64 power = 1;

    while (power <= value / 10) {
        power *= 10;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(digits); i++) {
        if (value <= digits[i] * power) {
            return digits[i] * power;
        }
    }
    return 10 * power;
}

static gint height_of(guint64 rate, guint64 most) {
    return (gint)((gdouble)rate * PLOT / (gdouble)most);
}

static void draw_area(const timeline *self, const columns *of, guint64 most, const char *classes) {
    const gint base = self->y + CAPTION + PLOT;
    GString *path = g_string_new(NULL);

    g_string_append_printf(path, "M%d %d", timeline_x(self, of->begin), base);
    for (guint i = 0; i < of->count; i++) {
        const gint64 begin = of->begin + (gint64)i * of->width;
        const gint top = base - height_of(per_second(of->bytes[i], of->width), most);

        g_string_append_printf(path, " L%d %d L%d %d", timeline_x(self, begin), top,
                               timeline_x(self, begin + of->width), top);
    }
    g_string_append_printf(path, " L%d %d Z",
                           timeline_x(self, of->begin + (gint64)of->count * of->width), base);
    svg_path(self->out, classes, "%s", path->str);
    g_string_free(path, TRUE);
}

static void draw_axis(const timeline *self, guint64 most) {
    const gint base = self->y + CAPTION + PLOT;
    g_autofree char *full = turn_words_rate(most);

    svg_line(self->out, "tickline", TIMELINE_LEFT, base - PLOT, TIMELINE_RIGHT, base - PLOT);
    svg_line(self->out, "tickline", TIMELINE_LEFT, base - PLOT / 2, TIMELINE_RIGHT,
             base - PLOT / 2);
    svg_line(self->out, "axisline", TIMELINE_LEFT, base, TIMELINE_RIGHT, base);
    svg_text(self->out, "axis", SVG_START, TIMELINE_LEFT, base - PLOT - 4, full);
}

static void draw_plot(timeline *self, const turn_rate *rate, turn_rate_way way, gint64 shift) {
    static const char *const names[] = {
        [TURN_RATE_TO_PEER] = "Relayed to peers", [TURN_RATE_FROM_PEER] = "Relayed from peers"};
    const columns of = columns_of(self, rate, way, shift);
    g_autofree char *total = turn_words_bytes(rate->total[way]);
    g_autofree char *caption = self->found->join != NULL
                                   ? g_strdup_printf("%s in all, seen at the %s", total,
                                                     turn_point_text(self->found->rates_at))
                                   : g_strdup_printf("%s in all", total);
    guint64 most = 1;

    for (guint i = 0; i < of.count; i++) {
        most = MAX(most, per_second(of.bytes[i], of.width));
    }
    most = round_up(most);
    svg_name(self->out, TIMELINE_LEFT, self->y + 28, names[way], caption);
    draw_axis(self, most);
    draw_area(self, &of, most, way == TURN_RATE_TO_PEER ? "area" : "area back");
    self->y += CAPTION + PLOT;
}

void timeline_rates(timeline *self) {
    const turn_rates *rates = self->found->rates;
    const turn_rate *rate;
    gint64 shift = 0;

    if (rates == NULL) {
        return;
    }
    rate = &rates->legs[turn_rates_fuller(rates)];
    if (rate->count == 0) {
        return;
    }
    if (self->found->join != NULL && self->found->rates_at == TURN_POINT_SERVER) {
        shift = self->found->join->clock.offset;
    }
    for (gint way = 0; way < TURN_RATE_WAYS; way++) {
        draw_plot(self, rate, (turn_rate_way)way, shift);
    }
    self->y += 8;
}
