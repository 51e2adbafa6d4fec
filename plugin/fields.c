/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plugin/fields.h"

#include "plugin/mstun.h"

#include <string.h>

#define PARTS_MAX 4
#define ROWS(t)   (sizeof(t) / sizeof((t)[0]))

/* A part without a suffix is the attribute's own field and has the attribute's name. */
typedef struct part {
    const char *suffix;
    const char *label;
    enum ftenum type;
    int display;
    const value_string *strings;
} part;

static const value_string families[] = {{1, "IPv4"}, {2, "IPv6"}, {0, NULL}};
static const value_string transports[] = {{6, "TCP"}, {17, "UDP"}, {0, NULL}};
static const value_string algorithms[] = {{1, "MD5"}, {2, "SHA-256"}, {0, NULL}};
static const value_string streams[] = {
    {1, "audio"}, {2, "video"}, {3, "supplemental video"}, {4, "data"}, {0, NULL}};
static const value_string qualities[] = {{0, "best effort"}, {1, "reliable"}, {0, NULL}};
static const value_string locations[] = {
    {0, "unknown"}, {1, "internet"}, {2, "intranet"}, {0, NULL}};
static const value_string federations[] = {
    {0, "none"}, {1, "enterprise"}, {2, "public cloud"}, {0, NULL}};

#define OWN(ft, display)                                                                           \
    {                                                                                              \
        { "", NULL, (ft), (display), NULL }                                                        \
    }
#define NAMED(ft, display, strings_)                                                               \
    {                                                                                              \
        { "", NULL, (ft), (display), (strings_) }                                                  \
    }
#define ADDRESS_PARTS                                                                              \
    {                                                                                              \
        {".ip", "IPv4 address", FT_IPv4, BASE_NONE, NULL},                                         \
            {".ip6", "IPv6 address", FT_IPv6, BASE_NONE, NULL},                                    \
            {".port", "Port", FT_UINT16, BASE_DEC, NULL}, {                                        \
            ".family", "Family", FT_UINT8, BASE_DEC, families                                      \
        }                                                                                          \
    }
#define ERROR_PARTS                                                                                \
    {".code", "Code", FT_UINT16, BASE_DEC, NULL}, {                                                \
        ".reason", "Reason", FT_STRING, BASE_NONE, NULL                                            \
    }
#define ALGORITHM_PARTS                                                                            \
    {                                                                                              \
        {".algorithm", "Algorithm", FT_UINT16, BASE_DEC, algorithms}, {                            \
            ".parameters", "Parameters", FT_BYTES, BASE_NONE, NULL                                 \
        }                                                                                          \
    }

