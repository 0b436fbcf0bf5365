"""Nothing lies around: clocks remind, then tell both officers, then the chain director, whatever happened in between."""

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from meldroute.rules.choices import Choices
from meldroute.rules.deadlines import Norm
from meldroute.services import ticking
from meldroute.services.clocks import stop_clocks
from meldroute.services.delivery import Watch
from meldroute.services.intake import NewSignal, register_signal
from meldroute.services.ticking import move_clock, tick
from meldroute.storage.choices import choices_to
from meldroute.storage.models import (
    Absence,
    Clock,
    Draft,
    HistoryEntry,
    Membership,
    Message,
    MunicipalitySettings,
    Signal,
)
from tests.cast import MONDAY, NIGHT

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def mail(mail_server):
    return mail_server


def report(cast, now=MONDAY, **fields) -> Signal:
    receipt = register_signal(NewSignal("Het voelde niet pluis.", **fields), reader=cast.bram, submission=uuid4(), now=now)
    Message.objects.all().delete()  # these tests are about what comes later
    return Signal.objects.get(reference=receipt.reference)


def run(now):
    return tick(now=now, watch=Watch(now, elapsed=lambda: 0.0))


def told() -> list[tuple[str, object]]:
    return sorted((m.kind, m.membership_id) for m in Message.objects.all())


def clock_of(signal) -> Clock:
    return Clock.objects.get(signal=signal, stopped_at=None)


# The stages


@pytest.mark.requirement("S-B2-32")
def test_a_signal_that_lies_around_goes_from_focal_point_to_buddy_to_chain_director(cast):
    signal = report(cast)  # Monday 10:00; to be read within 4 working hours: Monday 14:00
    due = clock_of(signal).due_at

    assert run(due - timedelta(hours=1)).reminded == 1
    assert told() == [("reminder", cast.anna.membership)]

    assert run(due).late == 1
    assert told() == sorted([("reminder", cast.anna.membership), ("late", cast.anna.membership),
                             ("late", cast.bo.membership)])

    tuesday_at_closing = datetime(2026, 11, 24, 16, 0, tzinfo=due.tzinfo)
    assert run(tuesday_at_closing - timedelta(minutes=1)).escalated == 0
    assert run(tuesday_at_closing).escalated == 1
    assert ("escalated", cast.karel.membership) in told()


@pytest.mark.requirement("S-B2-32")
def test_what_stays_late_is_said_again_every_working_day_until_somebody_acts(cast):
    signal = report(cast)
    friday = datetime(2026, 11, 27, 15, 0, tzinfo=MONDAY.tzinfo)
    Clock.objects.filter(signal=signal).update(stage=2, next_action_at=friday)
    assert run(friday).escalated == 1
    Message.objects.all().delete()

    saturday = friday + timedelta(days=1)
    assert run(saturday).repeated == 0  # nobody reads it in the weekend
    monday = datetime(2026, 11, 30, 9, 0, tzinfo=MONDAY.tzinfo)
    assert run(monday).repeated == 1
    assert told() == sorted([("still_late", cast.anna.membership), ("still_late", cast.bo.membership)])

    stop_clocks(signal, now=monday)
    assert run(monday + timedelta(days=30)).counts() == {**dict.fromkeys(run(monday).counts(), 0)}


def test_the_chain_director_hears_that_something_is_late_and_nothing_more(cast, mail):
    signal = report(cast)
    Clock.objects.filter(signal=signal).update(stage=2, next_action_at=MONDAY)
    run(clock_of(signal).due_at)
    message = Message.objects.get(kind="escalated")
    assert (message.signal_id, message.referral_id, message.count) == (None, None, None)
    [letter] = [m for m in mail.messages if m["To"] == "karel@voorbeeld.example"]
    assert signal.reference not in letter.as_string()


