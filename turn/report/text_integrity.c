/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn/report/text_private.h"
#include "turn/report/wrap.h"

static void one_line(text_writer *writer, const char *title, const turn_integrity *of) {
    g_autofree char *words = turn_words_integrity(of);

    if (words != NULL) {
        g_autofree char *whole = g_strconcat(title, words, NULL);

        turn_wrap_append(writer->out, "     ", whole);
    }
}

void text_integrity(text_writer *writer, const turn_session *session) {
    const turn_integrity checks = turn_words_checks_integrity(session);

    one_line(writer, "Integrity: ", &session->integrity);
    one_line(writer, "Integrity of the checks: ", &checks);
}
