/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/html/ladder_rows.h"

#include "analyzer/html/ladder_limit.h"
#include "turn/hash.h"

#include <string.h>

/* The first exchange of a kind stands for itself; so many after it are a run. */
#define RUN_AT_LEAST 3u

const char *ladder_outcome_name(ladder_outcome outcome) {
    static const char *const names[] = {
        [LADDER_OUTCOME_REQUEST] = "request",     [LADDER_OUTCOME_SUCCESS] = "success",
        [LADDER_OUTCOME_CHALLENGE] = "challenge", [LADDER_OUTCOME_ERROR] = "error",
        [LADDER_OUTCOME_LOST] = "lost",           [LADDER_OUTCOME_UNANSWERED] = "no answer",
        [LADDER_OUTCOME_MEDIA] = "media",         [LADDER_OUTCOME_EVENT] = "TCP",
        [LADDER_OUTCOME_FAILURE] = "failure",     [LADDER_OUTCOME_NOTE] = "note"};
    return names[outcome];
}

void ladder_row_free(gpointer data) {
    ladder_row *row = data;

    if (row == NULL) {
        return;
    }
    g_ptr_array_unref(row->findings);
    g_free(row);
}

ladder_row *ladder_row_new(ladder_row_kind kind, const turn_step *step) {
    ladder_row *row = g_new0(ladder_row, 1);

    row->kind = kind;
    row->step = step;
    row->last = step;
    row->findings = g_ptr_array_new();
    return row;
}

/* Outcomes */

/* A 401 or 438 that the tracker takes for a fault is among the rejections. */
static gboolean is_challenge(const turn_ladder *ladder, const turn_step *step) {
    const turn_session *session = ladder->session;

    if ((step->code != 401 && step->code != 438) || session == NULL) {
        return FALSE;
    }
    for (guint i = 0; i < session->rejections->len; i++) {
        const turn_seen *seen = &g_array_index(session->rejections, turn_rejection, i).response;

        if ((seen->frame == step->seen.frame && seen->capture == step->seen.capture) ||
            (seen->frame == step->there.frame && seen->capture == step->there.capture)) {
            return FALSE;
        }
    }
    return step->marks->len == 0;
}

static ladder_outcome outcome_of_message(const turn_ladder *ladder, const turn_step *step) {
    if (step->fate == TURN_FATE_LOST) {
        return LADDER_OUTCOME_LOST;
    }
    switch (step->cls) {
    case STUN_SUCCESS:
        return LADDER_OUTCOME_SUCCESS;
    case STUN_ERROR:
        return is_challenge(ladder, step) ? LADDER_OUTCOME_CHALLENGE : LADDER_OUTCOME_ERROR;
    default:
        return step->fate == TURN_FATE_UNANSWERED ? LADDER_OUTCOME_UNANSWERED
                                                  : LADDER_OUTCOME_REQUEST;
    }
}

static ladder_outcome outcome_of(const turn_ladder *ladder, const turn_step *step) {
    switch (step->kind) {
    case TURN_STEP_MESSAGE:
        return outcome_of_message(ladder, step);
    case TURN_STEP_MEDIA:
        return LADDER_OUTCOME_MEDIA;
    case TURN_STEP_ICMP:
        return LADDER_OUTCOME_FAILURE;
    case TURN_STEP_TCP:
        return step->fate == TURN_FATE_LOST         ? LADDER_OUTCOME_LOST
               : g_str_equal(step->name, "TCP RST") ? LADDER_OUTCOME_FAILURE
                                                    : LADDER_OUTCOME_EVENT;
    default:
        return LADDER_OUTCOME_NOTE;
    }
}

/* Retransmissions */

/* Transmissions of one message are equal. */
static guint message_hash(gconstpointer key) {
    return turn_hash_bytes(((const ladder_row *)key)->step->transaction, STUN_TRANSACTION_ID_SIZE);
}

static gboolean message_equal(gconstpointer a, gconstpointer b) {
    const turn_step *left = ((const ladder_row *)a)->step;
    const turn_step *right = ((const ladder_row *)b)->step;

    return left->cls == right->cls && left->method == right->method && left->from == right->from &&
           left->to == right->to && stun_address_equal(&left->peer, &right->peer) &&
           memcmp(left->transaction, right->transaction, STUN_TRANSACTION_ID_SIZE) == 0;
}

