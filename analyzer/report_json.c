/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/report_json.h"

#include "analyzer/version.h"
#include "turn/report/printable.h"

#include <json-glib/json-glib.h>

static void put_string(JsonBuilder *json, const char *name, const char *value) {
    json_builder_set_member_name(json, name);
    if (value == NULL) {
        json_builder_add_null_value(json);
        return;
    }
    g_autofree char *valid = g_utf8_make_valid(value, -1);

    json_builder_add_string_value(json, valid);
}

static void add_text(gpointer text, gpointer json) {
    g_autofree char *valid = g_utf8_make_valid(text, -1);

    json_builder_add_string_value(json, valid);
}

static void put_number(JsonBuilder *json, const char *name, guint64 value) {
    json_builder_set_member_name(json, name);
    json_builder_add_int_value(json, (gint64)value);
}

/* Null for what the capture does not show. */
static void put_number_or_null(JsonBuilder *json, const char *name, gint64 value, gboolean shown) {
    json_builder_set_member_name(json, name);
    if (shown) {
        json_builder_add_int_value(json, value);
    } else {
        json_builder_add_null_value(json);
    }
}

/* Milliseconds with microseconds behind the point; null when not measured. */
static void put_rtt(JsonBuilder *json, gint64 nanoseconds) {
    json_builder_set_member_name(json, "rtt_ms");
    if (nanoseconds < 0) {
        json_builder_add_null_value(json);
    } else {
        const gint64 microseconds = nanoseconds / 1000;

        json_builder_add_double_value(json, (double)microseconds / 1000.0);
    }
}

static void put_boolean(JsonBuilder *json, const char *name, gboolean value) {
    json_builder_set_member_name(json, name);
    json_builder_add_boolean_value(json, value);
}

static void put_address(JsonBuilder *json, const char *name, const stun_address *address) {
    char text[STUN_ADDRESS_TEXT];

    stun_address_format(address, text, sizeof text);
    put_string(json, name, *text != '\0' ? text : NULL);
}

static void put_frame(JsonBuilder *json, const char *name, const turn_seen *seen) {
    put_number_or_null(json, name, seen->frame, seen->frame != 0);
}

static void put_time(JsonBuilder *json, const turn_report *self, const char *name,
                     const turn_seen *seen) {
    g_autofree char *text =
        seen->frame != 0 ? turn_report_time(self, seen->capture, seen->time) : NULL;

    put_string(json, name, text);
}

static void begin_array(JsonBuilder *json, const char *name) {
    json_builder_set_member_name(json, name);
    json_builder_begin_array(json);
}

static void begin_object(JsonBuilder *json, const char *name) {
    json_builder_set_member_name(json, name);
    json_builder_begin_object(json);
}

static void put_capture(JsonBuilder *json, const turn_report *self, guint index) {
    const turn_report_capture *capture = g_ptr_array_index(self->captures, index);
    g_autofree char *first =
        capture->packets > 0 ? turn_report_time(self, index, capture->first) : NULL;
    g_autofree char *last =
        capture->packets > 0 ? turn_report_time(self, index, capture->last) : NULL;

    json_builder_begin_object(json);
    put_string(json, "file", capture->file);
    put_string(json, "point", NULL);
    put_string(json, "format", capture->format);
    begin_array(json, "link_types");
    if (capture->link_type != NULL) {
        json_builder_add_string_value(json, capture->link_type);
    }
    json_builder_end_array(json);
    put_number(json, "packets", capture->packets);
    put_number(json, "bytes", capture->bytes);
    put_string(json, "first", first);
    put_string(json, "last", last);
    put_number(json, "snap_length", capture->snap_length);
    put_number(json, "packets_cut", capture->packets_cut);
    put_number(json, "tcp_bytes_missing", capture->tcp_bytes_missing);
    begin_array(json, "warnings");
    g_ptr_array_foreach(capture->warnings, add_text, json);
    json_builder_end_array(json);
    json_builder_end_object(json);
}

static void put_lines(JsonBuilder *json, const char *name, const char *lines) {
    g_auto(GStrv) split = g_strsplit(lines, "\n", -1);

    begin_array(json, name);
    for (char **line = split; *line != NULL; line++) {
        json_builder_add_string_value(json, *line);
    }
    json_builder_end_array(json);
}

/* What limits the verdict, and what limits the captures that it was made from. */
static void put_unknowns(JsonBuilder *json, const turn_report *self) {
    begin_array(json, "unknowns");
    g_ptr_array_foreach(self->judgement->unknowns, add_text, json);
    for (guint i = 0; i < self->captures->len; i++) {
        const turn_report_capture *capture = g_ptr_array_index(self->captures, i);

        g_ptr_array_foreach(capture->warnings, add_text, json);
    }
    json_builder_end_array(json);
}

