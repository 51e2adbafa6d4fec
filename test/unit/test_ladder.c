/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/scene.h"
#include "turn/ladder.h"
#include "turn/report/ladder_tsv.h"
#include "turn/report/text_ladder.h"
#include "turn/report/words.h"

#include <string.h>

#define CHECK "binding request 101 user=b:a priority=1 mi"

typedef struct climb {
    scene *s;
    turn_ladder_log *log;
    turn_ladder *ladder;
} climb;

static int setup(void **state) {
    climb *c = g_new0(climb, 1);

    c->s = scene_new();
    c->log = turn_ladder_log_new(c->s->tracker);
    *state = c;
    return 0;
}

static int teardown(void **state) {
    climb *c = *state;

    turn_ladder_free(c->ladder);
    turn_ladder_log_free(c->log);
    scene_free(c->s);
    g_free(c);
    return 0;
}

/* The ladder of the session with this number. */
static const turn_ladder *ladder_of(climb *c, guint number) {
    const turn_model *model = scene_model(c->s);

    assert_in_range(number, 1, model->sessions->len);
    turn_ladder_free(c->ladder);
    c->ladder = turn_ladder_new(c->log, model, scene_judgement(c->s),
                                g_ptr_array_index(model->sessions, number - 1));
    return c->ladder;
}

/* Asserts "frame from to name" of each step, in its order, from step FIRST on. */
static void expect_steps(const turn_ladder *ladder, guint first, const char *const *expected,
                         gsize count) {
    assert_int_equal(ladder->steps->len, first + count);
    for (gsize i = 0; i < count; i++) {
        const turn_step *step = g_ptr_array_index(ladder->steps, first + i);
        g_autofree char *told =
            g_strdup_printf("%u %s %s %s", step->seen.frame, turn_lane_name(step->from),
                            turn_lane_name(step->to), step->name);

        assert_string_equal(told, expected[i]);
    }
}

#define EXPECT_STEPS(ladder, first, ...)                                                           \
    do {                                                                                           \
        static const char *const expected[] = {__VA_ARGS__};                                       \
        expect_steps(ladder, first, expected, G_N_ELEMENTS(expected));                             \
    } while (0)

static gboolean has_detail(const turn_step *step, const char *detail) {
    for (guint i = 0; i < step->details->len; i++) {
        if (g_str_equal(g_ptr_array_index(step->details, i), detail)) {
            return TRUE;
        }
    }
    return FALSE;
}

static const turn_step *step_of(const turn_ladder *ladder, guint index) {
    assert_in_range(index, 0, ladder->steps->len - 1);
    return g_ptr_array_index(ladder->steps, index);
}

static void control_goes_between_client_and_server(void **state) {
    climb *c = *state;
    const turn_ladder *ladder;

    scene_allocate(c->s, 0);
    ladder = ladder_of(c, 1);
    EXPECT_STEPS(ladder, 0, "1 client server Allocate Request",
                 "2 server client Allocate Error Response", "3 client server Allocate Request",
                 "4 server client Allocate Success Response");
    assert_int_equal(step_of(ladder, 1)->code, 401);
    assert_string_equal(step_of(ladder, 1)->reason, "Reason 401");
    assert_true(has_detail(step_of(ladder, 2), "user \"alice\""));
    assert_true(has_detail(step_of(ladder, 3), "relayed address " RELAYED));
    assert_true(has_detail(step_of(ladder, 3), "lifetime 600 s"));
}

static void checks_in_indications_go_between_client_and_peer(void **state) {
    climb *c = *state;
    const turn_ladder *ladder;
    stun_address peer = address_of(PEER);

    scene_allocate(c->s, 0);
    scene_checks(c->s, 100, PEER);
    ladder = ladder_of(c, 1);
    EXPECT_STEPS(ladder, 4, "5 client peer Binding Request",
                 "6 peer client Binding Success Response", "7 peer client Binding Request",
                 "8 client peer Binding Success Response");
    assert_true(stun_address_equal(&step_of(ladder, 4)->peer, &peer));
}

