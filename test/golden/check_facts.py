#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Holds the reports over the samples against what the field documents say happened.

Written by hand from the documents and from samples/README.md, which gives the sample's frame for
each frame of a document. An expected report can be rewritten by mistake, these facts cannot.
Usage: check_facts.py PROGRAM SOURCE_DIR
"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import reporting  # noqa: E402

# frame of the sample, STUN type: what the document of S4 lists, frame 38 and 39 inside the bound connection
S4_MESSAGES = (
    (4, "0x0003"),  # 2394 Allocate Request
    (6, "0x0113"),  # 2397 its challenge
    (8, "0x0003"),  # 2399 Allocate Request with credentials
    (10, "0x0103"),  # 2427 Allocate Success Response
    (12, "0x0004"),  # 2428 Refresh Request
    (14, "0x0104"),  # 2447 Refresh Success Response
    (20, "0x001c"),  # 2526 ConnectionAttempt Indication
    (25, "0x000b"),  # 2540 ConnectionBind Request
    (27, "0x010b"),  # 2552 ConnectionBind Success Response
    (38, "0x0101"),  # 2596 framed Binding Success Response
    (39, "0x0001"),  # 2597 framed Binding Request
    (83, "0x0011"),  # 3209 Binding Indication
)

PASSWORDS = str(pathlib.Path(__file__).resolve().parent / "passwords") + "/"
# step, time in the document of S4
S4_STAGES = (
    ("allocate-sent", "08:03:51.966175"),
    ("challenged", "08:03:51.968443"),
    ("credentials-sent", "08:03:51.968947"),
    ("allocated", "08:03:52.084888"),
    ("peer-connected", "08:03:52.568097"),
    ("bind-sent", "08:03:52.618906"),
    ("bound", "08:03:52.673050"),
)

CHECKS = []


def check(sample, *options):
    """Make a function a check of the report over SAMPLE; its docstring says what it holds."""

    def register(function):
        CHECKS.append((sample, options, function))
        return function

    return register


def equal(found, wanted, what):
    assert found == wanted, f"{what} is {found!r}, not {wanted!r}"


def only(items, what):
    assert len(items) == 1, f"{len(items)} {what}, not exactly one"
    return items[0]


def finding(report, cause):
    return only([each for each in report["findings"] if each["cause"] == cause], f"findings {cause}")


def evidence_frames(each):
    return {place["frame"] for place in each["evidence"]}


def frames_of(report, cause, wanted):
    found = evidence_frames(finding(report, cause))
    assert wanted <= found, f"evidence of {cause} lacks frames {sorted(wanted - found)}"


def all_levels(report):
    return {each["level"] for each in report["findings"]}


def verdict(report, level, cause):
    equal(report["verdict"]["level"], level, "level")
    equal(report["verdict"]["cause"], cause, "cause")


def remedy_names(report):
    remedies = " ".join(report["verdict"]["remedies"])
    for words in ("CMS TURN server entry", "local authentication database"):
        assert words in remedies, f"no remedy names the {words}: {remedies}"


@check("s1-webrtc-431")
def s1_verdict(report):
    """S1: 431, whose remedy names both places of the password"""
    verdict(report, "failed", "integrity-check-failed")
    frames_of(report, "integrity-check-failed", {1, 2})
    equal(finding(report, "integrity-check-failed")["code"], 431, "code")
    equal(finding(report, "integrity-check-failed")["reason"], "Integrity Check Failure", "reason")
    remedy_names(report)


@check("s1-webrtc-431")
def s1_session(report):
    """S1: who asked whom, as whom"""
    session = only(report["sessions"], "sessions")
    assert session["client"].startswith("172.16.84.124:"), session["client"]
    equal(session["server"], "10.88.246.156:3478", "server")
    equal(session["transport"], "udp", "transport")
    equal((session["username"], session["realm"]), ("turnuser", "turnuser"), "user and realm")
    equal(session["allocate"]["outcome"], "rejected", "outcome")
    equal(session["start"], "2017-05-20T19:52:48.704889Z", "start")


@check("s1-webrtc-431")
def s1_realm_is_no_fault(report):
    """S1: that the realm equals the user name is not a finding"""
    equal([each["cause"] for each in report["findings"]], ["integrity-check-failed"], "findings")


@check("s2-webrtc-431-401")
def s2_verdict(report):
    """S2: 431, whose remedy names both places of the password"""
    verdict(report, "failed", "integrity-check-failed")
    frames_of(report, "integrity-check-failed", {1, 2})
    remedy_names(report)


@check("s2-webrtc-431-401")
def s2_unauthorized_is_a_fault(report):
    """S2: a 401 that repeats the user name is a fault, not a challenge"""
    frames_of(report, "credentials-unauthorized", {3})
    equal(finding(report, "credentials-unauthorized")["level"], "failed", "level")
    equal(finding(report, "credentials-unauthorized")["code"], 401, "code")


