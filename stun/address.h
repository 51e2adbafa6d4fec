/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Transport addresses: what an address attribute carries and what the two ends of a packet have.
 * Knows IPv4, IPv6 and ports; does not know where an address was found. */
#ifndef STUN_ADDRESS_H
#define STUN_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum stun_family {
    STUN_FAMILY_NONE = 0, /* no address: the value of an all-zero structure */
    STUN_FAMILY_IPV4 = 1, /* the numbers are those of the wire, RFC 8489 section 14.1 */
    STUN_FAMILY_IPV6 = 2
} stun_family;

typedef struct stun_address {
    stun_family family;
    uint16_t port;     /* host order */
    uint8_t bytes[16]; /* network order; IPv4 uses the first 4, the others are 0 */
} stun_address;

/* Room for "[2001:db8:...]:65535" and its terminator. */
#define STUN_ADDRESS_TEXT 56

/* ADDRESS is 4 bytes for IPv4 and 16 for IPv6, in network order; port in host order. */
stun_address stun_address_ipv4(const uint8_t address[4], uint16_t port);
stun_address stun_address_ipv6(const uint8_t address[16], uint16_t port);

/* Bytes of the address itself: 4, 16, or 0 for STUN_FAMILY_NONE. */
size_t stun_address_size(const stun_address *address);

bool stun_address_equal(const stun_address *a, const stun_address *b);
bool stun_address_same_host(const stun_address *a, const stun_address *b);
/* Less than, equal to or greater than 0: family, then bytes, then port. */
int stun_address_compare(const stun_address *a, const stun_address *b);

/* Not reachable from the public Internet: RFC 1918, RFC 6598, loopback, link-local (RFC 3927,
 * RFC 4291 section 2.5.6) and unique local addresses (RFC 4193). */
bool stun_address_is_private(const stun_address *address);

/* "1.2.3.4:5" or "[2001:db8::1]:5" (RFC 5952); "" for STUN_FAMILY_NONE. Always terminated. */
void stun_address_format(const stun_address *address, char *out, size_t size);
/* The same without brackets and port. */
void stun_address_format_host(const stun_address *address, char *out, size_t size);

#endif
