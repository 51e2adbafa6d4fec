/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Rules about the passwords given. */
#include "turn/password.h"
#include "turn/rules.h"

static char *name_of(const turn_signature *signature) {
    return turn_password_name(signature->password, signature->passwords);
}

static char *none_of(const turn_signature *signature) {
    return signature->passwords > 1
               ? g_strdup_printf("none of the %u passwords given", signature->passwords)
               : g_strdup("another password than the one given");
}

/* ", signed with the first password given"; empty when nothing is known. Owned by the caller. */
static char *signed_with(const turn_signature *signature) {
    g_autofree char *name = NULL;

    if (turn_password_known(signature)) {
        name = name_of(signature);
    } else if (signature->integrity == STUN_INTEGRITY_FAILED) {
        name = none_of(signature);
    }
    return name != NULL ? g_strdup_printf(", signed with %s", name) : g_strdup("");
}

static void add_evidence(turn_finding *finding, const turn_session *session,
                         const turn_rejection *rejection) {
    const char *method = stun_method_name(rejection->method);
    g_autofree char *request = signed_with(&rejection->request_signature);
    g_autofree char *response = signed_with(&rejection->response_signature);

    method = method != NULL ? method : "Unknown";
    turn_finding_add(finding, &rejection->request, "%s Request as user \"%s\"%s", method,
                     turn_password_user(session, rejection), request);
    turn_finding_add(finding, &rejection->response, "%s Error Response, %u \"%s\"%s", method,
                     rejection->code, rejection->reason, response);
}

static void tell_unknown_server(GString *to, const turn_signature *response) {
    if (response->integrity == STUN_INTEGRITY_ABSENT) {
        g_string_append(to, " The refusal is not signed: which password the server has is not in "
                            "the capture.");
    } else if (response->doubt == TURN_DOUBT_REALM) {
        g_string_append(to, " The refusal is signed with another password, or for another realm.");
    } else {
        g_string_append(to, " Which password the refusal is signed with cannot be checked.");
    }
}

static gboolean is_same_password(const turn_signature *request, const turn_signature *response) {
    return turn_password_known(response) && response->index == request->index;
}

static void tell_client(GString *to, const char *user, const turn_rejection *rejection) {
    const turn_signature *response = &rejection->response_signature;
    g_autofree char *other = none_of(&rejection->request_signature);

    if (response->integrity == STUN_INTEGRITY_FAILED) {
        g_string_append_printf(to,
                               "What was given is the password of neither side: it is probably the "
                               "given one that is wrong. The client signs as user \"%s\" with %s, "
                               "and so does the server.",
                               user, other);
        return;
    }
    g_string_append_printf(to, "The client signs as user \"%s\" with %s.", user, other);
    if (response->integrity == STUN_INTEGRITY_VERIFIED) {
        g_autofree char *name = name_of(response);

        g_string_append_printf(to, " The server has %s: its refusal is signed with it.", name);
    } else {
        tell_unknown_server(to, response);
    }
}

static const char *realm_of_key(const turn_session *session, const turn_signature *signature) {
    if (signature->realm_fit == TURN_REALM_AS_ADDED) {
        return signature->realm;
    }
    return session->realm != NULL ? session->realm : "";
}

/* The realm is part of the key: where it differs, one password makes two keys. */
static void tell_realm(GString *to, const turn_session *session, const turn_signature *request,
                       const turn_signature *response) {
    if (is_same_password(request, response)) {
        g_string_append_printf(to,
                               " The server has it too, but its key is made with realm \"%s\" and "
                               "the client's with \"%s\": only the realm differs.",
                               realm_of_key(session, response), realm_of_key(session, request));
    } else if (request->doubt == TURN_DOUBT_REALM) {
        g_string_append_printf(
            to, " The password was given for realm \"%s\", and the messages name \"%s\"%s",
            request->realm, session->realm != NULL ? session->realm : "",
            response->integrity == STUN_INTEGRITY_ABSENT
                ? ": if the server keeps the user under the realm given, that "
                  "alone makes the difference."
                : ".");
    }
}

static void tell_server(GString *to, const char *user, const turn_session *session,
                        const turn_rejection *rejection) {
    const turn_signature *request = &rejection->request_signature;
    const turn_signature *response = &rejection->response_signature;
    g_autofree char *name = name_of(request);

    g_string_append_printf(to, "The client has %s for user \"%s\".", name, user);
    if (is_same_password(request, response)) {
        tell_realm(to, session, request, response);
        return;
    }
    if (turn_password_known(response)) {
        g_autofree char *other = name_of(response);

        g_string_append_printf(to, " The server has %s: its refusal is signed with it.", other);
    } else if (response->integrity == STUN_INTEGRITY_FAILED) {
        g_string_append(to, " The server has another one: its refusal is signed with a password "
                            "that was not given.");
    } else {
        tell_unknown_server(to, response);
    }
    tell_realm(to, session, request, response);
}

static gboolean is_last_of_user(const turn_session *session, const GPtrArray *hits, guint index) {
    const char *user = turn_password_user(session, g_ptr_array_index(hits, index));

    for (guint i = index + 1; i < hits->len; i++) {
        if (g_str_equal(user, turn_password_user(session, g_ptr_array_index(hits, i)))) {
            return FALSE;
        }
    }
    return TRUE;
}

/* A sentence or two for each user, on the last refusal. */
static char *detail_of(const turn_session *session, const GPtrArray *hits, turn_answer wanted) {
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < hits->len; i++) {
        const turn_rejection *rejection = g_ptr_array_index(hits, i);
        const char *user = turn_password_user(session, rejection);

        if (!is_last_of_user(session, hits, i)) {
            continue;
        }
        g_string_append(text, text->len > 0 ? " " : "");
        if (wanted == TURN_ANSWER_CLIENT_DIFFERS) {
            tell_client(text, user, rejection);
        } else {
            tell_server(text, user, session, rejection);
        }
    }
    return g_string_free(text, FALSE);
}

static gboolean find(const turn_scene *scene, turn_finding *finding, turn_answer wanted) {
    const turn_session *session = scene->session;
    g_autoptr(GPtrArray) hits = NULL;
    const turn_rejection *last;

    if (session == NULL || scene->model->granted == NULL) {
        return FALSE;
    }
    hits = g_ptr_array_new();
    for (guint i = 0; i < session->rejections->len; i++) {
        turn_rejection *rejection = &g_array_index(session->rejections, turn_rejection, i);

        if (turn_password_judge(scene->model, session, rejection) == wanted) {
            g_ptr_array_add(hits, rejection);
            add_evidence(finding, session, rejection);
        }
    }
    if (hits->len == 0) {
        return FALSE;
    }
    last = g_ptr_array_index(hits, hits->len - 1);
    finding->code = last->code;
    finding->reason = g_strdup(last->reason);
    finding->detail = detail_of(session, hits, wanted);
    if (turn_recovered(session, last)) {
        finding->level = TURN_LEVEL_DEGRADED;
    }
    return TRUE;
}

gboolean rule_client_password_differs(const turn_scene *scene, turn_finding *finding) {
    return find(scene, finding, TURN_ANSWER_CLIENT_DIFFERS);
}

gboolean rule_server_password_differs(const turn_scene *scene, turn_finding *finding) {
    return find(scene, finding, TURN_ANSWER_SERVER_DIFFERS);
}
