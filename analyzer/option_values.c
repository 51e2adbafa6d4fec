/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/option_values.h"

typedef struct single {
    const char *name; /* without dashes */
    GOptionArg kind;
    gpointer into;
    char **given; /* NULL when it was not */
} single;

struct option_values {
    single *all;
    guint count;
};

static gboolean is_single(const GOptionEntry *entry) {
    return entry->arg == G_OPTION_ARG_STRING || entry->arg == G_OPTION_ARG_FILENAME ||
           entry->arg == G_OPTION_ARG_INT;
}

option_values *option_values_new(GArray *entries) {
    option_values *self = g_new0(option_values, 1);

    /* GLib keeps where each list is: they must not move. */
    self->all = g_new0(single, entries->len);
    for (guint i = 0; i < entries->len; i++) {
        GOptionEntry *entry = &g_array_index(entries, GOptionEntry, i);
        single *added = &self->all[self->count];

        if (!is_single(entry)) {
            continue;
        }
        *added = (single){.name = entry->long_name, .kind = entry->arg, .into = entry->arg_data};
        entry->arg = entry->arg == G_OPTION_ARG_FILENAME ? G_OPTION_ARG_FILENAME_ARRAY
                                                         : G_OPTION_ARG_STRING_ARRAY;
        entry->arg_data = &added->given;
        self->count++;
    }
    return self;
}

void option_values_free(option_values *self) {
    if (self == NULL) {
        return;
    }
    for (guint i = 0; i < self->count; i++) {
        g_strfreev(self->all[i].given);
    }
    g_free(self->all);
    g_free(self);
}

static gboolean take_number(const single *of, GError **error) {
    gint64 number;

    if (!g_ascii_string_to_signed(of->given[0], 10, G_MININT, G_MAXINT, &number, NULL)) {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "--%s needs a number",
                    of->name);
        return FALSE;
    }
    *(int *)of->into = (int)number;
    return TRUE;
}

static gboolean take(const single *of, GError **error) {
    if (of->given == NULL) {
        return TRUE;
    }
    if (of->given[1] != NULL) {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                    "--%s is given twice: it has one value", of->name);
        return FALSE;
    }
    if (of->kind == G_OPTION_ARG_INT) {
        return take_number(of, error);
    }
    *(char **)of->into = g_strdup(of->given[0]);
    return TRUE;
}

gboolean option_values_take(const option_values *self, GError **error) {
    for (guint i = 0; i < self->count; i++) {
        if (!take(&self->all[i], error)) {
            return FALSE;
        }
    }
    return TRUE;
}
