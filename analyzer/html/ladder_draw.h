/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the picture of a ladder and its table share: the drawing that is under way, and the words of
 * a row. */
#ifndef ANALYZER_HTML_LADDER_DRAW_H
#define ANALYZER_HTML_LADDER_DRAW_H

#include "analyzer/html/finding_numbers.h"
#include "analyzer/html/ladder_lanes.h"
#include "analyzer/html/ladder_rows.h"
#include "analyzer/html/svg.h"

typedef struct ladder_drawing {
    GString *out;
    GString *back; /* what stands behind the lanes */
    const turn_report *found;
    const turn_ladder *ladder;
    GPtrArray *rows; /* of ladder_row */
    ladder_lanes *lanes;
    finding_numbers *numbers;
    GHashTable *told; /* set of details that need not be told again, borrowed from the ladder */
    guint marks;      /* of findings, side by side: the most that a row has */
    gint64 begin;     /* time of the first step */
    const char *id;   /* of the figure, with NUMBER */
    guint number;
} ladder_drawing;

/* ladder_words.c. Strings are owned by the caller. */

/* "Allocate Error Response", "12 x Binding", "1,234 packets". */
char *ladder_words_name(const ladder_row *row);
/* "sent 3 times, 0.000 to 1.500 s", "every 2.5 s, all answered, until 30.1 s"; "" when there is
 * nothing to add. */
char *ladder_words_more(const ladder_drawing *self, const ladder_row *row);
/* What the message says; what was told before, and who asks, is left out. */
char *ladder_words_details(ladder_drawing *self, const ladder_row *row);
/* "431", "lost" and so on; NULL where the mark says it all. */
char *ladder_words_badge(const ladder_row *row);
/* "0.125": seconds since the ladder begins. */
char *ladder_words_time(const ladder_drawing *self, gint64 time);
/* The frame at POINT, "" where it has none; with several captures "2:31". With one capture point
 * all is CLIENT's. */
char *ladder_words_frame(const ladder_drawing *self, const turn_step *step, turn_point_name point);
/* "3 rows are left out here, 1 of them an error: 12.5 to 80.1 s, frames 31 to 99". */
char *ladder_words_left_out(const ladder_drawing *self, const ladder_row *row);

/* ladder_picture.c */

void ladder_picture(ladder_drawing *self);

/* ladder_table.c */

void ladder_table(ladder_drawing *self);

#endif
