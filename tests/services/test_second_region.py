"""Another region runs without a line of code: other states, two entries, other partners, other words."""

import re
import shutil
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from uuid import uuid4

import pytest

from meldroute.rules.actors import Reader
from meldroute.rules.disclosure import Grounds
from meldroute.rules.lifecycle import Allowed, StepRefused
from meldroute.services import installation, passing_on
from meldroute.services.advice import AdviceRequest, Asked, ask_advice
from meldroute.services.answers import NewAnswer, answer_by_phone
from meldroute.services.closing import close
from meldroute.services.contact import NewContact, Told, record_contact
from meldroute.services.disclosure import preview_disclosure
from meldroute.services.enrichment import NewFact, add_fact
from meldroute.services.feedback import give_feedback, withhold_feedback
from meldroute.services.founding import found_organisations
from meldroute.services.intake import NewSignal, register_signal
from meldroute.services.judging import Conclusion, conclude, judge_clear
from meldroute.services.my_reports import my_report
from meldroute.services.reading.signal_page import open_signal
from meldroute.services.running_policy import pack_now, remember_pack
from meldroute.services.taking_up import take_up
from meldroute.storage.models import Clock, Membership, Organisation, Referral, Signal, User
from tests.cast import MONDAY, START
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db(transaction=True)
PACKS = Path(__file__).parent.parent / "packs"
SEEN = frozenset({"description"})
WORDS = "Iemand werkt in de haven en durft niet weg te gaan."
OTHER_REGION = re.compile(r"AVIM|ZoCo|Oost-Brabant|Helmond|Zorgtafel|TF-RIEC", re.IGNORECASE)
PEOPLE = {
    "rens": ("municipality", "GM9101", "reporter"), "sietske": ("municipality", "GM9101", "focal_point"),
    "bauke": ("municipality", "GM9101", "buddy"), "dieuwke": ("municipality", "GM9101", "designated"),
    "foppe": ("municipality", "GM9101", "functional_manager"), "wytze": ("partner", "WERKWACHT", "partner"),
    "tjitske": ("partner", "STEUNPUNT_WADDEN", "care_coordinator"), "klaas": ("region", "noorderkust", "chain_director"),
}  # fmt: skip


@pytest.fixture
def coast(settings, transactional_db):
    """The invented region of tests/packs/noorderkust, founded as any other, with its people."""
    settings.MELDROUTE_PACK, settings.MELDROUTE_PACKS = "noorderkust", PACKS
    return people_of_the_coast()


def people_of_the_coast():
    remember_pack(now=MONDAY)
    found_organisations(now=MONDAY)
    return SimpleNamespace(**{first: person(first, *who) for first, who in PEOPLE.items()})


def person(first, kind, code, role) -> Reader:
    body = Organisation.objects.get(kind=kind, code=code)
    user = User.objects.create_user(f"{first}@kust.example", "een verzonnen wachtwoord", name=f"{first.title()} Kust")
    held = Membership.objects.create(user=user, organisation=body, role=role, valid_from=START)
    return Reader(user=user.pk, membership=held.pk, role=role, organisation=body.pk, organisation_kind=kind,
                  organisation_code=code)


def reported(coast, about, **said) -> str:
    new = NewSignal(WORDS, about=about, where="Kade 3", **said)
    return register_signal(new, reader=coast.rens, submission=uuid4(), now=MONDAY).reference


def offered(coast, reference) -> set[str]:
    """What the policy lets the focal point do now, as the page of the signal says it; forms are chosen with the step."""
    page = open_signal(reference, reader=coast.sietske, now=MONDAY)
    return {a.step.id for a in page.steps if isinstance(a, Allowed) or a.guard == "forms_chosen"}


def step(coast, reference, id, act, *args, **said):
    """Take a step that stands on the page, and say where the signal is now."""
    assert id in offered(coast, reference)
    act(reference, *args, reader=coast.sietske, now=MONDAY, **said)
    return Signal.objects.get(reference=reference).state


