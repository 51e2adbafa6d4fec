/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/transactions.h"

#include "turn/hash.h"
#include <string.h>

/* Copies of one check that arrive closer together than any retransmission timer (RFC 8489 section
 * 6.2.1 starts at 500 ms) are Microsoft's second copy or a mirror's, not a retransmission. */
#define COPY_WITHIN (20 * G_GINT64_CONSTANT(1000000))

struct turn_transactions {
    GHashTable *open; /* set of turn_transaction, owned by QUEUE */
    GQueue queue;     /* in the order of their first transmissions */
    turn_transaction_lost lost;
    gpointer data;
};

static guint transaction_hash(gconstpointer key) {
    const turn_transaction *transaction = key;
    guint8 both[sizeof transaction->scope + sizeof transaction->id];

    memcpy(both, &transaction->scope, sizeof transaction->scope);
    memcpy(both + sizeof transaction->scope, transaction->id, sizeof transaction->id);
    return turn_hash_bytes(both, sizeof both);
}

static gboolean transaction_equal(gconstpointer a, gconstpointer b) {
    const turn_transaction *left = a;
    const turn_transaction *right = b;

    return left->scope == right->scope && memcmp(left->id, right->id, sizeof left->id) == 0;
}

turn_transactions *turn_transactions_new(turn_transaction_lost lost, gpointer data) {
    turn_transactions *table = g_new0(turn_transactions, 1);

    table->open = g_hash_table_new(transaction_hash, transaction_equal);
    g_queue_init(&table->queue);
    table->lost = lost;
    table->data = data;
    return table;
}

void turn_transactions_free(turn_transactions *table) {
    if (table == NULL) {
        return;
    }
    g_hash_table_destroy(table->open);
    g_queue_clear_full(&table->queue, g_free);
    g_free(table);
}

static void drop_oldest(turn_transactions *table) {
    g_autofree turn_transaction *oldest = g_queue_pop_head(&table->queue);

    g_hash_table_remove(table->open, oldest);
    if (!oldest->answered) {
        table->lost(table->data, oldest);
    }
}

void turn_transactions_expire(turn_transactions *table, gint64 now) {
    while (table->queue.length > 0) {
        const turn_transaction *oldest = g_queue_peek_head(&table->queue);

        if (table->queue.length <= TURN_TRANSACTIONS_MAX &&
            now - oldest->first.time <= TURN_TRANSACTION_LIFE) {
            return;
        }
        drop_oldest(table);
    }
}

void turn_transactions_flush(turn_transactions *table) {
    while (table->queue.length > 0) {
        drop_oldest(table);
    }
}

turn_transaction *turn_transactions_find(turn_transactions *table, gconstpointer scope,
                                         const stun_message *message) {
    turn_transaction key = {.scope = scope};

    memcpy(key.id, stun_message_transaction_id(message), sizeof key.id);
    return g_hash_table_lookup(table->open, &key);
}

turn_transaction *turn_transactions_request(turn_transactions *table, gconstpointer scope,
                                            const turn_packet *packet, const stun_message *message,
                                            gboolean *opened) {
    turn_transaction *transaction = turn_transactions_find(table, scope, message);
    const guint leg = turn_flow_hash(&packet->flow);

    *opened = transaction == NULL;
    if (transaction != NULL) {
        if (leg == transaction->leg && packet->time - transaction->last.time > COPY_WITHIN) {
            transaction->transmissions++;
            transaction->last = turn_seen_at(packet);
        }
        return transaction;
    }
    transaction = g_new0(turn_transaction, 1);
    transaction->scope = scope;
    memcpy(transaction->id, stun_message_transaction_id(message), sizeof transaction->id);
    transaction->method = message->method;
    transaction->first = turn_seen_at(packet);
    transaction->last = transaction->first;
    transaction->transmissions = 1;
    transaction->leg = leg;
    g_queue_push_tail(&table->queue, transaction);
    g_hash_table_add(table->open, transaction);
    return transaction;
}

gint64 turn_transaction_rtt(const turn_transaction *transaction, const turn_packet *packet) {
    if (turn_flow_hash(&packet->flow) != transaction->leg ||
        packet->time < transaction->last.time || transaction->transmissions > 1) {
        return -1;
    }
    return packet->time - transaction->last.time;
}
