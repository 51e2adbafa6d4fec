/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/html/timeline_private.h"
#include "turn/report/words.h"

#define SECOND  G_GINT64_CONSTANT(1000000000)
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

/* Bytes in each PERIOD, which is a second where that is one byte at least. */
typedef struct scale {
    guint64 most;
    gint64 period; /* nanoseconds */
    const char *words;
} scale;

static gdouble rate_of(guint64 bytes, gint64 width, gint64 period) {
    return (gdouble)bytes * (gdouble)period / (gdouble)width;
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

static guint64 fullest(const columns *of) {
    guint64 most = 0;

    for (guint i = 0; i < of->count; i++) {
        most = MAX(most, of->bytes[i]);
    }
    return most;
}

static scale scale_of(guint64 most, gint64 width) {
    static const struct {
        gint64 period;
        const char *words;
    } periods[] = {{SECOND, NULL}, {3600 * SECOND, "an hour"}, {86400 * SECOND, "a day"}};
    gsize at = 0;
    gdouble rate;
    guint64 whole;

    while (at + 1 < G_N_ELEMENTS(periods) && rate_of(most, width, periods[at].period) < 1.0) {
        at++;
    }
    rate = rate_of(most, width, periods[at].period);
    whole = (guint64)rate;
    return (scale){.most = round_up(MAX((gdouble)whole < rate ? whole + 1 : whole, 1)),
                   .period = periods[at].period,
                   .words = periods[at].words};
}

static gint height_of(guint64 bytes, gint64 width, const scale *on) {
    return (gint)(rate_of(bytes, width, on->period) * PLOT / (gdouble)on->most);
}

static void draw_area(const timeline *self, const columns *of, const scale *on,
                      const char *classes) {
    const gint base = self->y + CAPTION + PLOT;
    GString *path = g_string_new(NULL);

    g_string_append_printf(path, "M%d %d", timeline_x(self, of->begin), base);
    for (guint i = 0; i < of->count; i++) {
        const gint64 begin = of->begin + (gint64)i * of->width;
        const gint top = base - height_of(of->bytes[i], of->width, on);

        g_string_append_printf(path, " L%d %d L%d %d", timeline_x(self, begin), top,
                               timeline_x(self, begin + of->width), top);
    }
    g_string_append_printf(path, " L%d %d Z",
                           timeline_x(self, of->begin + (gint64)of->count * of->width), base);
    svg_path(self->out, classes, "%s", path->str);
    g_string_free(path, TRUE);
}

static char *scale_text(const scale *on) {
    g_autofree char *bytes = turn_words_bytes(on->most);

    return on->words == NULL ? turn_words_rate(on->most)
                             : g_strdup_printf("%s %s", bytes, on->words);
}

static void draw_axis(const timeline *self, const scale *on) {
    const gint base = self->y + CAPTION + PLOT;
    g_autofree char *full = scale_text(on);

    svg_line(self->out, "tickline", TIMELINE_LEFT, base - PLOT, TIMELINE_RIGHT, base - PLOT);
    svg_line(self->out, "tickline", TIMELINE_LEFT, base - PLOT / 2, TIMELINE_RIGHT,
             base - PLOT / 2);
    svg_line(self->out, "axisline", TIMELINE_LEFT, base, TIMELINE_RIGHT, base);
    svg_text(self->out, "axis", SVG_START, TIMELINE_LEFT, base - PLOT - 4, full);
}

/* What the packets of a leg show: what comes into the relay need not leave it. */
static const char *const names[TURN_RATE_LEGS][TURN_RATE_WAYS] = {
    [TURN_RATE_CLIENT_LEG] = {[TURN_RATE_TO_PEER] = "Sent by clients towards peers",
                              [TURN_RATE_FROM_PEER] = "Relayed from peers to clients"},
    [TURN_RATE_PEER_LEG] = {[TURN_RATE_TO_PEER] = "Relayed from clients to peers",
                            [TURN_RATE_FROM_PEER] = "Sent by peers towards clients"}};

/* Whether LEG and WAY lead into the relay. */
static gboolean enters(turn_rate_leg leg, turn_rate_way way) {
    return (leg == TURN_RATE_CLIENT_LEG) == (way == TURN_RATE_TO_PEER);
}

/* Whether all that came into the relay could be seen to leave it: what goes to peers over TCP is
 * not counted there, and a leg may not have been captured. */
static gboolean may_compare(const turn_report *found, turn_rate_way way) {
    const GPtrArray *sessions = found->model->sessions;

    if (!turn_words_may_compare_legs(found)) {
        return FALSE;
    }
    for (guint i = 0; i < sessions->len; i++) {
        const turn_session *session = g_ptr_array_index(sessions, i);

        for (guint k = 0; k < session->peers->len; k++) {
            const turn_peer *peer = g_ptr_array_index(session->peers, k);
            const gboolean to = way == TURN_RATE_TO_PEER;
            const turn_direction *entered = to ? &peer->path.to_peer : &peer->relay_from;
            const turn_direction *left = to ? &peer->relay_to : &peer->path.from_peer;

            if (entered->packets > 0 && left->packets == 0) {
                return FALSE;
            }
        }
    }
    return TRUE;
}

static char *caption_of(const timeline *self, turn_rate_leg leg, turn_rate_way way) {
    const turn_rates *rates = self->found->rates;
    const guint64 all = rates->legs[leg].total[way];
    const guint64 left = rates->legs[leg == TURN_RATE_CLIENT_LEG].total[way];
    g_autofree char *total = turn_words_bytes(all);
    g_autofree char *passed = turn_words_bytes(left);

    if (self->found->join != NULL) {
        return g_strdup_printf("%s in all, seen at the %s", total,
                               turn_point_text(self->found->rates_at));
    }
    if (enters(leg, way) && left > 0 && left < all && may_compare(self->found, way)) {
        return g_strdup_printf("%s in all; %s of it seen to leave the relay (dark)", total, passed);
    }
    return g_strdup_printf("%s in all", total);
}

/* The other leg is drawn over the one that leads into the relay: what it lacks was not passed on.
 */
static void draw_plot(timeline *self, turn_rate_leg leg, turn_rate_way way, gint64 shift,
                      const scale *on) {
    const turn_rates *rates = self->found->rates;
    const columns of = columns_of(self, &rates->legs[leg], way, shift);
    const turn_rate *other = &rates->legs[leg == TURN_RATE_CLIENT_LEG];
    g_autofree char *caption = caption_of(self, leg, way);
    const gboolean back = way == TURN_RATE_FROM_PEER;

    svg_name(self->out, TIMELINE_LEFT, self->y + 28, names[leg][way], caption);
    draw_axis(self, on);
    draw_area(self, &of, on, back ? "area back" : "area");
    if (enters(leg, way) && other->total[way] > 0 &&
        other->total[way] < rates->legs[leg].total[way] && may_compare(self->found, way)) {
        const columns passed = columns_of(self, other, way, shift);

        draw_area(self, &passed, on, back ? "area back" : "area");
    }
    self->y += CAPTION + PLOT;
}

void timeline_rates(timeline *self) {
    const turn_rates *rates = self->found->rates;
    turn_rate_leg leg;
    const turn_rate *rate;
    columns to;
    columns from;
    scale on;
    gint64 shift = 0;

    if (rates == NULL) {
        return;
    }
    leg = turn_rates_fuller(rates);
    rate = &rates->legs[leg];
    if (rate->count == 0) {
        return;
    }
    if (self->found->join != NULL && self->found->rates_at == TURN_POINT_SERVER) {
        shift = self->found->join->clock.offset;
    }
    to = columns_of(self, rate, TURN_RATE_TO_PEER, shift);
    from = columns_of(self, rate, TURN_RATE_FROM_PEER, shift);
    on = scale_of(MAX(fullest(&to), fullest(&from)), to.width);
    for (gint way = 0; way < TURN_RATE_WAYS; way++) {
        draw_plot(self, leg, (turn_rate_way)way, shift, &on);
    }
    self->y += 8;
}
