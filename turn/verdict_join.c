/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The verdict over two capture points: each is judged by itself, then what both show is told once,
 * and what one cannot tell is dropped where the other one can. */
#include "turn/rules.h"
#include "turn/verdict_private.h"

/* While findings are put together. */
typedef struct merging {
    const turn_join *join;
    GPtrArray *findings;   /* of turn_finding, owned */
    GHashTable *from;      /* of turn_finding: the point it came from plus 1; none: of both */
    GHashTable *explained; /* set of guint64: frames of what was lost */
} merging;

static guint64 frame_key(const turn_seen *seen) {
    return (guint64)seen->capture << 32 | seen->frame;
}

static void explain(GHashTable *explained, const turn_seen *seen) {
    const guint64 key = frame_key(seen);

    if (seen->frame != 0) {
        g_hash_table_add(explained, g_memdup2(&key, sizeof key));
    }
}

static void explain_view(GHashTable *explained, const turn_view *view) {
    explain(explained, &view->request.first);
    explain(explained, &view->request.last);
    explain(explained, &view->response.first);
}

/* Wherever a point saw the transaction: inside a tunnel too. */
static void explain_transaction(GHashTable *explained, const turn_ledger *ledger,
                                const turn_view *of) {
    for (const turn_view *view = turn_ledger_find(ledger, of->id); view != NULL;
         view = view->next) {
        explain_view(explained, view);
    }
}

/* Notes the frames of what was lost, and the ICE sessions in ICE. */
static void explain_tally(GHashTable *explained, GHashTable *ice, const turn_join *join,
                          const turn_tally *tally) {
    if (!turn_tally_is_blocked(tally)) {
        return;
    }
    for (guint i = 0; i < tally->losses->len; i++) {
        const turn_loss *loss = &g_array_index(tally->losses, turn_loss, i);

        explain(explained, &loss->first);
        explain(explained, &loss->last);
        explain(explained, &loss->asked);
        explain(explained, &loss->asked_last);
        if (loss->view == NULL) {
            continue;
        }
        for (gint point = 0; point < TURN_POINT_COUNT; point++) {
            explain_transaction(explained, join->points[point].ledger, loss->view);
        }
        if (loss->view->ice != NULL) {
            g_hash_table_add(ice, (gpointer)loss->view->ice);
        }
    }
}

/* The same checks at a time that only one of the captures has. */
static void explain_ice(GHashTable *explained, GHashTable *ice, const turn_ledger *ledger) {
    const GPtrArray *views = turn_ledger_views(ledger);

    for (guint i = 0; i < views->len && g_hash_table_size(ice) > 0; i++) {
        const turn_view *view = g_ptr_array_index(views, i);

        if (view->ice != NULL && g_hash_table_contains(ice, view->ice)) {
            explain_view(explained, view);
        }
    }
}

/* Every frame of what was lost, at both points. */
static GHashTable *explained_frames(const turn_join *join) {
    GHashTable *explained = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    g_autoptr(GHashTable) ice = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < join->legs->len; i++) {
        const turn_leg *leg = g_ptr_array_index(join->legs, i);

        if (leg->kind != TURN_LEG_TUNNEL) {
            explain_tally(explained, ice, join, &leg->requests[TURN_TO_SERVER]);
            explain_tally(explained, ice, join, &leg->requests[TURN_TO_CLIENT]);
            explain_tally(explained, ice, join, &leg->responses[TURN_TO_SERVER]);
            explain_tally(explained, ice, join, &leg->responses[TURN_TO_CLIENT]);
            explain_tally(explained, ice, join, &leg->answers);
        }
    }
    for (gint point = 0; point < TURN_POINT_COUNT; point++) {
        explain_ice(explained, ice, join->points[point].ledger);
    }
    return explained;
}

static const turn_session *shown(const turn_join *join, const turn_session *session) {
    const turn_joined_session *joined = turn_join_session(join, session);

    return joined != NULL ? joined->shown : NULL;
}

