"""Whole paths, each by different people in their own browsers: from the first uneasy feeling to the feedback."""

import re

import pytest

from meldroute.services.delivery import deliver_due
from meldroute.storage.models import Message, Signal
from tests.browser.people import Person, make_person, stop_the_clock
from tests.cast import MONDAY, NIGHT

CASE_2 = ("De huisarts belde: Kees werkt al jaren op een boerderij, voor heel weinig geld. Hij mag het erf niet af en "
          "liep op klompen naar huis.")
CASE_5 = ("Een jongen van zestien moet voor anderen pakketjes maken in een auto. Hij is bang en zij kennen zijn adres.")


@pytest.fixture
def person(cast, visitor, sign_in, look, monkeypatch):
    """`person("anna")`: signed in with whatever their role needs, on a Monday morning unless the test says otherwise."""
    stop_the_clock(monkeypatch, MONDAY)
    return lambda first, **more: make_person(visitor, sign_in, look, first, **more)


def reports(reporter: Person, text: str, *, minor: str) -> str:
    """Under a minute: one text, one question, send."""
    reporter.opens("/melden/").keeps_picture("melden")
    reporter.fills("narrative", text).chooses("minor", minor)
    reporter.presses("Verstuur de melding").keeps_picture("ontvangen")
    return reporter.reference


def test_a_report_by_phone_screen(person):
    bram = person("bram", width=320)
    reference = reports(bram, CASE_2, minor="no")
    assert Signal.objects.get(reference=reference).state == "ontvangen"


def takes_up_and_enriches(focal_point: Person, reference: str) -> None:
    focal_point.opens("/werklijst/").sees(reference).keeps_picture("werklijst")
    focal_point.follows(reference).keeps_picture("signaal-ontvangen")
    focal_point.opens(f"/signalen/{reference}/oppakken/").keeps_picture("oppakken").presses()
    for item in ("adres", "sancties", "vergunningen", "registraties", "anders"):
        focal_point.opens(f"/signalen/{reference}/verrijken/").chooses("item", item).chooses("outcome", "nothing")
        focal_point.fills("source", "eigen registratie").chooses("legal_basis", "verrijken-taak")
        if item == "adres":
            focal_point.keeps_picture("verrijken")
        focal_point.presses()


def passes_on_by_link(focal_point: Person, reference: str, partner: str, mail_server) -> tuple[str, str]:
    """Three short steps; the mail brings the link, the focal point reads the code aloud."""
    focal_point.opens(f"/signalen/{reference}/melden/{partner}/").keeps_picture("melden-1-aan-wie")
    focal_point.chooses("channel", "link").presses().keeps_picture("melden-2-wat")
    focal_point.fills("to", "meldpunt@partner.example").presses_named("send").keeps_picture("melden-3-verstuurd")
    code = re.sub(r"\D", "", focal_point.page.locator("#code + .mr-code").inner_text())
    deliver_due(now=MONDAY)
    [mail] = [m for m in mail_server.messages if m["To"] == "meldpunt@partner.example"]
    assert reference not in mail.as_string()
    [link] = re.findall(r"https?://\S+/antwoord/\S+", mail.get_content())
    return link, code


def passes_on_by_account(focal_point: Person, reference: str, partner: str) -> None:
    focal_point.opens(f"/signalen/{reference}/melden/{partner}/").chooses("channel", "account")
    if partner == "ZOCO":
        focal_point.chooses("agreement", "unknown").keeps_picture("melden-1-zorgcoordinator")
    focal_point.presses().fills("description", "Een man werkt voor te weinig geld en mag niet weg.")
    focal_point.chooses("fields_given", "description").presses_named("look").presses_named("send")


