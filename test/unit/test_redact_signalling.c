/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyzer/redact/redact_sdp.h"
#include "analyzer/redact/redact_sip.h"
#include "analyzer/redact/redact_text.h"

#include <arpa/inet.h>
#include <glib.h>
#include <string.h>

static const guint8 key[] = "a key of at least 16 bytes";

static int setup(void **state) {
    *state = stand_ins_new(key, sizeof key);
    return 0;
}

static int teardown(void **state) {
    stand_ins_free(*state);
    return 0;
}

/* "<4 10 0 0 1>" and "<6 2001:db8::1>" in a pattern stand for the stand-in of that address,
 * "<i:abcd>" for that of a fragment, "<u:...>" of a user, "<h:...>" of a host. Owned by the caller.
 */
static char *stand_in_text(stand_ins *names, const char *pattern) {
    static const stand_in_kind kinds[] = {
        ['i'] = STAND_IN_FRAGMENT, ['u'] = STAND_IN_USER, ['h'] = STAND_IN_HOST};
    char *text;

    if (pattern[1] != ':') {
        guint8 bytes[16];
        stun_address address;
        char made[STUN_ADDRESS_TEXT];
        if (pattern[0] == '6') {
            assert_int_equal(inet_pton(AF_INET6, pattern + 2, bytes), 1);
            address = stun_address_ipv6(bytes, 0);
        } else {
            g_autofree char *dotted = g_strdelimit(g_strdup(pattern + 2), " ", '.');

            assert_int_equal(inet_pton(AF_INET, dotted, bytes), 1);
            address = stun_address_ipv4(bytes, 0);
        }
        stand_ins_address(names, &address);
        stun_address_format_host(&address, made, sizeof made);
        return g_strdup(made);
    }
    text = g_strdup(pattern + 2);
    stand_ins_text(names, kinds[(guchar)pattern[0]], (guint8 *)text, strlen(text));
    return text;
}

static char *expand(stand_ins *names, const char *pattern) {
    GString *text = g_string_new(NULL);

    for (const char *open; (open = strchr(pattern, '<')) != NULL;) {
        const char *close = strchr(open, '>');
        g_autofree char *inside = g_strndup(open + 1, (gsize)(close - open) - 1);
        g_autofree char *made = stand_in_text(names, inside);

        g_string_append_len(text, pattern, open - pattern);
        g_string_append(text, made);
        pattern = close + 1;
    }
    g_string_append(text, pattern);
    return g_string_free(text, FALSE);
}

/* The description with LINE in it, and a session name that makes up for what LINE becomes. Owned by
 * the caller. */
static char *description(const char *name, const char *line) {
    return g_strconcat("v=0\r\n", line, "\r\ns=", name, "\r\n", NULL);
}

static void assert_line(stand_ins *names, const char *line, const char *expected) {
    g_autofree char *text = description("a name that is thirty letters .", line);
    g_autofree char *became = expand(names, expected);
    const gssize longer = (gssize)strlen(became) - (gssize)strlen(line);
    g_autofree char *filled = g_strnfill((gsize)(31 - longer), 'x');
    g_autofree char *whole = description(filled, became);

    redact_sdp(names, text, strlen(text));
    assert_string_equal(text, whole);
}

