/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyzer/redact/redact_key.h"
#include "support/hex.h"

#include <glib/gstdio.h>
#include <string.h>

/* Reads a file that holds LENGTH bytes; the message when it is no key, else NULL. */
static char *read_file(const void *bytes, gsize length, guint8 key[REDACT_KEY_SIZE]) {
    g_autofree char *path = NULL;
    g_autoptr(GError) error = NULL;
    char *message = NULL;
    const int file = g_file_open_tmp("turnpcap-XXXXXX", &path, NULL);

    assert_true(file >= 0);
    g_close(file, NULL);
    assert_true(g_file_set_contents(path, bytes, (gssize)length, NULL));
    if (!redact_key_read(path, key, &error)) {
        assert_true(g_str_has_prefix(error->message, path));
        message = g_strdup(error->message + strlen(path));
    }
    g_unlink(path);
    return message;
}

/* hashlib.pbkdf2_hmac() of Python: SHA-256, the key, "turnpcap redaction" and a zero, 100000. */
static void key_is_what_the_file_holds_without_its_line_end(void **state) {
    static const char text[] = "sixteen bytes...\r\n";
    guint8 expected[REDACT_KEY_SIZE];
    guint8 key[REDACT_KEY_SIZE];

    (void)state;
    hex_bytes("425014e6e4c93e8b4e497ce37c3ae99cd90c0587487f5b51a7c59d93fb180e98", expected,
              sizeof expected);
    assert_null(read_file(text, 16, key));
    assert_memory_equal(key, expected, sizeof key);
    assert_null(read_file(text, 18, key));
    assert_memory_equal(key, expected, sizeof key);
    assert_null(read_file("sixteen bytes...\n", 17, key));
    assert_memory_equal(key, expected, sizeof key);
    /* One line end, no more; and zeros are bytes like others. */
    assert_null(read_file("sixteen bytes...\n\n", 18, key));
    assert_memory_not_equal(key, expected, sizeof key);
    assert_null(read_file("sixteen\0bytes...", 16, key));
    assert_memory_not_equal(key, expected, sizeof key);
}

/* SHA-256 of "turnpcap redaction", a zero and the key, from Python; nobody finds it by trying. With
 * 23 different bytes it is stretched. */
static void key_that_is_strong_is_taken_as_it_is(void **state) {
    guint8 strong[32];
    guint8 expected[REDACT_KEY_SIZE];
    guint8 key[REDACT_KEY_SIZE];

    (void)state;
    for (guint i = 0; i < sizeof strong; i++) {
        strong[i] = (guint8)(100 + i % 24);
    }
    hex_bytes("af0281ffd342cbd2a534fc26ea148ca9646205b8f5f6b2dd95b199aa5747ea71", expected,
              sizeof expected);
    assert_null(read_file(strong, sizeof strong, key));
    assert_memory_equal(key, expected, sizeof key);
    for (guint i = 0; i < sizeof strong; i++) {
        strong[i] = (guint8)(100 + i % 23);
    }
    hex_bytes("765ced6f140c781e4975301dc5c9aded358c8ac723e340ab7295f6f19dbcd862", expected,
              sizeof expected);
    assert_null(read_file(strong, sizeof strong, key));
    assert_memory_equal(key, expected, sizeof key);
}

/* Seven different bytes are too few, and eight enough. */
static void key_of_few_bytes_is_refused(void **state) {
    guint8 key[REDACT_KEY_SIZE];
    g_autofree char *same = read_file("0000000000000000", 16, key);
    g_autofree char *seven = read_file("abcdefgabcdefgabcdefgabcdefgabcdefg", 35, key);

    (void)state;
    assert_string_equal(same, ": a key with fewer than 8 different bytes can be guessed: make one "
                              "with \"head -c 32 /dev/urandom > FILE\"");
    assert_string_equal(seven, same);
    assert_null(read_file("abcdefghabcdefgh", 16, key));
}

static void key_that_is_too_short_is_refused(void **state) {
    guint8 key[REDACT_KEY_SIZE];
    g_autofree char *empty = read_file("", 0, key);
    g_autofree char *less = read_file("fifteen bytes..\n", 16, key);

    (void)state;
    assert_string_equal(empty, ": a key needs at least 16 bytes, and this has 0");
    assert_string_equal(less, ": a key needs at least 16 bytes, and this has 15");
}

static void key_that_is_too_long_is_refused(void **state) {
    g_autofree char *bytes = g_strnfill(REDACT_KEY_FILE_MAX + 2, 'x');
    guint8 key[REDACT_KEY_SIZE];
    g_autofree char *most = NULL;
    g_autofree char *more = NULL;

    (void)state;
    for (guint i = 0; i < 8; i++) {
        bytes[i] = (char)('a' + i);
    }
    bytes[REDACT_KEY_FILE_MAX] = '\n';
    most = read_file(bytes, REDACT_KEY_FILE_MAX + 1, key);
    assert_null(most);
    more = read_file(bytes, REDACT_KEY_FILE_MAX + 2, key);
    assert_string_equal(more, ": more than 65536 bytes: this is not a file of a key");
}

static void file_that_is_not_there_is_named(void **state) {
    g_autoptr(GError) error = NULL;
    guint8 key[REDACT_KEY_SIZE];

    (void)state;
    assert_false(redact_key_read("/nonexistent/key", key, &error));
    assert_string_equal(error->message, "/nonexistent/key: No such file or directory");
    g_clear_error(&error);
    assert_false(redact_key_read("/", key, &error));
    assert_string_equal(error->message, "/: Is a directory");
}

static void key_without_a_file_is_another_one_each_time(void **state) {
    static const guint8 zeros[REDACT_KEY_SIZE];
    guint8 one[REDACT_KEY_SIZE] = {0};
    guint8 two[REDACT_KEY_SIZE] = {0};

    (void)state;
    assert_true(redact_key_read(NULL, one, NULL));
    assert_true(redact_key_read(NULL, two, NULL));
    assert_memory_not_equal(one, two, sizeof one);
    assert_memory_not_equal(one, zeros, sizeof one);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(key_is_what_the_file_holds_without_its_line_end),
        cmocka_unit_test(key_that_is_strong_is_taken_as_it_is),
        cmocka_unit_test(key_of_few_bytes_is_refused),
        cmocka_unit_test(key_that_is_too_short_is_refused),
        cmocka_unit_test(key_that_is_too_long_is_refused),
        cmocka_unit_test(file_that_is_not_there_is_named),
        cmocka_unit_test(key_without_a_file_is_another_one_each_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
