/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/redact/stand_in_private.h"
#include "turn/report/printable.h"

#include <string.h>

#define MAC_SIZE 6u
/* Where so many attempts give nothing that is free, two originals share a stand-in: there are 36
 * texts of one character. */
#define MAX_ATTEMPTS 256u
/* Longer texts are replaced but not remembered, nor are they in the table. Bytes. */
#define MAX_REMEMBERED 1024u
/* In front of a stand-in, and what must be left of it behind. */
static const guint8 mark[] = {'a', 'n', 'o', 'n', '-'};
#define MIN_BEHIND_MARK 4u

static const char *const kinds[STAND_IN_KINDS] = {
    [STAND_IN_USER] = "user",   [STAND_IN_FRAGMENT] = "ice",      [STAND_IN_REALM] = "realm",
    [STAND_IN_NONCE] = "nonce", [STAND_IN_SOFTWARE] = "software", [STAND_IN_HOST] = "host",
    [STAND_IN_TEXT] = "text",
};

static gboolean all_zeros(const guint8 *bytes, gsize length) {
    for (gsize i = 0; i < length; i++) {
        if (bytes[i] != 0) {
            return FALSE;
        }
    }
    return TRUE;
}

/* But for the end of 33:33 with a solicited-node group: RFC 2464 section 7. */
static gboolean is_kept(const stand_ins *self, guint8 mac[MAC_SIZE]) {
    static const guint8 solicited[3] = {0x33, 0x33, 0xff};

    if (memcmp(mac, solicited, sizeof solicited) == 0) {
        stand_in_low24(self, mac + sizeof solicited);
        return TRUE;
    }
    return all_zeros(mac, MAC_SIZE);
}

void stand_ins_hardware(stand_ins *self, guint8 mac[6]) {
    const blob *known = store_find(&self->hardware, 0, mac, MAC_SIZE);
    guint8 made[MAC_SIZE];
    guint attempt = 0;

    if (known != NULL) {
        memcpy(mac, known->bytes, MAC_SIZE);
        return;
    }
    if (is_kept(self, mac)) {
        return;
    }
    do {
        stand_in_make(self, FOR_HARDWARE, attempt, (stun_span){mac, MAC_SIZE}, made, sizeof made);
        /* A host's or a group's, and given by nobody who gives out such addresses. */
        made[0] = (guint8)((made[0] & 0xfcu) | 2u | (mac[0] & 1u));
    } while (++attempt < MAX_ATTEMPTS &&
             (memcmp(made, mac, MAC_SIZE) == 0 || store_is_taken(&self->hardware, 0, made, 6)));
    if (!store_add(&self->hardware, 0, mac, MAC_SIZE, made, sizeof made)) {
        self->not_remembered++;
    }
    memcpy(mac, made, MAC_SIZE);
}

static void make_text(const stand_ins *self, guint attempt, const guint8 *text, gsize length,
                      guint8 *out) {
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";

    stand_in_make(self, FOR_TEXT, attempt, (stun_span){text, length}, out, length);
    for (gsize i = 0; i < length; i++) {
        out[i] = (guint8)letters[out[i] % (sizeof letters - 1)];
    }
    if (length >= sizeof mark + MIN_BEHIND_MARK) {
        memcpy(out, mark, sizeof mark);
    }
}

/* Of a longer text there is but one in a world, so that nothing need be remembered. */
static void remember_text(stand_ins *self, const guint8 *text, const guint8 *made, gsize length) {
    if (length <= MAX_REMEMBERED && !store_add(&self->texts, 0, text, length, made, length)) {
        self->not_remembered++;
    }
}

static void replace_part(stand_ins *self, stand_in_kind kind, guint8 *text, gsize length) {
    const blob *known = store_find(&self->texts, 0, text, length);
    g_autofree guint8 *made = NULL;

    if (known == NULL) {
        guint attempt = 0;

        made = g_malloc(length);
        do {
            make_text(self, attempt, text, length, made);
        } while (++attempt < MAX_ATTEMPTS && (memcmp(made, text, length) == 0 ||
                                              store_is_taken(&self->texts, 0, made, length)));
        remember_text(self, text, made, length);
    }
    store_mark(&self->texts, 0, text, length, 1u << kind);
    memcpy(text, known != NULL ? known->bytes : made, length);
}

void stand_ins_text(stand_ins *self, stand_in_kind kind, guint8 *text, gsize length) {
    for (gsize at = 0; at < length;) {
        const guint8 *colon = memchr(text + at, ':', length - at);
        const gsize part = colon != NULL ? (gsize)(colon - text) - at : length - at;

        if (part > 0) {
            replace_part(self, kind, text + at, part);
        }
        at += part + 1;
    }
}

static char *address_text(const blob *of) {
    stun_address address =
        of->length == 4 ? stun_address_ipv4(of->bytes, 0) : stun_address_ipv6(of->bytes, 0);
    char text[STUN_ADDRESS_TEXT];

    stun_address_format_host(&address, text, sizeof text);
    return g_strdup(text);
}

static char *hardware_text(const blob *of) {
    const guint8 *mac = of->bytes;

    return g_strdup_printf("%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4],
                           mac[5]);
}

static char *plain_text(const blob *of) {
    g_autofree char *valid = g_utf8_make_valid((const char *)of->bytes, (gssize)of->length);

    return turn_printable_cell(valid);
}

static void add_row(GPtrArray *rows, const char *kind, const char *original, const char *stand_in) {
    g_ptr_array_add(rows, g_strdup_printf("%s\t%s\t%s\n", kind, original, stand_in));
}

/* A row for each kind that a text was met as, and one of KIND where there are no such kinds. */
static void add_rows(GPtrArray *rows, const store *from, const char *kind,
                     char *(*text_of)(const blob *of)) {
    GHashTableIter iter;
    gpointer original;
    gpointer stand_in;

    g_hash_table_iter_init(&iter, from->by_original);
    while (g_hash_table_iter_next(&iter, &original, &stand_in)) {
        const guint marks = ((const blob *)stand_in)->marks;
        g_autofree char *left = text_of(original);
        g_autofree char *right = text_of(stand_in);

        if (kind != NULL) {
            add_row(rows, kind, left, right);
        }
        for (guint i = 0; i < STAND_IN_KINDS; i++) {
            if ((marks & 1u << i) != 0) {
                add_row(rows, kinds[i], left, right);
            }
        }
    }
}

static int by_text(gconstpointer a, gconstpointer b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

char *stand_ins_table(const stand_ins *self) {
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(g_free);
    GString *table = g_string_new("kind\toriginal\tstand-in\n");

    add_rows(rows, &self->addresses, "address", address_text);
    add_rows(rows, &self->hardware, "hardware", hardware_text);
    add_rows(rows, &self->texts, NULL, plain_text);
    g_ptr_array_sort(rows, by_text);
    for (guint i = 0; i < rows->len; i++) {
        g_string_append(table, g_ptr_array_index(rows, i));
    }
    return g_string_free(table, FALSE);
}
