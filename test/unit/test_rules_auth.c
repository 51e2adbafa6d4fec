/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/rule_case.h"

#include <string.h>

#define PERMISSION "permission request 3 peer=" PEER " " CREDENTIALS

static void client_says(scene *s, gint64 ms, const char *text) {
    feed_udp(s, ms, CLIENT, SERVER, text);
}

static void server_says(scene *s, gint64 ms, const char *text) {
    feed_udp(s, ms, SERVER, CLIENT, text);
}

static void first_challenge_and_success(scene *s) {
    scene_allocate(s, 0);
}

static void allocate_refused_with_431(scene *s) {
    scene_rejected(s, 0, "error=431");
}

static void request_without_credentials_refused_with_431(scene *s) {
    client_says(s, 0, "allocate request 1 transport=17");
    server_says(s, 10, "allocate error 1 error=431");
}

static void answer_431_to_an_unseen_request(scene *s) {
    server_says(s, 10, "allocate error 1 error=431");
}

static void allocate_refused_with_431_then_granted(scene *s) {
    scene_rejected(s, 0, "error=431");
    client_says(s, 40, "allocate request 3 transport=17 " CREDENTIALS);
    server_says(s, 50, "allocate success 3 relayed=" RELAYED " lifetime=600 mi");
}

static void allocate_refused_with_401(scene *s) {
    scene_rejected(s, 0, "error=401 realm=example.org nonce=n2");
}

static void allocate_with_an_old_nonce_challenged_again(scene *s) {
    scene_challenge(s, 0);
    client_says(s, 20, "allocate request 2 user=alice realm=example.org nonce=n0 mi");
    server_says(s, 30, "allocate error 2 error=401 realm=example.org nonce=n2");
}

static void refresh_challenged_with_401(scene *s, const char *nonce) {
    g_autofree char *answer =
        g_strdup_printf("refresh error 3 error=401 realm=example.org nonce=%s", nonce);

    scene_allocate(s, 0);
    client_says(s, 300000, "refresh request 3 lifetime=600 " CREDENTIALS);
    server_says(s, 300010, answer);
}

static void refresh_granted_with_nonce(scene *s, const char *nonce) {
    g_autofree char *request = g_strdup_printf(
        "refresh request 4 lifetime=600 user=alice realm=example.org nonce=%s mi", nonce);

    client_says(s, 300020, request);
    server_says(s, 300030, "refresh success 4 lifetime=600 mi");
}

static void nonce_renewed_with_401(scene *s) {
    refresh_challenged_with_401(s, "n2");
    refresh_granted_with_nonce(s, "n2");
}

static void nonce_renewed_with_401_at_the_end(scene *s) {
    refresh_challenged_with_401(s, "n2");
    feed_other(s, 305009);
}

static void nonce_renewed_with_401_in_vain(scene *s) {
    refresh_challenged_with_401(s, "n2");
    feed_other(s, 305010);
}

static void refresh_refused_with_401_and_the_same_nonce(scene *s) {
    refresh_challenged_with_401(s, "n1");
    refresh_granted_with_nonce(s, "n1");
}

static void challenge_that_names_another_server(scene *s) {
    client_says(s, 0, "allocate request 1 transport=17");
    server_says(s, 10, "allocate error 1 error=401 realm=r nonce=n1 alternate=198.51.100.2:3478");
}

static void challenges_without_credentials(scene *s) {
    scene_challenge(s, 0);
    client_says(s, 100, "allocate request 2 transport=17");
    server_says(s, 110, "allocate error 2 error=401 realm=example.org nonce=n2");
    client_says(s, 200, "allocate request 3 transport=17");
    server_says(s, 210, "allocate error 3 error=401 realm=example.org nonce=n3");
}

static void challenges_with_credentials_at_last(scene *s) {
    challenges_without_credentials(s);
    client_says(s, 300, "allocate request 4 user=alice realm=example.org nonce=n3 mi");
}

static void challenges_without_credentials_once_more(scene *s) {
    scene_challenge(s, 0);
    client_says(s, 100, "allocate request 2 transport=17");
    server_says(s, 110, "allocate error 2 error=401 realm=example.org nonce=n2");
}

static void nonces_refused_twice(scene *s) {
    scene_rejected(s, 0, "error=438 realm=example.org nonce=n2");
    client_says(s, 40, "allocate request 3 user=alice realm=example.org nonce=n2 mi");
    server_says(s, 50, "allocate error 3 error=438 realm=example.org nonce=n3");
}

