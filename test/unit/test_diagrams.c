/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyzer/html/ladder_svg.h"
#include "analyzer/html/svg.h"
#include "analyzer/html/timeline_svg.h"
#include "analyzer/points.h"
#include "support/scene.h"

#include <string.h>

/* The diagrams of captures whose packets are known by number: samples/README.md. */
typedef struct drawn {
    points *from;
    turn_report *found;
    GString *out;
} drawn;

static void prepare(gpointer data, turn_tracker *tracker) {
    (void)data;
    (void)tracker;
}

static int setup(void **state) {
    drawn *d = g_new0(drawn, 1);

    d->from = points_new(prepare, NULL);
    d->found = turn_report_new(NULL, NULL);
    d->out = g_string_new(NULL);
    *state = d;
    return 0;
}

static int teardown(void **state) {
    drawn *d = *state;

    turn_report_free(d->found);
    points_free(d->from);
    g_string_free(d->out, TRUE);
    g_free(d);
    return 0;
}

static void read_one(drawn *d, const char *name) {
    g_autofree char *path = g_build_filename(TURNPCAP_SAMPLES, name, NULL);
    char *files[] = {path, NULL};

    assert_true(points_choose(d->from, NULL, files, NULL));
    assert_true(points_read(d->from, d->found));
}

static void draw_one(drawn *d, const char *name) {
    points_keep_diagrams(d->from);
    read_one(d, name);
}

static void draw_two(drawn *d, const char *client, const char *server) {
    g_autofree char *near = g_strconcat("client=", TURNPCAP_SAMPLES, "/", client, NULL);
    g_autofree char *far = g_strconcat("server=", TURNPCAP_SAMPLES, "/", server, NULL);
    char *at[] = {near, far, NULL};

    points_keep_diagrams(d->from);
    assert_true(points_choose(d->from, at, NULL, NULL));
    assert_true(points_read(d->from, d->found));
}

static guint count_of(const GString *out, const char *what) {
    guint count = 0;

    for (const char *at = strstr(out->str, what); at != NULL; at = strstr(at + 1, what)) {
        count++;
    }
    return count;
}

/* Of arrows of each kind; those not named are none. */
typedef struct arrows {
    guint asked;
    guint ok;
    guint challenge;
    guint error;
    guint lost;
    guint silent;
    guint media;
    guint tcp;
} arrows;

static void expect_arrows(const GString *out, const arrows *expected) {
    assert_int_equal(count_of(out, "class=\"rung asked\""), expected->asked);
    assert_int_equal(count_of(out, "class=\"rung ok\""), expected->ok);
    assert_int_equal(count_of(out, "class=\"rung challenge\""), expected->challenge);
    assert_int_equal(count_of(out, "class=\"rung error\""), expected->error);
    assert_int_equal(count_of(out, "class=\"rung lost\""), expected->lost);
    assert_int_equal(count_of(out, "class=\"rung silent\""), expected->silent);
    assert_int_equal(count_of(out, "class=\"rung media\""), expected->media);
    assert_int_equal(count_of(out, "class=\"rung tcp\""), expected->tcp);
}

/* Two frames: Allocate, and 431. Both are evidence of the one finding, which is told once below. */
static void s1_is_a_request_and_an_error(void **state) {
    drawn *d = *state;

    draw_one(d, "s1-webrtc-431.pcap");
    ladder_svg(d->out, d->found, 0);
    expect_arrows(d->out, &(arrows){.asked = 1, .error = 1});
    assert_int_equal(count_of(d->out, ">431</text>"), 1);
    assert_int_equal(count_of(d->out, "class=\"evidence\""), 2);
    assert_int_equal(count_of(d->out, "finding-mark is-failed"), 2 + 1);
    assert_int_equal(count_of(d->out, "class=\"lifeline\""), 2);
    assert_int_equal(count_of(d->out, "172.16.84.124:54321"), 1 + 2); /* lane, picture and table */
    assert_int_equal(count_of(d->out, "<tr>"), 1 + 2);
    assert_int_equal(count_of(d->out, "<title id=\"ladder-1-title\">Ladder<"), 1);
    assert_int_equal(count_of(d->out, "role=\"img\""), 1);
}

