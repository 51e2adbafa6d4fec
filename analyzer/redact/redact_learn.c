/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/redact/redact_learn.h"

#include "analyzer/redact/redact_unit.h"

#include <string.h>

/* What was proved of a message. */
typedef struct proof {
    guint32 capture;
    guint32 frame;
    turn_signature signature; /* its texts are those of TEXTS */
} proof;

struct redact_lesson {
    stand_ins *names;      /* borrowed */
    turn_tracker *tracker; /* of the first reading, borrowed */
    redact_streams *streams;
    redact_wholes *wholes;
    GArray *proofs;      /* of proof; NULL when nothing is checked */
    guint repeated;      /* how many of them were passed on */
    guint users;         /* of the passwords */
    GStringChunk *texts; /* stand-ins of users and realms */
};

redact_lesson *redact_lesson_new(stand_ins *names, gsize memory) {
    redact_lesson *self = g_new0(redact_lesson, 1);

    self->names = names;
    self->streams = redact_streams_new(memory > 0 ? memory : REDACT_STREAMS_MEMORY);
    self->wholes = redact_wholes_new(memory > 0 ? memory : REDACT_WHOLES_MEMORY);
    return self;
}

void redact_lesson_free(redact_lesson *self) {
    if (self == NULL) {
        return;
    }
    redact_streams_free(self->streams);
    redact_wholes_free(self->wholes);
    g_clear_pointer(&self->proofs, g_array_unref);
    g_clear_pointer(&self->texts, g_string_chunk_free);
    g_free(self);
}

redact_by redact_lesson_by(const redact_lesson *self) {
    return (redact_by){.names = self->names, .streams = self->streams, .wholes = self->wholes};
}

gboolean redact_lesson_is_complete(const redact_lesson *self) {
    return !redact_streams_is_full(self->streams) && !redact_wholes_is_full(self->wholes);
}

static void learn_bytes(redact_lesson *self, const turn_packet *packet, const turn_unit *unit,
                        void (*redact)(stand_ins *, const turn_unit *, guint8 *)) {
    g_autofree guint8 *bytes = NULL;

    if (unit->whole_captured > 0) {
        bytes = g_memdup2(unit->whole, unit->whole_captured);
        redact(self->names, unit, bytes);
        redact_streams_learn(self->streams, &packet->flow, unit->seq, unit->begun_time, bytes,
                             unit->whole_captured);
    }
}

static void learn_unit(gpointer data, const turn_packet *packet, const turn_unit *unit) {
    learn_bytes(data, packet, unit, redact_unit);
}

static void learn_rest(gpointer data, const turn_packet *packet, const turn_unit *unit) {
    learn_bytes(data, packet, unit, redact_rest);
}

static void learn_anew(gpointer data, const turn_packet *packet) {
    redact_lesson *self = data;

    redact_streams_anew(self->streams, &packet->flow, packet->time);
}

static void learn_whole(gpointer data, const ip_datagram *whole, gint64 time) {
    redact_lesson *self = data;

    redact_wholes_learn(self->wholes, whole, time);
}

/* As in messages: the parts of "a:b" have a stand-in each. */
static const char *stand_in_of(redact_lesson *self, stand_in_kind kind, const char *text) {
    g_autofree char *copy = g_strdup(text);
    char *colon;

    if (text == NULL) {
        return NULL;
    }
    colon = kind != STAND_IN_REALM ? strchr(copy, ':') : NULL;
    stand_ins_text(self->names, kind, (guint8 *)copy,
                   colon != NULL ? (gsize)(colon - copy) : strlen(copy));
    if (colon != NULL) {
        stand_ins_text(self->names, kind, (guint8 *)colon + 1, strlen(colon + 1));
    }
    return g_string_chunk_insert_const(self->texts, copy);
}

static void learn_proof(gpointer data, const turn_packet *packet, const stun_message *message) {
    redact_lesson *self = data;
    proof added = {.capture = packet->capture,
                   .frame = packet->frame,
                   .signature = *turn_tracker_signature(self->tracker)};

    if (self->proofs->len >= REDACT_MAX_SIGNATURES) {
        return;
    }
    added.signature.user = stand_in_of(
        self, message->method == STUN_METHOD_BINDING ? STAND_IN_FRAGMENT : STAND_IN_USER,
        added.signature.user);
    added.signature.realm = stand_in_of(self, STAND_IN_REALM, added.signature.realm);
    g_array_append_val(self->proofs, added);
}

void redact_lesson_learn(redact_lesson *self, turn_tracker *tracker, reader *from,
                         const turn_credentials *credentials) {
    const turn_stream_observer observer = {.rest = learn_rest, .anew = learn_anew, .data = self};

    self->tracker = tracker;
    turn_tracker_observe_units(tracker, learn_unit, self);
    turn_tracker_observe_streams(tracker, &observer);
    reader_observe_wholes(from, learn_whole, self);
    if (credentials != NULL) {
        self->proofs = g_array_new(FALSE, FALSE, sizeof(proof));
        self->texts = g_string_chunk_new(256);
        self->users = turn_credentials_count_users(credentials);
        turn_tracker_observe(tracker, learn_proof, self);
    }
}

/* Both readings come across the same messages in the same order; where they do not, nothing is said
 * of a message. */
static turn_signature repeat_proof(gpointer data, const turn_packet *packet,
                                   const stun_message *message) {
    redact_lesson *self = data;
    const proof *next = self->repeated < self->proofs->len
                            ? &g_array_index(self->proofs, proof, self->repeated)
                            : NULL;

    (void)message;
    if (next == NULL || next->capture != packet->capture || next->frame != packet->frame) {
        return (turn_signature){.integrity = STUN_INTEGRITY_UNKNOWN, .doubt = TURN_DOUBT_CUT};
    }
    self->repeated++;
    return next->signature;
}

void redact_lesson_repeat(redact_lesson *self, turn_tracker *tracker) {
    self->repeated = 0;
    if (self->proofs != NULL) {
        turn_tracker_set_signatures(tracker, repeat_proof, self, self->users);
    }
}
