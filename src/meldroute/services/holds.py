"""What keeps a closed signal from being destroyed: a hold by name, and the one extension of a review."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from meldroute.rules.actors import Reader
from meldroute.rules.policy import Text
from meldroute.rules.retention import HOLD_REASONS, may_be_matched
from meldroute.storage import history
from meldroute.storage.choices import choices_in_force
from meldroute.storage.models import KeptSignal, RetentionHold, Signal
from meldroute.storage.visible import refuse_forged_way_in, visible_signal

from .desk import NoSuchSignal, key_of
from .keeping import keeping_of, own_source, take_off_list
from .reading.log import log_signal_read


class HoldRefused(Exception):
    """This cannot be done now. `cause` is one of CAUSES; a screen has the words."""

    def __init__(self, cause: str):
        super().__init__(f"retention: {cause}. Look at what stands on the page now.")
        self.cause = cause


CAUSES = ("still_open", "held_already", "not_held", "in_the_past", "unknown_reason", "no_review")


@dataclass(frozen=True, slots=True)
class NewHold:
    reason: str  # rules.retention.HOLD_REASONS
    until: date
    explanation: str = ""


@dataclass(frozen=True, slots=True)
class HoldCard:
    reason: str
    explanation: str  # "" for who sees no content
    by: str
    role: str
    since: datetime
    until: date


@dataclass(frozen=True, slots=True)
class KeepingPage:
    """How long this signal is kept, why so long, and what can be done about it."""

    reference: str
    closed: bool
    standing: str
    closed_on: date | None
    ends_on: date | None
    object: Text | None
    result: str
    term: tuple[int, str] | None
    source: str
    status: str
    matched: bool
    hold: HoldCard | None
    may_extend: bool


def keeping_page(reference: str, *, reader: Reader, now: datetime) -> KeepingPage:
    """Raises `NoSuchSignal`. The reading is logged before the card is returned."""
    signal = _visible(reference, reader)
    row = KeptSignal.objects.watched_by(reader).filter(pk=signal.pk).first()
    page = _page(signal, row, now=now) if row else _open_page(signal)
    log_signal_read(signal.pk, signal.municipality_id, reader=reader, now=now, part="retention")
    return page


def _page(signal: Signal, row: KeptSignal, *, now: datetime) -> KeepingPage:
    found = keeping_of(row, choices=choices_in_force(row.municipality_id, now=now), now=now)
    period = found.own.period if found.own else found.term.period
    return KeepingPage(
        reference=signal.reference, closed=True, standing=found.standing, closed_on=row.closed_on, ends_on=found.ends_on,
        object=found.term.object, result=found.term.result, term=(period.amount, period.unit) if period else None,
        source=own_source(found), status=found.status, matched=may_be_matched(row.outcome), hold=_standing(signal),
        may_extend=found.may_extend,
    )


def _open_page(signal: Signal) -> KeepingPage:
    return KeepingPage(signal.reference, False, "open", None, None, None, "", None, "", "policy", True, None, False)


def _standing(signal: Signal) -> HoldCard | None:
    row = _hold_of(signal.pk)
    if row is None:
        return None
    told = row.unseal("content_sealed", key=key_of(signal.pk))
    return HoldCard(row.reason, told.get("explanation", ""), row.placed_by.user.name, row.placed_by.role, row.placed_at,
                    row.until)


def _hold_of(signal: UUID) -> RetentionHold | None:
    return RetentionHold.objects.of_signal(signal).filter(lifted_at=None).select_related("placed_by__user").first()


def hold(reference: str, new: NewHold, *, reader: Reader, now: datetime) -> None:
    """Nothing of it is destroyed until somebody lifts this by name. Raises `HoldRefused`."""
    with transaction.atomic():
        signal, row = _closed(reference, reader)
        _check(new, signal, now=now)
        held = RetentionHold(signal=signal, municipality_id=signal.municipality_id, lane=signal.lane, reason=new.reason,
                             placed_at=now, placed_by_id=reader.membership, until=new.until)
        held.seal("content_sealed", {"explanation": new.explanation.strip()}, key=key_of(signal.pk))
        held.save(force_insert=True)
        take_off_list(signal.pk)
        KeptSignal.objects.watched_by(reader).filter(pk=row.pk).update(next_look_at=None)
        _note(signal, reader, "retention.held", now=now, reason=new.reason, until=new.until.isoformat())


def _check(new: NewHold, signal: Signal, *, now: datetime) -> None:
    if new.reason not in HOLD_REASONS:
        raise HoldRefused("unknown_reason")
    if new.until <= timezone.localtime(now).date():
        raise HoldRefused("in_the_past")
    if _hold_of(signal.pk):
        raise HoldRefused("held_already")


def lift(reference: str, *, reader: Reader, now: datetime) -> None:
    with transaction.atomic():
        signal, row = _closed(reference, reader)
        held = _hold_of(signal.pk)
        if held is None:
            raise HoldRefused("not_held")
        held.lifted_at, held.lifted_by_id = now, reader.membership
        held.save(update_fields=["lifted_at", "lifted_by"])
        KeptSignal.objects.watched_by(reader).filter(pk=row.pk).update(next_look_at=now)
        _note(signal, reader, "retention.lifted", now=now)


def extend(reference: str, *, reader: Reader, now: datetime) -> None:
    """Too little is known, and it may still become clear: kept once for as long again."""
    with transaction.atomic():
        signal, row = _closed(reference, reader)
        found = keeping_of(row, choices=choices_in_force(row.municipality_id, now=now), now=now)
        if not found.may_extend:
            raise HoldRefused("no_review")
        take_off_list(signal.pk)
        KeptSignal.objects.watched_by(reader).filter(pk=row.pk).update(
            extended_on=timezone.localtime(now).date(), extended_by=reader.membership, next_look_at=now)
        _note(signal, reader, "retention.extended", now=now)




def _visible(reference: str, reader: Reader) -> Signal:
    signal = visible_signal(reference, reader=reader)
    if signal is None:
        raise NoSuchSignal(reference)
    return signal


def _closed(reference: str, reader: Reader) -> tuple[Signal, KeptSignal]:
    signal = Signal.objects.visible_to(reader).select_for_update(of=("self",)).filter(reference=reference).first()
    if signal is None:
        raise NoSuchSignal(reference)
    refuse_forged_way_in(signal, reader=reader)
    row = KeptSignal.objects.watched_by(reader).filter(pk=signal.pk).first()
    if row is None:
        raise HoldRefused("still_open")
    return signal, row


def _note(signal: Signal, reader: Reader, act: str, *, now: datetime, **details: str) -> None:
    history.append(signal.municipality_id, actor=reader.actor, act=act, now=now, signal=signal.pk, details=details)
