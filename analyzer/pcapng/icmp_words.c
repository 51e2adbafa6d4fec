/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/pcapng/icmp_words.h"

#define ANY (-1)

/* RFC 792, RFC 1812 section 5.2.7 and RFC 4443. */
static const struct {
    guint8 version;
    guint8 type;
    int code;
    const char *words;
} names[] = {
    {4, 3, 0, "network unreachable"},
    {4, 3, 1, "host unreachable"},
    {4, 3, 2, "protocol unreachable"},
    {4, 3, 3, "port unreachable"},
    {4, 3, 4, "packet too large for the way"},
    {4, 3, 9, "network administratively prohibited"},
    {4, 3, 10, "host administratively prohibited"},
    {4, 3, 13, "administratively prohibited"},
    {4, 3, ANY, "destination unreachable"},
    {4, 11, 0, "time to live exceeded"},
    {4, 11, 1, "reassembly time exceeded"},
    {4, 12, ANY, "parameter problem"},
    {6, 1, 0, "no route"},
    {6, 1, 1, "administratively prohibited"},
    {6, 1, 3, "address unreachable"},
    {6, 1, 4, "port unreachable"},
    {6, 1, ANY, "destination unreachable"},
    {6, 2, ANY, "packet too large for the way"},
    {6, 3, 0, "hop limit exceeded"},
    {6, 3, 1, "reassembly time exceeded"},
    {6, 4, ANY, "parameter problem"},
};

static const char *name_of(const turn_icmp_error *error) {
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        if (names[i].version == error->version && names[i].type == error->type &&
            (names[i].code == ANY || names[i].code == error->code)) {
            return names[i].words;
        }
    }
    return "error";
}

void icmp_words_add(GString *words, const turn_icmp_error *error, const turn_flow *about) {
    char source[STUN_ADDRESS_TEXT];
    char destination[STUN_ADDRESS_TEXT];

    stun_address_format(&about->source, source, sizeof source);
    stun_address_format(&about->destination, destination, sizeof destination);
    g_string_append_printf(words, "ICMP %s", name_of(error));
    if (error->mtu != 0) {
        g_string_append_printf(words, " (MTU %u)", error->mtu);
    }
    g_string_append_printf(words, " about %s from %s to %s",
                           about->transport == TURN_TRANSPORT_TCP ? "TCP" : "UDP", source,
                           destination);
}
