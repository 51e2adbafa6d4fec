/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/redact/redact_segment.h"

#include "analyzer/redact/redact_sdp.h"
#include "analyzer/redact/redact_sip.h"
#include "stun/framing.h"
#include "turn/bytes.h"

#define TLS_HEADER     5u
#define TLS_RECORD_MAX (16384u + 2048u) /* RFC 5246 section 6.2.3 */

/* Of an alert that is not encrypted, RFC 8446 section 6: a level and what is the matter. */
#define TLS_ALERT      21u
#define TLS_ALERT_SIZE 2u

static gboolean begins_tls(redact_region bytes) {
    const guint8 *at = bytes.before;

    return bytes.captured >= TLS_HEADER && at[0] >= 20 && at[0] <= 23 && at[1] == 3 && at[2] <= 4 &&
           bytes_u16(at + 3) <= TLS_RECORD_MAX;
}

static gboolean begins_plain_alert(redact_region record) {
    const guint8 *at = record.before;

    return record.captured >= TLS_HEADER + TLS_ALERT_SIZE && at[0] == TLS_ALERT &&
           bytes_u16(at + 3) == TLS_ALERT_SIZE && (at[TLS_HEADER] == 1 || at[TLS_HEADER] == 2);
}

/* The headers of the records that follow each other, and what alerts say. */
static void keep_tls(redact_region bytes) {
    while (begins_tls(bytes)) {
        memcpy(bytes.after, bytes.before,
               begins_plain_alert(bytes) ? TLS_HEADER + TLS_ALERT_SIZE : TLS_HEADER);
        bytes = region_from(bytes, TLS_HEADER + (gsize)bytes_u16(bytes.before + 3));
    }
}

/* What may go on as a message and has nothing in it that a sender chose: for the first seven bytes
 * STUN, beyond them the MS-TURN framing with a message in it. */
static void fill_undecided(redact_region bytes) {
    static const guint8 stun[] = {0, 0, 0, 0, 0x21, 0x12, 0xA4};
    static const guint8 control[32] = {[0] = 0x02,  [3] = 0x14,  [25] = 0x0F, [27] = 0x04,
                                       [28] = 0x72, [29] = 0xC6, [30] = 0x4B, [31] = 0xC6};

    if (bytes.captured <= sizeof stun) {
        memcpy(bytes.after, stun, bytes.captured);
    } else {
        memcpy(bytes.after, control, MIN(bytes.captured, sizeof control));
    }
}

void redact_stream_blank(redact_region bytes) {
    stun_framing framing;

    region_fill(bytes, REDACT_STREAM_FILL);
    if (bytes.captured == 0) {
        return;
    }
    if (begins_tls(bytes)) {
        keep_tls(bytes);
    } else if (stun_framing_guess(bytes.before, bytes.captured, &framing) == STUN_GUESS_MORE) {
        fill_undecided(bytes);
    }
}

/* In place of what was, up to the end; returns where it begins, which is the end where there is
 * none. Of signalling that goes on in other segments no more than stands in this one. */
static gsize redact_signalling(stand_ins *names, redact_region bytes) {
    char *text = (char *)bytes.after;
    gsize begin;

    if (redact_sip(names, text, bytes.captured)) {
        return 0;
    }
    begin = redact_sdp_find(text, bytes.captured);
    redact_sdp(names, text + begin, bytes.captured - begin);
    return begin;
}

void redact_segment(stand_ins *names, const redact_streams *streams, const turn_segment *segment,
                    gint64 time, redact_region payload) {
    const guint32 syn = (segment->flags & TURN_SEGMENT_SYN) != 0; /* takes a number itself */
    g_autofree guint8 *signalling = NULL;
    gsize begin;

    if (payload.captured == 0) {
        return;
    }
    begin = redact_signalling(names, payload);
    signalling = g_memdup2(payload.after + begin, payload.captured - begin);
    redact_stream_blank(payload);
    if (signalling != NULL) {
        memcpy(payload.after + begin, signalling, payload.captured - begin);
    }
    if (streams != NULL) {
        redact_streams_lay(streams, &segment->packet.flow, segment->seq + syn, time, payload.after,
                           payload.captured);
    }
}
