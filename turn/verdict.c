/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/next.h"
#include "turn/rules.h"
#include "turn/verdict_private.h"

/* MEDIA: more than handshakes. */
static void note_talk(const turn_scene *scene, const turn_path *path, const stun_address *a,
                      const stun_address *b, gboolean media) {
    const turn_flow hosts = turn_hosts(a, b);

    if (path->ice != NULL) {
        gpointer paths = g_hash_table_lookup(scene->ice_talks, path->ice);
        const guint talkers = GPOINTER_TO_UINT(g_hash_table_lookup(scene->ice_data, path->ice));

        g_hash_table_replace(scene->ice_talks, path->ice,
                             GUINT_TO_POINTER(GPOINTER_TO_UINT(paths) + 1));
        if (media) {
            g_hash_table_add(scene->ice_media, path->ice);
        }
        g_hash_table_replace(scene->ice_data, path->ice,
                             GUINT_TO_POINTER(talkers | turn_path_talkers(path)));
    }
    if (media) {
        g_hash_table_add(scene->hosts_talk, g_memdup2(&hosts, sizeof hosts));
    }
}

static gboolean any_packets(const turn_direction *to, const turn_direction *from) {
    return to->packets + from->packets > 0;
}

/* An answer to a check, or data after data of the other side. */
static void note_life(const turn_scene *scene, const turn_path *path) {
    const turn_direction *to = &path->to_peer;
    const turn_direction *from = &path->from_peer;
    const gint64 answered = MAX(to->last_success.time, from->last_success.time);
    gint64 last = MAX(answered, MIN(to->last_packet.time, from->last_packet.time));
    const gint64 *known;

    if (path->ice == NULL || last == 0) {
        return;
    }
    known = g_hash_table_lookup(scene->ice_alive, path->ice);
    if (known == NULL || *known < last) {
        g_hash_table_replace(scene->ice_alive, path->ice, g_memdup2(&last, sizeof last));
    }
}

/* Where data went in the whole capture, and what went outside of sessions. */
static void find_talk(const turn_scene *scene) {
    const turn_model *model = scene->model;

    for (guint i = 0; i < model->sessions->len; i++) {
        const turn_session *session = g_ptr_array_index(model->sessions, i);

        for (guint k = 0; k < session->peers->len; k++) {
            const turn_peer *peer = g_ptr_array_index(session->peers, k);

            note_life(scene, &peer->path);
            if (any_packets(&peer->path.to_peer, &peer->path.from_peer) ||
                any_packets(&peer->relay_to, &peer->relay_from)) {
                note_talk(scene, &peer->path, &session->client, &peer->address,
                          turn_peer_has_data(peer));
            }
        }
    }
    for (guint i = 0; i < model->pairs->len; i++) {
        turn_pair *pair = g_ptr_array_index(model->pairs, i);
        const turn_direction *to = &pair->path.to_peer;
        const turn_direction *from = &pair->path.from_peer;

        if (pair->path.ice != NULL && !g_hash_table_contains(scene->ice_direct, pair->path.ice)) {
            g_hash_table_insert(scene->ice_direct, pair->path.ice, pair);
        }
        note_life(scene, &pair->path);
        if (any_packets(to, from)) {
            note_talk(scene, &pair->path, &pair->a, &pair->b,
                      turn_direction_data(to) + turn_direction_data(from) > 0);
        }
    }
}

void turn_run_rules(const turn_scene *scene, GPtrArray *findings) {
    gsize count;
    const turn_cause *causes = turn_cause_table(&count);

    for (gsize i = 0; i < count; i++) {
        g_autoptr(turn_finding) finding = turn_finding_new(&causes[i]);

        if (causes[i].rule(scene, finding)) {
            finding->session = scene->session;
            g_ptr_array_add(findings, g_steal_pointer(&finding));
        }
    }
}

/* WORKING was tried because FAILED did not work, or at the same time: it began around FAILED's time
 * and was not over when FAILED began. */
static gboolean overlaps(const turn_session *failed, const turn_session *working) {
    return working->first.time >= failed->first.time - TURN_SAME_ATTEMPT &&
           working->first.time <= failed->last.time + TURN_SAME_ATTEMPT &&
           working->last.time >= failed->first.time;
}

static gboolean shares_peer(const turn_session *a, const turn_session *b) {
    for (guint i = 0; i < a->peers->len; i++) {
        const turn_peer *peer = g_ptr_array_index(a->peers, i);

        for (guint k = 0; k < b->peers->len; k++) {
            const turn_peer *other = g_ptr_array_index(b->peers, k);

            if (turn_same_place(peer, other)) {
                return TRUE;
            }
        }
    }
    return FALSE;
}

/* Whether OTHER did what FAILED was there for. A busy host has many calls at a time: one that works
 * is no way round for another. */
