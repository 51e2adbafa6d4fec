/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/report/words.h"

/* "5 requests, 4 responses and 1 indication"; empty for none. Owned by the caller. */
static char *counts(guint requests, guint responses, guint indications) {
    const guint all[] = {requests, responses, indications};
    static const char *const words[] = {"request", "response", "indication"};
    GString *text = g_string_new(NULL);
    guint left = (requests > 0 ? 1u : 0) + (responses > 0 ? 1u : 0) + (indications > 0 ? 1u : 0);

    for (gsize i = 0; i < G_N_ELEMENTS(all); i++) {
        if (all[i] > 0) {
            left--;
            g_string_append_printf(text, "%s%u %s%s",
                                   text->len == 0 ? ""
                                   : left == 0    ? " and "
                                                  : ", ",
                                   all[i], words[i], all[i] == 1 ? "" : "s");
        }
    }
    return g_string_free(text, FALSE);
}

static void append_verified(GString *line, const turn_integrity *of) {
    g_autofree char *verified =
        counts(of->requests_verified, of->responses_verified, of->indications_verified);
    g_autofree char *forms = turn_integrity_forms(of);
    const guint one = MAX(of->request_password, of->response_password);
    const gboolean is_one = of->request_password == 0 || of->response_password == 0 ||
                            of->request_password == of->response_password;

    if (forms == NULL) {
        return;
    }
    if (is_one && one > 0) {
        g_autofree char *name = turn_password_name(one, of->passwords);

        g_string_append_printf(line, "%s signed with %s (%s)", verified, name, forms);
    } else {
        g_string_append_printf(line, "%s signed with passwords given (%s)", verified, forms);
    }
}

static void append_failed(GString *line, const turn_integrity *of) {
    g_autofree char *failed =
        counts(of->requests_failed, of->responses_failed, of->indications_failed);

    if (*failed != '\0') {
        g_string_append_printf(line, "%s%s signed with another password", line->len > 0 ? ", " : "",
                               failed);
    }
}

static void append_other_realm(GString *line, const turn_integrity *of) {
    if (of->other_realm > 0) {
        g_string_append_printf(line,
                               "%s%u message%s signed with a password that was given for another "
                               "realm",
                               line->len > 0 ? ", " : "", of->other_realm,
                               of->other_realm == 1 ? "" : "s");
    }
}

char *turn_words_integrity(const turn_integrity *of) {
    GString *line = g_string_new(NULL);

    append_verified(line, of);
    append_failed(line, of);
    append_other_realm(line, of);
    return g_string_free(line, line->len == 0);
}

turn_integrity turn_words_checks_integrity(const turn_session *session) {
    turn_integrity checks = {.forms = 0};

    for (guint i = 0; i < session->peers->len; i++) {
        const turn_peer *peer = g_ptr_array_index(session->peers, i);

        turn_integrity_add(&checks, &peer->path.integrity);
    }
    return checks;
}