static void lines_of_a_description(void **state) {
    static const struct {
        const char *line;
        const char *expected;
    } cases[] = {
        {"c=IN IP4 192.168.1.252", "c=IN IP4 <4 192 168 1 252>"},
        {"c=IN IP4 224.2.1.1/127", "c=IN IP4 224.2.1.1/127"},
        {"c=IN IP4 conf.example.org", "c=IN IP4 <h:conf.example.org>"},
        {"o=alice 2890844526 2890842807 IN IP4 10.0.0.1",
         "o=<u:alice> 0000000000 0000000000 IN IP4 xxxxxxxx"},
        {"o=- 1 1 IN IP4 10.0.0.1", "o=- 0 0 IN IP4 xxxxxxxx"},
        {"o=x=y;z 1 1 IN IP4 10.0.0.1", "o=<u:x=y;z> 0 0 IN IP4 xxxxxxxx"},
        {"m=audio 49170 RTP/SAVPF 111 0", "m=audio 49170 RTP/SAVPF 111 0"},
        {"m=secret 49170 RTP/AVP 0", "m=xxxxxx 49170 RTP/AVP 0"},
        {"m=4930123456 host data main", "m=xxxxxxxxxx xxxx data main"},
        {"m=video 4930123456 RTP/AVP 4111 1111", "m=video xxxxxxxxxx RTP/AVP xxxx xxxx"},
        {"b=AS:2000", "b=AS:2000"},
        {"b=X-ACME:2000", "b=xxxxxxxxxxx"},
        {"b=4111111111/1111", "b=xxxxxxxxxxxxxxx"},
        {"t=0 0", "t=0 0"},
        {"t=1234567890 4111111111", "t=0000000000 0000000000"},
        {"a=mid:4930123456", "a=mid:xxxxxxxxxx"},
        {"a=mid:0", "a=mid:0"},
        {"a=group:BUNDLE 0 1", "a=group:BUNDLE 0 1"},
        {"a=group:4111 1111", "a=group:xxxx xxxx"},
        {"a=content:4930123456", "a=content:xxxxxxxxxx"},
        {"a=rtpmap:0 4930123456/8000", "a=rtpmap:0 xxxxxxxxxx/8000"},
        {"c=IN IP6  2001:420:1234:77::5%3", "c=IN IP6  <6 2001:420:1234:77::5>%x"},
        {"c=IN IP6 2001:420:1234:77::5/64", "c=IN IP6 <6 2001:420:1234:77::5>/64"},
        {"a=fmtp:111 dest=[2001:420:1234:77::5]:5004",
         "a=fmtp:111 xxxx=xxxxxxxxxxxxxxxxxxxxxxxxxx"},
        {"a=candidate:- 1 UDP 1 10.0.0.1:7777 9", "a=candidate:- 1 UDP 1 <4 10 0 0 1>:xxxx 9"},
        {"a=candidate:- 2 UDP 1  2001:420:1234:77::9%eth0 9",
         "a=candidate:- 2 UDP 1  <6 2001:420:1234:77::9>%xxxx 9"},
        {"a=candidate:- 2 UDP 1 [2001:420::9]:5 9", "a=candidate:- 2 UDP 1 xxxxxxxxxxxxxxx 9"},
        {"a=ice-ufrag:h6vY", "a=ice-ufrag:<i:h6vY>"},
        {"a=ice-ufrag:a/b+", "a=ice-ufrag:<i:a/b+>"},
        {"a=ice-ufragx:h6vY", "a=xxxxxxxxxxxxxxx"},
        {"a=rtcp:53021 IN IP4 10.0.0.1", "a=rtcp:53021 IN IP4 <4 10 0 0 1>"},
        {"a=rtpmap:111 opus/48000/2", "a=rtpmap:111 opus/48000/2"},
        {"a=rtpmap:112 x-acme/8000", "a=rtpmap:112 xxxxxx/8000"},
        {"a=fmtp:111 minptime=10;acme=5", "a=fmtp:111 xxxxxxxx=xx;xxxx=x"},
        {"a=remote-candidates:1 10.0.0.1 5000 2 10.0.0.2 5001",
         "a=remote-candidates:1 <4 10 0 0 1> 5000 2 <4 10 0 0 2> 5001"},
        {"a=sendrecv", "a=sendrecv"},
        {"i=what we talk about", "i=xxxxxxxxxxxxxxxxxx"},
        {"bound--ary", "xxxxxxxxxx"},
        {"e=alice@example.org", "e=xxxxxxxxxxxxxxxxx"},
        {"a=", "a="},
        {"", ""},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        assert_line(*state, cases[i].line, cases[i].expected);
    }
}

/* The digits of a foundation are the key's; what is left tells whether they stay away from the
 * original, and that the same has the same. */
