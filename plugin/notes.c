/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plugin/notes.h"

#include "plugin/state.h"
#include "stun/fingerprint.h"
#include "stun/value.h"

#include <string.h>

/* Microsoft endpoints send both copies of a check at once ([MS-ICE2] 3.1.4.8.2); RFC 8489 section
 * 6.2.1 retransmits after 500 ms. Nanoseconds. */
#define COPY_WITHIN (100 * G_GINT64_CONSTANT(1000000))

/* Messages that are remembered: the copy comes next, or nearly so. A power of 2. */
#define REMEMBERED 256u

/* All that a message shares with its copy. */
typedef struct seen_message {
    guint8 id[STUN_TRANSACTION_ID_SIZE];
    guint16 type;
    guint32 body;        /* CRC of everything in front of FINGERPRINT */
    guint32 fingerprint; /* its value */
    gboolean microsoft;  /* has IMPLEMENTATION-VERSION */
    guint32 frame;
    gint64 time;
    stun_address source;
    guint64 identity; /* of the packet, and of that with the copy: either may be seen again */
    guint64 copy;
} seen_message;

static seen_message *remembered;

void mstun_notes_begin(void) {
    remembered = g_new0(seen_message, REMEMBERED);
}

void mstun_notes_end(void) {
    g_clear_pointer(&remembered, g_free);
}

/* With the same FINGERPRINT it may as well be a retransmission, or a packet seen twice, unless a
 * Microsoft endpoint sent it: one value in a few is the same by both tables. */
static gboolean is_copy(const seen_message *a, const seen_message *b) {
    return a->frame != 0 && a->type == b->type && a->body == b->body &&
           memcmp(a->id, b->id, sizeof a->id) == 0 && stun_address_equal(&a->source, &b->source) &&
           b->time - a->time <= COPY_WITHIN && (a->microsoft || a->fingerprint != b->fingerprint);
}

/* A mirror port shows packets twice, which says nothing of the sender. */
static gboolean is_seen_again(const seen_message *known, const seen_message *now) {
    return now->identity != 0 && now->frame != known->frame &&
           (now->identity == known->identity || now->identity == known->copy);
}

static guint32 copy_of(const turn_packet *packet, const stun_message *message) {
    seen_message now = {.type = message->type,
                        .frame = packet->frame,
                        .time = packet->time,
                        .source = packet->flow.source,
                        .identity = packet->identity};
    stun_attr fingerprint;
    stun_attr version;
    seen_message *slot;
    guint32 first = 0;

    if (message->method != STUN_METHOD_BINDING || message->captured < message->length ||
        !stun_message_find(message, STUN_ATTR_FINGERPRINT, &fingerprint) ||
        !stun_value_uint(&fingerprint, &now.fingerprint)) {
        return 0;
    }
    memcpy(now.id, stun_message_transaction_id(message), sizeof now.id);
    now.microsoft = stun_message_find(message, STUN_ATTR_IMPLEMENTATION_VERSION, &version);
    now.body = stun_crc32(message->bytes, fingerprint.offset, FALSE);
    slot = &remembered[now.body % REMEMBERED];
    if (is_seen_again(slot, &now)) {
        return 0;
    }
    if (is_copy(slot, &now) && slot->copy == 0) {
        first = slot->frame;
        slot->copy = now.identity != 0 ? now.identity : 1;
    } else {
        *slot = now;
    }
    return first;
}

static void take_signature(mstun_note *note) {
    const turn_signature *signature = turn_tracker_signature(mstun_state_tracker());

    note->integrity = signature->integrity;
    note->integrity_text = signature->text;
    note->integrity_user = signature->user;
}

mstun_note *mstun_note_new(const turn_packet *packet, const stun_message *message) {
    mstun_note *note = g_new0(mstun_note, 1);
    stun_attr id;
    guint32 number;

    note->copy_of = copy_of(packet, message);
    take_signature(note);
    if (stun_message_find(message, STUN_ATTR_CONNECTION_ID, &id) && stun_value_uint(&id, &number)) {
        note->has_connection_id = TRUE;
        note->connection_id = number;
    }
    return note;
}

void mstun_note_place(mstun_note *note, const turn_flow *flow) {
    note->place = turn_tracker_find(mstun_state_tracker(), flow);
    note->connection = note->place.connection;
    if (note->connection == NULL && note->has_connection_id && note->place.session != NULL) {
        note->connection = turn_tracker_find_connection(
            mstun_state_tracker(), &note->place.session->server, note->connection_id);
    }
}
