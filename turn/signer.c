/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/signer.h"

#include "turn/hash.h"
#include <string.h>

typedef struct request {
    turn_flow flow;
    guint8 id[STUN_TRANSACTION_ID_SIZE];
    gboolean hashed;
    gboolean has_realm;
    gsize user_length;
    gsize realm_length;
    char text[]; /* the user, then the realm */
} request;

struct turn_signers {
    GHashTable *requests; /* set of request, owned by QUEUE */
    GQueue queue;         /* in the order in which they were seen */
    gsize bytes;
};

static guint request_hash(gconstpointer key) {
    const request *of = key;

    return turn_flow_hash(&of->flow) ^ turn_hash_bytes(of->id, sizeof of->id);
}

static gboolean request_equal(gconstpointer a, gconstpointer b) {
    const request *left = a;
    const request *right = b;

    return memcmp(left->id, right->id, sizeof left->id) == 0 &&
           turn_flow_equal(&left->flow, &right->flow);
}

turn_signers *turn_signers_new(void) {
    turn_signers *signers = g_new0(turn_signers, 1);

    signers->requests = g_hash_table_new(request_hash, request_equal);
    g_queue_init(&signers->queue);
    return signers;
}

void turn_signers_free(turn_signers *signers) {
    if (signers == NULL) {
        return;
    }
    g_hash_table_destroy(signers->requests);
    g_queue_clear_full(&signers->queue, g_free);
    g_free(signers);
}

/* A value that is empty, or of which bytes are missing, names nobody. */
static stun_text text_of(const stun_message *message, guint16 type) {
    stun_text text = {0};
    stun_attr attr;

    if (stun_message_find(message, type, &attr) && attr.captured == attr.length) {
        text = stun_value_text(&attr, message->dialect);
    }
    return text.length > 0 ? text : (stun_text){0};
}

/* Bytes of a hash, the last of which may well be zero. */
static stun_text userhash_of(const stun_message *message) {
    stun_attr attr;

    if (!stun_message_find(message, STUN_ATTR_USERHASH, &attr) || attr.captured == 0 ||
        attr.captured < attr.length) {
        return (stun_text){0};
    }
    return (stun_text){(const char *)attr.value, attr.length};
}

static turn_signer as_it_says(const stun_message *message) {
    const gboolean is_ms_turn = message->dialect == STUN_DIALECT_MS_TURN;
    turn_signer signer = {.user = text_of(message, STUN_ATTR_USERNAME),
                          .realm =
                              text_of(message, is_ms_turn ? STUN_ATTR_MS_REALM : STUN_ATTR_REALM)};

    if (signer.user.bytes == NULL) {
        signer.user = userhash_of(message);
        signer.hashed = signer.user.bytes != NULL;
    }
    return signer;
}

static void complete(turn_signer *signer, const turn_signer *with) {
    if (signer->user.bytes == NULL) {
        signer->user = with->user;
        signer->hashed = with->hashed;
        signer->assumed = with->assumed;
    }
    if (signer->realm.bytes == NULL) {
        signer->realm = with->realm;
    }
}

static stun_text text_from(const char *text) {
    return (stun_text){text, text != NULL ? strlen(text) : 0};
}

static request key_of(const turn_flow *flow, const stun_message *message) {
    request key = {.flow = *flow};

    memcpy(key.id, stun_message_transaction_id(message), sizeof key.id);
    return key;
}

static turn_signer as_its_request_said(const turn_signers *signers, const turn_flow *flow,
                                       const stun_message *message) {
    const request key = key_of(flow, message);
    const request *found = g_hash_table_lookup(signers->requests, &key);
    turn_signer signer = {.hashed = FALSE};

    if (found != NULL) {
        signer.user = (stun_text){found->text, found->user_length};
        signer.hashed = found->hashed;
    }
    if (found != NULL && found->has_realm) {
        signer.realm = (stun_text){found->text + found->user_length, found->realm_length};
    }
    return signer;
}

static void forget_oldest(turn_signers *signers) {
    g_autofree request *oldest = g_queue_pop_head(&signers->queue);

    g_hash_table_remove(signers->requests, oldest);
    signers->bytes -= oldest->user_length + oldest->realm_length;
}

static void remember(turn_signers *signers, const turn_flow *flow, const stun_message *message,
                     const turn_signer *signer) {
    const request key = key_of(flow, message);
    request *added;

    if (g_hash_table_contains(signers->requests, &key)) {
        return;
    }
    added = g_malloc(sizeof *added + signer->user.length + signer->realm.length);
    *added = key;
    added->hashed = signer->hashed;
    added->has_realm = signer->realm.bytes != NULL;
    added->user_length = signer->user.length;
    added->realm_length = signer->realm.length;
    memcpy(added->text, signer->user.bytes, signer->user.length);
    if (added->has_realm) {
        memcpy(added->text + added->user_length, signer->realm.bytes, signer->realm.length);
    }
    g_queue_push_tail(&signers->queue, added);
    g_hash_table_add(signers->requests, added);
    signers->bytes += added->user_length + added->realm_length;
    while (signers->queue.length > TURN_SIGNERS_MAX || signers->bytes > TURN_SIGNERS_BYTES) {
        forget_oldest(signers);
    }
}

turn_signer turn_signers_find(turn_signers *signers, const stun_message *message,
                              const turn_signer_context *context) {
    const gboolean is_response = message->cls == STUN_SUCCESS || message->cls == STUN_ERROR;
    turn_signer signer = as_it_says(message);
    const gboolean names_user = signer.user.bytes != NULL;

    if (is_response && context->flow != NULL) {
        const turn_signer asked = as_its_request_said(signers, context->flow, message);

        complete(&signer, &asked);
    }
    if (message->method != STUN_METHOD_BINDING) {
        const turn_signer session = {.user = text_from(context->user),
                                     .assumed = context->user != NULL,
                                     .realm = text_from(context->realm)};

        complete(&signer, &session);
    }
    if (message->cls == STUN_REQUEST && names_user && context->flow != NULL) {
        remember(signers, context->flow, message, &signer);
    }
    return signer;
}
