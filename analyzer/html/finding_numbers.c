/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/html/finding_numbers.h"

#include "analyzer/html/markup.h"
#include "analyzer/html/svg.h"
#include "turn/report/words.h"

static void legend_mark(GString *out, turn_level level, guint each) {
    markup_begin(out, "svg", "diagram legend-mark");
    markup_attribute(out, "viewBox", "0 0 28 28");
    markup_attribute(out, "aria-hidden", "true");
    markup_end(out);
    svg_mark(out, level, each, 14, 14);
    markup_close(out, "svg");
    markup_elementf(out, "span", "legend-number", "%u", each);
    markup_text(out, " ");
}

struct finding_numbers {
    GHashTable *of; /* turn_finding to guint */
    GArray *first;  /* of guint: the first finding of each number */
};

finding_numbers *finding_numbers_new(const turn_report *found) {
    finding_numbers *self = g_new0(finding_numbers, 1);
    const GPtrArray *findings = found->judgement->findings;
    guint told = 0;

    self->of = g_hash_table_new(NULL, NULL);
    self->first = g_array_new(FALSE, FALSE, sizeof(guint));
    for (guint i = 0; i < findings->len;) {
        const guint end = turn_words_group_end(found, i);

        told++;
        g_array_append_val(self->first, i);
        for (; i < end; i++) {
            g_hash_table_insert(self->of, g_ptr_array_index(findings, i), GUINT_TO_POINTER(told));
        }
    }
    return self;
}

void finding_numbers_free(finding_numbers *self) {
    if (self == NULL) {
        return;
    }
    g_hash_table_destroy(self->of);
    g_array_unref(self->first);
    g_free(self);
}

static gint number_order(gconstpointer a, gconstpointer b) {
    const guint left = *(const guint *)a;
    const guint right = *(const guint *)b;

    return left < right ? -1 : left > right;
}

void finding_legend(GString *out, const turn_report *found, const finding_numbers *self,
                    GArray *numbers) {
    guint last = 0;

    if (numbers->len == 0) {
        return;
    }
    g_array_sort(numbers, number_order);
    markup_open(out, "ul", "legend");
    for (guint i = 0; i < numbers->len; i++) {
        const guint each = g_array_index(numbers, guint, i);
        const guint first = each > 0 ? g_array_index(self->first, guint, each - 1) : 0;
        const turn_finding *finding;

        if (each == last || each == 0) {
            continue;
        }
        last = each;
        finding = g_ptr_array_index(found->judgement->findings, first);
        markup_open(out, "li", NULL);
        legend_mark(out, finding->level, each);
        markup_elementf(out, "span", "legend-level", "%s:", turn_words_level(finding->level));
        markup_begin(out, "a", NULL);
        markup_attributef(out, "href", "#found-%u", first);
        markup_end(out);
        markup_text(out, finding->cause->title);
        markup_close(out, "a");
        markup_close(out, "li");
    }
    markup_close(out, "ul");
}

guint finding_number(const finding_numbers *self, const turn_finding *finding) {
    return GPOINTER_TO_UINT(g_hash_table_lookup(self->of, finding));
}
