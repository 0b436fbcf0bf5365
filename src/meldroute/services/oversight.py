"""What the privacy officer looks at: who opened what in an emergency and why, and who opened unusually much. No content."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from meldroute.rules.actors import Reader
from meldroute.storage import history
from meldroute.storage.models import EmergencyReading, UnusualReading

from .desk import NoSuchSignal, key_of

VERDICTS = ("fine", "not_fine")
MOST = 50


class NotTheOfficer(NoSuchSignal):
    """Only the privacy officer of a municipality looks at these, and only at those of their own."""


@dataclass(frozen=True, slots=True)
class EmergencyCard:
    """The reason is told; of the signal only its reference."""

    id: UUID
    reference: str
    who: str
    role: str
    organisation: str
    at: datetime
    until: datetime
    reason: str
    verdict: str
    reviewed_by: str


@dataclass(frozen=True, slots=True)
class UnusualCard:
    who: str
    role: str
    day: date
    opened: int
    usual: int


@dataclass(frozen=True, slots=True)
class OversightPage:
    waiting: tuple[EmergencyCard, ...]  # not looked at yet, oldest first
    reviewed: tuple[EmergencyCard, ...]  # newest first
    unusual: tuple[UnusualCard, ...]


def oversight(*, reader: Reader, now: datetime) -> OversightPage:
    """All that waits, and the newest of the rest. Looking is logged like any reading."""
    _require(reader)
    rows = EmergencyReading.objects.filter(municipality=reader.organisation).select_related(
        "signal", "membership__user", "membership__organisation", "reviewed_by__user")
    waiting = list(rows.filter(verdict="").order_by("at"))
    reviewed = list(rows.exclude(verdict="").order_by("-at")[:MOST])
    much = (UnusualReading.objects.filter(municipality=reader.organisation).order_by("-day", "-opened")
            .select_related("membership__user")[:MOST])
    page = OversightPage(tuple(map(_card, waiting)), tuple(map(_card, reviewed)), tuple(map(_unusual, much)))
    with transaction.atomic():
        history.append(reader.organisation, actor=reader.actor, act="oversight.read", now=now,
                       subjects=_signals([*waiting, *reviewed]))
    return page


def review(id: UUID, verdict: str, *, reader: Reader, now: datetime) -> None:
    """What the privacy officer found. Said once: a second word on it is refused like one that is not there."""
    _require(reader)
    if verdict not in VERDICTS:
        raise ValueError(f"verdict '{verdict}' is unknown. Use one of {', '.join(VERDICTS)}.")
    with transaction.atomic():
        row = EmergencyReading.objects.filter(pk=id, municipality=reader.organisation, verdict="")
        signal = row.values_list("signal_id", flat=True).first()
        if not row.exclude(membership=reader.membership).update(verdict=verdict, reviewed_at=now,
                                                                reviewed_by_id=reader.membership):
            raise NotTheOfficer(str(id))
        history.append(reader.organisation, actor=reader.actor, act="emergency.reviewed", now=now, signal=signal,
                       details={"opening": str(id), "verdict": verdict})


def _require(reader: Reader) -> None:
    if reader.role != "privacy_officer" or reader.organisation_kind != "municipality":
        raise NotTheOfficer("oversight")


def _card(row: EmergencyReading) -> EmergencyCard:
    reason = row.unseal("reason_sealed", key=key_of(row.signal_id))["reason"]
    return EmergencyCard(
        id=row.pk, reference=row.signal.reference, who=row.membership.user.name, role=row.membership.role,
        organisation=row.membership.organisation.name, at=row.at, until=row.until, reason=reason, verdict=row.verdict,
        reviewed_by=row.reviewed_by.user.name if row.reviewed_by else "",
    )


def _unusual(row: UnusualReading) -> UnusualCard:
    return UnusualCard(row.membership.user.name, row.membership.role, row.day, row.opened, row.usual)


def _signals(rows: Sequence[EmergencyReading]) -> tuple[UUID, ...]:
    return tuple(dict.fromkeys(row.signal_id for row in rows))
