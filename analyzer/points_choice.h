/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which files a command line names, and the places that it says they were captured at. */
#ifndef ANALYZER_POINTS_CHOICE_H
#define ANALYZER_POINTS_CHOICE_H

#include "turn/report/report.h"

/* A file of a point. Its place in the list is its number in the report. */
typedef struct points_file {
    const char *path; /* borrowed */
    turn_point_name point;
} points_file;

typedef struct points_choice {
    GArray *files;  /* of points_file: those of the client before those of the server */
    gboolean named; /* the user said what is what */
    guint places;   /* 1 or 2 */
} points_choice;

void points_choice_init(points_choice *self);
void points_choice_clear(points_choice *self);

/* AT has "client=FILE" and "server=FILE", FILES the rest; either may be NULL. FALSE with an error
 * of G_OPTION_ERROR. */
gboolean points_choice_make(points_choice *self, char **at, char **files, GError **error);

#endif
