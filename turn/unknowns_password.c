/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/password.h"
#include "turn/rules.h"

/* What the passwords do not tell, each thing once with the sessions that it is about. */
#define MAX_LINES 16u

typedef struct unknown_line {
    char *text;
    guint first; /* session */
    guint last;
    guint sessions;
} unknown_line;

typedef struct unknown_lines {
    GPtrArray *all;    /* of unknown_line, owned, in the order of the sessions */
    GHashTable *known; /* of char: unknown_line, borrowed */
} unknown_lines;

static void line_free(gpointer data) {
    unknown_line *line = data;

    g_free(line->text);
    g_free(line);
}

/* Takes TEXT over. */
static void note(unknown_lines *to, const turn_session *session, char *text) {
    unknown_line *line = g_hash_table_lookup(to->known, text);

    if (line == NULL) {
        line = g_new0(unknown_line, 1);
        line->text = text;
        line->first = session->id;
        g_ptr_array_add(to->all, line);
        g_hash_table_insert(to->known, line->text, line);
    } else {
        g_free(text);
    }
    line->sessions += line->last != session->id ? 1 : 0;
    line->last = session->id;
}

static char *doubt_text(const turn_session *session, const turn_rejection *rejection) {
    const turn_signature *request = &rejection->request_signature;
    const char *user = turn_password_user(session, rejection);

    switch (request->doubt) {
    case TURN_DOUBT_NO_PASSWORD:
        return g_strdup_printf("The server refused requests of user \"%s\", and no password was "
                               "given for this user.",
                               user);
    case TURN_DOUBT_REALM:
        return g_strdup_printf("The password for user \"%s\" was given for realm \"%s\", and does "
                               "not fit the requests, which name \"%s\": give it for that realm, "
                               "or for any.",
                               user, request->realm,
                               session->realm != NULL ? session->realm : "none");
    case TURN_DOUBT_CUT:
        return g_strdup_printf("The refused requests of user \"%s\" were cut by the capture: which "
                               "password they are signed with cannot be checked. Capture whole "
                               "packets.",
                               user);
    default:
        return NULL;
    }
}

static char *unknown_text(const turn_model *model, const turn_session *session,
                          const turn_rejection *rejection) {
    const char *user = turn_password_user(session, rejection);
    g_autofree char *name = turn_password_name(rejection->request_signature.password,
                                               rejection->request_signature.passwords);

    switch (turn_password_judge(model, session, rejection)) {
    case TURN_ANSWER_SAME:
        return g_strdup_printf("Client and server both have %s for user \"%s\": request and "
                               "refusal are signed with it. Something else is wrong, such as a "
                               "device that rewrites packets on the way.",
                               name, user);
    case TURN_ANSWER_GRANTED:
        return g_strdup_printf("The server refused requests of user \"%s\" that are signed with "
                               "%s, and granted others that are signed with it: the password is "
                               "not, or not always, the reason.",
                               user, name);
    case TURN_ANSWER_NONE:
        return rejection->authenticated && turn_password_is_refusal(rejection->code)
                   ? doubt_text(session, rejection)
                   : NULL;
    default:
        return NULL;
    }
}

static void note_misfits(unknown_lines *to, const turn_session *session) {
    for (guint i = 0; i <= session->users->len; i++) {
        const char *user = i > 0 ? g_ptr_array_index(session->users, i - 1) : NULL;

        if ((session->misfits & 1u << i) != 0) {
            note(to, session,
                 g_strdup_printf("The password given%s%s%s is not the one that client and server "
                                 "use: the server granted requests that are signed with another "
                                 "one.",
                                 user != NULL ? " for user \"" : "", user != NULL ? user : "",
                                 user != NULL ? "\"" : ""));
        }
    }
}

static void note_refusals(unknown_lines *to, const turn_model *model, const turn_session *session) {
    for (guint i = 0; i < session->rejections->len; i++) {
        char *text =
            unknown_text(model, session, &g_array_index(session->rejections, turn_rejection, i));

        if (text != NULL) {
            note(to, session, text);
        }
    }
}

static void note_removed(unknown_lines *to, const turn_model *model, const turn_session *session) {
    if (session->integrity.removed > 0 && model->passwords > 0) {
        note(to, session,
             g_strdup("MESSAGE-INTEGRITY was removed from this capture, so passwords cannot be "
                      "checked: check them with the capture as it was."));
    }
}

/* Whether signed messages of TURN sessions were there, and not one could be checked. */
static gboolean is_in_vain(const turn_model *model) {
    gboolean any = FALSE;

    for (guint i = 0; i < model->sessions->len; i++) {
        const turn_session *session = g_ptr_array_index(model->sessions, i);

        if (turn_integrity_checked(&session->integrity) || session->integrity.other_realm > 0) {
            return FALSE;
        }
        any = any || turn_integrity_any(&session->integrity);
    }
    return any && model->passwords > 0;
}

static char *line_text(const unknown_line *line) {
    if (line->sessions == 1) {
        return g_strdup_printf("%s (Session %u.)", line->text, line->first);
    }
    return g_strdup_printf("%s (Session %u and %u more.)", line->text, line->first,
                           line->sessions - 1);
}

void turn_password_unknowns(const turn_model *model, GPtrArray *lines) {
    unknown_lines found;

    if (model->granted == NULL) {
        return;
    }
    found.all = g_ptr_array_new_with_free_func(line_free);
    found.known = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < model->sessions->len; i++) {
        note_removed(&found, model, g_ptr_array_index(model->sessions, i));
        note_misfits(&found, g_ptr_array_index(model->sessions, i));
        note_refusals(&found, model, g_ptr_array_index(model->sessions, i));
    }
    for (guint i = 0; i < found.all->len && i < MAX_LINES; i++) {
        g_ptr_array_add(lines, line_text(g_ptr_array_index(found.all, i)));
    }
    if (found.all->len == 0 && is_in_vain(model)) {
        g_ptr_array_add(lines, g_strdup("No message could be checked with what was given: none is "
                                        "signed by these users for these realms."));
    }
    g_hash_table_destroy(found.known);
    g_ptr_array_unref(found.all);
}
