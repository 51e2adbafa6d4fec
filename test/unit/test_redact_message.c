/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE /* memmem */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyzer/redact/redact_message.h"
#include "stun/fingerprint.h"
#include "stun/value.h"
#include "support/build.h"
#include "support/hex.h"
#include "support/vectors.h"

#include <string.h>

static const guint8 key[] = "a key of at least 16 bytes";

/* A message, and what became of it. */
typedef struct redacted {
    stand_ins *by;
    message before;
    message after;
    stun_message read_before;
    stun_message read_after;
} redacted;

static int setup(void **state) {
    redacted *self = g_new0(redacted, 1);

    self->by = stand_ins_new(key, sizeof key);
    *state = self;
    return 0;
}

static int teardown(void **state) {
    redacted *self = *state;

    stand_ins_free(self->by);
    g_free(self);
    return 0;
}

static void redact(redacted *self, message of) {
    self->before = of;
    self->after = of;
    assert_true(redact_message(self->by, self->after.bytes, of.length, of.length));
    assert_int_equal(
        stun_message_parse(self->before.bytes, of.length, of.length, &self->read_before), STUN_OK);
    assert_int_equal(stun_message_parse(self->after.bytes, of.length, of.length, &self->read_after),
                     STUN_OK);
    assert_int_equal(self->read_after.dialect, self->read_before.dialect);
    assert_memory_equal(self->before.bytes, self->after.bytes, STUN_HEADER_SIZE);
}

static stun_attr attribute(const stun_message *of, guint16 type) {
    stun_attr attr;

    assert_true(stun_message_find(of, type, &attr));
    return attr;
}

static char *text(const stun_message *of, guint16 type) {
    const stun_attr attr = attribute(of, type);
    const stun_text read = stun_value_text(&attr, of->dialect);

    return g_strndup(read.bytes, read.length);
}

/* The stand-in of TEXT, with zeros or quotes around it as in the original. */
static void assert_stand_in(redacted *self, guint16 type, stand_in_kind kind, const char *of) {
    g_autofree char *before = text(&self->read_before, type);
    g_autofree char *after = text(&self->read_after, type);
    g_autofree char *expected = g_strdup(of);

    assert_string_equal(before, of);
    stand_ins_text(self->by, kind, (guint8 *)expected, strlen(expected));
    assert_string_equal(after, expected);
}

static void assert_address(redacted *self, guint16 type, const char *of) {
    const stun_attr attr_before = attribute(&self->read_before, type);
    const stun_attr attr_after = attribute(&self->read_after, type);
    stun_address expected = address_of(of);
    stun_address before;
    stun_address after;

    assert_true(stun_value_address(&self->read_before, &attr_before, &before));
    assert_true(stun_value_address(&self->read_after, &attr_after, &after));
    assert_true(stun_address_equal(&before, &expected));
    stand_ins_address(self->by, &expected);
    assert_true(stun_address_equal(&after, &expected));
    assert_false(stun_address_equal(&after, &before));
}

static void assert_number(redacted *self, guint16 type, guint32 expected) {
    const stun_attr attr = attribute(&self->read_after, type);
    guint32 number;

    assert_true(stun_value_uint(&attr, &number));
    assert_int_equal(number, expected);
}

static void addresses_are_those_of_the_stand_ins(void **state) {
    redacted *self = *state;

    redact(self, message_of("allocate success 77 relayed=198.51.100.7:50000 "
                            "mapped=[2001:db8:1::7]:4000 peer=10.1.2.3:9 alternate=192.0.2.9:3478 "
                            "lifetime=600"));
    assert_address(self, STUN_ATTR_XOR_RELAYED_ADDRESS, "198.51.100.7:50000");
    assert_address(self, STUN_ATTR_XOR_MAPPED_ADDRESS, "[2001:db8:1::7]:4000");
    assert_address(self, STUN_ATTR_XOR_PEER_ADDRESS, "10.1.2.3:9");
    assert_address(self, STUN_ATTR_ALTERNATE_SERVER, "192.0.2.9:3478");
    assert_number(self, STUN_ATTR_LIFETIME, 600);
}