static gboolean helps(const turn_session *failed, const turn_session *other) {
    if (failed->packets_from_server == 0) {
        return turn_session_works(other) || other->allocated.frame != 0;
    }
    if (!turn_session_works(other)) {
        return FALSE;
    }
    if (failed->allocated.frame == 0) {
        return other->allocated.time >= failed->first.time &&
               (failed->username == NULL || other->username == NULL ||
                g_str_equal(failed->username, other->username));
    }
    return shares_peer(failed, other);
}

static gboolean gets_round(const turn_session *failed, const turn_session *other) {
    return turn_is_same_client(failed, other) && helps(failed, other);
}

typedef gboolean (*session_test)(const turn_session *failed, const turn_session *other);

/* Another session of the same client, of the same attempt, that passes TEST. */
static const turn_session *way_round(const turn_model *model, const turn_session *failed,
                                     session_test test) {
    for (guint i = 0; i < model->sessions->len; i++) {
        const turn_session *other = g_ptr_array_index(model->sessions, i);

        if (other != failed && other != failed->before &&
            stun_address_same_host(&other->client, &failed->client) && overlaps(failed, other) &&
            test(failed, other)) {
            return other;
        }
    }
    return NULL;
}

void turn_soften(turn_finding *finding, const turn_model *model) {
    const turn_session *other;
    gboolean same;
    g_autofree char *detail = NULL;
    g_autofree char *ends = NULL;
    char server[STUN_ADDRESS_TEXT];

    if (finding->level != TURN_LEVEL_FAILED || finding->session == NULL) {
        return;
    }
    other = way_round(model, finding->session, gets_round);
    same = other != NULL;
    if (other == NULL) {
        other = turn_other_address(model, finding->session);
    }
    if (other == NULL) {
        return;
    }
    finding->level = TURN_LEVEL_DEGRADED;
    stun_address_format(&other->server, server, sizeof server);
    ends = same ? g_strdup(server) : turn_ends(&other->client, &other->server);
    detail = g_steal_pointer(&finding->detail);
    finding->detail = g_strdup_printf(
        "%s%s%s got round it: session %u, %s%s%s, is up.", detail != NULL ? detail : "",
        detail != NULL ? " " : "",
        same ? "The same client" : "Another address of what seems the same client", other->id,
        other->protocol == TURN_PROTOCOL_UDP ? "UDP" : "TCP", same ? " to " : " ", ends);
}

/* Whether the session has a finding that says more than FINDING does. */
static gboolean says_less(const GPtrArray *findings, const turn_finding *finding) {
    for (guint i = 0; i < findings->len; i++) {
        const turn_finding *other = g_ptr_array_index(findings, i);

        if (other != finding && other->session == finding->session &&
            (other->level < finding->level ||
             (other->level == finding->level && other->cause < finding->cause))) {
            return TRUE;
        }
    }
    return FALSE;
}

/* Clients allocate spare relays and drop them. */
static gboolean makes_spare(const turn_session *failed, const turn_session *other) {
    return turn_session_works(other) && (failed->peers->len == 0 || helps(failed, other));
}

static gboolean client_works(const turn_model *model, const turn_session *session) {
    for (guint i = 0; i < model->sessions->len; i++) {
        const turn_session *other = g_ptr_array_index(model->sessions, i);

        if (turn_session_works(other) && stun_address_same_host(&other->client, &session->client)) {
            return TRUE;
        }
    }
    return FALSE;
}

/* An Allocate that was content with the challenge asks whether the server is there: it says nothing
 * of the calls, and a client that has a working one is no mystery. */
static gboolean is_probe(const turn_model *model, const turn_session *session) {
    return session->authenticated_requests == 0 &&
           turn_session_allocate_outcome(session) == TURN_OUTCOME_CHALLENGED &&
           client_works(model, session);
}

/* The capture ends before the client could do anything with the allocation. */
static gboolean is_just_begun(const turn_model *model, const turn_session *session) {
    return session->allocated.frame != 0 && session->peers->len == 0 &&
           turn_observed_since(model, &session->allocated) < TURN_PEER_PATIENCE &&
           client_works(model, session);
}

/* What cannot be told of a session does not matter when more is known of it, or when the same
 * client has a session that works: clients allocate spare relays and drop them. Of the capture as a
 * whole it does not matter when there is any finding. */
static gboolean is_moot(const GPtrArray *findings, const turn_model *model,
                        const turn_finding *finding) {
    if (finding->level != TURN_LEVEL_INCONCLUSIVE) {
        return FALSE;
    }
    if (finding->session == NULL) {
        return findings->len > 1;
    }
    return says_less(findings, finding) || is_probe(model, finding->session) ||
           is_just_begun(model, finding->session) || turn_session_works(finding->session) ||
           way_round(model, finding->session, makes_spare) != NULL;
}

/* A pair outside of all sessions fails for the reason that its client has no relay. */
static gboolean is_explained(const GPtrArray *findings, const turn_finding *finding) {
    if (finding->session != NULL || finding->cause->rule != rule_checks_unanswered) {
        return FALSE;
    }
    for (guint i = 0; i < findings->len; i++) {
        const turn_finding *other = g_ptr_array_index(findings, i);

        if (other->session != NULL && other->cause == finding->cause) {
            return TRUE;
        }
    }
    return FALSE;
}

