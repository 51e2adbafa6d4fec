/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/target.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define ALL_MAY 0666 /* as far as the user's mask lets them */

struct target {
    char *path;
    char *temporary; /* NULL when PATH itself is written, or has its name */
    gboolean replaces;
    FILE *stream;
};

gboolean target_not_written(const char *path, int number, GError **error) {
    g_autofree char *name = g_filename_display_name(path);

    g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(number),
                "%s: could not be written: %s", name, g_strerror(number));
    return FALSE;
}

/* Who may read what was there may read what comes: not more, and not fewer. */
static int make_temporary(char *name, const struct stat *before) {
    const int descriptor = g_mkstemp_full(name, O_RDWR | O_CLOEXEC,
                                          before != NULL ? (int)before->st_mode & 0700 : ALL_MAY);

    if (descriptor >= 0 && before != NULL && fchmod(descriptor, before->st_mode & 07777) != 0) {
        const int number = errno;

        close(descriptor);
        g_unlink(name);
        errno = number;
        return -1;
    }
    return descriptor;
}

static FILE *open_temporary(target *self, const struct stat *before) {
    int descriptor;
    FILE *stream;

    self->temporary = g_strconcat(self->path, ".XXXXXX", NULL);
    descriptor = make_temporary(self->temporary, before);
    if (descriptor < 0) {
        g_clear_pointer(&self->temporary, g_free);
        return NULL;
    }
    self->replaces = before != NULL;
    stream = fdopen(descriptor, "wb");
    if (stream == NULL) {
        close(descriptor);
    }
    return stream;
}

/* What is no regular file keeps what it is, and so does what is known by another name. */
target *target_open(const char *path, GError **error) {
    target *self = g_new0(target, 1);
    struct stat before;
    const gboolean is_there = lstat(path, &before) == 0;

    self->path = g_strdup(path);
    self->stream = !is_there || S_ISREG(before.st_mode)
                       ? open_temporary(self, is_there ? &before : NULL)
                       : fopen(path, "wb");
    if (self->stream == NULL) {
        target_not_written(path, errno, error);
        target_free(self);
        return NULL;
    }
    return self;
}

FILE *target_stream(const target *self) {
    return self->stream;
}

gboolean target_finish(target *self, GError **error) {
    FILE *stream = g_steal_pointer(&self->stream);
    /* What was there must not go before this is safe. */
    const gboolean flushed =
        fflush(stream) == 0 && !ferror(stream) && (!self->replaces || fsync(fileno(stream)) == 0);
    const int number = errno;

    if (fclose(stream) != 0 || !flushed) {
        return target_not_written(self->path, flushed ? errno : number, error);
    }
    if (self->temporary != NULL && g_rename(self->temporary, self->path) != 0) {
        return target_not_written(self->path, errno, error);
    }
    g_clear_pointer(&self->temporary, g_free);
    return TRUE;
}

void target_free(target *self) {
    if (self == NULL) {
        return;
    }
    if (self->stream != NULL) {
        fclose(self->stream);
    }
    if (self->temporary != NULL) {
        g_unlink(self->temporary);
    }
    g_free(self->temporary);
    g_free(self->path);
    g_free(self);
}
