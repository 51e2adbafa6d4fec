/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/redact/redact_sum.h"

static guint32 word(const guint8 *bytes, gsize left) {
    return (guint32)bytes[0] << 8 | (left > 1 ? bytes[1] : 0u);
}

void redact_sum_add(redact_sum *self, const guint8 *before, const guint8 *after, gsize length) {
    for (gsize at = 0; at < length; at += 2) {
        const guint32 old = word(before + at, length - at);
        const guint32 new = word(after + at, length - at);

        if (old != new) {
            *self += (~old & 0xFFFFu) + new;
        }
    }
}

static guint16 fold(guint64 sum) {
    while (sum > G_MAXUINT16) {
        sum = (sum & G_MAXUINT16) + (sum >> 16);
    }
    return (guint16)sum;
}

void redact_sum_apply(redact_sum self, guint8 *field) {
    guint16 sum;

    if (self == 0) {
        return;
    }
    sum = (guint16)~fold((~word(field, 2) & 0xFFFFu) + self);
    field[0] = (guint8)(sum >> 8);
    field[1] = (guint8)sum;
}

void redact_sum_apply_udp(redact_sum self, guint8 *field) {
    if (word(field, 2) == 0) {
        return;
    }
    redact_sum_apply(self, field);
    if (word(field, 2) == 0) {
        field[0] = 0xFF;
        field[1] = 0xFF;
    }
}
