"""Every address, asked by everybody who has no business there: it answers as if nothing were there.

The addresses come from the URL resolver. A new one fails here until somebody says whose it is.
"""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from meldroute.storage.models import Disclosure, HistoryEntry, Referral, Signal
from tests.services.passing_on_help import pass_on, passing, reported
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db(transaction=True)

STORY = "Verzonnen verhaal van Kwaadwillige Kees uit de Nepstraat 99."
ALL = frozenset({"bram", "anna", "bo", "dina", "frits", "pia", "noor", "nel", "zora", "karel", "rick"})
DESKS = frozenset({"anna", "bo", "dina", "noor"})
PARTNERS = frozenset({"nel", "zora", "rick"})
OFFICIALS = ALL - PARTNERS - {"karel"}

# Who may enter an address at all; whose row it then shows is asked below.
ENTERS = {
    **dict.fromkeys(("partners", "municipalities", "forms", "focal_point"), ALL),
    "home": ALL, "choose_membership": ALL, "notifications": ALL, "notices_seen": ALL, "flow": ALL,
    "report": OFFICIALS, "discard_draft": OFFICIALS, "receipt": OFFICIALS, "my_reports": OFFICIALS,
    "my_report": OFFICIALS, "proof_of_report": OFFICIALS,
    "work_list": DESKS, "find_signal": DESKS,
    "disclosures": PARTNERS, "disclosure": PARTNERS, "chain": frozenset({"karel"}),
    "chain_handled": frozenset({"karel"}),
    **dict.fromkeys(("retention", "destruction", "destruction_certificate"), DESKS | {"pia"}),
    **dict.fromkeys(("papers", "paper", "paper_file", "incident"), frozenset({"pia"})),
    **dict.fromkeys(("settings", "settings_norms", "settings_hours", "settings_contact", "settings_neighbour",
                     "settings_reach", "settings_outside", "settings_retention", "settings_card", "people", "people_appoint", "people_end", "people_absence", "people_address",
                     "people_withdraw", "people_start_over"), frozenset({"frits"})),
    **dict.fromkeys(("audit", "file_log", "refusals", "subject_requests", "subject_request_new", "subject_request",
                     "subject_request_advise", "subject_request_extend", "subject_request_decide",
                     "subject_request_answered"), frozenset({"pia"})),
    **dict.fromkeys(("access_review", "access_export", "access_reviewed"), frozenset({"frits", "pia"})),
}
# Without a sign-in, or the sign-in library's own.
PUBLIC = {"danger", "partner_link", "set_language", "outside"}


def _addresses(patterns=None, parts=()):
    for one in patterns if patterns is not None else get_resolver().url_patterns:
        here = {**dict(parts), **{name: str(c) for name, c in one.pattern.converters.items()}}
        if isinstance(one, URLResolver):
            yield from _addresses(one.url_patterns, tuple(here.items()))
        elif isinstance(one, URLPattern):
            yield one.name, tuple(here)


ADDRESSES = dict(_addresses())
OF_A_SIGNAL = sorted(name for name, parts in ADDRESSES.items()
                     if "reference" in parts and name not in ("receipt", "my_report", "proof_of_report", "file_log"))


def test_every_address_has_a_row():
    own = {n for n in ADDRESSES if n and not n.startswith(("account_", "mfa_"))}
    assert own == set(OF_A_SIGNAL) | set(ENTERS) | PUBLIC


@pytest.fixture
def scene(cast):
    """A regular signal that was passed on to the inspectorate, and one about a colleague, both of Helmond."""
    now = timezone.now()
    regular = passing(cast, narrative=STORY, now=now)
    sent = pass_on(cast, regular, "ISZW", now=now)
    colleague = reported(cast, narrative=STORY, about_colleague=True)
    return {"regular": regular, "colleague": colleague, "referral": sent.referral}


def _ask(client: Client, name: str, method: str, scene: dict, reference: str):
    known = {"reference": reference, "partner": "ISZW", "referral": scene["referral"], "id": uuid4(), "token": "x",
             "item": "adres", "who": "melder"}
    parts = {p: known.get(p, scene["referral"]) for p in ADDRESSES[name]}
    address = reverse(name, kwargs=parts)
    if method == "GET":
        return client.get(address)
    return client.post(address, {"version": "1", "send": "1", "reason": "zomaar", "lead": scene["regular"]})


def _tells(response, *words: str) -> list[str]:
    body = response.content.decode(errors="replace") + str(response.headers)
    return [w for w in (STORY, "Kees", "Bram Balie", *words) if w in body]


@pytest.mark.parametrize("who", sorted(ALL))
def test_a_signal_of_somebody_else_is_absent_at_every_address(cast, scene, who):
    """Own municipality, another one, and the lane about colleagues: forbidden looks like never made."""
    client = signed_in(getattr(cast, who))
    absent = "MR-7K3Q2M9T-C"
    forbidden = [scene["colleague"]] if who in ("anna", "bo") else (
        [scene["regular"]] if who == "dina" else [scene["regular"], scene["colleague"]])
    before = Signal.objects.order_by("pk").values_list("pk", "state", "version")
    before = list(before)
    wrong = []
    for name in OF_A_SIGNAL:
        for method in ("GET", "POST"):
            never = _ask(client, name, method, scene, absent)
            for reference in forbidden:
                there = _ask(client, name, method, scene, reference)
                same = there.content.decode().replace(reference, absent) == never.content.decode()
                if there.status_code != never.status_code or there.status_code not in (404, 405) or _tells(there) or (
                        not same and "csrfmiddlewaretoken" not in there.content.decode()):
                    wrong.append((name, method, there.status_code, never.status_code, _tells(there)))
    assert wrong == []
    assert list(Signal.objects.order_by("pk").values_list("pk", "state", "version")) == before


