/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzer/redact/redact_sip.h"

#include "analyzer/redact/redact_sdp.h"
#include "analyzer/redact/redact_text.h"

#include <string.h>

#define VERSION     "SIP/2.0"
#define STATUS_CODE 3u
#define MAX_NUMBER  99999u

/* RFC 3261 and those that extend it; the order is that of what is met most. */
static const char *const methods[] = {"INVITE",  "ACK",    "BYE",       "OPTIONS", "CANCEL",
                                      "INFO",    "UPDATE", "REGISTER",  "PRACK",   "NOTIFY",
                                      "MESSAGE", "REFER",  "SUBSCRIBE", "PUBLISH"};

typedef enum header_rule {
    FILL,
    WORDS,   /* those that redact_text.h knows stay */
    NUMBERS, /* and numbers of up to five digits */
    MARK     /* the same for the same value */
} header_rule;

static const struct {
    const char *name;
    header_rule rule;
} headers[] = {
    {"Via", FILL},
    {"v", FILL},
    {"From", FILL},
    {"f", FILL},
    {"To", FILL},
    {"t", FILL},
    {"Contact", FILL},
    {"m", FILL},
    {"Call-ID", MARK},
    {"i", MARK},
    {"CSeq", NUMBERS},
    {"Max-Forwards", NUMBERS},
    {"Content-Type", WORDS},
    {"c", WORDS},
    {"Content-Length", NUMBERS},
    {"l", NUMBERS},
    {"Expires", NUMBERS},
    {"Allow", WORDS},
    {"Supported", FILL},
    {"Require", FILL},
    {"Record-Route", FILL},
    {"Route", FILL},
    {"User-Agent", FILL},
    {"Server", FILL},
    {"Authorization", FILL},
    {"Proxy-Authorization", FILL},
    {"WWW-Authenticate", FILL},
    {"Proxy-Authenticate", FILL},
    {"Session-Expires", FILL},
    {"Reason", FILL},
    {"Warning", FILL},
};

static void keep_words(char *text, gsize length, gboolean numbers) {
    while (length > 0) {
        const gsize word = redact_text_word(text, length, REDACT_TEXT_SEPARATORS);

        if (!redact_text_stays(text, word) &&
            !(numbers && redact_text_number(text, word, MAX_NUMBER))) {
            redact_text_fill(text, word);
        }
        text += MIN(length, word + 1);
        length -= MIN(length, word + 1);
    }
}

static void redact_value(const stand_ins *names, header_rule rule, char *text, gsize length) {
    if (rule == WORDS || rule == NUMBERS) {
        keep_words(text, length, rule == NUMBERS);
    } else if (rule == MARK) {
        redact_text_mark(names, text, length);
    } else {
        redact_text_fill(text, length);
    }
}

static void redact_header(const stand_ins *names, char *text, gsize length) {
    const gsize name = redact_text_word(text, length, ":");
    const gsize space = name + 1 < length && text[name + 1] == ' ';
    const gsize value = MIN(length, name + 1 + space);
    gsize row = 0;

    while (row < G_N_ELEMENTS(headers) && !redact_text_is(text, name, headers[row].name)) {
        row++;
    }
    if (row < G_N_ELEMENTS(headers)) {
        redact_value(names, headers[row].rule, text + value, length - value);
    } else {
        redact_text_fill(text, name);
        redact_text_fill(text + value, length - value);
    }
}

/* What stays of a first line, in front of the URI or the reason and behind it. HEAD is 0 when it is
 * no first line. */
typedef struct first_line {
    gsize head;
    gsize tail;
} first_line;

static gboolean begins_with(const char *text, gsize length, const char *begin) {
    return length >= strlen(begin) && memcmp(text, begin, strlen(begin)) == 0;
}

static first_line status_line(const char *text, gsize length) {
    const gsize code = strlen(VERSION " ");

    if (length > code + STATUS_CODE && begins_with(text, length, VERSION " ") &&
        text[code + STATUS_CODE] == ' ' && redact_text_number(text + code, STATUS_CODE, 699)) {
        return (first_line){.head = code + STATUS_CODE + 1};
    }
    return (first_line){0};
}

static first_line request_line(const char *text, gsize length) {
    const gsize tail = strlen(" " VERSION);
    const gsize method = redact_text_word(text, length, " ");
    gsize scheme;

    if (method + 1 + tail >= length || memcmp(text + length - tail, " " VERSION, tail) != 0) {
        return (first_line){0};
    }
    scheme = begins_with(text + method + 1, length - method - 1 - tail, "sip:") ? 4 : 0;
    for (gsize i = 0; i < G_N_ELEMENTS(methods); i++) {
        if (method == strlen(methods[i]) && memcmp(text, methods[i], method) == 0) {
            return (first_line){.head = method + 1 + scheme, .tail = tail};
        }
    }
    return (first_line){0};
}

/* The number behind "Content-Length:" in the line at TEXT; LENGTH in others. */
static gsize told_length(const char *text, gsize line, gsize length) {
    const gsize name = redact_text_word(text, line, ":");
    const gsize begin = name + 1 + (name + 1 < line && text[name + 1] == ' ');

    if ((redact_text_is(text, name, "Content-Length") || redact_text_is(text, name, "l")) &&
        begin < line && redact_text_number(text + begin, line - begin, MAX_NUMBER)) {
        return (gsize)g_ascii_strtoull(text + begin, NULL, 10);
    }
    return length;
}

/* Where the body begins; *BODY is how long the headers say that it is, if they do. A line without
 * an end may be a part of one. */
static gsize redact_headers(const stand_ins *names, char *text, gsize length, gsize *body) {
    gsize at = 0;

    while (at < length) {
        gsize end;
        const gsize line = redact_text_line(text + at, length - at, &end);

        if (end == 0) {
            redact_text_fill(text + at, line);
        } else {
            *body = told_length(text + at, line, *body);
            redact_header(names, text + at, line);
        }
        at += line + end;
        if (line == 0) {
            return at;
        }
    }
    return length;
}

static void redact_body(stand_ins *names, char *text, gsize length) {
    const gsize description = redact_sdp_find(text, length);

    redact_text_fill(text, description);
    redact_sdp(names, text + description, length - description);
}

/* Media is not searched for the end of a line. */
static gboolean may_begin(const char *text, gsize length) {
    return length > 1 && g_ascii_isupper(text[0]) && g_ascii_isupper(text[1]);
}

/* How much of TEXT the message takes that begins there; 0 when none does. */
static gsize redact_one(stand_ins *names, char *text, gsize length) {
    gsize end = 0;
    const gsize line = may_begin(text, length) ? redact_text_line(text, length, &end) : 0;
    first_line first = status_line(text, line);
    gsize body = length;
    gsize at;

    if (first.head == 0) {
        first = request_line(text, line);
    }
    if (first.head == 0 || end != 2) {
        return 0;
    }
    redact_text_mark(names, text + first.head, line - first.head - first.tail);
    at = line + end + redact_headers(names, text + line + end, length - line - end, &body);
    body = MIN(body, length - at);
    redact_body(names, text + at, body);
    return at + body;
}

gboolean redact_sip(stand_ins *names, char *text, gsize length) {
    gsize taken = 0;
    gsize one;

    while (taken < length && (one = redact_one(names, text + taken, length - taken)) > 0) {
        taken += one;
    }
    if (taken == 0) {
        return FALSE;
    }
    redact_text_fill(text + taken, length - taken);
    return TRUE;
}
