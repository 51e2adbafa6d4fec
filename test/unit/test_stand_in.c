/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyzer/redact/stand_in.h"
#include "support/build.h"
#include "support/random.h"

#include <string.h>

/* The key 00 01 ... 1f, with which the values below were worked out by a program in Python. */
static stand_ins *counting(void) {
    guint8 key[32];

    for (guint i = 0; i < sizeof key; i++) {
        key[i] = (guint8)i;
    }
    return stand_ins_new(key, sizeof key);
}

static stand_ins *other(void) {
    return stand_ins_new((const guint8 *)"another key of 16", 17);
}

static char *address_for(stand_ins *self, const char *host) {
    g_autofree char *with_port = strchr(host, ':') != NULL ? g_strdup_printf("[%s]:4660", host)
                                                           : g_strdup_printf("%s:4660", host);
    stun_address address = address_of(with_port);
    char text[STUN_ADDRESS_TEXT];

    stand_ins_address(self, &address);
    assert_int_equal(address.port, 4660);
    stun_address_format_host(&address, text, sizeof text);
    return g_strdup(text);
}

static void assert_address(stand_ins *self, const char *host, const char *expected) {
    g_autofree char *got = address_for(self, host);

    assert_string_equal(got, expected);
}

static char *text_for(stand_ins *self, stand_in_kind kind, const char *text) {
    char *out = g_strdup(text);

    stand_ins_text(self, kind, (guint8 *)out, strlen(text));
    return out;
}

static void assert_text(stand_ins *self, stand_in_kind kind, const char *text,
                        const char *expected) {
    g_autofree char *got = text_for(self, kind, text);

    assert_string_equal(got, expected);
}

static void address_is_made_from_the_key(void **state) {
    g_autoptr(stand_ins) self = counting();

    (void)state;
    assert_address(self, "192.0.2.1", "243.12.131.116");
    assert_address(self, "192.168.1.20", "192.168.179.11");
    assert_address(self, "10.0.0.1", "10.59.178.28");
    assert_address(self, "100.64.7.9", "100.86.98.211");
    assert_address(self, "172.16.5.6", "172.24.102.35");
    assert_address(self, "169.254.3.4", "169.254.81.236");
    assert_address(self, "127.9.8.7", "127.131.149.5");
    assert_address(self, "127.0.0.53", "127.0.0.94");
    assert_address(self, "2001:db8::1", "2001:db8:593d:ca4f:3de6:37d:a311:9add");
    assert_address(self, "fe80::1", "fe80::3de6:37d:a311:9add");
    assert_address(self, "fd12:3456::9", "fd9b:1b8b:15c3:d66a:bd26:c545:4100:e257");
    /* And once more, from memory. */
    assert_address(self, "192.0.2.1", "243.12.131.116");
    assert_address(self, "2001:db8::1", "2001:db8:593d:ca4f:3de6:37d:a311:9add");
}

static void address_that_names_nobody_stays(void **state) {
    static const char *const hosts[] = {"0.0.0.0",   "255.255.255.255", "127.0.0.1", "224.0.0.1",
                                        "232.1.2.3", "239.255.255.250", "::",        "::1",
                                        "ff02::1",   "ff02::16",        "ff05::2"};
    g_autoptr(stand_ins) self = counting();
    g_autofree char *table = NULL;

    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(hosts); i++) {
        assert_address(self, hosts[i], hosts[i]);
    }
    table = stand_ins_table(self);
    assert_string_equal(table, "kind\toriginal\tstand-in\n");
}

/* 234.198.51.100 is a group of 198.51.100/24, 233.252.1.2 one of network 64513. */
static void address_of_a_range_of_somebody_is_replaced_in_it(void **state) {
    static const char *const hosts[] = {"127.9.8.7", "234.198.51.100", "233.252.1.2"};
    g_autoptr(stand_ins) self = counting();

    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(hosts); i++) {
        g_autofree char *got = address_for(self, hosts[i]);

        assert_int_equal(strncmp(got, hosts[i], 4), 0);
        assert_int_not_equal(strncmp(got, hosts[i], 7), 0);
    }
}