/* Only rules that need both points run here: each point has been judged by all others. */
static gboolean is_join_rule(turn_rule rule) {
    return rule == rule_turn_port_blocked_inbound || rule == rule_relay_range_blocked_inbound ||
           rule == rule_responses_blocked_outbound || rule == rule_server_did_not_answer ||
           rule == rule_captures_do_not_overlap;
}

static void run_join_rules(const turn_scene *scene, GPtrArray *findings) {
    gsize count;
    const turn_cause *causes = turn_cause_table(&count);

    for (gsize i = 0; i < count; i++) {
        g_autoptr(turn_finding) finding = turn_finding_new(&causes[i]);

        if (is_join_rule(causes[i].rule) && causes[i].rule(scene, finding)) {
            finding->session = scene->session;
            turn_soften(finding, scene->model);
            g_ptr_array_add(findings, g_steal_pointer(&finding));
        }
    }
}

static void find_losses(merging *all) {
    const turn_model *model = &all->join->model;
    turn_scene scene = {.model = model, .join = all->join};

    run_join_rules(&scene, all->findings);
    for (guint i = 0; i < model->sessions->len; i++) {
        scene.session = g_ptr_array_index(model->sessions, i);
        run_join_rules(&scene, all->findings);
    }
}

/* The finding of the same cause about the same session. */
static turn_finding *same_finding(const merging *all, const turn_finding *finding) {
    for (guint i = 0; finding->session != NULL && i < all->findings->len; i++) {
        turn_finding *other = g_ptr_array_index(all->findings, i);

        if (other->cause == finding->cause && other->session == finding->session) {
            return other;
        }
    }
    return NULL;
}

static void merge_evidence(turn_finding *into, const turn_finding *from) {
    for (guint i = 0; i < from->evidence->len; i++) {
        const turn_evidence *evidence = &g_array_index(from->evidence, turn_evidence, i);

        turn_finding_add_further(into, &evidence->seen, evidence->summary, "%s",
                                 turn_evidence_alone(evidence));
    }
    into->level = MAX(into->level, from->level); /* the milder one knows of a way round */
}

static void take_findings(merging *all, turn_judgement *judgement, turn_point_name point) {
    g_autoptr(GPtrArray) findings =
        g_ptr_array_new_with_free_func((GDestroyNotify)turn_finding_free);

    while (judgement->findings->len > 0) {
        g_ptr_array_add(findings, g_ptr_array_steal_index(judgement->findings, 0));
    }
    while (findings->len > 0) {
        g_autoptr(turn_finding) finding = g_ptr_array_steal_index(findings, 0);
        turn_finding *same;

        finding->session = shown(all->join, finding->session);
        same = same_finding(all, finding);
        if (same != NULL) {
            merge_evidence(same, finding);
            g_hash_table_remove(all->from, same);
        } else {
            g_hash_table_insert(all->from, finding, GINT_TO_POINTER(point + 1));
            g_ptr_array_add(all->findings, g_steal_pointer(&finding));
        }
    }
}

/* What a point alone says of packets that the two together can follow. */
static gboolean is_explainable(turn_rule rule) {
    return rule == rule_checks_unanswered || rule == rule_checks_one_way ||
           rule == rule_server_silent || rule == rule_tcp_unanswered || rule == rule_session_lost ||
           rule == rule_one_direction_captured || rule == rule_session_incomplete;
}

static gboolean is_explained(const merging *all, const turn_finding *finding) {
    if (!is_explainable(finding->cause->rule)) {
        return FALSE;
    }
    for (guint i = 0; i < finding->evidence->len; i++) {
        const turn_evidence *evidence = &g_array_index(finding->evidence, turn_evidence, i);
        const guint64 key = frame_key(&evidence->seen);

        if (g_hash_table_contains(all->explained, &key)) {
            return TRUE;
        }
    }
    return FALSE;
}

