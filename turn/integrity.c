/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/integrity.h"

#define FORMS (STUN_TEXT_COUNT * TURN_KEY_COUNT)
_Static_assert(FORMS <= 32, "the forms fit a set of bits");

typedef struct side {
    guint *verified;
    guint *failed;
    guint *password;
} side;

static side side_of(turn_integrity *of, stun_class cls) {
    switch (cls) {
    case STUN_REQUEST:
        return (side){&of->requests_verified, &of->requests_failed, &of->request_password};
    case STUN_INDICATION:
        return (side){&of->indications_verified, &of->indications_failed, NULL};
    default:
        return (side){&of->responses_verified, &of->responses_failed, &of->response_password};
    }
}

void turn_integrity_count(turn_integrity *to, const turn_signature *signature, stun_class cls) {
    const side counted = side_of(to, cls);

    switch (signature->integrity) {
    case STUN_INTEGRITY_VERIFIED:
        (*counted.verified)++;
        to->forms |= 1u << (signature->text * TURN_KEY_COUNT + signature->key);
        to->passwords = signature->passwords;
        if (counted.password != NULL) {
            *counted.password = signature->password;
        }
        break;
    case STUN_INTEGRITY_FAILED:
        (*counted.failed)++;
        to->passwords = signature->passwords;
        break;
    case STUN_INTEGRITY_UNKNOWN:
        to->unchecked++;
        to->other_realm += signature->realm_fit != TURN_REALM_FITS_NOT ? 1 : 0;
        to->removed += signature->doubt == TURN_DOUBT_REMOVED ? 1 : 0;
        break;
    default:
        break;
    }
}

void turn_integrity_add(turn_integrity *to, const turn_integrity *from) {
    to->requests_verified += from->requests_verified;
    to->requests_failed += from->requests_failed;
    to->responses_verified += from->responses_verified;
    to->responses_failed += from->responses_failed;
    to->indications_verified += from->indications_verified;
    to->indications_failed += from->indications_failed;
    to->unchecked += from->unchecked;
    to->other_realm += from->other_realm;
    to->removed += from->removed;
    to->forms |= from->forms;
    to->passwords = MAX(to->passwords, from->passwords);
}

gboolean turn_integrity_checked(const turn_integrity *of) {
    return of->requests_verified + of->requests_failed + of->responses_verified +
               of->responses_failed + of->indications_verified + of->indications_failed >
           0;
}

gboolean turn_integrity_any(const turn_integrity *of) {
    return of->unchecked > 0 || turn_integrity_checked(of);
}

static void append_form(GString *to, stun_integrity_text text, turn_key key) {
    static const char *const keys[] = {[TURN_KEY_PASSWORD] = "short-term key",
                                       [TURN_KEY_MD5] = "MD5 key",
                                       [TURN_KEY_SHA256] = "SHA-256 key"};
    _Static_assert(G_N_ELEMENTS(keys) == TURN_KEY_COUNT, "every key has a name");

    g_string_append_printf(to, "%s%s, %s", to->len > 0 ? "; " : "", stun_integrity_text_name(text),
                           keys[key]);
}

char *turn_integrity_forms(const turn_integrity *of) {
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < FORMS; i++) {
        if ((of->forms & 1u << i) != 0) {
            append_form(text, (stun_integrity_text)(i / TURN_KEY_COUNT),
                        (turn_key)(i % TURN_KEY_COUNT));
        }
    }
    return g_string_free(text, text->len == 0);
}

char *turn_password_name(guint password, guint passwords) {
    static const char *const ordinals[] = {"first", "second",  "third",  "fourth", "fifth",
                                           "sixth", "seventh", "eighth", "ninth",  "tenth"};

    if (passwords <= 1) {
        return g_strdup("the password given");
    }
    if (password >= 1 && password <= G_N_ELEMENTS(ordinals)) {
        return g_strdup_printf("the %s password given", ordinals[password - 1]);
    }
    return g_strdup_printf("password %u of those given", password);
}
