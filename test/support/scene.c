/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/scene.h"

#include "stun/message.h"
#include "support/hex.h"

#include <stdlib.h>
#include <string.h>

/* 2020-09-13T12:26:40Z */
#define BEGIN (G_GINT64_CONSTANT(1600000000) * 1000000000)

scene *scene_new(void) {
    scene *s = g_new0(scene, 1);

    s->tracker = turn_tracker_new();
    return s;
}

void scene_free(scene *s) {
    turn_judgement_free(s->judgement);
    turn_tracker_free(s->tracker);
    turn_credentials_free(s->credentials);
    g_free(s);
}

gint64 scene_time(gint64 ms) {
    return BEGIN + ms * 1000000;
}

turn_packet scene_packet(scene *s, gint64 ms, turn_transport transport, const char *from,
                         const char *to) {
    return (turn_packet){.capture = s->capture,
                         .frame = ++s->frame,
                         .time = scene_time(ms),
                         .identity = s->identity,
                         .unnumbered = s->unnumbered,
                         .flow = {.transport = transport,
                                  .source = address_of(from),
                                  .destination = address_of(to)}};
}

guint32 feed_udp_bytes(scene *s, gint64 ms, const char *from, const char *to, const void *bytes,
                       gsize length) {
    const turn_packet packet = scene_packet(s, ms, TURN_TRANSPORT_UDP, from, to);
    guint8 *exact = hex_exact(bytes, length);

    turn_tracker_datagram(s->tracker, &packet, exact, length, length);
    free(exact);
    return packet.frame;
}

guint32 feed_udp(scene *s, gint64 ms, const char *from, const char *to, const char *text) {
    const message made = message_of(text);

    return feed_udp_bytes(s, ms, from, to, made.bytes, made.length);
}

guint32 feed_tcp(scene *s, gint64 ms, const char *from, const char *to, turn_tcp_event event) {
    const turn_packet packet = scene_packet(s, ms, TURN_TRANSPORT_TCP, from, to);

    turn_tracker_tcp(s->tracker, &packet, event);
    return packet.frame;
}

static guint32 feed_any_unit(scene *s, const turn_packet *packet, turn_unit unit,
                             const void *bytes) {
    guint8 *exact = hex_exact(bytes, unit.captured);

    unit.bytes = exact;
    turn_tracker_unit(s->tracker, packet, &unit);
    free(exact);
    return packet->frame;
}

guint32 feed_unit(scene *s, gint64 ms, const char *from, const char *to, const char *text) {
    const turn_packet packet = scene_packet(s, ms, TURN_TRANSPORT_TCP, from, to);
    const message made = message_of(text);
    const turn_unit unit = {.framing = STUN_FRAMING_TURN,
                            .kind = STUN_FRAME_STUN,
                            .captured = made.length,
                            .length = made.length};

    return feed_any_unit(s, &packet, unit, made.bytes);
}

guint32 feed_framed_bytes(scene *s, gint64 ms, const char *from, const char *to, const void *bytes,
                          gsize length) {
    const turn_packet packet = scene_packet(s, ms, TURN_TRANSPORT_TCP, from, to);
    const turn_unit unit = {.framing = STUN_FRAMING_RFC4571,
                            .kind = STUN_FRAME_PACKET,
                            .captured = length,
                            .length = length};

    return feed_any_unit(s, &packet, unit, bytes);
}

guint32 feed_framed(scene *s, gint64 ms, const char *from, const char *to, const char *text) {
    const message made = message_of(text);

    return feed_framed_bytes(s, ms, from, to, made.bytes, made.length);
}

guint32 feed_opaque(scene *s, gint64 ms, const char *from, const char *to, gsize length) {
    const turn_packet packet = scene_packet(s, ms, TURN_TRANSPORT_TCP, from, to);
    const turn_unit unit = {.opaque = TRUE, .length = length};

    return feed_any_unit(s, &packet, unit, "");
}

guint32 feed_icmp(scene *s, gint64 ms, turn_transport transport, const char *from, const char *to,
                  guint8 type) {
    const turn_packet packet = scene_packet(s, ms, transport, to, from);
    const turn_icmp_error error = {
        .version = 4, .type = type, .code = 3, .about = turn_flow_reversed(&packet.flow)};

    turn_tracker_icmp(s->tracker, &packet, &error);
    return packet.frame;
}

void feed_other(scene *s, gint64 ms) {
    s->frame++;
    turn_tracker_time(s->tracker, s->capture, scene_time(ms));
}

static guint32 feed_indication(scene *s, gint64 ms, gboolean to_peer, const char *peer,
                               const message *inner) {
    g_autofree char *text =
        g_strdup_printf("%s indication 900 peer=%s", to_peer ? "send" : "data", peer);
    message whole = message_of(text);

    message_add(&whole, STUN_ATTR_DATA, inner->bytes, inner->length);
    return feed_udp_bytes(s, ms, to_peer ? CLIENT : SERVER, to_peer ? SERVER : CLIENT, whole.bytes,
                          whole.length);
}

guint32 feed_send(scene *s, gint64 ms, const char *peer, const char *inner) {
    const message made = message_of(inner);

    return feed_indication(s, ms, TRUE, peer, &made);
}