def test_case_2_the_labour_inspectorate_answers_by_link_and_code(person, cast, visitor, look, mail_server):
    bram = person("bram", width=320)
    reference = reports(bram, CASE_2, minor="no")
    anna = person("anna")
    takes_up_and_enriches(anna, reference)

    anna.opens(f"/signalen/{reference}/duidelijk/").chooses("forms_chosen", "AU").fills("why", "De kenmerken zijn duidelijk.")
    anna.keeps_picture("duidelijk").presses()
    anna.keeps_picture("duidelijk-route").presses()
    anna.opens(f"/signalen/{reference}/").keeps_picture("signaal-melden")

    link, code = passes_on_by_link(anna, reference, "ISZW", mail_server)
    passes_on_by_account(anna, reference, "ZOCO")
    anna.opens(f"/signalen/{reference}/alles-gemeld/").keeps_picture("alles-gemeld").presses()

    inspector = Person(visitor(width=320), look, "the inspector")
    inspector.opens(link).keeps_picture("link-code").fills("code", code).presses().keeps_picture("link-gegeven")
    inspector.sees("Kees werkt al jaren")
    inspector.fills("text", "Wij nemen dit op.").presses_named("answer=taken_up").keeps_picture("link-bedankt")
    inspector.opens(link).fills("code", code)
    inspector.page.locator("main button.nl-button--primary").click()
    assert "Kees" not in inspector.page.content()  # one answer spent the link

    zora = person("zora")
    zora.opens("/gedeeld/").keeps_picture("gedeeld").follows("Gemeente Helmond").keeps_picture("gedeeld-een")
    assert "Kees" not in zora.page.content()  # nobody knows whether he agrees: consulted without identifying data
    zora.presses_named("answer=no_feedback")

    anna.opens(f"/signalen/{reference}/").keeps_picture("signaal-wacht")
    anna.follows("Leg vast wat NLA").keeps_picture("antwoord-telefoon").chooses("answer", "feedback")
    anna.fills("text", "Er is een onderzoek ingesteld.").presses()
    gives_feedback_and_closes(anna, reference)
    reads_feedback(bram, reference)


def gives_feedback_and_closes(focal_point: Person, reference: str) -> None:
    focal_point.opens(f"/signalen/{reference}/partners-klaar/").keeps_picture("partners-klaar").presses()
    focal_point.opens(f"/signalen/{reference}/terugkoppelen/").keeps_picture("terugkoppelen")
    focal_point.fills("text", "Dank u. Uw signaal is besproken en ligt bij de mensen die verder kunnen.")
    focal_point.presses()
    if not Signal.objects.filter(reference=reference, feedback="given").exists():
        focal_point.keeps_picture("terugkoppelen-zo").presses()
    focal_point.opens(f"/signalen/{reference}/sluiten/").keeps_picture("sluiten").chooses("reason", "overgedragen").presses()
    focal_point.opens(f"/signalen/{reference}/").keeps_picture("signaal-afgehandeld")
    assert Signal.objects.get(reference=reference).kind == "end"


def reads_feedback(reporter: Person, reference: str) -> None:
    """Reference, state and feedback; not the own text, and no word about a judgement."""
    reporter.opens("/mijn-meldingen/").keeps_picture("mijn-meldingen").follows(reference).keeps_picture("mijn-melding")
    reporter.sees("Uw signaal is besproken")
    told = reporter.page.locator("main").inner_text().lower()
    assert not re.search(r"vaag|geen mensenhandel|onderzoek|kees", told)


def test_case_5_avim_is_called_and_the_experts_are_asked_first(person, cast):
    leerplicht = person("bram", width=320)
    reference = reports(leerplicht, CASE_5, minor="yes")
    anna = person("anna")
    takes_up_and_enriches(anna, reference)
    anna.opens(f"/signalen/{reference}/").sees("Veilig Thuis")

    asks_advice_by_phone(anna, reference, "AVIM")
    hears_by_phone(anna, reference, "AVIM", "result", "Dit is criminele uitbuiting. Bel ons.")
    anna.opens(f"/signalen/{reference}/conclusie/").keeps_picture("conclusie").chooses("conclusion", "trafficking")
    anna.chooses("whose", "AVIM").fills("text", "Criminele uitbuiting.").chooses("forms_chosen", "CU").presses()
    if Signal.objects.get(reference=reference).state != "melden":
        anna.keeps_picture("conclusie-route").presses()

    zoco_waits(anna, reference)
    calls_avim(anna, reference)
    passes_on_by_account(anna, reference, "ZOCO")
    anna.opens(f"/signalen/{reference}/alles-gemeld/").presses()

    hears_by_phone(anna, reference, "AVIM", "feedback", "Opgepakt.")
    zora = person("zora")
    zora.opens("/gedeeld/").follows("Gemeente Helmond").presses_named("answer=no_feedback")
    gives_feedback_and_closes(anna, reference)
    reads_feedback(leerplicht, reference)


def asks_advice_by_phone(focal_point: Person, reference: str, expert: str) -> None:
    focal_point.opens(f"/signalen/{reference}/advies/").keeps_picture("advies")
    focal_point.chooses(f"how-{expert}", "phone")
    focal_point.fills("question", "Wat is dit, en wat kunnen wij doen?")
    focal_point.fills("description", "Een jongere moet voor anderen werken en is bang.").presses_named("look")
    focal_point.keeps_picture("advies-tekst").presses_named("send")
    assert Signal.objects.get(reference=reference).kind == "advice"


