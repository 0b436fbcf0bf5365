"""Tell whoever is on duty that something came in for a signal: of a shielded one, only those it was narrowed to."""

from collections.abc import Callable
from datetime import datetime

from meldroute.rules.choices import Choices
from meldroute.storage.choices import choices_in_force
from meldroute.storage.models import Message, Referral, Signal

from . import duties
from .shielded import named_people

Find = Callable[..., duties.OnDuty]


def told_about(signal: Signal, *, choices: Choices, now: datetime, find: Find = duties.on_duty) -> duties.OnDuty:
    """`find` says who hears it of any other signal. A shielded one waits for those who are named, also while they are
    away; when nobody of them is left, only the alarm is, which is a count (`alarms`)."""
    if not signal.shielded:
        return find(signal.municipality_id, lane=signal.lane, choices=choices, now=now)
    people = named_people(signal.pk, now=now) or named_people(signal.pk, now=now, there=False)
    return duties.OnDuty(people, nobody=not people)


def for_signal(signal: Signal, kind: str, *, now: datetime, referral: Referral | None = None,
               choices: Choices | None = None) -> list[Message]:
    """That something waits, to those on duty. With nobody there: a count for whoever can repair that, and no more."""
    choices = choices or choices_in_force(signal.municipality_id, now=now)
    told = told_about(signal, choices=choices, now=now)
    known = {"kind": kind, "signal": signal, "referral": referral}
    what = {"kind": "nobody_on_duty", "count": 1} if told.nobody else known
    return [Message(recipient_kind="membership", membership_id=id, municipality_id=signal.municipality_id,
                    created_at=now, next_try_at=now, **what) for id in told.people]
