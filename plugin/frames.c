/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plugin/frames.h"

#include "plugin/notes.h"
#include "plugin/place.h"
#include "plugin/state.h"

#include <string.h>

typedef struct note_entry {
    guint unit;
    guint offset;
    mstun_note *note;
} note_entry;

/* What the rest of the program sees, and what only this file does. */
typedef struct record {
    mstun_frame frame;
    GArray *notes; /* of note_entry */
    struct record *next;
} record;

/* A unit or a message whose place is not known before the tracker has dealt with it. */
typedef struct unplaced {
    turn_flow flow;
    mstun_note *note; /* NULL for a unit */
    record *owner;    /* of the unit */
    guint unit;
    guint32 frame;
} unplaced;

static struct {
    GHashTable *records;     /* frame number to record, owned; chained for several segments */
    GHashTable *pending;     /* directed turn_flow to mstun_pending, of ALL_PENDING */
    GPtrArray *all_pending;  /* owned */
    GHashTable *first_data;  /* turn_connection to frame number */
    GArray *unplaced;        /* of unplaced */
    const turn_segment *now; /* the segment that is being taken in */
    const guint8 *base; /* where offsets count from: the unit or datagram that is looked into */
    record *target;     /* of that unit or datagram */
    guint ordinal;      /* of NOW in its frame */
    GHashTable *multiplexed; /* set of turn_flow, owned: datagrams were multiplexed TURN */
    guint unit;              /* its index */
    gboolean direct;         /* some session of MS-TURN may pass data on without any header */
} frames;

static void unit_clear(gpointer data) {
    g_free(((mstun_unit *)data)->copy);
}

static void note_clear(gpointer data) {
    g_free(((note_entry *)data)->note);
}

static void record_free(gpointer data) {
    record *self = data;

    while (self != NULL) {
        record *next = self->next;

        g_array_unref(self->frame.units);
        g_array_unref(self->notes);
        g_free(self);
        self = next;
    }
}

static record *record_new(const turn_flow *flow, guint ordinal) {
    record *self = g_new0(record, 1);

    self->frame.flow = *flow;
    self->frame.ordinal = ordinal;
    self->frame.units = g_array_new(FALSE, TRUE, sizeof(mstun_unit));
    g_array_set_clear_func(self->frame.units, unit_clear);
    self->notes = g_array_new(FALSE, TRUE, sizeof(note_entry));
    g_array_set_clear_func(self->notes, note_clear);
    return self;
}

static gboolean same_direction(const turn_flow *a, const turn_flow *b) {
    return a->transport == b->transport && stun_address_equal(&a->source, &b->source) &&
           stun_address_equal(&a->destination, &b->destination);
}

static gboolean directed_equal(gconstpointer a, gconstpointer b) {
    return same_direction(a, b);
}

static record *record_find(guint32 number, guint ordinal, const turn_flow *flow) {
    record *found = g_hash_table_lookup(frames.records, GUINT_TO_POINTER(number));

    while (found != NULL &&
           (found->frame.ordinal != ordinal || !same_direction(&found->frame.flow, flow))) {
        found = found->next;
    }
    return found;
}

/* Of the segment that is being taken in, or of an earlier frame: nearly all have but one. */
static record *record_get(guint32 number, const turn_flow *flow) {
    const gboolean now = frames.now != NULL && frames.now->packet.frame == number;
    const guint ordinal = now ? frames.ordinal : 0;
    record *found = record_find(number, ordinal, flow);

    if (found == NULL) {
        record *first = g_hash_table_lookup(frames.records, GUINT_TO_POINTER(number));

        found = record_new(flow, ordinal);
        if (first == NULL) {
            g_hash_table_insert(frames.records, GUINT_TO_POINTER(number), found);
        } else {
            found->next = first->next;
            first->next = found;
        }
    }
    return found;
}

/* What waits may turn out to be anything until STUN is found behind it. */
static gboolean is_of_concern(const record *self) {
    const mstun_pending *pending = self->frame.pending;

    return self->frame.units->len > 0 || pending == NULL || pending->certain ||
           pending->complete != 0;
}

const mstun_frame *mstun_frames_find(guint32 number, guint ordinal, const turn_flow *flow) {
    const record *found = frames.records != NULL ? record_find(number, ordinal, flow) : NULL;

    return found != NULL && is_of_concern(found) ? &found->frame : NULL;
}

const mstun_note *mstun_frame_note(const mstun_frame *frame, guint unit, guint offset) {
    const record *self = (const record *)frame;

    for (guint i = 0; i < self->notes->len; i++) {
        const note_entry *entry = &g_array_index(self->notes, note_entry, i);

        if (entry->unit == unit && entry->offset == offset) {
            return entry->note;
        }
    }
    return NULL;
}

guint32 mstun_frames_first_data(const turn_connection *connection) {
    return GPOINTER_TO_UINT(g_hash_table_lookup(frames.first_data, connection));
}