static void checks_in_channels_name_the_channel(void **state) {
    climb *c = *state;
    const turn_ladder *ladder;
    message check = message_of(CHECK);
    message wrapped = channel_data(0x4000, check.bytes, check.length);

    scene_allocate(c->s, 0);
    feed_udp(c->s, 100, CLIENT, SERVER,
             "channel request 3 channel=0x4000 peer=" PEER " " CREDENTIALS);
    feed_udp(c->s, 110, SERVER, CLIENT, "channel success 3 mi");
    feed_udp_bytes(c->s, 120, CLIENT, SERVER, wrapped.bytes, wrapped.length);
    ladder = ladder_of(c, 1);
    EXPECT_STEPS(ladder, 4, "5 client server ChannelBind Request",
                 "6 server client ChannelBind Success Response", "7 client peer Binding Request");
    assert_true(has_detail(step_of(ladder, 6), "in channel 0x4000"));
}

static void checks_on_the_relay_leg_go_between_server_and_peer(void **state) {
    climb *c = *state;

    scene_allocate(c->s, 0);
    feed_udp(c->s, 100, PEER, RELAYED, CHECK);
    feed_udp(c->s, 110, RELAYED, PEER, "binding success 101 mapped=" PEER " mi");
    EXPECT_STEPS(ladder_of(c, 1), 4, "5 peer server Binding Request",
                 "6 server peer Binding Success Response");
}

static void bound_connections_belong_to_their_session(void **state) {
    climb *c = *state;

    scene_allocate_tcp(c->s, 0);
    feed_unit(c->s, 100, SERVER, CLIENT,
              "attempt indication 3 peer=" PEER " connection=0x01020304");
    feed_unit(c->s, 120, DATA_END, SERVER, "bind request 4 connection=0x01020304 " CREDENTIALS);
    feed_unit(c->s, 130, SERVER, DATA_END, "bind success 4 mi");
    feed_framed(c->s, 140, SERVER, DATA_END, CHECK);
    EXPECT_STEPS(ladder_of(c, 1), 6, "8 server client ConnectionAttempt Indication",
                 "9 client server ConnectionBind Request",
                 "10 server client ConnectionBind Success Response",
                 "11 peer client Binding Request");
}

/* What the relay does on its other side, RFC 6062: it connects to a peer, which refuses, and
 * another peer connects to it and closes. */
static void connections_behind_the_relay_go_between_server_and_peer(void **state) {
    climb *c = *state;
    const turn_ladder *ladder;

    scene_allocate_tcp(c->s, 0);
    feed_tcp(c->s, 100, RELAYED, PEER, TURN_TCP_SYN);
    feed_tcp(c->s, 110, PEER, RELAYED, TURN_TCP_RESET);
    feed_tcp(c->s, 200, OTHER, RELAYED, TURN_TCP_SYN);
    feed_tcp(c->s, 210, RELAYED, OTHER, TURN_TCP_SYN_ACK);
    feed_tcp(c->s, 220, OTHER, RELAYED, TURN_TCP_ESTABLISHED);
    feed_tcp(c->s, 300, OTHER, RELAYED, TURN_TCP_FIN);
    feed_tcp(c->s, 310, RELAYED, OTHER, TURN_TCP_FIN);
    ladder = ladder_of(c, 1);
    EXPECT_STEPS(ladder, 6, "8 server peer TCP SYN to the peer", "9 peer server TCP RST",
                 "10 peer server TCP SYN of the peer", "11 server peer TCP SYN-ACK",
                 "13 peer server TCP FIN: the peer closes",
                 "14 server peer TCP FIN: the relay closes");
    assert_true(step_of(ladder, 6)->peer.port == 50000);
    assert_false(stun_address_equal(&step_of(ladder, 6)->peer, &step_of(ladder, 8)->peer));
}