/* Six checks, each sent four times, none of which came. */
static void s3_has_six_checks_that_are_lost(void **state) {
    drawn *d = *state;

    draw_two(d, "s3-client.pcap", "s3-server.pcap");
    assert_int_equal(d->found->pair_ladders->len, 1);
    ladder_svg_pair(d->out, d->found, 0);
    expect_arrows(d->out, &(arrows){.lost = 6});
    assert_int_equal(count_of(d->out, "sent 4 times"), 6 + 6);
    assert_int_equal(count_of(d->out, "class=\"shaft cross\""), 6);
    assert_int_equal(count_of(d->out, "class=\"evidence\""), 3);
}

/* Allocate twice, and six Refreshes: the first two are evidence, at 3 and 20 s, the third stands
 * for those like it, and the others are one row, at 34, 50 and 57 s. */
static void s3_has_a_session_in_which_nothing_is_lost(void **state) {
    drawn *d = *state;

    draw_two(d, "s3-client.pcap", "s3-server.pcap");
    ladder_svg(d->out, d->found, 0);
    expect_arrows(d->out, &(arrows){.asked = 5, .challenge = 1, .ok = 4 + 1});
    assert_int_equal(count_of(d->out, "3 \xc3\x97 Refresh"), 2);
    assert_int_equal(count_of(d->out, "7.0 to 16.0 s apart, all answered, until 57.0 s"), 2);
    assert_int_equal(count_of(d->out, "NAT: 198.51.100.23:61734"), 1);
    assert_int_equal(count_of(d->out, "NAT: 192.168.245.61:3478"), 1);
    /* The answer of frame 2 came to the client 42 ms after frame 1. */
    assert_int_equal(count_of(d->out, "<td class=\"num\">0.042</td>"), 1);
}

/* The near miss: what is lost in the other case comes through. */
static void what_arrives_is_not_drawn_as_lost(void **state) {
    drawn *d = *state;

    draw_two(d, "causes/relay-range-blocked-inbound-near-client.pcap",
             "causes/relay-range-blocked-inbound-near-server.pcap");
    ladder_svg(d->out, d->found, 0);
    assert_int_equal(count_of(d->out, "class=\"rung lost\""), 0);
    assert_true(count_of(d->out, "class=\"rung ok\"") > 0);
}

/* Media both ways through a channel: one band for each direction, 8798 and 9771 bytes. */
static void media_is_a_band_for_each_direction(void **state) {
    drawn *d = *state;

    draw_one(d, "udp-channeldata.pcap");
    ladder_svg(d->out, d->found, 0);
    assert_int_equal(count_of(d->out, "class=\"rung media\""), 2);
    assert_int_equal(count_of(d->out, "class=\"band\""), 2);
    assert_int_equal(count_of(d->out, "107 packets sent towards peer, 8.8 kB"), 2);
    assert_int_equal(count_of(d->out, "106 packets relayed from peer, 9.8 kB"), 2);
}

/* Once in a row of its own as the sender's, and the table beside it. */
static void every_row_stands_in_the_table_too(void **state) {
    drawn *d = *state;

    draw_one(d, "s4-sfb-presentation.pcap");
    ladder_svg(d->out, d->found, 0);
    assert_int_equal(count_of(d->out, "<tr>"), 1 + count_of(d->out, "class=\"rung "));
    assert_int_equal(count_of(d->out, "<details"), 1);
}

/* 26 rows are two pictures of 13, each with the heads of its lanes. */
static void a_long_ladder_has_parts(void **state) {
    drawn *d = *state;

    draw_one(d, "s4-sfb-presentation.pcap");
    ladder_svg(d->out, d->found, 0);
    assert_int_equal(count_of(d->out, "class=\"rung "), 26);
    assert_int_equal(count_of(d->out, "role=\"img\""), 2);
    assert_int_equal(count_of(d->out, "<desc"), 2);
    assert_int_equal(count_of(d->out, "<title id=\"ladder-1-title\">Ladder, part 1 of 2<"), 1);
    assert_int_equal(count_of(d->out, "<title id=\"ladder-1-part-2-title\">Ladder, part 2 of 2<"),
                     1);
    assert_int_equal(count_of(d->out, ">TURN server</text>"), 2);
    assert_int_equal(count_of(d->out, "class=\"head\""), 2 * 4);
}

static void nothing_in_it_needs_a_style_or_a_script(void **state) {
    drawn *d = *state;

    draw_one(d, "hostile-text.pcap");
    for (guint i = 0; i < d->found->model->sessions->len; i++) {
        ladder_svg(d->out, d->found, i);
    }
    timeline_svg(d->out, d->found);
    assert_true(d->out->len > 1000);
    assert_int_equal(count_of(d->out, " style="), 0);
    assert_int_equal(count_of(d->out, "<script"), 0);
    assert_int_equal(count_of(d->out, "<img"), 0);
}

