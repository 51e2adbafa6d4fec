/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plugin/experts.h"

#include "plugin/mstun.h"

typedef struct expert_row {
    const char *name;
    int group;
    int severity;
    const char *summary;
} expert_row;

/* What the sender did wrong is an error or a warning; what the capture lacks is a note. */
static const expert_row rows[] = {
    [MSTUN_EXPERT_TOO_SHORT] = {"mstun.expert.attribute_too_short", PI_PROTOCOL, PI_WARN,
                                "Attribute is shorter than its specification allows"},
    [MSTUN_EXPERT_TOO_LONG] = {"mstun.expert.attribute_too_long", PI_PROTOCOL, PI_WARN,
                               "Attribute is longer than its specification allows"},
    [MSTUN_EXPERT_OVERRUN] = {"mstun.expert.attribute_overrun", PI_MALFORMED, PI_ERROR,
                              "Attribute runs past the end of the message"},
    [MSTUN_EXPERT_CUT] = {"mstun.expert.attribute_cut", PI_UNDECODED, PI_NOTE,
                          "Attribute was cut by the capture"},
    [MSTUN_EXPERT_AFTER_INTEGRITY] = {"mstun.expert.after_integrity", PI_PROTOCOL, PI_WARN,
                                      "Attribute after MESSAGE-INTEGRITY: receivers ignore it"},
    [MSTUN_EXPERT_AFTER_FINGERPRINT] = {"mstun.expert.after_fingerprint", PI_PROTOCOL, PI_WARN,
                                        "Attribute after FINGERPRINT, which must be the last"},
    [MSTUN_EXPERT_UNKNOWN_REQUIRED] = {"mstun.expert.unknown_required", PI_UNDECODED, PI_WARN,
                                       "Unknown attribute that receivers must understand"},
    [MSTUN_EXPERT_MAGIC_COOKIE] = {"mstun.expert.magic_cookie", PI_PROTOCOL, PI_WARN,
                                   "MAGIC-COOKIE is missing, wrong or not the first attribute"},
    [MSTUN_EXPERT_MESSAGE_LENGTH] = {"mstun.expert.message_length", PI_MALFORMED, PI_ERROR,
                                     "The message's lengths contradict each other"},
    [MSTUN_EXPERT_MESSAGE_CUT] = {"mstun.expert.message_cut", PI_UNDECODED, PI_NOTE,
                                  "Message was cut by the capture"},
    [MSTUN_EXPERT_FINGERPRINT_BAD] = {"mstun.expert.fingerprint_bad", PI_CHECKSUM, PI_WARN,
                                      "FINGERPRINT does not fit the message"},
    [MSTUN_EXPERT_FINGERPRINT_LEGACY] = {"mstun.expert.fingerprint_legacy", PI_CHECKSUM, PI_CHAT,
                                         "FINGERPRINT is valid by the CRC table of Microsoft "
                                         "endpoints, [MS-ICE2] 3.1.4.8.2"},
    [MSTUN_EXPERT_INTEGRITY_FAILED] = {"mstun.expert.integrity_failed", PI_SECURITY, PI_WARN,
                                       "MESSAGE-INTEGRITY does not fit the password"},
    [MSTUN_EXPERT_PATH_REFUSED] = {"mstun.expert.path_refused", PI_RESPONSE_CODE, PI_NOTE,
                                   "Bandwidth policy does not allow this path"},
    [MSTUN_EXPERT_ERROR_RESPONSE] = {"mstun.expert.error_response", PI_RESPONSE_CODE, PI_NOTE,
                                     "Error response"},
};
_Static_assert(sizeof rows / sizeof rows[0] == MSTUN_EXPERT_COUNT, "every expert info has a row");

static expert_field fields[MSTUN_EXPERT_COUNT];

void mstun_experts_register(void) {
    static ei_register_info infos[MSTUN_EXPERT_COUNT];

    for (size_t i = 0; i < MSTUN_EXPERT_COUNT; i++) {
        fields[i] = (expert_field)EI_INIT;
        infos[i].ids = &fields[i];
        infos[i].eiinfo.name = rows[i].name;
        infos[i].eiinfo.group = rows[i].group;
        infos[i].eiinfo.severity = rows[i].severity;
        infos[i].eiinfo.summary = rows[i].summary;
    }
    expert_register_field_array(expert_register_protocol(proto_mstun), infos, MSTUN_EXPERT_COUNT);
}

expert_field *mstun_expert_field(mstun_expert expert) {
    return &fields[expert];
}
