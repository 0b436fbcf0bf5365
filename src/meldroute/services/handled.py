"""How many signals were handled, year by year: those that are kept and those that are gone, so that no total changes."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count
from django.db.models.functions import ExtractYear

from meldroute.rules.actors import Reader
from meldroute.storage import history
from meldroute.storage.models import KeptSignal, Organisation, SurvivingCount

from . import boundaries
from .chain_monitor import NotTheDirector, told_beside


@dataclass(frozen=True, slots=True)
class YearCount:
    """None: fewer than five, or what would give that away."""

    year: int
    total: int | None
    by_municipality: tuple[tuple[str, int | None], ...]


def handled(*, reader: Reader, now: datetime) -> tuple[YearCount, ...]:
    """For the chain director. Signals about a colleague are in none of these numbers."""
    if reader.role != "chain_director":
        raise NotTheDirector
    with boundaries.everywhere():  # numbers only, and those below five not even that
        counts = _counts()
    names = dict(Organisation.objects.filter(kind="municipality").order_by("name").values_list("pk", "name"))
    years = tuple(_year(year, counts, names) for year in sorted({y for y, _ in counts}, reverse=True))
    with transaction.atomic():
        history.append(reader.organisation, actor=reader.actor, act="chain.read", now=now, details={"part": "handled"})
    return years


def _counts() -> Counter:
    kept = KeptSignal.objects.filter(lane="regular").annotate(year=ExtractYear("closed_on"))
    gone = SurvivingCount.objects.annotate(year=ExtractYear("closed_month"))
    counts: Counter = Counter()
    for rows in (kept, gone):
        for year, municipality, number in rows.values("year", "municipality").annotate(
                number=Count("pk")).values_list("year", "municipality", "number"):
            counts[year, municipality] += number
    return counts


def _year(year: int, counts: Counter, names: dict) -> YearCount:
    here = {id: counts.get((year, id), 0) for id in names}
    shown = told_beside({**here, "": sum(here.values())})
    return YearCount(year, shown[""], tuple((name, shown[id]) for id, name in names.items()))
