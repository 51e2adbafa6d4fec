/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/format_table.h"

static gconstpointer row_at(const format_table *self, gsize index) {
    return (const guint8 *)self->rows + index * self->size;
}

static const char *name_at(const format_table *self, gsize index) {
    return *(const char *const *)row_at(self, index);
}

/* "text, tsv or json", with MARK behind the first. */
static char *names(const format_table *self, const char *mark) {
    GString *line = g_string_new(NULL);

    for (gsize i = 0; i < self->count; i++) {
        const char *between = i == 0 ? "" : i + 1 < self->count ? ", " : " or ";

        g_string_append_printf(line, "%s%s%s", between, name_at(self, i), i == 0 ? mark : "");
    }
    return g_string_free(line, FALSE);
}

char *format_table_help(const format_table *self) {
    return names(self, " (default)");
}

gconstpointer format_table_find(const format_table *self, const char *name, GError **error) {
    g_autofree char *all = NULL;

    for (gsize i = 0; i < self->count; i++) {
        if (name == NULL || g_str_equal(name_at(self, i), name)) {
            return row_at(self, i);
        }
    }
    all = names(self, "");
    g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "there is no format \"%s\": %s",
                name, all);
    return NULL;
}