@check("s2-webrtc-431-401")
def s2_sessions(report):
    """S2: both attempts of one client at one server"""
    for session in report["sessions"]:
        assert session["client"].startswith("10.55.157.229:"), session["client"]
        equal(session["server"], "10.48.36.248:3478", "server")
        equal((session["username"], session["realm"]), ("expturncreds", "TANDBERG"), "user and realm")


@check("s4-sfb-presentation")
def s4_challenge_is_no_fault(report):
    """S4: the challenge of frame 6 is counted as such and in no finding"""
    equal(only(report["sessions"], "sessions")["allocate"]["challenges"], 1, "challenges")
    for each in report["findings"]:
        assert 6 not in evidence_frames(each), f"frame 6 is evidence of {each['cause']}"
        assert each["cause"] != "credentials-unauthorized", "the challenge is reported as a fault"


@check("s4-sfb-presentation")
def s4_frames(report):
    """S4: the frames of the attempt and of the bind"""
    session = only(report["sessions"], "sessions")
    connection = only(session["connections"], "connections")
    equal(connection["attempt_frame"], 20, "attempt_frame")
    equal(connection["bind_frame"], 25, "bind_frame")
    equal((session["first_frame"], session["last_frame"]), (4, 83), "frames of the session")


@check("s4-sfb-presentation", "--messages")
def s4_messages(report):
    """S4: every message of the document, in its frame"""
    found = {(each["frame"], each["type"]) for each in report["messages"]}
    lost = [place for place in S4_MESSAGES if place not in found]
    assert not lost, f"not found: {lost}"


@check("s4-sfb-presentation", "--messages")
def s4_printed_check(report):
    """S4: the check of frame 2597 with the transaction id and the attributes that are printed"""
    message = only([each for each in report["messages"] if each["frame"] == 39], "messages in 39")
    assert message["transaction_id"].startswith("a7d42d519e4d78c5"), message["transaction_id"]
    types = [each["type"] for each in message["attributes"]]
    wanted = ["0x0025", "0x0024", "0x8029", "0x0006", "0x8054", "0x8070", "0x0008", "0x8028"]
    equal(types, wanted, "attributes")
    lengths = [each["length"] for each in message["attributes"]]
    equal(lengths, [0, 4, 8, 12, 4, 4, 20, 4], "lengths")


@check("s4-sfb-presentation")
@check("s4-sfb-presentation-cut")
def s4_healthy(report):
    """S4: healthy, without any finding of a fault"""
    equal(report["verdict"]["level"], "healthy", "level")
    assert not all_levels(report) & {"failed", "degraded"}, report["findings"]


@check("s4-sfb-presentation")
@check("s4-sfb-presentation-cut")
def s4_session(report):
    """S4: one session with a TCP relay"""
    session = only(report["sessions"], "sessions")
    assert session["client"].startswith("10.48.54.230:"), session["client"]
    equal(session["server"], "10.48.54.229:3478", "server")
    equal((session["transport"], session["relay_transport"]), ("tcp", "tcp"), "transports")
    equal((session["username"], session["realm"]), ("turn", "TANDBERG"), "user and realm")
    assert any(each.endswith(":24000") for each in session["relayed"]), session["relayed"]
    equal(session["allocate"]["outcome"], "success", "outcome")
    equal(session["allocate"]["lifetime_s"], 600, "lifetime")


@check("s4-sfb-presentation")
@check("s4-sfb-presentation-cut")
def s4_connection(report):
    """S4: one connection of the Edge, bound on client port 44342, with checks both ways"""
    connection = only(only(report["sessions"], "sessions")["connections"], "connections")
    equal(connection["peer"], "192.168.1.252:53577", "peer")
    equal(connection["initiated_by"], "peer", "initiated_by")
    equal(connection["outcome"], "bound", "outcome")
    equal(connection["data_connection"], "10.48.54.230:44342", "data_connection")
    for direction in ("to_peer", "from_peer"):
        counts = connection["checks"][direction]
        assert counts["requests"] >= 1 and counts["successes"] >= 1, f"{direction}: {counts}"
    # Each check comes twice with one transaction id: four transactions, none of them unanswered.
    equal([connection["checks"][way]["requests"] for way in ("to_peer", "from_peer")], [2, 2], "checks")


@check("s4-sfb-presentation")
def s4_stages(report):
    """S4: every step was reached, at the times of the document; nominated by the check of frame 2597"""
    session = only(report["sessions"], "sessions")
    equal(session["stopped_at"], None, "stopped_at")
    equal({each["state"] for each in session["stages"]}, {"reached"}, "states")
    times = {each["id"]: each["time"] for each in session["stages"]}
    for step, time in S4_STAGES:
        equal(times[step], f"2017-08-17T{time}Z", step)
    equal(session["relay_after_ms"], 119.378, "relay_after_ms")  # SYN at .965510
    to_peer = only(session["peers"], "peers")["checks"]["to_peer"]
    equal((to_peer["use_candidate_frame"], to_peer["role"]), (39, "controlled"), "nomination")
    equal(to_peer["priority"], 0x6EFFFFFF, "priority")


