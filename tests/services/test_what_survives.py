"""After a destruction: a certificate without personal data, a count without a name, and the history in its chain."""

from datetime import date

import pytest

from meldroute.services import destruction, handled
from meldroute.services.chain_monitor import NotTheDirector
from meldroute.storage.models import Destruction, DestructionItem, HistoryEntry, SurvivingCount
from tests.cast import MONDAY
from tests.services.retention_help import DAY, closed, destroyed, ripened
from tests.services.test_destruction import STORY, approve, propose

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_certificate_says_what_how_many_and_who_agreed_and_nothing_about_a_person(cast):
    reference, row, now, before = destroyed(cast, narrative=STORY)
    card = destruction.destruction_card(row.pk, reader=cast.pia, now=now)
    assert (card.state, card.count, card.term, card.outcome) == ("destroyed", 1, "1 years", "no_trafficking")
    assert (card.proposed.name, card.approved.name) == ("Anna Aandacht", "Pia Privacy")
    assert card.finished_at is None  # copies of the key may still exist
    assert card.signals == ()
    for secret in (reference, str(before.pk), "Kees", "Bram"):
        assert secret not in repr(card)


def test_it_is_pending_until_every_key_is_gone(cast):
    closed(cast)
    closed(cast)
    now = ripened()
    row = Destruction.objects.get()
    propose(row, cast.anna, now)
    approve(row, cast.pia, now)
    first, second = DestructionItem.objects.values_list("signal", flat=True)
    destruction.key_gone(first, now=now)
    row.refresh_from_db()
    assert row.finished_at is None
    destruction.key_gone(second, now=now)
    destruction.key_gone(second, now=now + DAY)
    row.refresh_from_db()
    assert row.finished_at == now
    assert HistoryEntry.objects.filter(act="destruction.finished").count() == 1


def test_history_stays_in_its_chain_and_says_that_it_went(cast):
    _, row, _, before = destroyed(cast)
    acts = list(HistoryEntry.objects.filter(signal=before.pk).order_by("id").values_list("act", flat=True))
    assert acts[0] == "signal.received"
    assert acts[-1] == "signal.destroyed"
    [approved] = HistoryEntry.objects.filter(act="destruction.approved")
    assert approved.details == {"destruction": str(row.pk), "outcome": "no_trafficking", "count": 1}


def test_totals_of_the_chain_are_the_same_before_and_after(cast):
    for _ in range(6):
        closed(cast)
    before = handled.handled(reader=cast.karel, now=MONDAY)
    assert (before[0].year, before[0].total) == (2026, 5), "rounded to fives"
    now = ripened()
    row = Destruction.objects.get()
    propose(row, cast.anna, now)
    assert approve(row, cast.pia, now) == 6
    assert handled.handled(reader=cast.karel, now=now) == before


def test_what_survives_for_statistics_names_nobody_and_no_day(cast):
    _, _, _, before = destroyed(cast)
    row = SurvivingCount.objects.get()
    assert (row.closed_month, row.outcome, row.forms, row.weeks_open) == (date(2026, 11, 1), "no_trafficking", [], 0)
    columns = {f.name for f in SurvivingCount._meta.get_fields()}
    assert columns == {"id", "municipality", "closed_month", "outcome", "forms", "weeks_open"}
    assert row.pk != before.pk


def test_only_the_chain_director_sees_the_totals(cast):
    for who in ("anna", "pia", "frits", "nel"):
        with pytest.raises(NotTheDirector):
            handled.handled(reader=getattr(cast, who), now=MONDAY)
