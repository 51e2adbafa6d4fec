/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/redact/redact_key.h"

#include "turn/hmac.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* Where the system draws numbers that nobody can guess. */
#define RANDOM_FILE "/dev/urandom"

static gboolean fail(GError **error, const char *file, int number) {
    g_autofree char *name = g_filename_display_name(file);

    g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(number), "%s: %s", name,
                g_strerror(number));
    return FALSE;
}

/* Reads up to SIZE bytes, without the buffers of the C library, which would keep them. */
static gboolean read_up_to(const char *file, guint8 *bytes, gsize size, gsize *length,
                           GError **error) {
    const int from = open(file, O_RDONLY | O_CLOEXEC);
    ssize_t count = 1;
    int number = 0;

    if (from < 0) {
        return fail(error, file, errno);
    }
    for (*length = 0; count > 0 && *length < size; *length += (gsize)MAX(count, 0)) {
        do {
            count = read(from, bytes + *length, size - *length);
        } while (count < 0 && errno == EINTR);
        number = count < 0 ? errno : 0;
    }
    close(from);
    return number == 0 || fail(error, file, number);
}

static gsize without_line_end(const guint8 *bytes, gsize length) {
    if (length > 0 && bytes[length - 1] == '\n') {
        length--;
        if (length > 0 && bytes[length - 1] == '\r') {
            length--;
        }
    }
    return length;
}

static gboolean check(const char *file, gsize length, GError **error) {
    g_autofree char *name = g_filename_display_name(file);

    if (length < REDACT_KEY_FILE_MIN) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                    "%s: a key needs at least %u bytes, and this has %" G_GSIZE_FORMAT, name,
                    REDACT_KEY_FILE_MIN, length);
        return FALSE;
    }
    if (length > REDACT_KEY_FILE_MAX) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                    "%s: more than %u bytes: this is not a file of a key", name,
                    REDACT_KEY_FILE_MAX);
        return FALSE;
    }
    return TRUE;
}

static gboolean read_random(guint8 key[REDACT_KEY_SIZE], GError **error) {
    gsize length = 0;

    if (!read_up_to(RANDOM_FILE, key, REDACT_KEY_SIZE, &length, error)) {
        return FALSE;
    }
    return length == REDACT_KEY_SIZE || fail(error, RANDOM_FILE, EIO);
}

gboolean redact_key_read(const char *file, guint8 key[REDACT_KEY_SIZE], GError **error) {
    static const char purpose[] = "turnpcap redaction";
    /* Room for the longest key, its line end and one byte more. */
    const gsize size = REDACT_KEY_FILE_MAX + 3;
    g_autofree guint8 *bytes = NULL;
    gsize length = 0;
    gboolean good;

    if (file == NULL) {
        return read_random(key, error);
    }
    bytes = g_malloc0(size);
    good = read_up_to(file, bytes, size, &length, error);
    length = without_line_end(bytes, length);
    good = good && check(file, length, error);
    if (good) {
        const stun_span spans[] = {{(const guint8 *)purpose, sizeof purpose}, {bytes, length}};

        turn_digest(STUN_HASH_SHA256, spans, G_N_ELEMENTS(spans), key);
    }
    turn_wipe(bytes, size);
    return good;
}
