/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The expert infos of a message: one row each in experts.c. */
#ifndef MSTUN_EXPERTS_H
#define MSTUN_EXPERTS_H

#include "plugin/ws_compat.h"

#include <epan/expert.h>

typedef enum mstun_expert {
    MSTUN_EXPERT_TOO_SHORT,
    MSTUN_EXPERT_TOO_LONG,
    MSTUN_EXPERT_OVERRUN,
    MSTUN_EXPERT_CUT,
    MSTUN_EXPERT_AFTER_INTEGRITY,
    MSTUN_EXPERT_AFTER_FINGERPRINT,
    MSTUN_EXPERT_UNKNOWN_REQUIRED,
    MSTUN_EXPERT_MAGIC_COOKIE,
    MSTUN_EXPERT_MESSAGE_LENGTH,
    MSTUN_EXPERT_MESSAGE_CUT,
    MSTUN_EXPERT_FINGERPRINT_BAD,
    MSTUN_EXPERT_FINGERPRINT_LEGACY,
    MSTUN_EXPERT_INTEGRITY_FAILED,
    MSTUN_EXPERT_PATH_REFUSED,
    MSTUN_EXPERT_ERROR_RESPONSE,
    MSTUN_EXPERT_COUNT
} mstun_expert;

/* Registers all of them with PROTO_MSTUN. */
void mstun_experts_register(void);

/* For expert_add_info() and its kin. */
expert_field *mstun_expert_field(mstun_expert expert);

#endif
