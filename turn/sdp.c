/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/sdp.h"

#include "turn/hmac.h"
#include <string.h>

#define FRAGMENT "a=ice-ufrag:"
#define PASSWORD "a=ice-pwd:"
#define MEDIA    "m="

/* What one section says: the session's, or the one of a medium. LENGTH 0: nothing. */
typedef struct section {
    stun_text fragment;
    stun_text password;
} section;

typedef struct reader {
    turn_credentials *credentials;
    section session;
    section now;
    gboolean in_media;
    guint added;
} reader;

static gboolean begins(stun_text line, const char *with) {
    const gsize length = strlen(with);

    return line.length >= length && memcmp(line.bytes, with, length) == 0;
}

/* The rest of LINE behind NAME; nothing when it cannot be a value. */
static stun_text value_of(stun_text line, const char *name) {
    const gsize skip = strlen(name);
    stun_text value = {line.bytes + skip, line.length - skip};

    while (value.length > 0 && g_ascii_isspace(value.bytes[value.length - 1])) {
        value.length--;
    }
    for (gsize i = 0; i < value.length; i++) {
        if (!g_ascii_isgraph(value.bytes[i])) {
            return (stun_text){0};
        }
    }
    return value.length <= TURN_SDP_MAX_VALUE ? value : (stun_text){0};
}

static void add(reader *to, stun_text fragment, stun_text password) {
    char name[TURN_SDP_MAX_VALUE + 1] = {0};
    char secret[TURN_SDP_MAX_VALUE + 1] = {0};

    if (fragment.length == 0 || password.length == 0) {
        return;
    }
    memcpy(name, fragment.bytes, fragment.length);
    memcpy(secret, password.bytes, password.length);
    if (turn_credentials_add_ice(to->credentials, name, secret)) {
        to->added++;
    }
    turn_wipe(secret, sizeof secret);
}

/* Of a section that was cut, the missing half may be its own and not the session's. */
static void end_section(reader *of, gboolean is_whole) {
    const section *now = &of->now;
    const section *defaults = is_whole ? &of->session : now;

    if (!of->in_media) {
        of->session = *now;
    }
    add(of, now->fragment.length > 0 ? now->fragment : defaults->fragment,
        now->password.length > 0 ? now->password : defaults->password);
    of->now = (section){.fragment = {0}};
}

static void read_line(reader *by, stun_text line) {
    if (begins(line, MEDIA)) {
        end_section(by, TRUE);
        by->in_media = TRUE;
    } else if (begins(line, FRAGMENT)) {
        by->now.fragment = value_of(line, FRAGMENT);
    } else if (begins(line, PASSWORD)) {
        by->now.password = value_of(line, PASSWORD);
    }
}

guint turn_sdp_read(turn_credentials *credentials, const char *text, gsize captured,
                    gsize reported) {
    reader by = {.credentials = credentials};
    gsize at = 0;

    while (at < captured) {
        const char *end = memchr(text + at, '\n', captured - at);
        const gsize length = end != NULL ? (gsize)(end - text) - at : captured - at;

        if (end == NULL && captured < reported) {
            break;
        }
        read_line(&by, (stun_text){text + at, length});
        at += length + 1;
    }
    end_section(&by, captured >= reported);
    return by.added;
}
