"""A municipality's settings for its functional manager: a list of tasks, and a page for each part."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from meldroute.rules.actors import Reader
from meldroute.services import refusals
from meldroute.services.municipality_settings import (
    NotTheManager,
    SettingsCard,
    SettingsConflict,
    SettingsRefused,
    neighbours,
    save,
    settings_now,
)
from meldroute.services.people import NoSuchMember
from meldroute.services.setting_up import SetupTask, calling_card, setup_tasks

from .door import enters
from .retention_form import RetentionForm
from .settings_forms import DAYS, ContactForm, HoursForm, NeighbourForm, NormsForm, OutsideForm, ReachForm, SettingsForm

PARTS = {"norms": gettext_lazy("norms"), "hours": gettext_lazy("working hours"),
         "local_channels": gettext_lazy("local contacts"), "neighbour": gettext_lazy("who stands in"),
         "reach": gettext_lazy("how to reach the focal point"), "outside": gettext_lazy("the page for citizens"),
         "retention": gettext_lazy("how long signals are kept")}
TASKS = {
    "focal_point": (gettext_lazy("At least one focal point"), "people"),
    "buddy": (gettext_lazy("A buddy in the other domain, or a second focal point"), "people"),
    "designated": (gettext_lazy("Somebody who takes signals about colleagues"), "people"),
    "neighbour": (gettext_lazy("A neighbouring municipality that stands in"), "settings_neighbour"),
    "reach": (gettext_lazy("How to reach the focal point"), "settings_reach"),
    "route": (gettext_lazy("How signals come in here"), "settings_reach"),
    "outside": (gettext_lazy("Decided whether citizens can report on a page of their own"), "settings_outside"),
    "norms": (gettext_lazy("Own norms decided"), "settings_norms"),
    "hours": (gettext_lazy("Working hours decided"), "settings_hours"),
}
PROBLEMS = {
    "not_appointed": gettext_lazy("Advice: have the college appoint the focal point, and note the decision here."),
    "same_domain": gettext_lazy("Advice: focal point and buddy come from different domains, care and safety."),
}


@dataclass(frozen=True, slots=True)
class Task:
    label: str
    done: bool
    url: str
    problem: str
    hint: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Planned:
    at: datetime
    parts: str


@dataclass(frozen=True, slots=True)
class Part:
    """A page for one part: what it is called, and its form for what is in force."""

    name: str  # a field of Choices
    title: str
    template: str
    form: Callable[..., SettingsForm]
    value: Callable[[SettingsForm], object]
    context: dict[str, object]


def manages(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Only the functional manager of a municipality; people of another municipality are absent."""

    @enters("settings")
    @wraps(view)
    def guarded(request: HttpRequest, reader: Reader, now: datetime, **parts: object) -> HttpResponse:
        try:
            return view(request, reader, now, **parts)
        except (NotTheManager, NoSuchMember):
            refusals.remember(reader, area="settings", now=now)
            raise Http404 from None

    return guarded


@manages
@require_safe
def show(request: HttpRequest, reader: Reader, now: datetime) -> HttpResponse:
    card = settings_now(reader=reader, now=now)
    return render(request, "web/settings.html", {
        "now": now, "municipality": card.municipality,
        "tasks": [_task(task) for task in setup_tasks(reader=reader, now=now)],
        "planned": [Planned(p.valid_from, ", ".join(str(PARTS[part]) for part in p.parts)) for p in card.planned],
    })


def _task(task: SetupTask) -> Task:
    problem = str(PROBLEMS[task.problem]) if task.problem else ""
    if task.id == "contact":
        label = _("Contact: %(partner)s") % {"partner": task.label.say(_language())}
        return Task(label, task.done, reverse("settings_contact", args=[task.partner]), problem)
    label, page = TASKS[task.id]
    return Task(str(label), task.done, reverse(page), problem)


@manages
@require_http_methods(["GET", "HEAD", "POST"])
def norms(request: HttpRequest, reader: Reader, now: datetime) -> HttpResponse:
    card = settings_now(reader=reader, now=now)
    return _edit(request, reader, now, card, Part(
        "norms", _("Norms"), "web/settings_norms.html",
        lambda *data, **words: NormsForm(*data, choices=card.choices, policy=card.policy, **words),
        lambda form: form.value(), {}))


@manages
@require_http_methods(["GET", "HEAD", "POST"])
def hours(request: HttpRequest, reader: Reader, now: datetime) -> HttpResponse:
    card = settings_now(reader=reader, now=now)
    return _edit(request, reader, now, card, Part(
        "hours", _("Working hours"), "web/settings_hours.html",
        lambda *data, **words: HoursForm(*data, choices=card.choices, **words), lambda form: form.value(), {}))


@manages
@require_http_methods(["GET", "HEAD", "POST"])
def neighbour(request: HttpRequest, reader: Reader, now: datetime) -> HttpResponse:
    card = settings_now(reader=reader, now=now)
    offered = neighbours(reader=reader, now=now)
    chosen = str(card.choices.neighbour or "")
    return _edit(request, reader, now, card, Part(
        "neighbour", _("Who stands in"), "web/settings_part.html",
        lambda *data, initial, **words: NeighbourForm(*data, neighbours=offered,
                                                      initial={"neighbour": chosen} | initial, **words),
        lambda form: form.value(), {}))


