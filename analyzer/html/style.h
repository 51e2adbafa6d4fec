/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The style sheets of the page, which the build makes a part of the program: report.css. */
#ifndef ANALYZER_HTML_STYLE_H
#define ANALYZER_HTML_STYLE_H

/* Text that ends with a NUL. */
extern const char html_style[];

#endif