static char *told_for(stand_ins *self, const char *host) {
    g_autofree char *with_port = strchr(host, ':') != NULL ? g_strdup_printf("[%s]:4660", host)
                                                           : g_strdup_printf("%s:4660", host);
    stun_address address = address_of(with_port);
    char text[STUN_ADDRESS_TEXT];

    stand_ins_told_address(self, &address);
    stun_address_format_host(&address, text, sizeof text);
    return g_strdup(text);
}

static void assert_told(stand_ins *self, const char *host, const char *front, gboolean stays) {
    g_autofree char *after = told_for(self, host);
    g_autofree char *again = told_for(self, host);

    assert_int_equal(strcmp(after, host) == 0, stays);
    assert_true(g_str_has_prefix(after, front));
    assert_string_equal(after, again);
}

static void told_address_stays_only_where_it_is_one_of_all(void **state) {
    static const char *const stay[] = {"0.0.0.0", "127.0.0.1", "255.255.255.255", "::", "::1"};
    g_autoptr(stand_ins) self = counting();

    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(stay); i++) {
        assert_told(self, stay[i], stay[i], TRUE);
    }
    assert_told(self, "225.186.163.87", "2", FALSE);
    assert_told(self, "127.21.163.69", "127.", FALSE);
    assert_told(self, "::ffff:225.186.163.87", "::ffff:2", FALSE);
    assert_told(self, "ff02::1", "ff", FALSE);
    assert_told(self, "192.0.2.1", "243.12.131.116", FALSE);
    assert_address(self, "225.186.163.87", "225.186.163.87"); /* the head of a packet says so */
}

typedef struct network {
    guint8 bytes[2];
    guint8 bits;
} network;

static const network networks[] = {
    {{172, 16}, 12}, {{192, 168}, 16}, {{100, 64}, 10}, {{127, 0}, 8},
    {{10, 0}, 8},    {{169, 254}, 16}, {{233, 0}, 8},   {{234, 0}, 8},
};

/* Address NUMBER, of 32 bits, as if it were in NETWORK. */
static stun_address in_network(const network *of, guint32 number) {
    const guint32 head = (guint32)of->bytes[0] << 24 | (guint32)of->bytes[1] << 16;
    const guint32 all = head | (number & (0xffffffffu >> of->bits));
    const guint8 bytes[4] = {(guint8)(all >> 24), (guint8)(all >> 16), (guint8)(all >> 8),
                             (guint8)all};

    return stun_address_ipv4(bytes, 0);
}

static guint subnets_of(const network *of) {
    return 1u << (24 - of->bits);
}

/* So many subnets that the key would give the same to some, from the first to the last and back:
 * each, or one of 61 where there are many. */
static void order_of_arrival_changes_nothing(void **state) {
    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(networks); i++) {
        const guint count = subnets_of(&networks[i]);
        const guint step = count > 4096 ? 61 : 1;
        g_autoptr(stand_ins) forward = counting();
        g_autoptr(stand_ins) backward = counting();
        g_autofree stun_address *found = g_new0(stun_address, count);

        for (guint subnet = 0; subnet < count; subnet += step) {
            found[subnet] = in_network(&networks[i], subnet << 8 | 9);
            stand_ins_address(forward, &found[subnet]);
        }
        for (guint left = (count + step - 1) / step; left > 0; left--) {
            const guint subnet = (left - 1) * step;
            stun_address address = in_network(&networks[i], subnet << 8 | 9);

            stand_ins_address(backward, &address);
            assert_true(stun_address_equal(&address, &found[subnet]));
        }
    }
}

/* All of them are told apart however many there are, and without searching. 127.0.0/24 stays where
 * it is, since 127.0.0.1 does. */
