"""The table of the access test: one line per address. A new address fails the suite until it has its line here.

A line says which roles may enter, what the address is about, and which methods it takes:

    "take_up": of_a_signal(READ_WRITE)              a signal of one's own desk, in its path as <reference>
    "chain": area({"chain_director"}, READ)         a page that is about no row in particular
    "disclosure": of_a_request(READ_WRITE)          what was disclosed to one's own organisation, as <referral>
    "my_report": of_a_report(READ)                  a report of one's own, as <reference>
    "people_end": of_a_member(READ_WRITE)           a membership of one's own municipality, as <id>
    "danger": public()                              needs no sign-in and shows nothing of anybody
"""

from dataclasses import dataclass

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
READ, READ_WRITE, WRITE = ("GET", "HEAD"), ("GET", "HEAD", "POST"), ("POST",)

DESK = frozenset({"focal_point", "buddy", "designated"})
PARTNERS = frozenset({"partner", "care_coordinator"})
MANAGER = frozenset({"functional_manager"})
OFFICER = frozenset({"privacy_officer"})
OFFICIALS = DESK | MANAGER | {"reporter", "privacy_officer"}
EVERYBODY = OFFICIALS | PARTNERS | {"chain_director"}


@dataclass(frozen=True, slots=True)
class Row:
    roles: frozenset[str]
    about: str  # "area", "signal", "request", "report", "member" or "public"
    methods: tuple[str, ...]


def area(roles: frozenset[str] | set[str], methods: tuple[str, ...]) -> Row:
    return Row(frozenset(roles), "area", methods)


def of_a_signal(methods: tuple[str, ...]) -> Row:
    return Row(DESK, "signal", methods)


def of_a_request(methods: tuple[str, ...]) -> Row:
    return Row(PARTNERS, "request", methods)


def of_a_report(methods: tuple[str, ...]) -> Row:
    return Row(OFFICIALS, "report", methods)


def of_a_member(methods: tuple[str, ...]) -> Row:
    return Row(MANAGER, "member", methods)


def of_an_emergency(methods: tuple[str, ...]) -> Row:
    """A signal that nobody of the scene opened in an emergency: absent for all, also for whose desk it is."""
    return Row(DESK, "emergency", methods)


def of_a_review(methods: tuple[str, ...]) -> Row:
    return Row(frozenset({"privacy_officer"}), "review", methods)


def of_a_log(methods: tuple[str, ...]) -> Row:
    """Who saw a signal of one's own municipality, as <reference>: never what it says."""
    return Row(frozenset({"privacy_officer"}), "log", methods)


def of_something_made(roles: frozenset[str] | set[str], methods: tuple[str, ...]) -> Row:
    """A row that nobody of the scene made: absent for all, also for whose it would be."""
    return Row(frozenset(roles), "made", methods)


def public() -> Row:
    return Row(EVERYBODY, "public", ())


