/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Integers out of packet bytes, for the path that every packet takes. They check nothing: the
 * caller has compared lengths just above. Everything that is not on that path uses stun/cursor.h.
 */
#ifndef TURN_BYTES_H
#define TURN_BYTES_H

#include <glib.h>

static inline guint16 bytes_u16(const guint8 *bytes) {
    return (guint16)(bytes[0] << 8 | bytes[1]);
}

static inline guint32 bytes_u32(const guint8 *bytes) {
    return (guint32)bytes_u16(bytes) << 16 | bytes_u16(bytes + 2);
}

static inline guint64 bytes_u64(const guint8 *bytes) {
    return (guint64)bytes_u32(bytes) << 32 | bytes_u32(bytes + 4);
}

#endif
