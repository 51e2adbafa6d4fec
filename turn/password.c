/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/password.h"

gboolean turn_password_is_refusal(guint16 code) {
    return code == 401 || code == 431;
}

/* 441 says that the user is another one than before: passwords are the reason only where the
 * signatures of both sides prove it. */
static gboolean may_be_refusal(guint16 code) {
    return turn_password_is_refusal(code) || code == 441;
}

static gboolean is_verified(const turn_signature *signature) {
    return signature->integrity == STUN_INTEGRITY_VERIFIED;
}

gboolean turn_password_known(const turn_signature *signature) {
    return is_verified(signature) ||
           (signature->doubt == TURN_DOUBT_REALM && signature->realm_fit != TURN_REALM_FITS_NOT);
}

static turn_answer of_known(const turn_model *model, const turn_session *session,
                            const turn_rejection *rejection) {
    const turn_signature *request = &rejection->request_signature;
    const turn_signature *response = &rejection->response_signature;

    if (turn_password_known(response)) {
        return response->index == request->index && response->realm_fit == request->realm_fit
                   ? TURN_ANSWER_SAME
                   : TURN_ANSWER_SERVER_DIFFERS;
    }
    if (response->integrity == STUN_INTEGRITY_FAILED) {
        return TURN_ANSWER_SERVER_DIFFERS;
    }
    if (!turn_password_is_refusal(rejection->code)) {
        return TURN_ANSWER_NONE;
    }
    return turn_model_granted(model, &session->server, request) ? TURN_ANSWER_GRANTED
                                                                : TURN_ANSWER_SERVER_DIFFERS;
}

turn_answer turn_password_judge(const turn_model *model, const turn_session *session,
                                const turn_rejection *rejection) {
    const turn_signature *request = &rejection->request_signature;

    if (!rejection->authenticated || !may_be_refusal(rejection->code)) {
        return TURN_ANSWER_NONE;
    }
    if (turn_password_known(request)) {
        return of_known(model, session, rejection);
    }
    if (request->integrity != STUN_INTEGRITY_FAILED) {
        return TURN_ANSWER_NONE;
    }
    if (is_verified(&rejection->response_signature)) {
        return TURN_ANSWER_CLIENT_DIFFERS;
    }
    return turn_password_is_refusal(rejection->code) &&
                   !turn_model_granted(model, &session->server, request)
               ? TURN_ANSWER_CLIENT_DIFFERS
               : TURN_ANSWER_NONE;
}

const char *turn_password_user(const turn_session *session, const turn_rejection *rejection) {
    if (rejection->user > 0) {
        return g_ptr_array_index(session->users, rejection->user - 1);
    }
    return rejection->request_signature.user != NULL ? rejection->request_signature.user : "?";
}
