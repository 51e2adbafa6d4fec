/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The numbers by which diagrams refer to findings, in the order in which the page tells of them. */
#ifndef ANALYZER_HTML_FINDING_NUMBERS_H
#define ANALYZER_HTML_FINDING_NUMBERS_H

#include "turn/report/report.h"

/* Findings that are told together have one number. */
typedef struct finding_numbers finding_numbers;
finding_numbers *finding_numbers_new(const turn_report *found);
void finding_numbers_free(finding_numbers *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(finding_numbers, finding_numbers_free)
guint finding_number(const finding_numbers *self, const turn_finding *finding);
/* What NUMBERS (of guint, which are put in order) stand for, each once, with links to where the
 * page tells of them. */
void finding_legend(GString *out, const turn_report *found, const finding_numbers *self,
                    GArray *numbers);

#endif