static void nonces_refused_three_times(scene *s) {
    nonces_refused_twice(s);
    client_says(s, 60, "allocate request 4 user=alice realm=example.org nonce=n3 mi");
    server_says(s, 70, "allocate error 4 error=438 realm=example.org nonce=n4");
}

static void nonce_refused_once_and_renewed(scene *s) {
    scene_rejected(s, 0, "error=438 realm=example.org nonce=n2");
    client_says(s, 40, "allocate request 3 user=alice realm=example.org nonce=n2 mi");
    server_says(s, 50, "allocate success 3 relayed=" RELAYED " lifetime=600 mi");
}

static void nonce_refused_to_requests_under_way(scene *s) {
    scene_allocate(s, 0);
    client_says(s, 100, "refresh request 3 lifetime=600 " CREDENTIALS);
    client_says(s, 101, "permission request 4 peer=" PEER " " CREDENTIALS);
    client_says(s, 102, "permission request 5 peer=" OTHER " " CREDENTIALS);
    server_says(s, 110, "refresh error 3 error=438 realm=example.org nonce=n2");
    server_says(s, 111, "permission error 4 error=438 realm=example.org nonce=n3");
    server_says(s, 112, "permission error 5 error=438 realm=example.org nonce=n4");
}

static void allocate_refused_with_437_at_the_end(scene *s) {
    scene_rejected(s, 0, "error=437");
    feed_other(s, 5029);
}

static void allocate_refused_with_437(scene *s) {
    scene_rejected(s, 0, "error=437");
    feed_other(s, 5030);
}

static void allocate_refused_with_437_then_granted(scene *s) {
    scene_rejected(s, 0, "error=437");
    client_says(s, 40, "allocate request 3 transport=17 " CREDENTIALS);
    server_says(s, 50, "allocate success 3 relayed=" RELAYED " lifetime=600 mi");
}

static void release_answered_with_437(scene *s) {
    scene_allocate(s, 0);
    client_says(s, 5000, "refresh request 3 lifetime=0 " CREDENTIALS);
    server_says(s, 5010, "refresh error 3 error=437");
}

static void release_of_an_unseen_allocation_answered_with_437(scene *s) {
    client_says(s, 0, "refresh request 3 lifetime=0 " CREDENTIALS);
    server_says(s, 10, "refresh error 3 error=437");
}

static void refresh_of_an_unseen_allocation_answered_with_437(scene *s) {
    client_says(s, 0, "refresh request 3 lifetime=600 " CREDENTIALS);
    server_says(s, 10, "refresh error 3 error=437");
    feed_other(s, 5010);
}

static void permission_refused_with_441(scene *s) {
    scene_allocate(s, 0);
    client_says(s, 100,
                "permission request 3 peer=" PEER " user=bob realm=example.org nonce=n1 mi");
    server_says(s, 110, "permission error 3 error=441");
}

static void permission_refused_with_438(scene *s) {
    scene_allocate(s, 0);
    client_says(s, 100, PERMISSION);
    server_says(s, 110, "permission error 3 error=438 realm=example.org nonce=n2");
}

static void allocate_refused_with_441(scene *s) {
    scene_rejected(s, 0, "error=441");
}

static void allocate_refused_with_442_at_the_end(scene *s) {
    scene_rejected(s, 0, "error=442");
    feed_other(s, 5029);
}

static void allocate_refused_with_442(scene *s) {
    scene_rejected(s, 0, "error=442");
    feed_other(s, 5030);
}

/* First the question whether the server has TCP relays. */
static void tcp_relay_refused_and_udp_relay_granted(scene *s) {
    allocate_refused_with_442(s);
    feed_udp(s, 5050, "10.1.1.10:40002", SERVER, "allocate request 5 transport=17 " CREDENTIALS);
    feed_udp(s, 5060, SERVER, "10.1.1.10:40002",
             "allocate success 5 relayed=" RELAYED " lifetime=600 mi");
    feed_other(s, 20000);
}

static void tcp_relay_refused_and_udp_relay_granted_on_the_same_ports(scene *s) {
    allocate_refused_with_442(s);
    client_says(s, 5050, "allocate request 5 transport=17 " CREDENTIALS);
    server_says(s, 5060, "allocate success 5 relayed=" RELAYED " lifetime=600 mi");
    feed_other(s, 20000);
}