static void an_icmp_error_about_the_syn_to_the_peer_is_shown_once(void **state) {
    climb *c = *state;

    scene_allocate_tcp(c->s, 0);
    feed_tcp(c->s, 100, RELAYED, PEER, TURN_TCP_SYN);
    feed_icmp(c->s, 110, TURN_TRANSPORT_TCP, RELAYED, PEER, 3);
    feed_tcp(c->s, 200, RELAYED, PEER, TURN_TCP_SYN);
    EXPECT_STEPS(ladder_of(c, 1), 6, "8 server peer TCP SYN to the peer",
                 "9 server server ICMP port unreachable (type 3, code 3)",
                 "10 server peer TCP SYN again, last of 2");
}

static void other_sessions_are_left_out(void **state) {
    climb *c = *state;

    scene_allocate(c->s, 0);
    feed_udp(c->s, 100, "10.1.1.11:40000", SERVER, "allocate request 7 transport=17");
    feed_udp(c->s, 110, "10.1.1.12:40000", "198.51.100.9:9", CHECK);
    EXPECT_STEPS(ladder_of(c, 2), 0, "5 client server Allocate Request");
}

/* The same address and port, after the release. */
static void the_next_session_on_the_same_ports_is_left_out(void **state) {
    climb *c = *state;
    const turn_ladder *ladder;

    scene_allocate(c->s, 0);
    feed_udp(c->s, 100, CLIENT, SERVER, "refresh request 3 lifetime=0 " CREDENTIALS);
    feed_udp(c->s, 110, SERVER, CLIENT, "refresh success 3 lifetime=0 mi");
    feed_udp(c->s, 200, CLIENT, SERVER, "allocate request 4 transport=17 " CREDENTIALS);
    ladder = ladder_of(c, 1);
    EXPECT_STEPS(ladder, 4, "5 client server Refresh Request",
                 "6 server client Refresh Success Response");
}

static void a_repeated_request_is_a_retransmission(void **state) {
    climb *c = *state;
    const turn_ladder *ladder;

    feed_udp(c->s, 0, CLIENT, SERVER, "allocate request 1 transport=17");
    feed_udp(c->s, 500, CLIENT, SERVER, "allocate request 1 transport=17");
    feed_udp(c->s, 600, CLIENT, SERVER, "allocate request 2 transport=17");
    ladder = ladder_of(c, 1);
    assert_int_equal(step_of(ladder, 0)->repeat, TURN_REPEAT_NONE);
    assert_int_equal(step_of(ladder, 1)->repeat, TURN_REPEAT_RETRANSMISSION);
    assert_int_equal(step_of(ladder, 2)->repeat, TURN_REPEAT_NONE);
}

static void copies_are_no_retransmissions(void **state) {
    climb *c = *state;
    const turn_ladder *ladder;

    scene_allocate(c->s, 0);
    feed_send(c->s, 100, PEER, CHECK " fingerprint");
    feed_send(c->s, 101, PEER, CHECK " legacy");
    c->s->identity = 77;
    feed_send(c->s, 700, PEER, CHECK " fingerprint");
    feed_send(c->s, 701, PEER, CHECK " fingerprint");
    ladder = ladder_of(c, 1);
    assert_int_equal(step_of(ladder, 5)->repeat, TURN_REPEAT_COPY);
    assert_int_equal(step_of(ladder, 6)->repeat, TURN_REPEAT_RETRANSMISSION);
    /* The tracker looks into the first copy of a packet only. */
    assert_int_equal(ladder->steps->len, 7);
}

static void media_is_one_step_for_each_direction(void **state) {
    climb *c = *state;
    const turn_ladder *ladder;
    const turn_step *to;

    scene_allocate(c->s, 0);
    feed_send_bytes(c->s, 1000, PEER, 100);
    feed_data_bytes(c->s, 1500, PEER, 50);
    feed_send_bytes(c->s, 2000, PEER, 100);
    feed_send_bytes(c->s, 3500, PEER, 100);
    ladder = ladder_of(c, 1);
    EXPECT_STEPS(ladder, 4, "5 client peer Data sent towards the peer",
                 "6 peer client Data relayed from the peer");
    to = step_of(ladder, 4);
    assert_int_equal(to->kind, TURN_STEP_MEDIA);
    assert_int_equal(to->packets, 3);
    assert_int_equal(to->bytes, 300);
    assert_int_equal(to->last.frame, 8);
    assert_int_equal(to->last.time - to->seen.time, 2500 * G_GINT64_CONSTANT(1000000));
}

