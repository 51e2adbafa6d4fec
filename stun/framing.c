/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stun/framing.h"

#include "stun/cursor.h"

#include <string.h>

#define UNIT_HEADER_SIZE    4u /* ChannelData, MS-TURN and multiplexed TURN alike */
#define RFC4571_HEADER_SIZE 2u
#define SESSION_ID_SIZE     8u
#define MS_CONTROL          0x02u
#define MS_DATA             0x03u
#define MULTIPLEXED_CHANNEL 0xff10u

static size_t smaller(size_t a, size_t b) {
    return a < b ? a : b;
}

static size_t pad4(size_t length) {
    return (length + 3) & ~(size_t)3;
}

static uint16_t u16_at(const uint8_t *bytes, size_t offset) {
    return (uint16_t)(bytes[offset] << 8 | bytes[offset + 1]);
}

/* RFC 8656 section 12 keeps 0x4FFF as the last channel, RFC 5766 had them up to 0x7FFE. */
static bool is_channel(uint16_t channel) {
    return channel >= 0x4000 && channel <= 0x7ffe;
}

/* Three answers, as everywhere: the bytes fit, do not fit, or are too few to tell. */
typedef enum fit { FIT_NO, FIT_MORE, FIT_YES } fit;

static fit fit_bytes(const uint8_t *bytes, size_t length, size_t offset, const uint8_t *expected,
                     size_t size) {
    size_t visible = length > offset ? smaller(length - offset, size) : 0;
    if (visible > 0 && memcmp(bytes + offset, expected, visible) != 0) {
        return FIT_NO;
    }
    return visible == size ? FIT_YES : FIT_MORE;
}

/* A STUN header with its cookie at OFFSET; TOTAL is set once its length field is there. */
static fit fit_stun(const uint8_t *bytes, size_t length, size_t offset, size_t *total) {
    static const uint8_t cookie[4] = {0x21, 0x12, 0xa4, 0x42};
    *total = 0;
    if (length <= offset) {
        return FIT_MORE;
    }
    if ((bytes[offset] & 0xc0u) != 0) {
        return FIT_NO;
    }
    if (length < offset + 4) {
        return FIT_MORE;
    }
    *total = STUN_HEADER_SIZE + u16_at(bytes, offset + 2);
    if (*total % 4 != 0) {
        return FIT_NO;
    }
    return fit_bytes(bytes, length, offset + 4, cookie, sizeof cookie);
}

static fit fit_rfc4571(const uint8_t *bytes, size_t length) {
    size_t total = 0;
    fit inner = fit_stun(bytes, length, RFC4571_HEADER_SIZE, &total);
    if (inner != FIT_NO && total != 0 && total != u16_at(bytes, 0)) {
        return FIT_NO;
    }
    return inner;
}

/* The MS-TURN header and, behind the inner header, the MAGIC-COOKIE attribute. */
static fit fit_ms_control(const uint8_t *bytes, size_t length) {
    static const uint8_t type[2] = {MS_CONTROL, 0};
    static const uint8_t marker[8] = {0x00, 0x0f, 0x00, 0x04, 0x72, 0xc6, 0x4b, 0xc6};
    fit header = fit_bytes(bytes, length, 0, type, sizeof type);
    if (header != FIT_YES || length <= UNIT_HEADER_SIZE) {
        return header == FIT_NO ? FIT_NO : FIT_MORE;
    }
    if ((bytes[UNIT_HEADER_SIZE] & 0xc0u) != 0) {
        return FIT_NO;
    }
    if (length < UNIT_HEADER_SIZE + 4) {
        return FIT_MORE;
    }
    size_t inner = STUN_HEADER_SIZE + u16_at(bytes, UNIT_HEADER_SIZE + 2);
    if (inner != u16_at(bytes, 2)) {
        return FIT_NO;
    }
    return fit_bytes(bytes, length, UNIT_HEADER_SIZE + STUN_HEADER_SIZE, marker, sizeof marker);
}

