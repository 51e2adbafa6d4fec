/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/tracker_private.h"

static stun_address host_of(const stun_address *address) {
    stun_address host = *address;

    host.port = 0;
    return host;
}

/* The address on the wire of a relayed one whose server is known to be behind static NAT. */
static gboolean local_of(const turn_tracker *tracker, const stun_address *relayed,
                         stun_address *local) {
    for (guint i = 0; i < tracker->nat_count; i++) {
        if (stun_address_same_host(&tracker->nats[i].relayed, relayed)) {
            *local = tracker->nats[i].local;
            local->port = relayed->port;
            return TRUE;
        }
    }
    return FALSE;
}

static void enter(turn_tracker *tracker, turn_session *session, const stun_address *address) {
    g_hash_table_replace(tracker->relayed, g_memdup2(address, sizeof *address), session);
}

/* What was handed out as a relayed address is never the other name of one. */
static void enter_local(turn_tracker *tracker, turn_session *session, const stun_address *relayed) {
    stun_address local;

    if (local_of(tracker, relayed, &local) && !g_hash_table_contains(tracker->relayed, &local)) {
        enter(tracker, session, &local);
    }
}

void tracker_relayed_add(turn_tracker *tracker, turn_session *session,
                         const stun_address *address) {
    port_set(tracker->live_ports, address->port);
    enter(tracker, session, address);
    enter_local(tracker, session, address);
    g_hash_table_insert(tracker->relay_ports, GUINT_TO_POINTER(address->port), session);
}

static void leave(turn_tracker *tracker, const turn_session *session, const stun_address *address) {
    if (g_hash_table_lookup(tracker->relayed, address) == session) {
        g_hash_table_remove(tracker->relayed, address);
    }
}

void tracker_relayed_forget(turn_tracker *tracker, const turn_session *session) {
    for (guint i = 0; i < session->relayed->len; i++) {
        const stun_address *address = &g_array_index(session->relayed, stun_address, i);
        gpointer port = GUINT_TO_POINTER(address->port);
        stun_address local;

        leave(tracker, session, address);
        if (local_of(tracker, address, &local)) {
            leave(tracker, session, &local);
        }
        if (g_hash_table_lookup(tracker->relay_ports, port) == session) {
            g_hash_table_remove(tracker->relay_ports, port);
        }
    }
}

/* The session's own address with the port of END; END itself when that is one of them. */
static gboolean relayed_of(const turn_session *session, const stun_address *end,
                           stun_address *relayed) {
    gboolean found = FALSE;

    for (guint i = 0; i < session->relayed->len; i++) {
        const stun_address *address = &g_array_index(session->relayed, stun_address, i);

        if (stun_address_equal(address, end)) {
            *relayed = *end;
            return TRUE;
        }
        if (!found && address->family == end->family && address->port == end->port) {
            *relayed = *address;
            found = TRUE;
        }
    }
    return found;
}

turn_session *tracker_relay_end(const turn_tracker *tracker, const stun_address *end,
                                stun_address *relayed) {
    turn_session *session = g_hash_table_lookup(tracker->relayed, end);

    *relayed = *end;
    return session != NULL && relayed_of(session, end, relayed) ? session : NULL;
}

/* Who is behind whom is only known for hosts that have no other part. */
static gboolean may_be_local(const turn_tracker *tracker, const turn_session *session,
                             const stun_address *local, const stun_address *relayed,
                             const stun_address *far) {
    for (guint i = 0; i < tracker->nat_count; i++) {
        const relay_nat *nat = &tracker->nats[i];

        if (stun_address_same_host(&nat->relayed, relayed) ||
            stun_address_same_host(&nat->local, local) ||
            stun_address_same_host(&nat->relayed, local) ||
            stun_address_same_host(&nat->local, relayed)) {
            return FALSE;
        }
    }
    return tracker->nat_count < TURN_MAX_NATS && !stun_address_same_host(local, relayed) &&
           !stun_address_same_host(local, far) &&
           !stun_address_same_host(local, &session->client) &&
           !stun_address_same_host(local, &session->mapped);
}

/* That the packet is one which the session's client sent to the peer, or the peer's answer: a check
 * has its transaction id from end to end. Where nobody checks, the ends must do. */
static gboolean is_relayed(const turn_tracker *tracker, const turn_peer *peer,
                           const stun_message *message) {
    const turn_path *path = &peer->path;

    if (message != NULL) {
        return turn_transactions_find(tracker->transactions, path, message) != NULL;
    }
    return path->to_peer.requests + path->from_peer.requests == 0 && path->to_peer.packets > 0;
}

/* What is learned of one session holds for all of that server. */
static void enter_all_local(turn_tracker *tracker) {
    for (guint i = 0; i < tracker->model.sessions->len; i++) {
        turn_session *session = g_ptr_array_index(tracker->model.sessions, i);

        for (guint k = 0; k < session->relayed->len; k++) {
            const stun_address *relayed = &g_array_index(session->relayed, stun_address, k);

            if (g_hash_table_lookup(tracker->relayed, relayed) == session) {
                enter_local(tracker, session, relayed);
            }
        }
    }
}

gboolean tracker_nat_learn(turn_tracker *tracker, const stun_address *local,
                           const stun_address *far, const stun_message *message) {
    const turn_session *session =
        g_hash_table_lookup(tracker->relay_ports, GUINT_TO_POINTER(local->port));
    const turn_peer *peer = session != NULL ? tracker_find_peer(session, far) : NULL;
    stun_address relayed;

    if (peer == NULL || !relayed_of(session, local, &relayed) ||
        !may_be_local(tracker, session, local, &relayed, far) ||
        !is_relayed(tracker, peer, message)) {
        return FALSE;
    }
    tracker->nats[tracker->nat_count++] =
        (relay_nat){.relayed = host_of(&relayed), .local = host_of(local)};
    enter_all_local(tracker);
    return TRUE;
}

gboolean turn_tracker_is_relayed(const turn_tracker *tracker, const stun_address *address) {
    const turn_session *session = port_is_set(tracker->live_ports, address->port)
                                      ? g_hash_table_lookup(tracker->relayed, address)
                                      : NULL;

    return session != NULL && session->relay_protocol == 6;
}
