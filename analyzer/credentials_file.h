/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A file of credentials: an entry for each user. Blanks around names and values do not count;
 * values are taken as they are, without quotes or escapes. A password that begins or ends with a
 * blank needs a file of its own (passwords.h). # Lines that begin with # or ; are comments. [any
 * name] user = turnuser realm = TANDBERG      may be left out: any password = secret     may be
 * there several times: the first password given, the second, ... [an agent of ICE] ice-ufrag = abcd
 *     ice-pwd = secret
 */
#ifndef ANALYZER_CREDENTIALS_FILE_H
#define ANALYZER_CREDENTIALS_FILE_H

#include "turn/credentials.h"

#define CREDENTIALS_FILE_MAX (64u << 10) /* bytes */

/* Adds what FILE holds to CREDENTIALS. FALSE with an error that says which line and what to do, but
 * never what stands there; some of the entries may have been added then. */
gboolean credentials_file_read(const char *file, turn_credentials *credentials, GError **error);

#endif
