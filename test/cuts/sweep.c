/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Replays captures cut in every way: from each packet on, up to each packet, and with every snap
 * length from 0 to the longest packet. A cut hides things, so a report over it may know less; a
 * fault that the whole capture does not have would be made up. One that the whole capture shows as
 * degraded may be failed in a cut: what the client got round by may be on the other side of it.
 *
 * Usage: sweep [--every N] [--known LIST] FILE...
 *   --every N     only each Nth cut of each kind
 *   --known LIST  lines "file | cause": what may be found in cuts of that file all the same */
#include "analyzer/capture.h"
#include "analyzer/reader.h"
#include "turn/findings.h"

#include <stdio.h>
#include <string.h>

#define SECOND            G_GINT64_CONSTANT(1000000000)
#define MAGIC_NANOSECONDS 0xa1b23c4du
/* More than any link type has, and what libpcap takes. */
#define MAX_SNAP 262144u

typedef struct packet_copy {
    guint8 *bytes;
    guint32 captured;
    guint32 reported;
    gint64 time;
} packet_copy;

typedef struct whole_capture {
    const char *name;
    guint32 link_type;
    guint32 longest;
    GArray *packets; /* of packet_copy */
} whole_capture;

/* What is left: packets from FIRST up to and without END, none longer than SNAP. */
typedef struct cut {
    guint first;
    guint end;
    guint32 snap;
} cut;

typedef struct sweep {
    gint every;
    char *known; /* text of the list; NULL when there is none */
    guint runs;
    guint violations;
} sweep;

static void packet_copy_clear(gpointer packet) {
    g_free(((packet_copy *)packet)->bytes);
}