static void subnets_of_a_network_change_places(void **state) {
    g_autoptr(stand_ins) self = counting();

    (void)state;
    for (gsize i = 0; i < 4; i++) {
        const guint count = subnets_of(&networks[i]);
        g_autofree gboolean *seen = g_new0(gboolean, count);

        for (guint subnet = networks[i].bytes[0] == 127; subnet < count; subnet++) {
            stun_address address = in_network(&networks[i], subnet << 8 | 9);
            guint place;

            stand_ins_address(self, &address);
            place =
                ((guint)address.bytes[0] << 16 | (guint)address.bytes[1] << 8 | address.bytes[2]) &
                (count - 1);
            assert_memory_equal(address.bytes, in_network(&networks[i], place << 8).bytes, 3);
            assert_int_not_equal(place, subnet);
            assert_true(place > 0 || networks[i].bytes[0] != 127);
            assert_false(seen[place]);
            seen[place] = TRUE;
        }
    }
}

/* 169.254/16 is one link, and 127.0.0/24 has 127.0.0.1, which stays. */
static void hosts_of_one_link_change_places_in_it(void **state) {
    static const network links[] = {{{169, 254}, 16}, {{127, 0}, 24}};
    static const guint kept_at_first[] = {1, 2};

    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(links); i++) {
        const guint count = 1u << (32 - links[i].bits);
        g_autoptr(stand_ins) self = counting();
        g_autofree gboolean *seen = g_new0(gboolean, count);

        for (guint host = 0; host < count; host++) {
            stun_address address = in_network(&links[i], host);
            guint place;

            stand_ins_address(self, &address);
            place = ((guint)address.bytes[2] << 8 | address.bytes[3]) & (count - 1);
            assert_memory_equal(address.bytes, in_network(&links[i], place).bytes, 4);
            assert_int_equal(place == host, host < kept_at_first[i] || host == count - 1);
            assert_false(seen[place]);
            seen[place] = TRUE;
        }
    }
}

static void address_inside_another_is_replaced_alike(void **state) {
    g_autoptr(stand_ins) self = counting();

    (void)state;
    assert_address(self, "::ffff:192.0.2.1", "::ffff:243.12.131.116");
    assert_address(self, "64:ff9b::192.0.2.1", "64:ff9b::f30c:8374");
    assert_address(self, "::ffff:127.0.0.1", "::ffff:127.0.0.1");
}

/* Its last three bytes and those of the host are one number. */
static void solicited_node_group_follows_its_hosts(void **state) {
    guint8 mac[6] = {0x33, 0x33, 0xff, 1, 2, 3};
    static const guint8 expected[6] = {0x33, 0x33, 0xff, 0x6d, 0x86, 0xeb};
    g_autoptr(stand_ins) self = counting();
    g_autofree char *host = NULL;

    (void)state;
    assert_address(self, "ff02::1:ff01:203", "ff02::1:ff6d:86eb");
    host = address_for(self, "2001:db8:5::aa01:203");
    assert_true(g_str_has_suffix(host, "6d:86eb"));
    stand_ins_hardware(self, mac);
    assert_memory_equal(mac, expected, sizeof mac);
}

static void group_made_of_a_prefix_gets_another_prefix(void **state) {
    g_autoptr(stand_ins) self = counting();
    g_autofree char *got = address_for(self, "ff3e:40:2001:db8:aa:bb:1234:5678");

    (void)state;
    assert_true(g_str_has_prefix(got, "ff3e:40:"));
    assert_true(g_str_has_suffix(got, ":1234:5678"));
    assert_null(strstr(got, "2001:db8"));
}

static gboolean same_bits(const stun_address *a, const stun_address *b, gsize bytes) {
    return memcmp(a->bytes, b->bytes, bytes) == 0;
}

static stun_address random_address(stun_family family, uint32_t *seed) {
    stun_address address = {.family = family};

    for (gsize i = 0; i < stun_address_size(&address); i++) {
        address.bytes[i] = (guint8)(next_random(seed) >> 11);
    }
    return address;
}