/* What went into the relay need not have come out of it. */
static void media_of_two_legs_ends_at_the_server(void **state) {
    climb *c = *state;

    scene_allocate(c->s, 0);
    feed_send_bytes(c->s, 1000, PEER, 100);
    feed_udp_bytes(c->s, 1001, RELAYED, PEER, "\x80 media", 7);
    feed_udp_bytes(c->s, 1100, PEER, RELAYED, "\x80 media", 7);
    feed_data_bytes(c->s, 1101, PEER, 50);
    EXPECT_STEPS(ladder_of(c, 1), 4, "5 client server Data sent towards the peer",
                 "6 server peer Data relayed to the peer", "7 peer server Data sent by the peer",
                 "8 server client Data relayed from the peer");
}

/* The same id after 60 s is another request; after 30 s more it is sent again. */
static void an_id_that_comes_back_is_no_retransmission(void **state) {
    climb *c = *state;
    const turn_ladder *ladder;

    feed_udp(c->s, 0, CLIENT, SERVER, "allocate request 1 transport=17");
    feed_udp(c->s, 60000, CLIENT, SERVER, "allocate request 1 transport=17");
    feed_udp(c->s, 90000, CLIENT, SERVER, "allocate request 1 transport=17");
    ladder = ladder_of(c, 1);
    assert_int_equal(step_of(ladder, 1)->repeat, TURN_REPEAT_NONE);
    assert_int_equal(step_of(ladder, 2)->repeat, TURN_REPEAT_RETRANSMISSION);
}

/* 1000 bytes each 100 ms, 11 times: 10 intervals of 1000 bytes in a second. */
static void the_rate_is_that_of_the_intervals(void **state) {
    climb *c = *state;
    const turn_step *media;
    guint64 rate = 0;

    scene_allocate(c->s, 0);
    for (gint64 ms = 1000; ms <= 2000; ms += 100) {
        feed_send_bytes(c->s, ms, PEER, 1000);
    }
    media = step_of(ladder_of(c, 1), 4);
    assert_int_equal(turn_step_pauses(media).count, 0);
    assert_true(turn_step_rate(media, &rate));
    assert_int_equal(rate, 10000);
}

static void two_packets_have_no_rate(void **state) {
    climb *c = *state;
    guint64 rate = 0;

    scene_allocate(c->s, 0);
    feed_send_bytes(c->s, 1000, PEER, 1000);
    feed_send_bytes(c->s, 1500, PEER, 1000);
    assert_false(turn_step_rate(step_of(ladder_of(c, 1), 4), &rate));
}

/* 1 s of 1000 bytes each 20 ms from 1 s on and again from 62 s on: 100 intervals in 2 s, and 60 s
 * without a packet after 2 s. */
static void a_pause_is_told_and_not_counted(void **state) {
    climb *c = *state;
    const turn_step *media;
    guint64 rate = 0;
    g_autofree char *words = NULL;

    scene_allocate(c->s, 0);
    for (gint64 ms = 0; ms <= 1000; ms += 20) {
        feed_send_bytes(c->s, 1000 + ms, PEER, 1000);
    }
    for (gint64 ms = 0; ms <= 1000; ms += 20) {
        feed_send_bytes(c->s, 62000 + ms, PEER, 1000);
    }
    media = step_of(ladder_of(c, 1), 4);
    assert_int_equal(turn_step_pauses(media).count, 1);
    assert_int_equal(media->pauses.count, 1);
    assert_int_equal(media->pauses.longest, scene_time(62000) - scene_time(2000));
    assert_int_equal(media->pauses.before.frame, 5 + 50);
    assert_true(turn_step_rate(media, &rate));
    assert_int_equal(rate, 50000);
    words = turn_words_pauses(media, scene_time(0));
    assert_string_equal(words, "pause of 60.0 s from 2.0 s");
}

