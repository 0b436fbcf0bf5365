"""What a reporter sees of their own reports, and that it says the same whatever happens behind it."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError

from meldroute.services import appointing, drafts, leaving, my_reports
from meldroute.services.answers import NewAnswer, answer_by_phone
from meldroute.services.appointing import Appointment
from meldroute.services.feedback import give_feedback, withhold_feedback
from meldroute.services.intake import NewSignal, register_signal
from meldroute.services.my_reports import NotYourReport
from meldroute.services.passing_on import complete_referrals, settle
from meldroute.services.running_policy import pack_now
from meldroute.services.ticking import tick
from meldroute.storage.models import Clock, HistoryEntry, Organisation, Referral, Signal, User
from tests.cast import MONDAY
from tests.services.passing_on_help import pass_on, passing

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)
WEEKS_LATER = MONDAY + timedelta(days=60)


def reported(reader, story="Iets klopt niet.", at=MONDAY) -> str:
    return register_signal(NewSignal(story), reader=reader, submission=uuid4(), now=at).reference


def seen(reader, reference, now=MONDAY):
    return my_reports.my_report(reader.user, reference, now=now, language="nl")


def test_a_reporter_sees_reference_date_municipality_and_a_neutral_state(cast):
    reference = reported(cast.bram)
    card = seen(cast.bram, reference)
    assert (card.reference, card.received_at, card.municipality, card.state, card.feedback) == (
        reference, MONDAY, "Gemeente Helmond", "Ontvangen", ())


def test_ones_own_reports_only_also_for_the_focal_point(cast):
    reference = reported(cast.bram)
    for other in (cast.anna, cast.dina, cast.frits, cast.pia):
        assert my_reports.my_reports(other.user, now=MONDAY, language="nl").reports == ()
        with pytest.raises(NotYourReport):
            seen(other, reference)
        with pytest.raises(NotYourReport):
            my_reports.proof(other.user, reference, now=MONDAY)


# The same whether an investigation runs, nothing happened, or the partner is silent


def investigated(cast) -> str:
    reference = passing(cast, "AU")
    said(cast, reference, "received", "taken_up")
    return reference


def put_aside(cast) -> str:
    reference = passing(cast, "AU")
    said(cast, reference, "not_for_us")
    return reference


def nothing_to_tell(cast) -> str:
    reference = passing(cast, "AU")
    said(cast, reference, "received", "no_feedback")
    return reference


def silent(cast) -> str:
    """Reminded and escalated, and still no word."""
    reference = passing(cast, "AU")
    pass_on(cast, reference, "ISZW")
    return reference


def said(cast, reference, *answers) -> None:
    pass_on(cast, reference, "ISZW")
    referral = Referral.objects.get(signal__reference=reference, partner="ISZW")
    for kind in answers:
        new = NewAnswer(kind, text="" if kind == "no_feedback" else "Wij zijn een strafrechtelijk onderzoek begonnen.")
        answer_by_phone(reference, referral=referral.pk, new=new, reader=cast.anna, now=MONDAY + timedelta(hours=1))


@pytest.mark.requirement("S-B2-37")
def test_an_investigation_nothing_and_silence_look_the_same_to_the_reporter(cast):
    signals = [make(cast) for make in (investigated, put_aside, nothing_to_tell, silent)]
    tick(now=WEEKS_LATER)
    assert Clock.objects.filter(signal__reference=signals[-1], stage__gt=0).exists(), "the silence was noticed"
    cards = [replace(seen(cast.bram, reference, now=WEEKS_LATER), reference="") for reference in signals]
    assert cards[0].state == "In behandeling"
    assert len(set(cards)) == 1


def test_a_reason_why_nothing_can_be_told_is_not_for_the_reporter(cast):
    told, withheld = finished(cast), finished(cast)
    before = replace(seen(cast.bram, told), reference="")
    withhold_feedback(withheld, reason="Er loopt een onderzoek bij AVIM.", reader=cast.anna, now=WEEKS_LATER)
    assert replace(seen(cast.bram, withheld), reference="") == before


@pytest.mark.requirement("S-B2-35", "S-B1-03")
def test_feedback_of_the_focal_point_reaches_its_reporter_in_order(cast):
    reference = finished(cast)
    give_feedback(reference, text="Uw signaal is besproken.", reader=cast.anna, now=WEEKS_LATER)
    give_feedback(reference, text="Dank u wel.", reader=cast.anna, now=WEEKS_LATER + timedelta(hours=1))
    assert [said.text for said in seen(cast.bram, reference).feedback] == ["Uw signaal is besproken.", "Dank u wel."]


def finished(cast) -> str:
    reference = passing(cast, "AU")
    said(cast, reference, "received", "no_feedback")
    pass_on(cast, reference, "ZOCO_HELMOND", agreement="yes")
    referral = Referral.objects.get(signal__reference=reference, partner="ZOCO_HELMOND")
    answer_by_phone(reference, referral=referral.pk, new=NewAnswer("received"), reader=cast.anna, now=MONDAY)
    answer_by_phone(reference, referral=referral.pk, new=NewAnswer("no_feedback"), reader=cast.anna, now=MONDAY)
    complete_referrals(reference, reader=cast.anna, now=MONDAY)
    settle(reference, reader=cast.anna, now=MONDAY)
    return reference


def test_between_arrival_and_end_every_state_has_the_same_words(cast):
    """Else the words would tell who was asked and what they concluded."""
    states = pack_now(now=MONDAY).policy.states
    assert len({s.reporter_sees.nl for s in states if s.kind not in ("entry", "end")}) == 1
    words = " ".join(f"{s.reporter_sees.nl} {s.reporter_sees.en}" for s in states).lower()
    for telling in ("vaag", "vague", "mensenhandel", "trafficking", "advies", "onderzoek", "politie", "avim"):
        assert telling not in words


# Reading is written down


def test_each_reading_is_recorded_as_the_keyed_hash_before_it_is_shown(cast):
    reference = reported(cast.bram)
    signal = Signal.objects.get(reference=reference)
    my_reports.proof(cast.bram.user, reference, now=MONDAY)
    entry = HistoryEntry.objects.get(act="signal.read")
    assert (entry.actor_kind, entry.actor, entry.organisation, entry.signal, entry.details) == (
        "reporter", signal.reporter_tie, None, signal.pk, {"part": "proof"})


def test_without_a_read_log_nothing_is_shown(cast, monkeypatch):
    reference = reported(cast.bram)

    def full(*_args, **_kwargs):
        raise DatabaseError("disk full")

    monkeypatch.setattr("meldroute.services.my_reports.history.append", full)
    with pytest.raises(DatabaseError):
        seen(cast.bram, reference)


def test_a_list_writes_one_row_for_each_municipality(cast):
    first, second = reported(cast.bram), reported(cast.bram)
    moved = replace(cast.bram, organisation=Organisation.objects.get(name="Gemeente Deurne").pk)
    third = reported(moved)
    found = my_reports.my_reports(cast.bram.user, now=MONDAY, language="nl")
    assert {card.reference for card in found.reports} == {first, second, third}
    entries = HistoryEntry.objects.filter(act__in=("list.read", "signal.read"))
    assert {e.chain: len(e.subjects) or 1 for e in entries} == {str(cast.helmond.pk): 2, str(cast.deurne.pk): 1}


# Many reports


def test_pages_follow_each_other_without_gap_or_double(cast):
    sent = [reported(cast.bram, at=MONDAY + timedelta(minutes=n // 2)) for n in range(my_reports.PAGE * 2 + 5)]
    read, after = [], None
    while True:
        page = my_reports.my_reports(cast.bram.user, now=WEEKS_LATER, language="nl", after=after)
        read += [card.reference for card in page.reports]
        if (after := page.older) is None:
            break
    assert (len(read), set(read)) == (len(sent), set(sent))


@pytest.mark.parametrize("reports", [2, 12])
def test_a_page_asks_the_same_number_of_questions_however_many_reports(cast, django_assert_num_queries, reports):
    for _ in range(reports):
        reported(cast.bram)
    with django_assert_num_queries(9):  # four to read, five for the log with its transaction
        my_reports.my_reports(cast.bram.user, now=MONDAY, language="nl")


# Who holds the mailbox holds the way back in: what was reported before stays closed to them


def other_mailbox(cast):
    appointing.correct_address(cast.bram.membership, email="kees@voorbeeld.example", reader=cast.frits, now=MONDAY + DAY)


def left_and_came_back(cast):
    leaving.end_membership(cast.bram.membership, last_day=MONDAY.date() - DAY, reader=cast.frits, now=MONDAY)
    assert not User.objects.get(pk=cast.bram.user).is_active
    appointing.appoint(Appointment("Bram Balie", "bram@voorbeeld.example", "reporter", (MONDAY + DAY).date()), reader=cast.frits,
                       now=MONDAY + DAY)


@pytest.mark.parametrize("change", [other_mailbox, left_and_came_back])
def test_reports_from_before_mail_went_elsewhere_are_not_shown_and_later_ones_are(cast, change):
    before = reported(cast.bram)
    form = drafts.open_form(cast.bram.user, "report", now=MONDAY)
    assert drafts.keep(form, {"narrative": ["Half verhaal."]}, now=MONDAY)
    change(cast)
    later = MONDAY + DAY + timedelta(hours=1)
    found = my_reports.my_reports(cast.bram.user, now=later, language="nl")
    assert (found.reports, found.since) == ((), MONDAY + DAY)
    with pytest.raises(NotYourReport):
        seen(cast.bram, before, now=later)
    assert drafts.draft_of(cast.bram.user, "report", now=MONDAY + timedelta(hours=1)) is None
    after = reported(cast.bram, at=later)
    assert seen(cast.bram, after, now=later).reference == after
    assert [card.reference for card in my_reports.my_reports(cast.bram.user, now=later, language="nl").reports] == [after]