/* The ranges that an address and its stand-in share; 0 where the stand-in stays as it is. */
static guint class_of(const stun_address *of) {
    const guint8 *bytes = of->bytes;

    if (of->family == STUN_FAMILY_IPV6) {
        return bytes[0] == 0xff                                ? 0
               : (bytes[0] & 0xfe) == 0xfc                     ? 1
               : bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80 ? 2
                                                               : 3;
    }
    if (bytes[0] == 127 || (bytes[0] & 0xf0) == 224) {
        return 0;
    }
    if (bytes[0] == 10) {
        return 4;
    }
    if (bytes[0] == 172 && (bytes[1] & 0xf0) == 16) {
        return 8;
    }
    if (bytes[0] == 192 && bytes[1] == 168) {
        return 9;
    }
    if (bytes[0] == 100 && (bytes[1] & 0xc0) == 64) {
        return 5;
    }
    return bytes[0] == 169 && bytes[1] == 254 ? 6 : 7;
}

/* Many in few networks, so that subnets are shared: half of them private. */
static void shape(stun_address *address, uint32_t *seed) {
    static const guint8 private[][2] = {{10, 1}, {172, 20}, {192, 168}, {100, 70}, {169, 254}};
    const guint which = next_random(seed) % (2 * G_N_ELEMENTS(private));

    if (address->family == STUN_FAMILY_IPV6) {
        memset(address->bytes + 2, 0, 5);
        address->bytes[0] = which < 2 ? 0xfd : which < 4 ? 0xfe : 0x2a;
        address->bytes[1] = 0x80;
        address->bytes[7] = which == 2 ? 0 : address->bytes[7];
        return;
    }
    if (which < G_N_ELEMENTS(private)) {
        memcpy(address->bytes, private[which], 2);
    } else {
        address->bytes[0] = 8;
    }
    address->bytes[2] &= 0x3f;
}

static GHashTable *by_bytes(void) {
    return g_hash_table_new_full(g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);
}

/* What was noted for the SIZE bytes first, which is ADDRESS when there was nothing. */
static const stun_address *first_noted(GHashTable *in, const guint8 *bytes, gsize size,
                                       stun_address *address) {
    g_autoptr(GBytes) key = g_bytes_new(bytes, size);

    if (!g_hash_table_contains(in, key)) {
        g_hash_table_insert(in, g_bytes_ref(key), address);
    }
    return g_hash_table_lookup(in, key);
}

/* Bytes of ADDRESS that its subnet has: 169.254/16 is one. */
static gsize subnet_size(const stun_address *address) {
    if (address->family == STUN_FAMILY_IPV6) {
        return 8;
    }
    return class_of(address) == 6 ? 2 : 3;
}

static void check_many(stun_family family) {
    enum { COUNT = 20000 };
    g_autofree stun_address *before = g_new0(stun_address, COUNT);
    g_autofree stun_address *after = g_new0(stun_address, COUNT);
    g_autoptr(GHashTable) there = by_bytes();
    g_autoptr(GHashTable) back = by_bytes();
    g_autoptr(GHashTable) hosts = by_bytes();
    g_autoptr(stand_ins) self = counting();
    uint32_t seed = 88172645u;

    for (guint i = 0; i < COUNT; i++) {
        gsize subnet;

        before[i] = random_address(family, &seed);
        shape(&before[i], &seed);
        after[i] = before[i];
        subnet = subnet_size(&before[i]);
        stand_ins_address(self, &after[i]);
        assert_int_equal(class_of(&before[i]), class_of(&after[i]));
        assert_int_equal(stun_address_is_private(&before[i]), stun_address_is_private(&after[i]));
        assert_false(stun_address_same_host(&before[i], &after[i]));
        assert_true(
            same_bits(first_noted(there, before[i].bytes, subnet, &after[i]), &after[i], subnet));
        assert_true(
            same_bits(first_noted(back, after[i].bytes, subnet, &before[i]), &before[i], subnet));
        assert_true(
            stun_address_same_host(first_noted(hosts, after[i].bytes, 16, &before[i]), &before[i]));
    }
    assert_true(g_hash_table_size(there) > 100);
    assert_int_equal(g_hash_table_size(there), g_hash_table_size(back));
}