static void family_refused_while_another_allocation_is_up(scene *s) {
    scene_rejected(s, 0, "error=440");
    feed_udp(s, 50, "10.1.1.10:40002", SERVER, "allocate request 5 " CREDENTIALS);
    feed_udp(s, 60, SERVER, "10.1.1.10:40002",
             "allocate success 5 relayed=" RELAYED " lifetime=600 mi");
}

static void family_refused_by_a_client_seen_for(scene *s, gint64 before, gint64 after) {
    feed_other(s, 0);
    scene_rejected(s, before, "error=440");
    feed_other(s, before + after);
}

static void family_refused(scene *s) {
    family_refused_by_a_client_seen_for(s, 1000, 3000);
}

static void family_refused_at_the_beginning(scene *s) {
    family_refused_by_a_client_seen_for(s, 999, 3000);
}

static void family_refused_at_the_end(scene *s) {
    family_refused_by_a_client_seen_for(s, 1000, 2999);
}

static void allocate_refused_then_granted_with_the_clock_set_back(scene *s) {
    scene_rejected(s, 100000, "error=508");
    client_says(s, 40, "allocate request 3 transport=17 " CREDENTIALS);
    server_says(s, 50, "allocate success 3 relayed=" RELAYED " lifetime=600 mi");
}

static void allocate_refused_with_486(scene *s) {
    scene_rejected(s, 0, "error=486");
}

static void allocate_refused_with_508(scene *s) {
    scene_rejected(s, 0, "error=508");
}

static void allocate_redirected(scene *s) {
    scene_rejected(s, 0, "error=300 alternate=198.51.100.2:3478");
}

static void allocate_refused_with_400(scene *s) {
    scene_rejected(s, 0, "error=400");
}

static void allocate_refused_with_500_at_the_end(scene *s) {
    scene_rejected(s, 0, "error=500");
    feed_other(s, 5029);
}

static void allocate_refused_with_500(scene *s) {
    scene_rejected(s, 0, "error=500");
    feed_other(s, 5030);
}

static void allocate_refused_with_500_then_granted(scene *s) {
    scene_rejected(s, 0, "error=500");
    client_says(s, 40, "allocate request 3 transport=17 " CREDENTIALS);
    server_says(s, 50, "allocate success 3 relayed=" RELAYED " lifetime=600 mi");
}

static void permission_refused_with_500_beside_a_peer_that_works(scene *s) {
    scene_allocate(s, 0);
    feed_send_bytes(s, 100, PEER, 100);
    feed_data_bytes(s, 120, PEER, 100);
    client_says(s, 200, PERMISSION);
    server_says(s, 210, "permission error 3 error=500");
    feed_other(s, 5210);
}

static void release_answered_with_400(scene *s) {
    scene_allocate(s, 0);
    client_says(s, 5000, "refresh request 3 lifetime=0 " CREDENTIALS);
    server_says(s, 5010, "refresh error 3 error=400");
}

static void permission_refused_with_403(scene *s) {
    scene_allocate(s, 0);
    client_says(s, 100, PERMISSION);
    server_says(s, 110, "permission error 3 error=403");
}

static void used_after_its_lifetime(scene *s) {
    scene_allocate(s, 0);
    feed_send_bytes(s, 601000, PEER, 10);
    feed_send_bytes(s, 602000, PEER, 10);
    feed_other(s, 606000);
}

static void refresh_refused_after_its_lifetime(scene *s) {
    scene_allocate(s, 0);
    client_says(s, 601000, "refresh request 3 lifetime=600 " CREDENTIALS);
    server_says(s, 601010, "refresh error 3 error=437");
}

static void used_after_a_refresh_in_time(scene *s) {
    scene_allocate(s, 0);
    client_says(s, 500000, "refresh request 3 lifetime=600 " CREDENTIALS);
    server_says(s, 500010, "refresh success 3 lifetime=600 mi");
    feed_send_bytes(s, 601000, PEER, 10);
}

static void used_after_its_lifetime_and_still_answered(scene *s) {
    used_after_its_lifetime(s);
    feed_data_bytes(s, 602010, PEER, 10);
}

static void used_after_its_release(scene *s) {
    scene_allocate(s, 0);
    client_says(s, 5000, "refresh request 3 lifetime=0 " CREDENTIALS);
    server_says(s, 5010, "refresh success 3 lifetime=0 mi");
    feed_send_bytes(s, 5020, PEER, 10);
}