def test_danger_is_escalated_after_an_hour_at_night_too(cast):
    signal = report(cast, now=NIGHT, danger=True)
    due = clock_of(signal).due_at
    assert due == NIGHT + timedelta(hours=1)
    run(due)
    assert run(due + timedelta(minutes=59)).escalated == 0
    assert run(due + timedelta(hours=1)).escalated == 1


def test_a_municipality_s_own_time_before_the_chain_director_hears_counts(cast):
    MunicipalitySettings.objects.create(organisation=cast.helmond, valid_from=MONDAY, saved_at=MONDAY + timedelta(1),
                                        content=choices_to(Choices(norms={"escaleren": Norm("escaleren", 3, "hours")})))
    due = clock_of(report(cast)).due_at
    run(due)
    assert run(due + timedelta(hours=3)).escalated == 1


def test_a_signal_about_a_colleague_passes_focal_point_buddy_and_chain_by(cast):
    signal = report(cast, about_colleague=True)
    due = clock_of(signal).due_at
    for now in (due - timedelta(hours=1), due, due + timedelta(days=3), due + timedelta(days=7)):
        run(now)
    assert {m for _, m in told()} == {cast.dina.membership}
    assert {kind for kind, _ in told()} == {"reminder", "late", "still_late"}
    assert not HistoryEntry.objects.filter(act="clock.escalated").exists()


def test_each_stage_is_written_in_the_chain_of_the_municipality_and_a_run_in_the_system_s(cast):
    signal = report(cast)
    run(clock_of(signal).due_at)
    entry = HistoryEntry.objects.get(signal=signal.pk, act="clock.late")
    assert (entry.chain, entry.actor_kind, entry.details["told"]) == (str(cast.helmond.pk), "tick", 2)
    assert HistoryEntry.objects.get(act="tick.run").chain == "system"


def test_a_run_with_nothing_due_leaves_nothing_behind(cast):
    report(cast)
    run(MONDAY)  # writes the digest of the day, once
    before = HistoryEntry.objects.count()
    assert not run(MONDAY).did_something
    assert HistoryEntry.objects.count() == before


# Twice at once, downtime, clocks that jump


def test_two_ticks_that_see_the_same_clock_move_it_once(cast, monkeypatch):
    signal = report(cast)
    due, id = clock_of(signal).due_at, clock_of(signal).pk
    assert [move_clock(id, now=due), move_clock(id, now=due)] == ["late", None]
    assert Message.objects.filter(kind="late").count() == 2  # one each


def test_after_a_week_without_power_there_is_one_reminder_and_people_get_their_time(cast):
    due = clock_of(report(cast)).due_at
    back = due + timedelta(days=7)
    assert run(back).counts() | {"sent": 0} == {**dict.fromkeys(run(MONDAY).counts(), 0), "late": 1}
    assert {kind for kind, _ in told()} == {"late"}
    assert run(back + timedelta(hours=1)).escalated == 0  # the chain director not before they had a working day
    assert run(back + timedelta(days=2)).escalated == 1


def test_a_clock_that_is_set_back_does_nothing_twice(cast):
    due = clock_of(report(cast)).due_at
    run(due)
    before = told()
    assert not run(due - timedelta(hours=3)).did_something
    assert not run(due).did_something
    assert told() == before


def test_a_mail_planned_by_a_clock_that_ran_ahead_is_not_held_until_then(cast, mail):
    report(cast)
    mail.refuse = 1
    ahead = MONDAY + timedelta(days=400)
    register_signal(NewSignal("Nog een."), reader=cast.bram, submission=uuid4(), now=MONDAY)
    run(ahead)
    Message.objects.filter(sent_at=None).exclude(kind="signal_received").delete()
    assert Message.objects.filter(kind="signal_received", sent_at=None, next_try_at__gt=ahead).count() == 1
    run(MONDAY)
    assert Message.objects.get(kind="signal_received").sent_at == MONDAY