static message ms_message(void) {
    static const guint8 xor_mapped[8] = {0,          1,    0x22 ^ 0x12, 0x22 ^ 0x34,
                                         192 ^ 0x22, 0x22, 2 ^ 0x22,    5 ^ 0x22};
    static const guint8 sequence[24] = {'c', 'o', 'n', 'n', 'e', 'c', 't', [23] = 9};
    message made = message_ms(0x0103, 0x22);

    message_add_address(&made, STUN_ATTR_MAPPED_ADDRESS, "203.0.113.5:50000");
    message_add(&made, STUN_ATTR_MS_XOR_MAPPED_ADDRESS, xor_mapped, sizeof xor_mapped);
    message_add_address(&made, STUN_ATTR_DESTINATION_ADDRESS, "10.9.8.7:3478");
    message_add_text(&made, STUN_ATTR_MS_REALM, "\"rtcmedia\"");
    message_add_text(&made, STUN_ATTR_MS_NONCE, "\"nonce of the server\"");
    message_add_text(&made, STUN_ATTR_MS_USERNAME, "\x01\x02user:name");
    message_add(&made, STUN_ATTR_MS_SEQUENCE_NUMBER, sequence, sizeof sequence);
    return made;
}

static void ms_turn_has_its_own_numbers(void **state) {
    redacted *self = *state;
    stun_ms_sequence sequence;
    stun_attr attr;

    redact(self, ms_message());
    assert_int_equal(self->read_after.dialect, STUN_DIALECT_MS_TURN);
    assert_address(self, STUN_ATTR_MAPPED_ADDRESS, "203.0.113.5:50000");
    assert_address(self, STUN_ATTR_MS_XOR_MAPPED_ADDRESS, "192.0.2.5:4660");
    assert_address(self, STUN_ATTR_DESTINATION_ADDRESS, "10.9.8.7:3478");
    assert_stand_in(self, STUN_ATTR_MS_REALM, STAND_IN_REALM, "rtcmedia");
    assert_stand_in(self, STUN_ATTR_MS_NONCE, STAND_IN_NONCE, "nonce of the server");
    attr = attribute(&self->read_after, STUN_ATTR_MS_REALM);
    assert_int_equal(attr.value[0], '"');
    assert_int_equal(attr.value[attr.length - 1], '"');
    attr = attribute(&self->read_after, STUN_ATTR_MS_USERNAME);
    assert_int_equal(attr.value[6], ':');
    attr = attribute(&self->read_after, STUN_ATTR_MS_SEQUENCE_NUMBER);
    assert_true(stun_value_ms_sequence(&attr, &sequence));
    assert_int_equal(sequence.number, 9);
    assert_memory_not_equal(sequence.connection_id, "connect", 7);
    assert_number(self, STUN_ATTR_MAGIC_COOKIE, STUN_MS_COOKIE);
}

/* RFC 3489 has no cookie: what is XORed is so with the first bytes of the id. */
static void classic_messages_are_rewritten_too(void **state) {
    redacted *self = *state;
    message made = {.length = 0};

    made.length = hex_bytes(vector_classic_response, made.bytes, sizeof made.bytes);
    redact(self, made);
    assert_int_equal(self->read_after.dialect, STUN_DIALECT_RFC3489);
    assert_address(self, STUN_ATTR_MAPPED_ADDRESS, "203.0.113.5:4096");
    assert_address(self, STUN_ATTR_CHANGED_ADDRESS, "192.0.2.2:3479");
}

static void names_become_stand_ins_of_their_kind(void **state) {
    redacted *self = *state;

    redact(self, message_of("allocate request 3 user=alice realm=example.org nonce=obMatJos2 "
                            "software=Acme-1.0 transport=17 mi fingerprint"));
    assert_stand_in(self, STUN_ATTR_USERNAME, STAND_IN_USER, "alice");
    assert_stand_in(self, STUN_ATTR_REALM, STAND_IN_REALM, "example.org");
    assert_stand_in(self, STUN_ATTR_NONCE, STAND_IN_NONCE, "obMatJos2");
    assert_stand_in(self, STUN_ATTR_SOFTWARE, STAND_IN_SOFTWARE, "Acme-1.0");
    assert_number(self, STUN_ATTR_REQUESTED_TRANSPORT, 17);
}

static void zeros_behind_a_text_stay(void **state) {
    redacted *self = *state;
    message made = message_of("allocate request 3");
    stun_attr attr;

    message_add(&made, STUN_ATTR_REALM, "example.org\0\0\0", 14);
    redact(self, made);
    assert_stand_in(self, STUN_ATTR_REALM, STAND_IN_REALM, "example.org");
    attr = attribute(&self->read_after, STUN_ATTR_REALM);
    assert_memory_equal(attr.value + 11, "\0\0\0", 3);
}