/* Two captures, one session, one finding that is of no session, and no media. */
static void the_time_line_has_a_bar_for_each(void **state) {
    drawn *d = *state;

    draw_two(d, "s3-client.pcap", "s3-server.pcap");
    timeline_svg(d->out, d->found);
    assert_int_equal(count_of(d->out, "class=\"span\""), 2);
    assert_int_equal(count_of(d->out, "class=\"bar\""), 1);
    assert_int_equal(count_of(d->out, "Found outside sessions"), 1);
    assert_int_equal(count_of(d->out, "finding-mark is-failed"), 1 + 1);
    assert_int_equal(count_of(d->out, "class=\"area"), 0);
    assert_int_equal(count_of(d->out, "2017-05-20 20:10:00.000 UTC"), 1);
    assert_int_equal(count_of(d->out, ">20:10:30</text>"), 1);
}

/* 30 sessions, 6 more than have a row. Each was refused at its own second, two seconds apart: of
 * one bar each. */
static void sessions_without_a_row_are_told_together(void **state) {
    drawn *d = *state;
    scene *s = scene_new();
    turn_report_capture taken = {.packets = 1, .first = scene_time(0), .last = scene_time(60000)};
    g_autoptr(GPtrArray) captures = g_ptr_array_new();
    turn_report found = {.captures = captures};

    for (guint i = 0; i < 30; i++) {
        g_autofree char *client = g_strdup_printf("10.1.2.%u:40000", i + 1);
        g_autofree char *first = g_strdup_printf("allocate request %u transport=17", 10 + i);
        g_autofree char *error = g_strdup_printf("allocate error %u error=486", 10 + i);

        feed_udp(s, 2000 * (gint64)i, client, SERVER, first);
        feed_udp(s, 2000 * (gint64)i + 10, SERVER, client, error);
    }
    g_ptr_array_add(captures, &taken);
    found.model = scene_model(s);
    found.judgement = scene_judgement(s);
    assert_int_equal(found.model->sessions->len, 30);
    timeline_svg(d->out, &found);
    assert_int_equal(count_of(d->out, ">Session "), 24);
    assert_int_equal(count_of(d->out, ">6 more sessions: 6 findings, 1 in the highest bar</text>"),
                     1);
    assert_int_equal(count_of(d->out, "class=\"bar\""), 24 + 6);
    scene_free(s);
}

/* 8798 bytes to the peer and 9771 from it. */
static void the_time_line_plots_both_directions(void **state) {
    drawn *d = *state;
    const turn_rate *rate;
    const turn_session *session;
    const turn_peer *peer;

    draw_one(d, "udp-channeldata.pcap");
    rate = &d->found->rates->legs[TURN_RATE_CLIENT_LEG];
    session = g_ptr_array_index(d->found->model->sessions, 0);
    peer = g_ptr_array_index(session->peers, 0);
    assert_true(rate->total[TURN_RATE_TO_PEER] == peer->path.to_peer.bytes);
    assert_true(rate->total[TURN_RATE_FROM_PEER] == peer->path.from_peer.bytes);
    timeline_svg(d->out, d->found);
    assert_int_equal(count_of(d->out, "class=\"area\""), 1);
    assert_int_equal(count_of(d->out, "class=\"area back\""), 1);
    assert_int_equal(count_of(d->out, "8.8 kB in all"), 1);
    assert_int_equal(count_of(d->out, "9.8 kB in all"), 1);
    assert_int_equal(count_of(d->out, ">Sent by clients towards peers<"), 1);
    assert_int_equal(count_of(d->out, ">Relayed from peers to clients<"), 1);
}

/* A time line of ten seconds from one capture, with what RATES say. */
static void draw_rates(drawn *d, turn_rates *rates, gint64 seconds) {
    scene *s = scene_new();
    turn_report_capture taken = {
        .packets = 2, .first = scene_time(0), .last = scene_time(1000 * seconds)};
    g_autoptr(GPtrArray) captures = g_ptr_array_new();
    turn_report found = {.captures = captures, .rates = rates};

    g_ptr_array_add(captures, &taken);
    found.model = scene_model(s);
    found.judgement = scene_judgement(s);
    timeline_svg(d->out, &found);
    scene_free(s);
}