def hand_over(coast, reference, partner, channel="account", to="", agreement="unknown"):
    assert "draag-over" in offered(coast, reference)
    grounds = Grounds(agreement=agreement)
    card = preview_disclosure(reference, partner=partner, reader=coast.sietske, now=MONDAY, fields=SEEN, description=WORDS,
                              grounds=grounds)
    wanted = passing_on.PassOn(channel=channel, fields=SEEN, shown=card.fingerprint, description=WORDS, to=to,
                               grounds=grounds)
    return passing_on.pass_on(reference, partner=partner, wanted=wanted, reader=coast.sietske, now=MONDAY).partner


def spoken(partner, channel="phone", at=MONDAY) -> NewContact:
    """A talk in which the minimum was told: while handing over, the talk is the referral."""
    return NewContact(partner, True, at, channel=channel, whom="de wacht", meanwhile="nothing",
                      told=Told(fields=SEEN, description=WORDS, grounds=Grounds(agreement="unknown")))


def answered(coast, reference, purpose, *kinds):
    for row in Referral.objects.filter(signal__reference=reference, purpose=purpose):
        for kind in kinds:
            answer_by_phone(reference, referral=row.pk, new=NewAnswer(kind, "Wij kennen dit."), reader=coast.sietske,
                            now=MONDAY)


def test_a_signal_about_somebody_goes_from_report_to_closed_along_this_regions_own_steps(coast):
    reference = reported(coast, "person", minor=True)
    assert Signal.objects.get().state == "mens-gezien"
    assert "ga-na" not in offered(coast, reference), "only a place is looked into first"
    assert step(coast, reference, "zonneklaar", judge_clear, forms=["SEKS"], why="Zij vertelde het.") == "overdragen"
    assert running(reference) == {"overdragen": "vandaag", "partner": "kustpolitie-spreken"}

    with pytest.raises(StepRefused) as refused:
        hand_over(coast, reference, "STEUNPUNT")
    assert refused.value.refusal.guard == "order_kept"
    step(coast, reference, "sprak", record_contact, spoken("KUSTPOLITIE"))
    assert "partner" not in running(reference), "the coast police were spoken to"
    step(coast, reference, "sprak", record_contact, spoken("STEUNPUNT"))
    assert hand_over(coast, reference, "HAVENTAFEL", "link", to="tafel@haven.example") == "HAVENTAFEL"

    assert step(coast, reference, "overgedragen", passing_on.complete_referrals) == "horen"
    assert set(Clock.objects.filter(stopped_at=None).exclude(referral=None).values_list("norm", flat=True)) <= {
        "partner-bevestigt", "partner-kiest"}
    answered(coast, reference, "referral", "taken_up", "result")
    assert step(coast, reference, "gehoord", passing_on.settle) == "bericht-aan-melder"
    step(coast, reference, "bericht", give_feedback, text="Dank u.")
    assert step(coast, reference, "sluiten", close, reason="opgepakt") == "gesloten"
    assert not Clock.objects.filter(stopped_at=None).exists()
    assert my_report(coast.rens.user, reference, now=MONDAY, language="nl").state == "Klaar"


def running(reference) -> dict[str, str]:
    """The norms that run for the signal itself: of its state, and of the partner who is to be spoken to."""
    norms = set(Clock.objects.filter(signal__reference=reference, stopped_at=None, referral=None)
                .values_list("norm", flat=True))
    policy, state = pack_now(now=MONDAY).policy, Signal.objects.get(reference=reference).state
    again = policy.norm_for_role("call_again").norm.id
    own = {state: policy.state(state).clock} if policy.state(state).clock in norms else {}
    return own | ({"partner": again} if again in norms else {})