static void candidates(void **state) {
    g_autofree char *text = description(
        "......................................",
        "a=candidate:Hc0a801fc 1 UDP 2130706431 192.168.1.252 50018 typ host\r\n"
        "a=candidate:Hc0a801fc 1 tcp 1518280447 4c5c9b06-1fbf-4d8f.local 9 typ host tcptype active "
        "generation 0 ufrag h6vY\r\n"
        "a=candidate:7 1 UDP 1694498815 203.0.113.7 24000 typ relay raddr 192.168.1.252 rport "
        "50018");
    g_autofree char *first = NULL;
    g_autofree char *expected = NULL;
    char *second;
    gsize length = strlen(text);

    redact_sdp(*state, text, length);
    assert_int_equal(strlen(text), length);
    assert_null(strstr(text, "c0a801fc"));
    first = g_strndup(strstr(text, "a=candidate:"), strlen("a=candidate:Hc0a801fc 1 "));
    second = strstr(strstr(text, "a=candidate:") + 1, "a=candidate:");
    assert_memory_equal(second, first, strlen(first));
    expected = expand(*state, " 1 UDP 2130706431 <4 192 168 1 252> 50018 typ host\r\n");
    assert_non_null(strstr(text, expected));
    g_clear_pointer(&expected, g_free);
    expected = expand(*state, " 1 tcp 1518280447 <h:4c5c9b06-1fbf-4d8f.local> 9 typ host tcptype "
                              "active generation 0 ufrag <i:h6vY>\r\n");
    assert_non_null(strstr(text, expected));
    g_clear_pointer(&expected, g_free);
    expected = expand(*state, " 1 UDP 1694498815 <4 203 0 113 7> 24000 typ relay raddr "
                              "<4 192 168 1 252> rport 50018\r\n");
    assert_non_null(strstr(text, expected));
}

/* Public stand-ins have nine characters at least. The numbers behind "o=" make room for one;
 * without them addresses are filled. */
static void room_for_an_address(void **state) {
    char scarce[] = "v=0\r\ns=-\r\nc=IN IP4 8.8.8.8\r\n";
    char enough[] = "v=0\r\no=- 3724394400 3724394405 IN IP4 8.8.8.8\r\nc=IN IP4 8.8.8.8\r\n";
    char nothing[] = "v=0\r\nc=IN IP4 100.100.100.100\r\n";
    g_autofree char *address = expand(*state, "\r\nc=IN IP4 <4 8 8 8 8>\r\n");

    redact_sdp(*state, scarce, strlen(scarce));
    assert_string_equal(scarce, "v=0\r\ns=x\r\nc=IN IP4 xxxxxxx\r\n");
    redact_sdp(*state, enough, strlen(enough));
    assert_memory_equal(enough, "v=0\r\no=- 0", 10);
    assert_non_null(strstr(enough, address));
    assert_int_equal(strlen(enough), 65);
    redact_sdp(*state, nothing, strlen(nothing));
    assert_null(strstr(nothing, "100.100.100"));
    assert_int_equal(strlen(nothing), 31);
}

/* Of the two places behind each other the last gives all but one byte, and the other the rest. */
static void room_in_several_places(void **state) {
    char text[] = "v=0\r\ns=abcdefghijklmnop\r\nc=IN IP4 8.8.8.8\r\ni=ab\r\n";
    g_autofree char *address = expand(*state, "<4 8 8 8 8>");
    g_autofree char *name = g_strnfill(16 - (strlen(address) - 7 - 1), 'x');
    g_autofree char *expected =
        g_strdup_printf("v=0\r\ns=%s\r\nc=IN IP4 %s\r\ni=x\r\n", name, address);

    redact_sdp(*state, text, strlen(text));
    assert_string_equal(text, expected);
}

/* Six foundations are six afterwards. */
static void foundations_stay_different(void **state) {
    char text[] = "v=0\r\n"
                  "a=candidate:1 1 UDP 1 0.0.0.0 9\r\na=candidate:2 1 UDP 1 0.0.0.0 9\r\n"
                  "a=candidate:3 1 UDP 1 0.0.0.0 9\r\na=candidate:4 1 UDP 1 0.0.0.0 9\r\n"
                  "a=candidate:5 1 UDP 1 0.0.0.0 9\r\na=candidate:6 1 UDP 1 0.0.0.0 9\r\n";
    const gsize line = strlen("a=candidate:1 1 UDP 1 0.0.0.0 9\r\n");
    char found[7] = "";

    redact_sdp(*state, text, strlen(text));
    for (gsize i = 0; i < 6; i++) {
        const char foundation = text[5 + i * line + strlen("a=candidate:")];

        assert_null(strchr(found, foundation));
        found[i] = foundation;
    }
}

