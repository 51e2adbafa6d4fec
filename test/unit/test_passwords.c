/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyzer/passwords.h"
#include "support/signing.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#define LIMIT_LINE "the first line is empty: the password belongs there"

/* A folder, and files in it that a test wrote. */
typedef struct folder {
    char *path;
    char *files[4];
    guint count;
} folder;

static int setup(void **state) {
    folder *self = g_new0(folder, 1);

    self->path = g_dir_make_tmp("turnpcap-XXXXXX", NULL);
    assert_non_null(self->path);
    *state = self;
    return 0;
}

static int teardown(void **state) {
    folder *self = *state;

    for (guint i = 0; i < self->count; i++) {
        g_unlink(self->files[i]);
        g_free(self->files[i]);
    }
    g_rmdir(self->path);
    g_free(self->path);
    g_free(self);
    return 0;
}

static char *write_bytes(folder *in, const char *bytes, gssize length) {
    g_autofree char *name = g_strdup_printf("f%u", in->count);
    char *path = g_build_filename(in->path, name, NULL);

    assert_true(in->count < G_N_ELEMENTS(in->files));
    assert_true(g_file_set_contents(path, bytes, length, NULL));
    in->files[in->count++] = path;
    return path;
}

/* "" when TEXT signed with KEY is verified with what GIVEN names, else why not. */
static const char *try(const passwords_given *given, const char *text, const char *key,
                       gboolean is_check, guint index) {
    const message made =
        is_check ? message_signed_short(text, key) : message_signed_long(text, key);
    g_autoptr(turn_credentials) credentials = NULL;
    g_autoptr(GError) error = NULL;
    turn_signature signature;
    stun_message view;

    if (!passwords_read(given, &credentials, &error)) {
        print_message("%s\n", error->message);
        return "is not read";
    }
    assert_non_null(credentials);
    assert_int_equal(stun_message_parse(made.bytes, made.length, made.length, &view), STUN_OK);
    signature = turn_credentials_check(credentials, &view, &(turn_signer_context){0});
    if (signature.integrity != STUN_INTEGRITY_VERIFIED) {
        return "does not fit";
    }
    return signature.index == index ? "" : "fits with another one";
}

#define REQUEST "allocate request 1 user=alice realm=r"

