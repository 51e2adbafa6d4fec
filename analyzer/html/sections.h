/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The parts of the page, in the order in which they stand on it. Each writes nothing when the
 * report has nothing for it. They say what the text report says, in the words of
 * turn/report/words.h. Inside analyzer/html/ only. */
#ifndef ANALYZER_HTML_SECTIONS_H
#define ANALYZER_HTML_SECTIONS_H

#include "turn/report/words.h"

/* What is shown of a large report; each part says how much more there is, and the JSON report has
 * all of it. */
#define HTML_MAX_GROUP    40u  /* findings of one cause and level */
#define HTML_MAX_SESSIONS 200u /* those with the worst findings first, where there are more */
#define HTML_MAX_PAIRS    200u
/* Of these, as many are open from the beginning; the others can be unfolded. */
#define HTML_OPEN_GROUP    5u
#define HTML_OPEN_SESSIONS 8u
#define HTML_MAX_RECORDS   40u /* permissions, channels, connections or peers of one session */
#define HTML_MAX_CAPTURES  200u
/* No more ladders are drawn when the page has grown to this, in bytes. */
#define HTML_MAX_DRAWN ((gsize)6 << 20)
/* A JSON report that is larger is not put into the page, which names the option that writes it. */
#define HTML_MAX_JSON ((gsize)4 << 20)

typedef struct html_page {
    GString *out;
    GString *contents; /* links to the sections, as items of a list */
    const turn_report *report;
    GArray *groups;       /* of guint, for each finding: the first one that is told with it */
    GHashTable *findings; /* turn_session to GArray of guint: its findings */
    GHashTable *shown;    /* set of turn_session: those on the page */
    guint opened;         /* sessions with findings, so far */
    char *json;           /* the JSON report, as --json writes it */
    char *data;           /* the same as an element holds it; NULL when it is too large */
} html_page;

/* section.c: what they share */

/* "<section id="ID"><h2>TITLE</h2>" and its end; the contents get a link to it. ID is a word of the
 * program's own. */
void html_section(html_page *page, const char *id, const char *title);
void html_section_end(html_page *page);
/* The word for LEVEL in its colour, with its mark. */
void html_level(GString *out, turn_level level, const char *names);
/* The name of a session, with a link to it where it is on the page. */
void html_session_name(html_page *page, const turn_session *session);
/* The smaller one: how many of ALL records are shown. */
guint html_at_most(guint all, guint most);
/* "and 12 more SOMETHING; turnpcap report --format json has all of them", unless MORE is 0. */
void html_more(html_page *page, guint more, const char *something);

/* verdict.c */
void html_verdict(html_page *page);
void html_remedies(html_page *page);
void html_unknowns(html_page *page);
void html_next_captures(html_page *page);

/* findings.c */
void html_evidence(html_page *page);
void html_other_findings(html_page *page);

/* joins.c */
void html_join(html_page *page);

/* sessions.c */
void html_sessions(html_page *page);
void html_pairs(html_page *page);

/* session_facts.c */
void html_session_facts(html_page *page, const turn_session *session);

/* stages.c */
void html_stages(html_page *page, const turn_stages *stages);

/* paths.c */
void html_peers(html_page *page, const turn_session *session);
/* COUNT of the pairs outside sessions, from the first on. */
void html_pair_table(html_page *page, guint count);

/* captures.c */
void html_captures(html_page *page);
void html_colophon(html_page *page);

#endif
