"""The report page: short and safe, a mistake costs no text, and sending asks little of the database."""

import re
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from meldroute.services import drafts
from meldroute.services.running_policy import pack_now
from meldroute.storage.models import Absence, HistoryEntry, Membership, Message, Signal, SignalKey
from meldroute.storage.sealing import unwrap_key
from tests.cast import MONDAY
from tests.web.report_help import STORY, opened, send, signed_in, signed_in_again, text_of

pytestmark = pytest.mark.django_db(transaction=True)


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


def test_partners_and_the_chain_director_do_not_report(cast, at):
    for reader in (cast.nel, cast.zora, cast.karel):
        assert signed_in(reader).get("/melden/").status_code == 404


def test_the_page_of_a_winter_holiday_names_the_police_and_when_avim_opens(bram, at):
    at(datetime(2026, 12, 25, 10, 0, tzinfo=UTC))
    page = signed_in_again(bram).get("/melden/").content.decode()
    assert page.index('href="tel:09008844"') < page.index('href="tel:0889630320"')


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
