/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/pcapng/icmp_words.h"

void icmp_words_add(GString *words, const turn_icmp_error *error, const turn_flow *about) {
    char source[STUN_ADDRESS_TEXT];
    char destination[STUN_ADDRESS_TEXT];

    stun_address_format(&about->source, source, sizeof source);
    stun_address_format(&about->destination, destination, sizeof destination);
    g_string_append_printf(words, "ICMP %s",
                           turn_icmp_words(error->version, error->type, error->code));
    if (error->mtu != 0) {
        g_string_append_printf(words, " (MTU %u)", error->mtu);
    }
    g_string_append_printf(words, " about %s from %s to %s",
                           about->transport == TURN_TRANSPORT_TCP ? "TCP" : "UDP", source,
                           destination);
}
