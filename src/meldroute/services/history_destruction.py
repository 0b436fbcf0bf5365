"""Certified destruction: a closed month of a chain goes, and what goes is certified in the chain itself.

The one door to it. Two persons of the organisation, of whom one is its privacy officer, destroy a month together;
when a month may go is for the terms of retention to say, and the caller keeps to them. The certificate is an entry of
the chain: first and last hash, how many, of when, why, on whose word. It stays for ever, and the database lets go of
nothing that no certificate covers (storage.row_guards). Everything happens in one transaction, or nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Min
from django.utils import timezone

from meldroute.rules.actors import Reader
from meldroute.storage import history, stored_chains
from meldroute.storage.models import ChainHead, HistoryEntry
from meldroute.storage.row_guards import CERTIFICATE

from . import processing_log

MAY_DESTROY = frozenset({"privacy_officer", "functional_manager"})
REASONS = frozenset({"term_over", "court_order", "controller_decision"})  # policy words, never a sentence


class DestructionRefused(Exception):
    """Nothing was destroyed. The message names the place, the cause and the way out."""

    def __init__(self, chain: str, cause: str, way_out: str):
        super().__init__(f"history of {chain}: {cause}. {way_out}")
        self.cause = cause


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of entries that follow each other, all of one month or left behind from before it."""

    first: int
    last: int
    count: int
    from_moment: datetime
    to_moment: datetime


@dataclass(frozen=True, slots=True)
class Certified:
    certificate: int  # number of the entry that says so
    segment: Segment


def segments_of(organisation: UUID, month: date) -> tuple[Segment, ...]:
    """What destroying this month would take: one stretch, or more where a certificate stands in between."""
    chain, (start, end) = str(organisation), _month(month)
    rows = HistoryEntry.objects.filter(chain=chain)
    inside = rows.filter(at__gte=start, at__lt=end).exclude(act=CERTIFICATE)
    ends = inside.aggregate(first=Min("number"), last=Max("number"))
    if ends["first"] is None:
        return ()
    # A clock that ran ahead may have put a later month in between: that one stays, and what comes after it.
    later = rows.filter(number__gt=ends["first"], at__gte=end).aggregate(first=Min("number"))["first"]
    last = min(ends["last"], later - 1) if later else ends["last"]
    return tuple(_stretches(chain, ends["first"], last))


def destroy_month(organisation: UUID, month: date, *, reason: str, first: Reader, second: Reader,
                  now: datetime) -> tuple[Certified, ...]:
    """Let a closed month go, on the word of two persons. Raises `DestructionRefused`."""
    chain = str(organisation)
    _refuse_alone(chain, organisation, first, second)
    if reason not in REASONS:
        raise DestructionRefused(chain, f"'{reason}' is no reason", f"Use one of {', '.join(sorted(REASONS))}.")
    if _month(month)[1] > now:
        raise DestructionRefused(chain, "this month is not over", "Choose a month that is closed.")
    with transaction.atomic():
        ChainHead.objects.select_for_update().filter(chain=chain).first()  # two at once: the second finds nothing left
        segments = segments_of(organisation, month)
        if not segments:
            raise DestructionRefused(chain, "nothing of this month is stored", "Look in the certificates: it may be gone.")
        _refuse_unlogged(chain, segments)
        return tuple(_let_go(chain, segment, month, reason, first, second, now=now) for segment in segments)


def _let_go(chain: str, segment: Segment, month: date, reason: str, first: Reader, second: Reader, *,
            now: datetime) -> Certified:
    """The certificate first: the database looks for it before it lets a row go."""
    rows = HistoryEntry.objects.filter(chain=chain, number__gte=segment.first, number__lte=segment.last)
    ends = {row.number: row for row in rows.filter(number__in=(segment.first, segment.last))}
    said = {
        "first": segment.first, "last": segment.last, "count": segment.count,
        "before": bytes(ends[segment.first].previous_hash).hex(), "first_hash": bytes(ends[segment.first].hash).hex(),
        "last_hash": bytes(ends[segment.last].hash).hex(),
        "period": f"{month:%Y-%m}", "from": segment.from_moment.isoformat(), "to": segment.to_moment.isoformat(),
        "reason": reason, "who": [str(first.membership), str(second.membership)],
    }
    history.append(UUID(chain), actor=second.actor, act=CERTIFICATE, now=now, details=stored_chains.vouched(chain, said))
    rows.delete()
    return Certified(ChainHead.objects.get(chain=chain).number, segment)


def _stretches(chain: str, first: int, last: int) -> Iterator[Segment]:
    """Certificates stay, and what was destroyed before is not there: a stretch ends before either."""
    rows = HistoryEntry.objects.filter(chain=chain, number__gte=first, number__lte=last).exclude(act=CERTIFICATE)
    begun: Segment | None = None
    for number, at in rows.order_by("number").values_list("number", "at").iterator(chunk_size=stored_chains.BATCH):
        if begun and number == begun.last + 1:
            begun = Segment(begun.first, number, begun.count + 1, min(begun.from_moment, at), max(begun.to_moment, at))
            continue
        if begun:
            yield begun
        begun = Segment(number, number, 1, at, at)
    if begun:
        yield begun


def _refuse_alone(chain: str, organisation: UUID, first: Reader, second: Reader) -> None:
    if first.user == second.user:
        raise DestructionRefused(chain, "one person alone destroys nothing", "Ask a colleague who may, too.")
    for reader in (first, second):
        if reader.organisation != organisation or reader.role not in MAY_DESTROY:
            raise DestructionRefused(chain, "this role may not destroy history here",
                                     f"Two of {' and '.join(sorted(MAY_DESTROY))} of the organisation may.")
    if "privacy_officer" not in (first.role, second.role):
        raise DestructionRefused(chain, "no privacy officer takes part", "Let the privacy officer be one of the two.")


def _refuse_unlogged(chain: str, segments: tuple[Segment, ...]) -> None:
    if processing_log.recorded_up_to(chain) < segments[-1].last:
        raise DestructionRefused(chain, "the log of processings has not read all of it yet", "Run `meldroute tick` first.")


def _month(month: date) -> tuple[datetime, datetime]:
    """The first moment of a month and of the next, as people here count them."""
    start = date(month.year, month.month, 1)
    after = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    zone = timezone.get_default_timezone()
    return tuple(datetime.combine(day, datetime.min.time(), zone) for day in (start, after))
