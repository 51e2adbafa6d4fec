/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Shapes and text that the diagrams are made of, on top of markup.h. Coordinates are pixels of the
 * viewBox; colours follow from classes (diagrams.css), so that a page is light or dark as its
 * reader has it. */
#ifndef ANALYZER_HTML_SVG_H
#define ANALYZER_HTML_SVG_H

#include "turn/causes.h"
#include <glib.h>

typedef enum svg_anchor { SVG_START, SVG_MIDDLE, SVG_END } svg_anchor;

/* <svg> with title and description, which it is labelled by: ID is the program's own. */
void svg_open(GString *out, const char *classes, const char *id, guint number, gint width,
              gint height);
void svg_title(GString *out, const char *id, guint number, const char *title,
               const char *description);
void svg_close(GString *out);

void svg_group(GString *out, const char *classes);
void svg_group_close(GString *out);
void svg_line(GString *out, const char *classes, gint x1, gint y1, gint x2, gint y2);
void svg_rect(GString *out, const char *classes, gint x, gint y, gint width, gint height);
void svg_circle(GString *out, const char *classes, gint x, gint y, gint radius);
/* PATH is in the format's own words. */
void svg_path(GString *out, const char *classes, const char *format, ...) G_GNUC_PRINTF(3, 4);
void svg_text(GString *out, const char *classes, svg_anchor anchor, gint x, gint y,
              const char *text);

/* NAME in the class "what", and after it MORE, which may be "", in the class "more". */
void svg_name(GString *out, gint x, gint y, const char *name, const char *more);

/* About how wide TEXT is in the diagrams' font of this size: on the safe side for most text. */
gint svg_text_width(const char *text, gint size);
/* TEXT, or as much of it as fits and an ellipsis. Owned by the caller. */
char *svg_fitting(const char *text, gint size, gint width);

/* The mark of a finding, its middle at X, Y: its shape says the level, the number which one. */
void svg_mark(GString *out, turn_level level, guint number, gint x, gint y);

#endif
