/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/json_session.h"

#include "analyzer/json_integrity.h"
#include "analyzer/json_join.h"
#include "analyzer/json_path.h"
#include "analyzer/json_stage.h"

static void put_rejections(JsonBuilder *json, const turn_session *session, guint16 method) {
    json_begin_array(json, "errors");
    for (guint i = 0; i < session->rejections->len; i++) {
        const turn_rejection *rejection = &g_array_index(session->rejections, turn_rejection, i);

        if (rejection->method == method) {
            json_builder_begin_object(json);
            json_put_number(json, "code", rejection->code);
            json_put_string(json, "reason", rejection->reason);
            json_put_frame(json, "frame", &rejection->response);
            json_builder_end_object(json);
        }
    }
    json_builder_end_array(json);
}

static void put_allocate(JsonBuilder *json, const turn_session *session) {
    const turn_exchange *allocate = &session->exchanges[TURN_METHOD_ALLOCATE];

    json_begin_object(json, "allocate");
    json_put_string(json, "outcome", turn_outcome_name(turn_session_allocate_outcome(session)));
    json_put_number(json, "requests", allocate->requests);
    json_put_number(json, "transmissions", allocate->transmissions);
    json_put_number(json, "challenges", session->challenges);
    put_rejections(json, session, STUN_METHOD_ALLOCATE);
    json_put_rtt(json, allocate->rtt);
    json_put_number_or_null(json, "lifetime_s", session->lifetime, session->lifetime >= 0);
    json_builder_end_object(json);
}

static void put_refreshes(JsonBuilder *json, const turn_session *session) {
    const turn_exchange *refresh = &session->exchanges[TURN_METHOD_REFRESH];

    json_begin_object(json, "refreshes");
    json_put_number(json, "requests", refresh->requests);
    json_put_number(json, "successes", refresh->successes);
    put_rejections(json, session, STUN_METHOD_REFRESH);
    json_builder_end_object(json);
}

static void put_permissions(JsonBuilder *json, const turn_session *session) {
    json_begin_array(json, "permissions");
    for (guint i = 0; i < session->permissions->len; i++) {
        const turn_permission *permission =
            &g_array_index(session->permissions, turn_permission, i);
        char host[STUN_ADDRESS_TEXT];

        stun_address_format_host(&permission->peer, host, sizeof host);
        json_builder_begin_object(json);
        json_put_string(json, "peer", host);
        json_put_string(json, "outcome", turn_outcome_name(permission->outcome));
        json_put_number_or_null(json, "code", permission->code, permission->code != 0);
        json_put_frame(json, "frame", &permission->request);
        json_builder_end_object(json);
    }
    json_builder_end_array(json);
}

static void put_peer_address(JsonBuilder *json, const turn_peer *peer) {
    static const stun_address none;

    json_put_address(json, "peer", peer != NULL ? &peer->address : &none);
}

static void put_channels(JsonBuilder *json, const turn_session *session) {
    json_begin_array(json, "channels");
    for (guint i = 0; i < session->channels->len; i++) {
        const turn_channel *channel = &g_array_index(session->channels, turn_channel, i);
        g_autofree char *number = g_strdup_printf("0x%04x", channel->number);

        json_builder_begin_object(json);
        json_put_string(json, "number", number);
        put_peer_address(json, channel->peer);
        json_put_string(json, "outcome", turn_outcome_name(channel->outcome));
        json_put_number_or_null(json, "code", channel->code, channel->code != 0);
        json_put_frame(json, "frame", &channel->request);
        json_put_number(json, "bytes_to_peer", channel->bytes_to_peer);
        json_put_number(json, "bytes_from_peer", channel->bytes_from_peer);
        json_builder_end_object(json);
    }
    json_builder_end_array(json);
}

/* The four words of the schema. */
static const char *bind_outcome(const turn_connection *connection) {
    switch (connection->outcome) {
    case TURN_OUTCOME_SUCCESS:
        return "bound";
    case TURN_OUTCOME_REJECTED:
    case TURN_OUTCOME_CHALLENGED:
        return "refused";
    case TURN_OUTCOME_UNANSWERED:
        return "unanswered";
    default:
        return connection->bind.frame != 0 ? "unanswered" : "unbound";
    }
}

static void put_connection(JsonBuilder *json, const turn_report *self,
                           const turn_connection *connection) {
    static const turn_path no_checks = {.to_peer = {.rtt = -1}, .from_peer = {.rtt = -1}};
    g_autofree char *id = connection->has_id ? g_strdup_printf("0x%08x", connection->id) : NULL;

    json_builder_begin_object(json);
    json_put_string(json, "connection_id", id);
    put_peer_address(json, connection->peer);
    json_put_string(json, "initiated_by",
                    connection->attempt.frame == 0  ? NULL
                    : connection->initiated_by_peer ? "peer"
                                                    : "client");
    json_put_frame(json, "attempt_frame", &connection->attempt);
    json_put_frame(json, "bind_frame", &connection->bind);
    json_put_frame(json, "bind_answer_frame", &connection->bind_answer);
    json_put_string(json, "outcome", bind_outcome(connection));
    json_put_number_or_null(json, "code", connection->code, connection->code != 0);
    json_put_address(json, "data_connection", &connection->data_connection);
    json_put_checks(json, self, connection->peer != NULL ? &connection->peer->path : &no_checks);
    json_put_number(json, "bytes_to_peer", connection->bytes_to_peer);
    json_put_number(json, "bytes_from_peer", connection->bytes_from_peer);
    json_builder_end_object(json);
}

