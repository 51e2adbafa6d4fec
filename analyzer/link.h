/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * From a captured frame to the IP packet in it. Knows Ethernet with VLAN tags, Linux "any" (SLL and
 * SLL2), raw IP and BSD loopback; everything else in a frame is of no concern here. */
#ifndef ANALYZER_LINK_H
#define ANALYZER_LINK_H

#include <glib.h>

/* Whether LINK_TYPE, a DLT_... of libpcap, can be read at all. */
gboolean link_is_known(int link_type);

/* Offset of the IP header in the frame of which CAPTURED bytes are there; 0 with *FOUND FALSE when
 * there is no IP in it, or the capture ends before that can be told. */
gsize link_find_ip(int link_type, const guint8 *bytes, gsize captured, gboolean *found);

#endif
