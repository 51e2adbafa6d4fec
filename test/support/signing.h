/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Scenes with signed messages, and the passwords that their tracker is given. */
#ifndef TEST_SUPPORT_SIGNING_H
#define TEST_SUPPORT_SIGNING_H

#include "support/scene.h"
#include "support/signed.h"

/* Gives the tracker of S a password of USER; REALM NULL: any. */
void scene_give(scene *s, const char *user, const char *realm, const char *password);
void scene_give_ice(scene *s, const char *fragment, const char *password);

/* Feeds the message TEXT (build.h), signed with the MD5 of KEY (signed.h), in a datagram; KEY NULL:
 * it is not signed. Returns the frame. */
guint32 feed_signed(scene *s, gint64 ms, const char *from, const char *to, const char *text,
                    const char *key);

#endif
