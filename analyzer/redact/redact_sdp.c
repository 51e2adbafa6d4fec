/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/redact/redact_sdp.h"

#include "analyzer/redact/redact_text.h"

#include <arpa/inet.h>
#include <string.h>

#define FIRST_LINE "v=0\r\n"

/* What a word of a line is. */
typedef enum word_kind {
    WORD_ANY = 'w', /* one that stays, an address, or nothing that may stay */
    WORD_USER = 'u',
    WORD_ZERO = 'z', /* a number that tells one sender from another */
    WORD_ADDRESS = 'a',
    WORD_FRAGMENT = 'i',
    WORD_FOUNDATION = 'f'
} word_kind;

/* The lines of which something stays. */
typedef struct line_rule {
    const char *begin;
    const char *shape; /* a word_kind for each of the first words; those behind are WORD_ANY */
} line_rule;

static const line_rule rules[] = {
    {"v=", ""},
    {"t=", ""},
    {"o=", "uzz"},
    {"c=", ""},
    {"m=", ""},
    {"b=", ""},
    {"a=candidate:", "fwwwa"},
    {"a=remote-candidates:", "wawwawwawwa"},
    {"a=end-of-candidates", ""},
    {"a=ice-ufrag:", "i"},
    {"a=ice-options:", ""},
    {"a=ice-lite", ""},
    {"a=rtcp:", ""},
    {"a=rtcp-mux", ""},
    {"a=rtcp-rsize", ""},
    {"a=rtcp-fb:", ""},
    {"a=rtpmap:", ""},
    {"a=fmtp:", ""},
    {"a=mid:", ""},
    {"a=group:", ""},
    {"a=setup:", ""},
    {"a=connection:", ""},
    {"a=content:", ""},
    {"a=ptime:", ""},
    {"a=maxptime:", ""},
    {"a=sctp-port:", ""},
    {"a=max-message-size:", ""},
    {"a=sendrecv", ""},
    {"a=sendonly", ""},
    {"a=recvonly", ""},
    {"a=inactive", ""},
};

/* The word that is followed by what the next one is. */
static const struct {
    const char *word;
    word_kind next;
} announcing[] = {{"IP4", WORD_ADDRESS},
                  {"IP6", WORD_ADDRESS},
                  {"raddr", WORD_ADDRESS},
                  {"ufrag", WORD_FRAGMENT}};

typedef struct span {
    gsize at;
    gsize length;
} span;

typedef struct sdp_writer {
    stand_ins *names; /* borrowed */
    GString *out;
    GArray *filled; /* of span: the lines that may become longer or shorter */
} sdp_writer;

static void add_filled(sdp_writer *self, const char *text, gsize length) {
    const gsize at = self->out->len;

    g_string_append_len(self->out, text, (gssize)length);
    redact_text_fill(self->out->str + at, length);
}

static void add_name(sdp_writer *self, stand_in_kind kind, const char *text, gsize length) {
    const gsize at = self->out->len;

    g_string_append_len(self->out, text, (gssize)length);
    if (!redact_text_is(text, length, "-")) {
        stand_ins_text(self->names, kind, (guint8 *)self->out->str + at, length);
    }
}

/* Foundations of some agents are the address in another form. */
static void add_foundation(sdp_writer *self, const char *text, gsize length) {
    const gsize at = self->out->len;

    g_string_append_len(self->out, text, (gssize)length);
    redact_text_mark(self->names, self->out->str + at, length);
}

static gboolean add_address(sdp_writer *self, const char *text, gsize length) {
    g_autofree char *word = g_strndup(text, length);
    char made[STUN_ADDRESS_TEXT];
    guint8 bytes[16];
    stun_address address;

    if (inet_pton(AF_INET, word, bytes) == 1) {
        address = stun_address_ipv4(bytes, 0);
    } else if (inet_pton(AF_INET6, word, bytes) == 1) {
        address = stun_address_ipv6(bytes, 0);
    } else {
        return FALSE;
    }
    stand_ins_address(self->names, &address);
    stun_address_format_host(&address, made, sizeof made);
    g_string_append(self->out, made);
    return TRUE;
}

static void add_any(sdp_writer *self, const char *text, gsize length) {
    const char *colon = memchr(text, ':', length);
    const gsize part = colon != NULL ? (gsize)(colon - text) : length;

    if (colon != NULL && add_address(self, text, length)) {
        return;
    }
    if (redact_text_stays(text, part)) {
        g_string_append_len(self->out, text, (gssize)part);
    } else if (colon != NULL || !add_address(self, text, length)) {
        add_filled(self, text, part);
    }
    if (colon != NULL) {
        g_string_append_c(self->out, ':');
        add_any(self, colon + 1, length - part - 1);
    }
}