static void put_verdict(JsonBuilder *json, const turn_report *self) {
    const turn_judgement *judgement = self->judgement;
    const turn_cause *cause = judgement->first != NULL ? judgement->first->cause : NULL;

    begin_object(json, "verdict");
    put_string(json, "level", turn_level_name(judgement->level));
    put_string(json, "cause", cause != NULL ? cause->identifier : NULL);
    put_string(json, "title", turn_report_title(self));
    put_string(json, "explanation", turn_report_explanation(self));
    if (cause != NULL) {
        put_lines(json, "remedies", cause->remedies);
        put_string(json, "next", cause->next);
    } else {
        begin_array(json, "remedies");
        json_builder_end_array(json);
        put_string(json, "next", NULL);
    }
    put_unknowns(json, self);
    json_builder_end_object(json);
}

static void put_evidence(JsonBuilder *json, const turn_report *self,
                         const turn_evidence *evidence) {
    json_builder_begin_object(json);
    put_number(json, "capture", evidence->seen.capture);
    put_number(json, "frame", evidence->seen.frame);
    put_time(json, self, "time", &evidence->seen);
    put_string(json, "summary", evidence->summary);
    json_builder_end_object(json);
}

static void put_finding(JsonBuilder *json, const turn_report *self, const turn_finding *finding) {
    g_autofree char *filter = turn_report_filter(finding, turn_report_filter_capture(finding));

    json_builder_begin_object(json);
    put_string(json, "level", turn_level_name(finding->level));
    put_string(json, "cause", finding->cause->identifier);
    put_string(json, "title", finding->cause->title);
    put_number_or_null(json, "session", finding->session != NULL ? finding->session->id : 0,
                       finding->session != NULL);
    put_number_or_null(json, "code", finding->code, finding->code != 0);
    put_string(json, "reason", finding->reason);
    put_string(json, "detail", finding->detail);
    begin_array(json, "evidence");
    for (guint i = 0; i < finding->evidence->len; i++) {
        put_evidence(json, self, &g_array_index(finding->evidence, turn_evidence, i));
    }
    json_builder_end_array(json);
    put_string(json, "filter", filter);
    json_builder_end_object(json);
}

static void put_direction(JsonBuilder *json, const char *name, const turn_direction *direction) {
    begin_object(json, name);
    put_number(json, "requests", direction->requests);
    put_number(json, "retransmissions", direction->retransmissions);
    put_number(json, "successes", direction->successes);
    put_number(json, "errors", direction->errors);
    put_rtt(json, direction->rtt);
    json_builder_end_object(json);
}

static void put_checks(JsonBuilder *json, const turn_path *path) {
    begin_object(json, "checks");
    put_direction(json, "to_peer", &path->to_peer);
    put_direction(json, "from_peer", &path->from_peer);
    json_builder_end_object(json);
}

static void put_rejections(JsonBuilder *json, const turn_session *session, guint16 method) {
    begin_array(json, "errors");
    for (guint i = 0; i < session->rejections->len; i++) {
        const turn_rejection *rejection = &g_array_index(session->rejections, turn_rejection, i);

        if (rejection->method == method) {
            json_builder_begin_object(json);
            put_number(json, "code", rejection->code);
            put_string(json, "reason", rejection->reason);
            put_frame(json, "frame", &rejection->response);
            json_builder_end_object(json);
        }
    }
    json_builder_end_array(json);
}

static void put_allocate(JsonBuilder *json, const turn_session *session) {
    const turn_exchange *allocate = &session->exchanges[TURN_METHOD_ALLOCATE];

    begin_object(json, "allocate");
    put_string(json, "outcome", turn_outcome_name(turn_session_allocate_outcome(session)));
    put_number(json, "requests", allocate->requests);
    put_number(json, "transmissions", allocate->transmissions);
    put_number(json, "challenges", session->challenges);
    put_rejections(json, session, STUN_METHOD_ALLOCATE);
    put_rtt(json, allocate->rtt);
    put_number_or_null(json, "lifetime_s", session->lifetime, session->lifetime >= 0);
    json_builder_end_object(json);
}

static void put_refreshes(JsonBuilder *json, const turn_session *session) {
    const turn_exchange *refresh = &session->exchanges[TURN_METHOD_REFRESH];

    begin_object(json, "refreshes");
    put_number(json, "requests", refresh->requests);
    put_number(json, "successes", refresh->successes);
    put_rejections(json, session, STUN_METHOD_REFRESH);
    json_builder_end_object(json);
}