def test_one_broken_clock_does_not_keep_the_others_waiting(cast, monkeypatch):
    broken, fine = clock_of(report(cast)), clock_of(report(cast))
    real = ticking.move_clock

    def breaks(id, *, now):
        if id == broken.pk:
            raise RuntimeError("not expected")
        return real(id, now=now)

    monkeypatch.setattr(ticking, "move_clock", breaks)
    report_ = run(fine.due_at)
    assert (report_.late, report_.troubles) == (1, [f"clock {broken.pk}: RuntimeError"])


def test_an_unsent_reminder_about_a_signal_is_not_doubled(cast, mail):
    signal = report(cast)
    Clock.objects.create(signal=signal, municipality=cast.helmond, norm="advies", started_at=MONDAY,
                         due_at=clock_of(signal).due_at, next_action_at=clock_of(signal).next_action_at)
    mail.refuse = 10
    run(Clock.objects.first().next_action_at)
    assert told() == [("reminder", cast.anna.membership)]


# Nobody on duty


def away(reader):
    Absence.objects.create(membership_id=reader.membership, from_day=date(2026, 11, 1), to_day=date(2026, 12, 31))


def test_with_the_focal_point_away_the_buddy_is_reminded_and_else_the_neighbour(cast):
    signal = report(cast)
    away(cast.anna)
    run(clock_of(signal).next_action_at)
    assert told() == [("reminder", cast.bo.membership)]
    Message.objects.all().delete()
    away(cast.bo)
    run(clock_of(signal).due_at)
    assert told() == [("late", cast.noor.membership)]


def test_with_nobody_there_manager_and_chain_director_get_a_count_once_a_day(cast):
    MunicipalitySettings.objects.all().delete()
    report(cast), report(cast), report(cast, about_colleague=True)
    away(cast.anna), away(cast.bo)
    for hours in (0, 1, 2, 24):
        run(MONDAY + timedelta(hours=hours))
    alarms = Message.objects.filter(kind="nobody_on_duty")
    assert {(a.membership_id, a.count, a.signal_id) for a in alarms} == {
        (cast.frits.membership, 2, None), (cast.karel.membership, 2, None)}  # and never the one about a colleague
    assert alarms.count() == 4  # two people, two days


def test_with_nobody_there_and_nothing_waiting_there_is_no_alarm(cast):
    MunicipalitySettings.objects.all().delete()
    away(cast.anna), away(cast.bo)
    assert run(MONDAY).alarmed == 0 or not Message.objects.filter(kind="nobody_on_duty").exists()


def test_nobody_designated_is_said_whether_or_not_such_a_signal_waits(cast):
    Membership.objects.filter(pk=cast.dina.membership).update(valid_to=date(2026, 11, 1))
    run(MONDAY), run(MONDAY + timedelta(days=1))
    helmond = Message.objects.filter(kind="nobody_designated", municipality=cast.helmond)
    assert [(a.membership_id, a.count) for a in helmond] == [(cast.frits.membership, None)]


# Drafts and cost


def test_a_draft_is_thrown_away_after_its_day(cast):
    Draft.objects.create(person_tie="1:x", form="report", submission=str(uuid4()), body_sealed=b"x", created_at=MONDAY,
                         expires_at=MONDAY + timedelta(days=1))
    assert run(MONDAY).expired == 0
    assert run(MONDAY + timedelta(days=1)).expired == 1
    assert not Draft.objects.exists()


def test_a_run_with_nothing_due_asks_the_same_few_questions_whatever_is_stored(cast):
    asked = []
    for _ in range(2):
        for _ in range(5):
            report(cast)
        run(MONDAY)  # the digest of the day is written, and the log of processings reads what is new
        with CaptureQueriesContext(connection) as queries:
            run(MONDAY)
        asked.append(len(queries))
    assert asked[0] == asked[1] <= 20
    assert not [q for q in queries.captured_queries if q["sql"].startswith(("BEGIN", "UPDATE", "INSERT", "DELETE"))]
