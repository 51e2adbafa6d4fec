/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/report/words.h"

#define MAX_MAPPINGS_SHOWN 20u

/* "1.2 ms", "0.054 ms", "1.5 s". */
static char *span_text(gint64 nanoseconds) {
    const double ms = (double)nanoseconds / 1e6;

    if (ms >= 1000) {
        return g_strdup_printf("%.1f s", ms / 1000);
    }
    return ms >= 1 ? g_strdup_printf("%.1f ms", ms) : g_strdup_printf("%.3f ms", ms);
}

char *turn_report_clock(const turn_join *join) {
    const turn_clock *clock = &join->clock;
    g_autofree char *within = span_text(clock->uncertainty);
    g_autofree char *offset = g_strdup_printf("%.3f s %s", ABS((double)clock->offset / 1e9),
                                              clock->offset < 0 ? "behind" : "ahead of");
    const char *of = " the client's";

    switch (clock->state) {
    case TURN_CLOCK_KNOWN:
        return g_strdup_printf("The server's clock is %s%s, to within %s (%u packets that are in "
                               "both captures).",
                               offset, of, within, clock->bounds);
    case TURN_CLOCK_UNSTEADY:
        return g_strdup_printf("The server's clock is about %s%s, to within %s: the two clocks do "
                               "not run alike (%u packets that are in both captures).",
                               offset, of, within, clock->bounds);
    case TURN_CLOCK_AT_MOST:
        return g_strdup_printf("The server's clock is at most %s%s: only packets to the server "
                               "are in both captures.",
                               offset, of);
    case TURN_CLOCK_AT_LEAST:
        return g_strdup_printf("The server's clock is at least %s%s: only packets from the server "
                               "are in both captures.",
                               offset, of);
    default:
        return g_strdup("How the two clocks differ is not known, since no packet is in both "
                        "captures: they are taken to be equal.");
    }
}

/* All mappings of one host by another are one line. */
static gboolean is_first_of_hosts(const GArray *mappings, guint index) {
    const turn_mapping *mapping = &g_array_index(mappings, turn_mapping, index);

    for (guint i = 0; i < index; i++) {
        const turn_mapping *other = &g_array_index(mappings, turn_mapping, i);

        if (other->of_server == mapping->of_server &&
            stun_address_same_host(&other->inside, &mapping->inside) &&
            stun_address_same_host(&other->outside, &mapping->outside)) {
            return FALSE;
        }
    }
    return TRUE;
}

/* How many ports of the mapping's hosts were mapped, and whether any of them changed. */
static guint ports_of_hosts(const GArray *mappings, const turn_mapping *mapping,
                            gboolean *changed) {
    guint count = 0;

    *changed = FALSE;
    for (guint i = 0; i < mappings->len; i++) {
        const turn_mapping *other = &g_array_index(mappings, turn_mapping, i);

        if (other->of_server == mapping->of_server &&
            stun_address_same_host(&other->inside, &mapping->inside) &&
            stun_address_same_host(&other->outside, &mapping->outside)) {
            count++;
            *changed |= other->inside.port != other->outside.port;
        }
    }
    return count;
}

static char *mapping_text(const GArray *mappings, const turn_mapping *mapping) {
    gboolean changed;
    const gboolean ports = ports_of_hosts(mappings, mapping, &changed) == 1 && changed;
    char inside[STUN_ADDRESS_TEXT];
    char outside[STUN_ADDRESS_TEXT];

    if (ports) {
        stun_address_format(&mapping->inside, inside, sizeof inside);
        stun_address_format(&mapping->outside, outside, sizeof outside);
    } else {
        stun_address_format_host(&mapping->inside, inside, sizeof inside);
        stun_address_format_host(&mapping->outside, outside, sizeof outside);
    }
    return g_strdup_printf("NAT: the %s's %s is seen as %s by the %s%s.",
                           mapping->of_server ? "server" : "client", inside, outside,
                           mapping->of_server ? "client" : "server",
                           changed && !ports ? ", with other ports" : "");
}

GPtrArray *turn_words_mappings(const turn_join *join) {
    const GArray *all = turn_nat_mappings(join->matches->nat);
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < all->len && lines->len < MAX_MAPPINGS_SHOWN; i++) {
        if (is_first_of_hosts(all, i)) {
            g_ptr_array_add(lines, mapping_text(all, &g_array_index(all, turn_mapping, i)));
        }
    }
    return lines;
}

char *turn_words_leg(const turn_leg *leg) {
    static const char *const kinds[] = {[TURN_LEG_CONTROL] = "",
                                        [TURN_LEG_TUNNEL] = " through a relay",
                                        [TURN_LEG_RELAY] = " relay ports"};
    g_autofree char *ports = turn_leg_ports(leg);

    return g_strdup_printf("%s %s%s", leg->transport == TURN_TRANSPORT_TCP ? "TCP" : "UDP", ports,
                           kinds[leg->kind]);
}
