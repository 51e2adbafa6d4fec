/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stun/registry.h"

static const stun_attr_info registry[] = {
#define STUN_ATTRIBUTE(ident, code_, name_, kind_, min, max, dialects_, specification_)            \
    {.name = (name_),                                                                              \
     .specification = (specification_),                                                            \
     .kind = STUN_KIND_##kind_,                                                                    \
     .code = (code_),                                                                              \
     .min_length = (min),                                                                          \
     .max_length = (max),                                                                          \
     .dialects = (dialects_)},
#include "stun/attributes.def"
#undef STUN_ATTRIBUTE
};

#define REGISTRY_ROWS (sizeof registry / sizeof registry[0])

/* The first row whose code is not below CODE. */
static size_t lower_bound(uint16_t code) {
    size_t low = 0;
    size_t high = REGISTRY_ROWS;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (registry[middle].code < code) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

const stun_attr_info *stun_attr_lookup(uint16_t code, stun_dialect dialect) {
    unsigned bit = 1u << dialect;
    for (size_t row = lower_bound(code); row < REGISTRY_ROWS && registry[row].code == code; row++) {
        if ((registry[row].dialects & bit) != 0) {
            return &registry[row];
        }
    }
    return NULL;
}

const stun_attr_info *stun_attr_table(size_t *count) {
    *count = REGISTRY_ROWS;
    return registry;
}

bool stun_attr_is_required(uint16_t code) {
    return code < 0x8000;
}
