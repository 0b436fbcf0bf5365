"""Destroy signals whose term ended: the desk proposes, the privacy officer approves, and a certificate stays.

Nothing goes by the clock alone. What is approved is looked at once more, in the same transaction: what got a hold or
leads another signal meanwhile stays. After it the signal is absent everywhere; statistics keep a count without a name.
"""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from meldroute.policies.retention import retention_schedule
from meldroute.rules.access import may_approve_destruction, may_propose_destruction
from meldroute.rules.actors import TICK, Actor, Reader
from meldroute.rules.retention import Signature, may_destroy
from meldroute.rules.working_time import local_date
from meldroute.storage import history
from meldroute.storage.choices import choices_in_force
from meldroute.storage.erasing import erase_signal, leave_nothing_behind
from meldroute.storage.models import (
    Destruction,
    DestructionItem,
    Draft,
    KeptSignal,
    KeyDestruction,
    NoLongerKept,
    Signal,
    SurvivingCount,
)

from . import key_destruction, retention_notices
from .keeping import keeping_of, midnight
from .reading.log import log_list_read


class NoSuchList(Exception):
    """It does not exist, or this reader may not know that it does."""


class NotYourTurn(Exception):
    """The list is not where this act can be done, or this role has no part in it."""

    def __init__(self, act: str, state: str):
        super().__init__(f"destruction: '{act}' cannot be done by you while it is '{state}'. Look at it again.")


class SamePerson(Exception):
    """Four eyes: whoever proposed cannot approve, in whichever role."""

    def __init__(self):
        super().__init__("destruction: you proposed it yourself. Another person must approve.")


class ListChanged(Exception):
    """The list is not the one on the reader's screen. Nothing was done."""

    def __init__(self):
        super().__init__("destruction: the list changed since you opened it. Look at it again, then repeat.")


@dataclass(frozen=True, slots=True)
class ListedSignal:
    reference: str
    closed_on: date
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class Named:
    name: str
    role: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DestructionCard:
    """A list on its way, or the certificate of what is gone: what kind, how many, and who agreed. Never about whom."""

    id: UUID
    municipality: str
    outcome: str
    confidential: bool
    code: str
    term: str
    source: str
    status: str
    state: str
    count: int
    listed_at: datetime
    proposed: Named | None
    approved: Named | None
    finished_at: datetime | None
    signals: tuple[ListedSignal, ...]
    seen: str  # what stood on the screen
    may: str  # "propose", "approve" or ""
    because: str  # why not: "same_person"


def destruction_card(id: UUID, *, reader: Reader, now: datetime) -> DestructionCard:
    """Raises `NoSuchList`. That its references were shown is logged before they are."""
    row = _found(id, reader)
    items = [] if row.state == "destroyed" else _signals(row)
    card = card_of(row, items, reader=reader)
    if items:
        log_list_read([pk for pk, *_ in items], row.municipality_id, reader=reader, now=now, which="destruction")
    return card


def card_of(row: Destruction, items: list[tuple[UUID, str, date, date | None]], *, reader: Reader) -> DestructionCard:
    may, because = _may(row, reader)
    return DestructionCard(
        id=row.pk, municipality=row.municipality.name, outcome=row.outcome, confidential=row.lane == "confidential",
        code=row.code, term=row.term, source=row.source, status=row.source_status, state=row.state, count=row.count,
        listed_at=row.listed_at, proposed=_named(row.proposed_by, row.proposed_at),
        approved=_named(row.approved_by, row.approved_at), finished_at=row.finished_at,
        signals=tuple(ListedSignal(*rest) for _, *rest in items), seen=_fingerprint(row.state, items), may=may,
        because=because,
    )


def _may(row: Destruction, reader: Reader) -> tuple[str, str]:
    if row.state == "listed" and may_propose_destruction(reader, lane=row.lane):
        return "propose", ""
    if row.state == "proposed" and may_approve_destruction(reader):
        return ("", "same_person") if row.proposed_person_id == reader.user else ("approve", "")
    return "", ""


def _named(member, at: datetime | None) -> Named | None:
    return Named(member.user.name, member.role, at) if member and at else None


def _found(id: UUID, reader: Reader) -> Destruction:
    related = ("municipality", "proposed_by__user", "approved_by__user")
    row = Destruction.objects.watched_by(reader).select_related(*related).filter(pk=id).first()
    if row is None:
        raise NoSuchList(str(id))
    return row


def _signals(row: Destruction) -> list[tuple[UUID, str, date, date | None]]:
    ids = list(DestructionItem.objects.filter(destruction=row).values_list("signal", flat=True))
    kept = KeptSignal.objects.filter(pk__in=ids).order_by("signal__reference")
    return list(kept.values_list("pk", "signal__reference", "closed_on", "ends_on"))


def _fingerprint(state: str, items: list) -> str:
    return hashlib.sha256("\n".join([state, *(str(pk) for pk, *_ in items)]).encode()).hexdigest()[:32]


# The two persons


def propose(id: UUID, *, seen: str, reader: Reader, now: datetime) -> None:
    """The desk: what is on this list is no longer needed. Raises `NotYourTurn` and `ListChanged`."""
    with transaction.atomic():
        row = _locked(id, reader, act="propose", seen=seen)
        row.state, row.proposed_at, row.reminded_at = "proposed", now, now
        row.proposed_by_id, row.proposed_person_id = reader.membership, reader.user
        row.save(force_update=True)
        retention_notices.tell_whose_turn(row, now=now)
        _note(row, reader.actor, "destruction.proposed", now=now)


