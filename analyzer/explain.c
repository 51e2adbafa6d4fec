/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/explain.h"

#include "stun/registry.h"
#include "turn/causes.h"
#include "turn/report/words.h"
#include "turn/report/wrap.h"

#include <string.h>

static char *explain_cause(const turn_cause *cause) {
    GString *out = g_string_new(NULL);
    g_auto(GStrv) remedies = g_strsplit(cause->remedies, "\n", -1);

    g_string_append_printf(out, "%s (%s)\n\n", cause->identifier, turn_level_name(cause->level));
    turn_wrap_append(out, "", cause->title);
    g_string_append_c(out, '\n');
    turn_wrap_append(out, "", cause->explanation);
    g_string_append(out, "\n" TURN_HEADING_REMEDIES "\n");
    for (guint i = 0; remedies[i] != NULL; i++) {
        g_autofree char *first = g_strdup_printf("  %u. ", i + 1);

        turn_wrap_append(out, first, remedies[i]);
    }
    g_string_append(out, "\n" TURN_HEADING_LOOK "\n");
    turn_wrap_append(out, "  ", cause->next);
    return g_string_free(out, FALSE);
}

/* What a code means for a user is the explanation of the cause that reports it. */
static const char *cause_of_code(guint64 code) {
    static const struct {
        guint16 code;
        const char *cause;
    } map[] = {
        {300, "redirected"},
        {401, "credentials-unauthorized"},
        {403, "permission-denied"},
        {430, "nonce-loop"},
        {431, "integrity-check-failed"},
        {437, "allocation-mismatch"},
        {438, "nonce-loop"},
        {440, "transport-unsupported"},
        {441, "wrong-credentials"},
        {442, "transport-unsupported"},
        {443, "transport-unsupported"},
        {446, "peer-connect-failed"},
        {447, "peer-connect-failed"},
        {486, "quota-reached"},
        {508, "capacity-exhausted"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(map); i++) {
        if (map[i].code == code) {
            return map[i].cause;
        }
    }
    return "request-rejected";
}

static char *explain_code(const stun_error_info *error) {
    g_autofree char *cause = explain_cause(turn_cause_lookup(cause_of_code(error->code)));

    return g_strdup_printf("%u %s, %s\n\nIn a report it stands behind this cause:\n\n%s",
                           error->code, error->name, error->specification, cause);
}

static const char *kind_name(stun_kind kind) {
    static const char *const names[STUN_KIND_COUNT] = {
        [STUN_KIND_BYTES] = "opaque bytes",
        [STUN_KIND_TEXT] = "text (UTF-8)",
        [STUN_KIND_FLAG] = "a flag without a value",
        [STUN_KIND_U8] = "an 8-bit number",
        [STUN_KIND_U16] = "a 16-bit number",
        [STUN_KIND_U32] = "a 32-bit number",
        [STUN_KIND_U64] = "a 64-bit number",
        [STUN_KIND_ADDRESS] = "a transport address",
        [STUN_KIND_XOR_ADDRESS] = "a transport address, XORed with cookie and transaction id",
        [STUN_KIND_ERROR] = "error code and reason",
        [STUN_KIND_ADDRESS_ERROR] = "address family, error code and reason",
        [STUN_KIND_TYPE_LIST] = "a list of attribute types",
        [STUN_KIND_ALGORITHM] = "a password algorithm with its parameters",
        [STUN_KIND_ALGORITHMS] = "a list of password algorithms",
        [STUN_KIND_HMAC] = "a keyed hash over the message before it",
        [STUN_KIND_FINGERPRINT] = "a CRC-32 over the message before it",
        [STUN_KIND_CHANNEL] = "a channel number",
        [STUN_KIND_TRANSPORT] = "an IP protocol number",
        [STUN_KIND_FAMILY] = "an address family",
        [STUN_KIND_ICMP] = "ICMP type and code",
        [STUN_KIND_MS_SEQUENCE] = "connection id and sequence number",
        [STUN_KIND_MS_QUALITY] = "stream type and service quality",
        [STUN_KIND_MS_BANDWIDTH] = "four amounts of bandwidth",
        [STUN_KIND_MS_SITE_RESPONSE] = "flags and two amounts of bandwidth",
        [STUN_KIND_MS_LOCATION] = "a location profile",
    };
    return names[kind];
}

static void explain_attribute(GString *out, const stun_attr_info *info) {
    GString *dialects = g_string_new(NULL);

    for (int dialect = 0; dialect < STUN_DIALECT_COUNT; dialect++) {
        if ((info->dialects & (1u << dialect)) != 0) {
            g_string_append_printf(dialects, "%s%s", dialects->len > 0 ? ", " : "",
                                   stun_dialect_name((stun_dialect)dialect));
        }
    }
    g_string_append_printf(out, "0x%04x %s\n", info->code, info->name);
    g_string_append_printf(out, "  value:         %s", kind_name(info->kind));
    if (info->min_length == info->max_length) {
        g_string_append_printf(out, ", %u bytes\n", info->min_length);
    } else {
        g_string_append_printf(out, ", %u to %u bytes\n", info->min_length, info->max_length);
    }
    g_string_append_printf(out, "  comprehension: %s\n",
                           stun_attr_is_required(info->code)
                               ? "required: a server that does not know it answers 420"
                               : "optional: who does not know it ignores it");
    g_string_append_printf(out, "  dialects:      %s\n", dialects->str);
    g_string_append_printf(out, "  specification: %s\n", info->specification);
    g_string_free(dialects, TRUE);
}

static char *explain_attributes(const char *topic, gboolean numeric, guint64 code) {
    gsize count;
    const stun_attr_info *table = stun_attr_table(&count);
    GString *out = g_string_new(NULL);

    for (gsize i = 0; i < count; i++) {
        if (numeric ? table[i].code == code : g_ascii_strcasecmp(table[i].name, topic) == 0) {
            explain_attribute(out, &table[i]);
        }
    }
    return g_string_free(out, out->len == 0);
}

char *explain_topic(const char *topic) {
    g_autofree char *lower = g_ascii_strdown(topic, -1);
    const turn_cause *cause = turn_cause_lookup(lower);
    guint64 number;

    if (cause != NULL) {
        return explain_cause(cause);
    }
    if (g_str_has_prefix(lower, "0x") &&
        g_ascii_string_to_unsigned(lower + 2, 16, 0, 0xffff, &number, NULL)) {
        return explain_attributes(topic, TRUE, number);
    }
    if (g_ascii_string_to_unsigned(lower, 10, 0, 999, &number, NULL)) {
        const stun_error_info *error = stun_error_lookup((guint16)number);

        return error != NULL ? explain_code(error) : NULL;
    }
    return explain_attributes(topic, FALSE, 0);
}

char *explain_list(void) {
    gsize count;
    const turn_cause *causes = turn_cause_table(&count);
    GString *out = g_string_new(NULL);

    for (gsize i = 0; i < count; i++) {
        g_autofree char *first =
            g_strdup_printf("%-28s %-13s ", causes[i].identifier, turn_level_name(causes[i].level));

        turn_wrap_append(out, first, causes[i].title);
    }
    return g_string_free(out, FALSE);
}