/* turn/ takes "a:b" and "b:a" for one ICE session. */
static void directions_of_a_check_stay_together(void **state) {
    redacted *self = *state;
    g_autofree char *there = NULL;
    g_autofree char *back = NULL;
    g_auto(GStrv) first = NULL;
    g_auto(GStrv) second = NULL;

    redact(self, message_of("binding request 4 user=evtj:h6vY priority=1"));
    there = text(&self->read_after, STUN_ATTR_USERNAME);
    redact(self, message_of("binding request 5 user=h6vY:evtj priority=1"));
    back = text(&self->read_after, STUN_ATTR_USERNAME);
    first = g_strsplit(there, ":", -1);
    second = g_strsplit(back, ":", -1);
    assert_int_equal(g_strv_length(first), 2);
    assert_string_equal(first[0], second[1]);
    assert_string_equal(first[1], second[0]);
    assert_string_not_equal(first[0], "evtj");
    assert_int_equal(strlen(first[0]), 4);
}

static char *reason_after(redacted *self, const char *reason) {
    message made = message_of("allocate error 6");
    stun_attr attr;
    stun_error error;

    message_add_error(&made, 403, reason);
    redact(self, made);
    attr = attribute(&self->read_after, STUN_ATTR_ERROR_CODE);
    assert_true(stun_value_error(&attr, &error));
    assert_int_equal(error.code, 403);
    assert_int_equal(error.reason_length, strlen(reason));
    return g_strndup(error.reason, error.reason_length);
}

/* Those of specifications, and those that servers have for everybody. */
static void reasons_stay_when_they_are_nobodys(void **state) {
    static const char *const stay[] = {"Forbidden",
                                       "Stale nonce",
                                       "Unauthorized",
                                       "",
                                       "Cannot create socket",
                                       "Wrong Transport Data",
                                       "Invalid allocation",
                                       "Forbidden IP",
                                       "No more destinations",
                                       "Unauthorized, try again",
                                       "The request did not contain a Message-Integrity attribute",
                                       "Mismatched allocation: wrong transaction ID",
                                       "Wrong nonce"};
    static const char *const go[] = {"Forbidden: alice",           "forbiddem",
                                     "Quota of 10.0.0.1 reached",  "Cannot create socket 5",
                                     "Cannot create socket\x01",   "Forbidden IP 10.0.0.1",
                                     "Invalid allocation of carl", " Forbidden IP"};
    redacted *self = *state;

    for (gsize i = 0; i < G_N_ELEMENTS(stay); i++) {
        g_autofree char *after = reason_after(self, stay[i]);

        assert_string_equal(after, stay[i]);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(go); i++) {
        g_autofree char *after = reason_after(self, go[i]);
        g_autofree char *expected = g_strdup(go[i]);

        stand_ins_text(self->by, STAND_IN_TEXT, (guint8 *)expected, strlen(expected));
        assert_string_equal(after, expected);
    }
}

/* All zeros say that it was removed, and not that somebody has another password. */
static void integrity_is_removed(void **state) {
    static const guint8 zeros[32];
    static const guint16 types[] = {STUN_ATTR_MESSAGE_INTEGRITY, STUN_ATTR_MESSAGE_INTEGRITY_SHA256,
                                    STUN_ATTR_GOOG_MESSAGE_INTEGRITY_32};
    static const gsize sizes[] = {20, 32, 4};
    redacted *self = *state;
    message made = message_of("allocate request 3 user=alice");

    for (gsize i = 0; i < G_N_ELEMENTS(types); i++) {
        message_add(&made, types[i], "a hash of the message and a key..", sizes[i]);
    }
    redact(self, made);
    for (gsize i = 0; i < G_N_ELEMENTS(types); i++) {
        const stun_attr attr = attribute(&self->read_after, types[i]);

        assert_int_equal(attr.length, sizes[i]);
        assert_memory_equal(attr.value, zeros, sizes[i]);
    }
}

static void fingerprint_is_as_good_as_it_was(void **state) {
    static const struct {
        const char *text;
        stun_fingerprint expected;
    } cases[] = {
        {"binding request 9 user=abcd:efgh software=x fingerprint", STUN_FINGERPRINT_GOOD},
        {"binding request 9 user=abcd:efgh software=x bad", STUN_FINGERPRINT_BAD},
        {"binding request 9 user=abcd:efgh software=x", STUN_FINGERPRINT_ABSENT},
    };
    redacted *self = *state;

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        redact(self, message_of(cases[i].text));
        assert_int_equal(stun_fingerprint_check(&self->read_before), cases[i].expected);
        assert_int_equal(stun_fingerprint_check(&self->read_after), cases[i].expected);
    }
}

