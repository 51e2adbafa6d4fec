/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/rate.h"

#include <string.h>

/* Rounds down below zero too, so that bins of every width begin where wider ones do. */
static gint64 bin_at(gint64 time, gint64 width) {
    return time / width - (time % width < 0 ? 1 : 0);
}

/* Two bins become one. */
static void widen(turn_rate *rate) {
    const guint odd = (guint)(rate->first & 1);

    for (gint way = 0; way < TURN_RATE_WAYS; way++) {
        guint64 *bytes = rate->bytes[way];
        guint64 wide[TURN_RATE_BINS] = {0};

        for (guint i = 0; i < rate->count; i++) {
            wide[(i + odd) / 2] += bytes[i];
        }
        memcpy(bytes, wide, sizeof wide);
    }
    rate->count = (rate->count + odd + 1) / 2;
    rate->first = bin_at(rate->first, 2);
    rate->width *= 2;
}

/* Makes BIN the first, which comes before the one that is. */
static void shift(turn_rate *rate, gint64 bin) {
    const guint by = (guint)(rate->first - bin);

    for (gint way = 0; way < TURN_RATE_WAYS; way++) {
        guint64 *bytes = rate->bytes[way];

        memmove(bytes + by, bytes, rate->count * sizeof *bytes);
        memset(bytes, 0, by * sizeof *bytes);
    }
    rate->count += by;
    rate->first = bin;
}

static gboolean fits(const turn_rate *rate, gint64 bin) {
    const gint64 low = MIN(rate->first, bin);
    const gint64 high = MAX(rate->first + rate->count - 1, bin);

    return high - low < (gint64)TURN_RATE_BINS;
}

void turn_rate_add(turn_rate *rate, gint64 time, turn_rate_way way, guint64 bytes) {
    gint64 bin;

    if (rate->width == 0) {
        rate->width = TURN_RATE_WIDTH;
        rate->first = bin_at(time, rate->width);
        rate->count = 1;
    }
    bin = bin_at(time, rate->width);
    while (!fits(rate, bin)) {
        widen(rate);
        bin = bin_at(time, rate->width);
    }
    if (bin < rate->first) {
        shift(rate, bin);
    }
    rate->count = MAX(rate->count, (guint)(bin - rate->first) + 1);
    rate->bytes[way][bin - rate->first] += bytes;
    rate->total[way] += bytes;
}

gint64 turn_rate_begin(const turn_rate *rate, guint index) {
    const gint64 bin = rate->first + index;

    return bin < G_MININT64 / rate->width   ? G_MININT64
           : bin > G_MAXINT64 / rate->width ? G_MAXINT64
                                            : bin * rate->width;
}

gint64 turn_rate_index(const turn_rate *rate, gint64 time) {
    return bin_at(time, rate->width) - rate->first;
}

turn_rate_leg turn_rates_fuller(const turn_rates *rates) {
    const turn_rate *client = &rates->legs[TURN_RATE_CLIENT_LEG];
    const turn_rate *peer = &rates->legs[TURN_RATE_PEER_LEG];

    return peer->total[0] + peer->total[1] > client->total[0] + client->total[1]
               ? TURN_RATE_PEER_LEG
               : TURN_RATE_CLIENT_LEG;
}