static void put_permissions(JsonBuilder *json, const turn_session *session) {
    begin_array(json, "permissions");
    for (guint i = 0; i < session->permissions->len; i++) {
        const turn_permission *permission =
            &g_array_index(session->permissions, turn_permission, i);
        char host[STUN_ADDRESS_TEXT];

        stun_address_format_host(&permission->peer, host, sizeof host);
        json_builder_begin_object(json);
        put_string(json, "peer", host);
        put_string(json, "outcome", turn_outcome_name(permission->outcome));
        put_number_or_null(json, "code", permission->code, permission->code != 0);
        put_frame(json, "frame", &permission->request);
        json_builder_end_object(json);
    }
    json_builder_end_array(json);
}

static void put_peer_address(JsonBuilder *json, const turn_peer *peer) {
    static const stun_address none;

    put_address(json, "peer", peer != NULL ? &peer->address : &none);
}

static void put_channels(JsonBuilder *json, const turn_session *session) {
    begin_array(json, "channels");
    for (guint i = 0; i < session->channels->len; i++) {
        const turn_channel *channel = &g_array_index(session->channels, turn_channel, i);
        g_autofree char *number = g_strdup_printf("0x%04x", channel->number);

        json_builder_begin_object(json);
        put_string(json, "number", number);
        put_peer_address(json, channel->peer);
        put_string(json, "outcome", turn_outcome_name(channel->outcome));
        put_number_or_null(json, "code", channel->code, channel->code != 0);
        put_frame(json, "frame", &channel->request);
        put_number(json, "bytes_to_peer", channel->bytes_to_peer);
        put_number(json, "bytes_from_peer", channel->bytes_from_peer);
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

static void put_connection(JsonBuilder *json, const turn_connection *connection) {
    static const turn_path no_checks = {.to_peer = {.rtt = -1}, .from_peer = {.rtt = -1}};
    g_autofree char *id = connection->has_id ? g_strdup_printf("0x%08x", connection->id) : NULL;

    json_builder_begin_object(json);
    put_string(json, "connection_id", id);
    put_peer_address(json, connection->peer);
    put_string(json, "initiated_by",
               connection->attempt.frame == 0  ? NULL
               : connection->initiated_by_peer ? "peer"
                                               : "client");
    put_frame(json, "attempt_frame", &connection->attempt);
    put_frame(json, "bind_frame", &connection->bind);
    put_frame(json, "bind_answer_frame", &connection->bind_answer);
    put_string(json, "outcome", bind_outcome(connection));
    put_number_or_null(json, "code", connection->code, connection->code != 0);
    put_address(json, "data_connection", &connection->data_connection);
    put_checks(json, connection->peer != NULL ? &connection->peer->path : &no_checks);
    put_number(json, "bytes_to_peer", connection->bytes_to_peer);
    put_number(json, "bytes_from_peer", connection->bytes_from_peer);
    json_builder_end_object(json);
}

static void put_peer(JsonBuilder *json, const turn_peer *peer) {
    /* The leg between client and server counts where it was captured, else the one behind the
     * relay: a packet seen on both is one packet. */
    const gboolean near = peer->path.to_peer.packets + peer->path.from_peer.packets > 0;
    const turn_direction *to = near ? &peer->path.to_peer : &peer->relay_to;
    const turn_direction *from = near ? &peer->path.from_peer : &peer->relay_from;

    json_builder_begin_object(json);
    put_peer_address(json, peer);
    put_string(json, "via", turn_via_name(peer->via));
    put_checks(json, &peer->path);
    put_number(json, "bytes_to_peer", to->bytes);
    put_number(json, "bytes_from_peer", from->bytes);
    put_number(json, "packets_to_peer", to->packets);
    put_number(json, "packets_from_peer", from->packets);
    json_builder_end_object(json);
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
    put_number(json, "id", session->id);
    put_address(json, "client", &session->client);
    put_address(json, "server", &session->server);
    put_string(json, "transport", turn_protocol_name(session->protocol));
    put_string(json, "relay_transport", relay_name(session));
    put_string(json, "username", session->username);
    put_string(json, "realm", session->realm);
    put_string(json, "software", session->software);
    put_address(json, "mapped", &session->mapped);
    begin_array(json, "relayed");
    for (guint i = 0; i < session->relayed->len; i++) {
        char text[STUN_ADDRESS_TEXT];

        stun_address_format(&g_array_index(session->relayed, stun_address, i), text, sizeof text);
        json_builder_add_string_value(json, text);
    }
    json_builder_end_array(json);
    put_time(json, self, "start", &session->first);
    put_time(json, self, "end", &session->last);
    put_frame(json, "first_frame", &session->first);
    put_frame(json, "last_frame", &session->last);
    put_boolean(json, "works", turn_session_works(session));
}

static void put_session(JsonBuilder *json, const turn_report *self, const turn_session *session) {
    json_builder_begin_object(json);
    put_session_facts(json, self, session);
    put_allocate(json, session);
    put_string(json, "integrity", NULL);
    begin_object(json, "fingerprint");
    put_number(json, "good", session->fingerprints_good);
    put_number(json, "bad", session->fingerprints_bad);
    json_builder_end_object(json);
    put_refreshes(json, session);
    put_permissions(json, session);
    put_channels(json, session);
    begin_array(json, "connections");
    for (guint i = 0; i < session->connections->len; i++) {
        put_connection(json, g_ptr_array_index(session->connections, i));
    }
    json_builder_end_array(json);
    begin_array(json, "peers");
    for (guint i = 0; i < session->peers->len; i++) {
        put_peer(json, g_ptr_array_index(session->peers, i));
    }
    json_builder_end_array(json);
    json_builder_end_object(json);
}

static void put_pair(JsonBuilder *json, const turn_pair *pair) {
    json_builder_begin_object(json);
    put_address(json, "a", &pair->a);
    put_address(json, "b", &pair->b);
    put_string(json, "transport", pair->transport == TURN_TRANSPORT_TCP ? "tcp" : "udp");
    put_checks(json, &pair->path);
    json_builder_end_object(json);
}

static void put_message(JsonBuilder *json, const turn_report *self,
                        const turn_report_message *message) {
    GString *id = g_string_new(NULL);
    g_autofree char *type = g_strdup_printf("0x%04x", message->type);

    /* With the cookie the id is the 96 bits behind it. */
    for (gsize i = message->has_cookie ? 4 : 0; i < sizeof message->transaction_id; i++) {
        g_string_append_printf(id, "%02x", message->transaction_id[i]);
    }
    json_builder_begin_object(json);
    put_number(json, "capture", message->seen.capture);
    put_number(json, "frame", message->seen.frame);
    put_time(json, self, "time", &message->seen);
    put_string(json, "type", type);
    put_string(json, "name", message->name);
    put_string(json, "transaction_id", id->str);
    begin_array(json, "attributes");
    for (guint i = 0; i < message->attributes->len; i++) {
        const turn_report_attribute *attribute =
            &g_array_index(message->attributes, turn_report_attribute, i);
        g_autofree char *code = g_strdup_printf("0x%04x", attribute->type);

        json_builder_begin_object(json);
        put_string(json, "type", code);
        put_number(json, "length", attribute->length);
        json_builder_end_object(json);
    }
    json_builder_end_array(json);
    json_builder_end_object(json);
    g_string_free(id, TRUE);
}

static void put_lists(JsonBuilder *json, const turn_report *self) {
    begin_array(json, "findings");
    for (guint i = 0; i < self->judgement->findings->len; i++) {
        put_finding(json, self, g_ptr_array_index(self->judgement->findings, i));
    }
    json_builder_end_array(json);
    begin_array(json, "sessions");
    for (guint i = 0; i < self->model->sessions->len; i++) {
        put_session(json, self, g_ptr_array_index(self->model->sessions, i));
    }
    json_builder_end_array(json);
    begin_array(json, "checks");
    for (guint i = 0; i < self->model->pairs->len; i++) {
        put_pair(json, g_ptr_array_index(self->model->pairs, i));
    }
    json_builder_end_array(json);
    if (self->messages == NULL) {
        return;
    }
    begin_array(json, "messages");
    for (guint i = 0; i < self->messages->len; i++) {
        put_message(json, self, g_ptr_array_index(self->messages, i));
    }
    json_builder_end_array(json);
}

char *report_json_write(const turn_report *self) {
    g_autoptr(JsonBuilder) json = json_builder_new();
    g_autoptr(JsonGenerator) generator = json_generator_new();
    g_autoptr(JsonNode) root = NULL;
    g_autofree char *text = NULL;

    json_builder_begin_object(json);
    put_string(json, "schema", "turnpcap.report/1");
    put_string(json, "generator", "turnpcap " TURNPCAP_VERSION);
    begin_array(json, "captures");
    for (guint i = 0; i < self->captures->len; i++) {
        put_capture(json, self, i);
    }
    json_builder_end_array(json);
    put_verdict(json, self);
    put_lists(json, self);
    json_builder_end_object(json);

    root = json_builder_get_root(json);
    json_generator_set_pretty(generator, TRUE);
    json_generator_set_indent(generator, 2);
    json_generator_set_root(generator, root);
    text = json_generator_to_data(generator, NULL);
    return turn_printable_json(text);
}