typedef struct hello {
    size_t length;
    uint8_t start[11];
    size_t rest_offset; /* what lies between is random */
    uint8_t rest[7];
    size_t rest_size;
    size_t session_offset;
    uint8_t session_size;
} hello;

static const hello hellos[] = {
    {.length = 50,
     .start = {0x16, 0x03, 0x01, 0x00, 0x2d, 0x01, 0x00, 0x00, 0x29, 0x03, 0x01},
     .session_offset = 43,
     .session_size = 0,
     .rest_offset = 44,
     .rest = {0x00, 0x02, 0x00, 0x18, 0x01, 0x00},
     .rest_size = 6},
    {.length = 83,
     .start = {0x16, 0x03, 0x01, 0x00, 0x4e, 0x02, 0x00, 0x00, 0x46, 0x03, 0x01},
     .session_offset = 43,
     .session_size = 32,
     .rest_offset = 76,
     .rest = {0x00, 0x18, 0x00, 0x0e, 0x00, 0x00, 0x00},
     .rest_size = 7},
};

/* FIT_YES once the first part is there and nothing behind it speaks against it. */
static fit fit_hello(const uint8_t *bytes, size_t length, size_t *total) {
    for (size_t i = 0; i < sizeof hellos / sizeof hellos[0]; i++) {
        const hello *h = &hellos[i];
        fit start = fit_bytes(bytes, length, 0, h->start, sizeof h->start);
        fit session = fit_bytes(bytes, length, h->session_offset, &h->session_size, 1);
        fit rest = fit_bytes(bytes, length, h->rest_offset, h->rest, h->rest_size);
        if (start != FIT_NO && session != FIT_NO && rest != FIT_NO) {
            *total = h->length;
            return start;
        }
    }
    return FIT_NO;
}

bool stun_pseudo_tls(const uint8_t *bytes, size_t captured, size_t *length) {
    size_t total = 0;
    if (fit_hello(bytes, captured, &total) != FIT_YES) {
        return false;
    }
    *length = total;
    return true;
}

static stun_status finish(const stun_frame *frame, size_t length) {
    return length < frame->total ? STUN_TRUNCATED : STUN_OK;
}

static stun_status next_stun(const uint8_t *bytes, size_t length, stun_frame *frame) {
    if (fit_stun(bytes, length, 0, &frame->total) == FIT_NO) {
        return STUN_MALFORMED;
    }
    frame->kind = STUN_FRAME_STUN;
    frame->payload_length = frame->total;
    return frame->total == 0 ? STUN_TRUNCATED : finish(frame, length);
}

/* LENGTH is at least UNIT_HEADER_SIZE. */
static void read_channel_data(const uint8_t *bytes, stun_frame *frame) {
    frame->kind = STUN_FRAME_CHANNEL_DATA;
    frame->channel = u16_at(bytes, 0);
    frame->payload = UNIT_HEADER_SIZE;
    frame->payload_length = u16_at(bytes, 2);
    frame->total = UNIT_HEADER_SIZE + frame->payload_length;
}

/* LENGTH is at least UNIT_HEADER_SIZE; false when the declared length has no room for the id. */
static bool read_multiplexed(const uint8_t *bytes, size_t length, stun_frame *frame) {
    size_t declared = u16_at(bytes, 2);
    if (declared < SESSION_ID_SIZE) {
        return false;
    }
    frame->kind = STUN_FRAME_MULTIPLEXED;
    frame->payload = UNIT_HEADER_SIZE + SESSION_ID_SIZE;
    frame->payload_length = declared - SESSION_ID_SIZE;
    frame->total = UNIT_HEADER_SIZE + declared;
    memcpy(frame->session_id, bytes + UNIT_HEADER_SIZE,
           smaller(length - UNIT_HEADER_SIZE, SESSION_ID_SIZE));
    return true;
}

