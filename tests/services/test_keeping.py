"""Terms that run, warn and are listed by the clock; holds, extensions and own terms that change them."""

import importlib
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from meldroute.rules.retention import OwnTerm, Period
from meldroute.services import destruction, holds, keeping, municipality_settings
from meldroute.services.desk import NoSuchSignal
from meldroute.services.holds import HoldRefused, NewHold
from meldroute.services.retention_calendar import calendar
from meldroute.services.ticking import tick
from meldroute.storage.models import (
    Destruction,
    DestructionItem,
    HistoryEntry,
    KeptSignal,
    Message,
    RetentionHold,
    Signal,
)
from tests.cast import MONDAY
from tests.services.acting_cases import enriched
from tests.services.retention_help import DAY, YEAR, closed, kept, listed, proposed, ripened, seen

pytestmark = pytest.mark.django_db(transaction=True)
SOON = date(2027, 12, 31)


@pytest.mark.parametrize(("outcome", "ends"), [
    ("acted", date(2031, 11, 23)), ("no_trafficking", date(2027, 11, 23)), ("other_phenomenon", None)])
def test_closing_starts_the_term_of_its_outcome(cast, outcome, ends):
    row = kept(closed(cast, outcome))
    assert (row.outcome, row.closed_on, row.ends_on) == (outcome, date(2026, 11, 23), ends)
    assert (row.next_look_at is None) == (ends is None)


def test_a_signal_that_was_closed_before_gets_its_term_from_the_clock(cast):
    reference = closed(cast)
    KeptSignal.objects.update(outcome="", ends_on=None, next_look_at=MONDAY)
    keeping.keep_terms(now=MONDAY)
    assert (kept(reference).outcome, kept(reference).ends_on) == ("no_trafficking", date(2027, 11, 23))


def test_an_upgrade_gives_what_was_closed_before_a_place_for_its_term(cast):
    reference, still_open = closed(cast), enriched(cast)
    KeptSignal.objects.all().delete()
    migration = importlib.import_module("meldroute.storage.migrations.0006_retention")
    migration.keep_what_was_closed_before(apps, None)
    keeping.keep_terms(now=MONDAY + DAY)
    assert kept(reference).ends_on == date(2027, 11, 23)
    assert not KeptSignal.objects.filter(signal__reference=still_open).exists()


def test_the_owner_is_warned_a_month_ahead_once_and_never_told_about_whom(cast):
    reference = closed(cast)
    assert keeping.keep_terms(now=MONDAY + YEAR - 40 * DAY).done == 0
    for _ in range(3):
        keeping.keep_terms(now=MONDAY + YEAR - 30 * DAY)
    [message] = Message.objects.filter(kind="retention_warning")
    assert (message.membership_id, message.signal_id, message.count) == (cast.anna.membership, None, 1)
    assert HistoryEntry.objects.filter(act="retention.warned").count() == 1
    assert kept(reference).warned_on == date(2027, 10, 25)


def test_several_that_end_are_one_message_with_a_number(cast):
    for _ in range(3):
        closed(cast)
    tick(now=MONDAY + YEAR - 30 * DAY)
    assert Message.objects.get(kind="retention_warning").count == 3


def test_where_nobody_can_be_warned_nothing_is_listed(cast):
    closed(cast)
    Signal.objects.get().municipality.memberships.filter(role__in=("focal_point", "buddy")).update(valid_to=date(2026, 12, 1))
    cast.deurne.memberships.update(valid_to=date(2026, 12, 1))
    for day in range(40):
        keeping.keep_terms(now=MONDAY + YEAR + day * DAY)
    assert Destruction.objects.count() == 0
    assert Message.objects.filter(kind="retention_warning").count() == 0


def test_at_its_end_it_is_put_on_a_list_and_nothing_is_destroyed_by_the_clock(cast):
    reference, row, now = listed(cast)
    for day in range(0, 800, 50):
        tick(now=now + day * DAY)
    assert Signal.objects.filter(reference=reference).exists()
    assert (Destruction.objects.get().state, row.count, row.term, row.code) == ("listed", 1, "1 years", "")
    assert DestructionItem.objects.count() == 1


def test_a_warning_that_came_late_still_leaves_the_whole_month(cast):
    closed(cast)
    late = MONDAY + YEAR + 100 * DAY
    keeping.keep_terms(now=late)
    keeping.keep_terms(now=late + 29 * DAY)
    assert Destruction.objects.count() == 0
    keeping.keep_terms(now=late + 31 * DAY)
    assert Destruction.objects.get().count == 1


