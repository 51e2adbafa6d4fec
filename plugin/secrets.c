/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plugin/secrets.h"

#include "turn/hmac.h"
#include "turn/sdp.h"

#include <epan/uat.h>
#include <string.h>

#define MEDIA_TYPES "media_type"
#define SDP         "application/sdp"

/* The columns of the table. */
enum { USER, REALM, PASSWORD, COLUMNS };

typedef struct row {
    char *text[COLUMNS];
} row;

/* Both are written by Wireshark, when the preferences change. */
static row *rows;
static guint row_count;

static turn_credentials *credentials;
static dissector_handle_t built_in;

static void let_go(char *text) {
    if (text != NULL) {
        turn_wipe(text, strlen(text));
    }
    g_free(text);
}

static void set_text(void *record, const char *text, unsigned length, const void *unused,
                     const void *column) {
    char **to = &((row *)record)->text[GPOINTER_TO_UINT(column)];

    (void)unused;
    let_go(*to);
    *to = g_strndup(text, length);
}

/* A row that is about to be filled in has no texts yet. */
static const char *text_of(const row *from, guint column) {
    return from->text[column] != NULL ? from->text[column] : "";
}

static void get_text(void *record, char **text, unsigned *length, const void *unused,
                     const void *column) {
    (void)unused;
    *text = g_strdup(text_of(record, GPOINTER_TO_UINT(column)));
    *length = (unsigned)strlen(*text);
}

static void *copy_row(void *to, const void *from, size_t size) {
    const row *source = from;
    row *copy = to;

    (void)size;
    for (gsize i = 0; i < COLUMNS; i++) {
        copy->text[i] = g_strdup(source->text[i]);
    }
    return copy;
}

static ws_bool check_row(void *record, char **error) {
    const gboolean is_good = text_of(record, USER)[0] != '\0';

    *error = is_good ? NULL : g_strdup("A user name is needed.");
    return is_good;
}

static void free_row(void *record) {
    row *gone = record;

    for (gsize i = 0; i < COLUMNS; i++) {
        let_go(gone->text[i]);
    }
}

/* The number is the data of the field, since Wireshark 4.0 does not give SET its own when it reads
 * the file or -o. */
#define COLUMN(name, title, number, description)                                                   \
    {                                                                                              \
        name, title, PT_TXTMOD_STRING, {uat_fld_chk_str, set_text, get_text}, {NULL, NULL, NULL},  \
            GUINT_TO_POINTER(number), description, FLDFILL                                         \
    }

void mstun_secrets_register(module_t *preferences) {
    static uat_field_t columns[] = {
        COLUMN("user", "User", USER, "As in USERNAME; for MS-TURN also in Base64"),
        COLUMN("realm", "Realm", REALM, "As in REALM, without quotes; empty: any"),
        COLUMN("password", "Password", PASSWORD, "For MS-TURN also in Base64"), UAT_END_FIELDS};
    uat_t *table =
        uat_new("TURN Credentials", sizeof(row), "mstun_credentials", TRUE, &rows, &row_count,
                UAT_AFFECTS_DISSECTION, NULL, copy_row, check_row, free_row, NULL, NULL, columns);

    prefs_register_uat_preference(preferences, "credentials", "Credentials",
                                  "Long-term credentials of TURN users, to check MESSAGE-INTEGRITY",
                                  table);
}

/* Looks only at what was captured, since it must not throw where the built-in would not. */
static void read_sdp(tvbuff_t *tvb) {
    const guint captured = tvb_captured_length(tvb);

    if (credentials != NULL && captured > 0) {
        const guint8 *text = tvb_get_ptr(tvb, 0, (gint)captured);

        turn_sdp_read(credentials, (const char *)text, captured, tvb_reported_length(tvb));
    }
}

static int dissect_sdp(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data) {
    if (!PINFO_FD_VISITED(pinfo)) {
        read_sdp(tvb);
    }
    return call_dissector_only(built_in, tvb, pinfo, tree, data);
}

/* The handle has no protocol, so that it adds no layer and cannot be disabled; "Decode As" wants a
 * description then. */
static void stand_before_sdp(void) {
    static gboolean tried = FALSE;
    dissector_table_t table = tried ? NULL : find_dissector_table(MEDIA_TYPES);

    tried = TRUE;
    if (table == NULL) {
        return;
    }
    built_in = dissector_get_string_handle(table, SDP);
    if (built_in != NULL) {
        dissector_add_string(MEDIA_TYPES, SDP,
                             create_dissector_handle_with_name_and_description(
                                 dissect_sdp, -1, NULL, "SDP read by MSTUN"));
    }
}

void mstun_secrets_begin(void) {
    mstun_secrets_end();
    stand_before_sdp();
    credentials = turn_credentials_new();
    for (guint i = 0; i < row_count; i++) {
        turn_credentials_add(credentials, text_of(&rows[i], USER), text_of(&rows[i], REALM),
                             text_of(&rows[i], PASSWORD));
    }
}

void mstun_secrets_end(void) {
    turn_credentials_free(credentials);
    credentials = NULL;
}

turn_credentials *mstun_secrets(void) {
    return credentials;
}
