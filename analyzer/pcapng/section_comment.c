/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/pcapng/section_comment.h"

#include "analyzer/pcapng/block.h"
#include "turn/report/printable.h"
#include "turn/report/words.h"

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

static const turn_report_capture *capture_at(const turn_report *found, guint32 index) {
    return index < found->captures->len ? g_ptr_array_index(found->captures, index) : NULL;
}

/* Without its folders. */
static char *base_name(const turn_report *found, guint32 index) {
    const turn_report_capture *of = capture_at(found, index);

    return of != NULL && of->file != NULL ? g_path_get_basename(of->file) : g_strdup("the capture");
}

char *section_comment_name(const turn_report *found, guint32 index) {
    g_autofree char *name = base_name(found, index);
    g_autofree char *where = turn_words_capture(found, index);
    gboolean shared = FALSE;

    for (guint32 i = 0; i < found->captures->len && !shared; i++) {
        g_autofree char *other = i != index ? base_name(found, i) : NULL;

        shared = g_strcmp0(other, name) == 0;
    }
    return shared && where != NULL ? g_strdup_printf("%s (%s)", name, where)
                                   : g_steal_pointer(&name);
}

static void add_session(GString *out, const turn_session *session) {
    g_autofree char *words = turn_words_session(session);

    line(out, "%s.", words);
}

static void add_evidence(GString *out, const turn_report *found, const turn_finding *finding) {
    for (guint i = 0; i < finding->evidence->len; i++) {
        const turn_evidence *of = &g_array_index(finding->evidence, turn_evidence, i);

        if (found->captures->len > 1) {
            g_autofree char *file = section_comment_name(found, of->seen.capture);

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
        g_autofree char *session = finding->session != NULL
                                       ? g_strdup_printf("session %u, ", finding->session->id)
                                       : g_strdup("");

        if (finding == first || others++ >= SECTION_COMMENT_MAX_LISTED) {
            continue;
        }
        if (others == 1) {
            line(out, "Also found:");
        }
        line(out, "- %s: %s (%s%s)", turn_words_level(finding->level), finding->cause->title,
             session, finding->cause->identifier);
    }
    if (others > SECTION_COMMENT_MAX_LISTED) {
        line(out, "- and %u more", others - SECTION_COMMENT_MAX_LISTED);
    }
}

static void add_unknowns(GString *out, const turn_report *found) {
    g_autoptr(GPtrArray) lines = turn_words_unknowns(found);

    for (guint i = 0; i < lines->len; i++) {
        if (i == 0) {
            line(out, "Not known:");
        }
        line(out, "- %s", (const char *)g_ptr_array_index(lines, i));
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
    line(out, PCAPNG_OUR_COMMENT "%s: %s.", turn_words_level(found->judgement->level),
         turn_report_title(found));
}

static void add_redacted(GString *out, const turn_report *found) {
    if (found->redacted) {
        line(out, TURN_WORDS_REDACTED);
    }
}

char *section_comment(const turn_report *found) {
    const turn_judgement *judgement = found->judgement;
    GString *out = g_string_new(NULL);

    add_verdict(out, found);
    add_redacted(out, found);
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

static void add_captures(GString *out, const turn_report *found) {
    for (guint32 i = 0; i < found->captures->len; i++) {
        g_autofree char *name = section_comment_name(found, i);
        const char *point = capture_at(found, i)->point;

        line(out, "From %s%s%s.", name, point != NULL ? ", captured at the " : "",
             point != NULL ? point : "");
    }
    if (found->join != NULL) {
        g_autofree char *clock = turn_report_clock(found->join);

        line(out, "Times are those of each capture. %s", clock);
    }
}

char *section_comment_extract(const turn_report *found, const turn_session *session,
                              const GPtrArray *findings) {
    GString *out = g_string_new(NULL);

    line(out, PCAPNG_OUR_COMMENT "the packets of one session.");
    add_redacted(out, found);
    add_session(out, session);
    add_captures(out, found);
    if (findings->len > 0) {
        const turn_finding *first = g_ptr_array_index(findings, 0);

        line(out, "%s: %s.", turn_words_level(first->level), first->cause->title);
        add_finding(out, found, first);
        add_others(out, findings, first);
    } else {
        line(out, "No finding is about this session.");
    }
    line(out, "Of all that was captured:");
    add_verdict(out, found);
    return g_string_free(out, FALSE);
}
