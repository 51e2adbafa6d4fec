/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Messages with a MESSAGE-INTEGRITY that is right, made without anything of what is tested, and the
 * passwords that a scene's tracker is given. */
#ifndef TEST_SUPPORT_SIGNING_H
#define TEST_SUPPORT_SIGNING_H

#include "support/scene.h"

/* Gives the tracker of S a password of USER; REALM NULL: any. */
void scene_give(scene *s, const char *user, const char *realm, const char *password);
void scene_give_ice(scene *s, const char *fragment, const char *password);

/* MESSAGE (build.h) with MESSAGE-INTEGRITY behind it: the key is the MD5 of LONG_TERM,
 * "user:realm:password", as in RFC 8489 section 9.2.2, or SHORT_TERM itself. */
message signed_message(const char *text, const char *long_term);
message signed_check(const char *text, const char *short_term);

/* Feeds such a message in a datagram; KEY NULL: it is not signed. Returns the frame. */
guint32 feed_signed(scene *s, gint64 ms, const char *from, const char *to, const char *text,
                    const char *key);

#endif
