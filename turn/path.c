/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/path.h"

#include <string.h>

turn_seen turn_seen_at(const turn_packet *packet) {
    return (turn_seen){.capture = packet->capture, .frame = packet->frame, .time = packet->time};
}

gboolean turn_seen_after(const turn_seen *a, const turn_seen *b) {
    return a->capture == b->capture ? a->frame > b->frame : a->time > b->time;
}

const char *turn_via_name(turn_via via) {
    static const char *const names[] = {[TURN_VIA_RELAY] = "relay",
                                        [TURN_VIA_INDICATION] = "indication",
                                        [TURN_VIA_CHANNEL] = "channel",
                                        [TURN_VIA_CONNECTION] = "connection"};
    return names[via];
}

const char *turn_role_name(turn_role role) {
    static const char *const names[] = {[TURN_ROLE_NONE] = NULL,
                                        [TURN_ROLE_CONTROLLING] = "controlling",
                                        [TURN_ROLE_CONTROLLED] = "controlled"};
    return names[role];
}

const char *turn_ways_name(turn_ways ways) {
    static const char *const names[] = {[TURN_WAYS_NONE] = "none",
                                        [TURN_WAYS_TO_PEER] = "to_peer",
                                        [TURN_WAYS_FROM_PEER] = "from_peer",
                                        [TURN_WAYS_BOTH] = "both"};
    return names[ways];
}

guint64 turn_direction_data(const turn_direction *direction) {
    return direction->packets - direction->handshakes;
}

turn_ways turn_data_ways(const turn_direction *to_peer, const turn_direction *from_peer) {
    if (to_peer->packets > 0) {
        return from_peer->packets > 0 ? TURN_WAYS_BOTH : TURN_WAYS_TO_PEER;
    }
    return from_peer->packets > 0 ? TURN_WAYS_FROM_PEER : TURN_WAYS_NONE;
}

const turn_direction *turn_peer_data(const turn_peer *peer, gboolean to_peer) {
    if (peer->path.to_peer.packets + peer->path.from_peer.packets > 0) {
        return to_peer ? &peer->path.to_peer : &peer->path.from_peer;
    }
    return to_peer ? &peer->relay_to : &peer->relay_from;
}

gboolean turn_path_works(const turn_path *path) {
    return (path->to_peer.successes > 0 && path->from_peer.successes > 0) ||
           (path->to_peer.packets > 0 && path->from_peer.packets > 0);
}

guint turn_path_agent(const turn_path *path, gboolean to_peer) {
    if (path->ice == NULL || strchr(path->ice, ':') == NULL) {
        return 0;
    }
    return to_peer != path->ice_reversed ? TURN_AGENT_FIRST : TURN_AGENT_SECOND;
}

guint turn_path_talkers(const turn_path *path) {
    const gboolean to = turn_direction_data(&path->to_peer) > 0;
    const gboolean from = turn_direction_data(&path->from_peer) > 0;

    if (to && from) {
        return TURN_AGENT_FIRST | TURN_AGENT_SECOND;
    }
    return to ? turn_path_agent(path, TRUE) : from ? turn_path_agent(path, FALSE) : 0;
}

gboolean turn_peer_works(const turn_peer *peer) {
    return turn_path_works(&peer->path) ||
           (peer->relay_to.packets > 0 && peer->relay_from.packets > 0);
}

gboolean turn_peer_has_data(const turn_peer *peer) {
    return turn_direction_data(&peer->path.to_peer) + turn_direction_data(&peer->path.from_peer) +
               turn_direction_data(&peer->relay_to) + turn_direction_data(&peer->relay_from) >
           0;
}
