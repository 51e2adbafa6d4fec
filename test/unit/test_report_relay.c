/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyzer/report_json.h"
#include "support/scene.h"
#include "turn/report/report.h"

#include <string.h>

/* The server is behind static NAT: 198.51.100.1 is 192.168.245.61 on its outside interface. */
#define ON_WIRE   "192.168.245.61:24000"
#define CLIENT_2  "10.1.1.20:40000"
#define RELAYED_2 "198.51.100.1:24002"
#define CHECK     "binding request 101 user=b:a priority=1 mi"

static turn_report *report_of(scene *s) {
    turn_report *r = turn_report_new(scene_model(s), scene_judgement(s));

    g_ptr_array_add(r->captures, turn_report_capture_new("eth0.pcap"));
    g_ptr_array_add(r->captures, turn_report_capture_new("eth1.pcap"));
    return r;
}

/* Lines are wrapped: compares words. */
static void assert_says(const char *report, const char *expected) {
    g_auto(GStrv) words = g_strsplit_set(report, " \n", -1);
    g_autoptr(GString) flat = g_string_new(NULL);

    for (char **word = words; *word != NULL; word++) {
        if (**word != '\0') {
            g_string_append_printf(flat, "%s ", *word);
        }
    }
    if (strstr(flat->str, expected) == NULL) {
        fail_msg("\"%s\" is not in: %s", expected, flat->str);
    }
}

static void second_interface(scene *s, gint64 ms, const char *from, const char *to,
                             const char *text) {
    const message made = message_of(text);
    turn_packet packet = scene_packet(s, ms, TURN_TRANSPORT_UDP, from, to);

    packet.capture = 1;
    turn_tracker_datagram(s->tracker, &packet, made.bytes, made.length, made.length);
}

static void address_on_the_wire_is_shown(void **state) {
    g_autoptr(scene) s = scene_new();
    g_autoptr(turn_report) r = NULL;
    g_autofree char *text = NULL;
    g_autofree char *json = NULL;

    (void)state;
    scene_allocate(s, 0);
    feed_send(s, 100, PEER, CHECK);
    second_interface(s, 101, ON_WIRE, PEER, CHECK);
    r = report_of(s);
    text = turn_report_write_text(r, FALSE);
    json = report_json_write(r);
    assert_says(text, "relayed address " RELAYED ", on the wire " ON_WIRE ", client behind NAT ");
    assert_non_null(strstr(json, "\"relayed_on_wire\" : \"" ON_WIRE "\""));
    assert_non_null(strstr(json, "\"behind_nat\" : true"));
    assert_non_null(strstr(json, "\"relay_session\" : null"));
}

static void relay_to_relay_is_named(void **state) {
    g_autoptr(scene) s = scene_new();
    g_autoptr(turn_report) r = NULL;
    g_autofree char *text = NULL;
    g_autofree char *json = NULL;

    (void)state;
    scene_allocate(s, 0);
    feed_udp(s, 50, CLIENT_2, SERVER, "allocate request 5 transport=17 " CREDENTIALS);
    feed_udp(s, 60, SERVER, CLIENT_2,
             "allocate success 5 relayed=" RELAYED_2 " mapped=" CLIENT_2 " lifetime=600 mi");
    feed_send(s, 100, RELAYED_2, CHECK);
    r = report_of(s);
    text = turn_report_write_text(r, FALSE);
    json = report_json_write(r);
    assert_says(text, "Relay to relay: peer " RELAYED_2 " is the relayed address of session 2 ");
    assert_non_null(strstr(json, "\"relay_session\" : 2"));
    assert_non_null(strstr(json, "\"behind_nat\" : false"));
}

static void evidence_names_the_interface(void **state) {
    g_autoptr(scene) s = scene_new();
    g_autoptr(turn_report) r = NULL;
    g_autofree char *text = NULL;

    (void)state;
    scene_allocate(s, 0);
    feed_udp(s, 50, CLIENT_2, SERVER, "allocate request 5 transport=17 " CREDENTIALS);
    feed_udp(s, 60, SERVER, CLIENT_2, "allocate success 5 relayed=" RELAYED_2 " lifetime=600 mi");
    second_interface(s, 70, OTHER, "192.168.245.61:3478", "binding request 1 software=x");
    feed_send(s, 100, RELAYED_2, CHECK);
    second_interface(s, 101, ON_WIRE, RELAYED_2, CHECK);
    turn_tracker_time(s->tracker, 1, scene_time(5101));
    r = report_of(s);
    text = turn_report_write_text(r, FALSE);
    assert_says(text, "(nat-reflection-missing) ");
    assert_says(text, "capture 2, frame 9 12:26:40.101000 first of 1 packets " ON_WIRE
                      " to " RELAYED_2 ", the server's own public address ");
}

static void checks_without_a_session_are_healthy(void **state) {
    g_autoptr(scene) s = scene_new();
    g_autoptr(turn_report) r = NULL;

    (void)state;
    feed_udp(s, 0, CLIENT, PEER, "binding request 1 user=b:a mi");
    feed_udp(s, 10, PEER, CLIENT, "binding success 1 mi");
    feed_udp(s, 20, PEER, CLIENT, "binding request 2 user=a:b mi");
    feed_udp(s, 30, CLIENT, PEER, "binding success 2 mi");
    r = report_of(s);
    assert_string_equal(turn_report_title(r),
                        "Checks go both ways in this capture; no TURN session is in it");
    assert_int_equal(turn_report_exit_status(r), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(address_on_the_wire_is_shown),
        cmocka_unit_test(relay_to_relay_is_named),
        cmocka_unit_test(evidence_names_the_interface),
        cmocka_unit_test(checks_without_a_session_are_healthy),
    };
    return cmocka_run_group_tests_name("report_relay", tests, NULL, NULL);
}