def test_whoever_is_to_act_is_reminded_until_they_do(cast):
    _, _row, now = proposed(cast)
    keeping.keep_terms(now=now + 13 * DAY)
    assert Message.objects.filter(kind="destruction_proposed").count() == 1
    keeping.keep_terms(now=now + 14 * DAY)
    keeping.keep_terms(now=now + 14 * DAY)
    assert Message.objects.filter(kind="destruction_proposed", membership=cast.pia.membership).count() == 2


def test_what_the_clock_costs_grows_with_what_is_due(cast):
    closed(cast)
    with CaptureQueriesContext(connection) as one:
        assert keeping.keep_terms(now=MONDAY).done == 0
    for _ in range(4):
        closed(cast)
    with CaptureQueriesContext(connection) as five:
        assert keeping.keep_terms(now=MONDAY).done == 0
    assert len(five) == len(one) <= 5


# Holds


def put_hold(cast, reference, *, now=MONDAY, until=SOON, reader=None, reason="procedure"):
    holds.hold(reference, NewHold(reason, until, "De rechtbank vroeg het op."), reader=reader or cast.anna, now=now)


def test_a_hold_keeps_it_for_as_long_as_it_stands_and_takes_it_off_the_list(cast):
    reference, _, now = listed(cast)
    put_hold(cast, reference, now=now, until=date(2028, 1, 1))
    assert DestructionItem.objects.count() == 0
    assert Destruction.objects.get().state == "returned"
    for day in range(0, 900, 100):  # also long after its day
        keeping.keep_terms(now=now + day * DAY)
    assert DestructionItem.objects.count() == 0
    holds.lift(reference, reader=cast.bo, now=now + 900 * DAY)
    keeping.keep_terms(now=now + 900 * DAY)
    assert DestructionItem.objects.count() == 1
    row = RetentionHold.objects.get()
    assert (row.placed_by_id, row.lifted_by_id) == (cast.anna.membership, cast.bo.membership)


def test_when_its_day_comes_the_owner_is_asked_to_look_again(cast):
    reference = closed(cast)
    put_hold(cast, reference, until=date(2027, 1, 1))
    keeping.keep_terms(now=MONDAY + 30 * DAY)
    assert not Message.objects.filter(kind="hold_ends").exists()
    for _ in range(2):
        keeping.keep_terms(now=MONDAY + 40 * DAY)
    assert Message.objects.get(kind="hold_ends").membership_id == cast.anna.membership
    assert RetentionHold.objects.get().lifted_at is None


def test_the_privacy_officer_sees_who_holds_what_until_when_and_no_explanation(cast):
    reference = closed(cast)
    put_hold(cast, reference)
    [hold] = calendar(reader=cast.pia, now=MONDAY).holds
    assert (hold.reference, hold.reason, hold.by, hold.until) == (reference, "procedure", "Anna Aandacht", SOON)
    assert "rechtbank" not in repr(calendar(reader=cast.pia, now=MONDAY))
    assert "rechtbank" in repr(holds.keeping_page(reference, reader=cast.anna, now=MONDAY))
    assert b"rechtbank" not in bytes(RetentionHold.objects.get().content_sealed)


@pytest.mark.parametrize(("change", "cause"), [
    ({"reason": "zomaar"}, "unknown_reason"), ({"until": date(2026, 11, 23)}, "in_the_past")])
def test_a_hold_needs_a_known_reason_and_a_day_to_come(cast, change, cause):
    reference = closed(cast)
    with pytest.raises(HoldRefused) as refused:
        holds.hold(reference, replace(NewHold("request", SOON), **change), reader=cast.anna, now=MONDAY)
    assert refused.value.cause == cause


def test_one_hold_at_a_time_also_in_the_database(cast):
    reference = closed(cast)
    put_hold(cast, reference)
    with pytest.raises(HoldRefused, match="held_already"):
        put_hold(cast, reference)
    row = RetentionHold.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        RetentionHold.objects.create(signal_id=row.signal_id, municipality_id=row.municipality_id, lane="regular",
                                     reason="other", placed_at=MONDAY, placed_by_id=cast.bo.membership, until=SOON)


def test_an_open_signal_has_no_hold_and_somebody_else_s_is_absent(cast):
    with pytest.raises(HoldRefused, match="still_open"):
        put_hold(cast, enriched(cast))
    reference = closed(cast)
    for reader in (cast.noor, cast.pia, cast.frits, cast.dina, cast.karel, cast.nel):
        for act in (put_hold, lambda c, r, reader: holds.lift(r, reader=reader, now=MONDAY),
                    lambda c, r, reader: holds.extend(r, reader=reader, now=MONDAY),
                    lambda c, r, reader: holds.keeping_page(r, reader=reader, now=MONDAY)):
            with pytest.raises(NoSuchSignal):
                act(cast, reference, reader=reader)


