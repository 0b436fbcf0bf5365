"""The term of each closed signal: it starts at closing, its owner is warned, and at its end it is put on a list.

The clock warns, asks and lists. It never destroys: that is `destruction.py`, and takes two persons.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone

from meldroute.policies.retention import retention_schedule
from meldroute.rules.actors import TICK
from meldroute.rules.choices import Choices
from meldroute.rules.policy import Policy, UnknownInPolicy
from meldroute.rules.retention import Keeping, KeptFacts, keeping, outcome_of
from meldroute.rules.working_time import local_date
from meldroute.storage import history
from meldroute.storage.choices import choices_in_force
from meldroute.storage.models import Destruction, DestructionItem, KeptSignal, NoLongerKept, RetentionHold, Signal
from meldroute.storage.prepared import Prepared

from . import duties, retention_notices
from .running_policy import policy_of

BATCH = 200
LONGEST_LIST = 100  # one page that a person can read before agreeing
WAITING = ("listed", "proposed")


@dataclass(slots=True)
class Kept:
    """What the clock did, in counts."""

    done: int = 0
    troubles: list[str] = field(default_factory=list)


def begin(signal: Signal, *, policy: Policy, choices: Choices, now: datetime) -> None:
    """At closing: the term starts, and the outcome is kept for it."""
    row = KeptSignal(signal=signal, municipality_id=signal.municipality_id, lane=signal.lane,
                     outcome=_outcome(signal, policy), closed_on=local_date(now))
    _plan(row, keeping_of(row, choices=choices, now=now), now=now)
    row.save(force_insert=True)


def keeping_of(row: KeptSignal, *, choices: Choices, now: datetime) -> Keeping:
    """What the rules say about this signal today."""
    facts = KeptFacts(
        outcome=row.outcome, closed_on=row.closed_on, extended=row.extended_on is not None, warned_on=row.warned_on,
        held=RetentionHold.objects.of_signal(row.signal_id).filter(lifted_at=None).exists(),
        leads=Signal.objects.filter(lead=row.signal_id).exists(),
    )
    return keeping(facts, retention_schedule(), own=choices.retention.get(row.outcome), today=local_date(now))


def _outcome(signal: Signal, policy: Policy) -> str:
    try:
        return outcome_of(policy.closing_reason(signal.closing_reason), conclusion=signal.conclusion)
    except UnknownInPolicy:  # a pack whose end needs no reason: nobody knows a term for it
        return "other_phenomenon"


def _plan(row: KeptSignal, found: Keeping, *, now: datetime) -> None:
    row.ends_on = found.ends_on
    row.next_look_at = midnight(found.look_on) if found.look_on else (now if found.standing == "ripe" else None)


def midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def look_again(*, municipality: UUID, outcomes: tuple[str, ...], at: datetime) -> int:
    """A term of this municipality changes at `at`: what it counts for is looked at then, if not sooner."""
    rows = KeptSignal.objects.filter(municipality=municipality, outcome__in=outcomes)
    return rows.exclude(next_look_at__lte=at).update(next_look_at=at)


# The clock


def keep_terms(*, now: datetime) -> Kept:
    """Warn, list, ask again and forget, once each. What it costs grows with what is due."""
    kept = Kept()
    _each(kept, "term", _due_terms, look, now=now)
    _each(kept, "hold", _due_holds, _ask_about_hold, now=now)
    _each(kept, "destruction", _waiting_lists, _remind, now=now)
    gone = NoLongerKept.objects.filter(forget_on__lte=local_date(now))
    kept.done += gone.delete()[0] if gone.exists() else 0
    return kept


def _each(kept: Kept, what: str, due: Callable[..., list[UUID]], act: Callable[..., bool], *, now: datetime) -> None:
    seen: set[UUID] = set()
    while ids := [id for id in due(now=now) if id not in seen]:
        for id in ids:
            seen.add(id)
            try:
                kept.done += act(id, now=now)
            except (OperationalError, InterfaceError):  # no database: the next tick comes back to it
                raise
            except Exception as error:  # one broken row may not keep the others waiting: told in the report
                kept.troubles.append(f"{what} {id}: {type(error).__name__}")


def _due_terms(*, now: datetime) -> list[UUID]:
    return _TERMS(now=now)


_TERMS = Prepared(lambda now: KeptSignal.objects.filter(next_look_at__lte=now).order_by("next_look_at")
                  .values_list("pk", flat=True)[:BATCH], now=datetime)


def look(id: UUID, *, now: datetime) -> bool:
    """One look at one term. The signal is locked first, as in every act on it."""
    with transaction.atomic():
        signal = Signal.objects.select_for_update(of=("self",)).filter(pk=id, kind="end").first()
        row = KeptSignal.objects.filter(pk=id, next_look_at__lte=now).first()
        if signal is None or row is None:
            return False
        choices = choices_in_force(row.municipality_id, now=now)
        row.outcome = row.outcome or _outcome(signal, policy_of(signal.pack_id, now=now))
        found = keeping_of(row, choices=choices, now=now)
        act = ""
        if found.standing == "warn" and _warn(row, choices, now=now):
            row.warned_on, act = local_date(now), "retention.warned"
            found = keeping_of(row, choices=choices, now=now)
        _plan(row, found, now=now)
        if found.standing != "ripe":
            take_off_list(row.pk)
        else:
            act = "retention.listed" if _put_on_list(row, found, choices, now=now) else ""
            row.next_look_at = None
        row.save(force_update=True)
        if act:
            history.append(row.municipality_id, actor=TICK, act=act, now=now, signal=row.pk,
                           details={"outcome": row.outcome, "ends_on": row.ends_on.isoformat()})
    return bool(act)


def _warn(row: KeptSignal, choices: Choices, *, now: datetime) -> bool:
    """Tell the owner. Where nobody is there to be told nothing counts as a warning, and tomorrow it is tried again."""
    told = duties.on_duty(row.municipality_id, lane=row.lane, choices=choices, now=now)
    if told.nobody or not told.people:
        return False
    retention_notices.tell("retention_warning", told.people, municipality=row.municipality_id, now=now)
    return True


def _put_on_list(row: KeptSignal, found: Keeping, choices: Choices, *, now: datetime) -> bool:
    if DestructionItem.objects.filter(signal=row.pk).exists():
        return False
    named = {"municipality_id": row.municipality_id, "lane": row.lane, "outcome": row.outcome, "code": found.term.code,
             "term": term_words(found), "source": own_source(found)[:300], "source_status": found.status}
    listed = Destruction.objects.select_for_update().filter(state="listed", count__lt=LONGEST_LIST, **named).first()
    if listed is None:
        listed = Destruction.objects.create(state="listed", listed_at=now, reminded_at=now, **named)
        told = duties.on_duty(row.municipality_id, lane=row.lane, choices=choices, now=now)
        if not told.nobody:
            retention_notices.tell("destruction_listed", told.people, municipality=row.municipality_id, now=now)
    DestructionItem.objects.create(destruction=listed, municipality_id=row.municipality_id, signal=row.pk)
    Destruction.objects.filter(pk=listed.pk).update(count=listed.count + 1)
    return True


def take_off_list(signal: UUID) -> None:
    """It may not go now: no list that waits for a person names it any more."""
    item = DestructionItem.objects.filter(signal=signal, destruction__state__in=WAITING).first()
    if item is None:
        return
    row = Destruction.objects.select_for_update().get(pk=item.destruction_id)
    item.delete()
    left = DestructionItem.objects.filter(destruction=row).count()
    Destruction.objects.filter(pk=row.pk).update(count=left, state=row.state if left else "returned")


def term_words(found: Keeping) -> str:
    period = found.own.period if found.own else found.term.period
    return f"{period.amount} {period.unit}"


def own_source(found: Keeping) -> str:
    """Where the term was read: for a shorter one of the municipality, what it shortens too."""
    if not found.own:
        return found.term.source
    return f"eigen termijn op advies van de FG van {found.own.advised_on.isoformat()}; {found.term.source}"


def _due_holds(*, now: datetime) -> list[UUID]:
    today = local_date(now)
    return _HOLDS(today=today, again=today - _pause())


_HOLDS = Prepared(lambda today, again: RetentionHold.objects.filter(lifted_at=None, until__lte=today)
                  .exclude(asked_on__gt=again).order_by("until").values_list("pk", flat=True)[:BATCH], today=date, again=date)


def _ask_about_hold(id: UUID, *, now: datetime) -> bool:
    """Its day has come. It goes on, and whoever owns the signal is asked whether it must."""
    with transaction.atomic():
        row = RetentionHold.objects.select_for_update().filter(pk=id, lifted_at=None).first()
        if row is None:
            return False
        told = duties.on_duty(row.municipality_id, lane=row.lane,
                              choices=choices_in_force(row.municipality_id, now=now), now=now)
        if not told.nobody:
            retention_notices.tell("hold_ends", told.people, municipality=row.municipality_id, now=now)
        RetentionHold.objects.filter(pk=id).update(asked_on=local_date(now))
    return not told.nobody


def _waiting_lists(*, now: datetime) -> list[UUID]:
    return _LISTS(before=now - _pause())


_LISTS = Prepared(lambda before: Destruction.objects.filter(state__in=WAITING, reminded_at__lte=before, count__gt=0)
                  .order_by("reminded_at").values_list("pk", flat=True)[:BATCH], before=datetime)


def _remind(id: UUID, *, now: datetime) -> bool:
    """A list that nobody acted on: whoever is to act hears it again."""
    with transaction.atomic():
        row = Destruction.objects.select_for_update().filter(pk=id, state__in=WAITING).first()
        if row is None:
            return False
        Destruction.objects.filter(pk=id).update(reminded_at=now)
        return retention_notices.tell_whose_turn(row, now=now)


def _pause() -> timedelta:
    return timedelta(days=retention_schedule().reminder.period.amount)