static void add_findings(ladder_row *row, const turn_step *step) {
    for (guint i = 0; i < step->marks->len; i++) {
        const turn_finding *finding = g_array_index(step->marks, turn_ladder_mark, i).finding;

        if (!g_ptr_array_find(row->findings, finding, NULL)) {
            g_ptr_array_add(row->findings, (gpointer)finding);
        }
    }
}

/* None was answered when one had time to be, though the last had not. A message is lost when some
 * transmissions of it are, and none is known to have arrived. */
static void set_outcome(const turn_ladder *ladder, ladder_row *row, const turn_step *step) {
    const ladder_outcome outcome = outcome_of(ladder, step);

    if (step->fate == TURN_FATE_LOST) {
        row->lost++;
        row->lost_on = step->lost_on;
    }
    row->arrived |= step->there.frame != 0;
    if (outcome != LADDER_OUTCOME_LOST &&
        (row->sent_as == LADDER_OUTCOME_REQUEST || row->transmissions == row->lost)) {
        row->sent_as = outcome;
    }
    row->outcome = row->lost > 0 && !row->arrived ? LADDER_OUTCOME_LOST : row->sent_as;
}

static void add_transmission(const turn_ladder *ladder, ladder_row *row, const turn_step *step) {
    add_findings(row, step);
    if (step->repeat == TURN_REPEAT_CAPTURED_TWICE) {
        return;
    }
    if (step->repeat == TURN_REPEAT_COPY) {
        row->copies++;
        return;
    }
    set_outcome(ladder, row, step);
    row->transmissions++;
    row->last = step;
    row->last_sent = step->seen.time;
}

static const stun_class answer_classes[] = {STUN_SUCCESS, STUN_ERROR};

/* The message of the other direction and the same transaction that is of this class. */
static turn_step counterpart(const turn_step *step, stun_class cls) {
    turn_step other = *step;

    other.from = step->to;
    other.to = step->from;
    other.cls = cls;
    return other;
}

/* A request that is sent again later, or was answered before, is not the same row. */
static gboolean continues(const ladder_row *row, const turn_step *step) {
    const gboolean again =
        step->repeat == TURN_REPEAT_COPY || step->repeat == TURN_REPEAT_CAPTURED_TWICE;

    return again || (step->seen.time - row->last_sent <= TURN_REPEAT_WITHIN && !row->answered);
}

static ladder_row *begin_message(GHashTable *messages, ladder_row *row) {
    g_hash_table_replace(messages, row, row);
    /* What answers it is a row of its own too. */
    for (gsize i = 0; row->step->cls == STUN_REQUEST && i < G_N_ELEMENTS(answer_classes); i++) {
        const turn_step answer = counterpart(row->step, answer_classes[i]);
        const ladder_row key = {.step = &answer};

        g_hash_table_remove(messages, &key);
    }
    return row;
}

/* Whether who asked may have had this answer: where both capture points show the request, that of
 * the asking side must show the answer too. */
static gboolean may_be_heard(const ladder_row *asked, const turn_step *answer) {
    return answer->fate != TURN_FATE_LOST && (!asked->arrived || answer->there.frame != 0 ||
                                              answer->point == turn_step_sender(asked->step));
}

static void note_answer(GHashTable *messages, const turn_step *step) {
    const turn_step asked = counterpart(step, STUN_REQUEST);
    const ladder_row key = {.step = &asked};
    ladder_row *row = g_hash_table_lookup(messages, &key);

    if (row != NULL && (step->cls == STUN_SUCCESS || step->cls == STUN_ERROR) &&
        may_be_heard(row, step)) {
        row->answered = TRUE;
    }
}

static ladder_row *begin_row(const turn_ladder *ladder, GPtrArray *rows, const turn_step *step) {
    ladder_row *row = ladder_row_new(LADDER_ROW_STEP, step);

    row->outcome = outcome_of(ladder, step);
    row->sent_as = row->outcome;
    row->last_sent = step->seen.time;
    g_ptr_array_add(rows, row);
    return row;
}

static ladder_row *row_of_message(const turn_ladder *ladder, GPtrArray *rows, GHashTable *messages,
                                  const turn_step *step) {
    const ladder_row key = {.step = step};
    ladder_row *row = g_hash_table_lookup(messages, &key);

    note_answer(messages, step);
    return row != NULL && continues(row, step)
               ? row
               : begin_message(messages, begin_row(ladder, rows, step));
}

