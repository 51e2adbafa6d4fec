/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What is concluded about a message: its dialect, fingerprint and integrity, and where in the
 * capture it belongs. All of it is shown as generated items. */
#ifndef MSTUN_JUDGEMENT_H
#define MSTUN_JUDGEMENT_H

#include "plugin/view.h"

/* Registers the fields of the judgement. */
void mstun_judgement_register(void);

/* Adds the judgement to the message's tree. */
void mstun_judgement_show(const mstun_view *view);

#endif