@check("s1-webrtc-431")
def s1_stage(report):
    """S1: stopped at the answer to the Allocate with credentials, 10.005 ms after it"""
    session = only(report["sessions"], "sessions")
    stop = session["stopped_at"]
    equal((stop["step"], stop["of"], stop["id"]), (4, 10, "allocated"), "step")
    equal((stop["why"], stop["code"], stop["since_frame"], stop["frame"]), ("refused", 431, 1, 2), "stop")
    assert abs(stop["wait_ms"] - 10.005) < 0.0005, stop["wait_ms"]
    # The log of CMS shows 3.000 s between the beginning of the call and its failure.
    equal(session["cms_gives_up"], "2017-05-20T19:52:51.704889Z", "cms_gives_up")


@check("udp-channeldata")
def udp_healthy(report):
    """UDP: healthy, and neither the challenge nor one stale nonce is a fault"""
    equal(report["verdict"]["level"], "healthy", "level")
    equal(report["findings"], [], "findings")


@check("udp-channeldata")
def udp_session(report):
    """UDP: the addresses of the sample"""
    session = only(report["sessions"], "sessions")
    equal(session["client"], "192.168.10.23:51734", "client")
    equal(session["server"], "203.0.113.40:3478", "server")
    equal((session["transport"], session["relay_transport"]), ("udp", "udp"), "transports")
    equal(session["mapped"], "198.51.100.23:62011", "mapped")
    equal(session["relayed"], ["203.0.113.40:24018"], "relayed")


@check("udp-channeldata")
def udp_channel(report):
    """UDP: one channel to CMS, with checks and data both ways"""
    session = only(report["sessions"], "sessions")
    channel = only(session["channels"], "channels")
    equal((channel["number"], channel["peer"]), ("0x4000", "192.0.2.180:52010"), "channel")
    peer = only([each for each in session["peers"] if each["via"] == "channel"], "peers")
    for direction in ("to_peer", "from_peer"):
        counts = peer["checks"][direction]
        assert counts["successes"] >= 1, f"{direction}: {counts}"
        assert peer[f"bytes_{direction}"] > 0, f"no data {direction}"


@check("s1-webrtc-431", "--user", "turnuser", "--password-file", PASSWORDS + "s1-client.txt")
def s1_client_has_the_password(report):
    """S1: with the client's password, the server is the one that differs"""
    verdict(report, "failed", "server-password-differs")
    frames_of(report, "server-password-differs", {1, 2})
    frames_of(report, "integrity-check-failed", {1, 2})
    remedy_names(report)


@check("s1-webrtc-431", "--user", "turnuser", "--password-file", PASSWORDS + "s1-server.txt")
def s1_server_has_the_password(report):
    """S1: with the server's password, the client is the one that differs"""
    verdict(report, "failed", "client-password-differs")
    detail = finding(report, "client-password-differs")["detail"]
    assert "The server has the password given" in detail, detail
    remedy_names(report)


@check("s1-webrtc-431", "--credentials", PASSWORDS + "s1-both.txt")
def s1_both_passwords(report):
    """S1: with both passwords, each side is known to have its own"""
    integrity = only(report["sessions"], "sessions")["integrity"]
    equal((integrity["requests_verified"], integrity["responses_verified"]), (1, 1), "verified")
    equal((integrity["request_password"], integrity["response_password"]), (1, 2), "passwords")
    detail = finding(report, "server-password-differs")["detail"]
    assert "client has the first" in detail and "server has the second" in detail, detail


@check("s4-sfb-presentation", "--credentials", PASSWORDS + "s4.txt")
def s4_signatures(report):
    """S4: frames 8, 12, 16 and 25 asked, 10, 14, 18 and 27 answered and 20 told, all signed with one password"""
    integrity = only(report["sessions"], "sessions")["integrity"]
    equal(integrity["requests_verified"], 4, "requests")
    equal(integrity["responses_verified"], 4, "responses")
    equal(integrity["indications_verified"], 1, "indications")
    equal(sum(integrity[f"{kind}_failed"] for kind in ("requests", "responses", "indications")), 0, "failed")
    equal((integrity["unchecked"], integrity["form"]), (0, "RFC 8489, MD5 key"), "form")


def main():
    program, source = sys.argv[1], pathlib.Path(sys.argv[2])
    failed = 0
    for sample, options, function in CHECKS:
        name = f"{sample}: {function.__doc__}"
        try:
            function(reporting.json_report(program, [source / "samples" / f"{sample}.pcap"], options))
            print(f"ok {name}")
        except (AssertionError, KeyError, reporting.ReportFailed) as error:
            print(f"FAIL {name}: {error}")
            failed += 1
    print(f"{len(CHECKS) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
