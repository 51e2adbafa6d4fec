/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/redact/redact_sdp.h"

#include "analyzer/redact/redact_text.h"

#include <arpa/inet.h>
#include <string.h>

/* Two lines that every description begins with: other text has no such beginning by chance. */
#define FIRST_LINES "v=0\r\no="

/* What a word of a line is, and with it what may stay of it. */
typedef enum word_kind {
    WORD_LISTED = 'w',   /* one of redact_text.h, or an address */
    WORD_SMALL = 'p',    /* the same, or a number up to 127: payload types, components, places */
    WORD_NUMBER = 'n',   /* a number of five digits: ports, rates */
    WORD_PRIORITY = 'N', /* a number of ten */
    WORD_ZERO = 'z',     /* a number that tells one sender from another */
    WORD_NOTHING = 'x',  /* whatever it is */
    WORD_USER = 'u',
    WORD_ADDRESS = 'a',
    WORD_FRAGMENT = 'i',
    WORD_FOUNDATION = 'f'
} word_kind;

/* The lines of which something stays. */
typedef struct line_rule {
    const char *begin;
    const char *shape; /* a word_kind for each word; the last one is that of all behind it too */
} line_rule;

static const line_rule rules[] = {
    {"v=", "p"},
    {"t=", "z"},
    {"o=", "uzzwwxw"}, /* its address is needed least, and room for the others */
    {"c=", "wwap"},
    {"m=", "wnp"},
    {"b=AS:", "N"},
    {"b=CT:", "N"},
    {"b=TIAS:", "N"},
    {"b=RS:", "N"},
    {"b=RR:", "N"},
    {"a=candidate:", "fpwNanw"},
    {"a=remote-candidates:", "panpanpanpanw"},
    {"a=end-of-candidates", ""},
    {"a=ice-ufrag:", "iw"},
    {"a=ice-options:", "w"},
    {"a=ice-lite", ""},
    {"a=rtcp:", "nw"},
    {"a=rtcp-mux", ""},
    {"a=rtcp-rsize", ""},
    {"a=rtcp-fb:", "pw"},
    {"a=rtpmap:", "pwnpw"},
    {"a=fmtp:", "pw"},
    {"a=mid:", "pw"},
    {"a=group:", "wp"},
    {"a=setup:", "w"},
    {"a=connection:", "w"},
    {"a=content:", "w"},
    {"a=ptime:", "pw"},
    {"a=maxptime:", "pw"},
    {"a=sctp-port:", "nw"},
    {"a=max-message-size:", "N"},
    {"a=sendrecv", ""},
    {"a=sendonly", ""},
    {"a=recvonly", ""},
    {"a=inactive", ""},
};

/* The word that is followed by what the next one is. */
static const struct {
    const char *word;
    word_kind next;
} announcing[] = {{"IP4", WORD_ADDRESS},      {"IP6", WORD_ADDRESS},
                  {"raddr", WORD_ADDRESS},    {"ufrag", WORD_FRAGMENT},
                  {"rport", WORD_NUMBER},     {"generation", WORD_SMALL},
                  {"network-id", WORD_SMALL}, {"network-cost", WORD_NUMBER}};

typedef struct span {
    gsize at;
    gsize length;
    gsize kept; /* what becomes of the length */
} span;

typedef struct sdp_writer {
    stand_ins *names; /* borrowed */
    GString *out;
    GArray *loose; /* of span: what may become longer or shorter */
    gsize room;    /* how much longer all may become */
} sdp_writer;

static void add_filled(sdp_writer *self, const char *text, gsize length) {
    const gsize at = self->out->len;

    g_string_append_len(self->out, text, (gssize)length);
    redact_text_fill(self->out->str + at, length);
}

static void add_loose(sdp_writer *self, gsize length) {
    const span loose = {.at = self->out->len - length, .length = length};

    if (length > 0) {
        g_array_append_val(self->loose, loose);
    }
}

static void add_name(sdp_writer *self, stand_in_kind kind, const char *text, gsize length) {
    const gsize at = self->out->len;

    g_string_append_len(self->out, text, (gssize)length);
    if (!redact_text_is(text, length, "-")) {
        stand_ins_text(self->names, kind, (guint8 *)self->out->str + at, length);
    }
}

