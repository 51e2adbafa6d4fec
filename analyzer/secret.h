/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Text that nobody else is to see: read without the buffers of the C library, which would keep it,
 * and overwritten when it is let go. */
#ifndef ANALYZER_SECRET_H
#define ANALYZER_SECRET_H

#include <glib.h>

typedef char secret;

/* The whole of FILE, which may be a pipe. At most LIMIT bytes, and no zero among them. Owned by the
 * caller; NULL with an error that names the file and says nothing of what is in it. */
secret *secret_read(const char *file, gsize limit, GError **error);

/* TEXT without the byte order mark that editors put in front of UTF-8. Borrowed. */
const char *secret_text(const secret *text);

/* Asks at the terminal of this process, without showing what is typed. Owned by the caller; NULL
 * with an error when there is no terminal, or the answer is empty, too long or cut off. A signal
 * that would end or stop the program does so after the terminal shows again what is typed. */
secret *secret_ask(const char *question, GError **error);

/* NULL is allowed. */
void secret_free(secret *text);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(secret, secret_free)

#endif
