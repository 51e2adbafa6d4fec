/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A report as one HTML file that needs nothing else: no script, and nothing loaded from anywhere,
 * which the page's own Content-Security-Policy forbids besides. */
#ifndef ANALYZER_HTML_PAGE_H
#define ANALYZER_HTML_PAGE_H

#include "turn/report/report.h"

/* Owned by the caller. COLOUR is passed over: the reader's browser chooses. */
char *html_page_write(const turn_report *report, gboolean colour);

#endif
