"""Requests of data subjects: sealed, on the clock of a month, advised on by the officer, decided by the college."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from meldroute.rules.subject_rights import TermRefused
from meldroute.services import subject_requests as service
from meldroute.services.subject_requests import Decision, NewRequest, NoSuchRequest, RequestRefused
from meldroute.services.ticking import tick
from meldroute.storage.models import HistoryEntry, Message, SubjectRequest, SubjectRequestKey
from meldroute.storage.sealing import SealBroken
from tests.cast import MONDAY

pytestmark = pytest.mark.django_db(transaction=True)
NAME, CONTACT, QUESTION = "Verzonnen Verzoeker", "alleen per brief, Nepstraat 1", "Wat hebben jullie over mij?"
NEW = NewRequest("access", MONDAY.date(), NAME, CONTACT, QUESTION, "paspoort aan de balie")
DECISION = Decision("refused", "investigation", MONDAY.date(), "W. Wethouder (mandaat)", "Er loopt een onderzoek.")


@pytest.fixture
def code(cast):
    return service.register(NEW, reader=cast.pia, now=MONDAY)


def card(cast, code, now=MONDAY):
    return service.request_card(code, reader=cast.pia, now=now)


def acts(code) -> list[str]:
    return list(HistoryEntry.objects.filter(act__startswith="request.").order_by("id").values_list("act", flat=True))


def test_from_request_to_answer_and_every_step_is_recorded(cast, code):
    assert code.startswith("VZ-")
    assert card(cast, code).line.due_on == date(2026, 12, 23)
    service.advise(code, "Weigeren.", reader=cast.pia, now=MONDAY)
    service.decide(code, DECISION, reader=cast.pia, now=MONDAY)
    service.answered(code, reader=cast.pia, now=MONDAY)
    found = card(cast, code)
    assert (found.name, found.contact, found.question, found.advice) == (NAME, CONTACT, QUESTION, "Weigeren.")
    assert (found.decision, found.decided_on, found.decided_by, found.motivation) == (
        "refused", MONDAY.date(), "W. Wethouder (mandaat)", "Er loopt een onderzoek.")
    assert found.line.state == "answered"
    assert acts(code) == ["request.registered", "request.read", "request.advised", "request.decided", "request.answered",
                          "request.read"]
    row = SubjectRequest.objects.get()
    assert {str(row.pk)} == {s for h in HistoryEntry.objects.filter(act__startswith="request.") for s in h.subjects}


def test_two_who_were_told_nothing_cannot_compare_their_letters(cast, code):
    other = service.register(replace(NEW, name="Een Ander", question="Heb ik een dossier?"), reader=cast.pia, now=MONDAY)
    for one, decision in ((code, DECISION), (other, replace(DECISION, decision="nothing_found", ground=""))):
        service.advise(one, "Advies.", reader=cast.pia, now=MONDAY)
        service.decide(one, decision, reader=cast.pia, now=MONDAY)
    assert card(cast, code).answer.encode() == card(cast, other).answer.encode()


def test_the_database_shows_nobody_who_asked(cast, code):
    service.advise(code, "Weigeren vanwege het onderzoek.", reader=cast.pia, now=MONDAY)
    service.decide(code, DECISION, reader=cast.pia, now=MONDAY)
    found = ""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            found += str(cursor.fetchall())
    for word in (NAME, "Nepstraat", QUESTION, "vanwege het onderzoek", "loopt een onderzoek"):
        assert word not in found
    assert card(cast, code).name == NAME


def test_each_has_a_key_of_its_own_and_without_it_nothing_opens(cast, code):
    other = service.register(NEW, reader=cast.pia, now=MONDAY)
    keys = dict(SubjectRequestKey.objects.values_list("request__code", "wrapped"))
    SubjectRequestKey.objects.filter(request__code=code).update(wrapped=keys[other])
    with pytest.raises(SealBroken):
        card(cast, code)


def test_no_decision_without_advice_no_answer_without_decision_and_each_once(cast, code):
    with pytest.raises(RequestRefused) as no_advice:
        service.decide(code, DECISION, reader=cast.pia, now=MONDAY)
    with pytest.raises(RequestRefused) as undecided:
        service.answered(code, reader=cast.pia, now=MONDAY)
    service.advise(code, "Weigeren.", reader=cast.pia, now=MONDAY)
    service.decide(code, DECISION, reader=cast.pia, now=MONDAY)
    late = [lambda: service.decide(code, replace(DECISION, decision="granted", ground=""), reader=cast.pia, now=MONDAY),
            lambda: service.advise(code, "Toch niet.", reader=cast.pia, now=MONDAY),
            lambda: service.extend(code, "Druk.", reader=cast.pia, now=MONDAY)]
    for do in late:
        with pytest.raises(RequestRefused) as decided:
            do()
        assert decided.value.cause == "decided"
    assert (no_advice.value.cause, undecided.value.cause) == ("no_advice", "not_decided")
    assert card(cast, code).decision == "refused"


@pytest.mark.parametrize("who", ["bram", "anna", "dina", "frits", "noor", "nel", "karel"])
def test_for_everybody_else_there_are_no_requests(cast, code, who):
    reader = getattr(cast, who)
    for do in (lambda: service.request_card(code, reader=reader, now=MONDAY), lambda: service.requests(reader=reader, now=MONDAY),
               lambda: service.register(NEW, reader=reader, now=MONDAY), lambda: service.advise(code, "x", reader=reader, now=MONDAY),
               lambda: service.extend(code, "x", reader=reader, now=MONDAY), lambda: service.answered(code, reader=reader, now=MONDAY),
               lambda: service.decide(code, DECISION, reader=reader, now=MONDAY)):
        with pytest.raises(NoSuchRequest):
            do()
    elsewhere = replace(cast.pia, organisation=cast.deurne.pk)
    with pytest.raises(NoSuchRequest):
        service.request_card(code, reader=elsewhere, now=MONDAY)
    assert service.requests(reader=elsewhere, now=MONDAY) == ()


def test_the_term_is_extended_once_within_the_first_month_with_a_reason(cast, code):
    assert card(cast, code).can_extend
    service.extend(code, "Veel bestanden.", reader=cast.pia, now=MONDAY + timedelta(days=20))
    found = card(cast, code)
    assert (found.line.due_on, found.extension, found.can_extend) == (date(2027, 2, 23), "Veel bestanden.", False)
    with pytest.raises(TermRefused):
        service.extend(code, "Nog meer.", reader=cast.pia, now=MONDAY + timedelta(days=21))


def test_a_request_of_tomorrow_or_of_no_kind_is_refused(cast):
    for new in (replace(NEW, received_on=MONDAY.date() + timedelta(days=1)), replace(NEW, kind="portability")):
        with pytest.raises(RequestRefused):
            service.register(new, reader=cast.pia, now=MONDAY)
    assert not SubjectRequest.objects.exists()


# The clock


def told() -> list[str]:
    return list(Message.objects.filter(kind__startswith="request_").order_by("created_at").values_list("kind", flat=True))


def test_the_officer_hears_a_week_before_when_it_is_over_and_then_weekly(cast, code):
    start = datetime(2026, 12, 15, 12, tzinfo=UTC)
    for day in range(25):
        for hour in (0, 1):  # two ticks a day
            tick(now=start + timedelta(days=day, hours=hour))
    assert told() == ["request_due", "request_late", "request_late", "request_late"]
    assert {m.membership_id for m in Message.objects.filter(kind__startswith="request_")} == {cast.pia.membership}
    assert {m.signal_id for m in Message.objects.filter(kind__startswith="request_")} == {None}


def test_after_downtime_each_is_told_once_and_an_answer_stops_the_clock(cast, code):
    tick(now=MONDAY + timedelta(days=60))
    assert told() == ["request_late"]
    service.advise(code, "Weigeren.", reader=cast.pia, now=MONDAY)
    service.decide(code, DECISION, reader=cast.pia, now=MONDAY)
    service.answered(code, reader=cast.pia, now=MONDAY)
    tick(now=MONDAY + timedelta(days=90))
    assert told() == ["request_late"]


def test_the_list_says_what_is_due_first_and_what_is_late(cast, code):
    second = service.register(replace(NEW, received_on=MONDAY.date() - timedelta(days=40)), reader=cast.pia, now=MONDAY)
    lines = service.requests(reader=cast.pia, now=MONDAY)
    assert [(line.code, line.late) for line in lines] == [(second, True), (code, False)]
    assert HistoryEntry.objects.filter(act="request.listed").count() == 1
