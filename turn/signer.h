/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Who signs a message: its user and realm. Most messages do not say so themselves. A response is
 * signed with the key of its request (RFC 8489 sections 9.1.4 and 9.2.5), whose user must be
 * remembered until it comes; and [MS-TURN] leaves REALM out of requests whose key has it. */
#ifndef TURN_SIGNER_H
#define TURN_SIGNER_H

#include "stun/value.h"
#include "turn/packet.h"

/* Requests that are remembered; beyond either limit the oldest are forgotten. The second one counts
 * the bytes of their users and realms. */
#define TURN_SIGNERS_MAX   65536u
#define TURN_SIGNERS_BYTES (16u << 20)

typedef struct turn_signer {
    stun_text user;   /* BYTES is NULL when it is not known */
    gboolean hashed;  /* USER is a USERHASH, RFC 8489 section 14.4 */
    gboolean assumed; /* USER is but the context's: somebody else may have signed */
    stun_text realm;  /* BYTES is NULL when it is not known */
} turn_signer;

/* What the caller knows of a message. */
typedef struct turn_signer_context {
    const turn_flow *flow; /* where it was seen; NULL: it is not matched with a request */
    const char *user;      /* of the session that it belongs to; NULL when not known */
    const char *realm;
} turn_signer_context;

typedef struct turn_signers turn_signers;

turn_signers *turn_signers_new(void);
/* NULL is allowed. */
void turn_signers_free(turn_signers *signers);

/* Who signed MESSAGE: as it says itself, else as its request did, else as CONTEXT says. CONTEXT is
 * not asked about Binding, whose messages are checks of ICE more often than the session's own. A
 * request that names its user is remembered, so every message is to be shown here, in the order of
 * the capture. The texts are borrowed, from MESSAGE, CONTEXT or, until the next call, SIGNERS. */
turn_signer turn_signers_find(turn_signers *signers, const stun_message *message,
                              const turn_signer_context *context);

#endif