static void last_line_without_an_end_is_filled(void **state) {
    char text[] = "v=0\r\ns=-\r\nt=0 0\r\nc=IN IP4 192.168.1.25";

    redact_sdp(*state, text, strlen(text));
    assert_string_equal(text, "v=0\r\ns=x\r\nt=0 0\r\nxxxxxxxxxxxxxxxxxxxxx");
}

static void where_a_description_begins(void **state) {
    static const struct {
        const char *text;
        gsize at;
    } cases[] = {{"v=0\r\no=", 0},  {"a\r\nv=0\r\no=", 3},
                 {"av=0\r\no=", 8}, {"v=0\r\ns=", 7},
                 {"v=0", 3},        {"", 0}};

    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        assert_int_equal(redact_sdp_find(cases[i].text, strlen(cases[i].text)), cases[i].at);
    }
}

#define OFFER_LINES                                                                                \
    "o=alice 77 77 IN IP4 10.48.54.230\r\n"                                                        \
    "s=board meeting of acme\r\n"                                                                  \
    "a=ice-ufrag:h6vY\r\n"                                                                         \
    "a=ice-pwd:VOkJxbRl1RmTxUk/WvJxBt\r\n"
#define REQUEST                                                                                    \
    "INVITE sip:alice@example.org SIP/2.0\r\n"                                                     \
    "Via: SIP/2.0/UDP 10.48.54.230:5060;branch=z9hG4bKacme\r\n"                                    \
    "Call-ID: 8f2c@acme.example\r\n"                                                               \
    "CSeq: 102 INVITE\r\n"                                                                         \
    "X-Acme: board\r\n"                                                                            \
    "Content-Type: application/sdp\r\n"                                                            \
    "\r\n"                                                                                         \
    "v=0\r\n" OFFER_LINES

/* The two marks are digits of the key; everything else is as written here. */
static void a_request(void **state) {
    char text[] = REQUEST;
    g_autofree char *offer = NULL;
    g_autofree char *expected = NULL;
    const char *mark = text + strlen("INVITE sip:");
    const char *call = strstr(text, "8f2c@");

    assert_true(redact_sip(*state, text, strlen(text)));
    offer = expand(*state, "o=<u:alice> 00 00 IN IP4 xxxxxxxxxxxx\r\ns=");
    expected = g_strdup_printf("INVITE sip:%.8sxxxxxxxxx SIP/2.0\r\n"
                               "Via: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n"
                               "Call-ID: %.8sxxxxxxxxx\r\n"
                               "CSeq: 102 INVITE\r\n"
                               "xxxxxx: xxxxx\r\n"
                               "Content-Type: application/sdp\r\n"
                               "\r\n"
                               "v=0\r\n%s",
                               mark, call, offer);
    assert_memory_equal(text, expected, strlen(expected));
    assert_int_equal(strlen(text), strlen(REQUEST));
    assert_memory_not_equal(mark, "alice@ex", 8);
    assert_memory_not_equal(call, "8f2c@acm", 8);
}

static void an_answer(void **state) {
    char text[] = "SIP/2.0 200 OK then\r\nl: 0\r\n\r\n";

    assert_true(redact_sip(*state, text, strlen(text)));
    assert_memory_equal(text, "SIP/2.0 200 ", 12);
    assert_memory_not_equal(text + 12, "OK then", 7);
    assert_string_equal(text + 19, "\r\nl: 0\r\n\r\n");
}

