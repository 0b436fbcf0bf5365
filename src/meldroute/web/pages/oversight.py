"""Oversight, for the privacy officer: who saw a file, and what was refused. Found by reference, never by name."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from meldroute.rules.actors import Reader
from meldroute.rules.references import BadReference, normalise_reference
from meldroute.services.desk import NoSuchSignal
from meldroute.services.reading import oversight
from meldroute.services.reading.oversight import LogLine, Who

from .door import enters
from .words import ACTS, GROUPS, role_name

MORE_ACTS = {
    "signal.read": gettext_lazy("Looked at"),
    "list.read": gettext_lazy("Stood on a list that was looked at"),
    "refused": gettext_lazy("Refused: not allowed here"),
    "log.read": gettext_lazy("Looked who saw it"),
}
PARTS = {
    "page": gettext_lazy("the whole signal"),
    "disclosure": gettext_lazy("what a partner was given"),
    "flow": gettext_lazy("its place in the flowchart"),
    "notifications": gettext_lazy("notices"),
    "disclosures": gettext_lazy("what was shared with a partner"),
    "my_reports": gettext_lazy("own reports"),
    "my_report": gettext_lazy("own report"),
    "proof": gettext_lazy("proof of report"),
    "receipt": gettext_lazy("receipt"),
    "link_code": gettext_lazy("a partner's link and code"),
    "refer": gettext_lazy("passing on"),
    "judging": gettext_lazy("judging"),
    "conclusion": gettext_lazy("conclusion of the experts"),
    "contact": gettext_lazy("contact with a partner"),
    "bundle": gettext_lazy("bundling"),
    "act": gettext_lazy("a form to do something"),
    "file": gettext_lazy("who saw this file"),
    "refusals": gettext_lazy("what was refused"),
    "work_list": gettext_lazy("work list"),
    "settings": gettext_lazy("settings"),
    "chain": gettext_lazy("chain"),
    "report": gettext_lazy("report"),
    "audit": gettext_lazy("oversight"),
    "subject_requests": gettext_lazy("requests of data subjects"),
    "partners": gettext_lazy("partners"),
    "choose_membership": gettext_lazy("a role of somebody else"),
}
NAMELESS = {
    "reporter": gettext_lazy("the reporter"),
    "link": gettext_lazy("a partner, by link and code"),
    "tick": gettext_lazy("Meldroute, by itself"),
    "command": gettext_lazy("who manages the system"),
    "membership": gettext_lazy("somebody whose role is gone"),
}


@dataclass(frozen=True, slots=True)
class Line:
    at: datetime
    who: str
    role: str
    what: str
    part: str
    why: str
    ground: str
    status: str
    reference: str
    url: str


@enters("audit")
@require_safe
def show(request: HttpRequest, reader: Reader, now: datetime) -> HttpResponse:
    """A reference in the address leads on to its file; anything else stays here and says why."""
    typed = request.GET.get("kenmerk", "").strip()[:60]
    problem = ""
    if typed:
        try:
            return redirect("file_log", reference=normalise_reference(typed))
        except BadReference:
            problem = _("This is not a reference. A reference looks like MR-7K3Q2M9T-Q. Check what you typed.")
    return render(request, "web/oversight.html", {
        "now": now, "typed": typed, "problem": problem, "digest_at": oversight.newest_digest(reader=reader),
    }, status=400 if problem else 200)


@enters("audit")
@require_safe
def file_log(request: HttpRequest, reader: Reader, now: datetime, reference: str) -> HttpResponse:
    card = oversight.who_saw(_printed(reference), reader=reader, now=now, before=request.GET.get("voor", ""))
    here = reverse("file_log", args=[card.reference])
    return render(request, "web/file_log.html", {
        "now": now, "reference": card.reference, "lines": [_line(line) for line in card.lines],
        "next_url": f"{here}?voor={_quoted(card.next_before)}" if card.next_before else "", "paged": "voor" in request.GET,
        "newest_url": here,
    })


@enters("audit")
@require_safe
def refusals(request: HttpRequest, reader: Reader, now: datetime) -> HttpResponse:
    card = oversight.refused(reader=reader, now=now, before=request.GET.get("voor", ""))
    return render(request, "web/refusals.html", {
        "now": now, "lines": [_line(line) for line in card.lines],
        "next_url": f"{reverse('refusals')}?voor={_quoted(card.next_before)}" if card.next_before else "",
    })


def _printed(reference: str) -> str:
    try:
        return normalise_reference(reference)
    except BadReference:
        raise NoSuchSignal(reference) from None


def _quoted(place: str) -> str:
    return place.replace("+", "%2B")


def _line(line: LogLine) -> Line:
    language = get_language() or "nl"
    return Line(
        at=line.at, who=_name(line.who), role=_role(line.who), what=_act(line.act), part=_part(line.part),
        why=line.why.name.say(language), ground=line.why.ground, status=line.why.status, reference=line.reference,
        url=reverse("file_log", args=[line.reference]) if line.reference else "",
    )


def _name(who: Who) -> str:
    return who.name or str(NAMELESS.get(who.kind, who.kind))


def _role(who: Who) -> str:
    return f"{role_name(who.role)}, {who.organisation}" if who.name else ""


def _act(act: str) -> str:
    return str(MORE_ACTS.get(act) or ACTS.get(act) or act)


def _part(part: str) -> str:
    """A list says which group of it; what has no word here is shown as the log names it."""
    name, _dot, group = part.partition(".")
    words = str(PARTS.get(name) or ACTS.get(f"step.{name}") or name)
    return f"{words}: {GROUPS.get(group, group)}" if group else words


urlpatterns = [
    path("toezicht/", show, name="audit"),
    path("toezicht/geweigerd/", refusals, name="refusals"),
    path("toezicht/<str:reference>/", file_log, name="file_log"),
]
