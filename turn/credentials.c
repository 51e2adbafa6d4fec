/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/credentials.h"

#include "turn/hmac.h"
#include <string.h>

/* A text as it was given, and the bytes that it is the Base64 of, if it is. */
enum { AS_GIVEN, DECODED, FORMS };

typedef struct bytes {
    guint8 *at; /* NULL: there are none */
    gsize length;
} bytes;

typedef struct credential {
    gboolean is_ice;
    char *name;  /* user or fragment, as given */
    char *realm; /* NULL: any */
    bytes user[FORMS];
    bytes password[FORMS];
} credential;

struct turn_credentials {
    GPtrArray *all; /* of credential, owned */
    guint ice;      /* how many of them are ICE's */
    turn_signers *signers;
};

/* What is tried on one attribute of a message. */
typedef struct trial {
    const stun_message *message;
    const stun_attr *attr;
    turn_signer signer;
    stun_text realm; /* the signer's, else the credential's that is tried */
    stun_integrity_text text;
    turn_key key;
} trial;

static void free_bytes(bytes *all) {
    for (gsize i = 0; i < FORMS; i++) {
        if (all[i].at != NULL) {
            turn_wipe(all[i].at, all[i].length);
        }
        g_free(all[i].at);
    }
}

static void free_credential(gpointer data) {
    credential *gone = data;

    free_bytes(gone->user);
    free_bytes(gone->password);
    g_free(gone->name);
    g_free(gone->realm);
    g_free(gone);
}

turn_credentials *turn_credentials_new(void) {
    turn_credentials *credentials = g_new0(turn_credentials, 1);

    credentials->all = g_ptr_array_new_with_free_func(free_credential);
    credentials->signers = turn_signers_new();
    return credentials;
}

void turn_credentials_free(turn_credentials *credentials) {
    if (credentials == NULL) {
        return;
    }
    g_ptr_array_unref(credentials->all);
    turn_signers_free(credentials->signers);
    g_free(credentials);
}

/* g_base64_decode() passes over whatever is no Base64. */
static gboolean is_base64(const char *text) {
    const gsize length = strlen(text);
    gsize digits = 0;

    while (g_ascii_isalnum(text[digits]) || text[digits] == '+' || text[digits] == '/') {
        digits++;
    }
    return digits > 0 && length % 4 == 0 && digits + strspn(text + digits, "=") == length;
}

static void set_forms(bytes *forms, const char *text) {
    forms[AS_GIVEN].length = strlen(text);
    forms[AS_GIVEN].at = g_memdup2(text, forms[AS_GIVEN].length + 1);
    if (is_base64(text)) {
        forms[DECODED].at = g_base64_decode(text, &forms[DECODED].length);
    }
}

static void trim_zeros(bytes *of) {
    while (of->length > 0 && of->at[of->length - 1] == 0) {
        of->length--;
    }
}

static credential *add(turn_credentials *credentials, const char *user, const char *password) {
    credential *added = g_new0(credential, 1);

    added->name = g_strdup(user);
    set_forms(added->user, user);
    set_forms(added->password, password);
    g_ptr_array_add(credentials->all, added);
    return added;
}

static guint passwords_of(const turn_credentials *credentials, const char *user) {
    guint count = 0;

    for (guint i = 0; i < credentials->all->len; i++) {
        const credential *known = g_ptr_array_index(credentials->all, i);

        count += !known->is_ice && strcmp(known->name, user) == 0 ? 1 : 0;
    }
    return count;
}

gboolean turn_credentials_add(turn_credentials *credentials, const char *user, const char *realm,
                              const char *password) {
    credential *added;

    if (passwords_of(credentials, user) >= TURN_CREDENTIALS_PER_USER) {
        return FALSE;
    }
    added = add(credentials, user, password);
    added->realm = realm != NULL && realm[0] != '\0' ? g_strdup(realm) : NULL;
    trim_zeros(&added->user[DECODED]);
    trim_zeros(&added->password[DECODED]);
    return TRUE;
}

