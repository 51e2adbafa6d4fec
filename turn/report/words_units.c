/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/report/words.h"

#define TENTH (100 * G_GINT64_CONSTANT(1000000))

char *turn_words_tenths(gint64 nanoseconds) {
    const gint64 tenths = (ABS(nanoseconds) + TENTH / 2) / TENTH;

    return g_strdup_printf("%s%" G_GINT64_FORMAT ".%" G_GINT64_FORMAT,
                           nanoseconds < 0 && tenths > 0 ? "-" : "", tenths / 10, tenths % 10);
}

/* BYTES in tenths of UNIT, to the nearest. */
static guint64 tenths_of(guint64 bytes, guint64 unit) {
    const guint64 tenth = unit / 10;

    return bytes / tenth + (bytes % tenth >= tenth / 2 ? 1 : 0);
}

static char *scaled(guint64 bytes, const char *one, const char *per) {
    static const char *const units[] = {"kB", "MB", "GB", "TB"};
    guint64 size = 1000;
    gsize unit = 0;
    guint64 tenths;

    if (bytes < 1000) {
        return g_strdup_printf("%" G_GUINT64_FORMAT " %s%s", bytes, one, per);
    }
    while (tenths_of(bytes, size) >= 10000 && unit + 1 < G_N_ELEMENTS(units)) {
        size *= 1000;
        unit++;
    }
    tenths = tenths_of(bytes, size);
    return tenths % 10 == 0
               ? g_strdup_printf("%" G_GUINT64_FORMAT " %s%s", tenths / 10, units[unit], per)
               : g_strdup_printf("%" G_GUINT64_FORMAT ".%" G_GUINT64_FORMAT " %s%s", tenths / 10,
                                 tenths % 10, units[unit], per);
}

char *turn_words_bytes(guint64 bytes) {
    return scaled(bytes, bytes == 1 ? "byte" : "bytes", "");
}

char *turn_words_rate(guint64 bytes_per_second) {
    return scaled(bytes_per_second, "B", "/s");
}

char *turn_words_pauses(const turn_step *step, gint64 begin) {
    const turn_pauses pauses = turn_step_pauses(step);
    g_autofree char *longest = turn_words_tenths(pauses.longest);
    g_autofree char *from = turn_words_tenths(pauses.before.time - begin);

    if (pauses.count == 0) {
        return NULL;
    }
    return pauses.count == 1
               ? g_strdup_printf("pause of %s s from %s s", longest, from)
               : g_strdup_printf("%" G_GUINT64_FORMAT " pauses, the longest %s s from %s s",
                                 pauses.count, longest, from);
}
