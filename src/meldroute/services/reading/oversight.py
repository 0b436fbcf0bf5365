"""Who saw this file, and what was refused: for the privacy officer of the municipality that owns it.

Ids, names of officials, acts and moments; never what a signal says, and never who reported it. A look at the log is
logged as well, before it is shown. There is no other way in: who is looked at must not see the looking.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import CharField, Q, QuerySet
from django.db.models.functions import Cast

from meldroute.policies.processing import Activity, processing_register
from meldroute.rules.access import log_scope
from meldroute.rules.actors import Reader
from meldroute.services import boundaries
from meldroute.services.desk import NoSuchSignal
from meldroute.storage import history
from meldroute.storage.models import Digest, HistoryEntry, Membership, Signal

PAGE = 50
COLUMNS = ("id", "at", "actor_kind", "actor", "role", "act", "signal", "details")


class NotTheOfficer(Exception):
    """Only the privacy officer of a municipality sees its log."""


@dataclass(frozen=True, slots=True)
class Who:
    """`kind` as in rules.actors; name and organisation only of somebody with a membership."""

    kind: str
    role: str
    name: str = ""
    organisation: str = ""


@dataclass(frozen=True, slots=True)
class LogLine:
    at: datetime
    who: Who
    act: str
    part: str  # which page, list or area
    why: Activity
    reference: str = ""  # of a refusal about a signal of this municipality


@dataclass(frozen=True, slots=True)
class FileLog:
    reference: str
    lines: tuple[LogLine, ...]
    next_before: str | None


@dataclass(frozen=True, slots=True)
class Refusals:
    lines: tuple[LogLine, ...]
    next_before: str | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page starts: before this entry."""

    at: datetime
    id: int

    def __str__(self) -> str:
        return f"{self.at.isoformat()}~{self.id}"

    @classmethod
    def parse(cls, text: str) -> "Place | None":
        """None for a place that is not ours: the page then starts at the newest."""
        at, _, id = text.partition("~")
        try:
            moment, number = datetime.fromisoformat(at), int(id)
            return cls(moment.astimezone(UTC), number) if moment.tzinfo and 0 <= number < 2**63 else None
        except (ValueError, OverflowError):
            return None


def who_saw(reference: str, *, reader: Reader, now: datetime, before: str = "") -> FileLog:
    """Everything that names this signal: acts on it, looks at it, lists it stood on, and who was refused."""
    signal = Signal.objects.watched_by(reader).filter(reference=reference).first()
    if signal is None:
        raise NoSuchSignal(reference)
    place = Place.parse(before)
    # A list holds its ids in one column: those since it came in are read through, which few do, and seldom.
    lists = HistoryEntry.objects.filter(act="list.read", at__gte=signal.received_at)
    lists = lists.annotate(listed=Cast("subjects", CharField(max_length=10_000))).filter(listed__contains=str(signal.pk))
    with boundaries.everywhere():  # partners, a neighbour and whoever tried it from elsewhere wrote in chains of their own
        found = [*_page(HistoryEntry.objects.filter(signal=signal.pk), place), *_page(lists, place)]
    found.sort(key=lambda row: (row["at"], row["id"]), reverse=True)
    shown = found[:PAGE]
    card = FileLog(reference, _lines(shown), _next(found))
    _remember(reader, "file", now=now, signal=signal.pk)
    return card


def refused(*, reader: Reader, now: datetime, before: str = "") -> Refusals:
    """What people of this municipality tried and were refused."""
    organisation = _organisation(reader)
    rows = list(_page(HistoryEntry.objects.filter(chain=str(organisation), act="refused"), Place.parse(before)))
    shown = rows[:PAGE]
    signals = {row["signal"] for row in shown if row["signal"]}
    references = dict(Signal.objects.watched_by(reader).filter(pk__in=signals).values_list("pk", "reference"))
    card = Refusals(_lines(shown, references), _next(rows))
    _remember(reader, "refusals", now=now, subjects=sorted(references, key=str))
    return card


def newest_digest(*, reader: Reader) -> datetime | None:
    """When the ends of all chains were last written down to be kept elsewhere."""
    _organisation(reader)
    return Digest.objects.order_by("-day").values_list("at", flat=True).first()


def _organisation(reader: Reader) -> UUID:
    organisation = log_scope(reader)
    if organisation is None:
        raise NotTheOfficer
    return organisation


def _page(rows: QuerySet[HistoryEntry], place: Place | None) -> Iterable[dict]:
    if place:
        rows = rows.filter(Q(at__lt=place.at) | Q(at=place.at, id__lt=place.id))
    return rows.order_by("-at", "-id").values(*COLUMNS)[: PAGE + 1]


def _next(rows: Sequence[dict]) -> str | None:
    return str(Place(rows[PAGE - 1]["at"], rows[PAGE - 1]["id"])) if len(rows) > PAGE else None


def _lines(rows: Sequence[dict], references: dict[UUID, str] | None = None) -> tuple[LogLine, ...]:
    people, register = _people(rows), processing_register()
    return tuple(LogLine(
        at=row["at"], who=_who(row, people), act=row["act"], part=_part(row["details"]),
        why=register.activity_of(row["act"]), reference=(references or {}).get(row["signal"], "")) for row in rows)


def _part(details: dict) -> str:
    return str(next((details[key] for key in ("part", "list", "area") if key in details), ""))


def _people(rows: Sequence[dict]) -> dict[str, Membership]:
    ids = {row["actor"] for row in rows if row["actor_kind"] == "membership"}
    found = Membership.objects.filter(pk__in=ids).select_related("user", "organisation")
    return {str(member.pk): member for member in found}


def _who(row: dict, people: dict[str, Membership]) -> Who:
    member = people.get(row["actor"])
    if member is None:
        return Who(row["actor_kind"], row["role"])
    return Who(row["actor_kind"], row["role"], member.user.name, member.organisation.name)


def _remember(reader: Reader, part: str, *, now: datetime, signal: UUID | None = None, subjects: Sequence[UUID] = ()) -> None:
    with transaction.atomic():
        history.append(reader.organisation, actor=reader.actor, act="log.read", now=now, signal=signal, subjects=subjects,
                       details={"part": part})
