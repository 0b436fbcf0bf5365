"""Deliver what waits: one message at a time, on a lease, at least once, with the same Message-ID on every attempt.

A message that fails is tried again after a growing pause, and never given up: after the fifth failure
somebody is told, and it goes on every hour, after a week every day. Only an address that no server takes
waits for a person.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic
from uuid import UUID, uuid4

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F

from meldroute.channels.email import BadAddress, NotDelivered, message_id_of, notice_text, send_notice
from meldroute.rules.actors import TICK
from meldroute.storage import history
from meldroute.storage.models import Message
from meldroute.storage.prepared import Prepared
from meldroute.storage.sealing import SealBroken
from meldroute.storage.signal_keys import SignalDestroyed

from . import alarms, duty_messages
from .recipients import Envelope, HeldBack, NobodyToTell, envelope_of
from .safe_contact_cards import HELD

ROUND = timedelta(minutes=1)  # then clocks get their turn again: a slow mail server may not hold up a reminder
LEASE = timedelta(minutes=5)  # longer than a mail server may take for all its answers together
HOURLY, DAILY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
PAUSES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(minutes=30), HOURLY)
IMPOSSIBLE = DAILY + timedelta(hours=1)  # a next attempt further off was planned by a clock that ran ahead


class Watch:
    """The moment it is, counted from the `now` that a door gave: delivering a long queue takes time."""

    def __init__(self, now: datetime, *, elapsed: Callable[[], float] = monotonic):
        self._now, self._elapsed, self._start = now, elapsed, elapsed()

    def now(self) -> datetime:
        return self._now + timedelta(seconds=self._elapsed() - self._start)


@dataclass(slots=True)
class Delivered:
    sent: int = 0
    failed: int = 0
    troubles: list[str] = field(default_factory=list)  # what this program did not expect, without personal data


def deliver_due(*, now: datetime, watch: Watch | None = None) -> Delivered:
    """What is due now, oldest first, for a minute at most. Safe to run in several processes at once."""
    watch = watch or Watch(now)
    done = Delivered()
    while watch.now() < now + ROUND and (message := take_one(now=watch.now(), due=now)) is not None:
        try:
            outcome = deliver(message, watch=watch)
        except (OperationalError, InterfaceError):  # no database, no delivery: the lease runs out by itself
            raise
        except Exception as error:  # one broken row may not keep the others from their readers: told in the report
            done.troubles.append(f"message {message.pk}: {type(error).__name__}")
            continue
        done.sent += outcome == "sent"
        done.failed += outcome == "failed"
    return done


def take_one(*, now: datetime, due: datetime | None = None) -> Message | None:
    """The first message that was due at `due`, leased to the caller; None when nothing is.

    Taking it counts as an attempt and moves its next one to the end of the lease: whoever dies holding it
    loses it then, and nobody finds it sooner.
    """
    due = due or now
    while (found := _first_due(due)) is not None:
        id, planned = found
        lease = uuid4()
        # Whoever took it meanwhile moved the moment it was planned for; then this changes nothing.
        if Message.objects.filter(pk=id, next_try_at=planned).update(
                lease=lease, lease_until=now + LEASE, next_try_at=now + LEASE, attempts=F("attempts") + 1):
            return Message.objects.select_related("membership__user", "signal", "referral").get(pk=id)
    return None


def deliver(message: Message, *, watch: Watch) -> str:
    """One attempt: "sent" (and written down), "handed_on" to others, "held", "failed", or "too_late" for its lease."""
    try:
        envelope = envelope_of(message, now=watch.now())
        if envelope is None:
            return "handed_on"
        _send(message, envelope, now=watch.now())
    except HeldBack:
        return "held" if _hold(message, now=watch.now()) else "too_late"
    except BadAddress as error:
        _wait_for_a_person(message, str(error), now=watch.now())
    except SignalDestroyed:
        _give_up(message, now=watch.now())
    except (NotDelivered, NobodyToTell, SealBroken) as error:
        _try_later(message, str(error), now=watch.now())
    else:
        return "sent" if _stamp_sent(message, now=watch.now()) else "too_late"
    return "failed"


def _send(message: Message, envelope: Envelope, *, now: datetime) -> None:
    subject, body = notice_text(envelope.notice, envelope.language, envelope.link)
    send_notice(envelope.to, subject=subject, body=body, message_id=message_id_of(message.pk), now=now)


def retry_now(messages, *, now: datetime) -> int:
    """After somebody corrected an address: what waited for that is due again."""
    return messages.filter(sent_at=None, next_try_at=None).update(next_try_at=now, failed_at=None, error="", attempts=0)


# The queue


def _first_due(now: datetime) -> tuple[UUID, datetime] | None:
    """The two ends of one index: what is due, and what a clock that ran ahead put impossibly far away."""
    return next(iter(_DUE(now=now) or _FAR_AWAY(far=now + IMPOSSIBLE)), None)


_PLANNED = ("pk", "next_try_at")
_DUE = Prepared(lambda now: Message.objects.filter(next_try_at__lte=now).order_by("next_try_at").values_list(*_PLANNED)[:1],
                now=datetime)
_FAR_AWAY = Prepared(lambda far: Message.objects.filter(next_try_at__gt=far).order_by("next_try_at").values_list(*_PLANNED)[:1],
                     far=datetime)


def _held(message: Message, *, now: datetime):
    """This message, as long as our lease is the current one. Whoever comes too late changes nothing."""
    return Message.objects.filter(pk=message.pk, lease=message.lease, lease_until__gt=now)


# What became of it


def _stamp_sent(message: Message, *, now: datetime) -> bool:
    with transaction.atomic():
        stamped = _held(message, now=now).update(
            sent_at=now, next_try_at=None, failed_at=None, error="", lease=None, lease_until=None, content_sealed=None)
        if stamped:
            _remember(message, "message.sent", now=now)
    return bool(stamped)


def _try_later(message: Message, error: str, *, now: datetime) -> None:
    failures = message.attempts
    changes = {"next_try_at": now + _pause(message, now=now), "error": error[:300], "lease": None, "lease_until": None}
    with transaction.atomic():
        if failures >= len(PAUSES):
            changes["failed_at"] = now
        if _held(message, now=now).update(**changes) and failures == len(PAUSES):
            alarms.mail_keeps_failing(message, now=now)
            _remember(message, "message.failing", now=now)


def _pause(message: Message, *, now: datetime) -> timedelta:
    """A server that was down for a day gets everything within an hour of coming back."""
    if message.attempts <= len(PAUSES):
        return PAUSES[message.attempts - 1]
    return HOURLY if now - message.created_at < WEEK else DAILY


def _hold(message: Message, *, now: datetime) -> bool:
    """Nothing goes, and nothing is lost: it stands with the signal until a person has done it, and the desk is told."""
    with transaction.atomic():
        kept = _held(message, now=now).update(next_try_at=None, error=HELD, lease=None, lease_until=None)
        if kept:
            Message.objects.bulk_create(duty_messages.for_signal(message.signal, "contact_safely", now=now))
            _remember(message, "message.held", now=now)
    return bool(kept)


def _wait_for_a_person(message: Message, error: str, *, now: datetime) -> None:
    with transaction.atomic():
        if _held(message, now=now).update(failed_at=now, next_try_at=None, error=error[:300], lease=None,
                                          lease_until=None):
            alarms.address_refused(message, now=now)
            _remember(message, "message.refused", now=now)


def _give_up(message: Message, *, now: datetime) -> None:
    """What it was about was destroyed, and with it who should hear of it. Nobody can do anything about that."""
    with transaction.atomic():
        if _held(message, now=now).update(failed_at=now, next_try_at=None, error="the signal was destroyed", lease=None,
                                          lease_until=None, content_sealed=None):
            _remember(message, "message.given_up", now=now)


def _remember(message: Message, act: str, *, now: datetime) -> None:
    """In the chain of the municipality whose signal it is about. What is about no signal leaves no entry."""
    if message.signal_id:
        history.append(message.municipality_id, actor=TICK, act=act, now=now, signal=message.signal_id,
                       details={"message": str(message.pk), "kind": message.kind, "to": message.recipient_kind})