/* A packet every 5 s comes slowly, and does not pause: 5 intervals of 100 bytes in 25 s. */
static void what_comes_slowly_does_not_pause(void **state) {
    climb *c = *state;
    const turn_step *media;
    guint64 rate = 0;

    scene_allocate(c->s, 0);
    for (gint64 ms = 1000; ms <= 26000; ms += 5000) {
        feed_send_bytes(c->s, ms, PEER, 100);
    }
    media = step_of(ladder_of(c, 1), 4);
    assert_int_equal(turn_step_pauses(media).count, 0);
    assert_null(turn_words_pauses(media, scene_time(0)));
    assert_true(turn_step_rate(media, &rate));
    assert_int_equal(rate, 20);
}

/* Each 2 s 100 bytes, five times before and after 60 s of silence from 10 s on: 8 intervals in
 * 16 s. */
static void a_long_pause_stands_out_among_slow_packets(void **state) {
    climb *c = *state;
    const turn_step *media;
    guint64 rate = 0;
    g_autofree char *words = NULL;

    scene_allocate(c->s, 0);
    for (gint64 i = 0; i < 5; i++) {
        feed_send_bytes(c->s, 2000 + 2000 * i, PEER, 100);
    }
    for (gint64 i = 0; i < 5; i++) {
        feed_send_bytes(c->s, 70000 + 2000 * i, PEER, 100);
    }
    media = step_of(ladder_of(c, 1), 4);
    words = turn_words_pauses(media, scene_time(0));
    assert_string_equal(words, "pause of 60.0 s from 10.0 s");
    assert_true(turn_step_rate(media, &rate));
    assert_int_equal(rate, 50);
}

/* The same with 19 s of silence: less than ten intervals of 2 s. */
static void a_short_pause_among_slow_packets_is_one_of_them(void **state) {
    climb *c = *state;

    scene_allocate(c->s, 0);
    for (gint64 i = 0; i < 5; i++) {
        feed_send_bytes(c->s, 2000 + 2000 * i, PEER, 100);
    }
    for (gint64 i = 0; i < 5; i++) {
        feed_send_bytes(c->s, 29000 + 2000 * i, PEER, 100);
    }
    assert_int_equal(turn_step_pauses(step_of(ladder_of(c, 1), 4)).count, 0);
}

static void findings_stand_at_their_evidence(void **state) {
    climb *c = *state;
    const turn_ladder *ladder;
    const turn_ladder_mark *mark;

    scene_rejected(c->s, 0, "error=431");
    ladder = ladder_of(c, 1);
    assert_int_equal(step_of(ladder, 0)->marks->len, 0);
    assert_int_equal(step_of(ladder, 3)->marks->len, 1);
    mark = &g_array_index(step_of(ladder, 3)->marks, turn_ladder_mark, 0);
    assert_string_equal(mark->finding->cause->identifier, "integrity-check-failed");
}

static void what_is_too_much_to_keep_is_counted(void **state) {
    climb *c = *state;
    const turn_ladder *ladder;

    for (guint i = 0; i < TURN_LADDER_MAX_MESSAGES + 3; i++) {
        feed_udp(c->s, i, CLIENT, SERVER, "allocate request 1 transport=17");
    }
    ladder = ladder_of(c, 1);
    assert_int_equal(ladder->dropped, 3);
    assert_int_equal(ladder->steps->len, TURN_LADDER_MAX_MESSAGES + 1); /* the evidence */
}

static void text_is_harmless_and_fits_80_columns(void **state) {
    climb *c = *state;
    message request = message_of("allocate request 1 transport=17");
    g_autoptr(turn_report) report = NULL;
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;
    const turn_text_style plain = {.width = TURN_WRAP_WIDTH};

    message_add_text(&request, STUN_ATTR_USERNAME, "\033[31mred\nnext line");
    feed_udp_bytes(c->s, 0, CLIENT, SERVER, request.bytes, request.length);
    report = turn_report_new(scene_model(c->s), scene_judgement(c->s));
    text = turn_ladder_write_text(ladder_of(c, 1), report, &plain);
    assert_null(strchr(text, '\033'));
    assert_non_null(strstr(text, "\\u{1b}[31mred\\u{a}next"));
    lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line != NULL; line++) {
        assert_in_range(strlen(*line), 0, 80);
    }
}