gboolean turn_credentials_add_ice(turn_credentials *credentials, const char *fragment,
                                  const char *password) {
    guint same = 0;

    for (guint i = 0; i < credentials->all->len; i++) {
        const credential *known = g_ptr_array_index(credentials->all, i);

        if (!known->is_ice || strcmp(known->name, fragment) != 0) {
            continue;
        }
        if (strcmp((const char *)known->password[AS_GIVEN].at, password) == 0) {
            return FALSE;
        }
        same++;
    }
    if (same >= TURN_CREDENTIALS_PER_FRAGMENT || credentials->ice >= TURN_CREDENTIALS_MAX_ICE) {
        return FALSE;
    }
    add(credentials, fragment, password)->is_ice = TRUE;
    credentials->ice++;
    return TRUE;
}

guint turn_credentials_count(const turn_credentials *credentials) {
    return credentials->all->len;
}

guint turn_credentials_count_users(const turn_credentials *credentials) {
    return credentials->all->len - credentials->ice;
}

#define COLON                                                                                      \
    { (const uint8_t *)":", 1 }

static stun_span span_of(stun_text text) {
    return (stun_span){(const uint8_t *)text.bytes, text.length};
}

static gboolean is_same(stun_text text, const char *as) {
    return text.length == strlen(as) && memcmp(text.bytes, as, text.length) == 0;
}

static gboolean is_bytes(stun_text text, const bytes *as) {
    return as->at != NULL && text.length == as->length &&
           memcmp(text.bytes, as->at, text.length) == 0;
}

/* Of "A:B" the first is the one that the check is sent to, whose password signs it (RFC 8445
 * section 7.2.2). Bytes that were decoded may have a colon in them. */
static gboolean is_receiver(stun_text text, const bytes *fragment) {
    if (fragment->at == NULL || text.length < fragment->length) {
        return FALSE;
    }
    return memcmp(text.bytes, fragment->at, fragment->length) == 0 &&
           (text.length == fragment->length || text.bytes[fragment->length] == ':');
}

static gboolean is_ice_agent_of(const credential *of, const trial *on) {
    const turn_signer *signer = &on->signer;

    if (on->message->method != STUN_METHOD_BINDING || signer->hashed) {
        return FALSE;
    }
    return signer->user.bytes == NULL || is_receiver(signer->user, &of->user[AS_GIVEN]) ||
           is_receiver(signer->user, &of->user[DECODED]);
}

/* RFC 8489 section 14.4. */
static gboolean has_userhash(const credential *of, const trial *on) {
    const stun_text user = on->signer.user;
    const stun_span spans[] = {
        {of->user[AS_GIVEN].at, of->user[AS_GIVEN].length}, COLON, span_of(on->realm)};
    guint8 hash[STUN_HASH_MAX];
    const gsize length = turn_digest(STUN_HASH_SHA256, spans, G_N_ELEMENTS(spans), hash);

    return user.length == length && memcmp(user.bytes, hash, length) == 0;
}

/* User and password of [MS-TURN] are bytes that a server made. */
static gsize forms_of(const stun_message *message) {
    return message->dialect == STUN_DIALECT_MS_TURN ? FORMS : DECODED;
}

