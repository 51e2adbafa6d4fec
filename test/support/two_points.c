/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/two_points.h"

#define WAY 20

two_points *two_points_new(void) {
    two_points *p = g_new0(two_points, 1);
    scene **scenes[] = {&p->client, &p->server};

    for (guint i = 0; i < TURN_POINT_COUNT; i++) {
        *scenes[i] = scene_new();
        (*scenes[i])->capture = i;
        p->ledgers[i] = turn_ledger_new();
        turn_tracker_observe((*scenes[i])->tracker, turn_ledger_note, p->ledgers[i]);
    }
    p->senders = turn_hosts_new();
    return p;
}

void two_points_free(two_points *p) {
    turn_judgement_free(p->judgement);
    turn_join_free(p->join);
    scene_free(p->client);
    scene_free(p->server);
    g_hash_table_destroy(p->senders);
    turn_ledger_free(p->ledgers[0]);
    turn_ledger_free(p->ledgers[1]);
    g_free(p);
}

void goes_up(two_points *p, gint64 ms, gboolean relay, const char *text, fate what) {
    feed_udp(p->client, ms, NEAR_CLIENT, relay ? NEAR_RELAY : NEAR_SERVER, text);
    if (what == PASSES) {
        feed_udp(p->server, ms + WAY + p->ahead, FAR_CLIENT, relay ? FAR_RELAY : FAR_SERVER, text);
    }
}

void goes_down(two_points *p, gint64 ms, gboolean relay, const char *text, fate what) {
    feed_udp(p->server, ms + p->ahead, relay ? FAR_RELAY : FAR_SERVER, FAR_CLIENT, text);
    if (what == PASSES) {
        feed_udp(p->client, ms + WAY, relay ? NEAR_RELAY : NEAR_SERVER, NEAR_CLIENT, text);
    }
}

void allocates(two_points *p, gint64 ms) {
    goes_up(p, ms, FALSE, "allocate request 1 transport=17", PASSES);
    goes_down(p, ms + 30, FALSE, "allocate error 1 error=401 realm=example.org nonce=n1", PASSES);
    goes_up(p, ms + 60, FALSE, "allocate request 2 transport=17 " CREDENTIALS, PASSES);
    goes_down(p, ms + 90, FALSE,
              "allocate success 2 relayed=198.51.100.1:24002 mapped=192.0.2.10:41000 lifetime=600 "
              "mi",
              PASSES);
}

void both_run(two_points *p, gint64 ms) {
    feed_other(p->client, ms);
    feed_other(p->server, ms + p->ahead);
}

const turn_join *two_points_join(two_points *p) {
    turn_point points[] = {
        {.model = scene_model(p->client), .ledger = p->ledgers[0], .senders = p->senders},
        {.model = scene_model(p->server), .ledger = p->ledgers[1], .senders = p->senders}};

    points[0].other = TRUE;
    points[1].other = !p->filtered;
    points[1].cut = p->cut;
    if (p->join == NULL) {
        p->join = turn_join_new(&points[0], &points[1]);
    }
    return p->join;
}

const turn_judgement *two_points_judgement(two_points *p) {
    if (p->judgement == NULL) {
        p->judgement = turn_judge_join(two_points_join(p));
    }
    return p->judgement;
}

const turn_finding *two_points_finding(two_points *p, const char *cause) {
    const GPtrArray *findings = two_points_judgement(p)->findings;

    for (guint i = 0; i < findings->len; i++) {
        const turn_finding *finding = g_ptr_array_index(findings, i);

        if (g_str_equal(finding->cause->identifier, cause)) {
            return finding;
        }
    }
    return NULL;
}
