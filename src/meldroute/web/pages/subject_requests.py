"""Requests of data subjects, for the privacy officer: register, advise, record what the college decided."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from meldroute.rules.actors import Reader
from meldroute.rules.subject_rights import GROUNDS, KINDS, NEUTRAL, TERM, TermRefused
from meldroute.services import refusals
from meldroute.services import subject_requests as service

from .door import enters
from .subject_request_forms import CAUSES, DECISIONS, AdviceForm, DecisionForm, ExtensionForm, NewRequestForm

STATES = {"new": gettext_lazy("waits for your advice"), "advised": gettext_lazy("waits for the college"),
          "decided": gettext_lazy("answer still to be sent"), "answered": gettext_lazy("answered")}
TONES = {"new": "info", "advised": "neutral", "decided": "warning", "answered": "good"}


@dataclass(frozen=True, slots=True)
class Line:
    code: str
    url: str
    kind: str
    received: str
    due: str
    state: str
    tone: str
    late: bool
    done: bool


def officers(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Only the privacy officer; a request of another organisation is absent."""

    @enters("subject_requests")
    @wraps(view)
    def guarded(request: HttpRequest, reader: Reader, now: datetime, **parts: object) -> HttpResponse:
        try:
            return view(request, reader, now, **parts)
        except service.NoSuchRequest:
            refusals.remember(reader, area="subject_requests", now=now)
            raise Http404 from None

    return guarded


@officers
@require_safe
def show_all(request: HttpRequest, reader: Reader, now: datetime) -> HttpResponse:
    lines = [_line(line) for line in service.requests(reader=reader, now=now)]
    return render(request, "web/subject_requests.html", {
        "now": now, "waiting": [line for line in lines if not line.done], "done": [line for line in lines if line.done],
        "term": TERM})


@officers
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, reader: Reader, now: datetime) -> HttpResponse:
    form = NewRequestForm(request.POST or None, initial={"received_on": timezone.localtime(now).date()})
    if request.method == "POST" and form.is_valid():
        try:
            code = service.register(service.NewRequest(**form.cleaned_data), reader=reader, now=now)
        except service.RequestRefused as refused:
            form.refuse(refused)
        else:
            return redirect("subject_request", code=code)
    lines = [_("Write down what was asked, and nothing about whether there is anything. Who asks and what they ask is sealed.")]
    return _form_page(request, now, form, title=_("Register a request"), submit=_("Register the request"), lines=lines,
                      back=reverse("subject_requests"))


@officers
@require_safe
def show(request: HttpRequest, reader: Reader, now: datetime, code: str) -> HttpResponse:
    card = service.request_card(code, reader=reader, now=now)
    right = next(right for right in KINDS if right.id == card.line.kind)
    ground = next((one for one in GROUNDS if one.id == card.ground), None)
    return render(request, "web/subject_request.html", {
        "now": now, "card": card, "line": _line(card.line), "right": right, "ground": ground, "term": TERM,
        "right_name": right.name.say(_language()), "ground_name": ground.name.say(_language()) if ground else "",
        "decision": str(DECISIONS.get(card.decision, "")), "decided_on": _day(card.decided_on) if card.decided_on else "",
        "facts": [(_("Who asks"), card.name), (_("How to reach them"), card.contact),
                  (_("How it was established who asks"), card.identity)],
        "neutral": card.decision in NEUTRAL, "paragraphs": card.answer.split("\n\n") if card.answer else [],
    })


@officers
@require_http_methods(["GET", "HEAD", "POST"])
def advise(request: HttpRequest, reader: Reader, now: datetime, code: str) -> HttpResponse:
    card = service.request_card(code, reader=reader, now=now)
    form = AdviceForm(request.POST or None, initial={"advice": card.advice})
    return _act(request, now, form, lambda data: service.advise(code, data["advice"], reader=reader, now=now), code=code,
                title=_("Advice to the college"), submit=_("Save the advice"),
                lines=[_("You advise; the college decides. Your advice is kept with the decision.")])


@officers
@require_http_methods(["GET", "HEAD", "POST"])
def extend(request: HttpRequest, reader: Reader, now: datetime, code: str) -> HttpResponse:
    service.request_card(code, reader=reader, now=now)
    return _act(request, now, ExtensionForm(request.POST or None),
                lambda data: service.extend(code, data["reason"], reader=reader, now=now), code=code,
                title=_("Extend the term"), submit=_("Extend by two months"),
                lines=[_("Once, within the first month. Tell whoever asks, in words that fit everybody who asks.")])


@officers
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: HttpRequest, reader: Reader, now: datetime, code: str) -> HttpResponse:
    service.request_card(code, reader=reader, now=now)
    form = DecisionForm(request.POST or None, initial={"decided_on": timezone.localtime(now).date()})
    return _act(request, now, form,
                lambda data: service.decide(code, service.Decision(**data), reader=reader, now=now), code=code,
                title=_("Decision of the college"), submit=_("Record the decision"),
                lines=[_("Record what the college decided, with the day and who decided for it. It cannot be changed afterwards."),
                       _("A refusal and \"nothing found\" get the same answer, letter for letter.")])


@officers
@require_POST
def answered(request: HttpRequest, reader: Reader, now: datetime, code: str) -> HttpResponse:
    try:
        service.answered(code, reader=reader, now=now)
    except service.RequestRefused as refused:
        messages.error(request, CAUSES[refused.cause])
    else:
        messages.success(request, _("The answer is marked as sent. The clock has stopped."))
    return redirect("subject_request", code=code)


def _act(request: HttpRequest, now: datetime, form: forms.Form, do: Callable[[dict], object], *, code: str, title: str,
         submit: str, lines: list[str]) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            do(form.cleaned_data)
        except (service.RequestRefused, TermRefused) as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("Saved."))
            return redirect("subject_request", code=code)
    return _form_page(request, now, form, title=f"{title}: {code}", submit=submit, lines=lines,
                      back=reverse("subject_request", args=[code]))


def _form_page(request: HttpRequest, now: datetime, form: forms.Form, *, title: str, submit: str, lines: list[str],
               back: str) -> HttpResponse:
    context = {"now": now, "form": form, "title": title, "submit": submit, "lines": lines, "cancel_url": back}
    return render(request, "web/subject_request_form.html", context, status=400 if form.errors else 200)


def _line(line: service.RequestLine) -> Line:
    name = next(right.name for right in KINDS if right.id == line.kind)
    return Line(line.code, reverse("subject_request", args=[line.code]), name.say(_language()), _day(line.received_on),
                _day(line.due_on), str(STATES[line.state]), TONES[line.state], line.late, line.state == "answered")


def _day(day: date) -> str:
    return date_format(day, "j F Y")


def _language() -> str:
    return get_language() or "nl"


urlpatterns = [
    path("verzoeken/", show_all, name="subject_requests"),
    path("verzoeken/nieuw/", new, name="subject_request_new"),
    path("verzoeken/<str:code>/", show, name="subject_request"),
    path("verzoeken/<str:code>/advies/", advise, name="subject_request_advise"),
    path("verzoeken/<str:code>/verlengen/", extend, name="subject_request_extend"),
    path("verzoeken/<str:code>/besluit/", decide, name="subject_request_decide"),
    path("verzoeken/<str:code>/beantwoord/", answered, name="subject_request_answered"),
]
