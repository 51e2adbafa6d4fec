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

static guint count_distinct(const guint8 *bytes, gsize length) {
    gboolean seen[256] = {FALSE};
    guint count = 0;

    for (gsize i = 0; i < length; i++) {
        count += !seen[bytes[i]];
        seen[bytes[i]] = TRUE;
    }
    return count;
}

static gboolean check(const char *file, const guint8 *bytes, gsize length, GError **error) {
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
    if (count_distinct(bytes, length) < REDACT_KEY_DISTINCT_MIN) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                    "%s: a key with fewer than %u different bytes can be guessed: make one with "
                    "\"head -c %u /dev/urandom > FILE\"",
                    name, REDACT_KEY_DISTINCT_MIN, REDACT_KEY_STRONG_SIZE);
        return FALSE;
    }
    return TRUE;
}

/* PBKDF2 with HMAC-SHA-256, RFC 8018 section 5.2: the first block is all that is needed. */
static void stretch(const guint8 *bytes, gsize length, const guint8 *salt, gsize salt_length,
                    guint8 key[REDACT_KEY_SIZE]) {
    static const guint8 first_block[] = {0, 0, 0, 1};
    GHmac *keyed = g_hmac_new(G_CHECKSUM_SHA256, bytes, length);
    guint8 last[REDACT_KEY_SIZE];

    memset(key, 0, REDACT_KEY_SIZE);
    for (guint round = 0; round < REDACT_KEY_ROUNDS; round++) {
        GHmac *hmac = g_hmac_copy(keyed);
        gsize size = sizeof last;

        if (round == 0) {
            g_hmac_update(hmac, salt, (gssize)salt_length);
            g_hmac_update(hmac, first_block, sizeof first_block);
        } else {
            g_hmac_update(hmac, last, sizeof last);
        }
        g_hmac_get_digest(hmac, last, &size);
        g_hmac_unref(hmac);
        for (guint i = 0; i < REDACT_KEY_SIZE; i++) {
            key[i] ^= last[i];
        }
    }
    g_hmac_unref(keyed);
    turn_wipe(last, sizeof last);
}

static void make_key(const guint8 *bytes, gsize length, guint8 key[REDACT_KEY_SIZE]) {
    static const guint8 purpose[] = "turnpcap redaction";
    const stun_span spans[] = {{purpose, sizeof purpose}, {bytes, length}};

    if (length < REDACT_KEY_STRONG_SIZE ||
        count_distinct(bytes, length) < REDACT_KEY_STRONG_DISTINCT) {
        stretch(bytes, length, purpose, sizeof purpose, key);
    } else {
        turn_digest(STUN_HASH_SHA256, spans, G_N_ELEMENTS(spans), key);
    }
}

static gboolean read_random(guint8 key[REDACT_KEY_SIZE], GError **error) {
    gsize length = 0;

    if (!read_up_to(RANDOM_FILE, key, REDACT_KEY_SIZE, &length, error)) {
        return FALSE;
    }
    return length == REDACT_KEY_SIZE || fail(error, RANDOM_FILE, EIO);
}

gboolean redact_key_read(const char *file, guint8 key[REDACT_KEY_SIZE], GError **error) {
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
    good = good && check(file, bytes, length, error);
    if (good) {
        make_key(bytes, length, key);
    }
    turn_wipe(bytes, size);
    return good;
}