static void allocate_slower_than_3_s(scene *s) {
    scene_challenge(s, 0);
    client_says(s, 20, "allocate request 2 transport=17 " CREDENTIALS);
    server_says(s, 3001, "allocate success 2 relayed=" RELAYED " lifetime=600 mi");
}

static void allocate_in_3_s(scene *s) {
    scene_challenge(s, 0);
    client_says(s, 20, "allocate request 2 transport=17 " CREDENTIALS);
    server_says(s, 3000, "allocate success 2 relayed=" RELAYED " lifetime=600 mi");
}

static void allocate_private(scene *s, const char *server) {
    feed_udp(s, 0, CLIENT, server, "allocate request 1 transport=17");
    feed_udp(s, 10, server, CLIENT, "allocate success 1 relayed=10.9.9.9:24000 lifetime=600 mi");
    feed_udp(s, 20, "203.0.113.9:50000", "10.9.9.9:24000", "binding request 7 user=a:b mi");
}

static void relay_private_just_before_the_end(scene *s) {
    allocate_private(s, SERVER);
    feed_other(s, 5019);
}

static void relay_private_behind_a_public_server(scene *s) {
    allocate_private(s, SERVER);
    feed_other(s, 5020);
}

static void relay_private_behind_a_private_server(scene *s) {
    allocate_private(s, "10.9.9.1:3478");
    feed_other(s, 5020);
}

static void relay_private_that_works(scene *s) {
    allocate_private(s, SERVER);
    feed_udp_bytes(s, 30, "203.0.113.9:50000", "10.9.9.9:24000", "\x80\x01", 2);
    feed_udp_bytes(s, 40, "10.9.9.9:24000", "203.0.113.9:50000", "\x80\x01", 2);
    feed_other(s, 5020);
}

static void relay_private_while_a_direct_pair_works(scene *s) {
    allocate_private(s, SERVER);
    feed_udp(s, 100, CLIENT, OTHER, "binding request 101 user=d:c priority=1 mi");
    feed_udp(s, 110, OTHER, CLIENT, "binding success 101 mapped=" MAPPED " mi");
    feed_udp(s, 120, OTHER, CLIENT, "binding request 102 user=c:d priority=1 mi");
    feed_udp(s, 130, CLIENT, OTHER, "binding success 102 mapped=" OTHER " mi");
    feed_other(s, 5020);
}

static void relay_private_without_a_peer(scene *s) {
    feed_udp(s, 0, CLIENT, SERVER, "allocate request 1 transport=17");
    feed_udp(s, 10, SERVER, CLIENT, "allocate success 1 relayed=10.9.9.9:24000 lifetime=600 mi");
    feed_other(s, 5020);
}

/* Released, and allocated again on the same 5-tuple: nothing expired. */
static void allocated_again_after_a_release(scene *s) {
    scene_allocate(s, 0);
    client_says(s, 1000, "refresh request 3 lifetime=0 " CREDENTIALS);
    server_says(s, 1010, "refresh success 3 lifetime=0 mi");
    client_says(s, 2000, "allocate request 4 transport=17 " CREDENTIALS);
    server_says(s, 2010, "allocate success 4 relayed=" RELAYED " lifetime=600 mi");
    scene_checks(s, 2100, PEER);
}

static void expired_while_keepalives_are_answered(scene *s) {
    scene_allocate(s, 0);
    client_says(s, 601000, "permission request 3 peer=" PEER " " CREDENTIALS);
    client_says(s, 602000, "binding request 4");
    server_says(s, 602010, "binding success 4 mapped=" MAPPED);
    feed_other(s, 606000);
}

static void used_after_its_lifetime_and_granted(scene *s) {
    used_after_its_lifetime(s);
    client_says(s, 606010, "permission request 3 peer=" PEER " " CREDENTIALS);
    server_says(s, 606020, "permission success 3 mi");
}

static void used_just_after_its_lifetime_at_the_end(scene *s) {
    scene_allocate(s, 0);
    feed_send_bytes(s, 601000, PEER, 10);
    feed_other(s, 605000);
}

static void expired_with_keepalives_only(scene *s) {
    scene_allocate(s, 0);
    client_says(s, 602000, "binding request 4");
}