def give_back(id: UUID, *, seen: str, reader: Reader, now: datetime) -> None:
    """Not now. The signals are looked at again after a while; the list itself is closed. For who may act now."""
    with transaction.atomic():
        row = _locked(id, reader, act=_may(_found(id, reader), reader)[0] or "give back", seen=seen)
        ids = list(DestructionItem.objects.filter(destruction=row).values_list("signal", flat=True))
        later = midnight(retention_schedule().reminder.period.after(local_date(now)))
        KeptSignal.objects.filter(pk__in=ids).update(next_look_at=later)
        DestructionItem.objects.filter(destruction=row).delete()
        row.state, row.returned_at, row.returned_by_id = "returned", now, reader.membership
        row.save(force_update=True)
        _note(row, reader.actor, "destruction.returned", now=now)


def approve(id: UUID, *, seen: str, reader: Reader, now: datetime) -> int:
    """The privacy officer: let it happen, now. Returns how many are gone.

    Raises `NotYourTurn`, `SamePerson` and `ListChanged`.
    """
    with transaction.atomic():
        _lock_signals(_found(id, reader))  # before the list, in the order of every act on a signal
        row = _locked(id, reader, act="approve", seen=seen)
        gone = [pk for pk, *_ in _signals(row) if _destroy_one(pk, row, reader=reader, now=now)]
        DestructionItem.objects.filter(destruction=row).exclude(signal__in=gone).delete()
        row.count, row.state = len(gone), "destroyed" if gone else "returned"
        row.approved_at, row.approved_by_id, row.approved_person_id = now, reader.membership, reader.user
        row.save(force_update=True)
        for pk in gone:
            history.append(row.municipality_id, actor=reader.actor, act="signal.destroyed", now=now, signal=pk,
                           details={"destruction": str(row.pk)})
        _note(row, reader.actor, "destruction.approved", now=now)
    leave_nothing_behind()
    return len(gone)


def _locked(id: UUID, reader: Reader, *, act: str, seen: str) -> Destruction:
    _found(id, reader)
    row = Destruction.objects.watched_by(reader).select_for_update(of=("self",)).get(pk=id)
    may, because = _may(row, reader)
    if because == "same_person":
        raise SamePerson
    if may != act:
        raise NotYourTurn(act, row.state)
    if seen != _fingerprint(row.state, _signals(row)):
        raise ListChanged
    return row


def _lock_signals(row: Destruction) -> None:
    ids = DestructionItem.objects.filter(destruction=row).values("signal")
    list(Signal.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk").values_list("pk"))


def _note(row: Destruction, actor: Actor, act: str, *, now: datetime) -> None:
    history.append(row.municipality_id, actor=actor, act=act, now=now,
                   details={"destruction": str(row.pk), "outcome": row.outcome, "count": row.count})


# One signal


def _destroy_one(id: UUID, row: Destruction, *, reader: Reader, now: datetime) -> bool:
    """False: it may not go any more. It leaves the list and is looked at again by the clock."""
    signal = Signal.objects.filter(pk=id, kind="end").first()
    kept = KeptSignal.objects.filter(pk=id).first()
    agreed = may_destroy(Signature(str(row.proposed_person_id), "desk"), Signature(str(reader.user), reader.role))
    if signal is None or kept is None or not agreed:
        return False
    found = keeping_of(kept, choices=choices_in_force(row.municipality_id, now=now), now=now)
    if found.standing != "ripe":
        KeptSignal.objects.filter(pk=id).update(next_look_at=now)
        return False
    _leave_what_survives(signal, kept, now=now)
    Draft.objects.filter(submission=signal.submission).delete()
    key_destruction.destroy_signal_key(id, now=now, actor=reader.actor)
    erase_signal(id)
    return True


def _leave_what_survives(signal: Signal, kept: KeptSignal, *, now: datetime) -> None:
    """A count without a name, for numbers; and for the reporter, for a year, that it is gone.

    Signals about a colleague are in no number while they exist, and in none afterwards.
    """
    if signal.lane == "regular":
        SurvivingCount.objects.create(
            municipality_id=signal.municipality_id, closed_month=kept.closed_on.replace(day=1), outcome=kept.outcome,
            forms=sorted(signal.forms), weeks_open=max(0, (kept.closed_on - local_date(signal.received_at)).days // 7))
    NoLongerKept.objects.create(
        reporter_tie=signal.reporter_tie, reference=signal.reference, municipality_id=signal.municipality_id,
        forget_on=retention_schedule().no_longer_kept.period.after(local_date(now)))


def finish_lists(*, now: datetime) -> None:
    """Keys that are gone everywhere finish the lists they were on. Costs one short question when nothing waits."""
    gone = KeyDestruction.objects.exclude(finished_at=None).values("signal")
    waiting = DestructionItem.objects.filter(finished_at=None, destruction__state="destroyed", signal__in=gone)
    for signal in waiting.values_list("signal", flat=True):
        key_gone(signal, now=now)


def key_gone(signal: UUID, *, now: datetime) -> None:
    """Every copy of this signal's key is gone. When that holds for all of a list, its destruction is finished."""
    with transaction.atomic():
        item = DestructionItem.objects.filter(signal=signal, finished_at=None).first()
        if item is None:
            return
        row = Destruction.objects.select_for_update().get(pk=item.destruction_id)
        DestructionItem.objects.filter(pk=item.pk).update(finished_at=now)
        if not DestructionItem.objects.filter(destruction=row, finished_at=None).exists():
            Destruction.objects.filter(pk=row.pk).update(finished_at=now)
            _note(row, TICK, "destruction.finished", now=now)