/* Right by the table of [MS-ICE2], which is the standard one but for one entry. */
static void legacy_fingerprint_stays_one(void **state) {
    redacted *self = *state;
    guint kept = 0;

    for (guint i = 0; i < 50; i++) {
        g_autofree char *line =
            g_strdup_printf("binding request %u user=abcd:efgh software=a-longer-name legacy", i);
        stun_attr attr;
        guint32 crc;

        redact(self, message_of(line));
        attr = attribute(&self->read_after, STUN_ATTR_FINGERPRINT);
        assert_true(stun_value_uint(&attr, &crc));
        assert_int_equal(crc ^ 0x5354554eu, stun_crc32(self->read_after.bytes, attr.offset,
                                                       stun_fingerprint_check(&self->read_before) ==
                                                           STUN_FINGERPRINT_LEGACY));
        kept += stun_fingerprint_check(&self->read_after) == STUN_FINGERPRINT_LEGACY;
    }
    assert_true(kept > 0);
}

static void what_is_not_known_is_blank(void **state) {
    static const guint8 zeros[16];
    redacted *self = *state;
    message made = message_of("allocate request 3");
    stun_attr attr;

    message_add_text(&made, 0xbeef, "what nobody knows");
    message_add_text(&made, STUN_ATTR_PASSWORD, "secret");
    message_add_text(&made, STUN_ATTR_SOFTWARE, "x");
    memset(made.bytes + made.length - 3, 'p', 3);
    redact(self, made);
    attr = attribute(&self->read_after, 0xbeef);
    assert_memory_equal(attr.value, zeros, sizeof zeros);
    attr = attribute(&self->read_after, STUN_ATTR_PASSWORD);
    assert_memory_equal(attr.value, zeros, 6);
    attr = attribute(&self->read_after, STUN_ATTR_SOFTWARE);
    assert_memory_equal(attr.value + 1, zeros, 3);
}

/* What has not the length of a number of its type is no number. */
static void numbers_of_another_length_are_blank(void **state) {
    static const guint8 address[16] = {0, 1, 0x12, 0x34, 192, 0, 2, 1, 'f', 'u', 'l', 'l'};
    static const struct {
        guint16 type;
        const char *value;
    } numbers[] = {{STUN_ATTR_LIFETIME, "1234secret text."},
                   {STUN_ATTR_PRIORITY, "acm"},
                   {STUN_ATTR_ICE_CONTROLLING, "acmecorp-secret-name"},
                   {STUN_ATTR_ICE_CONTROLLED, "acme"},
                   {STUN_ATTR_EVEN_PORT, "ac"},
                   {STUN_ATTR_CHANNEL_NUMBER, "acmeco"},
                   {STUN_ATTR_REQUESTED_TRANSPORT, "a"},
                   {STUN_ATTR_REQUESTED_ADDRESS_FAMILY, "acmec"},
                   {STUN_ATTR_RESPONSE_PORT, "a"},
                   {STUN_ATTR_MS_SERVICE_QUALITY, "acmecorp"}};
    static const guint8 zeros[20];
    redacted *self = *state;
    message made = message_of("allocate request 3");
    stun_attr attr;

    for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++) {
        message_add_text(&made, numbers[i].type, numbers[i].value);
    }
    message_add(&made, STUN_ATTR_MAPPED_ADDRESS, address, sizeof address);
    redact(self, made);
    for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++) {
        attr = attribute(&self->read_after, numbers[i].type);
        assert_memory_equal(attr.value, zeros, strlen(numbers[i].value));
    }
    attr = attribute(&self->read_after, STUN_ATTR_MAPPED_ADDRESS);
    assert_memory_equal(attr.value + 8, zeros, 8);
    assert_address(self, STUN_ATTR_MAPPED_ADDRESS, "192.0.2.1:4660");
}

/* The dialect hangs on it. */
static void version_of_another_length_is_read_alike(void **state) {
    redacted *self = *state;
    message made = message_of("binding request 3");
    stun_attr attr;

    message_add(&made, STUN_ATTR_IMPLEMENTATION_VERSION, "\0\0\0\2acme", 8);
    redact(self, made);
    attr = attribute(&self->read_after, STUN_ATTR_IMPLEMENTATION_VERSION);
    assert_int_equal(self->read_after.dialect, STUN_DIALECT_MS_ICE2);
    assert_memory_equal(attr.value, "\0\0\0\0\0\0\0\0", 8);
    made = message_of("binding request 3");
    message_add(&made, STUN_ATTR_IMPLEMENTATION_VERSION, "acmecorp", 8);
    redact(self, made);
    attr = attribute(&self->read_after, STUN_ATTR_IMPLEMENTATION_VERSION);
    assert_int_equal(self->read_after.dialect, STUN_DIALECT_RFC5389);
    assert_memory_equal(attr.value, "\0\0\0\3\0\0\0\0", 8);
}