@pytest.mark.parametrize("who", sorted(ALL))
def test_an_area_of_another_role_is_absent(cast, scene, who):
    client = signed_in(getattr(cast, who))
    wrong = []
    for name, who_may in ENTERS.items():
        if who in who_may:
            continue
        for method in ("GET", "POST"):
            answer = _ask(client, name, method, scene, scene["regular"])
            if answer.status_code not in (404, 405) or _tells(answer, scene["regular"]):
                wrong.append((name, method, answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("who", sorted(ALL))
def test_no_page_of_ones_own_area_tells_what_is_another_s(cast, scene, who):
    """Lists, counts, notices and settings: nothing of a signal that this person may not open."""
    client = signed_in(getattr(cast, who))
    hidden = {"anna": ["colleague"], "bo": ["colleague"], "dina": ["regular"]}.get(who, ["regular", "colleague"])
    wrong = []
    for name, who_may in ENTERS.items():
        if who not in who_may or name in ("receipt", "my_report", "proof_of_report", "my_reports", "disclosure"):
            continue
        answer = _ask(client, name, "GET", scene, "MR-7K3Q2M9T-C")
        assert answer.status_code < 500, name
        told = [scene[h] for h in hidden if scene[h] in answer.content.decode()]
        if told or STORY in answer.content.decode():
            wrong.append((name, told))
    assert wrong == []


@pytest.mark.parametrize("name", ["receipt", "my_report", "proof_of_report"])
@pytest.mark.parametrize("who", sorted(OFFICIALS - {"bram"}))
def test_another_s_report_is_absent_among_one_s_own(cast, scene, name, who):
    client = signed_in(getattr(cast, who))
    for lane in ("regular", "colleague"):
        assert _ask(client, name, "GET", scene, scene[lane]).status_code == 404


@pytest.mark.parametrize("who", sorted(ALL))
def test_nobody_s_request_is_absent_for_other_partners(cast, scene, who):
    client = signed_in(getattr(cast, who))
    seen = _ask(client, "disclosure", "GET", scene, "")
    assert (seen.status_code == 200) == (who == "nel")
    if who != "nel":
        assert _ask(client, "disclosure", "POST", scene, "").status_code == 404
        assert Referral.objects.get(pk=scene["referral"]).status == "open"


def test_the_flowchart_with_a_place_is_for_the_desk_of_that_signal(cast, scene):
    for who in sorted(ALL):
        for lane, desk in (("regular", {"anna", "bo"}), ("colleague", {"dina"})):
            answer = signed_in(getattr(cast, who)).get(reverse("flow"), {"signaal": scene[lane]})
            assert answer.status_code == (200 if who in desk else 404), (who, lane)


def test_every_refusal_about_a_signal_is_written_down(cast, scene):
    """Also at the addresses that ask for the signal in another way than the path."""
    for who, url in (("frits", reverse("flow") + f"?signaal={scene['regular']}"),
                     ("karel", reverse("signal", args=[scene["regular"]])),
                     ("anna", reverse("signal", args=[scene["colleague"]]))):
        before = HistoryEntry.objects.filter(act="refused").count()
        assert signed_in(getattr(cast, who)).get(url).status_code == 404
        assert HistoryEntry.objects.filter(act="refused").count() == before + 1, who


def test_somebody_not_signed_in_learns_nothing_anywhere(cast, scene):
    nobody = Client()
    wrong = []
    for name in sorted(set(OF_A_SIGNAL) | set(ENTERS)):
        for method in ("GET", "POST"):
            answer = _ask(nobody, name, method, scene, scene["regular"])
            if answer.status_code not in (302, 403, 405) or _tells(answer):
                wrong.append((name, method, answer.status_code))
            elif answer.status_code == 302 and not answer.url.startswith(reverse("account_login")):
                wrong.append((name, method, answer.url))
    assert wrong == []


def test_a_request_of_another_signal_of_one_s_own_desk_is_absent(cast, scene):
    """A known request id under another reference: neither shown nor answered."""
    other = passing(cast, narrative="Een ander verhaal.", now=timezone.now())
    client = signed_in(cast.anna)
    for name in ("answer_by_phone", "new_link", "referral_sent"):
        for method in ("GET", "POST"):
            answer = _ask(client, name, method, scene, other)
            assert answer.status_code in (404, 405), (name, method)


def test_a_partner_keeps_nothing_of_what_was_taken_back(cast, scene):
    from meldroute.services.disclosure import withdraw

    withdraw(scene["regular"], disclosure=Disclosure.objects.get().pk, reason="vergissing", reader=cast.anna,
             now=timezone.now())
    nel = signed_in(cast.nel)
    assert _ask(nel, "disclosure", "GET", scene, "").status_code == 404
    assert str(scene["referral"]) not in nel.get(reverse("disclosures")).content.decode()
