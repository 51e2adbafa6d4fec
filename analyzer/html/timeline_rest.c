/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/html/timeline_private.h"

#include "turn/report/words.h"

/* Pixels. */
#define COLUMN    8
#define GAP       1
#define MOST      28
#define LEAST     3
#define ROW       60
#define NAME_BASE 16
#define TOP       22
#define COLUMNS   (((TIMELINE_RIGHT - TIMELINE_LEFT) + COLUMN - 1) / COLUMN)

/* Findings that begin in each stretch of the time line. */
typedef struct density {
    guint count[COLUMNS];
    turn_level worst[COLUMNS];
    guint total;
    guint most;
} density;

static density density_of(const timeline *self, GHashTable *drawn) {
    const GPtrArray *findings = self->found->judgement->findings;
    density result = {.most = 0};

    for (guint i = 0; i < findings->len; i++) {
        const turn_finding *finding = g_ptr_array_index(findings, i);
        gint x;
        gint at;

        if (finding->session == NULL || finding->evidence->len == 0 ||
            g_hash_table_contains(drawn, finding->session)) {
            continue;
        }
        x = timeline_x(
            self, timeline_moment(self, &g_array_index(finding->evidence, turn_evidence, 0).seen));
        at = MIN((x - TIMELINE_LEFT) / COLUMN, COLUMNS - 1);
        result.worst[at] =
            result.count[at] == 0 ? finding->level : MIN(result.worst[at], finding->level);
        result.count[at]++;
        result.total++;
        result.most = MAX(result.most, result.count[at]);
    }
    return result;
}

static void draw_columns(const timeline *self, const density *of) {
    const gint base = self->y + TOP + MOST;

    for (gint i = 0; i < COLUMNS; i++) {
        const gint height = LEAST + (gint)((guint64)of->count[i] * (MOST - LEAST) / of->most);
        g_autofree char *classes = NULL;

        if (of->count[i] == 0) {
            continue;
        }
        classes = g_strdup_printf("is-%s", turn_level_name(of->worst[i]));
        svg_group(self->out, classes);
        svg_rect(self->out, "bar", TIMELINE_LEFT + i * COLUMN, base - height, COLUMN - GAP, height);
        svg_group_close(self->out);
    }
}

void timeline_rest(timeline *self, GHashTable *drawn, guint count) {
    const density of = density_of(self, drawn);
    g_autofree char *sessions = turn_words_number(count);
    g_autofree char *findings = turn_words_number(of.total);
    g_autofree char *most = turn_words_number(of.most);
    g_autofree char *note = of.total == 0
                                ? g_strdup("nothing found in them")
                                : g_strdup_printf("%s finding%s, %s in the highest bar", findings,
                                                  of.total == 1 ? "" : "s", most);
    g_autofree char *name =
        g_strdup_printf("%s more session%s: %s", sessions, count == 1 ? "" : "s", note);

    svg_text(self->out, "row-name", SVG_START, TIMELINE_LEFT, self->y + NAME_BASE, name);
    if (of.total > 0) {
        draw_columns(self, &of);
    }
    self->y += ROW;
}
