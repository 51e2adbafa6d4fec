/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/ladder_log.h"

#include "turn/message_values.h"

static void logged_clear(gpointer data) {
    g_free((gpointer)((turn_logged *)data)->message.bytes);
}

/* What carries data for a peer is no step of its own: a check inside is observed next, and media is
 * counted by the tracker. */
static gboolean is_carrier(const stun_message *message) {
    return (message->method == STUN_METHOD_SEND || message->method == STUN_METHOD_DATA) &&
           message_has(message, STUN_ATTR_DATA);
}

static void keep(gpointer data, const turn_packet *packet, const stun_message *message) {
    turn_ladder_log *self = data;
    turn_logged logged = {.packet = *packet, .message = *message};
    gsize captured = message->captured;

    if (is_carrier(message)) {
        return;
    }
    if (captured > TURN_LADDER_MAX_MESSAGE) {
        captured = TURN_LADDER_MAX_MESSAGE;
    }
    if (self->messages->len >= TURN_LADDER_MAX_MESSAGES || captured > self->bytes_left) {
        self->dropped++;
        return;
    }
    self->bytes_left -= captured;
    logged.carried = turn_tracker_carried(self->tracker);
    logged.message.captured = captured;
    logged.message.bytes = g_memdup2(message->bytes, captured);
    g_array_append_val(self->messages, logged);
}

turn_ladder_log *turn_ladder_log_new(turn_tracker *tracker) {
    turn_ladder_log *self = g_new0(turn_ladder_log, 1);

    self->tracker = tracker;
    self->messages = g_array_new(FALSE, FALSE, sizeof(turn_logged));
    g_array_set_clear_func(self->messages, logged_clear);
    self->bytes_left = TURN_LADDER_MAX_BYTES;
    turn_tracker_observe(tracker, keep, self);
    return self;
}

void turn_ladder_log_free(turn_ladder_log *self) {
    if (self == NULL) {
        return;
    }
    g_array_unref(self->messages);
    g_free(self);
}