static void password_is_the_first_line(void **state) {
    static const struct {
        const char *bytes;
        const char *password;
    } rows[] = {
        {"secret\n", "secret"},
        {"secret", "secret"},
        {"secret\r\nmore\n", "secret"},
        {"\xef\xbb\xbfsecret\n", "secret"},
        {" two blanks \n", " two blanks "},
        {"back\\slash \"quote\" #x\n", "back\\slash \"quote\" #x"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *key = g_strconcat("alice:r:", rows[i].password, NULL);
        folder *in = *state;
        char *files[] = {write_bytes(in, rows[i].bytes, -1), NULL};
        const passwords_given given = {.user = "alice", .password_files = files};

        assert_string_equal(try(&given, REQUEST, key, FALSE, 0), "");
        g_unlink(files[0]);
        g_free(in->files[--in->count]);
    }
}

static void several_files_are_several_passwords(void **state) {
    char *files[] = {write_bytes(*state, "first\n", -1), write_bytes(*state, "second\n", -1), NULL};
    const passwords_given given = {.user = "alice", .realm = "r", .password_files = files};

    assert_string_equal(try(&given, REQUEST, "alice:r:first", FALSE, 0), "");
    assert_string_equal(try(&given, REQUEST, "alice:r:second", FALSE, 1), "");
}

#define CREDENTIALS_TEXT                                                                           \
    "# of the lab\r\n"                                                                             \
    "\r\n"                                                                                         \
    "[cms]\r\n"                                                                                    \
    "user = alice\r\n"                                                                             \
    "  realm=r\r\n"                                                                                \
    "password =  a = b; #c \\n \r\n"                                                               \
    "Password = second\r\n"                                                                        \
    "; and an agent\r\n"                                                                           \
    "[agent]\r\n"                                                                                  \
    "ice-ufrag = far\r\n"                                                                          \
    "ice-pwd = ice\r\n"                                                                            \
    "[any realm]\r\n"                                                                              \
    "user = bob\r\n"                                                                               \
    "realm =\r\n"                                                                                  \
    "password = bobs"

static void credentials_file_has_users_and_agents(void **state) {
    char *files[] = {write_bytes(*state, CREDENTIALS_TEXT, -1), NULL};
    const passwords_given given = {.credentials = files};

    assert_string_equal(try(&given, REQUEST, "alice:r:a = b; #c \\n", FALSE, 0), "");
    assert_string_equal(try(&given, REQUEST, "alice:r:second", FALSE, 1), "");
    assert_string_equal(try(&given, "binding request 1 user=far:near", "ice", TRUE, 2), "");
    assert_string_equal(
        try(&given, "allocate request 1 user=bob realm=any", "bob:any:bobs", FALSE, 3), "");
    assert_string_equal(try(&given, REQUEST, "alice:r:bobs", FALSE, 0), "does not fit");
}

static void session_description_has_agents(void **state) {
    char *files[] = {
        write_bytes(*state, "v=0\r\na=ice-ufrag:far\r\na=ice-pwd:ice\r\nm=audio 9 RTP 0\r\n", -1),
        NULL};
    const passwords_given given = {.descriptions = files};

    assert_string_equal(try(&given, "binding request 1 user=far:near", "ice", TRUE, 0), "");
}

static void nothing_given_is_nothing_read(void **state) {
    const passwords_given given = {.user = NULL};
    turn_credentials *credentials = (turn_credentials *)state;
    g_autoptr(GError) error = NULL;

    assert_true(passwords_read(&given, &credentials, &error));
    assert_null(credentials);
    assert_null(error);
}

/* Asserts that GIVEN is refused with an error that ends in WANTED and does not hold "MARK". */
static void assert_refused(const passwords_given *given, const char *wanted) {
    turn_credentials *credentials = NULL;
    g_autoptr(GError) error = NULL;

    assert_false(passwords_read(given, &credentials, &error));
    assert_null(credentials);
    assert_non_null(error);
    if (!g_str_has_suffix(error->message, wanted)) {
        fail_msg("\"%s\" does not end in \"%s\"", error->message, wanted);
    }
    assert_null(strstr(error->message, "MARK"));
}

static void bad_options_are_refused(void **state) {
    char *dash[] = {(char *)"-", NULL};
    char *none[] = {(char *)"/nonexistent/MARKED-not", NULL};

    (void)state;
    assert_refused(&(passwords_given){.realm = "r"},
                   "--realm and --password-file need --user NAME");
    assert_refused(&(passwords_given){.password_files = dash},
                   "--realm and --password-file need --user NAME");
    assert_refused(&(passwords_given){.user = "", .password_files = dash}, "--user needs a name");
    assert_refused(&(passwords_given){.user = "alice", .password_files = dash},
                   "--password-file needs a file; leave it out to be asked");
    none[0] = (char *)"/nonexistent/pw";
    assert_refused(&(passwords_given){.user = "alice", .password_files = none},
                   "/nonexistent/pw: No such file or directory");
}

static void bad_password_files_are_refused(void **state) {
    g_autofree char *long_text = g_strnfill(PASSWORDS_MAX_PASSWORD + 1, 'x');
    char *empty[] = {write_bytes(*state, "\nMARK", -1), NULL};
    char *zero[] = {write_bytes(*state, "M\0A", 3), NULL};
    char *large[] = {write_bytes(*state, long_text, -1), NULL};

    assert_refused(&(passwords_given){.user = "alice", .password_files = empty}, LIMIT_LINE);
    assert_refused(&(passwords_given){.user = "alice", .password_files = zero},
                   "not plain text: save it as UTF-8 or ASCII");
    assert_refused(&(passwords_given){.user = "alice", .password_files = large},
                   "more than 4096 bytes: this is not a file of passwords");
}

static void password_of_just_the_limit_is_read(void **state) {
    g_autofree char *password = g_strnfill(PASSWORDS_MAX_PASSWORD, 'x');
    g_autofree char *key = g_strconcat("alice:r:", password, NULL);
    char *files[] = {write_bytes(*state, password, -1), NULL};

    assert_string_equal(
        try(&(passwords_given){.user = "alice", .password_files = files}, REQUEST, key, FALSE, 0),
        "");
}

static void bad_credentials_are_refused_by_line(void **state) {
    static const struct {
        const char *text;
        const char *wanted;
    } rows[] = {
        {"", "line 0: there is no entry: begin one with [name]"},
        {"# MARK\n", "line 1: there is no entry: begin one with [name]"},
        {"user = MARK\n", "line 1: an entry begins with [name]"},
        {"[x]\nMARK\n", "line 2: expected [name], or user, realm, password, ice-ufrag or ice-pwd "
                        "with = and a value"},
        {"[x]\nMARK = MARK\n", "line 2: expected [name], or user, realm, password, ice-ufrag or "
                               "ice-pwd with = and a value"},
        {"[x]\nuser = a\npassword =\n", "line 3: there is nothing behind the ="},
        {"[x]\nuser = a\nuser = MARK\n",
         "line 3: this is there twice: begin another entry with [name]"},
        {"\n[x]\nuser = MARK\n[y]\n",
         "line 2: this entry needs user and password, or ice-ufrag and ice-pwd"},
        {"[x]\npassword = MARK\n",
         "line 1: this entry needs user and password, or ice-ufrag and ice-pwd"},
        {"[x]\n", "line 1: this entry needs user and password, or ice-ufrag and ice-pwd"},
        {"[x]\nice-pwd = MARK\n", "line 1: this entry needs ice-ufrag and ice-pwd"},
        {"[x]\nuser = a\npassword = MARK\nice-ufrag = MARK\n",
         "line 1: user and ice-ufrag belong into entries of their own"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        folder *in = *state;
        char *files[] = {write_bytes(in, rows[i].text, -1), NULL};

        assert_refused(&(passwords_given){.credentials = files}, rows[i].wanted);
        g_unlink(files[0]);
        g_free(in->files[--in->count]);
    }
}

static void description_without_agents_is_refused(void **state) {
    char *files[] = {write_bytes(*state, "v=0\r\na=ice-ufrag:MARK\r\n", -1), NULL};

    assert_refused(&(passwords_given){.descriptions = files},
                   "no a=ice-ufrag with a=ice-pwd in it");
}

static void exposed_is_what_others_can_read(void **state) {
    const char *file = write_bytes(*state, "x", -1);
    folder *in = *state;

    assert_int_equal(g_chmod(file, 0600), 0);
    assert_false(passwords_is_exposed(file));
    assert_int_equal(g_chmod(file, 0640), 0);
    assert_true(passwords_is_exposed(file));
    assert_int_equal(g_chmod(file, 0604), 0);
    assert_true(passwords_is_exposed(file));
    assert_false(passwords_is_exposed(in->path));
    assert_false(passwords_is_exposed("/nonexistent/pw"));
}

#define with_folder(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        with_folder(password_is_the_first_line),
        with_folder(several_files_are_several_passwords),
        with_folder(credentials_file_has_users_and_agents),
        with_folder(session_description_has_agents),
        with_folder(bad_password_files_are_refused),
        with_folder(password_of_just_the_limit_is_read),
        with_folder(bad_credentials_are_refused_by_line),
        with_folder(description_without_agents_is_refused),
        with_folder(exposed_is_what_others_can_read),
        cmocka_unit_test(nothing_given_is_nothing_read),
        cmocka_unit_test(bad_options_are_refused),
    };

    return cmocka_run_group_tests_name("passwords", tests, NULL, NULL);
}
