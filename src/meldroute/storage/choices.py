"""From a stored row of settings to a municipality's choices, and back."""

from collections.abc import Collection
from dataclasses import asdict
from datetime import date, datetime, time
from uuid import UUID

from django.db.models import QuerySet

from meldroute.rules.choices import Choices, Outside, Reach
from meldroute.rules.contacts import Channel, OpeningWindow
from meldroute.rules.deadlines import Norm
from meldroute.rules.retention import OwnTerm, Period
from meldroute.rules.working_time import OFFICE_HOURS, WorkingHours

from .models import MunicipalitySettings, Organisation
from .prepared import Prepared
from .vouching import genuine, is_genuine


def choices_in_force(organisation: UUID, *, now: datetime) -> Choices:
    """One query: the newest row that has started; the defaults where there is none."""
    row = row_in_force(organisation, now=now)
    return choices_from(row.content) if row else Choices()


def row_in_force(organisation: UUID, *, now: datetime) -> MunicipalitySettings | None:
    """One that was written by hand is passed over, and said aloud: the newest that this program wrote stays."""
    newest = next(iter(_NEWEST(organisation=organisation, now=now)), None)
    if newest is None or is_genuine(newest):
        return newest
    return next(genuine(_started(organisation, now)), None)


def _started(organisation: UUID, now: datetime) -> QuerySet[MunicipalitySettings]:
    rows = MunicipalitySettings.objects.filter(organisation_id=organisation, valid_from__lte=now)
    return rows.order_by("-valid_from", "-saved_at")


_NEWEST = Prepared(lambda organisation, now: _started(organisation, now)[:1], organisation=UUID, now=datetime)


def ever_open_outside(organisation: UUID, *, now: datetime) -> bool:
    """Was the page for citizens open here once? Whoever has a receipt must be able to come back."""
    return MunicipalitySettings.objects.filter(organisation_id=organisation, valid_from__lte=now,
                                               content__outside__open=True).exists()


def mandates_to(organisations: Collection[UUID], *, now: datetime) -> tuple[tuple[Organisation, UUID], ...]:
    """Municipalities whose choices in force name one of these as the neighbour that stands in, and which one.

    One query where nobody ever did, two where somebody does.
    """
    ever = MunicipalitySettings.objects.filter(content__neighbour__in=[str(id) for id in organisations])
    candidates = set(ever.values_list("organisation_id", flat=True))
    if not candidates:
        return ()
    rows = (MunicipalitySettings.objects.filter(organisation__in=candidates, valid_from__lte=now)
            .order_by("organisation", "-valid_from", "-saved_at").select_related("organisation"))
    in_force = {row.organisation_id: row for row in reversed([*genuine(rows)])}
    named = ((row.organisation, _uuid(row.content.get("neighbour"))) for row in in_force.values())
    return tuple((organisation, neighbour) for organisation, neighbour in named if neighbour in organisations)


def choices_from(content: dict) -> Choices:
    return Choices(
        norms={id: Norm(id, **norm) for id, norm in content.get("norms", {}).items()},
        hours=_hours(content),
        local_channels={p: tuple(map(_channel, rows)) for p, rows in content.get("local_channels", {}).items()},
        neighbour=_uuid(content.get("neighbour")),
        reach=Reach(**content.get("reach", {})),
        outside=Outside(**content.get("outside", {})),
        retention={outcome: _own_term(term) for outcome, term in content.get("retention", {}).items()},
    )


def choices_to(choices: Choices) -> dict:
    """The content of a row, as JSON can hold it."""
    return {
        "norms": {id: {"amount": n.amount, "unit": n.unit} for id, n in choices.norms.items()},
        "hours": [list(map(time.isoformat, day)) if day else None for day in choices.hours.days],
        "closed_on": sorted(map(date.isoformat, choices.hours.closed_on)),
        "local_channels": {p: [_channel_to(c) for c in rows] for p, rows in choices.local_channels.items()},
        "neighbour": str(choices.neighbour) if choices.neighbour else None,
        "reach": asdict(choices.reach),
        "outside": asdict(choices.outside),
        "retention": {outcome: _own_term_to(term) for outcome, term in choices.retention.items()},
    }


def _own_term(stored: dict) -> OwnTerm:
    return OwnTerm(Period(stored["amount"], stored["unit"]), stored["advised_by"], date.fromisoformat(stored["advised_on"]))


def _own_term_to(term: OwnTerm) -> dict:
    return {"amount": term.period.amount, "unit": term.period.unit, "advised_by": term.advised_by,
            "advised_on": term.advised_on.isoformat()}


def _hours(content: dict) -> WorkingHours:
    days, closed = content.get("hours"), frozenset(map(date.fromisoformat, content.get("closed_on", ())))
    if days is None:
        return WorkingHours(OFFICE_HOURS.days, closed)
    return WorkingHours(tuple(tuple(map(time.fromisoformat, day)) if day else None for day in days), closed)


def _channel(stored: dict) -> Channel:
    return Channel(**(stored | {"opening": _opening(stored.get("opening"))}))


def _channel_to(channel: Channel) -> dict:
    stored = {"kind": channel.kind, "value": channel.value, "confirmed": channel.confirmed, "note_nl": channel.note_nl,
              "note_en": channel.note_en, "source": channel.source, "status": channel.status,
              "on_holidays": channel.on_holidays, "hours_known": channel.hours_known}
    return stored | {"opening": None if channel.opening is None else [_window_to(w) for w in channel.opening]}


def _opening(stored: list | None) -> tuple[OpeningWindow, ...] | None:
    if stored is None:
        return None
    return tuple(OpeningWindow(frozenset(w["days"]), time.fromisoformat(w["from"]), time.fromisoformat(w["to"]))
                 for w in stored)


def _window_to(window: OpeningWindow) -> dict:
    return {"days": sorted(window.weekdays), "from": window.start.isoformat(), "to": window.end.isoformat()}


def _uuid(text: str | None) -> UUID | None:
    return UUID(text) if text else None
