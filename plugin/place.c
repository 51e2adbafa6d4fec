/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plugin/place.h"

#include "turn/report/printable.h"

static int hf_session;
static int hf_peer;
static int hf_relayed;

void mstun_place_register(void) {
    static hf_register_info fields[] = {
        {&hf_session,
         {"Session", "mstun.session", FT_UINT32, BASE_DEC, NULL, 0,
          "Number of the TURN session, as in the report", HFILL}},
        {&hf_peer,
         {"Peer", "mstun.peer", FT_STRING, BASE_NONE, NULL, 0, "The far side of the relay", HFILL}},
        {&hf_relayed,
         {"Relayed address", "mstun.relayed", FT_STRING, BASE_NONE, NULL, 0,
          "What the peer sees of the client", HFILL}},
    };

    proto_register_field_array(proto_mstun, fields, array_length(fields));
}

/* NULL when there is no address. */
static proto_item *add_text(tvbuff_t *tvb, proto_tree *tree, int hf, const stun_address *address) {
    proto_item *item = NULL;

    if (address->family != STUN_FAMILY_NONE) {
        char text[STUN_ADDRESS_TEXT];

        stun_address_format(address, text, sizeof text);
        item = proto_tree_add_string(tree, hf, tvb, 0, 0, text);
        proto_item_set_generated(item);
    }
    return item;
}

static void add_session(tvbuff_t *tvb, proto_tree *tree, const turn_session *session) {
    char client[STUN_ADDRESS_TEXT];
    char server[STUN_ADDRESS_TEXT];
    proto_item *item = proto_tree_add_uint(tree, hf_session, tvb, 0, 0, session->id);

    stun_address_format(&session->client, client, sizeof client);
    stun_address_format(&session->server, server, sizeof server);
    proto_item_append_text(item, ", %s -> %s (%s)", client, server,
                           turn_protocol_name(session->protocol));
    if (session->username != NULL) {
        g_autofree char *user = turn_printable_text(session->username);

        proto_item_append_text(item, ", user %s", user);
    }
    proto_item_set_generated(item);
    for (guint i = 0; i < session->relayed->len; i++) {
        add_text(tvb, tree, hf_relayed, &g_array_index(session->relayed, stun_address, i));
    }
}

void mstun_place_show(tvbuff_t *tvb, proto_tree *tree, const turn_place *place) {
    if (place->session != NULL) {
        add_session(tvb, tree, place->session);
    }
    if (place->peer != NULL) {
        proto_item *item = add_text(tvb, tree, hf_peer, &place->peer->address);

        /* The connection's own items name it: for columns and filters only. */
        if (item != NULL && place->connection != NULL) {
            proto_item_set_hidden(item);
        }
    }
}

void mstun_place_column(packet_info *pinfo, const turn_place *place) {
    if (place->peer != NULL && place->peer->address.family != STUN_FAMILY_NONE) {
        char text[STUN_ADDRESS_TEXT];

        stun_address_format(&place->peer->address, text, sizeof text);
        col_append_fstr(pinfo->cinfo, COL_INFO, " [peer %s]", text);
    }
}

turn_place mstun_place_of_channel(const turn_place *place, guint16 channel) {
    turn_place found = *place;

    for (guint i = 0; place->session != NULL && i < place->session->channels->len; i++) {
        const turn_channel *at = &g_array_index(place->session->channels, turn_channel, i);

        if (at->number == channel) {
            found.peer = at->peer;
        }
    }
    return found;
}
