/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/call.h"

static const guint8 media[] = {0x80, 1, 2, 3, 4, 5, 6, 7, 8, 9};

static void feed_tcp_line(scene *s, const call_line *l) {
    static const turn_tcp_event events[] = {TURN_TCP_SYN, TURN_TCP_SYN_ACK, TURN_TCP_ESTABLISHED};
    const gboolean data = l->kind >= DATA_SYN;
    const guint step = l->kind - (data ? DATA_SYN : SYN);
    const char *client = data ? DATA_END : CLIENT;

    feed_tcp(s, l->ms, step == 1 ? SERVER : client, step == 1 ? client : SERVER, events[step]);
}

static void feed_line(scene *s, const call_line *l) {
    switch (l->kind) {
    case UDP_OUT:
        feed_udp(s, l->ms, CLIENT, SERVER, l->text);
        break;
    case UDP_IN:
        feed_udp(s, l->ms, SERVER, CLIENT, l->text);
        break;
    case SEND:
        feed_send(s, l->ms, PEER, l->text);
        break;
    case DATA:
        feed_data(s, l->ms, PEER, l->text);
        break;
    case SEND_BYTES:
        feed_send_bytes(s, l->ms, PEER, 100);
        break;
    case DATA_BYTES:
        feed_data_bytes(s, l->ms, PEER, 80);
        break;
    case TCP_OUT:
        feed_unit(s, l->ms, CLIENT, SERVER, l->text);
        break;
    case TCP_IN:
        feed_unit(s, l->ms, SERVER, CLIENT, l->text);
        break;
    case BIND_OUT:
        feed_unit(s, l->ms, DATA_END, SERVER, l->text);
        break;
    case BIND_IN:
        feed_unit(s, l->ms, SERVER, DATA_END, l->text);
        break;
    case FRAME_OUT:
        feed_framed(s, l->ms, DATA_END, SERVER, l->text);
        break;
    case FRAME_IN:
        feed_framed(s, l->ms, SERVER, DATA_END, l->text);
        break;
    case FRAME_BYTES_OUT:
        feed_framed_bytes(s, l->ms, DATA_END, SERVER, media, sizeof media);
        break;
    case FRAME_BYTES_IN:
        feed_framed_bytes(s, l->ms, SERVER, DATA_END, media, sizeof media);
        break;
    default:
        feed_tcp_line(s, l);
        break;
    }
}

void feed_lines(scene *s, const call_line *lines, guint from, guint to) {
    for (guint i = from; i < to; i++) {
        feed_line(s, &lines[i]);
    }
}

const call_line udp_call[UDP_CALL_LINES] = {
    {0, UDP_OUT, "allocate request 1 transport=17"},
    {10, UDP_IN, "allocate error 1 error=401 realm=example.org nonce=n1"},
    {20, UDP_OUT, "allocate request 2 transport=17 " CREDENTIALS},
    {30, UDP_IN, "allocate success 2 relayed=" RELAYED " mapped=" MAPPED " lifetime=600 mi"},
    {100, UDP_OUT, "permission request 3 peer=" PEER " " CREDENTIALS},
    {110, UDP_IN, "permission success 3 mi"},
    {200, SEND, "binding request 101 user=b:a priority=9 controlling nominate mi"},
    {210, DATA, "binding success 101 mapped=" RELAYED " mi"},
    {220, DATA, "binding request 102 user=a:b priority=8 controlled mi"},
    {230, SEND, "binding success 102 mapped=" PEER " mi"},
    {300, SEND_BYTES, NULL},
    {320, DATA_BYTES, NULL},
};

const call_line tcp_call[TCP_CALL_LINES] = {
    {0, SYN, NULL},
    {5, SYN_ACK, NULL},
    {10, ACK, NULL},
    {20, TCP_OUT, "allocate request 1 transport=6"},
    {30, TCP_IN, "allocate error 1 error=401 realm=example.org nonce=n1"},
    {40, TCP_OUT, "allocate request 2 transport=6 " CREDENTIALS},
    {50, TCP_IN, "allocate success 2 relayed=" RELAYED " mapped=" MAPPED " lifetime=600 mi"},
    {300, TCP_IN, "attempt indication 3 connection=7 peer=" PEER},
    {310, DATA_SYN, NULL},
    {315, DATA_SYN_ACK, NULL},
    {320, DATA_ACK, NULL},
    {330, BIND_OUT, "bind request 4 connection=7 " CREDENTIALS},
    {340, BIND_IN, "bind success 4 connection=7 mi"},
    {350, FRAME_OUT, "binding request 101 user=b:a priority=9 controlling nominate mi"},
    {360, FRAME_IN, "binding success 101 mapped=" RELAYED " mi"},
    {370, FRAME_IN, "binding request 102 user=a:b priority=8 controlled mi"},
    {380, FRAME_OUT, "binding success 102 mapped=" PEER " mi"},
    {400, FRAME_BYTES_OUT, NULL},
    {410, FRAME_BYTES_IN, NULL},
};

turn_stages *stages_of(scene *s) {
    return turn_stages_of_session(scene_model(s), scene_session(s));
}

char *steps_text(const turn_stages *stages) {
    static const char marks[] = {
        [TURN_STAGE_PASSED] = '?', [TURN_STAGE_FAILED] = '!', [TURN_STAGE_OPEN] = '-'};
    GString *out = g_string_new(NULL);

    for (guint i = 0; i < stages->list->len; i++) {
        const turn_stage *stage = &g_array_index(stages->list, turn_stage, i);

        g_string_append_printf(out, "%s%s", i > 0 ? " " : "", stage->id);
        if (stage->state == TURN_STAGE_REACHED) {
            g_string_append_printf(out, "=%u", stage->seen.frame);
        } else {
            g_string_append_c(out, marks[stage->state]);
        }
    }
    return g_string_free(out, FALSE);
}

void expect_steps(scene *s, const char *expected) {
    g_autoptr(turn_stages) stages = stages_of(s);
    g_autofree char *list = steps_text(stages);

    assert_string_equal(list, expected);
}

char *stop_text(const turn_stages *stages) {
    if (stages->stop == TURN_STOP_NONE) {
        return g_strdup("complete");
    }
    return g_strdup_printf("%u/%u %s %s", stages->at + 1, stages->list->len,
                           g_array_index(stages->list, turn_stage, stages->at).id,
                           turn_stop_name(stages->stop));
}

void expect_stop(scene *s, const char *expected) {
    g_autoptr(turn_stages) stages = stages_of(s);
    g_autofree char *stop = stop_text(stages);

    assert_string_equal(stop, expected);
}