def test_a_signal_about_a_place_is_looked_into_weighed_twice_and_closed(coast):
    reference = reported(coast, "place")
    assert Signal.objects.get().state == "plek-gezien"
    assert step(coast, reference, "ga-na", take_up) == "plek-nagaan"
    fact = NewFact("controles", "nothing", "", "toezicht", "toezicht")
    step(coast, reference, "noteer", add_fact, fact)
    assert step(coast, reference, "leg-voor", ask_advice, question("HAVENTAFEL")) == "weegtafel"
    answered(coast, reference, "advice", "result")
    more = Conclusion("more_information", whose=("HAVENTAFEL",), text="Wie huurt de loods?",
                      review_on=MONDAY.date() + timedelta(days=3))
    assert step(coast, reference, "vraag-door", conclude, more) == "plek-nagaan"
    assert Clock.objects.get(stopped_at=None, referral=None).norm == "opnieuw-wegen"

    shown = preview_disclosure(reference, partner="WERKWACHT", purpose="advice", fields=SEEN, description=WORDS,
                               question="Wat is dit?", grounds=Grounds(agreement="unknown"), reader=coast.sietske,
                               now=MONDAY).fingerprint
    assert step(coast, reference, "leg-voor", ask_advice, question("WERKWACHT", "account", shown=shown)) == "weegtafel"
    row = Referral.objects.get(partner="WERKWACHT", purpose="advice")
    answer_by_phone(reference, referral=row.pk, new=NewAnswer("result", "Dit is dwang."), reader=coast.sietske, now=MONDAY)
    heavy = Conclusion("trafficking", whose=("WERKWACHT",), text="Dit is dwang.", forms=("WERK",))
    assert step(coast, reference, "zwaar", conclude, heavy) == "overdragen"
    step(coast, reference, "sprak", record_contact, spoken("WERKWACHT", channel="email"))
    assert hand_over(coast, reference, "STEUNPUNT") == "STEUNPUNT_WADDEN"
    assert step(coast, reference, "overgedragen", passing_on.complete_referrals) == "horen"
    answered(coast, reference, "referral", "no_feedback")
    assert step(coast, reference, "gehoord", passing_on.settle) == "bericht-aan-melder"
    step(coast, reference, "geen-bericht", withhold_feedback, reason="De kustpolitie vroeg het.")
    assert step(coast, reference, "sluiten", close, reason="samen-bekeken") == "gesloten"


def question(partner, channel="phone", shown=""):
    return AdviceRequest(experts=(Asked(partner, channel, shown=shown),), question="Wat is dit?", fields=SEEN, description=WORDS,
                         grounds=Grounds(agreement="unknown"))


def test_pages_speak_this_regions_words_and_no_other_regions(coast, client):
    place, somebody = reported(coast, "place"), reported(coast, "person", danger=True, minor=None)
    sign_in(client, coast.sietske.user)
    expected = {
        "/melden/": "De signaalwacht ziet uw naam", "/werklijst/": "kustpolitie", "/gevaar/": "Bel daarna de kustpolitie",
        f"/signalen/{somebody}/": "kustpolitie", f"/signalen/{place}/": "De signaalwacht zoekt op",
        "/partners/": "Haventafel", "/vormen/": "Gedwongen misdaad", "/gemeenten/": "Schelphaven",
        "/aandachtsfunctionaris/": "naar de weegtafel", "/mijn-meldingen/": "",
    }  # fmt: skip
    for address, words in expected.items():
        answer = client.get(address)
        page = answer.content.decode()
        assert (address, answer.status_code) == (address, 200)
        assert words in page, address
        assert not OTHER_REGION.search(page), (address, OTHER_REGION.search(page))


def test_every_button_of_a_signal_leads_to_a_page_in_this_regions_words(coast, client):
    references = [reported(coast, "person"), reported(coast, "place"), reported(coast, "person", danger=True)]
    sign_in(client, coast.sietske.user)
    seen = set()
    for reference in references:
        page = client.get(f"/signalen/{reference}/").content.decode()
        for address in set(re.findall(rf'href="(/signalen/{reference}/[^"#?]+)"', page)):
            answer = client.get(address)
            assert (address, answer.status_code) == (address, 200)
            assert not OTHER_REGION.search(answer.content.decode()), address
            seen.add(address.rsplit("/", 2)[1])
    assert {"oppakken", "verrijken", "contact", "duidelijk"} <= seen


