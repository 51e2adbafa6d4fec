/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The rules of causes.def, one for each row, and what they share. */
#ifndef TURN_RULES_H
#define TURN_RULES_H

#include "turn/findings.h"

#define TURN_CAUSE(ident, identifier, level, rule, title, explanation, remedies, next)             \
    gboolean rule_##rule(const turn_scene *scene, turn_finding *finding);
#include "turn/causes.def"
#undef TURN_CAUSE

#define TURN_SECOND G_GINT64_CONSTANT(1000000000)
/* CMS waits this long for a relay candidate. */
#define TURN_ALLOCATE_PATIENCE (3 * TURN_SECOND)
/* A check or a media packet that is not answered after this long will not be: ICE retransmits a
 * check seven times within less than this at its usual timer, RFC 8445 section 14.3. */
#define TURN_PEER_PATIENCE (5 * TURN_SECOND)
/* RTCP goes out every 5 s, give or take a half, even where nothing else does; RFC 3550 section 6.2.
 * So long after the end of the checks there is something to see. */
#define TURN_MEDIA_PATIENCE (15 * TURN_SECOND)
/* RFC 6062 section 5.3. */
#define TURN_BIND_PATIENCE (30 * TURN_SECOND)
/* A second try belongs to the same attempt when it begins within this time of the failure. */
#define TURN_SAME_ATTEMPT (30 * TURN_SECOND)
/* A single packet without an answer is no stream. */
#define TURN_STREAM_PACKETS 10u

/* What the client sent proves answers that are not in the capture, or the other way round. */
gboolean turn_one_direction_only(const turn_session *session);
/* Whether there is a session, seen from both sides: what is missing in it is missing on the wire.
 */
gboolean turn_can_judge(const turn_session *session);
/* Whether the capture has every byte of the session's TCP connections, and of relayed packets
 * enough to tell what they are: what it does not show of an incomplete one may have been in the
 * bytes that are missing. */
gboolean turn_is_complete(const turn_session *session);
/* Whether two peers are one: candidates of one ICE session, or of one host where the capture does
 * not show the ICE session of both. */
gboolean turn_same_place(const turn_peer *a, const turn_peer *b);
/* Whether PEER, or another candidate of the same place, was reached. */
gboolean turn_host_works(const turn_session *session, const turn_peer *peer);
/* Whether the finding has evidence. What fails with one peer while another one works is a fault,
 * but not the end of the call: its level is degraded then. */
gboolean turn_found_beside(const turn_session *session, turn_finding *finding);
/* Whether the capture ran without a pause from one to the other: a file that is missing between two
 * rotated ones may hold anything. */
gboolean turn_watched(const turn_model *model, const turn_seen *from, const turn_seen *to);
/* Nanoseconds from SEEN to the last packet of the capture. */
gint64 turn_observed_since(const turn_model *model, const turn_seen *seen);
/* A later success of the same method: the client got over the error. */
gboolean turn_recovered(const turn_session *session, const turn_rejection *rejection);
/* The hosts of both without their ports, as a key of turn_flow_hash() and turn_flow_equal(). */
turn_flow turn_hosts(const stun_address *a, const stun_address *b);
/* Whether a pair without the relay works around the time of the session, at one of whose ends is
 * the client, or who sent to its relayed address. */
gboolean turn_works_without_relay(const turn_scene *scene);
/* Whether one end of the pair has a TURN session at that time which cannot be read: the call may go
 * through it, and then the pairs in sight only lost the race. */
gboolean turn_pair_may_be_relayed_unseen(const turn_scene *scene, const turn_pair *pair);
/* Whether the same agent gets through to another one at that time: of several far ends that were
 * called, not all need to answer. */
gboolean turn_pair_works_with_another(const turn_scene *scene, const turn_pair *pair);
/* Whether the path, or another one of the same ICE session, works. */
gboolean turn_ice_works(const turn_scene *scene, const turn_path *path);
/* "10.1.2.3:5 to 10.1.2.4:3478"; owned by the caller. */
char *turn_ends(const stun_address *from, const stun_address *to);
/* "10.1.2.4:5000", or that it is not known; owned by the caller. */
char *turn_peer_text(const turn_peer *peer);
/* Adds to LINES (of char) why the passwords given prove nothing of some users. */
void turn_password_unknowns(const turn_model *model, GPtrArray *lines);

#endif
