/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/output.h"

#include "turn/report/wrap.h"

#include <errno.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

gboolean output_write(const char *text, const char *output, GError **error) {
    const gboolean newline = !g_str_has_suffix(text, "\n");

    if (output != NULL) {
        g_autofree char *whole = g_strconcat(text, newline ? "\n" : "", NULL);

        return g_file_set_contents(output, whole, -1, error);
    }
    if (fputs(text, stdout) == EOF || (newline && putchar('\n') == EOF) || fflush(stdout) != 0) {
        g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(errno),
                    "the report could not be written: %s", g_strerror(errno));
        return FALSE;
    }
    return TRUE;
}

gsize output_width(void) {
    struct winsize size = {.ws_col = 0};

    if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
        return size.ws_col;
    }
    return TURN_WRAP_WIDTH;
}
