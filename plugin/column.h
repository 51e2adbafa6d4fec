/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The Info column, for the messages that the built-in dissector cannot read right. */
#ifndef MSTUN_COLUMN_H
#define MSTUN_COLUMN_H

#include "plugin/view.h"

/* Replaces what the built-in dissector wrote, where it cannot be right; in its manner. */
void mstun_column_mend(const mstun_view *view);

#endif
