/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/hash.h"
#include "turn/message_values.h"
#include "turn/tracker_private.h"

#include <string.h>

#define ROLE_CONFLICT 487u /* RFC 8445 section 7.3.1.1 */

static void note_ice(turn_path *path, gboolean to_peer, const stun_message *message) {
    gboolean by_second = FALSE;

    if (path->ice == NULL) {
        path->ice = message_ice_session(message, &by_second);
        path->ice_reversed = by_second == to_peer;
    }
}

static void note_role(turn_direction *direction, const turn_packet *packet,
                      const stun_message *message) {
    const turn_role role = message_has(message, STUN_ATTR_ICE_CONTROLLING)  ? TURN_ROLE_CONTROLLING
                           : message_has(message, STUN_ATTR_ICE_CONTROLLED) ? TURN_ROLE_CONTROLLED
                                                                            : TURN_ROLE_NONE;

    if (role == TURN_ROLE_NONE) {
        return;
    }
    if (direction->first_role == TURN_ROLE_NONE) {
        direction->first_role = role;
    } else if (direction->role != role) {
        seen_once(&direction->role_changed, packet);
    }
    direction->role = role;
}

/* What each check of a direction says of its pair; RFC 8445 section 7.1. */
static void note_check(turn_direction *direction, const turn_packet *packet,
                       const stun_message *message, turn_transaction *transaction) {
    const gboolean whole = message->captured == message->length;

    note_role(direction, packet, message);
    if (!direction->has_priority) {
        direction->has_priority = message_uint(message, STUN_ATTR_PRIORITY, &direction->priority);
    }
    /* In what the snap length cut off there may be a user name. */
    transaction->keep_alive = whole && !message_has(message, STUN_ATTR_USERNAME);
    direction->keep_alives += transaction->keep_alive ? 1 : 0;
    transaction->nominates = message_has(message, STUN_ATTR_USE_CANDIDATE);
    if (transaction->nominates) {
        seen_once(&direction->use_candidate, packet);
    }
}

static void check_request(turn_tracker *tracker, const turn_packet *packet, turn_path *path,
                          gboolean to_peer, const stun_message *message) {
    turn_direction *direction = to_peer ? &path->to_peer : &path->from_peer;
    turn_transaction *transaction;
    gboolean opened;
    guint before;

    note_ice(path, to_peer, message);
    transaction = turn_transactions_find(tracker->transactions, path, message);
    before = transaction != NULL ? transaction->transmissions : 1;
    transaction = turn_transactions_request(tracker->transactions, path, packet, message, &opened);
    direction->last_request = turn_seen_at(packet);
    if (!opened) {
        direction->retransmissions += transaction->transmissions - before;
        return;
    }
    transaction->to_peer = to_peer;
    direction->requests++;
    seen_once(&direction->first_request, packet);
    note_check(direction, packet, message, transaction);
}

/* Once for each transaction: Microsoft endpoints answer twice. */
static void note_rtt(turn_direction *direction, turn_transaction *transaction,
                     const turn_packet *packet) {
    const gint64 rtt = turn_transaction_rtt(transaction, packet);

    if (rtt < 0 || transaction->measured) {
        return;
    }
    transaction->measured = TRUE;
    direction->rtt = direction->rtt_count == 0 ? rtt : MIN(direction->rtt, rtt);
    direction->rtt_longest = MAX(direction->rtt_longest, rtt);
    direction->rtt_sum += rtt;
    direction->rtt_count++;
}

static void note_success(turn_path *path, const turn_transaction *transaction,
                         const turn_packet *packet) {
    turn_direction *direction = transaction->to_peer ? &path->to_peer : &path->from_peer;

    direction->successes++;
    direction->keep_alive_successes += transaction->keep_alive ? 1 : 0;
    seen_once(&direction->first_success, packet);
    direction->last_success = turn_seen_at(packet);
    memset(&path->conflicts[transaction->to_peer], 0, sizeof path->conflicts[0]);
    if (transaction->nominates) {
        seen_once(&direction->nominated, packet);
        direction->last_nominated = direction->last_success;
    }
}

/* Checks that were under way when the first 487 came say nothing about what the sender did then. */
static void note_conflict(turn_conflicts *conflicts, const turn_transaction *transaction,
                          const turn_packet *packet) {
    if (conflicts->count > 0 && transaction->first.time <= conflicts->last.time) {
        return;
    }
    conflicts->count++;
    seen_once(&conflicts->first, packet);
    conflicts->last = turn_seen_at(packet);
}

static void check_error(turn_path *path, const turn_packet *packet, const stun_message *message,
                        const turn_transaction *transaction) {
    turn_direction *direction = transaction->to_peer ? &path->to_peer : &path->from_peer;
    stun_error error;

    direction->errors++;
    if (!message_error(message, &error)) {
        return;
    }
    direction->error_code = error.code;
    if (error.code == ROLE_CONFLICT) {
        note_conflict(&path->conflicts[transaction->to_peer], transaction, packet);
    }
}

static void check_answer(turn_tracker *tracker, const turn_packet *packet, turn_path *path,
                         const stun_message *message) {
    turn_transaction *transaction = turn_transactions_find(tracker->transactions, path, message);
    turn_direction *direction;

    if (transaction == NULL) {
        return;
    }
    direction = transaction->to_peer ? &path->to_peer : &path->from_peer;
    if (transaction->succeeded) {
        /* With both legs of the relay captured, the answer comes first on the other leg. */
        note_rtt(direction, transaction, packet);
        return;
    }
    if (message->cls == STUN_ERROR) {
        if (!transaction->answered) {
            check_error(path, packet, message, transaction);
        }
        transaction->answered = TRUE;
        return;
    }
    if (transaction->answered) {
        direction->errors--;
    }
    transaction->answered = TRUE;
    transaction->succeeded = TRUE;
    note_success(path, transaction, packet);
    note_rtt(direction, transaction, packet);
}

/* It comes once for each leg that was captured, and twice from Microsoft endpoints. */
static void note_indication(turn_direction *direction, const stun_message *message) {
    const guint id =
        turn_hash_bytes(stun_message_transaction_id(message), STUN_TRANSACTION_ID_SIZE);

    direction->indications += id != direction->indication ? 1 : 0;
    direction->indication = id;
}

void tracker_check(turn_tracker *tracker, const turn_packet *packet, turn_path *path,
                   gboolean to_peer, const stun_message *message) {
    if (message->method != STUN_METHOD_BINDING) {
        return;
    }
    if (message->cls == STUN_INDICATION) {
        note_indication(to_peer ? &path->to_peer : &path->from_peer, message);
        return;
    }
    turn_integrity_count(&path->integrity, &tracker->signature, message->cls);
    if (message->cls == STUN_REQUEST) {
        check_request(tracker, packet, path, to_peer, message);
    } else {
        check_answer(tracker, packet, path, message);
    }
}