static GPtrArray *fold_transmissions(const turn_ladder *ladder) {
    GPtrArray *rows = g_ptr_array_new_with_free_func(ladder_row_free);
    g_autoptr(GHashTable) messages = g_hash_table_new(message_hash, message_equal);

    for (guint i = 0; i < ladder->steps->len; i++) {
        const turn_step *step = g_ptr_array_index(ladder->steps, i);
        ladder_row *row = step->kind == TURN_STEP_MESSAGE
                              ? row_of_message(ladder, rows, messages, step)
                              : begin_row(ladder, rows, step);

        add_transmission(ladder, row, step);
    }
    return rows;
}

/* Runs */

/* A message with what it was answered by, if it was. */
typedef struct exchange {
    guint row;
    guint answer;   /* ROW where there is none */
    gboolean apart; /* is evidence, or its answer was lost on the way back: in no run */
} exchange;

/* Exchanges of one method between the same two ends, as long as they all are the same. */
typedef struct chain {
    GString *same; /* what they have in common */
    GArray *all;   /* of exchange */
} chain;

static void chain_free(gpointer data) {
    chain *of = data;

    g_string_free(of->same, TRUE);
    g_array_unref(of->all);
    g_free(of);
}

/* Who asks is the same all the time, and the rest tells one kind of request from another. */
static void append_details(GString *text, const turn_step *step) {
    for (guint i = 0; i < step->details->len; i++) {
        const char *detail = g_ptr_array_index(step->details, i);

        if (!g_str_has_prefix(detail, "user ") && !g_str_has_prefix(detail, "realm ")) {
            g_string_append_printf(text, "|%s", detail);
        }
    }
}

/* "1 0 2 203.0.113.9:50000": whose exchanges are one after the other. */
static char *chain_key(const turn_step *step) {
    char peer[STUN_ADDRESS_TEXT];

    stun_address_format(&step->peer, peer, sizeof peer);
    return g_strdup_printf("%u %d %d %s", step->method, step->from, step->to, peer);
}

static GString *likeness(const GPtrArray *rows, const exchange *of) {
    const ladder_row *asked = g_ptr_array_index(rows, of->row);
    const ladder_row *answer = g_ptr_array_index(rows, of->answer);
    GString *text = g_string_new(asked->step->name);

    g_string_append_printf(text, "|%d|%s|%d|%u", asked->outcome, answer->step->name,
                           answer->outcome, answer->step->code);
    append_details(text, asked->step);
    if (answer != asked) {
        append_details(text, answer->step);
    }
    return text;
}

static void note_interval(ladder_row *run, gint64 time) {
    run->shortest = run->longest == 0 ? time : MIN(run->shortest, time);
    run->longest = MAX(run->longest, time);
}

/* Takes the exchanges of CHAIN but the first out of ROWS, and puts one row in their place. */
static void fold_chain(GPtrArray *rows, const chain *of) {
    const exchange *first;
    ladder_row *run;
    gint64 begin;

    if (of->all->len < RUN_AT_LEAST + 1) {
        return;
    }
    first = &g_array_index(of->all, exchange, 1);
    run = ladder_row_new(LADDER_ROW_RUN,
                         ((const ladder_row *)g_ptr_array_index(rows, first->row))->step);
    run->count = of->all->len - 1;
    for (guint i = 1; i < of->all->len; i++) {
        const exchange *each = &g_array_index(of->all, exchange, i);
        ladder_row *asked = g_ptr_array_index(rows, each->row);
        ladder_row *answer = g_ptr_array_index(rows, each->answer);

        run->outcome = answer->outcome;
        run->transmissions += asked->transmissions;
        run->lost += asked->lost;
        run->lost_on = asked->lost_on;
        run->copies += asked->copies;
        run->last = answer->last;
        if (i > 1) {
            note_interval(run, asked->step->seen.time - run->last_sent);
        }
        run->last_sent = asked->step->seen.time;
        g_clear_pointer(&rows->pdata[each->row], ladder_row_free);
        if (each->answer != each->row) {
            g_clear_pointer(&rows->pdata[each->answer], ladder_row_free);
        }
    }
    begin = run->step->seen.time;
    run->every = (run->last_sent - begin) / (run->count - 1);
    rows->pdata[first->row] = run;
}