/* Whether another finding about the session says at least as much. */
static gboolean is_outdone(const merging *all, const turn_finding *finding) {
    for (guint i = 0; i < all->findings->len; i++) {
        const turn_finding *other = g_ptr_array_index(all->findings, i);

        if (other != finding && other->session == finding->session &&
            (other->level < finding->level ||
             (other->level == finding->level && other->cause < finding->cause))) {
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean any_session_works(const merging *all) {
    for (guint i = 0; i < all->join->sessions->len; i++) {
        if (turn_joined_session_works(g_ptr_array_index(all->join->sessions, i))) {
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean any_fault(const merging *all) {
    for (guint i = 0; i < all->findings->len; i++) {
        if (((const turn_finding *)g_ptr_array_index(all->findings, i))->level <
            TURN_LEVEL_INCONCLUSIVE) {
            return TRUE;
        }
    }
    return FALSE;
}

/* Sessions of others, which a busy server has, are not what the client's capture was taken for. */
static gboolean is_of_others(const merging *all, const turn_joined_session *joined) {
    for (guint i = 0; joined->at[TURN_POINT_CLIENT] == NULL && i < all->join->sessions->len; i++) {
        const turn_joined_session *other = g_ptr_array_index(all->join->sessions, i);

        if (other->at[TURN_POINT_CLIENT] != NULL && turn_joined_session_works(other)) {
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean works_both_ways(const turn_leg *leg) {
    for (gint way = 0; way < TURN_WAYS; way++) {
        if (leg->requests[way].arrived == 0 || leg->responses[way].arrived == 0 ||
            turn_tally_is_blocked(&leg->requests[way]) ||
            turn_tally_is_blocked(&leg->responses[way])) {
            return FALSE;
        }
    }
    return TRUE;
}

/* A relay of the client's own that nobody uses is a spare one when its checks reach the relay of
 * the far side, and no mystery when it is known why they do not. */
static gboolean is_spare(const merging *all, const turn_finding *finding) {
    if (finding->cause->rule != rule_relay_unused &&
        finding->cause->rule != rule_session_incomplete) {
        return FALSE;
    }
    for (guint i = 0; i < all->findings->len; i++) {
        const turn_finding *other = g_ptr_array_index(all->findings, i);

        if (other->session == NULL && other->level < TURN_LEVEL_INCONCLUSIVE &&
            is_join_rule(other->cause->rule)) {
            return TRUE;
        }
    }
    for (guint i = 0; i < all->join->legs->len; i++) {
        const turn_leg *leg = g_ptr_array_index(all->join->legs, i);

        if (leg->kind == TURN_LEG_RELAY && works_both_ways(leg)) {
            return TRUE;
        }
    }
    return FALSE;
}

/* Whether what one point cannot tell is told by the other. */
static gboolean is_moot(const merging *all, const turn_finding *finding) {
    const turn_joined_session *joined = turn_join_session(all->join, finding->session);

    if (finding->level != TURN_LEVEL_INCONCLUSIVE) {
        return FALSE;
    }
    if (finding->cause->rule == rule_captures_do_not_overlap) {
        return any_session_works(all) && !any_fault(all);
    }
    if (joined == NULL) {
        return all->findings->len > 1 || any_session_works(all);
    }
    /* A point that found nothing wrong with its part of the session has seen it work. */
    return turn_joined_session_works(joined) || is_outdone(all, finding) ||
           is_of_others(all, joined) || is_spare(all, finding) ||
           (joined->at[TURN_POINT_CLIENT] != NULL && joined->at[TURN_POINT_SERVER] != NULL &&
            g_hash_table_contains(all->from, finding));
}

/* A check inside a session that got no answer: how far it came is known. */
static void tell_how_far(const merging *all) {
    const turn_leg *tunnel = NULL;
    char text[STUN_ADDRESS_TEXT];

    for (guint i = 0; i < all->join->legs->len; i++) {
        const turn_leg *leg = g_ptr_array_index(all->join->legs, i);

        if (leg->kind == TURN_LEG_TUNNEL && leg->passed_on > 0) {
            tunnel = leg;
        }
    }
    for (guint i = 0; tunnel != NULL && i < all->findings->len; i++) {
        turn_finding *finding = g_ptr_array_index(all->findings, i);

        if (finding->cause->rule == rule_checks_unanswered && finding->session != NULL &&
            finding->detail == NULL) {
            stun_address_format(&tunnel->passed_to, text, sizeof text);
            finding->detail = g_strdup_printf(
                "The way between client and server is open: the server passed %u of the client's "
                "checks on, the last of them to %s, and got no answer from there.",
                tunnel->passed_on, text);
        }
    }
}

static void drop(merging *all, gboolean (*test)(const merging *all, const turn_finding *finding)) {
    for (guint i = all->findings->len; i > 0; i--) {
        turn_finding *finding = g_ptr_array_index(all->findings, i - 1);

        if (test(all, finding)) {
            g_hash_table_remove(all->from, finding);
            g_ptr_array_remove_index(all->findings, i - 1);
        }
    }
}

static gboolean any_port_blocked(const GPtrArray *findings) {
    for (guint i = 0; i < findings->len; i++) {
        const turn_finding *finding = g_ptr_array_index(findings, i);

        if (finding->cause->rule == rule_turn_port_blocked_inbound) {
            return TRUE;
        }
    }
    return FALSE;
}

static void add_unknowns(turn_judgement *into, const turn_judgement *from, turn_point_name point) {
    const gboolean blocked = any_port_blocked(into->findings);

    for (guint i = 0; i < from->unknowns->len; i++) {
        const char *unknown = g_ptr_array_index(from->unknowns, i);

        if (!blocked || !g_str_equal(unknown, TURN_UNKNOWN_CONTROL)) {
            g_ptr_array_add(into->unknowns,
                            g_strdup_printf("At the %s: %s", turn_point_text(point), unknown));
        }
    }
}

/* What is said of a call that works does not rest on the way between the captures. */
static void add_overlap(turn_judgement *judgement, const turn_join *join) {
    if (join->overlap != TURN_OVERLAP_TRANSACTIONS && judgement->level == TURN_LEVEL_HEALTHY) {
        g_ptr_array_add(judgement->unknowns,
                        g_strdup("No request is in both captures: nothing is known of the way "
                                 "between them."));
    }
}

turn_judgement *turn_judge_join(const turn_join *join) {
    turn_judgement *judgement = g_new0(turn_judgement, 1);
    g_autoptr(GHashTable) explained = explained_frames(join);
    g_autoptr(GHashTable) from = g_hash_table_new(NULL, NULL);
    merging all = {.join = join, .from = from, .explained = explained};
    gboolean lost;

    judgement->unknowns = g_ptr_array_new_with_free_func(g_free);
    judgement->findings = g_ptr_array_new_with_free_func((GDestroyNotify)turn_finding_free);
    all.findings = judgement->findings;
    find_losses(&all);
    lost = any_fault(&all);
    for (gint point = 0; point < TURN_POINT_COUNT; point++) {
        g_autoptr(turn_judgement) own = turn_judge(join->points[point].model);

        take_findings(&all, own, (turn_point_name)point);
        add_unknowns(judgement, own, (turn_point_name)point);
    }
    if (lost) {
        drop(&all, is_explained);
    }
    drop(&all, is_moot);
    tell_how_far(&all);
    g_ptr_array_sort(judgement->findings, turn_finding_order);
    judgement->level = TURN_LEVEL_HEALTHY;
    if (judgement->findings->len > 0) {
        judgement->first = g_ptr_array_index(judgement->findings, 0);
        judgement->level = judgement->first->level;
    }
    add_overlap(judgement, join);
    return judgement;
}
