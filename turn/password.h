/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the passwords given prove of one refused request. A request that is signed with one of them
 * comes from a client that has it; a refusal that is signed with one of them comes from a server
 * that has it. */
#ifndef TURN_PASSWORD_H
#define TURN_PASSWORD_H

#include "turn/session.h"

typedef enum turn_answer {
    TURN_ANSWER_NONE,
    TURN_ANSWER_CLIENT_DIFFERS,
    TURN_ANSWER_SERVER_DIFFERS,
    TURN_ANSWER_SAME,   /* both sides signed with one password */
    TURN_ANSWER_GRANTED /* the server granted other requests that are signed just so */
} turn_answer;

turn_answer turn_password_judge(const turn_model *model, const turn_session *session,
                                const turn_rejection *rejection);

/* Errors that mean that the password does not fit: RFC 8489 section 9.2.4, RFC 3489 section 11.2.9.
 */
gboolean turn_password_is_refusal(guint16 code);
/* Whether the password is one that was given, though for another realm maybe. */
gboolean turn_password_known(const turn_signature *signature);
/* Who made the request. */
const char *turn_password_user(const turn_session *session, const turn_rejection *rejection);

#endif
