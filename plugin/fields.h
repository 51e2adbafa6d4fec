/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The fields of attributes, made from stun/attributes.def: what parts a kind of value has, and what
 * the display filter calls them. Nothing here reads a message. */
#ifndef MSTUN_FIELDS_H
#define MSTUN_FIELDS_H

#include "plugin/ws_compat.h"

#include "stun/registry.h"

/* The parts of each kind that has more than its own field, in the order of the tables. */
enum { MSTUN_ADDRESS_IP, MSTUN_ADDRESS_IP6, MSTUN_ADDRESS_PORT, MSTUN_ADDRESS_FAMILY };
enum { MSTUN_ERROR_CODE, MSTUN_ERROR_REASON, MSTUN_ERROR_FAMILY };
enum { MSTUN_ALGORITHM_NUMBER, MSTUN_ALGORITHM_PARAMETERS };
enum { MSTUN_ICMP_TYPE, MSTUN_ICMP_CODE, MSTUN_ICMP_DATA };
enum { MSTUN_SEQUENCE_CONNECTION, MSTUN_SEQUENCE_NUMBER };
enum { MSTUN_QUALITY_STREAM, MSTUN_QUALITY_QUALITY };
enum { MSTUN_MIN_SEND, MSTUN_MAX_SEND, MSTUN_MIN_RECEIVE, MSTUN_MAX_RECEIVE };
enum { MSTUN_SITE_VALID, MSTUN_SITE_PSTN, MSTUN_SITE_SEND, MSTUN_SITE_RECEIVE };
enum { MSTUN_LOCATION_PEER, MSTUN_LOCATION_SELF, MSTUN_LOCATION_FEDERATION };

/* Registers the fields of every row of the registry with PROTO_MSTUN. Rows of one name and kind
 * share theirs. */
void mstun_fields_register(void);

/* The field of PART of the attribute INFO; 0 for the attribute's own, where it has but one. */
int mstun_field(const stun_attr_info *info, size_t part);

/* What the numbers of PART stand for, NULL when they are amounts. */
const value_string *mstun_field_strings(const stun_attr_info *info, size_t part);

/* "seconds", or NULL. */
const char *mstun_field_unit(const stun_attr_info *info);
/* Whether engineers write the attribute's number in hexadecimal. */
bool mstun_field_is_hex(const stun_attr_info *info);

#endif
