/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Options that have one value: GLib takes the last where one is given twice, and says with
 * quotation marks that not every terminal has what is no number. */
#ifndef ANALYZER_OPTION_VALUES_H
#define ANALYZER_OPTION_VALUES_H

#include <glib.h>

typedef struct option_values option_values;

/* Changes ENTRIES (of GOptionEntry) so that all values of an option are collected in the result,
 * which must stay until they are parsed. */
option_values *option_values_new(GArray *entries);
void option_values_free(option_values *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(option_values, option_values_free)

/* Puts each value where its entry wanted it. FALSE when there are two, or one is no number. */
gboolean option_values_take(const option_values *self, GError **error);

#endif
