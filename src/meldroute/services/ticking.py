"""What time itself does: remind, escalate, deliver, and throw away what may not be kept longer.

Each due clock is one short transaction with a conditional update, so that two ticks at once do everything
once. After downtime a clock catches up with one reminder, not with all that were missed.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import InterfaceError, OperationalError, transaction

from meldroute.rules.actors import TICK
from meldroute.rules.choices import Choices
from meldroute.rules.deadlines import next_working_moment
from meldroute.storage import history
from meldroute.storage.choices import choices_in_force
from meldroute.storage.models import Clock, Draft, Message, Signal
from meldroute.storage.prepared import Prepared
from meldroute.storage.sessions import forget_old

from . import (
    access_review,
    alarms,
    clocks,
    closing_accounts,
    delivery,
    destruction,
    digests,
    duties,
    duty_messages,
    keeping,
    key_destruction,
    processing_log,
    subject_request_clock,
    unusual_reading,
)
from .notices import to_members

WAITING, REMINDED, DESK_TOLD, CHAIN_TOLD = range(4)
OUTCOMES = {REMINDED: "reminded", DESK_TOLD: "late", CHAIN_TOLD: "escalated"}
BATCH = 200


@dataclass(slots=True)
class TickReport:
    """What was done, in counts. `troubles`: rows this program could not handle, by id and kind of error."""

    sent: int = 0
    failed: int = 0
    reminded: int = 0
    late: int = 0
    escalated: int = 0
    repeated: int = 0
    alarmed: int = 0
    unusual: int = 0
    expired: int = 0
    destroyed: int = 0
    kept: int = 0  # warnings, lists and reminders about terms that end
    troubles: list[str] = field(default_factory=list)

    @property
    def did_something(self) -> bool:
        return any(self.counts().values())

    def counts(self) -> dict[str, int]:
        names = ("sent", "failed", "reminded", "late", "escalated", "repeated", "alarmed", "unusual", "expired", "kept",
                 "destroyed")
        return {name: getattr(self, name) for name in names}


def tick(*, now: datetime, watch: delivery.Watch | None = None) -> TickReport:
    """Do what is due, once. What costs grows with what is due, not with what is stored."""
    report = TickReport()
    _move_clocks(report, now=now)
    _move_requests(report, now=now)
    report.alarmed = alarms.sound_daily(now=now)
    terms = keeping.keep_terms(now=now)
    report.kept = terms.done
    report.troubles += terms.troubles
    report.unusual = unusual_reading.notice(now=now)
    done = delivery.deliver_due(now=now, watch=watch)
    report.sent, report.failed = done.sent, done.failed
    report.troubles += done.troubles
    report.expired = _forget_drafts(now=now)
    _keep_the_record(report, now=now)
    report.destroyed = key_destruction.finish_destructions(now=now).count
    destruction.finish_lists(now=now)
    closing_accounts.close_left(now=now)
    report.alarmed += access_review.remind(now=now)
    forget_old(now=now)  # sessions that ended by themselves: nothing that anybody has to know of
    if report.did_something:
        with transaction.atomic():
            history.append("system", actor=TICK, act="tick.run", now=now, details=report.counts())
    return report


def _move_requests(report: TickReport, *, now: datetime) -> None:
    reminded, late = subject_request_clock.remind_due(now=now)
    report.reminded += reminded
    report.late += late


def _keep_the_record(report: TickReport, *, now: datetime) -> None:
    """The digest of the day, and the log of processings. They are about what was done, and are no doing of their own:
    counted nowhere, or each would be a reason for the next."""
    for keep in (digests.write_daily, digests.mail_due, processing_log.record):
        try:
            report.troubles += keep(now=now)
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:  # a full disk may not keep a reminder waiting
            report.troubles.append(f"{keep.__module__.rpartition('.')[2]}: {type(error).__name__}")


def _forget_drafts(*, now: datetime) -> int:
    """A draft is kept for a day. Asked first: a delete that finds nothing would still wait for the writer."""
    old = Draft.objects.filter(expires_at__lte=now)
    return old.delete()[0] if old.exists() else 0


# Clocks


def _move_clocks(report: TickReport, *, now: datetime) -> None:
    done: set[UUID] = set()
    while ids := [id for id in _due_clocks(now) if id not in done]:
        for id in ids:
            done.add(id)
            try:
                stage = move_clock(id, now=now)
            except (OperationalError, InterfaceError):  # no database, no clocks: the next tick comes back to them
                raise
            except Exception as error:  # one broken row may not keep the others waiting: told in the report
                report.troubles.append(f"clock {id}: {type(error).__name__}")
                continue
            if stage:
                setattr(report, stage, getattr(report, stage) + 1)


def _due_clocks(now: datetime) -> list[UUID]:
    return _DUE(now=now)


_DUE = Prepared(lambda now: Clock.objects.filter(stopped_at=None, next_action_at__lte=now).order_by("next_action_at")
                .values_list("pk", flat=True)[:BATCH], now=datetime)


def move_clock(id: UUID, *, now: datetime) -> str | None:
    """One step of one clock; None when somebody else did it, or stopped it.

    The signal is locked before the clock, in the order of every act on a signal: two that meet wait, and
    never wait for each other.
    """
    with transaction.atomic():
        signal = Signal.objects.select_for_update(of=("self",)).filter(clocks__pk=id).first()
        clock = Clock.objects.filter(pk=id, stopped_at=None, next_action_at__lte=now).first()
        if signal is None or clock is None:
            return None
        choices = choices_in_force(signal.municipality_id, now=now)
        stage = _stage_now(clock, now=now)
        moved = Clock.objects.filter(pk=id, stage=clock.stage, next_action_at=clock.next_action_at, stopped_at=None)
        if not moved.update(stage=stage, next_action_at=_next_action(clock, stage, signal, choices, now=now)):
            return None
        escalates = stage == CHAIN_TOLD and clock.stage != CHAIN_TOLD and signal.lane == "regular" and not signal.shielded
        messages = _messages(clock, stage, signal, choices, escalates=escalates, now=now)
        Message.objects.bulk_create(messages)
        outcome = "repeated" if stage == CHAIN_TOLD and not escalates else OUTCOMES[stage]
        history.append(signal.municipality_id, actor=TICK, act=f"clock.{outcome}", now=now, signal=signal.pk,
                       details={"clock": str(id), "norm": clock.norm, "told": len(messages)})
    return outcome


def _stage_now(clock: Clock, *, now: datetime) -> int:
    """A term that passed while nothing ran goes to "late" at once; the chain director hears only after the desk."""
    if now < clock.due_at:
        return REMINDED
    return DESK_TOLD if clock.stage < DESK_TOLD else CHAIN_TOLD


def _next_action(clock: Clock, stage: int, signal: Signal, choices: Choices, *, now: datetime) -> datetime:
    if stage == REMINDED:
        return clock.due_at
    if stage == DESK_TOLD:
        return clocks.due_of(choices.escalation(), signal, choices=choices, now=now)
    return _tomorrow(signal, choices, now=now)


def _tomorrow(signal: Signal, choices: Choices, *, now: datetime) -> datetime:
    """What stays late is said again every working day, and every day while somebody may be in danger."""
    later = now + timedelta(days=1)
    return later if signal.danger else next_working_moment(later, choices.hours)


# Who hears it


def _messages(clock: Clock, stage: int, signal: Signal, choices: Choices, *, escalates: bool,
              now: datetime) -> list[Message]:
    """The desk at every stage; the chain director once. A signal about a colleague: the designated person alone."""
    kind = {REMINDED: "reminder", DESK_TOLD: "late", CHAIN_TOLD: "still_late"}[stage]
    find = duties.on_duty if stage == REMINDED else duties.alerted_at_danger  # late: focal point and buddy both
    told = duty_messages.told_about(signal, choices=choices, now=now, find=find)
    messages = _to_desk(kind, told, clock, signal, now=now)
    if escalates:
        messages += to_members("escalated", duties.chain_directors(now=now), municipality=signal.municipality_id,
                               now=now)
    return messages


def _to_desk(kind: str, told: duties.OnDuty, clock: Clock, signal: Signal, *, now: datetime) -> list[Message]:
    """Whoever has a message of this kind about this signal waiting to be sent gets no second one."""
    if told.nobody:
        return []  # the daily alarm counts all that wait, and says of none which it is
    waiting = set(Message.objects.filter(signal=signal, kind=kind, sent_at=None, next_try_at__isnull=False)
                  .values_list("membership_id", flat=True))
    return to_members(kind, [p for p in told.people if p not in waiting], municipality=signal.municipality_id,
                      now=now, signal=signal, referral_id=clock.referral_id)
