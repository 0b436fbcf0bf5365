"""From a stored row of settings to a municipality's choices, and back."""

from datetime import datetime, time
from uuid import UUID

from meldroute.rules.choices import Choices
from meldroute.rules.contacts import Channel
from meldroute.rules.deadlines import Norm
from meldroute.rules.working_time import OFFICE_HOURS, WorkingHours

from .models import MunicipalitySettings


def choices_in_force(organisation: UUID, *, now: datetime) -> Choices:
    """One query: the newest row that has started; the defaults where there is none."""
    row = (MunicipalitySettings.objects.filter(organisation_id=organisation, valid_from__lte=now)
           .order_by("-valid_from", "-saved_at").first())
    return choices_from(row.content) if row else Choices()


def choices_from(content: dict) -> Choices:
    return Choices(
        norms={id: Norm(id, **norm) for id, norm in content.get("norms", {}).items()},
        hours=_hours(content.get("hours")),
        local_channels={p: tuple(Channel(**c) for c in rows) for p, rows in content.get("local_channels", {}).items()},
        neighbour=_uuid(content.get("neighbour")),
    )


def choices_to(choices: Choices) -> dict:
    """The content of a row, as JSON can hold it."""
    return {
        "norms": {id: {"amount": n.amount, "unit": n.unit} for id, n in choices.norms.items()},
        "hours": [list(map(time.isoformat, day)) if day else None for day in choices.hours.days],
        "local_channels": {p: [_channel(c) for c in rows] for p, rows in choices.local_channels.items()},
        "neighbour": str(choices.neighbour) if choices.neighbour else None,
    }


def _hours(days: list | None) -> WorkingHours:
    if days is None:
        return OFFICE_HOURS
    return WorkingHours(tuple(tuple(map(time.fromisoformat, day)) if day else None for day in days))


def _channel(channel: Channel) -> dict:
    """Local channels are always open: a municipality's own number has no opening hours here."""
    return {"kind": channel.kind, "value": channel.value, "confirmed": channel.confirmed,
            "note_nl": channel.note_nl, "source": channel.source, "status": channel.status}


def _uuid(text: str | None) -> UUID | None:
    return UUID(text) if text else None