static stun_status next_multiplexed(const uint8_t *bytes, size_t length, stun_frame *frame) {
    if (length >= 2 && bytes[1] != (MULTIPLEXED_CHANNEL & 0xffu)) {
        return STUN_MALFORMED;
    }
    if (length < UNIT_HEADER_SIZE) {
        return STUN_TRUNCATED;
    }
    return read_multiplexed(bytes, length, frame) ? finish(frame, length) : STUN_MALFORMED;
}

static stun_status next_turn(const uint8_t *bytes, size_t length, stun_frame *frame) {
    if ((bytes[0] & 0xc0u) == 0) {
        return next_stun(bytes, length, frame);
    }
    if (bytes[0] == MULTIPLEXED_CHANNEL >> 8) {
        return next_multiplexed(bytes, length, frame);
    }
    if ((bytes[0] & 0xc0u) != 0x40u) {
        return STUN_MALFORMED;
    }
    if (length < UNIT_HEADER_SIZE) {
        return STUN_TRUNCATED;
    }
    if (!is_channel(u16_at(bytes, 0))) {
        return STUN_MALFORMED;
    }
    read_channel_data(bytes, frame);
    frame->total = pad4(frame->total);
    return finish(frame, length);
}

static stun_status next_rfc4571(const uint8_t *bytes, size_t length, stun_frame *frame) {
    if (length < RFC4571_HEADER_SIZE) {
        return STUN_TRUNCATED;
    }
    frame->kind = STUN_FRAME_PACKET;
    frame->payload = RFC4571_HEADER_SIZE;
    frame->payload_length = u16_at(bytes, 0);
    frame->total = RFC4571_HEADER_SIZE + frame->payload_length;
    return finish(frame, length);
}

/* Sources disagree whether end-to-end data has a length of RFC 4571 of its own inside; where the
 * two lengths agree, it has. */
static void read_ms_data(const uint8_t *bytes, size_t length, stun_frame *frame) {
    frame->kind = STUN_FRAME_MS_DATA;
    bool visible = length >= UNIT_HEADER_SIZE + RFC4571_HEADER_SIZE;
    if (frame->payload_length >= RFC4571_HEADER_SIZE && visible &&
        u16_at(bytes, UNIT_HEADER_SIZE) == frame->payload_length - RFC4571_HEADER_SIZE) {
        frame->payload += RFC4571_HEADER_SIZE;
        frame->payload_length -= RFC4571_HEADER_SIZE;
    }
}

static stun_status next_pseudo_tls(const uint8_t *bytes, size_t length, stun_frame *frame) {
    size_t total = 0;
    fit answer = fit_hello(bytes, length, &total);
    if (answer == FIT_NO) {
        return STUN_MALFORMED;
    }
    if (answer == FIT_MORE) {
        return STUN_TRUNCATED;
    }
    frame->kind = STUN_FRAME_PSEUDO_TLS;
    frame->payload_length = total;
    frame->total = total;
    return finish(frame, length);
}

static stun_status next_ms_turn(const uint8_t *bytes, size_t length, stun_frame *frame) {
    if (bytes[0] == hellos[0].start[0]) {
        return next_pseudo_tls(bytes, length, frame);
    }
    if (bytes[0] == MULTIPLEXED_CHANNEL >> 8) {
        return next_multiplexed(bytes, length, frame);
    }
    bool control = bytes[0] == MS_CONTROL;
    if ((!control && bytes[0] != MS_DATA) || (length > 1 && bytes[1] != 0)) {
        return STUN_MALFORMED;
    }
    if (control && fit_ms_control(bytes, length) == FIT_NO) {
        return STUN_MALFORMED;
    }
    if (length < UNIT_HEADER_SIZE) {
        return STUN_TRUNCATED;
    }
    frame->kind = STUN_FRAME_MS_CONTROL;
    frame->payload = UNIT_HEADER_SIZE;
    frame->payload_length = u16_at(bytes, 2);
    frame->total = UNIT_HEADER_SIZE + frame->payload_length;
    if (!control) {
        read_ms_data(bytes, length, frame);
    }
    return finish(frame, length);
}