static void drop_moot(GPtrArray *findings, const turn_model *model) {
    for (guint i = findings->len; i > 0; i--) {
        const turn_finding *finding = g_ptr_array_index(findings, i - 1);

        if (is_moot(findings, model, finding) || is_explained(findings, finding)) {
            g_ptr_array_remove_index(findings, i - 1);
        }
    }
}

gint turn_finding_order(gconstpointer a, gconstpointer b) {
    const turn_finding *left = *(turn_finding *const *)a;
    const turn_finding *right = *(turn_finding *const *)b;
    const guint left_id = left->session != NULL ? left->session->id : 0;
    const guint right_id = right->session != NULL ? right->session->id : 0;

    if (left->level != right->level) {
        return left->level < right->level ? -1 : 1;
    }
    if (left->cause != right->cause) {
        return left->cause < right->cause ? -1 : 1; /* rows of one table */
    }
    if (left_id != right_id) {
        return left_id < right_id ? -1 : 1;
    }
    return 0;
}

static void add_unknowns(turn_judgement *judgement, const turn_model *model) {
    guint late = 0;

    for (guint i = 0; i < model->sessions->len; i++) {
        const turn_session *session = g_ptr_array_index(model->sessions, i);

        if (turn_session_allocate_outcome(session) == TURN_OUTCOME_UNSEEN &&
            session->packets_from_client + session->packets_from_server > 0 &&
            session->protocol <= TURN_PROTOCOL_TCP) {
            late++;
        }
    }
    if (late > 0) {
        g_ptr_array_add(judgement->unknowns,
                        g_strdup_printf("%u session%s began before the capture: the allocation is "
                                        "not in it.",
                                        late, late == 1 ? "" : "s"));
    }
    turn_password_unknowns(model, judgement->unknowns);
    if (model->cut > 0) {
        g_ptr_array_add(judgement->unknowns,
                        g_strdup_printf("%" G_GUINT64_FORMAT " STUN message%s cut short by the "
                                        "capture: what stood in the rest is not known.",
                                        model->cut, model->cut == 1 ? " was" : "s were"));
    }
    if (turn_next_only_relay_side(model)) {
        g_ptr_array_add(judgement->unknowns, g_strdup(TURN_UNKNOWN_CONTROL));
    }
    if (model->limit_reached) {
        g_ptr_array_add(judgement->unknowns,
                        g_strdup("There is more in the capture than turnpcap keeps: some sessions, "
                                 "peers or connections are not in this report. Split the capture "
                                 "by time."));
    }
}

turn_judgement *turn_judge(const turn_model *model) {
    g_autoptr(GHashTable) works = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GHashTable) ice_data = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GHashTable) ice_talks = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GHashTable) ice_media = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GHashTable) ice_alive = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
    g_autoptr(GHashTable) ice_direct = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GHashTable) hosts_talk =
        g_hash_table_new_full(turn_flow_hash, turn_flow_equal, g_free, NULL);
    turn_judgement *judgement = g_new0(turn_judgement, 1);
    turn_scene scene = {.model = model,
                        .ice_works = works,
                        .ice_data = ice_data,
                        .ice_talks = ice_talks,
                        .ice_media = ice_media,
                        .ice_alive = ice_alive,
                        .ice_direct = ice_direct,
                        .hosts_talk = hosts_talk};
    GPtrArray *findings = g_ptr_array_new_with_free_func((GDestroyNotify)turn_finding_free);

    turn_model_working_ice(model, works);
    find_talk(&scene);
    turn_run_rules(&scene, findings);
    for (guint i = 0; i < model->sessions->len; i++) {
        scene.session = g_ptr_array_index(model->sessions, i);
        turn_run_rules(&scene, findings);
    }
    scene.session = NULL;
    for (guint i = 0; i < model->pairs->len; i++) {
        scene.pair = g_ptr_array_index(model->pairs, i);
        turn_run_rules(&scene, findings);
    }
    for (guint i = 0; i < findings->len; i++) {
        turn_soften(g_ptr_array_index(findings, i), model);
    }
    drop_moot(findings, model);
    g_ptr_array_sort(findings, turn_finding_order);
    judgement->findings = findings;
    judgement->unknowns = g_ptr_array_new_with_free_func(g_free);
    judgement->level = TURN_LEVEL_HEALTHY;
    if (findings->len > 0) {
        judgement->first = g_ptr_array_index(findings, 0);
        judgement->level = judgement->first->level;
    }
    add_unknowns(judgement, model);
    return judgement;
}

void turn_judgement_free(turn_judgement *judgement) {
    if (judgement == NULL) {
        return;
    }
    g_ptr_array_unref(judgement->findings);
    g_ptr_array_unref(judgement->unknowns);
    g_free(judgement);
}
