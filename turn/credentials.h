/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Passwords that are known, and whether one of them signs a message: long-term credentials of TURN
 * users (RFC 8489 section 9.2, [MS-TURN]) and short-term ones of ICE agents (section 9.1, RFC 8445
 * section 7.1.3). Passwords are overwritten when they are let go, and no function gives one out. */
#ifndef TURN_CREDENTIALS_H
#define TURN_CREDENTIALS_H

#include "stun/integrity.h"
#include "turn/signer.h"

/* ICE credentials stand in the capture, so their number is limited: in all, and for one fragment,
 * since a message is tried with each of these. */
#define TURN_CREDENTIALS_MAX_ICE      4096u
#define TURN_CREDENTIALS_PER_FRAGMENT 8u
/* Passwords of one user: each is tried on every message of hers that no other fits. */
#define TURN_CREDENTIALS_PER_USER 16u
/* Passwords that are tried on a message of which nobody knows who signed it. */
#define TURN_CREDENTIALS_GUESSES 16u

typedef struct turn_credentials turn_credentials;

turn_credentials *turn_credentials_new(void);
/* NULL is allowed. */
void turn_credentials_free(turn_credentials *credentials);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(turn_credentials, turn_credentials_free)

/* Adds the long-term credentials of USER, who may have several. REALM without quotes; NULL or "":
 * whichever realm the messages name. USER and PASSWORD may be Base64 of the bytes that a Microsoft
 * client was given. All texts are copied. FALSE at the limit for one user. */
gboolean turn_credentials_add(turn_credentials *credentials, const char *user, const char *realm,
                              const char *password);

/* Adds the short-term credentials of the agent with this user fragment: a=ice-ufrag and a=ice-pwd
 * of RFC 8839 section 5.4. FALSE when they are known already, or at a limit. */
gboolean turn_credentials_add_ice(turn_credentials *credentials, const char *fragment,
                                  const char *password);

/* How many were added. */
guint turn_credentials_count(const turn_credentials *credentials);

/* How many long-term ones. */
guint turn_credentials_count_users(const turn_credentials *credentials);

/* What the key of a message was made of. */
typedef enum turn_key {
    TURN_KEY_PASSWORD, /* short-term: the password itself */
    TURN_KEY_MD5,
    TURN_KEY_SHA256,
    TURN_KEY_COUNT
} turn_key;

/* Why a signed message proves nothing. */
typedef enum turn_doubt {
    TURN_DOUBT_NONE,
    TURN_DOUBT_CUT,         /* bytes are missing */
    TURN_DOUBT_REMOVED,     /* all its bytes are zero: whoever redacted the capture took it out */
    TURN_DOUBT_SIGNER,      /* its user is not known, or only assumed, and no password fits */
    TURN_DOUBT_NO_PASSWORD, /* there are long-term passwords, but none of its user */
    TURN_DOUBT_REALM        /* one of its user was added for another realm */
} turn_doubt;

/* With TURN_DOUBT_REALM: whether it is the realm alone that keeps a password from fitting. */
typedef enum turn_realm_fit {
    TURN_REALM_FITS_NOT,   /* the password does not fit either */
    TURN_REALM_OF_MESSAGE, /* it fits with the realm that the message names */
    TURN_REALM_AS_ADDED    /* it fits with the realm that it was added for */
} turn_realm_fit;

/* What MESSAGE-INTEGRITY or MESSAGE-INTEGRITY-SHA256 proves. */
typedef struct turn_signature {
    /* ABSENT    the message is not signed
     * VERIFIED  one of the passwords signs it
     * FAILED    passwords of its user are known, and none signs it
     * UNKNOWN   no password of its user and realm is known, its user is not known or only the
     *           context's and none of the passwords signs it, one for another realm does, bytes are
     *           missing, or the signature was removed */
    stun_integrity integrity;
    stun_integrity_text text; /* VERIFIED: the form that fitted */
    turn_key key;             /* VERIFIED: what the key was made of */
    turn_doubt doubt;         /* UNKNOWN: why */
    turn_realm_fit realm_fit;
    /* VERIFIED: of the credential that fitted; FAILED: of the first that was tried; with
     * TURN_DOUBT_REALM of the one that fits, else of the first. NULL and 0 otherwise. */
    const char *user;  /* as it was added; owned by the credentials */
    const char *realm; /* as it was added, NULL: any; the same */
    guint index;       /* in the order of adding, from 0 */
    guint password;    /* in the order of adding among the passwords of USER, from 1 */
    guint passwords;   /* how many of USER there are */
} turn_signature;

/* Checks MESSAGE with every password that may be the one of its user (signer.h), in the order of
 * adding, with keys of MD5 and SHA-256 and in all forms of the text. MESSAGE-INTEGRITY-SHA256
 * decides where a message has both, as RFC 8489 section 9.2.4 says. Where nobody knows the user,
 * a few are tried that may fit, but then nothing is said to have failed; nor is it where the user
 * is only the context's. To be called for every message, signed or not, in the order of the
 * capture. */
turn_signature turn_credentials_check(turn_credentials *credentials, const stun_message *message,
                                      const turn_signer_context *context);

#endif
