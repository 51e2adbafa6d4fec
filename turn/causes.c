/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/causes.h"

#include "turn/rules.h"

static const turn_cause table[] = {
#define TURN_CAUSE(ident, identifier, level, rule, title, explanation, remedies, next)             \
    {identifier, TURN_LEVEL_##level, rule_##rule, title, explanation, remedies, next},
#include "turn/causes.def"
#undef TURN_CAUSE
};

const char *turn_level_name(turn_level level) {
    static const char *const names[] = {[TURN_LEVEL_FAILED] = "failed",
                                        [TURN_LEVEL_DEGRADED] = "degraded",
                                        [TURN_LEVEL_INCONCLUSIVE] = "inconclusive",
                                        [TURN_LEVEL_HEALTHY] = "healthy"};
    return names[level];
}

const turn_cause *turn_cause_table(gsize *count) {
    *count = G_N_ELEMENTS(table);
    return table;
}

const turn_cause *turn_cause_lookup(const char *identifier) {
    for (gsize i = 0; i < G_N_ELEMENTS(table); i++) {
        if (g_str_equal(table[i].identifier, identifier)) {
            return &table[i];
        }
    }
    return NULL;
}
