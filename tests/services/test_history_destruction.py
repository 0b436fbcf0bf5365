"""A month of history goes only whole, closed, on the word of two, and leaves a certificate that the chain accepts."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from meldroute.rules.actors import TICK
from meldroute.services import audit_verify
from meldroute.services.history_destruction import DestructionRefused, destroy_month, segments_of
from meldroute.services.key_rotation import StillUsed, bring_along, retire, rotate
from meldroute.services.processing_log import record_processings
from meldroute.storage import history, stored_chains
from meldroute.storage.chain import ChainBroken
from meldroute.storage.models import HistoryEntry
from meldroute.storage.wholeness import look_through
from tests.services.keeping_help import own_keyring
from tests.unguarded import unguarded

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)
pytestmark = pytest.mark.django_db(transaction=True)


def add(cast, at, act="signal.read"):
    with transaction.atomic():
        history.append(cast.helmond.pk, actor=cast.anna.actor, act=act, now=at, signal=uuid4())


@pytest.fixture
def own_keys(settings, tmp_path):
    """Before `months`: the key is turned, and other tests use theirs."""
    return own_keyring(settings, tmp_path)


@pytest.fixture
def months(cast):
    """Entries 1-3 of February, 4-8 of March, 9-10 of April."""
    for month, number in ((2, 3), (3, 5), (4, 2)):
        for day in range(1, number + 1):
            add(cast, datetime(2026, month, day, 12, tzinfo=UTC))
    record_processings()
    return cast


def entries(cast) -> list[int]:
    return list(HistoryEntry.objects.filter(chain=str(cast.helmond.pk)).order_by("number").values_list("number", flat=True))


def destroy(cast, month=MARCH, reason="term_over", first=None, second=None, now=NOW):
    return destroy_month(cast.helmond.pk, month, reason=reason, first=first or cast.frits, second=second or cast.pia, now=now)


def problems() -> list[str]:
    return [f"{found.place}: {found.cause}" for found in audit_verify.verify().findings]


def test_a_month_goes_and_the_certificate_stands_for_it(months):
    [certified] = destroy(months)
    assert entries(months) == [1, 2, 3, 9, 10, 11]
    entry = HistoryEntry.objects.get(chain=str(months.helmond.pk), number=11)
    assert certified.certificate == 11
    told = entry.details
    assert (told["first"], told["last"], told["count"], told["period"], told["reason"]) == (4, 8, 5, "2026-03", "term_over")
    assert told["who"] == [str(months.frits.membership), str(months.pia.membership)]
    assert len(told["first_hash"]) == len(told["last_hash"]) == 64
    assert problems() == []
    [helmond] = [chain for chain in audit_verify.verify().chains if chain.gaps]
    assert [(gap.first, gap.last, gap.certified_by, gap.period) for gap in helmond.gaps] == [(4, 8, 11, "2026-03")]


def test_what_looks_whether_everything_is_whole_accepts_what_a_certificate_covers(months):
    destroy(months)
    assert look_through().entries == HistoryEntry.objects.count()
    with unguarded():
        HistoryEntry.objects.filter(chain=str(months.helmond.pk), number=9).delete()
    with pytest.raises(ChainBroken, match="is missing or out of order"):
        look_through()


def test_month_after_month_in_any_order_and_certificates_stay(months):
    destroy(months, now=datetime(2026, 4, 20, tzinfo=UTC))  # the certificate of March stands in April
    add(months, datetime(2026, 4, 21, tzinfo=UTC))
    record_processings()
    destroy(months, month=date(2026, 2, 1))
    assert problems() == []
    assert [(s.first, s.last) for s in segments_of(months.helmond.pk, APRIL)] == [(9, 10), (12, 12)]
    destroy(months, month=APRIL)
    assert entries(months) == [11, 13, 14, 15]
    assert problems() == []


def test_the_last_of_a_chain_can_go_and_the_chain_goes_on(months):
    destroy(months, month=APRIL)
    add(months, NOW)
    assert entries(months)[-3:] == [8, 11, 12]
    assert problems() == []


def test_a_month_in_which_a_clock_ran_ahead_gives_back_nothing_of_a_later_one(months):
    add(months, datetime(2026, 6, 1, tzinfo=UTC))
    add(months, datetime(2026, 4, 9, tzinfo=UTC))
    record_processings()
    destroy(months, month=APRIL)
    assert entries(months) == [*range(1, 9), 11, 12, 13]
    assert problems() == []


def test_local_midnight_divides_the_months(months):
    add(months, datetime(2026, 5, 31, 22, 30, tzinfo=UTC))  # half past midnight on 1 June in Helmond
    record_processings()
    assert segments_of(months.helmond.pk, date(2026, 5, 1)) == ()
    assert len(segments_of(months.helmond.pk, date(2026, 6, 1))) == 1


def test_one_person_alone_is_refused(months):
    other_role = replace(months.frits, user=months.pia.user)
    for first, second in ((months.pia, months.pia), (other_role, months.pia)):
        with pytest.raises(DestructionRefused, match="one person alone"):
            destroy(months, first=first, second=second)


def test_two_without_the_privacy_officer_or_of_elsewhere_are_refused(months):
    with pytest.raises(DestructionRefused, match="no privacy officer"):
        destroy(months, first=months.frits, second=replace(months.frits, user=uuid4()))
    for stranger in (months.anna, months.karel, replace(months.frits, organisation=months.deurne.pk)):
        with pytest.raises(DestructionRefused, match="this role may not"):
            destroy(months, first=stranger)
    assert len(entries(months)) == 10


def test_a_month_that_runs_is_empty_or_was_not_logged_yet_is_refused(months):
    with pytest.raises(DestructionRefused, match="not over"):
        destroy(months, month=date(2026, 11, 1))
    with pytest.raises(DestructionRefused, match="nothing of this month"):
        destroy(months, month=date(2025, 1, 1))
    add(months, datetime(2026, 4, 5, tzinfo=UTC))
    with pytest.raises(DestructionRefused, match="log of processings"):
        destroy(months, month=APRIL)
    with pytest.raises(DestructionRefused, match="is no reason"):
        destroy(months, reason="because Bram asked")
    assert len(entries(months)) == 11


def test_twice_is_refused_and_half_never_happens(months, monkeypatch):
    destroy(months)
    with pytest.raises(DestructionRefused, match="nothing of this month"):
        destroy(months)
    before = entries(months)
    monkeypatch.setattr("django.db.models.query.QuerySet.delete", lambda rows: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        destroy(months, month=APRIL)
    assert entries(months) == before


def test_a_destruction_without_a_certificate_is_found(months):
    with pytest.raises(IntegrityError), transaction.atomic():
        HistoryEntry.objects.filter(number__in=(4, 5, 6)).delete()
    with unguarded():
        HistoryEntry.objects.filter(number__in=(4, 5, 6)).delete()
    assert problems() == ["chain Gemeente Helmond, entry 4: is missing or out of order: 7 stands in its place"]


@pytest.mark.parametrize("change", [{"last": 9}, {"first": 3}, {"last_hash": "00" * 32}, {"before": "00" * 32},
                                    {"reason": "controller_decision"}, {"count": "many"}, {"who": []}])
def test_a_certificate_that_was_changed_afterwards_is_found(months, change):
    destroy(months)
    row = HistoryEntry.objects.get(chain=str(months.helmond.pk), number=11)
    with unguarded():
        HistoryEntry.objects.filter(pk=row.pk).update(details=row.details | change)
    assert len(problems()) == 1


def test_a_certificate_for_something_else_does_not_fit_the_gap(months):
    """Also when the keyring vouches for it."""
    certify(months, {"before": "00" * 32, "last_hash": "11" * 32})
    HistoryEntry.objects.filter(number__gte=4, number__lte=8).delete()
    [problem] = problems()
    assert problem == ("chain Gemeente Helmond, entry 4: does not follow the entry before it, says the certificate of "
                       "its destruction")


@pytest.mark.parametrize("change", [{"count": 1}, {"who": ["one"]}, {"who": ["one", "one"]}, {"who": None},
                                    {"to": "2027-01-01T00:00:00+00:00"}, {"to": "nooit"}])
def test_a_certificate_that_cannot_be_true_covers_nothing(months, change):
    certify(months, change)
    HistoryEntry.objects.filter(chain=str(months.helmond.pk), number__gte=4, number__lte=8).delete()
    assert problems() == ["chain Gemeente Helmond, entry 4: is missing or out of order: 9 stands in its place"]


@pytest.mark.parametrize("voucher", [None, "1:x", 7, "another's"])
def test_a_certificate_that_only_the_database_vouches_for_covers_nothing(months, voucher):
    """Whoever may write rows, and knows the hashes, makes one by hand and lets go of what it names."""
    other = stored_chains.vouched(str(months.deurne.pk), certified(months))["voucher"]
    said = certified(months) | ({} if voucher is None else {"voucher": other if voucher == "another's" else voucher})
    with transaction.atomic():
        history.append(months.helmond.pk, actor=TICK, act="history.destroyed", now=NOW, details=said)
    HistoryEntry.objects.filter(chain=str(months.helmond.pk), number__gte=4, number__lte=8).delete()
    assert problems() == ["chain Gemeente Helmond, entry 4: is missing or out of order: 9 stands in its place"]


def test_the_key_that_vouches_for_a_certificate_stays(own_keys, months):
    destroy(months)
    rotate(["reporter_tie"], now=NOW)
    bring_along(now=NOW)
    assert problems() == [], "a newer key does not unsay it"
    with pytest.raises(StillUsed, match="1 rows of historyentry use it .a certificate of destruction is never written again"):
        retire("reporter_tie", 1, now=NOW)


def certified(months) -> dict:
    """What the certificate of March would say."""
    ends = {row.number: row for row in HistoryEntry.objects.filter(chain=str(months.helmond.pk), number__in=(4, 8))}
    return {"first": 4, "last": 8, "count": 5, "before": bytes(ends[4].previous_hash).hex(),
            "last_hash": bytes(ends[8].hash).hex(), "to": "2026-03-31T12:00:00+00:00", "who": ["one", "two"],
            "period": "2026-03", "reason": "term_over"}


def certify(months, change: dict) -> None:
    chain = str(months.helmond.pk)
    with transaction.atomic():
        history.append(months.helmond.pk, actor=TICK, act="history.destroyed", now=NOW,
                       details=stored_chains.vouched(chain, certified(months) | change))
