"""The history for who runs the site: shown and exported as ids, never as names or content. Each look is an act itself."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import CharField, Q, QuerySet
from django.db.models.functions import Cast

from meldroute.rules.actors import Actor
from meldroute.storage import history
from meldroute.storage.models import HistoryEntry, ProcessingRecord, Signal

from .safe_csv import csv_line

FORMATS = ("jsonl", "csv", "ldv")
BATCH = 1000
COLUMNS = ("chain", "number", "at", "actor_kind", "actor", "role", "organisation", "act", "signal", "subjects", "details")


class NothingToShow(LookupError):
    """What was asked for cannot exist. The message says what to ask instead."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which part of the history. Everything left out: all of it."""

    reference: str = ""
    signal: UUID | None = None  # when the signal itself was destroyed and its reference with it
    actor: str = ""
    act: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class TrailRow:
    """One entry, in ids and policy words."""

    chain: str
    number: int
    at: datetime
    actor_kind: str
    actor: str
    role: str
    organisation: UUID | None
    act: str
    signal: UUID | None
    subjects: list
    details: dict
    hash: str

    def plain(self) -> dict:
        ids = {name: str(value) for name, value in (("organisation", self.organisation), ("signal", self.signal)) if value}
        return asdict(self) | {"at": self.at.astimezone(UTC).isoformat(), "organisation": None, "signal": None} | ids


def show(asked: Asked, *, limit: int, now: datetime) -> tuple[TrailRow, ...]:
    """The newest that fit, newest first. That it was looked at is written down before anything is shown."""
    rows = _rows(asked).order_by("-at", "-id")[:limit]
    found = tuple(_row(row) for row in rows.values_list(*COLUMNS, "hash"))
    _remember("audit.shown", asked, now=now, shown=len(found))
    return found


def export(asked: Asked, *, form: str, now: datetime) -> Iterator[str]:
    """Lines of a file, in the order of the chains, read in small batches. Written down before the first line."""
    if form == "ldv" and (asked.reference or asked.signal or asked.actor):
        raise NothingToShow("the log of processings knows no users and no references. Leave those out, or take another "
                            "format.")
    rows = _processings(asked) if form == "ldv" else _rows(asked)
    _remember("audit.exported", asked, now=now, format=form)
    match form:
        case "ldv":
            return map(_ldv_line, _in_batches(rows, ProcessingRecord))
        case "csv":
            return _csv_lines(rows)
        case _:
            return (_json_line(_row(row).plain()) for row in _entries(rows))


# Which rows


def _rows(asked: Asked) -> QuerySet[HistoryEntry]:
    rows = _within(HistoryEntry.objects.order_by(), asked)
    if asked.actor:
        rows = rows.filter(actor=asked.actor)
    if (signal := asked.signal or _signal_of(asked.reference)) is not None:
        rows = about_signal(rows, signal)
    return rows


def about_signal(rows: QuerySet[HistoryEntry], signal: UUID) -> QuerySet[HistoryEntry]:
    """What says this signal's id: acts and reads of it, and lists that it stood on."""
    in_list = Q(act="list.read", listed__contains=str(signal))
    return rows.annotate(listed=Cast("subjects", CharField(max_length=10_000))).filter(Q(signal=signal) | in_list)


def _processings(asked: Asked) -> QuerySet[ProcessingRecord]:
    return _within(ProcessingRecord.objects.order_by(), asked, act="name")


def _within(rows: QuerySet, asked: Asked, act: str = "act") -> QuerySet:
    if asked.act:
        rows = rows.filter(**{act: asked.act})
    if asked.since:
        rows = rows.filter(at__gte=asked.since)
    return rows.filter(at__lt=asked.until) if asked.until else rows


def _signal_of(reference: str) -> UUID | None:
    if not reference:
        return None
    found = Signal.objects.filter(reference=reference).values_list("pk", flat=True).first()
    if found is None:
        raise NothingToShow(f"there is no signal {reference}. Check the reference; of one that was destroyed, use its id.")
    return found


# Reading


def _entries(rows: QuerySet[HistoryEntry]) -> Iterator[tuple]:
    """By chain and number, a batch at a time: no transaction stays open while somebody writes a file."""
    after = ("", -1)
    while True:
        beyond = rows.filter(Q(chain__gt=after[0]) | Q(chain=after[0], number__gt=after[1])).order_by("chain", "number")
        batch = list(beyond.values_list(*COLUMNS, "hash")[:BATCH])
        yield from batch
        if len(batch) < BATCH:
            return
        after = batch[-1][:2]


def _in_batches(rows: QuerySet, model: type) -> Iterator:
    after = 0
    while batch := list(rows.filter(pk__gt=after).order_by("pk")[:BATCH]):
        yield from batch
        after = batch[-1].pk


def _row(values: tuple) -> TrailRow:
    return TrailRow(*values[:-1], bytes(values[-1]).hex())


# Writing


def _csv_lines(rows: QuerySet[HistoryEntry]) -> Iterator[str]:
    yield csv_line((*COLUMNS, "hash"))
    for values in _entries(rows):
        plain = _row(values).plain()
        yield csv_line([" ".join(map(str, v)) if isinstance(v, list) else _json(v) if isinstance(v, dict) else v
                        for v in plain.values()])


def _ldv_line(row: ProcessingRecord) -> str:
    """One line of Logboek Dataverwerkingen. An entry has one moment, so start and end are the same."""
    at = row.at.astimezone(UTC).isoformat()
    return _json_line({
        "trace_id": row.trace_id, "operation_id": row.operation_id, "status_code": 2 if row.failed else 1,
        "name": row.name, "start_time": at, "end_time": at,
        "attributes": {"dpl.core.processing_activity_id": row.activity, "dpl.core.data_subject_id": row.subject},
    })


def _json_line(content: dict) -> str:
    return _json(content) + "\n"


def _json(content: dict) -> str:
    return json.dumps(content, ensure_ascii=True, sort_keys=False)


def _remember(act: str, asked: Asked, *, now: datetime, **more: object) -> None:
    words = {name: str(value) for name, value in asdict(asked).items() if value}
    with transaction.atomic():
        history.append("system", actor=Actor("command", f"audit {act.removeprefix('audit.')}", "operator"), act=act,
                       now=now, details=words | more)
