"""What the policy says about victims and about who is threatened, where this program does or shows it (chapter 1.2)."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from meldroute.services.disclosures import disclosure_card
from meldroute.services.incident import Wanted, incident_of
from meldroute.services.papers import papers_for
from meldroute.services.papers.parts import as_markdown
from meldroute.services.running_policy import pack_now
from meldroute.storage.models import Disclosure
from meldroute.web.pages.report_form import ReportForm
from tests import outside_help
from tests.cast import MONDAY
from tests.services.acting_cases import enriched
from tests.services.passing_on_help import pass_on, passing, reported
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db(transaction=True)

SIGNS = {  # statement -> what stands on the list of what may be noticed, with that statement as its source
    "S-1.2-20": "landbouw, bouw, horeca, slachterij, schoonmaak, uitzend, voedselverwerking",
    "S-1.2-24": "vervalste verklaringen",
    "S-1.2-32": "Veel wisselende personen of inschrijvingen op een adres",
    "S-1.2-33": "onhygiënische huisvesting, (brand)gevaar",
    "S-1.2-34": "Gevaarlijk werk zonder bescherming of instructie",
    "S-1.2-35": "Werkt zonder vereiste diploma",
}


def text(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


@pytest.mark.requirement(*SIGNS)
def test_what_the_policy_calls_a_sign_is_offered_to_the_focal_point_with_its_source(cast):
    page = text(signed_in(cast.anna, "nl").get(reverse("assess", args=[enriched(cast)])))
    for statement, words in SIGNS.items():
        assert words in page
        assert statement in page[page.index(words):][:600], statement


@pytest.mark.requirement("S-1.2-01")
def test_the_route_needs_no_report_to_the_police_and_no_agreement_of_the_victim(cast):
    """From an official's uneasy feeling to the inspectorate: the person themselves did, signed and said nothing."""
    sent = pass_on(cast, passing(cast), "ISZW", agreement="unknown")
    assert Disclosure.objects.get(referral=sent.referral).legal_basis
    policy = pack_now(now=MONDAY).policy
    assert not [guard.id for guard in policy.guard_texts if "aangifte" in f"{guard.because.nl} {guard.opens_with.nl}"]


@pytest.mark.requirement("S-1.2-09", "S-1.2-10", "S-1.2-11")
def test_who_agrees_how_to_reach_a_victim_reads_that_safety_and_health_come_first(cast):
    """On the page where contact begins, each with its source; not where a reporter is called."""
    reference = enriched(cast)
    page = text(signed_in(cast.anna, "nl").get(reverse("safe_contact", args=[reference, "slachtoffer"])))
    for words, statements in (("Veiligheid. Een veilige opvangplek geeft die vaak", ("S-1.2-09", "S-1.2-10")),
                              ("klachten van lichaam en geest, vanaf het eerste contact", ("S-1.2-11",))):
        assert words in page
        assert all(statement in page[page.index(words):][:250] for statement in statements)
    other = text(signed_in(cast.anna, "nl").get(reverse("safe_contact", args=[reference, "melder"])))
    assert "S-1.2-09" not in other


@pytest.mark.requirement("S-1.2-30")
def test_who_weighs_danger_is_reminded_of_the_street_around_a_hemp_farm_or_laboratory(cast):
    page = text(signed_in(cast.anna, "nl").get(reverse("set_danger", args=[enriched(cast)])))
    words = "een hennepkwekerij of drugslab kan de buurt in gevaar brengen"
    assert words in page
    assert "S-1.2-30" in page[page.index(words):][:250]


@pytest.mark.requirement("S-1.2-21")
def test_a_citizen_reads_without_an_account_where_to_report_what_feels_wrong_and_whom_to_call(cast):
    """The page of a municipality that opened it; before that there is none, and it says so by being absent."""
    address = reverse("outside", args=[outside_help.CODE])
    assert Client().get(address).status_code == 404
    outside_help.open_page(cast, now=timezone.now())
    page = text(Client(headers={"accept-language": "nl"}).get(address))
    for words in ("112", "iets dat niet goed voelt", outside_help.PHONE.replace("-", "\N{NON-BREAKING HYPHEN}"), "Gemeente Helmond"):
        assert words in page


@pytest.mark.requirement("S-1.2-16")
def test_nobody_has_to_see_themselves_as_a_victim(cast):
    """Only what was noticed is asked for, and not calling oneself a victim counts neither for nor against."""
    assert [name for name, field in ReportForm.base_fields.items() if field.required] == ["narrative"]
    sign = pack_now(now=MONDAY).policy.indicator("GEN-NOSELF-ID")
    assert "geen indicator voor of tegen" in sign.label.nl
    assert {sign.strength, sign.strength_child} <= {"context", "counter", "none"}


@pytest.mark.requirement("S-1.2-36")
def test_who_reported_is_kept_from_partners_and_exports_and_a_report_about_a_colleague_from_the_desk(cast):
    sent = pass_on(cast, passing(cast), "ISZW", agreement="unknown")
    assert "Bram" not in repr(disclosure_card(sent.referral, reader=cast.nel, now=MONDAY))
    export = incident_of(cast.pia, Wanted(MONDAY.date(), MONDAY.date()), now=MONDAY)
    assert "Bram" not in export.json() + export.csv()
    about_colleague = reported(cast, about_colleague=True)
    for who in ("anna", "bo", "frits", "pia"):
        assert signed_in(getattr(cast, who)).get(reverse("signal", args=[about_colleague])).status_code == 404
    assert signed_in(cast.dina).get(reverse("signal", args=[about_colleague])).status_code == 200


@pytest.mark.requirement("S-1.2-36", "S-1.2-37")
def test_the_threat_model_reckons_with_extorted_officials_and_organisations_behind_it():
    paper = as_markdown(papers_for(now=MONDAY).one("dreigingen"))
    [row] = [line for line in paper.splitlines() if "S-1.2-36" in line]
    for words in ("extorts a member of the board or an official", "criminal organisation", "other crimes beside trafficking",
                  "Nobody can destroy a signal alone"):
        assert words in row


@pytest.mark.requirement("S-1.2-26")
def test_numbers_of_signals_are_not_numbers_of_victims_or_of_reports_to_the_police(cast):
    page = text(signed_in(cast.karel).get(reverse("chain_handled")))
    assert "A signal is not a victim, and not a report to the police" in page
    assert "Few signals do not mean that nothing happens" in page