/* 8000 bytes one way and 2000 the other in one second: both plots end at the same rate. */
static void both_plots_have_one_scale(void **state) {
    drawn *d = *state;
    turn_rates rates = {.legs = {{.width = 0}}};
    turn_rate *rate = &rates.legs[TURN_RATE_CLIENT_LEG];

    for (gint64 ms = 0; ms < 10000; ms += 10) {
        turn_rate_add(rate, scene_time(ms), TURN_RATE_TO_PEER, 80);
        turn_rate_add(rate, scene_time(ms), TURN_RATE_FROM_PEER, 20);
    }
    draw_rates(d, &rates, 10);
    assert_int_equal(count_of(d->out, ">8 kB/s</text>"), 2);
    assert_int_equal(count_of(d->out, ">2 kB/s</text>"), 0);
}

/* 600 bytes in ten days, within one of 128 bins of 4 hours or so. */
static void low_rates_have_a_scale_too(void **state) {
    drawn *d = *state;
    turn_rates rates = {.legs = {{.width = 0}}};
    turn_rate *rate = &rates.legs[TURN_RATE_CLIENT_LEG];

    turn_rate_add(rate, scene_time(0), TURN_RATE_TO_PEER, 600);
    turn_rate_add(rate, scene_time(864000000), TURN_RATE_TO_PEER, 600);
    draw_rates(d, &rates, 864000);
    assert_int_equal(count_of(d->out, "B/s</text>"), 0);
    assert_int_equal(count_of(d->out, " an hour</text>"), 2);
}

/* Two days and a half have a tick for each half of a day, with its date; an hour needs none. */
static void ticks_of_several_days_have_dates(void **state) {
    drawn *d = *state;
    turn_rates rates = {.legs = {{.width = 0}}};

    draw_rates(d, &rates, 216000);
    assert_int_equal(count_of(d->out, " 12:00</text>"), 2);
    assert_int_equal(count_of(d->out, " 00:00</text>"), 3);
    g_string_truncate(d->out, 0);
    draw_rates(d, &rates, 3600);
    assert_int_equal(count_of(d->out, ">13:00:00</text>"), 1);
}

/* Of 20 kB the relay sends 2 kB on. */
static void what_leaves_the_relay_is_drawn_over_what_enters(void **state) {
    drawn *d = *state;
    turn_rates rates = {.legs = {{.width = 0}}};

    turn_rate_add(&rates.legs[TURN_RATE_CLIENT_LEG], scene_time(0), TURN_RATE_TO_PEER, 20000);
    turn_rate_add(&rates.legs[TURN_RATE_PEER_LEG], scene_time(0), TURN_RATE_TO_PEER, 2000);
    turn_rate_add(&rates.legs[TURN_RATE_PEER_LEG], scene_time(0), TURN_RATE_FROM_PEER, 3000);
    turn_rate_add(&rates.legs[TURN_RATE_CLIENT_LEG], scene_time(0), TURN_RATE_FROM_PEER, 3000);
    draw_rates(d, &rates, 10);
    assert_int_equal(count_of(d->out, "20 kB in all; 2 kB of it seen to leave the relay"), 1);
    assert_int_equal(count_of(d->out, ">3 kB in all<"), 1);
    assert_int_equal(count_of(d->out, "class=\"area\""), 2);
    assert_int_equal(count_of(d->out, "class=\"area back\""), 1);
}

/* "x=" and the like of the element at AT. */
static gint number_in(const char *at, const char *name) {
    const char *found = strstr(at, name);

    assert_non_null(found);
    return (gint)g_ascii_strtoll(found + strlen(name), NULL, 10);
}

/* Fails where a name, or what follows it, ends right of the picture that it is in. */
static void expect_names_within(const GString *out) {
    const char *const head = "<tspan class=\"what\">";
    const char *const tail = "<tspan class=\"more\" dx=\"8\">";
    guint names = 0;

    for (const char *at = strstr(out->str, head); at != NULL; at = strstr(at + 1, head)) {
        const char *text = g_strrstr_len(out->str, at - out->str, "<text x=\"");
        const char *picture = g_strrstr_len(out->str, at - out->str, "viewBox=\"0 0 ");
        const char *end = strstr(at, "</tspan>");
        g_autofree char *name = g_strndup(at + strlen(head), (gsize)(end - at) - strlen(head));
        gint right = number_in(text, "x=\"") + svg_text_width(name, 13);

        end += strlen("</tspan>");
        if (g_str_has_prefix(end, tail)) {
            const char *begin = end + strlen(tail);
            g_autofree char *more = g_strndup(begin, (gsize)(strstr(begin, "</tspan>") - begin));

            right += 8 + svg_text_width(more, 12);
        }
        assert_true(right <= number_in(picture, "viewBox=\"0 0 "));
        names++;
    }
    assert_true(names > 0);
}