static gboolean read_address(const char *text, gsize length, stun_address *address) {
    g_autofree char *word = g_strndup(text, length);
    guint8 bytes[16];

    if (inet_pton(AF_INET, word, bytes) == 1) {
        *address = stun_address_ipv4(bytes, 0);
    } else if (inet_pton(AF_INET6, word, bytes) == 1) {
        *address = stun_address_ipv6(bytes, 0);
    } else {
        return FALSE;
    }
    return TRUE;
}

/* An address may have a zone or a port behind it, of which only the separator stays. */
static gboolean add_address(sdp_writer *self, const char *text, gsize length) {
    const gsize alone = redact_text_word(text, length, "%");
    const gsize before_port = redact_text_word(text, length, ":");
    gsize used = alone;
    char made[STUN_ADDRESS_TEXT];
    stun_address address;
    gsize size;

    if (!read_address(text, alone, &address)) {
        used = before_port;
        if (!read_address(text, before_port, &address)) {
            return FALSE;
        }
    }
    stand_ins_address(self->names, &address);
    stun_address_format_host(&address, made, sizeof made);
    size = strlen(made);
    if (size > used + self->room) {
        add_filled(self, text, length);
        return TRUE;
    }
    self->room += used;
    self->room -= size;
    g_string_append(self->out, made);
    if (used < length) {
        g_string_append_c(self->out, text[used]);
        add_filled(self, text + used + 1, length - used - 1);
    }
    return TRUE;
}

/* What looks like an address and cannot be read is no name either. */
static void add_host(sdp_writer *self, const char *text, gsize length) {
    if (add_address(self, text, length)) {
        return;
    }
    if (redact_text_word(text, length, ":[]%") < length) {
        add_filled(self, text, length);
    } else {
        add_name(self, STAND_IN_HOST, text, length);
    }
}

static void add_listed(sdp_writer *self, const char *text, gsize length) {
    if (redact_text_stays(text, length)) {
        g_string_append_len(self->out, text, (gssize)length);
    } else if (!add_address(self, text, length)) {
        add_filled(self, text, length);
    }
}

static void add_number(sdp_writer *self, guint64 most, const char *text, gsize length) {
    if (redact_text_number(text, length, most)) {
        g_string_append_len(self->out, text, (gssize)length);
    } else {
        add_filled(self, text, length);
    }
}

static void add_zeros(sdp_writer *self, gsize length) {
    for (gsize i = 0; i < length; i++) {
        g_string_append_c(self->out, '0');
    }
    add_loose(self, length);
}

static void add_word(sdp_writer *self, word_kind kind, const char *text, gsize length) {
    switch (kind) {
    case WORD_LISTED:
        add_listed(self, text, length);
        break;
    case WORD_SMALL:
        if (redact_text_number(text, length, 127)) {
            g_string_append_len(self->out, text, (gssize)length);
        } else {
            add_listed(self, text, length);
        }
        break;
    case WORD_NUMBER:
        add_number(self, 99999, text, length);
        break;
    case WORD_PRIORITY:
        add_number(self, G_MAXUINT32, text, length);
        break;
    case WORD_ZERO:
        add_zeros(self, length);
        break;
    case WORD_NOTHING:
        add_filled(self, text, length);
        add_loose(self, length);
        break;
    case WORD_USER:
        add_name(self, STAND_IN_USER, text, length);
        break;
    case WORD_FRAGMENT:
        add_name(self, STAND_IN_FRAGMENT, text, length);
        break;
    case WORD_ADDRESS:
        add_host(self, text, length);
        break;
    case WORD_FOUNDATION: /* of some agents it is the address in another form */
        add_name(self, STAND_IN_TEXT, text, length);
        break;
    }
}

/* What TEXT says that the next word is; KIND where it says nothing. */
static word_kind announced(const char *text, gsize length, word_kind kind) {
    for (gsize i = 0; i < G_N_ELEMENTS(announcing); i++) {
        if (redact_text_is(text, length, announcing[i].word)) {
            return announcing[i].next;
        }
    }
    return kind;
}