ROWS: dict[str, Row] = {
    "set_language": public(),
    "danger": public(),
    "partner_link": public(),  # opens with a token and a code: tests/hostile/test_insiders.py, tests/web/test_partner_link.py
    "home": area(EVERYBODY, READ),
    "choose_membership": area(EVERYBODY, WRITE),
    "notifications": area(EVERYBODY, READ),
    "notices_seen": area(EVERYBODY, WRITE),
    "flow": area(EVERYBODY, READ),
    "partners": area(EVERYBODY, READ),
    "municipalities": area(EVERYBODY, READ),
    "forms": area(EVERYBODY, READ),
    "focal_point": area(EVERYBODY, READ),
    "report": area(OFFICIALS, READ_WRITE),
    "discard_draft": area(OFFICIALS, WRITE),
    "my_reports": area(OFFICIALS, READ),
    "receipt": of_a_report(READ),
    "my_report": of_a_report(READ),
    "proof_of_report": of_a_report(READ),
    "work_list": area(DESK, READ),
    "find_signal": area(DESK, READ),
    "signal": of_a_signal(READ),
    "take_up": of_a_signal(READ_WRITE),
    "enrich": of_a_signal(READ_WRITE),
    "assess": of_a_signal(READ_WRITE),
    "set_minor": of_a_signal(READ_WRITE),
    "set_danger": of_a_signal(READ_WRITE),
    "exclude_partner": of_a_signal(READ_WRITE),
    "ask_advice": of_a_signal(READ_WRITE),
    "ask_more_advice": of_a_signal(READ_WRITE),
    "judge_clear": of_a_signal(READ_WRITE),
    "conclude": of_a_signal(READ_WRITE),
    "record_contact": of_a_signal(READ_WRITE),
    "bundle": of_a_signal(READ_WRITE),
    "unbundle": of_a_signal(READ_WRITE),
    "follow_lead": of_a_signal(READ_WRITE),
    "refer_other": of_a_signal(READ),
    "refer": of_a_signal(READ),
    "refer_what": of_a_signal(READ_WRITE),
    "referral_sent": of_a_signal(READ),
    "complete_referrals": of_a_signal(READ_WRITE),
    "settle": of_a_signal(READ_WRITE),
    "skip_referral": of_a_signal(READ_WRITE),
    "never_arrived": of_a_signal(READ_WRITE),
    "withdraw_disclosure": of_a_signal(READ_WRITE),
    "answer_by_phone": of_a_signal(READ_WRITE),
    "new_link": of_a_signal(READ_WRITE),
    "give_feedback": of_a_signal(READ_WRITE),
    "withhold_feedback": of_a_signal(READ_WRITE),
    "close": of_a_signal(READ_WRITE),
    "shield": of_a_signal(READ_WRITE),
    "emergency": area(DESK, READ_WRITE),
    "emergency_signal": of_an_emergency(READ),  # tests/hostile/test_emergency_reading.py opens one
    "abandoned": area({"designated"}, READ_WRITE),
    "oversight": area({"privacy_officer"}, READ),
    "oversight_verdict": of_a_review(WRITE),
    "disclosures": area(PARTNERS, READ),
    "disclosure": of_a_request(READ_WRITE),
    "chain": area({"chain_director"}, READ),
    "settings": area(MANAGER, READ),
    "settings_norms": area(MANAGER, READ_WRITE),
    "settings_hours": area(MANAGER, READ_WRITE),
    "settings_neighbour": area(MANAGER, READ_WRITE),
    "settings_reach": area(MANAGER, READ_WRITE),
    "settings_contact": area(MANAGER, READ_WRITE),
    "settings_card": area(MANAGER, READ),
    "people": area(MANAGER, READ_WRITE),
    "people_appoint": area(MANAGER, READ_WRITE),
    "people_end": of_a_member(READ_WRITE),
    "people_absence": of_a_member(READ_WRITE),
    "people_address": of_a_member(READ_WRITE),
    "people_withdraw": of_a_member(WRITE),
    "people_start_over": of_a_member(READ_WRITE),
    "settings_outside": area(MANAGER, READ_WRITE),
    "settings_retention": area(MANAGER, READ_WRITE),
    "access_review": area(MANAGER | OFFICER, READ),
    "access_export": area(MANAGER | OFFICER, READ),
    "access_reviewed": area(MANAGER | OFFICER, WRITE),
    "audit": area(OFFICER, READ),
    "refusals": area(OFFICER, READ),
    "file_log": of_a_log(READ),
    "subject_requests": area(OFFICER, READ),
    "subject_request_new": area(OFFICER, READ_WRITE),
    "subject_request": of_something_made(OFFICER, READ),  # tests/web/test_subject_requests.py makes them
    "subject_request_advise": of_something_made(OFFICER, READ_WRITE),
    "subject_request_extend": of_something_made(OFFICER, READ_WRITE),
    "subject_request_decide": of_something_made(OFFICER, READ_WRITE),
    "subject_request_answered": of_something_made(OFFICER, WRITE),
    "papers": area(OFFICER, READ),
    "paper": area(OFFICER, READ),
    "paper_file": area(OFFICER, READ),
    "incident": area(OFFICER, READ_WRITE),
    "retention": area(DESK | OFFICER, READ),
    "destruction": of_something_made(DESK | OFFICER, READ_WRITE),  # tests/services/test_destruction.py, tests/web/test_retention.py
    "destruction_certificate": of_something_made(DESK | OFFICER, READ),
    "keeping": of_a_signal(READ_WRITE),
    "chain_handled": area({"chain_director"}, READ),
    "attachments": of_a_signal(READ_WRITE),
    "attachment": of_something_made(DESK, READ),  # tests/web/test_attachments.py adds them
    "hide_attachment": of_something_made(DESK, READ_WRITE),
    "destroy_attachment": of_something_made(DESK, READ_WRITE),
    "safe_contact": of_a_signal(READ_WRITE),
    "reporter_told": of_a_signal(READ_WRITE),
    "ask_reporter": of_something_made(DESK, READ_WRITE),  # only of somebody from outside: tests/web/test_outside.py
    "release_held": of_a_signal(WRITE),
    "mark_spam": of_something_made(DESK, READ_WRITE),  # only of what was set aside: tests/web/test_outside.py
    "outside": public(),  # off in the scene; tests/hostile/test_outside_visitors.py
}