/* What is reserved behind a number goes all the same. */
static void numbers_of_their_length_stay(void **state) {
    static const struct {
        guint16 type;
        gsize length;
        const char *before;
        const char *after;
    } numbers[] = {
        {STUN_ATTR_PRIORITY, 4, "\x6e\x7f\x1e\xff", "\x6e\x7f\x1e\xff"},
        {STUN_ATTR_EVEN_PORT, 1, "\x80", "\x80"},
        {STUN_ATTR_CHANNEL_NUMBER, 4, "\x40\x01me", "\x40\x01\0\0"},
        {STUN_ATTR_REQUESTED_TRANSPORT, 4,
         "\x11"
         "acm",
         "\x11\0\0\0"},
        {STUN_ATTR_RESPONSE_PORT, 2, "\x0d\x96", "\x0d\x96"},
        {STUN_ATTR_CACHE_TIMEOUT, 4, "\0\0\x02\x58", "\0\0\x02\x58"},
    };
    redacted *self = *state;
    message made = message_of("allocate request 3");

    for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++) {
        message_add(&made, numbers[i].type, numbers[i].before, numbers[i].length);
    }
    redact(self, made);
    for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++) {
        const stun_attr attr = attribute(&self->read_after, numbers[i].type);

        assert_int_equal(attr.length, numbers[i].length);
        assert_memory_equal(attr.value, numbers[i].after, numbers[i].length);
    }
}

/* Two agents with one of them have a conflict, and eight bytes are room for a name. */
static void tie_breakers_are_told_apart(void **state) {
    redacted *self = *state;
    guint8 first[8];

    for (guint i = 0; i < 3; i++) {
        const guint16 type = i == 1 ? STUN_ATTR_ICE_CONTROLLED : STUN_ATTR_ICE_CONTROLLING;
        message made = message_of("binding request 3");
        stun_attr attr;

        message_add_text(&made, type, i == 2 ? "acmecorq" : "acmecorp");
        redact(self, made);
        attr = attribute(&self->read_after, type);
        if (i == 0) {
            memcpy(first, attr.value, sizeof first);
        }
        assert_int_equal(attr.length, sizeof first);
        assert_memory_not_equal(attr.value, "acmec", 5);
        assert_int_equal(memcmp(attr.value, first, sizeof first) == 0, i < 2);
    }
}

/* 192.168.7.21 in both, each read as a group by whom the specification is right for: its stand-in
 * does not come from the address, and nothing of that is left. */
static void address_that_is_written_wrong_goes_too(void **state) {
    static const guint8 plain[8] = {0, 1, 0x9c, 0x40, 192, 168, 7, 21};
    static const guint8 xored[8] = {0, 1, 0x9c, 0x40, 192 ^ 0x21, 168 ^ 0x12, 7 ^ 0xa4, 21 ^ 0x42};
    redacted *self = *state;
    message made = message_of("allocate success 3");

    message_add(&made, STUN_ATTR_XOR_MAPPED_ADDRESS, plain, sizeof plain);
    message_add(&made, STUN_ATTR_MAPPED_ADDRESS, xored, sizeof xored);
    redact(self, made);
    assert_null(memmem(self->after.bytes, self->after.length, plain + 4, 4));
    assert_null(memmem(self->after.bytes, self->after.length, xored + 4, 4));
    assert_null(memmem(self->after.bytes, self->after.length, plain + 4, 3));
    assert_null(memmem(self->after.bytes, self->after.length, xored + 4, 3));
}

static void assert_listed(redacted *self, const char *before, const char *after, gsize size) {
    message made = message_of("allocate error 3");
    stun_attr attr;

    message_add(&made, STUN_ATTR_UNKNOWN_ATTRIBUTES, before, size);
    redact(self, made);
    attr = attribute(&self->read_after, STUN_ATTR_UNKNOWN_ATTRIBUTES);
    assert_int_equal(attr.length, size);
    assert_memory_equal(attr.value, after, size);
}

/* But for those that may be text: of both bytes. */
static void listed_types_stay_unless_they_may_be_text(void **state) {
    static const char before[] = "\x00\x19\x80\x22\x7e\x1f\xc0\x41here is 10.1.2.3!";
    static const char after[] = "\x00\x19\x80\x22\x7e\x1f\xc0\x41\x7f\xff\x7f\xff\x7f\xff\x7f\xff"
                                "\x7f\xff\x7f\xff\x7f\xff\x7f\xff\x00";

    assert_listed(*state, before, after, sizeof before - 1);
}