static void put_peer(JsonBuilder *json, const turn_report *self, const turn_peer *peer) {
    const turn_direction *to = turn_peer_data(peer, TRUE);
    const turn_direction *from = turn_peer_data(peer, FALSE);

    json_builder_begin_object(json);
    put_peer_address(json, peer);
    json_put_string(json, "via", turn_via_name(peer->via));
    json_put_checks(json, self, &peer->path);
    json_put_number(json, "bytes_to_peer", to->bytes);
    json_put_number(json, "bytes_from_peer", from->bytes);
    json_put_number(json, "packets_to_peer", to->packets);
    json_put_number(json, "packets_from_peer", from->packets);
    json_put_integrity_if_any(json, &peer->path.integrity);
    json_put_number(json, "relay_packets_to_peer", peer->relay_to.packets);
    json_put_number(json, "relay_packets_from_peer", peer->relay_from.packets);
    json_put_number_or_null(json, "relay_session", peer->relay != NULL ? peer->relay->id : 0,
                            peer->relay != NULL);
    json_put_media(json, self, to, from);
    json_put_icmp(json, self, "icmp_error", &peer->path.unreachable, &peer->path.icmp);
    json_builder_end_object(json);
}

static void put_nat(JsonBuilder *json, const turn_session *session) {
    json_put_address(json, "relayed_on_wire", &session->relay_local);
    json_builder_set_member_name(json, "behind_nat");
    if (session->mapped.family == STUN_FAMILY_NONE) {
        json_builder_add_null_value(json);
    } else {
        json_builder_add_boolean_value(json, turn_session_behind_nat(session));
    }
}

static const char *relay_name(const turn_session *session) {
    switch (session->relay_protocol) {
    case 6:
        return "tcp";
    case 17:
        return "udp";
    default:
        return NULL;
    }
}

static void put_session_facts(JsonBuilder *json, const turn_report *self,
                              const turn_session *session) {
    json_put_number(json, "id", session->id);
    json_put_address(json, "client", &session->client);
    json_put_address(json, "server", &session->server);
    json_put_string(json, "transport", turn_protocol_name(session->protocol));
    json_put_string(json, "relay_transport", relay_name(session));
    json_put_string(json, "username", session->username);
    json_put_string(json, "realm", session->realm);
    json_put_string(json, "software", session->software);
    json_put_address(json, "mapped", &session->mapped);
    json_begin_array(json, "relayed");
    for (guint i = 0; i < session->relayed->len; i++) {
        char text[STUN_ADDRESS_TEXT];

        stun_address_format(&g_array_index(session->relayed, stun_address, i), text, sizeof text);
        json_builder_add_string_value(json, text);
    }
    json_builder_end_array(json);
    put_nat(json, session);
    json_put_time(json, self, "start", &session->first);
    json_put_time(json, self, "end", &session->last);
    json_put_frame(json, "first_frame", &session->first);
    json_put_frame(json, "last_frame", &session->last);
    json_put_boolean(json, "works", turn_session_works(session));
}

void json_put_session(JsonBuilder *json, const turn_report *self, const turn_session *session) {
    json_builder_begin_object(json);
    put_session_facts(json, self, session);
    json_put_seen_at(json, self, session);
    put_allocate(json, session);
    json_put_integrity(json, &session->integrity);
    json_begin_object(json, "fingerprint");
    json_put_number(json, "good", session->fingerprints_good);
    json_put_number(json, "bad", session->fingerprints_bad);
    json_builder_end_object(json);
    put_refreshes(json, session);
    put_permissions(json, session);
    put_channels(json, session);
    json_begin_array(json, "connections");
    for (guint i = 0; i < session->connections->len; i++) {
        put_connection(json, self, g_ptr_array_index(session->connections, i));
    }
    json_builder_end_array(json);
    json_begin_array(json, "peers");
    for (guint i = 0; i < session->peers->len; i++) {
        put_peer(json, self, g_ptr_array_index(session->peers, i));
    }
    json_builder_end_array(json);
    json_put_session_stages(json, self, session);
    json_put_icmp(json, self, "icmp_error", &session->unreachable, &session->icmp);
    json_put_icmp(json, self, "relay_icmp_error", &session->relay_unreachable,
                  &session->relay_icmp);
    json_builder_end_object(json);
}
