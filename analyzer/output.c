/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/output.h"

#include "turn/report/wrap.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

/* What no system follows. */
#define MAX_LINKS 40u

static gboolean not_written(const char *output, int number, GError **error) {
    g_autofree char *name = output != NULL ? g_filename_display_name(output) : NULL;

    g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(number),
                "%s%sthe report could not be written: %s", name != NULL ? name : "",
                name != NULL ? ": " : "", g_strerror(number));
    return FALSE;
}

static gboolean write_all(FILE *to, const char *text) {
    return fputs(text, to) != EOF && (g_str_has_suffix(text, "\n") || fputc('\n', to) != EOF) &&
           fflush(to) == 0;
}

/* A regular file is replaced when the whole text is there. What is something else, or is known by
 * another name, keeps what it is and is written to. */
static gboolean is_replaced(const char *output) {
    struct stat status;

    return lstat(output, &status) != 0 || S_ISREG(status.st_mode);
}

static gboolean write_file(const char *text, const char *output, GError **error) {
    FILE *to;
    gboolean is_good;

    if (is_replaced(output)) {
        g_autofree char *whole = g_strconcat(text, g_str_has_suffix(text, "\n") ? "" : "\n", NULL);
        g_autoptr(GError) inner = NULL;

        errno = 0;
        return g_file_set_contents(output, whole, -1, &inner) ||
               not_written(output, errno != 0 ? errno : EIO, error);
    }
    to = fopen(output, "w");
    if (to == NULL) {
        return not_written(output, errno, error);
    }
    is_good = write_all(to, text);
    if (fclose(to) != 0 || !is_good) {
        return not_written(output, errno != 0 ? errno : EIO, error);
    }
    return TRUE;
}

gboolean output_write(const char *text, const char *output, GError **error) {
    if (output != NULL) {
        return write_file(text, output, error);
    }
    return write_all(stdout, text) || not_written(NULL, errno, error);
}

static gboolean is_same_file(const char *output, const char *input) {
    struct stat out;
    struct stat in;

    return stat(output, &out) == 0 && S_ISREG(out.st_mode) && stat(input, &in) == 0 &&
           out.st_dev == in.st_dev && out.st_ino == in.st_ino;
}

gboolean output_spares(const char *output, const char *const *inputs, GError **error) {
    for (; output != NULL && *inputs != NULL; inputs++) {
        if (is_same_file(output, *inputs)) {
            g_autofree char *name = g_filename_display_name(output);

            g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                        "the output %s is the capture itself: choose another name", name);
            return FALSE;
        }
    }
    return TRUE;
}

/* As the system knows it, also when it is not there yet: then it will be where the links end. */
static char *resolved(const char *path) {
    char *at = g_strdup(path);

    for (guint links = 0; links < MAX_LINKS; links++) {
        g_autofree char *before = at;
        g_autofree char *known = realpath(before, NULL);
        g_autofree char *folder = g_path_get_dirname(before);
        g_autofree char *known_folder = realpath(folder, NULL);
        g_autofree char *name = g_path_get_basename(before);
        g_autofree char *target = known == NULL ? g_file_read_link(before, NULL) : NULL;

        if (known != NULL) {
            return g_steal_pointer(&known);
        }
        at = target != NULL
                 ? g_canonicalize_filename(target, known_folder)
                 : g_build_filename(known_folder != NULL ? known_folder : folder, name, NULL);
        if (target == NULL) {
            return at;
        }
    }
    return at;
}

gboolean output_is_same(const char *one, const char *other) {
    g_autofree char *first = NULL;
    g_autofree char *second = NULL;
    struct stat status;

    if (stat(one, &status) == 0 && S_ISCHR(status.st_mode)) {
        return FALSE;
    }
    first = resolved(one);
    second = resolved(other);
    return g_str_equal(first, second) || is_same_file(one, other);
}

gboolean output_is_redirected(void) {
    struct stat status;

    return fstat(STDOUT_FILENO, &status) == 0 && S_ISREG(status.st_mode);
}

gsize output_width(void) {
    struct winsize size = {.ws_col = 0};

    if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
        return size.ws_col;
    }
    return TURN_WRAP_WIDTH;
}