/* Whether the unit at BASE stands in the segment that is being taken in, rather than in a buffer in
 * which its pieces were joined. */
static gboolean stands_in_segment(const turn_packet *packet, const guint8 *base, gsize length) {
    const turn_segment *now = frames.now;
    const guintptr from = (guintptr)base;
    const guintptr begin = now != NULL ? (guintptr)now->bytes : 0;

    return now != NULL && packet->frame == now->packet.frame && from >= begin &&
           from + length <= begin + now->captured;
}

static void end_pending(const turn_packet *packet, const turn_unit *unit) {
    mstun_pending *waiting = g_hash_table_lookup(frames.pending, &packet->flow);

    if (waiting != NULL && unit->begun == waiting->begun && unit->begun != packet->frame) {
        waiting->complete = packet->frame;
        g_hash_table_remove(frames.pending, &packet->flow);
    }
}

static void on_unit(gpointer data, const turn_packet *packet, const turn_unit *unit) {
    record *to = record_get(packet->frame, &packet->flow);
    const guint8 *base = unit->bytes - unit->header;
    const gsize length = unit->header + unit->captured;
    const unplaced waiting = {
        .flow = packet->flow, .owner = to, .unit = to->frame.units->len, .frame = packet->frame};
    mstun_unit kept = {.unit = *unit};

    (void)data;
    kept.unit.bytes = NULL;
    if (stands_in_segment(packet, base, length)) {
        kept.offset = (guint)(base - frames.now->bytes);
    } else {
        kept.copy = g_memdup2(base, length);
    }
    frames.base = base;
    frames.target = to;
    frames.unit = waiting.unit;
    g_array_append_val(to->frame.units, kept);
    g_array_append_val(frames.unplaced, waiting);
    end_pending(packet, unit);
}

static void on_message(gpointer data, const turn_packet *packet, const stun_message *message) {
    unplaced waiting = {.flow = packet->flow};
    note_entry entry;

    (void)data;
    if (frames.target == NULL) { /* a datagram */
        frames.target = record_get(packet->frame, &packet->flow);
        frames.unit = 0;
    }
    frames.direct |= message->method == STUN_METHOD_MS_SET_ACTIVE_DESTINATION;
    waiting.note = mstun_note_new(packet, message);
    entry = (note_entry){
        .unit = frames.unit, .offset = (guint)(message->bytes - frames.base), .note = waiting.note};
    g_array_append_val(frames.target->notes, entry);
    g_array_append_val(frames.unplaced, waiting);
}

static void place_unit(const unplaced *waiting) {
    mstun_unit *unit = &g_array_index(waiting->owner->frame.units, mstun_unit, waiting->unit);

    unit->place = turn_tracker_find(mstun_state_tracker(), &waiting->flow);
    if (unit->unit.kind == STUN_FRAME_CHANNEL_DATA && !unit->unit.opaque) {
        unit->place = mstun_place_of_channel(&unit->place, unit->unit.channel);
    }
    if (unit->place.connection != NULL && unit->unit.framing == STUN_FRAMING_RFC4571 &&
        !g_hash_table_contains(frames.first_data, unit->place.connection)) {
        g_hash_table_insert(frames.first_data, (gpointer)unit->place.connection,
                            GUINT_TO_POINTER(waiting->frame));
    }
}

static void place_all(void) {
    for (guint i = 0; i < frames.unplaced->len; i++) {
        const unplaced *waiting = &g_array_index(frames.unplaced, unplaced, i);

        if (waiting->note != NULL) {
            mstun_note_place(waiting->note, &waiting->flow);
        } else {
            place_unit(waiting);
        }
    }
    g_array_set_size(frames.unplaced, 0);
    frames.now = NULL;
    frames.base = NULL;
    frames.target = NULL;
}

void mstun_frames_begin(turn_tracker *tracker) {
    frames.records = g_hash_table_new_full(NULL, NULL, NULL, record_free);
    frames.pending = g_hash_table_new_full(turn_flow_hash, directed_equal, g_free, NULL);
    frames.all_pending = g_ptr_array_new_with_free_func(g_free);
    frames.first_data = g_hash_table_new(NULL, NULL);
    frames.multiplexed = g_hash_table_new_full(turn_flow_hash, turn_flow_equal, g_free, NULL);
    frames.unplaced = g_array_new(FALSE, TRUE, sizeof(unplaced));
    frames.direct = FALSE;
    mstun_notes_begin();
    turn_tracker_observe(tracker, on_message, NULL);
    turn_tracker_observe_units(tracker, on_unit, NULL);
}

void mstun_frames_conclude(void) {
    place_all();
}

