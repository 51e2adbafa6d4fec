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
    return output != NULL && g_str_equal(output, OUTPUT_STANDARD);
}

gboolean output_has_name(const char *output, GError **error) {
    if (output == NULL || *output != '\0') {
        return TRUE;
    }
    g_set_error_literal(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                        "an output has no name: the word behind its option is empty");
    return FALSE;
}

/* "-" is the stream that is open as STANDARD. */
static gboolean status_of(const char *path, int standard, struct stat *status) {
    return (output_is_standard(path) ? fstat(standard, status) : stat(path, status)) == 0;
}

static gboolean is_same(const struct stat *one, const struct stat *other) {
    return one->st_dev == other->st_dev && one->st_ino == other->st_ino;
}

static gboolean overwrites(const char *output, const char *input) {
    struct stat out;
    struct stat in;

    return status_of(output, STDOUT_FILENO, &out) && S_ISREG(out.st_mode) &&
           status_of(input, STDIN_FILENO, &in) && is_same(&out, &in);
}

gboolean output_spares(const char *output, const output_input *inputs, GError **error) {
    for (; output != NULL && inputs->path != NULL; inputs++) {
        if (overwrites(output, inputs->path)) {
            g_autofree char *name = g_filename_display_name(output);

            g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                        "%s%s is %s: choose another name",
                        output_is_standard(output) ? "" : "the output ",
                        output_is_standard(output) ? STANDARD_OUTPUT : name, inputs->what);
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

static gboolean keeps_nothing(const struct stat *status) {
    struct stat null;

    return S_ISCHR(status->st_mode) && stat("/dev/null", &null) == 0 &&
           status->st_rdev == null.st_rdev;
}

gboolean output_is_same(const char *one, const char *other) {
    g_autofree char *first = NULL;
    g_autofree char *second = NULL;
    struct stat status;
    struct stat of_other;
    const gboolean is_there = status_of(one, STDOUT_FILENO, &status);

    if (is_there && keeps_nothing(&status)) {
        return FALSE;
    }
    if (is_there && status_of(other, STDOUT_FILENO, &of_other) && is_same(&status, &of_other)) {
        return TRUE;
    }
    if (output_is_standard(one) || output_is_standard(other)) {
        return FALSE;
    }
    first = resolved(one);
    second = resolved(other);
    return g_str_equal(first, second);
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
