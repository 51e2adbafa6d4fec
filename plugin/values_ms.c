/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plugin/experts.h"
#include "plugin/values_private.h"

bool mstun_show_ms_sequence(const mstun_value *value) {
    stun_ms_sequence sequence;

    if (!stun_value_ms_sequence(value->attr, &sequence)) {
        return false;
    }
    mstun_value_bytes(value, MSTUN_SEQUENCE_CONNECTION, 0, 20);
    mstun_value_number(value, MSTUN_SEQUENCE_NUMBER, 20, 4, sequence.number, ": ");
    return true;
}

bool mstun_show_ms_quality(const mstun_value *value) {
    stun_ms_quality quality;

    if (!stun_value_ms_quality(value->attr, &quality)) {
        return false;
    }
    mstun_value_number(value, MSTUN_QUALITY_STREAM, 0, 2, quality.stream, ": ");
    mstun_value_number(value, MSTUN_QUALITY_QUALITY, 2, 2, quality.quality, ", ");
    return true;
}

/* The pairs in the order that makes the larger one the maximum. */
bool mstun_show_ms_bandwidth(const mstun_value *value) {
    stun_ms_bandwidth amount;

    if (!stun_value_ms_bandwidth(value->attr, &amount)) {
        return false;
    }
    const bool swapped = amount.swapped;

    mstun_value_number(value, MSTUN_MIN_SEND, swapped ? 0 : 4, 4, amount.min_send, ": send ");
    mstun_value_number(value, MSTUN_MAX_SEND, swapped ? 4 : 0, 4, amount.max_send, " to ");
    mstun_value_number(value, MSTUN_MIN_RECEIVE, swapped ? 8 : 12, 4, amount.min_receive,
                       ", receive ");
    mstun_value_number(value, MSTUN_MAX_RECEIVE, swapped ? 12 : 8, 4, amount.max_receive, " to ");
    proto_item_append_text(value->item, " kbit/s%s", swapped ? " (the minimum stands first)" : "");
    return true;
}

bool mstun_show_ms_site_response(const mstun_value *value) {
    const uint16_t type = value->attr->type;
    stun_ms_site_response response;

    if (!stun_value_ms_site_response(value->attr, &response)) {
        return false;
    }
    proto_item *valid =
        proto_tree_add_boolean(value->tree, mstun_value_field(value, MSTUN_SITE_VALID),
                               value->view->tvb, mstun_value_place(value, 0), 1, response.valid);

    proto_item_append_text(value->item, response.valid ? ": allowed" : ": not allowed");
    if (type == STUN_ATTR_REMOTE_SITE_RESPONSE || type == STUN_ATTR_LOCAL_SITE_RESPONSE) {
        proto_tree_add_boolean(value->tree, mstun_value_field(value, MSTUN_SITE_PSTN),
                               value->view->tvb, mstun_value_place(value, 0), 1,
                               response.pstn_failover);
    }
    mstun_value_number(value, MSTUN_SITE_SEND, 4, 4, response.max_send, ", send ");
    mstun_value_number(value, MSTUN_SITE_RECEIVE, 8, 4, response.max_receive, ", receive ");
    proto_item_append_text(value->item, " kbit/s%s",
                           response.pstn_failover ? ", PSTN failover" : "");
    if (!response.valid) {
        expert_add_info(value->view->pinfo, valid, mstun_expert_field(MSTUN_EXPERT_PATH_REFUSED));
    }
    return true;
}

bool mstun_show_ms_location(const mstun_value *value) {
    stun_ms_location location;

    if (!stun_value_ms_location(value->attr, &location)) {
        return false;
    }
    mstun_value_number(value, MSTUN_LOCATION_PEER, 0, 1, location.peer, ": peer ");
    mstun_value_number(value, MSTUN_LOCATION_SELF, 1, 1, location.self, ", self ");
    mstun_value_number(value, MSTUN_LOCATION_FEDERATION, 2, 1, location.federation,
                       ", federation ");
    return true;
}
