/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/packet.h"

#include "turn/hash.h"

guint turn_flow_hash(gconstpointer flow) {
    const turn_flow *key = flow;

    /* A sum, so that both directions meet. */
    return turn_hash_address(&key->source) + turn_hash_address(&key->destination) +
           (guint)key->transport;
}

gboolean turn_flow_equal(gconstpointer a, gconstpointer b) {
    const turn_flow *left = a;
    const turn_flow *right = b;

    if (left->transport != right->transport) {
        return FALSE;
    }
    return (stun_address_equal(&left->source, &right->source) &&
            stun_address_equal(&left->destination, &right->destination)) ||
           (stun_address_equal(&left->source, &right->destination) &&
            stun_address_equal(&left->destination, &right->source));
}

turn_flow turn_flow_reversed(const turn_flow *flow) {
    return (turn_flow){
        .transport = flow->transport, .source = flow->destination, .destination = flow->source};
}
