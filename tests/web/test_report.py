"""The report page: short, safe, and nothing that reached the server is lost or doubled."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

import meldroute
from meldroute.services import drafts
from meldroute.services.running_policy import pack_now
from meldroute.storage.models import Absence, Draft, HistoryEntry, Membership, Message, Signal, SignalKey
from meldroute.storage.sealing import unwrap_key
from tests.cast import MONDAY, NIGHT
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db(transaction=True)
STORY = "In de loods aan de Verzonnenweg slaapt iemand die niet naar buiten durft."


@pytest.fixture
def at(monkeypatch):
    """Set the clock that the doors read."""

    def set_to(moment: datetime) -> None:
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)

    set_to(MONDAY)
    return set_to


def signed_in(reader, **kwargs) -> Client:
    client = Client(**kwargs)
    sign_in(client, reader.user)
    return client


@pytest.fixture
def bram(cast, at) -> Client:
    return signed_in(cast.bram)


def opened(client: Client) -> dict[str, str]:
    """The fields a browser would send back untouched."""
    return {"form_token": client.get("/melden/").context["token"]}


def send(client: Client, **fields):
    return client.post("/melden/", opened(client) | {"narrative": STORY} | fields)


def text_of(page) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


def said(signal: Signal) -> dict:
    key = unwrap_key(bytes(SignalKey.objects.get(signal=signal).wrapped), signal_id=signal.pk)
    return signal.unseal("content_sealed", key=key)


# What is asked


@pytest.mark.requirement("S-3.4-01", "S-B2-28", "S-B1-01")
def test_an_uneasy_feeling_is_enough(bram):
    page = bram.get("/melden/")
    assert [f.name for f in page.context["form"] if f.field.required] == ["narrative"]
    assert "Een niet-pluis-gevoel is genoeg" in text_of(page)
    assert "Uw melding gaat naar de aandachtsfunctionaris van Gemeente Helmond." in text_of(page)
    assert "S-3.4-01" in text_of(page)
    sent = send(bram, narrative="Het voelde niet pluis.")
    signal = Signal.objects.get()
    assert sent.url == f"/melden/ontvangen/{signal.reference}/"
    assert (signal.kind, signal.forms, signal.minor, signal.danger) == ("entry", [], None, False)


@pytest.mark.requirement("S-3.4-02")
def test_nobody_is_asked_for_a_form_of_exploitation_a_proof_a_victims_name_or_a_file(bram):
    page = bram.get("/melden/").content.decode()
    policy = pack_now(now=MONDAY).policy
    assert 'type="file"' not in page
    assert "multipart" not in page
    for form in policy.forms:
        assert form.label.nl.lower() not in page.lower()
    values = re.findall(r'name="noticed" value="([^"]+)"', page)
    offered = [i for i in policy.indicators if i.plain]
    assert len(values) == len(offered) > 10
    assert not {i.id for i in offered} & set(values), "an id may name a form"
    assert "slachtoffer" not in page.lower()


def test_what_was_noticed_comes_back_as_the_packs_own_entries(bram):
    page = bram.get("/melden/")
    first, *_, last = page.context["form"].fields["noticed"].choices
    send(bram, noticed=[first[0], last[0]])
    offered = [i.id for i in pack_now(now=MONDAY).policy.indicators if i.plain]
    assert said(Signal.objects.get())["noticed"] == [offered[0], offered[-1]]


def test_every_answer_is_kept_as_it_was_given(bram):
    send(bram, about="place", where="Verzonnenweg 12", when="zondag", minor="yes", name_allowed="yes", danger="on",
         care_provider="on", called=["112", "AVIM"])
    signal = Signal.objects.get()
    content = said(signal)
    assert (signal.about, signal.minor, signal.danger, signal.lane) == ("place", True, True, "regular")
    assert {name: content[name] for name in ("narrative", "where", "when", "called", "name_allowed", "care_provider")} == {
        "narrative": STORY, "where": "Verzonnenweg 12", "when": "zondag", "called": ["112", "AVIM"],
        "name_allowed": True, "care_provider": True}


def test_the_page_says_what_a_reporter_fears_and_the_wish_is_no_until_said_otherwise(bram):
    text = text_of(bram.get("/melden/"))
    for fear in ("De aandachtsfunctionaris ziet uw naam", "een advocaat die later lezen", "Een rechter kan u vragen",
                 "Beschrijf het dan zonder namen. De aandachtsfunctionaris belt u", "Wis niets", "stuur niets door",
                 "Kijk er niet naar, bewaar ze niet en stuur ze niet door. Bel meteen de politie"):
        assert fear in text
    send(bram)
    assert said(Signal.objects.get())["name_allowed"] is False


def test_danger_comes_before_all_else(bram):
    page = bram.get("/melden/").content.decode()
    places = [page.index(mark) for mark in ('href="tel:112"', 'href="tel:0889630320"', 'name="danger"', 'name="called"',
                                            'name="narrative"')]
    assert places == sorted(places)


@pytest.mark.requirement("S-3.4-03", "S-3.4-04", "S-B2-27", "S-B2-38", "S-B2-39")
def test_the_page_says_who_reads_it_and_why_this_way(bram):
    text = text_of(bram.get("/melden/"))
    for line, source in (("is de aandachtsfunctionaris het aanspreekpunt", "S-B2-27"),
                         ("hoe signalen bij de aandachtsfunctionaris komen", "S-B2-38"),
                         ("aan te sluiten bij wat er in de gemeente al is", "S-B2-39"),
                         ("een vaste en veilige weg om te melden", "S-3.4-03, S-3.4-04")):
        assert line in text
        assert source in text


@pytest.mark.requirement("S-3.4-03", "S-3.4-04", "S-B2-27")
def test_a_report_reaches_the_focal_point_and_nobody_beside_those_who_handle_it(bram, cast):
    send(bram)
    assert [m.membership_id for m in Message.objects.all()] == [cast.anna.membership]
    reference = Signal.objects.get().reference
    people = ("anna", "bo", "bram", "dina", "frits", "pia", "noor", "nel", "zora", "karel", "rick")
    may_open = {name for name in people
                if Signal.objects.visible_to(getattr(cast, name)).filter(reference=reference).exists()}
    assert may_open == {"anna", "bo"}


@pytest.mark.requirement("S-B2-40")
@pytest.mark.parametrize("channel", ["form", "phone", "desk"])
def test_a_colleague_at_a_desk_or_reporting_point_reports_for_somebody_else(bram, channel):
    send(bram, channel=channel, on_behalf_of="belt zelf terug, 06-00000000")
    signal = Signal.objects.get()
    assert (signal.channel, said(signal)["on_behalf_of"]) == (channel, "belt zelf terug, 06-00000000")
    assert HistoryEntry.objects.get(act="signal.received").details["channel"] == channel


# What a mistake costs


def test_without_a_story_the_page_comes_back_with_everything_typed(bram):
    page = send(bram, narrative="  ", where="Verzonnenweg 12", minor="yes", on_behalf_of="aan de balie")
    text = page.content.decode()
    assert page.status_code == 400
    assert "Schrijf op wat u opviel" in text
    assert 'value="Verzonnenweg 12"' in text
    assert page.context["open"] == {"place": True, "noticed": False, "behalf": True, "safe": False}
    assert Signal.objects.count() == 0


def test_an_option_that_does_not_exist_is_refused_in_words(bram):
    for wrong in ({"minor": "perhaps"}, {"noticed": "zzz"}, {"channel": "fax"}, {"about": "x"}, {"narrative": "x" * 10_001}):
        page = send(bram, **wrong)
        assert page.status_code == 400, wrong
        assert page.context["form"].errors
    assert Signal.objects.count() == 0


# Once, and only once


def test_a_double_click_is_one_report(bram):
    form = opened(bram) | {"narrative": STORY}
    first, second = bram.post("/melden/", form), bram.post("/melden/", form)
    assert first.url == second.url
    assert Signal.objects.count() == 1
    assert Message.objects.count() == 1


def test_other_words_on_a_page_that_was_sent_are_a_new_report_and_not_lost(bram):
    form = opened(bram)
    bram.post("/melden/", form | {"narrative": STORY})
    changed = bram.post("/melden/", form | {"narrative": "Iets heel anders."})
    assert changed.status_code == 409
    assert "Iets heel anders." in changed.content.decode()
    assert Signal.objects.get().reference in changed.content.decode()
    bram.post("/melden/", {"form_token": changed.context["token"], "narrative": "Iets heel anders."})
    assert Signal.objects.count() == 2


def test_danger_that_is_ticked_on_a_page_that_was_sent_is_not_swallowed(bram):
    form = opened(bram) | {"narrative": STORY}
    bram.post("/melden/", form)
    assert bram.post("/melden/", form | {"danger": "on"}).status_code == 409


def test_a_page_of_yesterday_shows_the_text_again_and_is_still_the_same_report(bram, at):
    form = opened(bram) | {"narrative": STORY}
    at(MONDAY + timedelta(hours=25))
    bram = signed_in_again(bram)
    again = bram.post("/melden/", form)
    assert again.status_code == 409
    assert STORY in again.content.decode()
    fresh = form | {"form_token": again.context["token"]}
    first, second = bram.post("/melden/", fresh), bram.post("/melden/", fresh)
    assert (first.status_code, first.url) == (302, second.url)
    assert Signal.objects.count() == 1


def signed_in_again(client: Client) -> Client:
    sign_in(client, "bram@voorbeeld.example")
    return client


def test_a_damaged_token_costs_a_click_and_no_text(bram):
    again = bram.post("/melden/", {"form_token": "kapot", "narrative": STORY})
    assert again.status_code == 400
    assert STORY in again.content.decode()
    assert bram.post("/melden/", {"form_token": again.context["token"], "narrative": STORY}).status_code == 302


def test_a_form_that_another_person_opened_is_kept_for_that_person_and_shown_to_nobody_else(bram, cast):
    form = opened(bram) | {"narrative": STORY}
    frits = signed_in(cast.frits)
    refused = frits.post("/melden/", form)
    assert refused.status_code == 409
    assert Signal.objects.count() == 0
    assert STORY not in refused.content.decode() + frits.get("/melden/").content.decode()
    assert STORY in bram.get("/melden/").content.decode()


# What reached the server survives


def test_an_expired_login_keeps_the_text_until_the_same_person_signs_in_and_sends_it(bram, cast):
    form = opened(bram) | {"narrative": STORY, "danger": "on", "where": "Verzonnenweg 12"}
    bram.logout()
    out = bram.post("/melden/", form)
    assert out.status_code == 403
    assert "verzegeld bewaard" in text_of(out)
    assert STORY not in out.content.decode()
    assert STORY not in signed_in(cast.frits).get("/melden/").content.decode()

    page = signed_in(cast.bram).get("/melden/")
    assert STORY in page.content.decode()
    assert page.context["form"]["danger"].value() == "on"
    assert page.context["open"]["place"] is True
    sent = signed_in(cast.bram).post("/melden/", form | {"form_token": page.context["token"]})
    assert sent.status_code == 302
    assert (Signal.objects.count(), Draft.objects.count()) == (1, 0)


def test_a_failed_check_against_forged_forms_keeps_the_text(cast, at):
    client = signed_in(cast.bram, enforce_csrf_checks=True)
    refused = client.post("/melden/", opened(client) | {"narrative": STORY})
    assert refused.status_code == 403
    assert "verzegeld bewaard" in text_of(refused)
    assert Signal.objects.count() == 0
    assert STORY in client.get("/melden/").content.decode()


@pytest.mark.parametrize(("error", "status"), [(RuntimeError("kapot"), 500), (OperationalError("weg"), 503)])
def test_an_error_half_way_keeps_the_text(bram, monkeypatch, error, status):
    bram.raise_request_exception = False
    with monkeypatch.context() as broken:
        broken.setattr("meldroute.web.pages.report.register_signal", raising(error))
        failed = send(bram)
    assert failed.status_code == status
    assert "verzegeld bewaard" in text_of(failed)
    assert 'href="tel:112"' in failed.content.decode()
    assert STORY in bram.get("/melden/").content.decode()


def test_what_cannot_even_be_kept_is_given_back(bram, monkeypatch):
    bram.raise_request_exception = False
    form = opened(bram)
    monkeypatch.setattr("meldroute.web.pages.report.register_signal", raising(OperationalError("weg")))
    monkeypatch.setattr("meldroute.services.drafts.Draft.objects.update_or_create", raising(OperationalError("weg")))
    failed = bram.post("/melden/", form | {"narrative": STORY})
    assert failed.status_code == 503
    assert "kopieer het" in text_of(failed)
    assert STORY in failed.content.decode()


def test_a_check_against_forged_forms_gives_old_text_back_but_repeats_no_other_sites_words(cast, at):
    client = signed_in(cast.bram, enforce_csrf_checks=True)
    form = opened(client) | {"narrative": STORY}
    at(MONDAY + timedelta(hours=25))
    assert STORY in client.post("/melden/", form).content.decode()
    forged = client.post("/melden/", {"form_token": "verzonnen", "narrative": "Bel dit nummer van mij."})
    assert "Bel dit nummer" not in forged.content.decode()


def test_what_is_typed_stays_out_of_the_browsers_own_memory(bram):
    assert 'autocomplete="off"' in bram.get("/melden/").content.decode()
    script = (Path(meldroute.__file__).parent / "web" / "static" / "meldroute.js").read_text()
    for storage in ("localStorage", "sessionStorage", "indexedDB", "document.cookie", "caches."):
        assert storage not in script


def raising(error: Exception):
    def fail(*_args, **_kwargs):
        raise error

    return fail


def test_a_draft_can_be_thrown_away_by_its_owner_only(bram, cast):
    form = opened(bram) | {"narrative": STORY}
    bram.logout()
    bram.post("/melden/", form)
    bram = signed_in(cast.bram)
    kept = bram.get("/melden/").context["draft"]
    signed_in(cast.frits).post("/melden/concept/", {"draft": kept})
    assert Draft.objects.count() == 1
    assert bram.post("/melden/concept/", {"draft": kept}).status_code == 302
    assert Draft.objects.count() == 0
    assert bram.post("/melden/concept/", {"draft": "geen"}).status_code == 404


def test_a_draft_that_cannot_be_opened_is_said_and_does_not_keep_the_form_shut(bram, cast):
    form = opened(bram) | {"narrative": STORY}
    bram.logout()
    bram.post("/melden/", form)
    Draft.objects.update(body_sealed=b"\x02kapot")
    page = signed_in(cast.bram).get("/melden/")
    assert page.status_code == 200
    assert "kunnen het niet meer openen" in text_of(page)


# How much it asks of the database


@pytest.mark.parametrize("case", ["quiet", "danger", "nobody on duty", "a draft waits"])
def test_from_post_to_redirect_at_most_fifteen_statements(bram, cast, case):
    form = opened(bram) | {"narrative": STORY, "danger": "on" if case != "quiet" else ""}
    if case == "nobody on duty":
        for member in Membership.objects.filter(role__in=("focal_point", "buddy")):
            Absence.objects.create(membership=member, from_day=MONDAY.date(), to_day=MONDAY.date())
    if case == "a draft waits":
        drafts.keep(form["form_token"], {"narrative": [STORY]}, now=MONDAY)
    with CaptureQueriesContext(connection) as asked:
        sent = bram.post("/melden/", form)
    assert sent.status_code == 302
    statements = [q["sql"] for q in asked.captured_queries]
    assert {"BEGIN", "COMMIT"} <= {sql.split()[0] for sql in statements}, "transactions count too"
    assert len(statements) <= 15, "\n".join(statements)


# The receipt


def receipt_of(client: Client, **fields) -> str:
    return text_of(client.get(send(client, **fields).url))


def test_the_receipt_says_who_reads_it_by_when_and_whose_norm_that_is(bram):
    text = receipt_of(bram)
    assert Signal.objects.get().reference in text
    assert "De aandachtsfunctionaris leest uw melding vóór vandaag 14:00" in text
    assert "eigen norm, niet uit het beleid" in text
    assert "Gemeente Helmond" in text
    assert "Wis niets" in text
    assert "Reken erop" not in text


def test_danger_at_three_at_night_says_who_was_alerted_and_that_nobody_reads_it_yet(bram, at):
    at(NIGHT)
    text = receipt_of(signed_in_again(bram), danger="on")
    assert "Meteen gewaarschuwd: aandachtsfunctionaris, buddy." in text
    assert re.search(r"Reken erop dat niemand dit leest vóór vandaag 0\d:\d\d", text)
    assert "bel nu" in text
    assert "0900-8844" in text
    assert "leest uw melding vóór" not in text, "a norm is no promise while nobody has to read"


def test_with_nobody_on_duty_the_neighbour_is_alerted_and_named(bram, cast):
    for member in Membership.objects.filter(organisation=cast.helmond, role__in=("focal_point", "buddy")):
        Absence.objects.create(membership=member, from_day=MONDAY.date(), to_day=MONDAY.date())
    text = receipt_of(bram, danger="on")
    assert "Meteen gewaarschuwd: aandachtsfunctionaris Gemeente Deurne." in text
    assert "Bij Gemeente Helmond is niemand aan het werk; Gemeente Deurne neemt waar." in text


def test_with_nobody_at_all_the_receipt_says_so_and_promises_nothing(bram):
    for member in Membership.objects.filter(role__in=("focal_point", "buddy")):
        Absence.objects.create(membership=member, from_day=MONDAY.date(), to_day=MONDAY.date())
    text = receipt_of(bram, danger="on")
    assert "Bij Gemeente Helmond is nu niemand aan het werk die dit mag lezen" in text
    assert "Wacht niet op ons: bel nu." in text
    assert "leest uw melding vóór" not in text


def test_perhaps_a_minor_names_veilig_thuis_and_the_reporters_own_duty(bram):
    text = receipt_of(bram, minor="yes")
    assert "Veilig Thuis, 0800-2000" in text
    assert "blijft dat uw eigen plicht" in text


def test_about_a_colleague_only_the_designated_person_hears_and_reads(bram, cast):
    text = receipt_of(bram, about_colleague="yes", danger="on")
    assert "Meteen gewaarschuwd: aangewezen persoon." in text
    assert [m.membership_id for m in Message.objects.all()] == [cast.dina.membership]
    reference = Signal.objects.get().reference
    for other in (cast.anna, cast.bo):
        assert not Signal.objects.visible_to(other).filter(reference=reference).exists()


def test_about_a_colleague_with_nobody_designated_nothing_is_sent_and_the_text_stays(bram):
    Membership.objects.filter(role="designated").delete()
    page = send(bram, about_colleague="yes")
    assert page.status_code == 409
    assert STORY in page.content.decode()
    assert "Bel de politie (0900-8844)" in text_of(page)
    assert Signal.objects.count() == 0


def test_a_receipt_is_for_its_reporter_and_each_reading_is_recorded(bram, cast):
    address = send(bram).url
    signal = Signal.objects.get()
    assert bram.get(address).status_code == 200
    read = HistoryEntry.objects.get(act="signal.read")
    assert (read.actor_kind, read.actor, read.signal, read.details) == (
        "reporter", signal.reporter_tie, signal.pk, {"part": "receipt"})
    assert signed_in(cast.anna).get(address).status_code == 404
    assert signed_in(cast.frits).get(address).status_code == 404
    assert HistoryEntry.objects.filter(act="refused").count() == 2
    assert bram.get("/melden/ontvangen/MR-KAPOT/").status_code == 404


def test_partners_and_the_chain_director_do_not_report(cast, at):
    for reader in (cast.nel, cast.zora, cast.karel):
        assert signed_in(reader).get("/melden/").status_code == 404


def test_the_page_of_a_winter_holiday_names_the_police_and_when_avim_opens(bram, at):
    at(datetime(2026, 12, 25, 10, 0, tzinfo=UTC))
    page = signed_in_again(bram).get("/melden/").content.decode()
    assert page.index('href="tel:09008844"') < page.index('href="tel:0889630320"')
