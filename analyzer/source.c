/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE /* fopencookie */
#include "analyzer/source.h"

#include "analyzer/capture.h"
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio_ext.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Of libpcap's stream: what it copies from should stay in the nearest cache. */
#define SOURCE_BUFFER ((gsize)64 << 10)

/* Large enough that system calls are not felt before decompression. */
#define SOURCE_BLOCK ((gsize)256 << 10)

struct source {
    char *name;
    int fd; /* -1 when it is standard input, or the stream has taken it over */
    struct archive *archive;
    source_read read;
    gpointer context;
    GDestroyNotify free_context;
    guint8 *block;  /* what READ fills for libarchive */
    guint8 *buffer; /* of the stream; glibc would take one of its own size */
    guint8 head[MAGIC_BYTES];
    gsize head_length;
    gsize head_taken; /* by the stream */
    off64_t position; /* of the stream, in decompressed bytes */
    magic magic;
    frame_numbers *numbers; /* NULL of what is no pcapng, and before there is a stream */
    char *failure;
};

static source *source_new(const char *name) {
    source *self = g_new0(source, 1);

    self->name = g_strdup(name);
    self->fd = -1;
    return self;
}

void source_free(source *self) {
    if (self == NULL) {
        return;
    }
    archive_read_free(self->archive);
    if (self->fd >= 0) {
        close(self->fd);
    }
    if (self->free_context != NULL) {
        self->free_context(self->context);
    }
    frame_numbers_free(self->numbers);
    g_free(self->block);
    g_free(self->buffer);
    g_free(self->failure);
    g_free(self->name);
    g_free(self);
}

const magic *source_magic(const source *self) {
    return &self->magic;
}

const guint8 *source_head(const source *self, gsize *length) {
    *length = self->head_length;
    return self->head;
}

frame_numbers *source_frame_numbers(const source *self) {
    return self->numbers;
}

const char *source_compression(const source *self) {
    if (self->archive == NULL || archive_filter_code(self->archive, 0) == ARCHIVE_FILTER_NONE) {
        return NULL;
    }
    return archive_filter_name(self->archive, 0);
}

const char *source_failure(const source *self) {
    return self->failure;
}

static gssize read_decompressed(source *self, guint8 *buffer, gsize size) {
    la_ssize_t got = archive_read_data(self->archive, buffer, size);

    if (got >= 0) {
        return got;
    }
    if (self->failure == NULL) {
        const char *reason = archive_error_string(self->archive);
        self->failure = g_strdup(reason != NULL ? reason : "it cannot be read");
    }
    return -1;
}

/* As it stands in the file. */
static gssize read_plain(const source *self, char *buffer, gsize size) {
    ssize_t got;

    do {
        got = read(self->fd, buffer, size);
    } while (got < 0 && errno == EINTR);
    return got;
}

static ssize_t cookie_read(void *cookie, char *buffer, size_t size) {
    source *self = cookie;
    gsize ready = self->archive != NULL ? self->head_length - self->head_taken : 0;
    gssize got;

    if (ready > 0) {
        got = (gssize)MIN(ready, size);
        memcpy(buffer, self->head + self->head_taken, (gsize)got);
        self->head_taken += (gsize)got;
    } else if (self->failure != NULL) {
        return -1;
    } else if (self->archive == NULL) {
        got = read_plain(self, buffer, size);
    } else {
        got = read_decompressed(self, (guint8 *)buffer, size);
    }
    if (got > 0) {
        self->position += got;
        if (self->numbers != NULL) {
            frame_numbers_read(self->numbers, (const guint8 *)buffer, (gsize)got);
        }
    }
    return got;
}

/* Only tells where the stream is: libpcap never seeks, and byte offsets in messages need it. */
static int cookie_seek(void *cookie, off64_t *offset, int whence) {
    const source *self = cookie;

    if (whence != SEEK_CUR || *offset != 0) {
        errno = ESPIPE;
        return -1;
    }
    *offset = self->position;
    return 0;
}

FILE *source_stream(source *self) {
    FILE *stream;

    if (self->magic.kind == MAGIC_PCAPNG && self->numbers == NULL) {
        self->numbers = frame_numbers_new();
    }
    if (self->archive != NULL || self->numbers != NULL) {
        stream = fopencookie(self, "rb",
                             (cookie_io_functions_t){.read = cookie_read, .seek = cookie_seek});
    } else {
        stream = fdopen(self->fd, "rb");
        self->fd = stream != NULL ? -1 : self->fd;
    }
    if (stream != NULL) {
        self->buffer = g_malloc(SOURCE_BUFFER);
        setvbuf(stream, (char *)self->buffer, _IOFBF, SOURCE_BUFFER);
        __fsetlocking(stream, FSETLOCKING_BYCALLER); /* one thread reads it */
    }
    return stream;
}

/* Only filters that are part of libarchive: "all" would start programs for the rarer ones. */
static struct archive *archive_new(void) {
    struct archive *archive = archive_read_new();

