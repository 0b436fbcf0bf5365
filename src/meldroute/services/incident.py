"""Incident export: who did and read what in a period, without content, for whoever must find out what happened.

Making one is an act itself, written down before anything leaves.
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from meldroute.rules.actors import Actor, Reader
from meldroute.storage import history
from meldroute.storage.models import HistoryEntry, Membership, Organisation, Signal
from meldroute.storage.vouching import refuse_forged

from .safe_table import as_csv

MOST = 100_000
COLUMNS = ("number", "at", "actor_kind", "actor", "role", "organisation", "act", "signal", "subjects", "details", "hash")
COMMAND = Actor("command", "papers", "command")


class IncidentRefused(ValueError):
    """`cause` is one of CAUSES; a screen has the words."""

    def __init__(self, cause: str, place: str):
        super().__init__(f"incident export, {place}: {cause}.")
        self.cause, self.place = cause, place


CAUSES = ("ends_before_start", "unknown_reference", "too_many")


@dataclass(frozen=True, slots=True)
class Wanted:
    since: date
    until: date  # its whole day
    references: tuple[str, ...] = ()  # none: everything of the municipality


@dataclass(frozen=True, slots=True)
class Incident:
    municipality: str
    wanted: Wanted
    rows: tuple[tuple[str, ...], ...]
    acts: dict[str, int]
    refusals: dict[str, int]
    signed_in: int  # people of this municipality whose last sign-in falls in the period

    def csv(self) -> str:
        return as_csv(COLUMNS, self.rows)

    def json(self) -> str:
        return json.dumps({
            "municipality": self.municipality, "since": self.wanted.since.isoformat(),
            "until": self.wanted.until.isoformat(), "references": list(self.wanted.references), "acts": self.acts,
            "refusals": self.refusals, "signed_in": self.signed_in,
            "rows": [dict(zip(COLUMNS, row, strict=True)) for row in self.rows],
        }, ensure_ascii=False, indent=1)


def incident_of(reader: Reader, wanted: Wanted, *, now: datetime) -> Incident:
    """For the privacy officer of a municipality. Raises `IncidentRefused`."""
    return _export(reader.organisation, wanted, actor=reader.actor, now=now)


def incident_by_command(code: str, wanted: Wanted, *, now: datetime) -> Incident:
    body = Organisation.objects.filter(kind="municipality", code=code).first()
    if body is None:
        raise IncidentRefused("unknown_reference", code)
    refuse_forged(body)
    return _export(body.pk, wanted, actor=COMMAND, now=now)


def _export(municipality: UUID, wanted: Wanted, *, actor: Actor, now: datetime) -> Incident:
    if wanted.until < wanted.since:
        raise IncidentRefused("ends_before_start", "period")
    signals = _signals(municipality, wanted.references)
    found = HistoryEntry.objects.filter(chain=str(municipality), at__gte=_start(wanted.since),
                                        at__lt=_start(wanted.until + timedelta(days=1)))
    if signals:
        found = found.filter(signal__in=signals)
    entries = list(found.order_by("number")[: MOST + 1])
    if len(entries) > MOST:
        raise IncidentRefused("too_many", "period")
    made = Incident(
        Organisation.objects.values_list("name", flat=True).get(pk=municipality), wanted, tuple(map(_row, entries)),
        acts=dict(sorted(Counter(e.act for e in entries).items())),
        refusals=dict(sorted(Counter(str(e.details.get("area")) for e in entries if e.act == "refused").items())),
        signed_in=_signed_in(municipality, wanted),
    )
    with transaction.atomic():
        history.append(municipality, actor=actor, act="incident.exported", now=now, subjects=sorted(signals), details={
            "since": wanted.since.isoformat(), "until": wanted.until.isoformat(), "rows": len(entries)})
    return made


def _signals(municipality: UUID, references: Sequence[str]) -> list[UUID]:
    """Their ids: of this municipality alone, whichever desk they are at."""
    rows = dict(Signal.objects.filter(municipality=municipality, reference__in=references).values_list("reference", "pk"))
    for missing in (r for r in references if r not in rows):
        raise IncidentRefused("unknown_reference", missing)
    return list(rows.values())


def _row(entry: HistoryEntry) -> tuple[str, ...]:
    """A reporter is not even named by the keyed hash: who reported is not what an incident needs."""
    actor = "" if entry.actor_kind == "reporter" else entry.actor
    return (str(entry.number), entry.at.isoformat(), entry.actor_kind, actor, entry.role, str(entry.organisation or ""),
            entry.act, str(entry.signal or ""), str(len(entry.subjects)),
            json.dumps(entry.details, sort_keys=True, ensure_ascii=False), bytes(entry.hash).hex())


def _signed_in(municipality: UUID, wanted: Wanted) -> int:
    members = Membership.objects.filter(organisation=municipality, user__last_login__gte=_start(wanted.since),
                                        user__last_login__lt=_start(wanted.until + timedelta(days=1)))
    return members.values("user").distinct().count()


def _start(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