static void a_wide_terminal_has_longer_lines(void **state) {
    climb *c = *state;
    message request = message_of("allocate request 1 transport=17");
    g_autoptr(turn_report) report = NULL;
    g_autofree char *name = g_strnfill(40, 'n');
    g_autofree char *details = g_strconcat("UDP relay, user \"", name, "\"\n", NULL);
    g_autofree char *behind = g_strconcat("|      | Allocate Request  ", details, NULL);
    g_autofree char *below = g_strconcat("Allocate Request\n", "          ", "          ",
                                         "          ", "           ", details, NULL);
    const turn_text_style wide = {.width = 132};
    const turn_text_style less = {.width = 100};
    g_autofree char *in_wide = NULL;
    g_autofree char *in_less = NULL;

    message_add_text(&request, STUN_ATTR_USERNAME, name);
    feed_udp_bytes(c->s, 0, CLIENT, SERVER, request.bytes, request.length);
    report = turn_report_new(scene_model(c->s), scene_judgement(c->s));
    in_wide = turn_ladder_write_text(ladder_of(c, 1), report, &wide);
    assert_non_null(strstr(in_wide, behind));
    in_less = turn_ladder_write_text(ladder_of(c, 1), report, &less);
    assert_non_null(strstr(in_less, below));
}

static void a_step_is_a_row_of_cells_without_formulas(void **state) {
    climb *c = *state;
    message request = message_of("allocate request 1 transport=17");
    g_autoptr(turn_report) report = NULL;
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;
    g_auto(GStrv) names = NULL;
    g_auto(GStrv) cells = NULL;

    message_add_text(&request, STUN_ATTR_USERNAME, "\033x\t=1+1");
    feed_udp_bytes(c->s, 0, CLIENT, SERVER, request.bytes, request.length);
    feed_udp(c->s, 7, SERVER, CLIENT, "allocate error 1 error=400");
    report = turn_report_new(scene_model(c->s), scene_judgement(c->s));
    text = turn_ladder_write_tsv(ladder_of(c, 1), report);
    lines = g_strsplit(text, "\n", -1);
    assert_int_equal(g_strv_length(lines), 4); /* the last one is empty */
    names = g_strsplit(lines[0], "\t", -1);
    assert_int_equal(g_strv_length(names), 19);
    assert_string_equal(names[1], "frame");
    assert_string_equal(names[11], "details");
    cells = g_strsplit(lines[1], "\t", -1);
    assert_int_equal(g_strv_length(cells), 19);
    assert_string_equal(cells[3], "0.000000");
    assert_string_equal(cells[4], "message");
    assert_string_equal(cells[5], "client");
    assert_string_equal(cells[6], "server");
    assert_string_equal(cells[7], "Allocate Request");
    assert_non_null(strstr(cells[11], "\\u{1b}x\\u{9}=1+1"));
    g_strfreev(cells);
    cells = g_strsplit(lines[2], "\t", -1);
    assert_int_equal(g_strv_length(cells), 19);
    assert_string_equal(cells[3], "0.007000");
    assert_string_equal(cells[8], "400");
    assert_string_equal(cells[13], "");
}

/* SYN at 0, SYN-ACK 5 ms and the first request 20 ms later. */
static void time_begins_with_the_first_packet(void **state) {
    climb *c = *state;
    const turn_text_style plain = {.width = TURN_WRAP_WIDTH};
    const turn_ladder *ladder;
    g_autoptr(turn_report) report = NULL;
    g_autofree char *text = NULL;
    g_autofree char *cells = NULL;

    scene_allocate_tcp(c->s, 0);
    report = turn_report_new(scene_model(c->s), scene_judgement(c->s));
    ladder = ladder_of(c, 1);
    assert_int_equal(ladder->begin, scene_time(0));
    text = turn_ladder_write_text(ladder, report, &plain);
    assert_non_null(strstr(text, "\n    0.000000        1  |----->|      | TCP SYN"));
    assert_non_null(strstr(text, "\n    0.020000        4  |----->|      | Allocate Request"));
    cells = turn_ladder_write_tsv(ladder, report);
    assert_non_null(strstr(cells, "\t0.005000\ttcp\t"));
    assert_null(strstr(cells, "\t-0."));
}