def test_the_same_version_with_other_content_stops_the_start(coast, settings, tmp_path):
    copy(tmp_path, "2025-01-01", ("texts.toml", "Dank u. Wij", "Hartelijk dank. Wij"))
    settings.MELDROUTE_PACKS = tmp_path
    with pytest.raises(installation.CannotStart, match="noorderkust 2025-01-01.*its content changed"):
        installation.prepare(now=MONDAY)


def copy(folder: Path, version: str, *changes: tuple[str, str, str]) -> Path:
    """This region's pack in another folder, changed."""
    target = folder / "noorderkust" / version
    shutil.copytree(PACKS / "noorderkust" / "2025-01-01", target)
    for file, old, new in changes:
        text = (target / file).read_text()
        assert old in text, (file, old)
        (target / file).write_text(text.replace(old, new))
    return target


@pytest.fixture
def upgraded(settings, transactional_db, tmp_path):
    """Two dated versions: from the first of December other names, numbers, states and an other route."""
    copy(tmp_path, "2025-01-01", ("pack.toml", "valid_from = 2025-01-01\n", "valid_from = 2025-01-01\nvalid_to = 2026-11-30\n"))
    copy(tmp_path, "2026-12-01",
         ("pack.toml", "valid_from = 2025-01-01\n", "valid_from = 2026-12-01\n"),
         ("network.toml", "020-5550111", "020-5550999"), ("network.toml", 'known_as = "kustpolitie"', 'known_as = "zeepolitie"'),
         ("states.toml", '"mens-gezien"', '"iemand-gezien"'),
         ("steps.toml", '"mens-gezien"', '"iemand-gezien"'),
         ("routes.toml", '[["WERKWACHT"], ["STEUNPUNT"]]', '[["HAVENTAFEL"], ["STEUNPUNT"]]'))
    settings.MELDROUTE_PACK, settings.MELDROUTE_PACKS = "noorderkust", tmp_path
    return people_of_the_coast()


LATER = MONDAY.replace(month=12, day=2)


def test_a_signal_keeps_the_steps_and_route_of_its_version_while_numbers_and_names_are_of_today(upgraded):
    assert pack_now(now=MONDAY).policy.valid_from == date(2025, 1, 1)
    assert pack_now(now=LATER).policy.valid_from == date(2026, 12, 1)
    reference = reported(upgraded, "person", danger=True)
    due = Clock.objects.get(stopped_at=None).due_at

    page = open_signal(reference, reader=upgraded.sietske, now=LATER)
    assert page.state.id == "mens-gezien"
    assert page.urgent == "zeepolitie"
    numbers = {state.channel.value for card in page.calls for state in (*card.advice.call, *card.advice.closed)}
    assert "020-5550999" in numbers
    assert "020-5550111" not in numbers
    assert Clock.objects.get(stopped_at=None).due_at == due

    record_contact(reference, spoken("KUSTPOLITIE", at=LATER), reader=upgraded.sietske, now=LATER)
    judge_clear(reference, forms=["WERK"], why="Duidelijk.", reader=upgraded.sietske, now=LATER)
    page = open_signal(reference, reader=upgraded.sietske, now=LATER)
    assert [r.partner for r in page.routing.recipients if r.required] == ["WERKWACHT", "STEUNPUNT"]


def test_a_version_that_comes_into_force_while_the_site_runs_takes_the_next_signal(upgraded):
    """It is stored at its first use, without a restart."""
    new = NewSignal(WORDS, about="person")
    reference = register_signal(new, reader=upgraded.rens, submission=uuid4(), now=LATER).reference
    signal = Signal.objects.get(reference=reference)
    assert (signal.state, signal.pack.valid_from) == ("iemand-gezien", date(2026, 12, 1))
