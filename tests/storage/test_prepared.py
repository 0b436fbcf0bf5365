"""A prepared question answers what the ORM would answer, for whoever asks, on both databases."""

import threading
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError

from meldroute.services import boundaries
from meldroute.services.reading.work_list import work_list
from meldroute.storage.models import ChainHead, Clock, Membership, Signal
from meldroute.storage.prepared import Prepared, ValueNotAsked
from meldroute.storage.visible import visible_signal
from tests.cast import MONDAY
from tests.services.passing_on_help import reported

pytestmark = pytest.mark.django_db(transaction=True)

CLOCKS = Prepared(lambda signal, now: Clock.objects.filter(signal=signal, due_at__gt=now).order_by("due_at"),
                  signal=UUID, now=type(MONDAY))


def test_it_finds_what_the_orm_finds_with_each_value(cast):
    first, second = (Signal.objects.get(reference=reported(cast)) for _ in range(2))
    for signal in (first, second):
        assert CLOCKS(signal=signal.pk, now=MONDAY) == list(Clock.objects.filter(signal=signal))
    assert CLOCKS(signal=uuid4(), now=MONDAY) == []
    assert CLOCKS(signal=first.pk, now=MONDAY + timedelta(days=3650)) == []


def test_rows_come_as_the_orm_would_hand_them(cast):
    members = Prepared(lambda user, day: Membership.objects.filter(user_id=user).current(day).select_related("organisation"),
                       user=UUID, day=date)
    [found] = members(user=cast.anna.user, day=MONDAY.date())
    with transaction.atomic():
        queries = len(connection.queries_log)
        assert found.organisation.name == "Gemeente Helmond"
        assert len(connection.queries_log) == queries
    signal = Signal.objects.get(reference=reported(cast, minor=None))
    by_number = Prepared(lambda reference, urgency: Signal.objects.filter(reference=reference, urgency__gte=urgency),
                         reference=str, urgency=int)
    [same] = by_number(reference=signal.reference, urgency=0)
    assert (same.forms, same.minor, same.received_at, bytes(same.content_sealed)) == (
        signal.forms, signal.minor, signal.received_at, bytes(signal.content_sealed))
    assert by_number(reference=signal.reference, urgency=signal.urgency + 1) == []


def test_what_changes_the_statement_is_a_shape(cast):
    signal = Signal.objects.get(reference=reported(cast))
    seen = Prepared(lambda kinds, signal: Signal.objects.filter(pk=signal, kind__in=kinds).values_list("pk", flat=True), signal=UUID)
    assert seen((signal.kind,), signal=signal.pk) == [signal.pk]
    assert seen(("end",), signal=signal.pk) == []
    assert seen((), signal=signal.pk) == []  # no statement at all
    assert seen((signal.kind,), signal=signal.pk) == [signal.pk]


def test_a_value_that_the_statement_does_not_hold_is_refused():
    unused = Prepared(lambda signal, now: Clock.objects.filter(signal=signal), signal=UUID, now=type(MONDAY))
    with pytest.raises(ValueNotAsked, match="'now' stands nowhere"):
        unused(signal=uuid4(), now=MONDAY)
    with pytest.raises(ValueNotAsked, match=r"asked with \['signal'\]"):
        CLOCKS(signal=uuid4())


def test_a_row_is_locked_within_a_transaction_only(cast):
    locked = Prepared(lambda chain: ChainHead.objects.select_for_update().filter(chain=chain), chain=str)
    with transaction.atomic():
        assert locked(chain=str(cast.helmond.pk))
    with pytest.raises(TransactionManagementError):
        locked(chain=str(cast.helmond.pk))


def test_a_thread_asks_over_its_own_connection(cast):
    signal = Signal.objects.get(reference=reported(cast))
    CLOCKS(signal=signal.pk, now=MONDAY)
    found = []

    def ask():
        boundaries.enter_everywhere()  # a thread of its own starts nowhere
        found.extend(CLOCKS(signal=signal.pk, now=MONDAY))
        connection.close()

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert [c.signal_id for c in found] == [signal.pk]


def test_one_readers_statement_shows_nothing_to_another(cast):
    """Same role, so the same statement; another municipality, so other rows. In both orders."""
    reference = reported(cast)
    for reader, sees in ((cast.anna, True), (cast.noor, False), (cast.anna, True), (cast.dina, False), (cast.nel, False)):
        assert bool(visible_signal(reference, reader=reader)) == sees
    assert len(work_list(reader=cast.anna, now=MONDAY).rows) == 1
    assert work_list(reader=cast.noor, now=MONDAY).rows == ()