guint32 feed_data(scene *s, gint64 ms, const char *peer, const char *inner) {
    const message made = message_of(inner);

    return feed_indication(s, ms, FALSE, peer, &made);
}

/* The first byte of RTP: no STUN, no ChannelData. */
static message media(gsize length) {
    message made = {.length = length};

    g_assert_true(length <= sizeof made.bytes);
    memset(made.bytes, 0x80, length);
    return made;
}

guint32 feed_send_bytes(scene *s, gint64 ms, const char *peer, gsize length) {
    const message made = media(length);

    return feed_indication(s, ms, TRUE, peer, &made);
}

guint32 feed_data_bytes(scene *s, gint64 ms, const char *peer, gsize length) {
    const message made = media(length);

    return feed_indication(s, ms, FALSE, peer, &made);
}

void scene_challenge(scene *s, gint64 ms) {
    feed_udp(s, ms, CLIENT, SERVER, "allocate request 1 transport=17");
    feed_udp(s, ms + 10, SERVER, CLIENT,
             "allocate error 1 error=401 realm=example.org nonce=n1 software=Expressway");
}

void scene_allocate(scene *s, gint64 ms) {
    scene_challenge(s, ms);
    feed_udp(s, ms + 20, CLIENT, SERVER, "allocate request 2 transport=17 " CREDENTIALS);
    feed_udp(s, ms + 30, SERVER, CLIENT,
             "allocate success 2 relayed=" RELAYED " mapped=" MAPPED " lifetime=600 mi");
}

void scene_rejected(scene *s, gint64 ms, const char *error) {
    g_autofree char *answer = g_strdup_printf("allocate error 2 %s", error);

    scene_challenge(s, ms);
    feed_udp(s, ms + 20, CLIENT, SERVER, "allocate request 2 transport=17 " CREDENTIALS);
    feed_udp(s, ms + 30, SERVER, CLIENT, answer);
}

void scene_connect(scene *s, gint64 ms, const char *from) {
    feed_tcp(s, ms, from, SERVER, TURN_TCP_SYN);
    feed_tcp(s, ms + 5, SERVER, from, TURN_TCP_SYN_ACK);
    feed_tcp(s, ms + 10, from, SERVER, TURN_TCP_ESTABLISHED);
}

void scene_allocate_tcp(scene *s, gint64 ms) {
    scene_connect(s, ms, CLIENT);
    feed_unit(s, ms + 20, CLIENT, SERVER, "allocate request 1 transport=6");
    feed_unit(s, ms + 30, SERVER, CLIENT, "allocate error 1 error=401 realm=example.org nonce=n1");
    feed_unit(s, ms + 40, CLIENT, SERVER, "allocate request 2 transport=6 " CREDENTIALS);
    feed_unit(s, ms + 50, SERVER, CLIENT,
              "allocate success 2 relayed=" RELAYED " mapped=" MAPPED " lifetime=600 mi");
}

void scene_checks(scene *s, gint64 ms, const char *peer) {
    feed_send(s, ms, peer, "binding request 101 user=b:a priority=1 mi");
    feed_data(s, ms + 10, peer, "binding success 101 mapped=" RELAYED " mi");
    feed_data(s, ms + 20, peer, "binding request 102 user=a:b priority=2 mi");
    feed_send(s, ms + 30, peer, "binding success 102 mapped=" PEER " mi");
}

const turn_model *scene_model(scene *s) {
    if (s->model == NULL) {
        s->model = turn_tracker_finish(s->tracker);
    }
    return s->model;
}

const turn_session *scene_session(scene *s) {
    const turn_model *model = scene_model(s);

    assert_int_equal(model->sessions->len, 1);
    return g_ptr_array_index(model->sessions, 0);
}

const turn_judgement *scene_judgement(scene *s) {
    if (s->judgement == NULL) {
        s->judgement = turn_judge(scene_model(s));
    }
    return s->judgement;
}

const turn_finding *scene_finding(scene *s, const char *cause) {
    const GPtrArray *findings = scene_judgement(s)->findings;

    for (guint i = 0; i < findings->len; i++) {
        const turn_finding *finding = g_ptr_array_index(findings, i);

        if (g_str_equal(finding->cause->identifier, cause)) {
            return finding;
        }
    }
    return NULL;
}

void expect_finding(scene *s, const char *cause, const char *level, const char *frames) {
    const turn_finding *finding = scene_finding(s, cause);
    g_autoptr(GString) found = g_string_new(NULL);

    if (finding == NULL) {
        fail_msg("%s was not found", cause);
        return;
    }
    for (guint i = 0; i < finding->evidence->len; i++) {
        g_string_append_printf(found, "%s%u", i > 0 ? " " : "",
                               g_array_index(finding->evidence, turn_evidence, i).seen.frame);
    }
    assert_string_equal(turn_level_name(finding->level), level);
    assert_string_equal(found->str, frames);
}

void expect_no_finding(scene *s, const char *cause) {
    if (scene_finding(s, cause) != NULL) {
        fail_msg("%s was found", cause);
    }
}