/* There it stands too. */
static void listed_types_stay_when_a_request_had_them(void **state) {
    redacted *self = *state;
    message made = message_of("allocate request 3");

    assert_listed(self, "\x71\x23\x71\x24", "\x7f\xff\x7f\xff", 4);
    message_add_text(&made, 0x7123, "x");
    redact(self, made);
    assert_listed(self, "\x71\x23\x71\x24", "\x71\x23\x7f\xff", 4);
}

/* An MTU of 1400 is a number, and the text is none. */
static void icmp_keeps_numbers(void **state) {
    static const char *const before[] = {"\0\0\3\4\0\0\5\x78", "AC\3\4ACMEsecret."};
    static const char *const after[] = {"\0\0\3\4\0\0\5\x78", "\0\0\3\4\0\0ME\0\0\0\0\0\0\0"};
    static const gsize sizes[] = {8, 15};
    redacted *self = *state;

    for (gsize i = 0; i < G_N_ELEMENTS(before); i++) {
        message made = message_of("data indication 3");
        stun_attr attr;

        message_add(&made, STUN_ATTR_ICMP, before[i], sizes[i]);
        redact(self, made);
        attr = attribute(&self->read_after, STUN_ATTR_ICMP);
        assert_memory_equal(attr.value, after[i], sizes[i]);
    }
}

static void amounts_are_no_text(void **state) {
    static const char bandwidth[] = "\0\1\x86\xa0\xff\xff\xff\xff"
                                    "ACME"
                                    "\0\0\0\1"
                                    "more";
    static const char site[] = "\xc1"
                               "ABC"
                               "\0\0\3\xe8"
                               "corp";
    redacted *self = *state;
    message made = message_of("allocate success 3");
    stun_attr attr;

    message_add(&made, STUN_ATTR_BANDWIDTH_RESERVATION_AMOUNT, bandwidth, sizeof bandwidth - 1);
    message_add(&made, STUN_ATTR_REMOTE_SITE_RESPONSE, site, sizeof site - 1);
    redact(self, made);
    attr = attribute(&self->read_after, STUN_ATTR_BANDWIDTH_RESERVATION_AMOUNT);
    assert_memory_equal(attr.value, "\0\1\x86\xa0\xff\xff\xff\xff\0\0\0\0\0\0\0\1\0\0\0\0", 20);
    attr = attribute(&self->read_after, STUN_ATTR_REMOTE_SITE_RESPONSE);
    assert_memory_equal(attr.value, "\xc0\0\0\0\0\0\3\xe8\0\0\0\0", 12);
}

static void algorithms_lose_their_parameters(void **state) {
    static const char before[] = "\0\2\0\3abc\0\0\1\0\4text";
    static const char after[] = "\0\2\0\3\0\0\0\0\0\1\0\4\0\0\0\0";
    redacted *self = *state;
    message made = message_of("allocate error 3");
    stun_attr attr;

    message_add(&made, STUN_ATTR_PASSWORD_ALGORITHMS, before, sizeof before - 1);
    redact(self, made);
    attr = attribute(&self->read_after, STUN_ATTR_PASSWORD_ALGORITHMS);
    assert_memory_equal(attr.value, after, sizeof after - 1);
}

static void message_in_data_is_rewritten_too(void **state) {
    redacted *self = *state;
    const message inner = message_of("binding request 8 user=evtj:h6vY fingerprint");
    message made = message_of("send indication 7 peer=10.1.2.3:9");
    stun_message read;
    stun_attr data;
    stun_attr name;

    message_add(&made, STUN_ATTR_DATA, inner.bytes, inner.length);
    redact(self, made);
    data = attribute(&self->read_after, STUN_ATTR_DATA);
    assert_int_equal(stun_message_parse(data.value, data.captured, data.length, &read), STUN_OK);
    assert_int_equal(stun_fingerprint_check(&read), STUN_FINGERPRINT_GOOD);
    assert_true(stun_message_find(&read, STUN_ATTR_USERNAME, &name));
    assert_memory_not_equal(name.value, "evtj", 4);
    assert_int_equal(name.value[4], ':');
}

/* Each in the next one, deeper than is read. */
static void messages_in_messages_end_somewhere(void **state) {
    redacted *self = *state;
    message made = message_of("binding request 8 user=evtj:h6vY");

    for (guint i = 0; i < 12; i++) {
        message outer = message_of("send indication 7 peer=10.1.2.3:9");

        message_add(&outer, STUN_ATTR_DATA, made.bytes, made.length);
        made = outer;
    }
    redact(self, made);
    for (gsize i = 0; i + 4 <= self->after.length; i++) {
        assert_memory_not_equal(self->after.bytes + i, "evtj", 4);
        assert_memory_not_equal(self->after.bytes + i, "h6vY", 4);
    }
}