    archive_read_support_filter_gzip(archive);
    archive_read_support_filter_bzip2(archive);
    archive_read_support_filter_xz(archive);
    archive_read_support_filter_lzma(archive);
    archive_read_support_filter_lz4(archive);
    archive_read_support_filter_zstd(archive);
    archive_read_support_filter_compress(archive);
    archive_read_support_format_raw(archive);
    archive_read_support_format_empty(archive);
    return archive;
}

static gboolean fail_empty(const source *self, GError **error) {
    g_set_error(error, CAPTURE_ERROR, CAPTURE_ERROR_EMPTY,
                "%s: the file is empty (0 bytes). Was the capture copied before it was stopped?",
                self->name);
    return FALSE;
}

static gboolean fail_archive(const source *self, GError **error) {
    const char *reason = archive_error_string(self->archive);

    g_set_error(error, CAPTURE_ERROR, CAPTURE_ERROR_DAMAGED,
                "%s: reading failed at byte 0: %s. Copy the file again.", self->name,
                reason != NULL ? reason : "no reason given");
    return FALSE;
}

/* The archive is open: reads as much of the beginning as decides what the file is. */
static gboolean source_begin(source *self, GError **error) {
    struct archive_entry *entry;
    int status = archive_read_next_header(self->archive, &entry);

    if (status == ARCHIVE_EOF) {
        return fail_empty(self, error);
    }
    if (status != ARCHIVE_OK && status != ARCHIVE_WARN) {
        return fail_archive(self, error);
    }
    while (self->head_length < sizeof self->head) {
        gssize got = read_decompressed(self, self->head + self->head_length,
                                       sizeof self->head - self->head_length);
        if (got <= 0) {
            break;
        }
        self->head_length += (gsize)got;
    }
    if (self->head_length == 0) {
        return self->failure != NULL ? fail_archive(self, error) : fail_empty(self, error);
    }
    self->magic = magic_identify(self->head, self->head_length);
    return TRUE;
}

static gboolean fail_open(const char *path, GError **error) {
    g_set_error(error, CAPTURE_ERROR, CAPTURE_ERROR_OPEN, "%s: cannot be opened: %s.", path,
                g_strerror(errno));
    return FALSE;
}

/* Reads the magic without moving the file offset. FALSE without an error: not plain. */
static gboolean source_is_plain(source *self, GError **error) {
    struct stat about;
    gssize got;

    if (fstat(self->fd, &about) != 0) {
        return fail_open(self->name, error);
    }
    if (S_ISDIR(about.st_mode)) {
        errno = EISDIR;
        return fail_open(self->name, error);
    }
    if (!S_ISREG(about.st_mode)) {
        return FALSE;
    }
    if (about.st_size == 0) {
        return fail_empty(self, error);
    }
    got = pread(self->fd, self->head, sizeof self->head, 0);
    if (got < 0) {
        return fail_open(self->name, error);
    }
    self->magic = magic_identify(self->head, (gsize)got);
    if (self->magic.kind == MAGIC_OTHER) {
        return FALSE;
    }
    self->head_length = (gsize)got;
    return TRUE;
}

/* Not plain: libarchive reads from the descriptor. */
static gboolean source_open_archive(source *self, int fd, GError **error) {
    self->archive = archive_new();
    if (archive_read_open_fd(self->archive, fd, SOURCE_BLOCK) != ARCHIVE_OK) {
        return fail_archive(self, error);
    }
    return source_begin(self, error);
}

static gboolean source_open_path(source *self, const char *path, GError **error) {
    GError *failure = NULL;

    self->fd = open(path, O_RDONLY | O_CLOEXEC);
    if (self->fd < 0) {
        return fail_open(path, error);
    }
    if (source_is_plain(self, &failure)) {
        return TRUE;
    }
    if (failure != NULL) {
        g_propagate_error(error, failure);
        return FALSE;
    }
    return source_open_archive(self, self->fd, error);
}

source *source_open(const char *path, GError **error) {
    gboolean standard_input = g_str_equal(path, "-");
    source *self = source_new(standard_input ? "standard input" : path);
    gboolean opened = standard_input ? source_open_archive(self, STDIN_FILENO, error)
                                     : source_open_path(self, path, error);

    if (!opened) {
        source_free(self);
        return NULL;
    }
    return self;
}

static la_ssize_t callback_read(struct archive *archive, void *context, const void **buffer) {
    source *self = context;
    gssize got = self->read(self->context, self->block, SOURCE_BLOCK);

    if (got < 0) {
        archive_set_error(archive, EIO, "the bytes around it cannot be read");
    }
    *buffer = self->block;
    return got;
}

source *source_open_callback(const char *name, source_read read, gpointer context,
                             GDestroyNotify free_context, GError **error) {
    source *self = source_new(name);
    gboolean opened;

    self->read = read;
    self->context = context;
    self->free_context = free_context;
    self->block = g_malloc(SOURCE_BLOCK);
    self->archive = archive_new();
    opened = archive_read_open(self->archive, self, NULL, callback_read, NULL) == ARCHIVE_OK
                 ? source_begin(self, error)
                 : fail_archive(self, error);
    if (!opened) {
        source_free(self);
        return NULL;
    }
    return self;
}
