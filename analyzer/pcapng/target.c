/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/pcapng/target.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define ALL_MAY 0666 /* as far as the user's mask lets them */

struct target {
    char *path;
    char *temporary; /* NULL when PATH itself is written, or has its name */
    FILE *stream;
};

gboolean target_not_written(const char *path, int number, GError **error) {
    g_autofree char *name = g_filename_display_name(path);

    g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(number),
                "%s: could not be written: %s", name, g_strerror(number));
    return FALSE;
}

static gboolean is_replaced(const char *path) {
    struct stat status;

    return lstat(path, &status) != 0 || S_ISREG(status.st_mode);
}

static FILE *open_temporary(target *self) {
    int descriptor;
    FILE *stream;

    self->temporary = g_strconcat(self->path, ".XXXXXX", NULL);
    descriptor = g_mkstemp_full(self->temporary, O_RDWR | O_CLOEXEC, ALL_MAY);
    if (descriptor < 0) {
        g_clear_pointer(&self->temporary, g_free);
        return NULL;
    }
    stream = fdopen(descriptor, "wb");
    if (stream == NULL) {
        close(descriptor);
    }
    return stream;
}

target *target_open(const char *path, GError **error) {
    target *self = g_new0(target, 1);

    self->path = g_strdup(path);
    self->stream = is_replaced(path) ? open_temporary(self) : fopen(path, "wb");
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
    const gboolean flushed = fflush(stream) == 0 && !ferror(stream);
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
