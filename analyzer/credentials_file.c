/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/credentials_file.h"

#include "analyzer/secret.h"

#include <string.h>

/* What an entry of a file of credentials may say. */
enum { USER, REALM, PASSWORD, UFRAG, PWD, KEYS };

static const char *const keys[KEYS] = {"user", "realm", "password", "ice-ufrag", "ice-pwd"};

typedef struct entry {
    guint line; /* where it begins; 0: there is none */
    secret *values[KEYS];
    GPtrArray *passwords; /* of secret */
} entry;

typedef struct parser {
    const char *file;
    guint line;
    guint entries;
    entry now;
    turn_credentials *credentials;
} parser;

static gboolean refuse_line(const parser *at, GError **error, guint line, const char *text) {
    g_autofree char *name = g_filename_display_name(at->file);

    g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%s, line %u: %s", name, line,
                text);
    return FALSE;
}

static void entry_clear(entry *gone) {
    for (gsize i = 0; i < KEYS; i++) {
        g_clear_pointer(&gone->values[i], secret_free);
    }
    g_clear_pointer(&gone->passwords, g_ptr_array_unref);
    gone->line = 0;
}

static const char *lacks(const entry *of) {
    const gboolean is_user =
        of->values[USER] != NULL || of->values[PASSWORD] != NULL || of->values[REALM] != NULL;
    const gboolean is_agent = of->values[UFRAG] != NULL || of->values[PWD] != NULL;

    if (is_user && is_agent) {
        return "user and ice-ufrag belong into entries of their own";
    }
    if (is_agent) {
        return of->values[UFRAG] != NULL && of->values[PWD] != NULL
                   ? NULL
                   : "this entry needs ice-ufrag and ice-pwd";
    }
    return of->values[USER] != NULL && of->values[PASSWORD] != NULL
               ? NULL
               : "this entry needs user and password, or ice-ufrag and ice-pwd";
}

static gboolean end_entry(parser *at, GError **error) {
    const entry *now = &at->now;
    const char *missing = now->line > 0 ? lacks(now) : NULL;

    if (missing != NULL) {
        return refuse_line(at, error, now->line, missing);
    }
    for (guint i = 0; now->passwords != NULL && i < now->passwords->len; i++) {
        if (!turn_credentials_add(at->credentials, now->values[USER], now->values[REALM],
                                  g_ptr_array_index(now->passwords, i))) {
            return refuse_line(at, error, now->line,
                               "one user may have 16 passwords at most: leave some out");
        }
    }
    if (now->values[UFRAG] != NULL) {
        turn_credentials_add_ice(at->credentials, now->values[UFRAG], now->values[PWD]);
    }
    entry_clear(&at->now);
    return TRUE;
}

static gsize key_of(const char *name, gsize length) {
    for (gsize i = 0; i < KEYS; i++) {
        if (strlen(keys[i]) == length && g_ascii_strncasecmp(keys[i], name, length) == 0) {
            return i;
        }
    }
    return KEYS;
}

/* Takes VALUE over. */
static gboolean set_value(parser *at, gsize key, secret *value, GError **error) {
    entry *now = &at->now;

    if (*value == '\0' && key != REALM) {
        secret_free(value);
        return refuse_line(at, error, at->line, "there is nothing behind the =");
    }
    if (now->values[key] != NULL && key != PASSWORD) {
        secret_free(value);
        return refuse_line(at, error, at->line,
                           "this is there twice: begin another entry with [name]");
    }
    if (key == PASSWORD) {
        if (now->passwords == NULL) {
            now->passwords = g_ptr_array_new_with_free_func((GDestroyNotify)secret_free);
        }
        g_ptr_array_add(now->passwords, g_strdup(value));
    }
    secret_free(now->values[key]);
    now->values[key] = value;
    return TRUE;
}

static gboolean is_blank(char character) {
    return character == ' ' || character == '\t' || character == '\r';
}

/* LENGTH bytes of TEXT, without the blanks around them. */
static gsize trim(const char **text, gsize length) {
    while (length > 0 && is_blank(**text)) {
        (*text)++;
        length--;
    }
    while (length > 0 && is_blank((*text)[length - 1])) {
        length--;
    }
    return length;
}

/* FALSE when LINE does not say "key = value"; its parts, without the blanks around them. */
static gboolean split(const char *line, gsize length, gsize *key, const char **value,
                      gsize *value_length) {
    const char *equals = memchr(line, '=', length);
    const char *name = line;
    gsize name_length;

    if (equals == NULL) {
        return FALSE;
    }
    *value = equals + 1;
    *value_length = trim(value, length - (gsize)(*value - line));
    name_length = trim(&name, (gsize)(equals - line));
    *key = key_of(name, name_length);
    return *key < KEYS;
}

static gboolean read_line(parser *at, const char *text, gsize length, GError **error) {
    const char *value;
    gsize value_length;
    gsize key;

    length = trim(&text, length);
    if (length == 0 || *text == '#' || *text == ';') {
        return TRUE;
    }
    if (*text == '[' && text[length - 1] == ']') {
        if (!end_entry(at, error)) {
            return FALSE;
        }
        at->now.line = at->line;
        at->entries++;
        return TRUE;
    }
    if (!split(text, length, &key, &value, &value_length)) {
        return refuse_line(at, error, at->line,
                           "expected [name], or user, realm, password, ice-ufrag or ice-pwd with "
                           "= and a value");
    }
    if (at->now.line == 0) {
        return refuse_line(at, error, at->line, "an entry begins with [name]");
    }
    return set_value(at, key, g_strndup(value, value_length), error);
}

static gboolean read_lines(parser *at, const char *text, GError **error) {
    while (*text != '\0') {
        const gsize length = strcspn(text, "\n");

        at->line++;
        if (!read_line(at, text, length, error)) {
            return FALSE;
        }
        text += length + (text[length] == '\n' ? 1 : 0);
    }
    return end_entry(at, error);
}

gboolean credentials_file_read(const char *file, turn_credentials *credentials, GError **error) {
    g_autoptr(secret) text = secret_read(file, CREDENTIALS_FILE_MAX, error);
    parser at = {.file = file, .credentials = credentials};
    gboolean is_good;

    if (text == NULL) {
        return FALSE;
    }
    is_good = read_lines(&at, secret_text(text), error);
    entry_clear(&at.now);
    if (is_good && at.entries == 0) {
        return refuse_line(&at, error, at.line, "there is no entry: begin one with [name]");
    }
    return is_good;
}
