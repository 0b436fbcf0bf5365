"""The region as the chain director sees it: counts and days, never a signal."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from meldroute.rules.actors import Reader
from meldroute.services import refusals
from meldroute.services.chain_monitor import SMALL, ChainCard, EscalatedTerm, NotTheDirector, StepCount, chain
from meldroute.services.handled import YearCount, handled

from .door import enters


@dataclass(frozen=True, slots=True)
class Table:
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Period:
    label: str
    url: str
    current: bool


# Which open signals the steps count, by when they came in.
PERIODS = {"": None, "30": 30, "90": 90, "365": 365}


@enters("chain")
@require_safe
def show(request: HttpRequest, reader: Reader, now: datetime) -> HttpResponse:
    try:
        days = PERIODS.get(request.GET.get("periode", ""))
        card = chain(reader=reader, now=now, days=days)
    except NotTheDirector:
        refusals.remember(reader, area="chain", now=now)
        raise Http404 from None
    return render(request, "web/chain.html", {
        "now": now, "small": SMALL, "steps": _steps(card), "escalated": _escalated(card),
        "municipalities": _municipalities(card), "periods": _periods(days),
    })


def _steps(card: ChainCard) -> Table:
    columns = (_("Step"), _("Open"), _("Median wait"), _("Late"))
    return Table(columns, tuple(_step(step) for step in card.steps))


def _periods(chosen: int | None) -> list[Period]:
    return [Period(_("all") if days is None else ngettext("last %(n)s day", "last %(n)s days", days) % {"n": days},
                   f"{reverse('chain')}?periode={name}" if name else reverse("chain"), days == chosen)
            for name, days in PERIODS.items()]


def _step(step: StepCount) -> tuple[str, ...]:
    late = _("not told") if step.late_share is None else f"{step.late_share}%"
    return (step.label.say(_language()), _number(step.open), _wait(step.median_wait), late)


def _municipalities(card: ChainCard) -> Table:
    columns = (_("Municipality"), _("Open"), _("Late"))
    return Table(columns, tuple((m.name, _number(m.open), _number(m.late)) for m in card.municipalities))


def _escalated(card: ChainCard) -> Table | None:
    if not card.escalated:
        return None
    columns = (_("Municipality"), _("Step"), _("How late"), _("How many"))
    alike = Counter(card.escalated)  # in the order they have
    return Table(columns, tuple(_term(term, number) for term, number in alike.items()))


def _term(term: EscalatedTerm, number: int) -> tuple[str, ...]:
    days = ngettext("%(n)s working day", "%(n)s working days", term.days_late) % {"n": term.days_late}
    return (term.municipality, term.step.say(_language()), days, str(number))


def _number(number: int | None) -> str:
    return f"< {SMALL}" if number is None else str(number)


def _wait(wait: timedelta | None) -> str:
    if wait is None:
        return _("not told")
    hours = int(wait.total_seconds() // 3600)
    if hours < 48:
        return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}
    return ngettext("%(n)s day", "%(n)s days", hours // 24) % {"n": hours // 24}


@enters("chain")
@require_safe
def years(request: HttpRequest, reader: Reader, now: datetime) -> HttpResponse:
    try:
        found = handled(reader=reader, now=now)
    except NotTheDirector:
        refusals.remember(reader, area="chain", now=now)
        raise Http404 from None
    return render(request, "web/chain_handled.html", {"now": now, "small": SMALL, "years": [_year(y) for y in found]})


@dataclass(frozen=True, slots=True)
class Year:
    year: int
    total: str
    table: Table


def _year(card: YearCount) -> Year:
    rows = tuple((name, _number(number)) for name, number in card.by_municipality)
    return Year(card.year, _number(card.total), Table((_("Municipality"), _("Handled")), rows))


def _language() -> str:
    return get_language() or "nl"


urlpatterns = [path("keten/", show, name="chain"), path("keten/afgehandeld/", years, name="chain_handled")]