static void add_word(sdp_writer *self, word_kind kind, const char *text, gsize length) {
    switch (kind) {
    case WORD_USER:
        add_name(self, STAND_IN_USER, text, length);
        break;
    case WORD_FRAGMENT:
        add_name(self, STAND_IN_FRAGMENT, text, length);
        break;
    case WORD_ADDRESS:
        if (!add_address(self, text, length)) {
            add_name(self, STAND_IN_HOST, text, length);
        }
        break;
    case WORD_FOUNDATION:
        add_foundation(self, text, length);
        break;
    case WORD_ZERO:
        for (gsize i = 0; i < length; i++) {
            g_string_append_c(self->out, '0');
        }
        break;
    case WORD_ANY:
        add_any(self, text, length);
        break;
    }
}

static word_kind announced(const char *text, gsize length) {
    for (gsize i = 0; i < G_N_ELEMENTS(announcing); i++) {
        if (redact_text_is(text, length, announcing[i].word)) {
            return announcing[i].next;
        }
    }
    return WORD_ANY;
}

/* User names and fragments have other separators in them. */
static const char *separators_of(word_kind kind) {
    return kind == WORD_ANY || kind == WORD_ADDRESS ? REDACT_TEXT_SEPARATORS : " ";
}

static void add_words(sdp_writer *self, const char *shape, const char *text, gsize length) {
    word_kind after = WORD_ANY;

    while (length > 0) {
        const word_kind kind = *shape != 0 ? (word_kind)*shape++ : after;
        const gsize word = redact_text_word(text, length, separators_of(kind));

        add_word(self, kind, text, word);
        after = announced(text, word);
        if (word < length) {
            g_string_append_c(self->out, text[word]);
        }
        text += MIN(length, word + 1);
        length -= MIN(length, word + 1);
    }
}

/* The letter stays, where the line has one. */
static void add_other_line(sdp_writer *self, const char *text, gsize length) {
    const gsize kept = length >= 2 && g_ascii_islower(text[0]) && text[1] == '=' ? 2 : 0;
    const span filled = {.at = self->out->len + kept, .length = length - kept};

    g_string_append_len(self->out, text, (gssize)kept);
    add_filled(self, text + kept, filled.length);
    if (kept > 0 && filled.length > 0) {
        g_array_append_val(self->filled, filled);
    }
}

static void add_line(sdp_writer *self, const char *text, gsize length) {
    for (gsize i = 0; i < G_N_ELEMENTS(rules); i++) {
        const gsize begin = strlen(rules[i].begin);
        const char last = rules[i].begin[begin - 1];

        if (length >= begin && memcmp(text, rules[i].begin, begin) == 0 &&
            (last == ':' || last == '=' || length == begin)) {
            g_string_append_len(self->out, text, (gssize)begin);
            add_words(self, rules[i].shape, text + begin, length - begin);
            return;
        }
    }
    add_other_line(self, text, length);
}

static void add_lines(sdp_writer *self, const char *text, gsize length) {
    while (length > 0) {
        gsize end;
        const gsize line = redact_text_line(text, length, &end);

        if (end == 0) {
            add_filled(self, text, line);
        } else {
            add_line(self, text, line);
        }
        g_string_append_len(self->out, text + line, (gssize)end);
        text += line + end;
        length -= line + end;
    }
}

/* Each filled place keeps a byte. */
static gboolean fit(sdp_writer *self, gsize length) {
    for (guint i = self->filled->len; i-- > 0 && self->out->len != length;) {
        const span *filled = &g_array_index(self->filled, span, i);

        if (self->out->len > length) {
            g_string_erase(self->out, (gssize)filled->at,
                           (gssize)MIN(filled->length - 1, self->out->len - length));
        }
        while (self->out->len < length) {
            g_string_insert_c(self->out, (gssize)filled->at, self->out->str[filled->at]);
        }
    }
    return self->out->len == length;
}

gsize redact_sdp_find(const char *text, gsize length) {
    const gsize first = strlen(FIRST_LINE);
    const char *at = text;

    while (length > 0 && (at = memchr(at, FIRST_LINE[0], length - (gsize)(at - text))) != NULL) {
        const gsize left = length - (gsize)(at - text);

        if (left >= first && memcmp(at, FIRST_LINE, first) == 0 && (at == text || at[-1] == '\n')) {
            return (gsize)(at - text);
        }
        at++;
    }
    return length;
}

gboolean redact_sdp(stand_ins *names, char *text, gsize length) {
    sdp_writer self = {.names = names,
                       .out = g_string_sized_new(length + 1),
                       .filled = g_array_new(FALSE, FALSE, sizeof(span))};
    gboolean fits;

    add_lines(&self, text, length);
    fits = fit(&self, length);
    if (fits) {
        memcpy(text, self.out->str, length);
    }
    g_string_free(self.out, TRUE);
    g_array_unref(self.filled);
    return fits;
}
