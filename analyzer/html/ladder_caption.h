/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The text of a row in the picture of a ladder, and where it has room. */
#ifndef ANALYZER_HTML_LADDER_CAPTION_H
#define ANALYZER_HTML_LADDER_CAPTION_H

#include "analyzer/html/ladder_draw.h"

#define LADDER_DETAIL_SIZE 12
/* From a lane to text that begins at it. */
#define LADDER_TEXT_GAP 9

/* What stands above an arrow and below it. */
typedef struct ladder_caption {
    gint x; /* of what is above */
    char *name;
    char *more;    /* behind the name; "" for nothing */
    char *details; /* the same, below */
} ladder_caption;

/* It begins at START, or further left where there is not room for it. What is too long goes on
 * below, and what another wrote is cut. */
ladder_caption ladder_caption_of(ladder_drawing *self, const ladder_row *row, gint start);
void ladder_caption_clear(ladder_caption *text);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ladder_caption, ladder_caption_clear)

/* What is above, on the line at Y, with the mark that says how it went. */
void ladder_caption_draw(const ladder_drawing *self, const ladder_row *row,
                         const ladder_caption *text, gint y);

#endif
