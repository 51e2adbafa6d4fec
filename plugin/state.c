/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plugin/state.h"

#include "plugin/findings.h"
#include "plugin/frames.h"
#include "plugin/secrets.h"

#include <epan/prefs.h>
#include <epan/range.h>

static struct {
    turn_tracker *tracker;
    turn_streams *streams;
    const turn_model *model;
    turn_judgement *judgement;
    turn_packet last;
    gboolean nanoseconds;
} state;

/* The last packet of the capture that was judged last. */
static struct {
    guint32 frame;
    gint64 time;
} over;

static range_t *turn_ports;

static void add_port(guint32 port, void *data) {
    turn_tracker_add_port(data, (guint16)port);
}

static void begin(void) {
    state.tracker = turn_tracker_new();
    range_foreach(turn_ports, add_port, state.tracker);
    state.streams = turn_streams_new(state.tracker);
    mstun_frames_begin(state.tracker);
    mstun_secrets_begin();
    turn_tracker_set_credentials(state.tracker, mstun_secrets());
}

static void end(void) {
    mstun_findings_end();
    mstun_frames_end();
    g_clear_pointer(&state.judgement, turn_judgement_free);
    g_clear_pointer(&state.streams, turn_streams_free);
    g_clear_pointer(&state.tracker, turn_tracker_free);
    mstun_secrets_end();
    state.model = NULL;
    state.last = (turn_packet){.frame = 0};
    state.nanoseconds = FALSE;
}

gboolean mstun_state_is_open(void) {
    return state.tracker != NULL && state.model == NULL;
}

turn_tracker *mstun_state_tracker(void) {
    return state.tracker;
}

turn_streams *mstun_state_streams(void) {
    return state.streams;
}

void mstun_state_mark(const turn_packet *packet) {
    state.last = *packet;
    state.nanoseconds |= packet->time % 1000 != 0;
}

gboolean mstun_state_has_nanoseconds(void) {
    return state.nanoseconds;
}

void mstun_state_conclude(void) {
    const turn_mark last = {
        .capture = state.last.capture, .frame = state.last.frame, .time = state.last.time};

    if (!mstun_state_is_open()) {
        return;
    }
    turn_streams_finish(state.streams, &last);
    mstun_frames_conclude();
    state.model = turn_tracker_finish(state.tracker);
    state.judgement = turn_judge(state.model);
    mstun_findings_begin(state.judgement);
    over.frame = state.last.frame;
    over.time = state.last.time;
}

void mstun_state_revisit(void) {
    if (mstun_state_is_open() && state.last.frame != 0 && state.last.frame == over.frame &&
        state.last.time == over.time) {
        mstun_state_conclude();
    }
}

const turn_model *mstun_state_model(void) {
    return state.model;
}

const turn_judgement *mstun_state_judgement(void) {
    return state.judgement;
}

void mstun_state_register(module_t *preferences) {
    range_convert_str(wmem_epan_scope(), &turn_ports, "", G_MAXUINT16);
    prefs_register_range_preference(
        preferences, "turn_ports", "Further TURN server ports",
        "Ports of TURN servers beside 3478 to 3483 and 5349: a connection that fails there is a "
        "finding even when no STUN was seen. STUN itself is found on any port.",
        &turn_ports, G_MAXUINT16);
    register_init_routine(begin);
    register_cleanup_routine(end);
    register_postseq_cleanup_routine(mstun_state_conclude);
}