static void address_of_ipv4_keeps_class_and_subnet(void **state) {
    (void)state;
    check_many(STUN_FAMILY_IPV4);
}

static void address_of_ipv6_keeps_class_and_subnet(void **state) {
    (void)state;
    check_many(STUN_FAMILY_IPV6);
}

/* The last byte is the same in no more hosts than a random order would leave, and in .0 and .255.
 */
static void hosts_of_a_subnet_change_places(void **state) {
    g_autoptr(stand_ins) self = counting();
    gboolean seen[256] = {FALSE};
    guint stayed = 0;

    (void)state;
    for (guint i = 0; i < 256; i++) {
        const guint8 bytes[4] = {198, 51, 100, (guint8)i};
        stun_address address = stun_address_ipv4(bytes, 0);

        stand_ins_address(self, &address);
        assert_false(seen[address.bytes[3]]);
        seen[address.bytes[3]] = TRUE;
        stayed += address.bytes[3] == i;
        assert_true((i != 0 && i != 255) || address.bytes[3] == i);
    }
    assert_in_range(stayed, 2, 10);
}

static void address_beyond_the_limit_stays_consistent(void **state) {
    g_autoptr(stand_ins) self = counting();
    stun_address address = address_of("203.0.113.9:1");
    stun_address again;

    (void)state;
    for (guint32 i = 0; i < STAND_IN_MAX_ADDRESSES; i++) {
        const guint8 bytes[16] = {0x20, 1, [8] = (guint8)(i >> 16), (guint8)(i >> 8), (guint8)i};
        stun_address filler = stun_address_ipv6(bytes, 0);

        stand_ins_address(self, &filler);
    }
    assert_int_equal(stand_ins_not_remembered(self), 0);
    again = address;
    stand_ins_address(self, &address);
    assert_int_equal(stand_ins_not_remembered(self), 1);
    stand_ins_address(self, &again);
    assert_true(stun_address_equal(&address, &again));
    assert_int_equal(address.bytes[0] & 0xf0, 240);
}

static void text_is_made_from_the_key(void **state) {
    g_autoptr(stand_ins) self = counting();

    (void)state;
    assert_text(self, STAND_IN_USER, "alice", "5fe0h");
    assert_text(self, STAND_IN_USER, "alice.example", "anon-spcy2lvq");
    assert_text(self, STAND_IN_REALM, "example.org", "anon-kuovzt");
    assert_text(self, STAND_IN_FRAGMENT, "h6vY", "b1nr");
    assert_text(self, STAND_IN_FRAGMENT, "evtj", "kx2x");
    assert_text(self, STAND_IN_SOFTWARE, "STUN test client", "anon-o1w1j8j49yf");
    assert_text(self, STAND_IN_REALM, "example.org", "anon-kuovzt");
    assert_text(self, STAND_IN_REALM, "", "");
}

/* Which user it is must not depend on where she is met. */
static void text_has_one_stand_in_whatever_it_is(void **state) {
    g_autoptr(stand_ins) self = counting();
    g_autofree char *table = NULL;

    (void)state;
    for (stand_in_kind kind = 0; kind < STAND_IN_KINDS; kind++) {
        assert_text(self, kind, "example.org", "anon-kuovzt");
    }
    table = stand_ins_table(self);
    assert_string_equal(table, "kind\toriginal\tstand-in\n"
                               "host\texample.org\tanon-kuovzt\n"
                               "ice\texample.org\tanon-kuovzt\n"
                               "nonce\texample.org\tanon-kuovzt\n"
                               "realm\texample.org\tanon-kuovzt\n"
                               "software\texample.org\tanon-kuovzt\n"
                               "text\texample.org\tanon-kuovzt\n"
                               "user\texample.org\tanon-kuovzt\n");
}