stun_status stun_frame_next(stun_framing framing, const uint8_t *bytes, size_t length,
                            stun_frame *frame) {
    memset(frame, 0, sizeof *frame);
    if (length == 0) {
        return STUN_TRUNCATED;
    }
    switch (framing) {
    case STUN_FRAMING_TURN:
        return next_turn(bytes, length, frame);
    case STUN_FRAMING_RFC4571:
        return next_rfc4571(bytes, length, frame);
    case STUN_FRAMING_MS_TURN:
        return next_ms_turn(bytes, length, frame);
    }
    return STUN_MALFORMED;
}

stun_status stun_frame_datagram(const uint8_t *bytes, size_t captured, size_t reported,
                                stun_frame *frame) {
    stun_frame read = {.total = 0};
    if (captured < UNIT_HEADER_SIZE) {
        return STUN_NOT_STUN;
    }
    uint16_t channel = u16_at(bytes, 0);
    if (is_channel(channel)) {
        read_channel_data(bytes, &read);
        /* Padding is not needed here, yet RFC 8656 section 12.5 allows it. */
        if (reported != read.total && reported != pad4(read.total)) {
            return STUN_NOT_STUN;
        }
        read.total = reported;
    } else if (channel != MULTIPLEXED_CHANNEL || !read_multiplexed(bytes, captured, &read) ||
               reported != read.total) {
        return STUN_NOT_STUN;
    }
    *frame = read;
    return finish(frame, captured);
}

static fit fit_framing(stun_framing framing, const uint8_t *bytes, size_t length) {
    size_t total = 0;
    switch (framing) {
    case STUN_FRAMING_TURN:
        return fit_stun(bytes, length, 0, &total);
    case STUN_FRAMING_RFC4571:
        return fit_rfc4571(bytes, length);
    case STUN_FRAMING_MS_TURN:
        return fit_ms_control(bytes, length);
    }
    return FIT_NO;
}

stun_guess stun_framing_guess(const uint8_t *bytes, size_t length, stun_framing *framing) {
    static const stun_framing framings[] = {STUN_FRAMING_TURN, STUN_FRAMING_RFC4571,
                                            STUN_FRAMING_MS_TURN};
    size_t total = 0;
    fit answer = fit_hello(bytes, length, &total);
    if (answer == FIT_YES) {
        return STUN_GUESS_PSEUDO_TLS;
    }
    bool more = answer == FIT_MORE;
    for (size_t i = 0; i < sizeof framings / sizeof framings[0]; i++) {
        answer = fit_framing(framings[i], bytes, length);
        if (answer == FIT_YES) {
            *framing = framings[i];
            return STUN_GUESS_FRAMING;
        }
        more = more || answer == FIT_MORE;
    }
    return more ? STUN_GUESS_MORE : STUN_GUESS_NO;
}

size_t stun_framing_find(stun_framing framing, const uint8_t *bytes, size_t length) {
    /* The first byte of a cookie, and how far behind the beginning of a unit it stands: relayed
     * data is searched in bulk, and only where such a byte is can a unit begin. */
    static const struct {
        size_t at;
        uint8_t byte;
    } anchors[] = {
        [STUN_FRAMING_TURN] = {4, 0x21},
        [STUN_FRAMING_RFC4571] = {RFC4571_HEADER_SIZE + 4, 0x21},
        [STUN_FRAMING_MS_TURN] = {UNIT_HEADER_SIZE + STUN_HEADER_SIZE + 4, 0x72},
    };
    const size_t at = anchors[framing].at;
    size_t offset = 0;

    while (length - offset > at) {
        const uint8_t *anchor =
            memchr(bytes + offset + at, anchors[framing].byte, length - offset - at);
        if (anchor == NULL) {
            return length;
        }
        offset = (size_t)(anchor - bytes) - at;
        if (fit_framing(framing, bytes + offset, length - offset) == FIT_YES) {
            return offset;
        }
        offset++;
    }
    return length;
}