/* Takes the answer to what ROW asks out of ANSWERS; 0 when there is none, else its place plus
 * one. */
static guint take_answer(GHashTable *answers, const ladder_row *row) {
    guint found = 0;

    for (gsize i = 0; i < G_N_ELEMENTS(answer_classes); i++) {
        const turn_step answer = counterpart(row->step, answer_classes[i]);
        const ladder_row key = {.step = &answer};

        found = found > 0 ? found : GPOINTER_TO_UINT(g_hash_table_lookup(answers, &key));
        g_hash_table_remove(answers, &key);
    }
    return found;
}

/* Of each row the place of its answer, plus one; 0 where there is none. An answer is that to the
 * latest request before it. */
static GArray *answers_in(const GPtrArray *rows) {
    g_autoptr(GHashTable) answers = g_hash_table_new(message_hash, message_equal);
    GArray *found = g_array_sized_new(FALSE, TRUE, sizeof(guint), rows->len);

    g_array_set_size(found, rows->len);
    for (guint i = rows->len; i-- > 0;) {
        ladder_row *row = g_ptr_array_index(rows, i);

        if (row->step->kind != TURN_STEP_MESSAGE) {
            continue;
        }
        if (row->step->cls == STUN_SUCCESS || row->step->cls == STUN_ERROR) {
            g_hash_table_replace(answers, row, GUINT_TO_POINTER(i + 1));
        } else if (row->step->cls == STUN_REQUEST) {
            g_array_index(found, guint, i) = take_answer(answers, row);
        }
    }
    return found;
}

static void add_to_chain(GHashTable *chains, GPtrArray *order, const GPtrArray *rows,
                         const exchange *added) {
    const turn_step *step = ((const ladder_row *)g_ptr_array_index(rows, added->row))->step;
    g_autofree char *key = chain_key(step);
    GString *same = likeness(rows, added);
    chain *of = g_hash_table_lookup(chains, key);

    if (of == NULL || added->apart || !g_string_equal(of->same, same)) {
        of = g_new0(chain, 1);
        of->same = same;
        of->all = g_array_new(FALSE, FALSE, sizeof(exchange));
        g_ptr_array_add(order, of);
        g_hash_table_insert(chains, g_steal_pointer(&key), of);
        if (added->apart) {
            g_string_append(of->same, "|apart");
        }
    } else {
        g_string_free(same, TRUE);
    }
    g_array_append_val(of->all, *added);
}

static void pair_up(ladder_row *request, ladder_row *answer) {
    answer->taken = TRUE;
    request->other = answer;
    answer->other = request;
}

static gboolean stands_apart(const ladder_row *asked, const ladder_row *answer) {
    return asked->findings->len > 0 || answer->findings->len > 0 ||
           (answer != asked && answer->outcome == LADDER_OUTCOME_LOST);
}

static void fold_runs(GPtrArray *rows) {
    g_autoptr(GArray) answers = answers_in(rows);
    g_autoptr(GHashTable) chains = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GPtrArray) order = g_ptr_array_new_with_free_func(chain_free);

    for (guint i = 0; i < rows->len; i++) {
        ladder_row *row = g_ptr_array_index(rows, i);
        exchange added = {.row = i, .answer = i};
        const guint answer = g_array_index(answers, guint, i);

        if (row->step->kind != TURN_STEP_MESSAGE || row->taken) {
            continue;
        }
        if (answer > 0) {
            added.answer = answer - 1;
            pair_up(row, g_ptr_array_index(rows, added.answer));
        }
        added.apart = stands_apart(row, g_ptr_array_index(rows, added.answer));
        add_to_chain(chains, order, rows, &added);
    }
    for (guint i = 0; i < order->len; i++) {
        fold_chain(rows, g_ptr_array_index(order, i));
    }
}

GPtrArray *ladder_rows_new(const turn_ladder *ladder) {
    g_autoptr(GPtrArray) rows = fold_transmissions(ladder);
    GPtrArray *whole = g_ptr_array_new_with_free_func(ladder_row_free);
    GPtrArray *kept;

    fold_runs(rows);
    for (guint i = 0; i < rows->len; i++) {
        if (rows->pdata[i] != NULL) {
            g_ptr_array_add(whole, g_steal_pointer(&rows->pdata[i]));
        }
    }
    kept = ladder_limit(whole);
    g_ptr_array_unref(whole);
    return kept;
}