def hears_by_phone(focal_point: Person, reference: str, partner: str, kind: str, text: str) -> None:
    focal_point.opens(f"/signalen/{reference}/").follows(f"Leg vast wat {partner}")
    focal_point.chooses("answer", kind).fills("text", text).presses()


def zoco_waits(focal_point: Person, reference: str) -> None:
    """The care coordinator's step is closed, and the page says what opens it."""
    focal_point.opens(f"/signalen/{reference}/melden/ZOCO/").keeps_picture("melden-zoco-wacht").sees("eerst")
    assert not focal_point.page.locator("main [name=channel]").count()


def calls_avim(focal_point: Person, reference: str) -> None:
    focal_point.opens(f"/signalen/{reference}/contact/?met=AVIM").keeps_picture("contact")
    focal_point.chooses("reached", "yes").fills("whom", "De dienstdoende").chooses("meanwhile", "nothing")
    focal_point.fills("description", "Een jongere moet voor anderen werken en is bang.")
    focal_point.chooses("fields_given", "description").presses()
    focal_point.opens(f"/signalen/{reference}/").sees("Doe intussen niets").keeps_picture("signaal-niets-doen")


def test_danger_at_three_in_the_morning_says_whom_to_call_now_and_who_was_told(person, cast, monkeypatch):
    stop_the_clock(monkeypatch, NIGHT)
    bram = person("bram", width=320)
    bram.opens("/gevaar/").keeps_picture("gevaar-nacht").sees("112", "0900-8844")
    bram.opens("/melden/").fills("narrative", "Zij slaan haar, nu, boven de winkel.").ticks("danger")
    bram.presses("Verstuur de melding").keeps_picture("ontvangen-gevaar").sees("0900-8844")

    signal = Signal.objects.get(reference=bram.reference)
    assert signal.danger
    told = set(Message.objects.filter(signal=signal).values_list("membership_id", flat=True))
    assert told == {cast.anna.membership, cast.bo.membership}
    assert "08:" in bram.page.locator("main").inner_text() or "09:" in bram.page.locator("main").inner_text()

    anna = person("anna")
    anna.opens("/werklijst/").sees("GEVAAR").keeps_picture("werklijst-gevaar")
    anna.opens(f"/signalen/{signal.reference}/").keeps_picture("signaal-gevaar")
    first = anna.page.locator(".mr-steps a").first
    assert "contact" in first.get_attribute("href")  # calling comes before everything else


def test_a_report_about_a_colleague_reaches_the_designated_person_and_the_focal_point_never_sees_it(person, cast):
    bram = person("bram", width=320)
    bram.opens("/melden/").fills("narrative", "Een collega neemt een jonge vrouw mee.").chooses("about_colleague", "yes")
    bram.presses("Verstuur de melding").keeps_picture("ontvangen-collega")
    reference = bram.reference

    for first in ("anna", "bo", "frits"):
        somebody = person(first)
        assert reference not in somebody.opens("/").page.content()
        assert somebody.page.goto(f"/signalen/{reference}/").status == 404
    anna = person("anna")
    for group in ("yours", "new", "late", "today", "others"):
        assert reference not in anna.opens(f"/werklijst/?groep={group}").page.content()
    assert not Message.objects.filter(membership_id__in=[cast.anna.membership, cast.bo.membership]).exists()

    dina = person("dina")
    dina.opens("/werklijst/").sees(reference).keeps_picture("werklijst-aangewezen")
    dina.opens(f"/signalen/{reference}/").sees("Een collega neemt een jonge vrouw mee.").keeps_picture("signaal-collega")


@pytest.mark.parametrize(("first", "address", "name"), [
    ("anna", "/stroomschema/", "stroomschema"), ("anna", "/partners/", "partners"), ("anna", "/vormen/", "vormen"),
    ("anna", "/gemeenten/", "gemeenten"), ("anna", "/aandachtsfunctionaris/", "aandachtsfunctionaris"),
    ("anna", "/berichten/", "berichten"), ("karel", "/keten/", "keten"), ("frits", "/instellingen/", "instellingen"),
    ("frits", "/instellingen/normen/", "instellingen-normen"), ("frits", "/instellingen/mensen/", "instellingen-mensen"),
    ("frits", "/instellingen/werktijden/", "instellingen-werktijden"),
    ("frits", "/instellingen/vervanging/", "instellingen-vervanging"),
    ("frits", "/instellingen/mensen/nieuw/", "instellingen-nieuw"),
    ("frits", "/instellingen/visitekaartje/", "instellingen-visitekaartje"),
    ("pia", "/", "privacy"), ("rick", "/gedeeld/", "gedeeld-leeg"),
])
def test_every_other_page_can_be_looked_at(person, first, address, name):
    person(first).opens(address).keeps_picture(name)