void mstun_frames_end(void) {
    mstun_notes_end();
    g_clear_pointer(&frames.unplaced, g_array_unref);
    g_clear_pointer(&frames.multiplexed, g_hash_table_destroy);
    g_clear_pointer(&frames.first_data, g_hash_table_destroy);
    g_clear_pointer(&frames.pending, g_hash_table_destroy);
    g_clear_pointer(&frames.all_pending, g_ptr_array_unref);
    g_clear_pointer(&frames.records, g_hash_table_destroy);
}

static gboolean is_control(const turn_session *session, const turn_flow *flow) {
    const stun_address *server = session != NULL ? &session->server : NULL;

    return server != NULL && (stun_address_equal(server, &flow->source)
                                  ? stun_address_equal(&session->client, &flow->destination)
                                  : stun_address_equal(server, &flow->destination) &&
                                        stun_address_equal(&session->client, &flow->source));
}

/* The prefix of multiplexed TURN is two bytes only: STUN inside shows that it is that, and after it
 * the whole 5-tuple is. */
static gboolean is_multiplexed(const turn_segment *datagram, const stun_frame *frame) {
    const turn_flow *flow = &datagram->packet.flow;
    const gsize inner = datagram->captured - MIN(frame->payload, datagram->captured);

    if (frame->kind != STUN_FRAME_MULTIPLEXED) {
        return FALSE;
    }
    if (g_hash_table_contains(frames.multiplexed, flow)) {
        return TRUE;
    }
    if (inner == 0 || !stun_message_probe(datagram->bytes + frame->payload, inner,
                                          datagram->reported - frame->payload)) {
        return FALSE;
    }
    return g_hash_table_add(frames.multiplexed, g_memdup2(flow, sizeof *flow));
}

/* Where a datagram leads that holds a message, or a tunnel of the control connection. */
static void note_datagram(const turn_segment *datagram) {
    const turn_flow *flow = &datagram->packet.flow;
    const gboolean message = frames.target != NULL;
    stun_frame frame;
    const gboolean tunnel = stun_frame_datagram(datagram->bytes, datagram->captured,
                                                datagram->reported, &frame) != STUN_NOT_STUN;
    turn_place place;

    if (!message && !tunnel && !frames.direct) {
        return;
    }
    place = turn_tracker_find(mstun_state_tracker(), flow);
    if (message || (tunnel && is_multiplexed(datagram, &frame)) ||
        (is_control(place.session, flow) && (tunnel || place.session->has_active_destination))) {
        record *to = record_get(datagram->packet.frame, flow);

        to->frame.place = tunnel && frame.kind == STUN_FRAME_CHANNEL_DATA
                              ? mstun_place_of_channel(&place, frame.channel)
                              : place;
        to->frame.direct = !message && !tunnel;
    }
}

void mstun_frames_datagram(const turn_segment *segment, guint ordinal) {
    turn_packet packet = segment->packet;

    frames.ordinal = ordinal;
    turn_segment_identify(segment, &packet);
    frames.now = segment;
    frames.base = segment->bytes;
    turn_tracker_datagram(mstun_state_tracker(), &packet, segment->bytes, segment->captured,
                          segment->reported);
    note_datagram(segment);
    place_all();
}

/* The end of the segment begins a unit, or lies within one, that a later segment completes. */
static void note_pending(const turn_segment *segment, gboolean certain) {
    const turn_flow *flow = &segment->packet.flow;
    mstun_pending *waiting = g_hash_table_lookup(frames.pending, flow);

    if (waiting == NULL) {
        waiting = g_new0(mstun_pending, 1);
        waiting->begun = segment->packet.frame;
        g_ptr_array_add(frames.all_pending, waiting);
        waiting->place = turn_tracker_find(mstun_state_tracker(), flow);
        g_hash_table_insert(frames.pending, g_memdup2(flow, sizeof *flow), waiting);
    }
    waiting->certain |= certain;
    record_get(segment->packet.frame, flow)->frame.pending = waiting;
}

/* What waits no more, and was not completed, never will be: bytes are missing, or the connection
 * ended. */
static void forget_pending(const turn_flow *flow) {
    if (g_hash_table_size(frames.pending) > 0 &&
        !turn_streams_look(mstun_state_streams(), flow).waiting) {
        g_hash_table_remove(frames.pending, flow);
    }
}

void mstun_frames_segment(const turn_segment *segment, guint ordinal) {
    const turn_flow *flow = &segment->packet.flow;
    const turn_flow reversed = turn_flow_reversed(flow);

    frames.ordinal = ordinal;
    frames.now = segment;
    turn_tracker_time(mstun_state_tracker(), segment->packet.capture, segment->packet.time);
    turn_streams_segment(mstun_state_streams(), segment);
    place_all();
    forget_pending(flow);
    forget_pending(&reversed);
    if (segment->reported > 0) {
        const turn_streams_status status = turn_streams_look(mstun_state_streams(), flow);

        if (status.waiting) {
            frames.now = segment;
            note_pending(segment, status.turn);
            frames.now = NULL;
        }
    }
}