/* Fragments change places, and names of users have a time in front that changes. */
static void parts_of_a_text_have_their_own(void **state) {
    g_autoptr(stand_ins) self = counting();
    g_autofree char *long_term = text_for(self, STAND_IN_USER, "1234567890:alice.example");
    g_autofree char *told = text_for(self, STAND_IN_TEXT, "1234567890:alice.example");

    (void)state;
    assert_text(self, STAND_IN_FRAGMENT, "h6vY:evtj", "b1nr:kx2x");
    assert_text(self, STAND_IN_FRAGMENT, "evtj:h6vY", "kx2x:b1nr");
    assert_text(self, STAND_IN_FRAGMENT, "evtj", "kx2x");
    assert_string_equal(long_term, "anon-j3td9:anon-spcy2lvq");
    assert_string_equal(told, long_term);
    assert_text(self, STAND_IN_USER, "alice.example", "anon-spcy2lvq");
    assert_text(self, STAND_IN_USER, ":", ":");
    assert_text(self, STAND_IN_USER, "evtj:", "kx2x:");
    assert_text(self, STAND_IN_USER, ":evtj::evtj", ":kx2x::kx2x");
}

/* Nothing is mixed up: the key gives a text of its own to each, and the same to the same. */
static void long_text_is_told_apart(void **state) {
    g_autoptr(stand_ins) self = counting();
    g_autofree char *one = g_strnfill(1100, 'x');
    g_autofree char *two = g_strnfill(1100, 'x');
    g_autofree char *first = NULL;
    g_autofree char *second = NULL;

    (void)state;
    two[1099] = 'y';
    first = text_for(self, STAND_IN_TEXT, one);
    second = text_for(self, STAND_IN_TEXT, two);
    assert_string_not_equal(first, second);
    assert_text(self, STAND_IN_TEXT, one, first);
    assert_int_equal(stand_ins_not_remembered(self), 0);
}

static void texts_stay_distinct(void **state) {
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(stand_ins) self = counting();

    (void)state;
    for (guint i = 0; i < 20000; i++) {
        g_autofree char *text = g_strdup_printf("%04x", i);
        char *stand_in = text_for(self, STAND_IN_FRAGMENT, text);

        assert_int_equal(strlen(stand_in), 4);
        assert_string_not_equal(stand_in, text);
        assert_true(g_hash_table_add(seen, stand_in));
        assert_text(self, STAND_IN_FRAGMENT, text, stand_in);
    }
}

/* There are 36 texts of one character, and more originals. */
static void short_texts_are_never_their_own(void **state) {
    g_autoptr(stand_ins) self = counting();
    gboolean seen[256] = {FALSE};

    (void)state;
    for (guint i = 1; i < 256; i++) {
        guint8 text = (guint8)i;

        if (i == ':') {
            continue;
        }
        stand_ins_text(self, STAND_IN_TEXT, &text, 1);
        assert_true(g_ascii_isalnum(text) && !g_ascii_isupper(text));
        assert_true(i > 30 || !seen[text]);
        assert_int_not_equal(text, i);
        seen[text] = TRUE;
    }
}

