/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/pcapng/section_comment.h"

#include "turn/report/printable.h"

static void line(GString *out, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void line(GString *out, const char *format, ...) {
    g_autofree char *text = NULL;
    g_autofree char *safe = NULL;
    va_list arguments;

    va_start(arguments, format);
    text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    safe = turn_printable_text(text);
    g_string_append_printf(out, "%s%s", out->len > 0 ? "\n" : "", safe);
}

static char *level_word(turn_level level) {
    return g_ascii_strup(turn_level_name(level), -1);
}

static const char *name_of(const turn_report *found, guint32 index) {
    const turn_report_capture *of =
        index < found->captures->len ? g_ptr_array_index(found->captures, index) : NULL;

    return of != NULL && of->file != NULL ? of->file : "the capture";
}

static void add_session(GString *out, const turn_session *session) {
    char client[STUN_ADDRESS_TEXT];
    char server[STUN_ADDRESS_TEXT];
    g_autofree char *protocol = g_ascii_strup(turn_protocol_name(session->protocol), -1);

    stun_address_format(&session->client, client, sizeof client);
    stun_address_format(&session->server, server, sizeof server);
    line(out, "Session %u: %s to %s over %s.", session->id, client, server, protocol);
}

static void add_evidence(GString *out, const turn_report *found, const turn_finding *finding) {
    for (guint i = 0; i < finding->evidence->len; i++) {
        const turn_evidence *of = &g_array_index(finding->evidence, turn_evidence, i);

        if (found->captures->len > 1) {
            g_autofree char *file = g_path_get_basename(name_of(found, of->seen.capture));

            line(out, "- frame %u of %s: %s", of->seen.frame, file, of->summary);
        } else {
            line(out, "- frame %u: %s", of->seen.frame, of->summary);
        }
    }
}

static void add_remedies(GString *out, const turn_cause *cause) {
    g_auto(GStrv) lines = g_strsplit(cause->remedies, "\n", -1);

    line(out, "What to do:");
    for (guint i = 0; lines[i] != NULL; i++) {
        line(out, "%u. %s", i + 1, lines[i]);
    }
}

static void add_finding(GString *out, const turn_report *found, const turn_finding *finding) {
    line(out, "Cause: %s.", finding->cause->identifier);
    line(out, "%s", finding->cause->explanation);
    if (finding->detail != NULL) {
        line(out, "%s", finding->detail);
    }
    if (finding->session != NULL) {
        add_session(out, finding->session);
    }
    if (finding->evidence->len > 0) {
        line(out, "Evidence:");
        add_evidence(out, found, finding);
    }
    add_remedies(out, finding->cause);
}

static void add_others(GString *out, const GPtrArray *findings, const turn_finding *first) {
    guint others = 0;

    for (guint i = 0; i < findings->len; i++) {
        const turn_finding *finding = g_ptr_array_index(findings, i);
        g_autofree char *level = level_word(finding->level);
        g_autofree char *session = finding->session != NULL
                                       ? g_strdup_printf("session %u, ", finding->session->id)
                                       : g_strdup("");

        if (finding == first || others++ >= SECTION_COMMENT_MAX_LISTED) {
            continue;
        }
        if (others == 1) {
            line(out, "Also found:");
        }
        line(out, "- %s: %s (%s%s)", level, finding->cause->title, session,
             finding->cause->identifier);
    }
    if (others > SECTION_COMMENT_MAX_LISTED) {
        line(out, "- and %u more", others - SECTION_COMMENT_MAX_LISTED);
    }
}

static void add_lines(GString *out, const GPtrArray *lines, gboolean *any) {
    for (guint i = 0; i < lines->len; i++) {
        if (!*any) {
            line(out, "Not known:");
        }
        *any = TRUE;
        line(out, "- %s", (const char *)g_ptr_array_index(lines, i));
    }
}

/* What limits the verdict, and what limits the captures that it was made from. */
static void add_unknowns(GString *out, const turn_report *found) {
    gboolean any = FALSE;

    add_lines(out, found->judgement->unknowns, &any);
    for (guint i = 0; i < found->captures->len; i++) {
        const turn_report_capture *of = g_ptr_array_index(found->captures, i);

        add_lines(out, of->warnings, &any);
    }
}

static void add_sessions(GString *out, const GPtrArray *sessions) {
    for (guint i = 0; i < MIN(sessions->len, SECTION_COMMENT_MAX_LISTED); i++) {
        add_session(out, g_ptr_array_index(sessions, i));
    }
    if (sessions->len > SECTION_COMMENT_MAX_LISTED) {
        line(out, "And %u more sessions.", sessions->len - SECTION_COMMENT_MAX_LISTED);
    }
}

static void add_verdict(GString *out, const turn_report *found) {
    g_autofree char *level = level_word(found->judgement->level);

    line(out, "turnpcap: %s: %s.", level, turn_report_title(found));
}

char *section_comment(const turn_report *found) {
    const turn_judgement *judgement = found->judgement;
    GString *out = g_string_new(NULL);

    add_verdict(out, found);
    if (judgement->first != NULL) {
        add_finding(out, found, judgement->first);
    } else {
        line(out, "%s", turn_report_explanation(found));
    }
    add_others(out, judgement->findings, judgement->first);
    add_unknowns(out, found);
    add_sessions(out, found->model->sessions);
    line(out, "Packets with a comment: filter for frame.comment.");
    return g_string_free(out, FALSE);
}

static const turn_finding *first_of(const turn_report *found, const turn_session *session) {
    const GPtrArray *findings = found->judgement->findings;

    for (guint i = 0; i < findings->len; i++) {
        const turn_finding *finding = g_ptr_array_index(findings, i);

        if (finding->session == session) {
            return finding;
        }
    }
    return NULL;
}

char *section_comment_extract(const turn_report *found, const turn_session *session) {
    const turn_finding *first = first_of(found, session);
    GString *out = g_string_new(NULL);

    line(out, "turnpcap: the packets of one session.");
    add_session(out, session);
    for (guint32 i = 0; i < found->captures->len; i++) {
        line(out, "From %s.", name_of(found, i));
    }
    if (first != NULL) {
        g_autofree char *level = level_word(first->level);

        line(out, "%s: %s.", level, first->cause->title);
        add_finding(out, found, first);
    } else {
        line(out, "No finding is about this session.");
    }
    line(out, "Of all that was captured:");
    add_verdict(out, found);
    return g_string_free(out, FALSE);
}