/* User names, fragments and the like have other separators in them. */
static const char *separators_of(word_kind kind) {
    return strchr("uif", kind) != NULL ? " " : REDACT_TEXT_SEPARATORS;
}

static void add_words(sdp_writer *self, const char *shape, const char *text, gsize length) {
    word_kind next = 0; /* 0: what SHAPE says */

    while (length > 0) {
        const word_kind kind = next != 0 && *shape != WORD_NOTHING ? next : (word_kind)*shape;
        const gsize word = redact_text_word(text, length, separators_of(kind));

        if (word > 0) { /* of two separators in a row the second ends nothing */
            add_word(self, kind, text, word);
            next = kind == WORD_LISTED || kind == WORD_SMALL ? announced(text, word, 0) : 0;
            shape += shape[1] != 0;
        }
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

    g_string_append_len(self->out, text, (gssize)kept);
    add_filled(self, text + kept, length - kept);
    if (kept > 0) {
        add_loose(self, length - kept);
    }
}

static void add_line(sdp_writer *self, const char *text, gsize length) {
    for (gsize i = 0; i < G_N_ELEMENTS(rules); i++) {
        const gsize begin = strlen(rules[i].begin);

        if (length >= begin && memcmp(text, rules[i].begin, begin) == 0 &&
            (*rules[i].shape != 0 || length == begin)) {
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

/* Each loose place keeps a byte. */
static gsize room_of(const GArray *loose) {
    gsize room = 0;

    for (guint i = 0; i < loose->len; i++) {
        room += g_array_index(loose, span, i).length - 1;
    }
    return room;
}

/* The last places give way first. All at once: a packet may have thousands of them. */
static void fit(sdp_writer *self, gsize length) {
    GString *fitted = g_string_sized_new(length + 1);
    gsize over = self->out->len > length ? self->out->len - length : 0;
    gsize from = 0;

    for (guint i = self->loose->len; i-- > 0;) {
        span *loose = &g_array_index(self->loose, span, i);

        loose->kept = loose->length - MIN(loose->length - 1, over);
        over -= loose->length - loose->kept;
        if (i == self->loose->len - 1 && self->out->len < length) {
            loose->kept += length - self->out->len;
        }
    }
    for (guint i = 0; i < self->loose->len; i++) {
        const span *loose = &g_array_index(self->loose, span, i);

        g_string_append_len(fitted, self->out->str + from, (gssize)(loose->at - from));
        for (gsize k = 0; k < loose->kept; k++) {
            g_string_append_c(fitted, self->out->str[loose->at]);
        }
        from = loose->at + loose->length;
    }
    g_string_append_len(fitted, self->out->str + from, (gssize)(self->out->len - from));
    g_string_free(self->out, TRUE);
    self->out = fitted;
}

gsize redact_sdp_find(const char *text, gsize length) {
    const gsize first = strlen(FIRST_LINES);
    const char *at = text;

    while (length > 0 && (at = memchr(at, FIRST_LINES[0], length - (gsize)(at - text))) != NULL) {
        const gsize left = length - (gsize)(at - text);

        if (left >= first && memcmp(at, FIRST_LINES, first) == 0 &&
            (at == text || at[-1] == '\n')) {
            return (gsize)(at - text);
        }
        at++;
    }
    return length;
}

void redact_sdp(stand_ins *names, char *text, gsize length) {
    sdp_writer self = {.names = names,
                       .out = g_string_sized_new(length + 1),
                       .loose = g_array_new(FALSE, FALSE, sizeof(span))};

    add_lines(&self, text, length); /* for the room that there is */
    self.room = room_of(self.loose);
    g_array_set_size(self.loose, 0);
    g_string_truncate(self.out, 0);
    add_lines(&self, text, length);
    fit(&self, length);
    if (self.out->len == length) {
        memcpy(text, self.out->str, length);
    } else { /* nothing is loose in it, as it would be in a description */
        redact_text_fill(text, length);
    }
    g_string_free(self.out, TRUE);
    g_array_unref(self.loose);
}
