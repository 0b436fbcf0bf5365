"""What the database itself refuses, on either kind, and the ways that stay open."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from meldroute.rules.actors import TICK
from meldroute.services.disclosure import withdraw
from meldroute.services.installation import guard
from meldroute.storage import history, row_guards
from meldroute.storage.models import Answer, ChainHead, Contact, Disclosure, Enrichment, HistoryEntry, ReporterFeedback
from tests.services.passing_on_help import pass_on, passing
from tests.unguarded import unguarded

CHAIN = "00000000-0000-4000-8000-0000000000c1"
NOW = datetime(2026, 3, 29, 0, 59, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def written():
    for minute in range(4):
        with transaction.atomic():
            history.append(CHAIN, actor=TICK, act="clock.late", now=NOW + timedelta(minutes=minute))


def refused(do, *words: str) -> None:
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        do()
    for word in words:
        assert word in str(error.value)


def test_history_is_never_changed(written):
    refused(lambda: HistoryEntry.objects.filter(number=2).update(act="clock.reminded"), "history is never changed")


def test_history_goes_only_by_a_certificate(written):
    refused(lambda: HistoryEntry.objects.filter(number=2).delete(), "only by a certificate")


def test_a_certificate_lets_go_of_what_it_names_and_of_nothing_else(written):
    with transaction.atomic():
        history.append(CHAIN, actor=TICK, act=row_guards.CERTIFICATE, now=NOW, details={"first": 2, "last": 3})
    for number in (1, 4, 5):  # before it, after it, and the certificate itself
        refused(lambda n=number: HistoryEntry.objects.filter(number=n).delete())
    assert HistoryEntry.objects.filter(number__in=(2, 3)).delete()[0] == 2


def test_a_certificate_of_another_chain_opens_nothing(written):
    with transaction.atomic():
        history.append("system", actor=TICK, act=row_guards.CERTIFICATE, now=NOW, details={"first": 1, "last": 4})
    refused(lambda: HistoryEntry.objects.filter(chain=CHAIN, number=2).delete())


def test_a_certificate_cannot_cover_itself_or_what_comes_after(written):
    with transaction.atomic():
        history.append(CHAIN, actor=TICK, act=row_guards.CERTIFICATE, now=NOW, details={"first": 1, "last": 9})
    refused(lambda: HistoryEntry.objects.filter(number=2).delete())


@pytest.mark.parametrize("change", [
    {"number": 3}, {"number": 4}, {"number": 6, "hash": b"x" * 32}, {"number": 5}, {"hash": b"x" * 32},
], ids=["back", "nothing", "two at once", "on with the same hash", "another hash"])
def test_a_head_moves_by_one_entry_with_a_new_hash(written, change):
    refused(lambda: ChainHead.objects.filter(chain=CHAIN).update(**change), "a chain moves on by one entry")


def test_a_chain_neither_ends_nor_begins_in_the_middle(written):
    refused(lambda: ChainHead.objects.filter(chain=CHAIN).delete(), "a chain never ends")
    refused(lambda: ChainHead.objects.create(chain="other", number=7, hash=b"x" * 32), "begins at nothing")


@pytest.mark.django_db(transaction=True)
def test_what_was_given_looked_up_or_answered_keeps_its_words(cast):
    now = timezone.now()
    reference = passing(cast, narrative="Verzonnen.", now=now)
    pass_on(cast, reference, "ISZW", now=now)
    there = [m for m in (Disclosure, Contact, Enrichment, Answer, ReporterFeedback) if m.objects.exists()]
    assert Disclosure in there
    for model in there:
        refused(lambda m=model: m.objects.update(content_sealed=b"something else"), "is never changed")
        model.objects.update(municipality=cast.deurne)  # a transfer still works
    Disclosure.objects.update(municipality=cast.helmond)
    withdraw(reference, disclosure=Disclosure.objects.get().pk, reason="vergissing", reader=cast.anna, now=now)
    refused(lambda: Disclosure.objects.update(withdrawn_at=None), "stays taken back")


def test_no_guard_is_missing_after_all_migrations():
    """Also those that came later: on SQLite a table that is rebuilt loses its triggers."""
    assert row_guards.missing(connection) == ()


@pytest.mark.usefixtures("as_owner")
def test_a_guard_that_was_taken_away_is_told_and_comes_back_with_the_next_start(written):
    with connection.cursor() as cursor:
        on = f' ON "{row_guards.HISTORY}"' if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER mr_guard_history_changed{on}")
    assert row_guards.missing(connection) == ("meldroute_historyentry: history_changed",)
    guard()
    assert row_guards.missing(connection) == ()
    refused(lambda: HistoryEntry.objects.filter(number=2).update(act="clock.reminded"))


def test_who_owns_the_database_can_switch_them_off(written):
    """Nothing stops that. The chain tells it: see the drills."""
    with unguarded():
        HistoryEntry.objects.filter(number=2).update(organisation=UUID(CHAIN))
    refused(lambda: HistoryEntry.objects.filter(number=2).update(act="clock.reminded"))


@pytest.mark.usefixtures("as_owner")  # the application may not even ask
def test_a_table_is_not_emptied_at_once(written):
    at_once = "TRUNCATE" if connection.vendor == "postgresql" else "DELETE FROM"  # SQLite's own way, without a WHERE
    with connection.cursor() as cursor:
        refused(lambda: cursor.execute(f"{at_once} meldroute_historyentry"))
    assert HistoryEntry.objects.filter(chain=CHAIN).count() == 4