/* However much of it was captured, the rest is rewritten, and a part of an address is blank. */
static void cut_messages_are_rewritten_as_far_as_they_go(void **state) {
    redacted *self = *state;
    const message whole = message_of("allocate error 3 user=alice realm=example.org "
                                     "mapped=192.0.2.200:1000 software=Acme-1.0 mi fingerprint");

    for (gsize captured = STUN_HEADER_SIZE; captured < whole.length; captured++) {
        uint8_t *cut = hex_exact(whole.bytes, captured);
        stun_message before;
        stun_message after;
        stun_attr attr;

        assert_int_equal(stun_message_parse(whole.bytes, captured, whole.length, &before),
                         STUN_TRUNCATED);
        assert_true(redact_message(self->by, cut, captured, whole.length));
        assert_int_equal(stun_message_parse(cut, captured, whole.length, &after), STUN_TRUNCATED);
        assert_null(memmem(cut, captured, "alic", 4));
        assert_null(memmem(cut, captured, "example", 7));
        assert_null(memmem(cut, captured, "Acme", 4));
        if (stun_message_find(&before, STUN_ATTR_XOR_MAPPED_ADDRESS, &attr)) {
            const gsize at = attr.offset + 4;

            for (gsize i = at; attr.captured < 8 && i < MIN(at + 8, captured); i++) {
                assert_int_equal(cut[i], 0);
            }
        }
        free(cut);
    }
}

static void what_is_no_message_is_left_alone(void **state) {
    redacted *self = *state;
    guint8 bytes[24] = "GET / HTTP/1.1\r\n";
    guint8 again[24];

    memcpy(again, bytes, sizeof bytes);
    assert_false(redact_message(self->by, bytes, sizeof bytes, sizeof bytes));
    assert_memory_equal(bytes, again, sizeof bytes);
}

static void bytes_behind_the_message_are_blank(void **state) {
    redacted *self = *state;
    message made = message_of("binding request 3 user=evtj:h6vY");
    const gsize length = made.length;

    memcpy(made.bytes + length, "trailer", 7);
    assert_true(redact_message(self->by, made.bytes, length + 7, length + 7));
    assert_memory_equal(made.bytes + length, "\0\0\0\0\0\0\0", 7);
}

/* How much of a value of this kind may stay, as the kinds' layouts have it. */
static gsize may_stay(stun_kind kind) {
    switch (kind) {
    case STUN_KIND_U32:
    case STUN_KIND_MS_QUALITY:
    case STUN_KIND_MS_LOCATION:
        return 4;
    case STUN_KIND_U64:
    case STUN_KIND_ICMP:
        return 8;
    case STUN_KIND_MS_BANDWIDTH:
        return 16;
    case STUN_KIND_MS_SEQUENCE: /* of which 20 are replaced, see above */
        return 24;
    case STUN_KIND_MS_SITE_RESPONSE:
        return 12;
    case STUN_KIND_TYPE_LIST:
        return 64;
    default:
        return 0;
    }
}

static gboolean holds(const guint8 *bytes, gsize length, const guint8 *what, gsize size) {
    return memmem(bytes, length, what, size) != NULL;
}

static message attribute_in(stun_dialect dialect, guint16 type, const guint8 *value, gsize length) {
    message made = dialect == STUN_DIALECT_MS_TURN   ? message_ms(0x0103, 0x5a)
                   : dialect == STUN_DIALECT_MS_ICE2 ? message_of("binding request 3 candidate=1")
                                                     : message_of("binding request 3");

    message_add(&made, type, value, length);
    return made;
}

/* No four bytes of BEFORE that stand together are found anywhere in AFTER. */
static void assert_four_differ(const char *name, const guint8 *after, const guint8 *before,
                               gsize length) {
    for (gsize at = 0; at + 4 <= length; at++) {
        if (holds(after, length, before + at, 4)) {
            fail_msg("%s lets \"%.4s\" through", name, (const char *)before + at);
        }
    }
}

/* Every attribute of the registry in every dialect, with the same text for a value: no four bytes
 * of it are left where a number does not stand. */
