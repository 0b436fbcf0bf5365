"""A shielded signal of which nobody named is left lies in a drawer: the designated person says who reads it now.

They see the reference and no more of it. Privacy officer and whoever is named are told.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from meldroute.rules.access import may_be_named
from meldroute.rules.actors import Reader
from meldroute.storage import history
from meldroute.storage.models import Membership, Message, NamedReader, Signal

from .desk import NoSuchSignal
from .notices import to_members
from .reading.log import log_list_read
from .shielding import NobodyNamed

MOST = 50


@dataclass(frozen=True, slots=True)
class AbandonedCard:
    reference: str
    people: tuple[tuple[UUID, str, str], ...]  # who may be named: membership, name, role


def abandoned(*, reader: Reader, now: datetime) -> tuple[AbandonedCard, ...]:
    rows = list(Signal.objects.named_again_by(reader, day=_day(now)).order_by("next_due_at")[:MOST]
                .values_list("pk", "reference", "lane"))
    cards = tuple(AbandonedCard(reference, _people(reader, lane, now=now)) for _, reference, lane in rows)
    if rows:
        log_list_read([pk for pk, *_ in rows], reader.organisation, reader=reader, now=now, which="abandoned")
    return cards


def name_again(reference: str, *, named: Collection[UUID], reader: Reader, now: datetime) -> None:
    """Raises `NoSuchSignal` when it is not one of these, and `NobodyNamed`."""
    with transaction.atomic():
        rows = Signal.objects.named_again_by(reader, day=_day(now)).select_for_update(of=("self",))
        signal = rows.filter(reference=reference).first()
        if signal is None:
            raise NoSuchSignal(reference)
        chosen = [id for id, *_ in _people(reader, signal.lane, now=now) if id in set(named)]
        if not chosen:
            raise NobodyNamed(reference)
        NamedReader.objects.of_signal(signal.pk).delete()
        NamedReader.objects.bulk_create(NamedReader(signal=signal, municipality_id=signal.municipality_id, membership_id=id,
                                                    at=now) for id in chosen)
        officers = Membership.objects.of(signal.municipality_id, "privacy_officer").current(_day(now))
        of = {"municipality": signal.municipality_id, "now": now}
        Message.objects.bulk_create([
            *to_members("named_reader", chosen, signal=signal, **of),
            *to_members("named_again", officers.values_list("pk", flat=True), count=1, **of)])
        history.append(signal.municipality_id, actor=reader.actor, act="signal.named_again", now=now, signal=signal.pk,
                       details={"named": sorted(map(str, chosen))})


def _people(reader: Reader, lane: str, *, now: datetime) -> tuple[tuple[UUID, str, str], ...]:
    here = Membership.objects.filter(organisation=reader.organisation).present(_day(now)).order_by("user__name", "pk")
    return tuple(row for row in here.exclude(role="reporter").values_list("pk", "user__name", "role")
                 if may_be_named(row[2], lane=lane))


def _day(now: datetime):
    return timezone.localtime(now).date()
