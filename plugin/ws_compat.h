/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Every difference between the versions of Wireshark that the plugin is built for. No other file
 * tests a version. Includes what all of them need, in the order that all of them accept. */
#ifndef MSTUN_WS_COMPAT_H
#define MSTUN_WS_COMPAT_H

#include <glib.h>
#include <wireshark.h>
#include <ws_version.h>

#include <epan/packet.h>
#include <epan/wmem_scopes.h>

#define WS_AT_LEAST(major, minor)                                                                  \
    (WIRESHARK_VERSION_MAJOR * 1000 + WIRESHARK_VERSION_MINOR >= (major)*1000 + (minor))

/* What heuristic dissectors return, and what switches are given as. */
#if WS_AT_LEAST(4, 4)
typedef bool ws_bool;
#else
typedef gboolean ws_bool;
#endif

/* What the function returns that begins a statistic, and how it says whether it could. */
#if WS_AT_LEAST(4, 6)
typedef bool ws_tap_begun;
#define WS_RETURN_TAP_BEGUN(success) return (success)
#else
typedef void ws_tap_begun;
#define WS_RETURN_TAP_BEGUN(success) (void)(success)
#endif

/* Before 4.4 a plugin does not say what it is; Debian 12 does not ship the header. */
#if __has_include(<wsutil/plugins.h>)
#include <wsutil/plugins.h>
#endif
#ifndef WS_PLUGIN_DESC_DISSECTOR
#define WS_PLUGIN_DESC_DISSECTOR (1u << 0)
#endif

/* At 0, versions before 4.4 take a subtree for one that is registered already. */
#define WS_ETT_INIT (-1)

#endif
