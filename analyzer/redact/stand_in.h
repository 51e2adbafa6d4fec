/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What stands for an address or a name that may not leave: made from the original and a key, so
 * that the same original has the same stand-in wherever it is met, also by somebody else who has
 * the key, and nobody without the key comes back from one to the other. Knows addresses, hardware
 * addresses, texts and bytes; does not know where in a packet they stand.
 *
 * What stays of an address: its family; the kind of network it is from, private or public; which
 * addresses share a subnet (/24 of IPv4, but 169.254/16 is one; /64 of IPv6); .0 and .255. Greater
 * networks than that, the vendor of a hardware address and what an IPv6 address tells of a hardware
 * address are lost.
 *
 *     10/8              10/8              fc00::/7   fd00::/8
 *     172.16/12         172.16/12         fe80::/10  fe80::/10
 *     192.168/16        192.168/16        public     2001:db8::/32
 *     100.64/10         100.64/10
 *     169.254/16        169.254/16
 *     127/8             127/8
 *     public            240/4 (nobody's)
 *
 * 127.0.0.1, ::1, unspecified, broadcast and multicast addresses stay what they are, other loopback
 * addresses become others; but solicited-node groups get the stand-in of the 24 bits that they have
 * from an address, and groups made from a network's prefix or number get another one. ::ffff:0:0/96
 * and 64:ff9b::/96 stay with the stand-in of the IPv4 address inside. Nothing else is its own
 * stand-in, but for the first and the last address of 127.0.0/24 and 169.254/16.
 *
 * The ranges of IPv4 that stay take each other's subnets in an order that the key gives, so that no
 * two have the same. Elsewhere different originals have different stand-ins as long as both are
 * remembered; where the key makes the same of two, the one that came later gets another one, and
 * only there the order of the packets matters. Of 1,000 public subnets of IPv4 a pair is such a one
 * in 38 of 100 captures (499,500 pairs, 2^20 places), of IPv6 in one of 8,600 (2^32 places), and of
 * 1,000 texts of four characters in 26 of 100 (36^4 places). */
#ifndef ANALYZER_REDACT_STAND_IN_H
#define ANALYZER_REDACT_STAND_IN_H

#include "stun/address.h"
#include <glib.h>

/* How many originals are remembered: addresses (and as many public subnets), hardware addresses,
 * texts. Later ones get stand-ins from the key alone, which two of them may have in common, and
 * stand in no table. */
#define STAND_IN_MAX_ADDRESSES 65536u
#define STAND_IN_MAX_HARDWARE  65536u
#define STAND_IN_MAX_TEXTS     65536u

typedef enum stand_in_kind {
    STAND_IN_USER,     /* a user name, or a part of one */
    STAND_IN_FRAGMENT, /* an ICE user name fragment */
    STAND_IN_REALM,
    STAND_IN_NONCE,
    STAND_IN_SOFTWARE,
    STAND_IN_HOST, /* a host or domain name */
    STAND_IN_TEXT, /* any other text */
    STAND_IN_KINDS
} stand_in_kind;

typedef struct stand_ins stand_ins;

/* KEY is copied. Owned by the caller. */
stand_ins *stand_ins_new(const guint8 *key, gsize length);
void stand_ins_free(stand_ins *self); /* NULL is allowed */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(stand_ins, stand_ins_free)

/* In place; the port stays. */
void stand_ins_address(stand_ins *self, stun_address *address);

/* The same for an address that somebody wrote where it may mean another one, as it does where XOR
 * was forgotten: a whole range of addresses never stays. Multicast addresses become others. */
void stand_ins_told_address(stand_ins *self, stun_address *address);

/* In place; a group address becomes another one, and that of all zeros stays. */
void stand_ins_hardware(stand_ins *self, guint8 mac[6]);

/* In place: as many printable ASCII characters, "anon-" in front where there is room. Made from the
 * text alone: KIND is but a word in the table. Each part between colons has a stand-in of its own,
 * as those of "a:b" change places in the other direction of an ICE session and "1234:alice" is a
 * user's name for some hours. */
void stand_ins_text(stand_ins *self, stand_in_kind kind, guint8 *text, gsize length);

/* In place: bytes that look random, the same for the same. They are not remembered and stand in no
 * table: for what identifies something and has no name, as hashes and tickets. */
void stand_ins_bytes(stand_ins *self, guint8 *bytes, gsize length);

/* SIZE bytes of the same sort made from the LENGTH bytes at BYTES. */
void stand_ins_digest(const stand_ins *self, const guint8 *bytes, gsize length, guint8 *out,
                      gsize size);

/* Remembers that TYPE, of an attribute, stands in the output, and whether it does. */
void stand_ins_note_type(stand_ins *self, guint16 type);
gboolean stand_ins_has_type(const stand_ins *self, guint16 type);

/* How often an original was met that is not remembered, because too many are. */
guint64 stand_ins_not_remembered(const stand_ins *self);

/* The way back: a line "kind TAB original TAB stand-in" for each original that is remembered, and
 * for each kind that a text was met as, in the order of kind and original, below a line of
 * headings. Originals are made harmless as in turn_printable_cell(). Owned by the caller. */
char *stand_ins_table(const stand_ins *self);

#endif