static const part parts[STUN_KIND_COUNT][PARTS_MAX] = {
    [STUN_KIND_BYTES] = OWN(FT_BYTES, BASE_NONE),
    [STUN_KIND_TEXT] = OWN(FT_STRING, BASE_NONE),
    [STUN_KIND_FLAG] = OWN(FT_NONE, BASE_NONE),
    [STUN_KIND_U8] = OWN(FT_UINT8, BASE_DEC),
    [STUN_KIND_U16] = OWN(FT_UINT16, BASE_DEC),
    [STUN_KIND_U32] = OWN(FT_UINT32, BASE_DEC),
    [STUN_KIND_U64] = OWN(FT_UINT64, BASE_HEX),
    [STUN_KIND_ADDRESS] = ADDRESS_PARTS,
    [STUN_KIND_XOR_ADDRESS] = ADDRESS_PARTS,
    [STUN_KIND_ERROR] = {ERROR_PARTS},
    [STUN_KIND_ADDRESS_ERROR] = {ERROR_PARTS, {".family", "Family", FT_UINT8, BASE_DEC, families}},
    [STUN_KIND_TYPE_LIST] = OWN(FT_UINT16, BASE_HEX),
    [STUN_KIND_ALGORITHM] = ALGORITHM_PARTS,
    [STUN_KIND_ALGORITHMS] = ALGORITHM_PARTS,
    [STUN_KIND_HMAC] = OWN(FT_BYTES, BASE_NONE),
    [STUN_KIND_FINGERPRINT] = {{".crc", "CRC-32", FT_UINT32, BASE_HEX, NULL}},
    [STUN_KIND_CHANNEL] = OWN(FT_UINT16, BASE_HEX),
    [STUN_KIND_TRANSPORT] = NAMED(FT_UINT8, BASE_DEC, transports),
    [STUN_KIND_FAMILY] = NAMED(FT_UINT8, BASE_DEC, families),
    [STUN_KIND_ICMP] = {{".type", "Type", FT_UINT8, BASE_DEC, NULL},
                        {".code", "Code", FT_UINT8, BASE_DEC, NULL},
                        {".data", "Data", FT_UINT32, BASE_HEX, NULL}},
    [STUN_KIND_MS_SEQUENCE] = {{".connection_id", "Connection ID", FT_BYTES, BASE_NONE, NULL},
                               {".sequence_number", "Sequence number", FT_UINT32, BASE_DEC, NULL}},
    [STUN_KIND_MS_QUALITY] = {{".stream", "Stream", FT_UINT16, BASE_DEC, streams},
                              {".quality", "Quality", FT_UINT16, BASE_DEC, qualities}},
    [STUN_KIND_MS_BANDWIDTH] = {{".min_send", "Minimum send (kbit/s)", FT_UINT32, BASE_DEC, NULL},
                                {".max_send", "Maximum send (kbit/s)", FT_UINT32, BASE_DEC, NULL},
                                {".min_receive", "Minimum receive (kbit/s)", FT_UINT32, BASE_DEC,
                                 NULL},
                                {".max_receive", "Maximum receive (kbit/s)", FT_UINT32, BASE_DEC,
                                 NULL}},
    [STUN_KIND_MS_SITE_RESPONSE] =
        {{".valid", "Valid", FT_BOOLEAN, BASE_NONE, NULL},
         {".pstn_failover", "PSTN failover", FT_BOOLEAN, BASE_NONE, NULL},
         {".max_send", "Maximum send (kbit/s)", FT_UINT32, BASE_DEC, NULL},
         {".max_receive", "Maximum receive (kbit/s)", FT_UINT32, BASE_DEC, NULL}},
    [STUN_KIND_MS_LOCATION] = {{".peer", "Peer", FT_UINT8, BASE_DEC, locations},
                               {".self", "Self", FT_UINT8, BASE_DEC, locations},
                               {".federation", "Federation", FT_UINT8, BASE_DEC, federations}},
};

static const value_string change_requests[] = {{0, "change nothing"},
                                               {2, "change the port"},
                                               {4, "change the address"},
                                               {6, "change address and port"},
                                               {0, NULL}};
static const value_string even_ports[] = {
    {0x00, "even port"}, {0x80, "even port, reserve the next one"}, {0, NULL}};
static const value_string magic_cookies[] = {{STUN_MS_COOKIE, "MS-TURN"}, {0, NULL}};
static const value_string ms_versions[] = {{1, "ICE"},
                                           {2, "MS-ICE2"},
                                           {3, "MS-ICE2 with HMAC-SHA256"},
                                           {4, "MS-ICE2 with HMAC-SHA256 and IPv6"},
                                           {5, "multiplexed TURN over UDP"},
                                           {6, "multiplexed TURN over UDP and TCP"},
                                           {0, NULL}};
static const value_string admission_messages[] = {
    {0, "Reservation Check"}, {1, "Reservation Commit"}, {2, "Reservation Update"}, {0, NULL}};
static const value_string implementations[] = {{0, "legacy formats only"},
                                               {1, "legacy formats only"},
                                               {2, "legacy formats only"},
                                               {3, "accepts the formats of RFC 5389"},
                                               {4, "accepts the formats of RFC 5389"},
                                               {0, NULL}};

/* What the registry does not say about the number of an attribute. */
typedef struct trait {
    uint16_t code;
    bool hex;
    const char *unit;
    const value_string *strings;
} trait;

static const trait traits[] = {
    {STUN_ATTR_CHANGE_REQUEST, true, NULL, change_requests},
    {STUN_ATTR_LIFETIME, false, "seconds", NULL},
    {STUN_ATTR_MAGIC_COOKIE, true, NULL, magic_cookies},
    {STUN_ATTR_BANDWIDTH, false, "kbit/s", NULL},
    {STUN_ATTR_EVEN_PORT, true, NULL, even_ports},
    {STUN_ATTR_CONNECTION_ID, true, NULL, NULL},
    {STUN_ATTR_MS_VERSION, false, NULL, ms_versions},
    {STUN_ATTR_CACHE_TIMEOUT, false, "seconds", NULL},
    {STUN_ATTR_ECN_CHECK, true, NULL, NULL},
    {STUN_ATTR_MS_APP_ID, true, NULL, NULL},
    {STUN_ATTR_BANDWIDTH_ADMISSION_CONTROL, false, NULL, admission_messages},
    {STUN_ATTR_IMPLEMENTATION_VERSION, false, NULL, implementations},
    {STUN_ATTR_GOOG_NETWORK_INFO, true, NULL, NULL},
};