static void what_is_no_message(void **state) {
    static const char *const texts[] = {
        "",
        "INVITE",
        "INVITE sip:a@b SIP/2.0",
        "INVITE sip:a@b SIP/2.0\n",
        "INVITE sip:a@b HTTP/1.1\r\n",
        "GET sip:a@b SIP/2.0\r\n",
        "INVITE SIP/2.0\r\n",
        "INVITEX sip:a@b SIP/2.0\r\n",
        "SIP/2.0 2x0 OK\r\n",
        "SIP/2.0 200\r\n",
        "SIP/2.0 2000 OK\r\n",
    };

    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autofree char *text = g_strdup(texts[i]);

        assert_false(redact_sip(*state, text, strlen(text)));
        assert_string_equal(text, texts[i]);
    }
}

/* Wherever a packet is cut, and wherever it begins. */
static void no_part_tells_anything(void **state) {
    static const char *const secrets[] = {"alice", "54.230", "acme",  "Acme",  "h6vY",
                                          "VOkJ",  "8f2c",   "board", "z9hG4", "example"};

    for (gsize begin = 0; begin < strlen(REQUEST); begin++) {
        for (gsize length = 1; begin + length <= strlen(REQUEST); length++) {
            g_autofree char *text = g_strndup(REQUEST + begin, length);
            const gboolean is_sip = redact_sip(*state, text, length);

            if (!is_sip) {
                redact_sdp(*state, text, length);
            }
            for (gsize i = 0; i < G_N_ELEMENTS(secrets); i++) {
                assert_null(strstr(text, secrets[i]));
            }
            assert_true(!is_sip || memcmp(text, REQUEST + begin, 4) == 0);
            assert_int_equal(strlen(text), length);
        }
    }
}

static void numbers_that_stay(void **state) {
    (void)state;
    assert_true(redact_text_number("0", 1, 0));
    assert_true(redact_text_number("127", 3, 127));
    assert_true(redact_text_number("4294967295", 10, G_MAXUINT32));
    assert_false(redact_text_number("128", 3, 127));
    assert_false(redact_text_number("01", 2, 127));
    assert_false(redact_text_number("", 0, 127));
    assert_false(redact_text_number("1a", 2, 127));
    assert_false(redact_text_number("99999999999999999999999", 23, G_MAXUINT32));
}

/* Each has the body that its header tells; the third is cut. */
static void several_messages(void **state) {
    char text[] = "BYE sip:alice SIP/2.0\r\nContent-Length: 21\r\n\r\n"
                  "v=0\r\no=- 1\r\ns=alice\r\n"
                  "SIP/2.0 200 fine\r\nCSeq: 102 BYE\r\nContent-Type: x;boundary=4917012345\r\n"
                  "l: 0\r\n\r\nBYE sip:al";

    assert_true(redact_sip(*state, text, strlen(text)));
    assert_non_null(
        strstr(text, "Content-Length: 21\r\n\r\nv=0\r\no=- 0\r\ns=xxxxx\r\nSIP/2.0 200 "));
    assert_non_null(strstr(text, "\r\nCSeq: 102 BYE\r\nContent-Type: x;xxxxxxxx=xxxxxxxxxx\r\n"
                                 "l: 0\r\n\r\nxxxxxxxxxx"));
}

static void words_that_stay(void **state) {
    static const char *const stay[] = {
        "ack", "ACTIVE", "IN",     "Ip4",   "webrtc-datachannel", "vp9", "opus", "UDP", "typ",
        "AVP", "avpf",   "invite", "siren", "network-cost",       "-",   "*"};
    static const char *const go[] = {"", "alice", "12", "1.5", "--", "opusx", "in4"};

    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(stay); i++) {
        assert_true(redact_text_stays(stay[i], strlen(stay[i])));
    }
    for (gsize i = 0; i < G_N_ELEMENTS(go); i++) {
        assert_false(redact_text_stays(go[i], strlen(go[i])));
    }
    assert_false(redact_text_stays("udp\0alice", 9));
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        EACH(lines_of_a_description),
        EACH(candidates),
        EACH(room_for_an_address),
        EACH(room_in_several_places),
        EACH(foundations_stay_different),
        EACH(last_line_without_an_end_is_filled),
        EACH(where_a_description_begins),
        EACH(a_request),
        EACH(an_answer),
        EACH(what_is_no_message),
        EACH(no_part_tells_anything),
        EACH(words_that_stay),
        EACH(numbers_that_stay),
        EACH(several_messages),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
