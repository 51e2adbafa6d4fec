/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The entry points that Wireshark looks for. Nothing else of the plugin can be seen from outside.
 */
#include "plugin/display.h"
#include "plugin/findings.h"
#include "plugin/message.h"
#include "plugin/place.h"
#include "plugin/secrets.h"
#include "plugin/state.h"
#include "plugin/statistics.h"
#include "plugin/transport.h"

#include <epan/prefs.h>

#define EXPORTED __attribute__((visibility("default")))

int proto_mstun = -1;

EXPORTED extern const char plugin_version[];
EXPORTED extern const int plugin_want_major;
EXPORTED extern const int plugin_want_minor;

const char plugin_version[] = MSTUN_VERSION;
const int plugin_want_major = WIRESHARK_VERSION_MAJOR;
const int plugin_want_minor = WIRESHARK_VERSION_MINOR;

EXPORTED void plugin_register(void);
EXPORTED uint32_t plugin_describe(void);

static void register_protocols(void) {
    module_t *preferences;

    proto_mstun = proto_register_protocol("STUN and TURN diagnosis", "MSTUN", "mstun");
    preferences = prefs_register_protocol(proto_mstun, NULL);
    mstun_message_register();
    mstun_place_register();
    mstun_display_register();
    mstun_findings_register();
    mstun_secrets_register(preferences);
    mstun_state_register(preferences);
    mstun_statistics_register();
}

static void hand_off(void) {
    mstun_display_hand_off();
    mstun_transport_hand_off();
}

void plugin_register(void) {
    static proto_plugin mstun = {.register_protoinfo = register_protocols,
                                 .register_handoff = hand_off};

    proto_register_plugin(&mstun);
}

uint32_t plugin_describe(void) {
    return WS_PLUGIN_DESC_DISSECTOR;
}