/* Frames 5 and 6 ask in vain; the keep-alive need not be answered, and after 8 the capture ends. */
static void silence_is_told(void **state) {
    climb *c = *state;
    g_autoptr(turn_report) report = NULL;
    g_autofree char *text = NULL;
    g_autofree char *rows = NULL;
    g_auto(GStrv) lines = NULL;
    const turn_text_style plain = {.width = TURN_WRAP_WIDTH};

    scene_allocate(c->s, 0);
    feed_udp(c->s, 1000, CLIENT, SERVER, "permission request 5 peer=" PEER " " CREDENTIALS);
    feed_udp(c->s, 1500, CLIENT, SERVER, "permission request 5 peer=" PEER " " CREDENTIALS);
    feed_udp(c->s, 2000, CLIENT, SERVER, "binding request 6");
    feed_udp(c->s, 18000, CLIENT, SERVER, "permission request 7 peer=" PEER " " CREDENTIALS);
    feed_other(c->s, 21500);
    report = turn_report_new(scene_model(c->s), scene_judgement(c->s));
    text = turn_ladder_write_text(ladder_of(c, 1), report, &plain);
    lines = g_strsplit(text, ", no answer", -1);
    assert_int_equal(g_strv_length(lines), 2);
    assert_true(g_str_has_suffix(lines[0], "| CreatePermission Request"));
    assert_non_null(strstr(lines[1], "6  |----->|      | CreatePermission Request (retr"));
    rows = turn_ladder_write_tsv(ladder_of(c, 1), report);
    g_strfreev(lines);
    lines = g_strsplit(rows, "\tunanswered\n", -1);
    assert_int_equal(g_strv_length(lines), 3);
    assert_true(g_str_has_prefix(lines[1], "0\t6\t"));
    assert_true(g_str_has_prefix(lines[2], "0\t7\t"));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(control_goes_between_client_and_server),
        TEST(checks_in_indications_go_between_client_and_peer),
        TEST(checks_in_channels_name_the_channel),
        TEST(checks_on_the_relay_leg_go_between_server_and_peer),
        TEST(bound_connections_belong_to_their_session),
        TEST(connections_behind_the_relay_go_between_server_and_peer),
        TEST(an_icmp_error_about_the_syn_to_the_peer_is_shown_once),
        TEST(other_sessions_are_left_out),
        TEST(the_next_session_on_the_same_ports_is_left_out),
        TEST(a_repeated_request_is_a_retransmission),
        TEST(copies_are_no_retransmissions),
        TEST(media_is_one_step_for_each_direction),
        TEST(media_of_two_legs_ends_at_the_server),
        TEST(an_id_that_comes_back_is_no_retransmission),
        TEST(the_rate_is_that_of_the_intervals),
        TEST(two_packets_have_no_rate),
        TEST(a_pause_is_told_and_not_counted),
        TEST(what_comes_slowly_does_not_pause),
        TEST(a_long_pause_stands_out_among_slow_packets),
        TEST(a_short_pause_among_slow_packets_is_one_of_them),
        TEST(findings_stand_at_their_evidence),
        TEST(what_is_too_much_to_keep_is_counted),
        TEST(time_begins_with_the_first_packet),
        TEST(a_wide_terminal_has_longer_lines),
        TEST(a_step_is_a_row_of_cells_without_formulas),
        TEST(text_is_harmless_and_fits_80_columns),
        TEST(silence_is_told),
    };
    return cmocka_run_group_tests_name("ladder", tests, NULL, NULL);
}