static const trait *find_trait(const stun_attr_info *info) {
    for (size_t i = 0; i < ROWS(traits); i++) {
        if (traits[i].code == info->code) {
            return &traits[i];
        }
    }
    return NULL;
}

enum {
#define STUN_ATTRIBUTE(ident, code, name, kind, min, max, dialects, specification) ROW_##ident,
#include "stun/attributes.def"
#undef STUN_ATTRIBUTE
    REGISTRY_ROWS
};

static int fields[REGISTRY_ROWS][PARTS_MAX];
static size_t owners[REGISTRY_ROWS];

static size_t row_of(const stun_attr_info *info) {
    size_t count = 0;

    return (size_t)(info - stun_attr_table(&count));
}

/* The first row with the same name and the same layout: it has the fields. */
static size_t find_owner(size_t row) {
    size_t count = 0;
    const stun_attr_info *table = stun_attr_table(&count);
    size_t owner = 0;

    while (table[owner].kind != table[row].kind ||
           strcmp(table[owner].name, table[row].name) != 0) {
        owner++;
    }
    return owner;
}

/* A display filter name has one type, and USERNAME is text in some dialects and bytes in another.
 */
static bool is_text_elsewhere(const stun_attr_info *info) {
    size_t count = 0;
    const stun_attr_info *table = stun_attr_table(&count);

    for (size_t i = 0; i < count && info->kind == STUN_KIND_BYTES; i++) {
        if (table[i].kind == STUN_KIND_TEXT && strcmp(table[i].name, info->name) == 0) {
            return true;
        }
    }
    return false;
}

static const char *filter_name(const stun_attr_info *info, const part *which) {
    const char *suffix = is_text_elsewhere(info) ? ".bytes" : which->suffix;
    char *name = wmem_strdup(wmem_epan_scope(), info->name);

    for (char *at = name; *at != '\0'; at++) {
        *at = g_ascii_tolower(*at);
        if (*at == '-') {
            *at = '_';
        }
    }
    return wmem_strdup_printf(wmem_epan_scope(), "mstun.%s%s", name, suffix);
}

static hf_register_info make_field(const stun_attr_info *info, size_t index) {
    const part *which = &parts[info->kind][index];
    const value_string *strings = mstun_field_strings(info, index);
    hf_register_info made = {.p_id = &fields[row_of(info)][index]};

    made.hfinfo.name = which->label != NULL ? which->label : info->name;
    made.hfinfo.abbrev = filter_name(info, which);
    made.hfinfo.type = which->type;
    made.hfinfo.display =
        which->display == BASE_DEC && mstun_field_is_hex(info) ? BASE_HEX : which->display;
    made.hfinfo.strings = strings != NULL ? VALS(strings) : NULL;
    made.hfinfo.blurb = info->specification;
    /* What HFILL stands for. */
    made.hfinfo.id = -1;
    made.hfinfo.ref_type = HF_REF_TYPE_NONE;
    made.hfinfo.same_name_prev_id = -1;
    return made;
}

void mstun_fields_register(void) {
    static hf_register_info infos[REGISTRY_ROWS * PARTS_MAX];
    size_t rows = 0;
    const stun_attr_info *table = stun_attr_table(&rows);
    int made = 0;

    for (size_t row = 0; row < rows; row++) {
        owners[row] = find_owner(row);
        for (size_t i = 0; owners[row] == row && i < PARTS_MAX; i++) {
            if (parts[table[row].kind][i].suffix != NULL) {
                infos[made++] = make_field(&table[row], i);
            }
        }
    }
    proto_register_field_array(proto_mstun, infos, made);
}

int mstun_field(const stun_attr_info *info, size_t part_index) {
    return fields[owners[row_of(info)]][part_index];
}

const value_string *mstun_field_strings(const stun_attr_info *info, size_t part_index) {
    const part *which = &parts[info->kind][part_index];
    const trait *found = find_trait(info);

    return which->strings == NULL && found != NULL ? found->strings : which->strings;
}

const char *mstun_field_unit(const stun_attr_info *info) {
    const trait *found = find_trait(info);

    return found != NULL ? found->unit : NULL;
}

bool mstun_field_is_hex(const stun_attr_info *info) {
    const trait *found = find_trait(info);

    return parts[info->kind][0].display == BASE_HEX || (found != NULL && found->hex);
}