/* Its last row says "the same again, last of 6; 1280 bytes would pass, and larger ones are sent all
 * the same", which is more than a line. */
static void a_long_note_goes_on_in_the_next_line(void **state) {
    drawn *d = *state;

    draw_one(d, "causes/large-packets-lost-icmp.pcap");
    ladder_svg(d->out, d->found, 0);
    expect_names_within(d->out);
    assert_int_equal(count_of(d->out, "sent all the same"), 2); /* in the picture and the table */
    assert_int_equal(count_of(d->out, "\xe2\x80\xa6"), 0);
}

/* The mark in front of "TCP RST" does not say RST too. */
static void a_reset_is_named_once(void **state) {
    drawn *d = *state;

    draw_one(d, "causes/turn-port-closed-tcp.pcap");
    ladder_svg(d->out, d->found, 0);
    assert_int_equal(count_of(d->out, ">RST</text>"), 0);
    assert_int_equal(count_of(d->out, ">failure</text>"), 1);
}

/* The run of the client's Refreshes is "sent 16 times, 1.0 to 24.0 s apart, none answered, until
 * ...": the picture of a pair is too narrow for that. */
static void what_a_run_says_is_told_to_its_end(void **state) {
    drawn *d = *state;

    draw_one(d, "s3-client.pcap");
    for (guint i = 0; i < d->found->ladders->len; i++) {
        ladder_svg(d->out, d->found, i);
    }
    for (guint i = 0; i < d->found->pair_ladders->len; i++) {
        ladder_svg_pair(d->out, d->found, i);
    }
    expect_names_within(d->out);
    assert_int_equal(count_of(d->out, "\xe2\x80\xa6"), 0);
}

/* Nothing is kept where nothing is drawn. */
static void without_diagrams_there_is_nothing_to_draw(void **state) {
    drawn *d = *state;

    read_one(d, "s1-webrtc-431.pcap");
    assert_null(d->found->ladders);
    assert_null(d->found->pair_ladders);
    assert_null(d->found->rates);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(s1_is_a_request_and_an_error, setup, teardown),
        cmocka_unit_test_setup_teardown(s3_has_six_checks_that_are_lost, setup, teardown),
        cmocka_unit_test_setup_teardown(s3_has_a_session_in_which_nothing_is_lost, setup, teardown),
        cmocka_unit_test_setup_teardown(what_arrives_is_not_drawn_as_lost, setup, teardown),
        cmocka_unit_test_setup_teardown(media_is_a_band_for_each_direction, setup, teardown),
        cmocka_unit_test_setup_teardown(every_row_stands_in_the_table_too, setup, teardown),
        cmocka_unit_test_setup_teardown(a_long_ladder_has_parts, setup, teardown),
        cmocka_unit_test_setup_teardown(nothing_in_it_needs_a_style_or_a_script, setup, teardown),
        cmocka_unit_test_setup_teardown(the_time_line_has_a_bar_for_each, setup, teardown),
        cmocka_unit_test_setup_teardown(sessions_without_a_row_are_told_together, setup, teardown),
        cmocka_unit_test_setup_teardown(the_time_line_plots_both_directions, setup, teardown),
        cmocka_unit_test_setup_teardown(a_long_note_goes_on_in_the_next_line, setup, teardown),
        cmocka_unit_test_setup_teardown(a_reset_is_named_once, setup, teardown),
        cmocka_unit_test_setup_teardown(what_a_run_says_is_told_to_its_end, setup, teardown),
        cmocka_unit_test_setup_teardown(both_plots_have_one_scale, setup, teardown),
        cmocka_unit_test_setup_teardown(low_rates_have_a_scale_too, setup, teardown),
        cmocka_unit_test_setup_teardown(ticks_of_several_days_have_dates, setup, teardown),
        cmocka_unit_test_setup_teardown(what_leaves_the_relay_is_drawn_over_what_enters, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(without_diagrams_there_is_nothing_to_draw, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
