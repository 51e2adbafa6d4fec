/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Where the plugin's passwords come from: the table "Credentials" in the preferences of mstun, and
 * the session descriptions (SDP) of the capture. On the command line a row of the table is
 *     -o 'uat:mstun_credentials:"user","realm","password"'
 * An empty realm stands for any. In the fields a quote is written \x22 and a backslash \x5c, as in
 * every such table of Wireshark. SDP is seen wherever Wireshark finds it by its media type: SIP,
 * HTTP, RTSP and MIME, but not where a protocol carries it without one (SAP, MGCP, Megaco). */
#ifndef MSTUN_SECRETS_H
#define MSTUN_SECRETS_H

#include "plugin/ws_compat.h"

#include "turn/credentials.h"

#include <epan/prefs.h>

/* Adds the table to PREFERENCES. Once, when the protocol is registered. */
void mstun_secrets_register(module_t *preferences);

/* A capture is opened: the passwords are those of the table, and what SDP brings is added to them
 * as its frames are dissected for the first time. For an init routine, since the first call puts
 * itself in front of the SDP dissector and so must come after all hand-offs. */
void mstun_secrets_begin(void);

/* The capture is closed: all passwords are let go. Without a capture nothing happens. */
void mstun_secrets_end(void);

/* Of the capture that is open; NULL when there is none. Owned by this module. */
turn_credentials *mstun_secrets(void);

#endif