# Review, bundles, own terms


def test_too_little_information_is_extended_once(cast):
    reference, _, now = listed(cast)
    KeptSignal.objects.update(outcome="too_little")
    holds.extend(reference, reader=cast.anna, now=now)
    keeping.keep_terms(now=now)
    assert DestructionItem.objects.count() == 0
    assert kept(reference).ends_on == date(2028, 11, 23)
    with pytest.raises(HoldRefused, match="no_review"):
        holds.extend(reference, reader=cast.anna, now=now)


def test_a_signal_that_leads_waits_for_those_that_follow_it(cast):
    leading, following = closed(cast), closed(cast)
    Signal.objects.filter(reference=following).update(lead=Signal.objects.get(reference=leading))
    now = ripened()
    [item] = DestructionItem.objects.all()
    assert item.signal == kept(following).pk
    row = Destruction.objects.get()
    destruction.propose(row.pk, seen=seen(row, cast.anna, now), reader=cast.anna, now=now)
    destruction.approve(row.pk, seen=seen(row, cast.pia, now), reader=cast.pia, now=now)
    keeping.keep_terms(now=now + 2 * DAY)
    assert DestructionItem.objects.filter(signal=kept(leading).pk).exists()


def own(amount=3, unit="months", **more):
    return OwnTerm(Period(amount, unit), **({"advised_by": "Pia Privacy", "advised_on": date(2026, 11, 20)} | more))


def save_own(cast, terms, *, now=MONDAY, starts=None):
    row = municipality_settings.settings_now(reader=cast.frits, now=now).row
    municipality_settings.save("retention", terms, starts=starts, seen=row, reader=cast.frits, now=now)


def test_a_shorter_term_of_the_municipality_counts_and_says_whose_advice_it_was(cast):
    reference = closed(cast)
    save_own(cast, {"no_trafficking": own()})
    keeping.keep_terms(now=MONDAY)
    assert kept(reference).ends_on == date(2027, 2, 23)
    page = holds.keeping_page(reference, reader=cast.anna, now=MONDAY)
    assert page.status == "own norm"
    assert "op advies van de FG van 2026-11-20" in page.source


def test_a_longer_one_or_one_without_advice_is_refused_before_it_is_saved(cast):
    for term in (own(2, "years"), own(advised_by="")):
        with pytest.raises(municipality_settings.SettingsRefused):
            save_own(cast, {"no_trafficking": term})


def test_a_term_that_starts_later_counts_from_that_day(cast):
    reference = closed(cast)
    save_own(cast, {"no_trafficking": own()}, starts=date(2026, 12, 1))
    keeping.keep_terms(now=MONDAY + DAY)
    assert kept(reference).ends_on == date(2027, 11, 23)
    keeping.keep_terms(now=MONDAY + 9 * DAY)
    assert kept(reference).ends_on == date(2027, 2, 23)


def test_an_unknown_term_is_set_by_the_municipality_only(cast):
    reference = closed(cast, "other_phenomenon")
    keeping.keep_terms(now=MONDAY + timedelta(days=5000))
    assert (kept(reference).ends_on, Destruction.objects.count()) == (None, 0)
    save_own(cast, {"other_phenomenon": own(2, "years")})
    keeping.keep_terms(now=MONDAY)
    assert kept(reference).ends_on == date(2028, 11, 23)


def test_the_calendar_counts_per_month_and_outcome_and_says_what_was_shown(cast):
    references = [closed(cast) for _ in range(2)] + [closed(cast, "other_phenomenon")]
    card = calendar(reader=cast.pia, now=MONDAY)
    assert [(m.month, m.outcome, m.count) for m in card.months] == [
        (date(2027, 11, 1), "no_trafficking", 2), (None, "other_phenomenon", 1)]
    assert {e.reference for e in card.ending} == set(references[:2])
    entry = HistoryEntry.objects.filter(act="list.read", role="privacy_officer").latest("id")
    assert set(entry.subjects) == {str(kept(r).pk) for r in references[:2]}
    for stranger in (cast.frits, cast.karel, cast.noor, cast.nel, cast.bram, cast.dina):
        empty = calendar(reader=stranger, now=MONDAY)
        assert (empty.months, empty.ending, empty.holds, empty.waiting) == ((), (), (), ())
