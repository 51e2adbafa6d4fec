/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Whose sessions are whose: clients that share an address, and addresses of one client. */
#include "turn/rules.h"
#include "turn/verdict_private.h"

static gboolean shares_ice(const turn_session *a, const turn_session *b) {
    for (guint i = 0; i < a->peers->len; i++) {
        const turn_path *path = &((const turn_peer *)g_ptr_array_index(a->peers, i))->path;

        for (guint k = 0; path->ice != NULL && k < b->peers->len; k++) {
            const turn_peer *other = g_ptr_array_index(b->peers, k);

            if (g_strcmp0(path->ice, other->path.ice) == 0) {
                return TRUE;
            }
        }
    }
    return FALSE;
}

/* The capture is on the client's side of its NAT, where one address is one device. */
static gboolean is_inside_nat(const turn_session *session) {
    return session->mapped.family == session->client.family &&
           session->mapped.family != STUN_FAMILY_NONE &&
           !stun_address_same_host(&session->mapped, &session->client);
}

/* Whether many devices may share the client's address, as far as the capture shows. */
static gboolean may_be_nat(const turn_session *session) {
    return session->client.family == STUN_FAMILY_IPV4 && !stun_address_is_private(&session->client);
}

gboolean turn_is_same_client(const turn_session *failed, const turn_session *other) {
    if (!stun_address_same_host(&failed->client, &other->client)) {
        return FALSE;
    }
    if (is_inside_nat(failed) || is_inside_nat(other) || shares_ice(failed, other)) {
        return TRUE;
    }
    if (failed->username != NULL && other->username != NULL &&
        !g_str_equal(failed->username, other->username)) {
        return FALSE;
    }
    return !may_be_nat(failed) || failed->protocol != other->protocol ||
           failed->relay_protocol != other->relay_protocol ||
           !stun_address_equal(&failed->server, &other->server);
}

/* A client with several addresses asks from all of them at the same moment. */
#define ADDRESSES_WITHIN TURN_SECOND
/* More hosts than this are no addresses of one client. */
#define ADDRESSES_OF_CLIENT 4u

static gboolean few_clients(const turn_model *model) {
    const stun_address *seen[ADDRESSES_OF_CLIENT];
    guint count = 0;

    for (guint i = 0; i < model->sessions->len; i++) {
        const turn_session *session = g_ptr_array_index(model->sessions, i);
        guint k = 0;

        while (k < count && !stun_address_same_host(seen[k], &session->client)) {
            k++;
        }
        if (k == count) {
            if (count == ADDRESSES_OF_CLIENT) {
                return FALSE;
            }
            seen[count++] = &session->client;
        }
    }
    return TRUE;
}

/* Whether OTHER was asked for at the same moment from what may be another address of the client of
 * FAILED: of the other family, or of another interface. Only a capture on the client's side of its
 * NAT can show both. */
static gboolean is_other_address(const turn_session *failed, const turn_session *other) {
    const gboolean other_family = failed->client.family != other->client.family;

    return failed->packets_from_server == 0 && other->allocated.frame != 0 &&
           is_inside_nat(other) && failed->protocol == other->protocol &&
           ABS(failed->first.time - other->first.time) <= ADDRESSES_WITHIN &&
           (other_family ? failed->server.port == other->server.port
                         : stun_address_same_host(&failed->server, &other->server) &&
                               stun_address_is_private(&failed->client) &&
                               stun_address_is_private(&other->client)) &&
           !stun_address_same_host(&failed->client, &other->client);
}

const turn_session *turn_other_address(const turn_model *model, const turn_session *failed) {
    if (failed->packets_from_server > 0 || !few_clients(model)) {
        return NULL;
    }
    for (guint i = 0; i < model->sessions->len; i++) {
        const turn_session *other = g_ptr_array_index(model->sessions, i);

        if (is_other_address(failed, other)) {
            return other;
        }
    }
    return NULL;
}
