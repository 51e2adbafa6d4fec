/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/redact/redact_phrases.h"

#include <string.h>

static const char *const of_specifications[] = {
    /* What older ones call codes that have other names now. */
    "Unauthorized",
    "Unknown Username",
    "Insufficient Capacity",
    "Integrity Check Failure",
#define STUN_ERROR_CODE(code, name, specification) name,
#include "stun/errors.def"
#undef STUN_ERROR_CODE
};

/* coturn's. */
static const char *const of_coturn[] = {
    "Address family attribute can not be used with reservation token request",
    "Allocation Bandwidth Quota Reached",
    "Allocation mismatch: wrong credentials",
    "Allocation mismatch: wrong credentials: the realm value is incorrect",
    "Allocation not found",
    "Bad channel bind request",
    "Bad channel number",
    "Bad Peer Address",
    "Bad request: CONNECTION_BIND cannot be issued after allocation",
    "Bad request: CONNECTION_BIND only possible with TCP/TLS",
    "Cannot create new socket",
    "Cannot create relay endpoint(s)",
    "Cannot create relay socket",
    "Cannot create socket",
    "Cannot find channel data",
    "Cannot find reserved socket",
    "Cannot refresh relay connection (internal error)",
    "Cannot update channel lifetime (internal error)",
    "Cannot update some permissions (critical server software error)",
    "Channel bind cannot be used with TCP relay",
    "Channel number cannot be duplicated in this request",
    "Channel number cannot be zero in this request",
    "Connect cannot be used with UDP relay",
    "Dual allocation cannot be supported in the current server configuration",
    "Dual allocation cannot be supported with even-port functionality",
    "Duplicate Transport Fields",
    "Empty port number in channel bind request",
    "Even Port and Reservation Token cannot be used together",
    "Even Port cannot be used with Dual Allocation",
    "Extra address family attribute can not be used in the request",
    "Forbidden IP",
    "Invalid allocation",
    "Invalid value of the additional address family attribute",
    "Mismatched allocation: wrong transaction ID",
    "Mobility ticket cannot be used for a stable, already established allocation",
    "Mobility ticket has wrong length",
    "No address found",
    "Not Found",
    "Peer Address Family Mismatch (1)",
    "Peer Address Family Mismatch (2)",
    "Peer Address Family Mismatch (3)",
    "Peer Address Family Mismatch (4)",
    "Request parameters are incompatible with TCP transport",
    "Reservation Token cannot be used in this request",
    "Reservation Token cannot be used in this request with even port",
    "Server error: empty peer addr",
    "Server error: empty session",
    "Server error: no relay connection created",
    "Server error: TCP connection object creation failed",
    "Server error: TCP relay socket for connection cannot be created",
    "Server is draining, then will shutdown, please try another server",
    "Server send socket procedure is not set",
    "Software error: invalid mobile allocation",
    "Software error: invalid mobile client socket (new)",
    "Software error: invalid mobile client socket (orig)",
    "TCP Transport is not allowed by the TURN Server configuration",
    "The origin attribute does not match the initial session origin value",
    "The origin attribute is empty, does not match the initial session origin value",
    "Transport field missed or wrong",
    "UDP Transport is not allowed by the TURN Server configuration",
    "Unknown attribute: TURN server was configured without RFC 5780 support",
    "Unknown error",
    "User name is too long",
    "Where is Peer Address ?",
    "Wrong connection id",
    "Wrong Connection ID field data",
    "Wrong Connection ID field format",
    "Wrong credentials: the realm value is incorrect",
    "Wrong Format of Reservation Token",
    "Wrong Lifetime Data",
    "Wrong Lifetime Field",
    "Wrong lifetime field data",
    "Wrong Lifetime field format",
    "Wrong mobile ticket",
    "Wrong Mobility Field",
    "Wrong nonce",
    "Wrong permission info",
    "Wrong permission info and peer addr combination",
    "Wrong port number",
    "Wrong request format: you cannot use PADDING and RESPONSE_PORT together",
    "Wrong request: applicable only to UDP protocol",
    "Wrong request: padding applicable only to UDP and DTLS protocols",
    "Wrong reservation tokens (internal error)",
    "Wrong response port format",
    "Wrong TID",
    "Wrong Transport Data",
    "Wrong Transport Field",
    "Wrong turn permission info",
    "You cannot use the same channel number with different peer",
    "You cannot use the same peer with different channel number",
};

/* Of Microsoft's servers and others. */
static const char *const of_others[] = {
    "Forbidden Address",
    "No more destinations",
    "The request did not contain a Message-Integrity attribute",
    "Unauthorized, try again",
};

static gboolean is_one_of(const char *const *list, gsize count, const char *text, gsize length) {
    for (gsize i = 0; i < count; i++) {
        if (strlen(list[i]) == length && g_ascii_strncasecmp(list[i], text, length) == 0) {
            return TRUE;
        }
    }
    return FALSE;
}

gboolean redact_phrase_is_known(const guint8 *text, gsize length) {
    const char *of = (const char *)text;

    return is_one_of(of_specifications, G_N_ELEMENTS(of_specifications), of, length) ||
           is_one_of(of_coturn, G_N_ELEMENTS(of_coturn), of, length) ||
           is_one_of(of_others, G_N_ELEMENTS(of_others), of, length);
}