static void probes_of_a_server_every_10_s(scene *s) {
    scene_challenge(s, 0);
    client_says(s, 10000, "allocate request 2 transport=17");
    server_says(s, 10010, "allocate error 2 error=401 realm=example.org nonce=n2");
    client_says(s, 20000, "allocate request 3 transport=17");
    server_says(s, 20010, "allocate error 3 error=401 realm=example.org nonce=n3");
}

/* Expressway's answers repeat the user of the request. */
static void challenge_that_repeats_the_user(scene *s) {
    client_says(s, 0, "allocate request 1 transport=17 user=alice");
    server_says(s, 10, "allocate error 1 error=401 realm=example.org nonce=n1 user=alice");
}

static void refresh_refused_within_its_lifetime(scene *s) {
    scene_allocate(s, 0);
    client_says(s, 1000, "refresh request 3 lifetime=600 " CREDENTIALS);
    server_says(s, 1010, "refresh error 3 error=437");
}

static const rule_case cases[] = {
    HIT("integrity-check-failed", allocate_refused_with_431, "failed", "3 4"),
    HIT("integrity-check-failed", answer_431_to_an_unseen_request, "failed", "1"),
    MISS("integrity-check-failed", request_without_credentials_refused_with_431),
    HIT("integrity-check-failed", allocate_refused_with_431_then_granted, "degraded", "3 4"),
    MISS("integrity-check-failed", first_challenge_and_success),
    MISS("integrity-check-failed", allocate_refused_with_401),
    HIT("credentials-unauthorized", allocate_refused_with_401, "failed", "3 4"),
    MISS("credentials-unauthorized", first_challenge_and_success),
    MISS("credentials-unauthorized", allocate_with_an_old_nonce_challenged_again),
    MISS("credentials-unauthorized", allocate_refused_with_431),
    MISS("credentials-unauthorized", challenge_that_repeats_the_user),
    MISS("credentials-unauthorized", nonce_renewed_with_401),
    MISS("credentials-unauthorized", nonce_renewed_with_401_at_the_end),
    HIT("credentials-unauthorized", nonce_renewed_with_401_in_vain, "failed", "5 6"),
    HIT("credentials-unauthorized", refresh_refused_with_401_and_the_same_nonce, "degraded", "5 6"),
    HIT("credentials-missing", challenges_without_credentials, "failed", "2 5"),
    MISS("credentials-missing", first_challenge_and_success),
    MISS("credentials-missing", challenges_with_credentials_at_last),
    MISS("credentials-missing", challenges_without_credentials_once_more),
    MISS("credentials-missing", probes_of_a_server_every_10_s),
    HIT("nonce-loop", nonces_refused_three_times, "failed", "4 8"),
    MISS("nonce-loop", nonces_refused_twice),
    MISS("nonce-loop", nonce_refused_once_and_renewed),
    MISS("nonce-loop", nonce_refused_to_requests_under_way),
    HIT("allocation-mismatch", allocate_refused_with_437, "failed", "3 4"),
    HIT("allocation-mismatch", refresh_of_an_unseen_allocation_answered_with_437, "failed", "1 2"),
    MISS("allocation-mismatch", allocate_refused_with_437_at_the_end),
    MISS("allocation-mismatch", release_of_an_unseen_allocation_answered_with_437),
    MISS("allocation-mismatch", release_answered_with_437),
    MISS("allocation-mismatch", allocate_refused_with_437_then_granted),
    HIT("wrong-credentials", allocate_refused_with_441, "failed", "3 4"),
    HIT("wrong-credentials", permission_refused_with_441, "failed", "5 6"),
    MISS("wrong-credentials", permission_refused_with_438),
    HIT("transport-unsupported", allocate_refused_with_442, "failed", "3 4"),
    MISS("transport-unsupported", allocate_refused_with_442_at_the_end),
    MISS("transport-unsupported", tcp_relay_refused_and_udp_relay_granted),
    MISS("transport-unsupported", tcp_relay_refused_and_udp_relay_granted_on_the_same_ports),
    HIT("transport-unsupported", family_refused, "failed", "4 5"),
    MISS("transport-unsupported", family_refused_at_the_beginning),
    MISS("transport-unsupported", family_refused_at_the_end),
    MISS("transport-unsupported", family_refused_while_another_allocation_is_up),
    HIT("quota-reached", allocate_refused_with_486, "failed", "3 4"),
    MISS("quota-reached", allocate_refused_with_508),
    HIT("capacity-exhausted", allocate_refused_with_508, "failed", "3 4"),
    HIT("capacity-exhausted", allocate_refused_then_granted_with_the_clock_set_back, "degraded",
        "3 4"),
    MISS("capacity-exhausted", allocate_refused_with_486),
    HIT("redirected", allocate_redirected, "degraded", "3 4"),
    MISS("redirected", challenge_that_names_another_server),
    HIT("request-rejected", allocate_refused_with_400, "failed", "3 4"),
    HIT("request-rejected", permission_refused_with_500_beside_a_peer_that_works, "degraded",
        "7 8"),
    HIT("request-rejected", allocate_refused_with_500, "failed", "3 4"),
    MISS("request-rejected", allocate_refused_with_500_at_the_end),
    MISS("request-rejected", allocate_refused_with_500_then_granted),
    MISS("request-rejected", release_answered_with_400),
    MISS("request-rejected", permission_refused_with_403),
    MISS("request-rejected", allocate_refused_with_431),
    HIT("allocation-expired", expired_while_keepalives_are_answered, "failed", "4 5"),
    MISS("allocation-expired", used_after_its_lifetime_and_granted),
    MISS("allocation-expired", used_just_after_its_lifetime_at_the_end),
    MISS("allocation-expired", refresh_refused_within_its_lifetime),
    MISS("allocation-expired", expired_with_keepalives_only),
    MISS("allocation-expired", allocated_again_after_a_release),
    HIT("allocation-expired", used_after_its_lifetime, "failed", "4 5"),
    HIT("allocation-expired", refresh_refused_after_its_lifetime, "failed", "5 6 4"),
    MISS("allocation-expired", used_after_a_refresh_in_time),
    MISS("allocation-expired", used_after_its_lifetime_and_still_answered),
    MISS("allocation-expired", used_after_its_release),
    HIT("allocation-slow", allocate_slower_than_3_s, "degraded", "1 4"),
    MISS("allocation-slow", allocate_in_3_s),
    HIT("relay-address-private", relay_private_behind_a_public_server, "degraded", "2"),
    MISS("relay-address-private", relay_private_just_before_the_end),
    MISS("relay-address-private", relay_private_behind_a_private_server),
    MISS("relay-address-private", relay_private_that_works),
    MISS("relay-address-private", relay_private_while_a_direct_pair_works),
    MISS("relay-address-private", relay_private_without_a_peer),
};