@manages
@require_http_methods(["GET", "HEAD", "POST"])
def reach(request: HttpRequest, reader: Reader, now: datetime) -> HttpResponse:
    card = settings_now(reader=reader, now=now)
    names = ("phone", "email", "reporting_point", "route", "structures")
    known = {name: getattr(card.choices.reach, name) for name in names}
    return _edit(request, reader, now, card, Part(
        "reach", _("How to reach the focal point"), "web/settings_reach.html",
        lambda *data, initial, **words: ReachForm(*data, initial=known | initial, **words),
        lambda form: form.value(), {}))


@manages
@require_http_methods(["GET", "HEAD", "POST"])
def outside(request: HttpRequest, reader: Reader, now: datetime) -> HttpResponse:
    card = settings_now(reader=reader, now=now)
    known = {name: getattr(card.choices.outside, name) for name in ("open", "phone", "email")}
    address = request.build_absolute_uri(reverse("outside", args=[reader.organisation_code]))
    return _edit(request, reader, now, card, Part(
        "outside", _("The page for citizens"), "web/settings_outside.html",
        lambda *data, initial, **words: OutsideForm(*data, initial=known | initial, **words),
        lambda form: form.value(), {"address": address}))


@manages
@require_http_methods(["GET", "HEAD", "POST"])
def retention(request: HttpRequest, reader: Reader, now: datetime) -> HttpResponse:
    card = settings_now(reader=reader, now=now)
    return _edit(request, reader, now, card, Part(
        "retention", _("How long signals are kept"), "web/settings_retention.html",
        lambda *data, **words: RetentionForm(*data, choices=card.choices, **words), lambda form: form.value(), {}))


@manages
@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: HttpRequest, reader: Reader, now: datetime, partner: str) -> HttpResponse:
    card = settings_now(reader=reader, now=now)
    found = next((p for p in card.policy.partners if p.id == partner and p.per_municipality), None)
    if found is None or found.own_desk:
        raise Http404
    channels = card.choices.local_channels
    title = _("Contact: %(partner)s") % {"partner": found.name.say(_language())}
    return _edit(request, reader, now, card, Part(
        "local_channels", title, "web/settings_part.html",
        lambda *data, **words: ContactForm(*data, channels=channels.get(partner, ()), **words),
        lambda form: {**channels, partner: form.value()} if form.value() else
        {id: rows for id, rows in channels.items() if id != partner},
        {"provenance": (found.status, found.source)}))


def _edit(request: HttpRequest, reader: Reader, now: datetime, card: SettingsCard, part: Part) -> HttpResponse:
    if request.method != "POST":
        return _page(request, now, card, part, part.form(initial={"seen": card.row}))
    form = part.form(request.POST, initial={})
    if not form.is_valid():
        return _page(request, now, card, part, form, status=400)
    try:
        save(part.name, part.value(form), starts=form.cleaned_data["starts"], seen=form.cleaned_data["seen"],
             reader=reader, now=now)
    except SettingsRefused as refused:
        form.refuse(refused.findings)
        return _page(request, now, card, part, form, status=409)
    except SettingsConflict:
        return _page(request, now, card, part, _over_theirs(form, card.row), status=409, conflict=True)
    messages.success(request, _("Saved: %(part)s.") % {"part": part.title})
    return redirect("settings")


def _over_theirs(form: SettingsForm, row: UUID | None) -> SettingsForm:
    """What was typed stays. Saving it again is a choice made after seeing that somebody else changed this."""
    form.data = form.data.copy()
    form.data["seen"] = str(row or "")
    return form


def _page(request: HttpRequest, now: datetime, card: SettingsCard, part: Part, form: SettingsForm, *,
          status: int = 200, conflict: bool = False) -> HttpResponse:
    context = {"now": now, "municipality": card.municipality, "title": part.title, "form": form, "conflict": conflict,
               "cancel_url": reverse("settings")} | part.context
    if isinstance(form, NormsForm):
        context["norms"] = [_norm(form, row) for row in form.rows]
    if isinstance(form, RetentionForm):
        context["terms"] = form.groups()
    if isinstance(form, HoursForm):
        context["days"] = [(name, form[f"from{day}"], form[f"to{day}"]) for day, name in DAYS]
    return render(request, part.template, context, status=status)


@dataclass(frozen=True, slots=True)
class NormFields:
    label: str
    amount: object
    unit: object
    source: str


def _norm(form: NormsForm, row) -> NormFields:
    id = row.norm.id
    own = "" if row.source == "own norm" else row.source.removeprefix("eigen norm; ")
    return NormFields(row.label.say(_language()), form[f"amount:{id}"], form[f"unit:{id}"], own)


@manages
@require_safe
def card(request: HttpRequest, reader: Reader, now: datetime) -> HttpResponse:
    return render(request, "web/calling_card.html", {
        "now": now, "card": calling_card(reader=reader, now=now), "cancel_url": reverse("settings")})


def _language() -> str:
    return get_language() or "nl"


urlpatterns = [
    path("instellingen/", show, name="settings"),
    path("instellingen/normen/", norms, name="settings_norms"),
    path("instellingen/werktijden/", hours, name="settings_hours"),
    path("instellingen/vervanging/", neighbour, name="settings_neighbour"),
    path("instellingen/bereikbaar/", reach, name="settings_reach"),
    path("instellingen/burgers/", outside, name="settings_outside"),
    path("instellingen/contact/<str:partner>/", contact, name="settings_contact"),
    path("instellingen/bewaartermijnen/", retention, name="settings_retention"),
    path("instellingen/visitekaartje/", card, name="settings_card"),
]