static gboolean is_user_of(const credential *of, const trial *on) {
    if (on->signer.user.bytes == NULL) {
        return TRUE;
    }
    if (on->signer.hashed) {
        return has_userhash(of, on);
    }
    for (gsize i = 0; i < forms_of(on->message); i++) {
        if (is_bytes(on->signer.user, &of->user[i])) {
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean applies(const credential *with, trial *on) {
    if (with->is_ice) {
        return is_ice_agent_of(with, on);
    }
    on->realm = on->signer.realm;
    if (on->realm.bytes == NULL && with->realm != NULL) {
        on->realm = (stun_text){with->realm, strlen(with->realm)};
    }
    return on->realm.bytes != NULL && (with->realm == NULL || is_same(on->realm, with->realm)) &&
           is_user_of(with, on);
}

static stun_integrity try_key(trial *on, const guint8 *key, gsize length) {
    return stun_integrity_check(on->message, on->attr, key, length, turn_hmac, &on->text);
}

/* RFC 8489 section 18.5.1. Which hash is meant stands in requests at most, and nobody has said it
 * for [MS-TURN]. */
static stun_integrity try_long_term(trial *on, const bytes *user, const bytes *password) {
    static const stun_hash hashes[] = {STUN_HASH_MD5, STUN_HASH_SHA256};
    static const turn_key keys[] = {TURN_KEY_MD5, TURN_KEY_SHA256};
    const stun_span spans[] = {{user->at, user->length},
                               COLON,
                               span_of(on->realm),
                               COLON,
                               {password->at, password->length}};
    stun_integrity integrity = STUN_INTEGRITY_FAILED;

    for (gsize i = 0; i < G_N_ELEMENTS(hashes) && integrity == STUN_INTEGRITY_FAILED; i++) {
        guint8 key[STUN_HASH_MAX];
        const gsize length = turn_digest(hashes[i], spans, G_N_ELEMENTS(spans), key);

        integrity = try_key(on, key, length);
        on->key = keys[i];
        turn_wipe(key, sizeof key);
    }
    return integrity;
}

static stun_integrity try_user(const credential *with, trial *on) {
    const gsize forms = forms_of(on->message);
    stun_integrity integrity = STUN_INTEGRITY_FAILED;

    for (gsize i = 0; i < forms * forms && integrity == STUN_INTEGRITY_FAILED; i++) {
        const bytes *user = &with->user[i / forms];
        const bytes *password = &with->password[i % forms];

        if (user->at != NULL && password->at != NULL) {
            integrity = try_long_term(on, user, password);
        }
    }
    return integrity;
}

/* Microsoft's first form of ICE decodes the password. */
static stun_integrity try_ice(const credential *with, trial *on) {
    stun_integrity integrity = STUN_INTEGRITY_FAILED;

    on->key = TURN_KEY_PASSWORD;
    for (gsize i = 0; i < FORMS && integrity == STUN_INTEGRITY_FAILED; i++) {
        if (with->password[i].at != NULL) {
            integrity = try_key(on, with->password[i].at, with->password[i].length);
        }
    }
    return integrity;
}

/* The user that the caller assumes may have left the 5-tuple to another one. */
static gboolean may_fail(const turn_signer *signer) {
    return signer->user.bytes != NULL && !signer->assumed;
}

/* Which of its user's passwords the one at INDEX is. */
static void name_password(const turn_credentials *credentials, guint index,
                          turn_signature *signature) {
    const credential *named = g_ptr_array_index(credentials->all, index);

    signature->user = named->name;
    signature->realm = named->realm;
    signature->index = index;
    signature->passwords = 0;
    for (guint i = 0; i < credentials->all->len; i++) {
        const credential *other = g_ptr_array_index(credentials->all, i);

        if (other->is_ice == named->is_ice && g_str_equal(other->name, named->name)) {
            signature->passwords++;
            signature->password = i == index ? signature->passwords : signature->password;
        }
    }
}

static turn_realm_fit try_realms(const credential *with, trial *on) {
    on->realm = on->signer.realm;
    if (try_user(with, on) == STUN_INTEGRITY_VERIFIED) {
        return TURN_REALM_OF_MESSAGE;
    }
    on->realm = (stun_text){with->realm, strlen(with->realm)};
    return try_user(with, on) == STUN_INTEGRITY_VERIFIED ? TURN_REALM_AS_ADDED
                                                         : TURN_REALM_FITS_NOT;
}

/* Of a message that names its user, and that no password for its realm signs: whether one for
 * another realm does. NONE says that there is none for its realm. */
static void look_for_reason(const turn_credentials *credentials, trial *on, gboolean none,
                            turn_signature *signature) {
    for (guint i = 0; i < credentials->all->len && on->signer.realm.bytes != NULL; i++) {
        const credential *with = g_ptr_array_index(credentials->all, i);
        turn_realm_fit fit;

        on->realm = on->signer.realm;
        if (with->is_ice || with->realm == NULL || is_same(on->realm, with->realm) ||
            !is_user_of(with, on)) {
            continue;
        }
        fit = try_realms(with, on);
        if (fit != TURN_REALM_FITS_NOT || (none && signature->doubt != TURN_DOUBT_REALM)) {
            signature->doubt = TURN_DOUBT_REALM;
            signature->realm_fit = fit;
            name_password(credentials, i, signature);
        }
        if (fit != TURN_REALM_FITS_NOT) {
            signature->integrity = STUN_INTEGRITY_UNKNOWN;
            return;
        }
    }
    if (none && signature->doubt != TURN_DOUBT_REALM &&
        on->message->method != STUN_METHOD_BINDING &&
        turn_credentials_count_users(credentials) > 0) {
        signature->doubt = TURN_DOUBT_NO_PASSWORD;
    }
}

static turn_signature check(const turn_credentials *credentials, trial *on) {
    const guint limit =
        on->signer.user.bytes != NULL ? credentials->all->len : TURN_CREDENTIALS_GUESSES;
    turn_signature signature = {.integrity = STUN_INTEGRITY_UNKNOWN, .doubt = TURN_DOUBT_SIGNER};
    guint tried = 0;

    for (guint i = 0; i < credentials->all->len && tried < limit; i++) {
        const credential *with = g_ptr_array_index(credentials->all, i);
        stun_integrity integrity;

        if (!applies(with, on)) {
            continue;
        }
        integrity = with->is_ice ? try_ice(with, on) : try_user(with, on);
        if (integrity == STUN_INTEGRITY_VERIFIED ||
            (tried == 0 && integrity == STUN_INTEGRITY_FAILED && may_fail(&on->signer))) {
            signature = (turn_signature){.integrity = integrity};
            name_password(credentials, i, &signature);
        } else if (tried == 0 && integrity == STUN_INTEGRITY_UNKNOWN) {
            signature.doubt = TURN_DOUBT_CUT;
        }
        if (integrity == STUN_INTEGRITY_VERIFIED) {
            signature.text = on->text;
            signature.key = on->key;
            break;
        }
        tried++;
    }
    if (signature.integrity != STUN_INTEGRITY_VERIFIED && signature.doubt != TURN_DOUBT_CUT &&
        may_fail(&on->signer)) {
        look_for_reason(credentials, on, tried == 0, &signature);
    }
    return signature;
}

/* No hash comes out so, but once in 2^128 of them. */
static gboolean is_removed(const stun_attr *attr) {
    for (gsize i = 0; i < attr->captured; i++) {
        if (attr->value[i] != 0) {
            return FALSE;
        }
    }
    return attr->captured > 0 && attr->captured == attr->length;
}

turn_signature turn_credentials_check(turn_credentials *credentials, const stun_message *message,
                                      const turn_signer_context *context) {
    static const guint16 types[] = {STUN_ATTR_MESSAGE_INTEGRITY_SHA256,
                                    STUN_ATTR_MESSAGE_INTEGRITY};
    static const turn_signature removed = {.integrity = STUN_INTEGRITY_UNKNOWN,
                                           .doubt = TURN_DOUBT_REMOVED};
    const gboolean is_cut = message->captured < message->length;
    turn_signature signature = {.integrity =
                                    is_cut ? STUN_INTEGRITY_UNKNOWN : STUN_INTEGRITY_ABSENT,
                                .doubt = is_cut ? TURN_DOUBT_CUT : TURN_DOUBT_NONE};
    trial on = {.message = message};
    stun_attr attr;

    if (credentials->all->len > 0) {
        on.signer = turn_signers_find(credentials->signers, message, context);
    }
    on.attr = &attr;
    for (gsize i = 0; i < G_N_ELEMENTS(types); i++) {
        if (stun_message_find(message, types[i], &attr)) {
            signature = is_removed(&attr) ? removed : check(credentials, &on);
        }
        if (signature.integrity == STUN_INTEGRITY_VERIFIED ||
            signature.integrity == STUN_INTEGRITY_FAILED) {
            break;
        }
    }
    return signature;
}