static void family_auth_is_covered(void **state) {
    (void)state;
    rule_cases_cover(cases, G_N_ELEMENTS(cases), FAMILY_AUTH, FAMILY_RELAY);
}

static void findings_carry_code_and_reason(void **state) {
    g_autoptr(scene) s = scene_new();

    (void)state;
    scene_rejected(s, 0, "error=431");
    assert_int_equal(scene_finding(s, "integrity-check-failed")->code, 431);
    assert_string_equal(scene_finding(s, "integrity-check-failed")->reason, "Reason 431");
}

static void redirect_names_the_alternative_server(void **state) {
    g_autoptr(scene) s = scene_new();

    (void)state;
    allocate_redirected(s);
    assert_non_null(strstr(scene_finding(s, "redirected")->detail, "198.51.100.2:3478"));
}

static void refused_allocate_says_what_441_means_there(void **state) {
    g_autoptr(scene) s = scene_new();

    (void)state;
    allocate_refused_with_441(s);
    assert_non_null(strstr(scene_finding(s, "wrong-credentials")->detail, "the Allocate itself"));
}

static void refused_permission_needs_no_word_on_441(void **state) {
    g_autoptr(scene) s = scene_new();

    (void)state;
    permission_refused_with_441(s);
    assert_null(scene_finding(s, "wrong-credentials")->detail);
}

int main(void) {
    struct CMUnitTest tests[G_N_ELEMENTS(cases) + 5] = {
        cmocka_unit_test(family_auth_is_covered), cmocka_unit_test(findings_carry_code_and_reason),
        cmocka_unit_test(redirect_names_the_alternative_server),
        cmocka_unit_test(refused_allocate_says_what_441_means_there),
        cmocka_unit_test(refused_permission_needs_no_word_on_441)};

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        tests[i + 5] = (struct CMUnitTest){
            .name = cases[i].name, .test_func = rule_case_run, .initial_state = (void *)&cases[i]};
    }
    return cmocka_run_group_tests_name("rules_auth", tests, NULL, NULL);
}
