"""The focal point's work list, and finding a signal by its reference."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from meldroute.rules.actors import Reader
from meldroute.rules.references import BadReference, normalise_reference
from meldroute.services.calling import name_now, urgent_partner
from meldroute.services.reading.work_list import CAP, WorkList, WorkRow, work_list

from .door import enters
from .words import GROUPS, MINOR

SINCE = ("new", "answered", "promised", "today")
BELOW = ("others", "bundled", "late", "done")
ASIDE = ("held", "spam")  # from outside; shown where there are any


@dataclass(frozen=True, slots=True)
class Count:
    label: str
    number: str
    url: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    reference: str
    url: str
    danger: bool
    danger_words: str
    minor: str
    state: str
    next: str
    forms: str
    due_at: datetime
    standing: str


@enters("work_list")
@require_safe
def show(request: HttpRequest, reader: Reader, now: datetime) -> HttpResponse:
    card = work_list(reader=reader, now=now, group=request.GET.get("groep", "yours"), after=request.GET.get("na", ""))
    return render(request, "web/work_list.html", _context(card, now=now))


@enters("work_list")
@require_safe
def find(request: HttpRequest, reader: Reader, now: datetime) -> HttpResponse:
    """By reference only. A reference that cannot be one is said so; any other goes to the signal's page."""
    typed = request.GET.get("kenmerk", "")
    try:
        return redirect("signal", reference=normalise_reference(typed))
    except BadReference:
        card = work_list(reader=reader, now=now)
        problem = _("This is not a reference. A reference looks like MR-7K3Q2M9T-Q. Check what you typed.")
        return render(request, "web/work_list.html", _context(card, now=now, typed=typed, problem=problem), status=400)


def _context(card: WorkList, *, now: datetime, typed: str = "", problem: str = "") -> dict[str, object]:
    urgent = {"partner": name_now(urgent_partner(now=now), now=now)}
    return {
        "now": now, "group": card.group, "heading": GROUPS[card.group], "rows": [_row(r, urgent) for r in card.rows],
        "since": card.since, "since_counts": [_count(g, card.counts[g]) for g in SINCE],
        "below": [_count(g, card.counts[g]) for g in (*BELOW, *(g for g in ASIDE if card.counts[g]))],
        "yours": _number(card.counts["yours"]),
        "late": _number(card.counts["late"]), "buddy_present": card.buddy_present, "first_due": card.first_due,
        "next_url": f"{_url(card.group)}&na={card.next_after}" if card.next_after else "",
        "yours_url": reverse("work_list"), "typed": typed, "problem": problem,
    }


def _count(group: str, number: int) -> Count:
    tone = "danger" if group == "late" and number else ""
    return Count(str(GROUPS[group]), _number(number), url=_url(group) if number else "", tone=tone)


def _number(number: int) -> str:
    return f"{CAP - 1}+" if number >= CAP else str(number)


def _url(group: str) -> str:
    return f"{reverse('work_list')}?groep={group}"


def _row(row: WorkRow, urgent: dict[str, str]) -> Row:
    language = get_language() or "nl"
    return Row(
        reference=row.reference, url=reverse("signal", kwargs={"reference": row.reference}), danger=row.danger,
        danger_words=_danger_words(row, urgent) if row.danger else "",
        minor=str(MINOR[row.minor]),
        state=row.state.say(language), next=row.next.say(language), forms=", ".join(row.forms), due_at=row.due_at,
        standing=row.standing,
    )


def _danger_words(row: WorkRow, urgent: dict[str, str]) -> str:
    return (_("%(partner)s was called") if row.contacted else _("nobody called %(partner)s yet")) % urgent


urlpatterns = [path("werklijst/", show, name="work_list"), path("werklijst/zoek/", find, name="find_signal")]