static void whole_clear(whole_capture *self) {
    g_clear_pointer(&self->packets, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(whole_capture, whole_clear)

static gboolean whole_read(const char *file, whole_capture *into, GError **error) {
    g_autoptr(capture) from = capture_open(file, error);
    capture_packet packet;

    into->name = file;
    into->packets = g_array_new(FALSE, FALSE, sizeof(packet_copy));
    g_array_set_clear_func(into->packets, packet_copy_clear);
    if (from == NULL) {
        return FALSE;
    }
    /* A file that ends in the middle of a packet has those before it. */
    while (capture_next(from, &packet, NULL) == CAPTURE_PACKET) {
        const packet_copy copy = {.bytes = g_memdup2(packet.bytes, packet.captured),
                                  .captured = packet.captured,
                                  .reported = packet.reported,
                                  .time = packet.time};

        g_array_append_val(into->packets, copy);
        into->longest = MAX(into->longest, packet.captured);
    }
    into->link_type = (guint32)capture_get_info(from)->link_type;
    return TRUE;
}

static void put_words(GByteArray *to, const guint32 *words, gsize count) {
    g_byte_array_append(to, (const guint8 *)words, (guint)(count * sizeof *words));
}

/* A pcap file in the byte order of this machine. */
static GByteArray *file_of(const whole_capture *whole, const cut *of) {
    const guint32 version = G_BYTE_ORDER == G_LITTLE_ENDIAN ? 2 | 4 << 16 : 2 << 16 | 4;
    /* A snap length of 0 stands for none. */
    const guint32 head[] = {MAGIC_NANOSECONDS, version, 0, 0, MAX(of->snap, 1), whole->link_type};
    GByteArray *file = g_byte_array_new();

    put_words(file, head, G_N_ELEMENTS(head));
    for (guint i = of->first; i < of->end; i++) {
        const packet_copy *packet = &g_array_index(whole->packets, packet_copy, i);
        const guint32 kept = MIN(packet->captured, of->snap);
        const guint32 record[] = {(guint32)(packet->time / SECOND),
                                  (guint32)(packet->time % SECOND), kept, packet->reported};

        put_words(file, record, G_N_ELEMENTS(record));
        g_byte_array_append(file, packet->bytes, kept);
    }
    return file;
}

typedef struct cursor {
    GByteArray *file;
    gsize at;
} cursor;

static gssize read_more(gpointer context, guint8 *buffer, gsize size) {
    cursor *self = context;
    const gsize length = MIN(size, self->file->len - self->at);

    memcpy(buffer, self->file->data + self->at, length);
    self->at += length;
    return (gssize)length;
}

static void fail_on(gpointer data, guint index, const GError *error) {
    (void)index;
    g_error("%s: %s", (const char *)data, error->message);
}

/* The causes of what is failed or degraded. */
static GHashTable *judge(turn_tracker *tracker) {
    g_autoptr(turn_judgement) judgement = turn_judge(turn_tracker_finish(tracker));
    GHashTable *found = g_hash_table_new(g_direct_hash, g_direct_equal);

    for (guint i = 0; i < judgement->findings->len; i++) {
        const turn_finding *finding = g_ptr_array_index(judgement->findings, i);

        if (finding->level <= TURN_LEVEL_DEGRADED) {
            g_hash_table_add(found, (gpointer)finding->cause);
        }
    }
    return found;
}

static GHashTable *faults_in(const whole_capture *whole, const cut *of) {
    g_autoptr(GByteArray) file = file_of(whole, of);
    cursor at = {.file = file};
    g_autoptr(GError) error = NULL;
    source *bytes = source_open_callback("cut.pcap", read_more, &at, NULL, &error);
    g_autoptr(capture) from = bytes != NULL ? capture_open_source("cut.pcap", bytes, &error) : NULL;
    g_autoptr(turn_tracker) tracker = turn_tracker_new();
    g_autoptr(reader) into = reader_new(tracker);

    if (from == NULL) {
        g_error("%s: %s", whole->name, error->message);
    }
    reader_add(into, from);
    reader_run(into, fail_on, (gpointer)whole->name);
    reader_finish(into);
    return judge(tracker);
}

/* What a fault is called where the capture shows only a part of it. */
static gboolean is_part_of(const turn_cause *cause, GHashTable *known) {
    static const struct {
        const char *part;
        const char *whole;
    } names[] = {
        /* The server does not know the allocation; that it once did is before the cut. */
        {"allocation-mismatch", "session-lost"},
        /* Nothing comes back any more; that something did is before the cut. */
        {"media-one-way", "session-lost"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        if (g_str_equal(cause->identifier, names[i].part) &&
            g_hash_table_contains(known, turn_cause_lookup(names[i].whole))) {
            return TRUE;
        }
    }
    return FALSE;
}

/* Whether the list has the cause for this file. */
static gboolean is_listed(const sweep *self, const whole_capture *whole, const turn_cause *cause) {
    g_autofree char *name = g_path_get_basename(whole->name);
    g_autofree char *line = g_strdup_printf("\n%s | %s\n", name, cause->identifier);

    return self->known != NULL && strstr(self->known, line) != NULL;
}

static void compare(sweep *self, const whole_capture *whole, GHashTable *known, const cut *of) {
    g_autoptr(GHashTable) found = faults_in(whole, of);
    GHashTableIter each;
    gpointer key;

    self->runs++;
    g_hash_table_iter_init(&each, found);
    while (g_hash_table_iter_next(&each, &key, NULL)) {
        const turn_cause *cause = key;

        if (!g_hash_table_contains(known, cause) && !is_part_of(cause, known) &&
            !is_listed(self, whole, cause)) {
            printf(
                "FAIL %s, packets %u to %u, at most %u bytes of each: %s, which the whole capture "
                "does not have\n",
                whole->name, of->first + 1, of->end, of->snap, cause->identifier);
            self->violations++;
        }
    }
}

static gboolean is_due(const sweep *self, guint number) {
    return number % (guint)self->every == 0;
}

static void sweep_capture(sweep *self, const whole_capture *whole) {
    const guint count = whole->packets->len;
    cut at = {.end = count, .snap = MAX_SNAP};
    g_autoptr(GHashTable) known = faults_in(whole, &at);

    for (at.first = 1; at.first < count; at.first++) {
        if (is_due(self, at.first)) {
            compare(self, whole, known, &at);
        }
    }
    at.first = 0;
    for (at.end = 0; at.end < count; at.end++) {
        if (is_due(self, at.end)) {
            compare(self, whole, known, &at);
        }
    }
    at.end = count;
    for (at.snap = 0; at.snap < whole->longest; at.snap++) {
        if (is_due(self, at.snap)) {
            compare(self, whole, known, &at);
        }
    }
}

int main(int count, char **arguments) {
    sweep self = {.every = 1};
    g_autofree char *list = NULL;
    const GOptionEntry entries[] = {
        {"every", 0, 0, G_OPTION_ARG_INT, &self.every, "only each Nth cut of each kind", "N"},
        {"known", 0, 0, G_OPTION_ARG_FILENAME, &list, "What is known", "LIST"},
        G_OPTION_ENTRY_NULL};
    g_autoptr(GOptionContext) context = g_option_context_new("FILE...");
    g_autoptr(GError) error = NULL;

    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &count, &arguments, &error) || count < 2 ||
        self.every < 1 || (list != NULL && !g_file_get_contents(list, &self.known, NULL, &error))) {
        fprintf(stderr, "sweep: %s\n", error != NULL ? error->message : "no capture, or no step");
        return 2;
    }
    for (int i = 1; i < count; i++) {
        g_auto(whole_capture) whole = {.longest = 0};

        if (!whole_read(arguments[i], &whole, &error)) {
            fprintf(stderr, "sweep: %s\n", error->message);
            return 2;
        }
        sweep_capture(&self, &whole);
    }
    g_free(self.known);
    printf("%d captures, %u cuts, %u violations\n", count - 1, self.runs, self.violations);
    return self.violations > 0 ? 1 : 0;
}