static void no_attribute_lets_text_through(void **state) {
    static const stun_dialect dialects[] = {STUN_DIALECT_RFC5389, STUN_DIALECT_MS_TURN,
                                            STUN_DIALECT_MS_ICE2};
    static const guint8 value[] = "The quick brown fox jumps over a lazy dog, and 9 more times!";
    redacted *self = *state;
    size_t count;
    const stun_attr_info *table = stun_attr_table(&count);

    for (size_t i = 0; i < count * G_N_ELEMENTS(dialects); i++) {
        const stun_dialect dialect = dialects[i / count];
        const guint16 type = table[i % count].code;
        const stun_attr_info *info = stun_attr_lookup(type, dialect);
        const gsize length = sizeof value - 1;
        stun_attr attr;
        gsize kept;

        if (type == STUN_ATTR_MAGIC_COOKIE || type == STUN_ATTR_CANDIDATE_IDENTIFIER) {
            continue; /* they make the dialect */
        }
        redact(self, attribute_in(dialect, type, value, length));
        attr = attribute(&self->read_after, type);
        kept = info != NULL ? MIN(may_stay(info->kind), length) : 0;
        assert_four_differ(table[i % count].name, attr.value + kept, value + kept, length - kept);
    }
}

static void reverse(guint8 *bytes, gsize length) {
    for (gsize i = 0; i < length / 2; i++) {
        const guint8 byte = bytes[i];

        bytes[i] = bytes[length - 1 - i];
        bytes[length - 1 - i] = byte;
    }
}

/* Plain, the other way round, and XORed with what stands in front of a message. */
static void assert_no_address(const message *in, const char *host) {
    const stun_address address = address_of(host);
    const gsize size = stun_address_size(&address);
    guint8 form[16];

    memcpy(form, address.bytes, size);
    assert_false(holds(in->bytes, in->length, form, size));
    reverse(form, size);
    assert_false(holds(in->bytes, in->length, form, size));
    for (gsize i = 0; i < size; i++) {
        form[i] = address.bytes[i] ^ in->bytes[4 + i];
    }
    assert_false(holds(in->bytes, in->length, form, size));
    reverse(form, size);
    assert_false(holds(in->bytes, in->length, form, size));
}

static void nothing_of_the_original_is_left(void **state) {
    static const char *const names[] = {"alice", "example", "nonce-1", "Acme-1.0", "hidden"};
    redacted *self = *state;
    message made =
        message_of("allocate error 3 user=alice realm=example.org nonce=nonce-1 software=Acme-1.0 "
                   "mapped=192.0.2.200:1 relayed=[2001:db8:7::99]:2 alternate=198.51.100.3:3478");

    message_add_address(&made, STUN_ATTR_MAPPED_ADDRESS, "10.20.30.40:5");
    message_add_error(&made, 401, "hidden 10.20.30.40");
    message_add_text(&made, STUN_ATTR_DATA, "hidden data");
    redact(self, made);
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        assert_true(holds(self->before.bytes, self->before.length, (const guint8 *)names[i],
                          strlen(names[i])));
        assert_false(holds(self->after.bytes, self->after.length, (const guint8 *)names[i],
                           strlen(names[i])));
    }
    assert_no_address(&self->after, "192.0.2.200:1");
    assert_no_address(&self->after, "[2001:db8:7::99]:2");
    assert_no_address(&self->after, "198.51.100.3:3478");
    assert_no_address(&self->after, "10.20.30.40:5");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(addresses_are_those_of_the_stand_ins),
        CASE(ms_turn_has_its_own_numbers),
        CASE(classic_messages_are_rewritten_too),
        CASE(names_become_stand_ins_of_their_kind),
        CASE(zeros_behind_a_text_stay),
        CASE(directions_of_a_check_stay_together),
        CASE(reasons_stay_when_they_are_nobodys),
        CASE(integrity_is_removed),
        CASE(fingerprint_is_as_good_as_it_was),
        CASE(legacy_fingerprint_stays_one),
        CASE(what_is_not_known_is_blank),
        CASE(numbers_of_another_length_are_blank),
        CASE(version_of_another_length_is_read_alike),
        CASE(numbers_of_their_length_stay),
        CASE(tie_breakers_are_told_apart),
        CASE(address_that_is_written_wrong_goes_too),
        CASE(listed_types_stay_unless_they_may_be_text),
        CASE(listed_types_stay_when_a_request_had_them),
        CASE(icmp_keeps_numbers),
        CASE(amounts_are_no_text),
        CASE(algorithms_lose_their_parameters),
        CASE(message_in_data_is_rewritten_too),
        CASE(messages_in_messages_end_somewhere),
        CASE(cut_messages_are_rewritten_as_far_as_they_go),
        CASE(what_is_no_message_is_left_alone),
        CASE(bytes_behind_the_message_are_blank),
        CASE(no_attribute_lets_text_through),
        CASE(nothing_of_the_original_is_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
