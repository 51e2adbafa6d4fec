/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/icmp.h"

#define ANY (-1)

/* Types that say that the destination cannot be reached. */
#define UNREACHABLE  3u
#define UNREACHABLE6 1u

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
    {4, 3, 5, "source route failed"},
    {4, 3, 6, "network unknown"},
    {4, 3, 7, "host unknown"},
    {4, 3, 9, "network administratively prohibited"},
    {4, 3, 10, "host administratively prohibited"},
    {4, 3, 11, "network unreachable for the type of service"},
    {4, 3, 12, "host unreachable for the type of service"},
    {4, 3, 13, "administratively prohibited"},
    {4, 3, ANY, "destination unreachable"},
    {4, 11, 0, "time to live exceeded"},
    {4, 11, 1, "reassembly time exceeded"},
    {4, 12, ANY, "parameter problem"},
    {6, 1, 0, "no route"},
    {6, 1, 1, "administratively prohibited"},
    {6, 1, 2, "beyond scope of source address"},
    {6, 1, 3, "address unreachable"},
    {6, 1, 4, "port unreachable"},
    {6, 1, 5, "source address refused by a filter"},
    {6, 1, 6, "route refused"},
    {6, 1, ANY, "destination unreachable"},
    {6, 2, ANY, "packet too large for the way"},
    {6, 3, 0, "hop limit exceeded"},
    {6, 3, 1, "reassembly time exceeded"},
    {6, 4, ANY, "parameter problem"},
};

const char *turn_icmp_words(guint8 version, guint8 type, guint8 code) {
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        if (names[i].version == version && names[i].type == type &&
            (names[i].code == ANY || names[i].code == code)) {
            return names[i].words;
        }
    }
    return "error";
}

char *turn_icmp_name(const turn_icmp *error) {
    return g_strdup_printf("ICMP %s (type %u, code %u)",
                           turn_icmp_words(error->version, error->type, error->code), error->type,
                           error->code);
}

char *turn_icmp_text(const turn_icmp *error) {
    g_autofree char *name = turn_icmp_name(error);
    char sender[STUN_ADDRESS_TEXT];

    stun_address_format_host(&error->sender, sender, sizeof sender);
    return *sender != '\0' ? g_strdup_printf("%s from %s", name, sender) : g_steal_pointer(&name);
}

gboolean turn_icmp_is_unreachable(const turn_icmp *error) {
    return error->type == (error->version == 4 ? UNREACHABLE : UNREACHABLE6);
}

gboolean turn_icmp_is_port_closed(const turn_icmp *error) {
    return turn_icmp_is_unreachable(error) && error->code == (error->version == 4 ? 3 : 4);
}

gboolean turn_icmp_is_prohibited(const turn_icmp *error) {
    if (!turn_icmp_is_unreachable(error)) {
        return FALSE;
    }
    return error->version == 4 ? error->code == 9 || error->code == 10 || error->code == 13
                               : error->code == 1 || error->code == 5;
}

/* RFC 792, RFC 1812 section 5.2.7.1 and RFC 4443 section 3.1. */
static const struct {
    guint8 version;
    guint8 code;
} no_way[] = {{4, 0}, {4, 1}, {4, 6}, {4, 7}, {4, 11}, {4, 12}, {6, 0}, {6, 2}, {6, 3}, {6, 6}};

gboolean turn_icmp_is_no_way(const turn_icmp *error) {
    for (gsize i = 0; turn_icmp_is_unreachable(error) && i < G_N_ELEMENTS(no_way); i++) {
        if (no_way[i].version == error->version && no_way[i].code == error->code) {
            return TRUE;
        }
    }
    return FALSE;
}

/* RFC 792; RFC 4443 section 3.3. */
static gboolean is_out_of_hops(const turn_icmp *error) {
    return error->type == (error->version == 4 ? 11 : 3) && error->code == 0;
}

static char *sender_text(const turn_icmp *error, const turn_icmp_ends *ends) {
    char sender[STUN_ADDRESS_TEXT];

    stun_address_format_host(&error->sender, sender, sizeof sender);
    if (*sender == '\0') {
        return g_strdup("Somebody");
    }
    if (stun_address_same_host(&error->sender, ends->to)) {
        return g_strdup_printf("%s, %s itself or what has its address,", sender, ends->to_name);
    }
    if (stun_address_same_host(&error->sender, ends->from)) {
        return g_strdup_printf("%s, %s itself,", sender, ends->from_name);
    }
    return g_strdup_printf("%s, which is not %s's address,", sender, ends->to_name);
}

char *turn_icmp_told(const turn_icmp *error, const turn_icmp_ends *ends) {
    g_autofree char *sender = sender_text(error, ends);

    if (turn_icmp_is_prohibited(error)) {
        return g_strdup_printf("%s refused it: a filter there forbids it.", sender);
    }
    if (turn_icmp_is_no_way(error)) {
        return g_strdup_printf("%s says that there is no way to %s: a route is missing, or the "
                               "host is down.",
                               sender, ends->to_name);
    }
    if (is_out_of_hops(error)) {
        return g_strdup_printf(
            "%s dropped the packet because it had passed too many routers: the routes "
            "to %s may go in a circle.",
            sender, ends->to_name);
    }
    if (turn_icmp_is_unreachable(error) && !stun_address_same_host(&error->sender, ends->to)) {
        return g_strdup_printf("%s answered in place of %s: a firewall there may refuse it.",
                               sender, ends->to_name);
    }
    return NULL;
}
