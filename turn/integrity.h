/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the passwords that were given prove of many messages together, and the words for it. */
#ifndef TURN_INTEGRITY_H
#define TURN_INTEGRITY_H

#include "stun/codes.h"
#include "turn/credentials.h"

/* Signed messages as they were seen: a retransmission counts again. */
typedef struct turn_integrity {
    guint requests_verified;
    guint requests_failed; /* no password of their user signs them */
    guint responses_verified;
    guint responses_failed;
    guint indications_verified;
    guint indications_failed;
    guint unchecked;         /* no password of their user is known, or bytes are missing */
    guint other_realm;       /* of UNCHECKED: the password of their user fits, but it was given for
                                another realm */
    guint removed;           /* of UNCHECKED: the signature was taken out of the capture */
    guint forms;             /* set of turn_integrity_form() that fitted */
    guint request_password;  /* the latest that signed a request: its place among those of its user,
                                from 1; 0: none did */
    guint response_password; /* the same for responses */
    guint passwords;         /* how many that user has; 0: none fitted or failed */
} turn_integrity;

/* Counts a message of class CLS; nothing when it is not signed. */
void turn_integrity_count(turn_integrity *to, const turn_signature *signature, stun_class cls);
/* Adds what FROM counted to TO. */
void turn_integrity_add(turn_integrity *to, const turn_integrity *from);
/* Whether any signed message was seen, and whether any could be checked. */
gboolean turn_integrity_any(const turn_integrity *of);
gboolean turn_integrity_checked(const turn_integrity *of);
/* "RFC 8489, MD5 key", and other forms that fitted behind it; NULL when none did. Owned by the
 * caller. */
char *turn_integrity_forms(const turn_integrity *of);

/* "the password given", "the second password given": which of its user's fitted. Owned by the
 * caller. */
char *turn_password_name(guint password, guint passwords);

#endif
