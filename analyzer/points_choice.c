/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/points_choice.h"

#include <string.h>

void points_choice_init(points_choice *self) {
    *self = (points_choice){.files = g_array_new(FALSE, FALSE, sizeof(points_file)), .places = 1};
}

void points_choice_clear(points_choice *self) {
    g_clear_pointer(&self->files, g_array_unref);
}

static void add_file(points_choice *self, const char *path, turn_point_name name) {
    const points_file added = {.path = path, .point = name};

    g_array_append_val(self->files, added);
}

/* "client=FILE"; NULL when TEXT does not name POINT. */
static const char *file_at(const char *text, turn_point_name name) {
    const char *word = turn_point_text(name);
    const gsize length = strlen(word);

    return g_str_has_prefix(text, word) && text[length] == '=' && text[length + 1] != '\0'
               ? text + length + 1
               : NULL;
}

static gboolean check_at(char **at, GError **error) {
    for (char **each = at; *each != NULL; each++) {
        if (file_at(*each, TURN_POINT_CLIENT) == NULL &&
            file_at(*each, TURN_POINT_SERVER) == NULL) {
            g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                        "--at %s: say --at client=FILE for what was captured at the client (or at "
                        "a far peer), --at server=FILE for what was captured at the server",
                        *each);
            return FALSE;
        }
    }
    return TRUE;
}

static void choose_at(points_choice *self, char **at) {
    guint used = 0;

    for (gint name = 0; name < TURN_POINT_COUNT; name++) {
        const guint before = self->files->len;

        for (char **each = at; *each != NULL; each++) {
            const char *file = file_at(*each, (turn_point_name)name);

            if (file != NULL) {
                add_file(self, file, (turn_point_name)name);
            }
        }
        used += self->files->len > before ? 1 : 0;
    }
    self->named = TRUE;
    self->places = used;
}

gboolean points_choice_make(points_choice *self, char **at, char **files, GError **error) {
    if (at == NULL && files == NULL) {
        g_set_error_literal(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                            "report needs a capture file. Try: turnpcap report --help");
        return FALSE;
    }
    if (at == NULL) {
        for (char **file = files; *file != NULL; file++) {
            add_file(self, *file, TURN_POINT_CLIENT);
        }
        return TRUE;
    }
    if (files != NULL) {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                    "%s: with --at every file needs its place: --at client=FILE or --at "
                    "server=FILE",
                    files[0]);
        return FALSE;
    }
    if (!check_at(at, error)) {
        return FALSE;
    }
    choose_at(self, at);
    return TRUE;
}
