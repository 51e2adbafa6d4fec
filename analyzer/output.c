/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/output.h"

#include "analyzer/command.h"
#include "analyzer/target.h"
#include "turn/report/wrap.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

/* What no system follows. */
#define MAX_LINKS       40u
#define STANDARD_OUTPUT "standard output"

static gboolean write_all(FILE *to, const char *text) {
    return fputs(text, to) != EOF && (g_str_has_suffix(text, "\n") || fputc('\n', to) != EOF) &&
           fflush(to) == 0;
}

static gboolean write_file(const char *text, const char *output, GError **error) {
    g_autoptr(target) to = target_open(output, error);

    if (to == NULL) {
        return FALSE;
    }
    errno = 0;
    if (!write_all(target_stream(to), text)) {
        return target_not_written(output, errno != 0 ? errno : EIO, error);
    }
    return target_finish(to, error);
}

static gboolean write_standard(const char *text, GError **error) {
    errno = 0;
    if (write_all(stdout, text)) {
        return TRUE;
    }
    target_not_written(STANDARD_OUTPUT, errno != 0 ? errno : EIO, error);
    clearerr(stdout); /* it is said, once */
    return FALSE;
}

gboolean output_write(const char *text, const char *output, GError **error) {
    return output != NULL ? write_file(text, output, error) : write_standard(text, error);
}

/* Of what failed before the end the reason is not known any more. */
static void close_standard(void) {
    const gboolean failed = ferror(stdout) != 0;

    if (fclose(stdout) == 0 && !failed) {
        return;
    }
    fprintf(stderr, "turnpcap: " STANDARD_OUTPUT ": could not be written%s%s\n", failed ? "" : ": ",
            failed ? "" : g_strerror(errno));
    _exit(COMMAND_UNUSABLE);
}

void output_check_at_exit(void) {
    atexit(close_standard);
}

gboolean output_is_standard(const char *output) {
    return output != NULL && g_str_equal(output, "-");
}

gboolean output_has_name(const char *output, GError **error) {
    if (output == NULL || *output != '\0') {
        return TRUE;
    }
    g_set_error_literal(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                        "an output has no name: the word behind its option is empty");
    return FALSE;
}

static gboolean is_same_file(const char *output, const char *input) {
    struct stat out;
    struct stat in;

    return stat(output, &out) == 0 && S_ISREG(out.st_mode) && stat(input, &in) == 0 &&
           out.st_dev == in.st_dev && out.st_ino == in.st_ino;
}

gboolean output_spares(const char *output, const output_input *inputs, GError **error) {
    for (; output != NULL && inputs->path != NULL; inputs++) {
        if (is_same_file(output, inputs->path)) {
            g_autofree char *name = g_filename_display_name(output);

            g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                        "the output %s is %s: choose another name", name, inputs->what);
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
        g_autofree char *leads_to = known == NULL ? g_file_read_link(before, NULL) : NULL;

        if (known != NULL) {
            return g_steal_pointer(&known);
        }
        at = leads_to != NULL
                 ? g_canonicalize_filename(leads_to, known_folder)
                 : g_build_filename(known_folder != NULL ? known_folder : folder, name, NULL);
        if (leads_to == NULL) {
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
