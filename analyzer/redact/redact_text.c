/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/redact/redact_text.h"

#include <stdlib.h>
#include <string.h>

#define MARK_SIZE 8u
#define FILL      'x'

/* In the order of g_ascii_strcasecmp(), which a search relies on and a test holds it to. From RFC
 * 3261, 3551, 4145, 4583, 4585, 6544, 8839, 8841 and 8866, and names of codecs. */
static const char *const words[] = {
    "ack",
    "active",
    "actpass",
    "application",
    "as",
    "audio",
    "avp",
    "avpf",
    "bfcp",
    "bundle",
    "bye",
    "cancel",
    "ccm",
    "content",
    "ct",
    "data",
    "dtls",
    "existing",
    "fir",
    "g722",
    "g729",
    "generation",
    "h264",
    "holdconn",
    "host",
    "ice2",
    "image",
    "in",
    "info",
    "invite",
    "ip4",
    "ip6",
    "isac",
    "l16",
    "main",
    "message",
    "nack",
    "network-cost",
    "network-id",
    "new",
    "notify",
    "options",
    "opus",
    "passive",
    "pcma",
    "pcmu",
    "pli",
    "prack",
    "prflx",
    "publish",
    "raddr",
    "refer",
    "register",
    "relay",
    "renomination",
    "rport",
    "rr",
    "rs",
    "rtp",
    "rtx",
    "savp",
    "savpf",
    "sctp",
    "sdp",
    "siren",
    "slides",
    "so",
    "srflx",
    "subscribe",
    "tcp",
    "tcptype",
    "telephone-event",
    "text",
    "tias",
    "tls",
    "tmmbr",
    "trickle",
    "typ",
    "udp",
    "ufrag",
    "update",
    "video",
    "vp8",
    "vp9",
    "webrtc-datachannel",
};

gboolean redact_text_number(const char *text, gsize length, guint64 most) {
    guint64 number = 0;

    for (gsize i = 0; i < length; i++) {
        if (!g_ascii_isdigit(text[i]) || (i > 0 && number == 0) || number > most) {
            return FALSE;
        }
        number = number * 10 + (guint64)(text[i] - '0');
    }
    return length > 0 && number <= most;
}

gboolean redact_text_is(const char *text, gsize length, const char *word) {
    return strlen(word) == length && g_ascii_strncasecmp(text, word, length) == 0;
}

static int compare(const void *key, const void *row) {
    return g_ascii_strcasecmp(key, *(const char *const *)row);
}

gboolean redact_text_stays(const char *text, gsize length) {
    g_autofree char *word = NULL;

    if (redact_text_is(text, length, "-") || redact_text_is(text, length, "*")) {
        return TRUE;
    }
    if (memchr(text, 0, length) != NULL) {
        return FALSE;
    }
    word = g_strndup(text, length);
    return bsearch(word, words, G_N_ELEMENTS(words), sizeof words[0], compare) != NULL;
}

gsize redact_text_word(const char *text, gsize length, const char *separators) {
    gsize at = 0;

    while (at < length && (text[at] == 0 || strchr(separators, text[at]) == NULL)) {
        at++;
    }
    return at;
}

gsize redact_text_line(const char *text, gsize length, gsize *end) {
    const char *feed = memchr(text, '\n', length);

    if (feed == NULL) {
        *end = 0;
        return length;
    }
    *end = feed > text && feed[-1] == '\r' ? 2 : 1;
    return (gsize)(feed - text) + 1 - *end;
}

void redact_text_fill(char *text, gsize length) {
    if (length > 0) {
        memset(text, FILL, length);
    }
}

void redact_text_mark(const stand_ins *names, char *text, gsize length) {
    guint8 digest[MARK_SIZE];

    stand_ins_digest(names, (const guint8 *)text, length, digest, sizeof digest);
    redact_text_fill(text, length);
    for (gsize i = 0; i < MIN(length, MARK_SIZE); i++) {
        text[i] = "0123456789abcdef"[digest[i] & 0xfu];
    }
}