static void hardware_address_becomes_a_local_one(void **state) {
    static const guint8 expected[6] = {0x6e, 0xf6, 0xca, 0x14, 0x86, 0xfe};
    static const guint8 broadcast[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    static const guint8 group[6] = {0x01, 0x00, 0x5e, 0x00, 0x00, 0xfb};
    guint8 mac[6] = {0x00, 0x11, 0x22, 0x33, 0x44, 0x55};
    guint8 kept[6];
    g_autoptr(stand_ins) self = counting();

    (void)state;
    stand_ins_hardware(self, mac);
    assert_memory_equal(mac, expected, sizeof mac);
    memcpy(kept, broadcast, sizeof kept);
    stand_ins_hardware(self, kept);
    assert_memory_not_equal(kept, broadcast, sizeof kept);
    assert_int_equal(kept[0] & 3, 3);
    memcpy(kept, group, sizeof kept);
    stand_ins_hardware(self, kept);
    assert_memory_not_equal(kept + 2, group + 2, 4);
    assert_int_equal(kept[0] & 3, 3);
    memset(kept, 0, sizeof kept);
    stand_ins_hardware(self, kept);
    assert_int_equal(kept[0], 0);
}

static void bytes_are_made_from_the_key(void **state) {
    static const guint8 expected[4] = {0x24, 0xe8, 0xf3, 0x6c};
    guint8 bytes[4] = {'a', 'b', 'c', 'd'};
    g_autoptr(stand_ins) self = counting();

    (void)state;
    stand_ins_bytes(self, bytes, sizeof bytes);
    assert_memory_equal(bytes, expected, sizeof bytes);
}

static void another_key_makes_others(void **state) {
    g_autoptr(stand_ins) self = other();
    g_autoptr(stand_ins) same = other();
    g_autofree char *host = address_for(self, "192.0.2.1");
    g_autofree char *realm = text_for(self, STAND_IN_REALM, "example.org");

    (void)state;
    assert_string_not_equal(host, "243.12.131.116");
    assert_string_not_equal(realm, "anon-kuovzt");
    assert_address(same, "192.0.2.1", host);
    assert_text(same, STAND_IN_REALM, "example.org", realm);
}

static void table_has_the_way_back(void **state) {
    guint8 mac[6] = {0x00, 0x11, 0x22, 0x33, 0x44, 0x55};
    g_autoptr(stand_ins) self = counting();
    g_autofree char *hostile = NULL;
    g_autofree char *user = NULL;
    g_autofree char *table = NULL;
    g_autofree char *expected = NULL;

    (void)state;
    assert_address(self, "192.0.2.1", "243.12.131.116");
    assert_text(self, STAND_IN_REALM, "example.org", "anon-kuovzt");
    hostile = text_for(self, STAND_IN_USER, "\x1b[2J\tx\ny\xff");
    user = text_for(self, STAND_IN_USER, "=1+1");
    stand_ins_hardware(self, mac);
    table = stand_ins_table(self);
    expected = g_strdup_printf("kind\toriginal\tstand-in\n"
                               "address\t192.0.2.1\t243.12.131.116\n"
                               "hardware\t00:11:22:33:44:55\t6e:f6:ca:14:86:fe\n"
                               "realm\texample.org\tanon-kuovzt\n"
                               "user\t\\u{1b}[2J\\u{9}x\\u{a}y\xef\xbf\xbd\t%s\n"
                               "user\t\\u{3d}1+1\t%s\n",
                               hostile, user);
    assert_string_equal(table, expected);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(address_is_made_from_the_key),
        cmocka_unit_test(address_that_names_nobody_stays),
        cmocka_unit_test(address_of_a_range_of_somebody_is_replaced_in_it),
        cmocka_unit_test(told_address_stays_only_where_it_is_one_of_all),
        cmocka_unit_test(order_of_arrival_changes_nothing),
        cmocka_unit_test(subnets_of_a_network_change_places),
        cmocka_unit_test(hosts_of_one_link_change_places_in_it),
        cmocka_unit_test(address_inside_another_is_replaced_alike),
        cmocka_unit_test(solicited_node_group_follows_its_hosts),
        cmocka_unit_test(group_made_of_a_prefix_gets_another_prefix),
        cmocka_unit_test(address_of_ipv4_keeps_class_and_subnet),
        cmocka_unit_test(address_of_ipv6_keeps_class_and_subnet),
        cmocka_unit_test(hosts_of_a_subnet_change_places),
        cmocka_unit_test(address_beyond_the_limit_stays_consistent),
        cmocka_unit_test(text_is_made_from_the_key),
        cmocka_unit_test(text_has_one_stand_in_whatever_it_is),
        cmocka_unit_test(parts_of_a_text_have_their_own),
        cmocka_unit_test(long_text_is_told_apart),
        cmocka_unit_test(texts_stay_distinct),
        cmocka_unit_test(short_texts_are_never_their_own),
        cmocka_unit_test(hardware_address_becomes_a_local_one),
        cmocka_unit_test(bytes_are_made_from_the_key),
        cmocka_unit_test(another_key_makes_others),
        cmocka_unit_test(table_has_the_way_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
