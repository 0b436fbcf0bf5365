"""The retention calendar, the lists that wait for two persons, and the certificate of what is gone."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from meldroute.rules.access import may_approve_destruction
from meldroute.rules.actors import Reader
from meldroute.services import destruction as service
from meldroute.services import refusals
from meldroute.services.destruction import DestructionCard, ListChanged, Named, NoSuchList, NotYourTurn, SamePerson
from meldroute.services.retention_calendar import CalendarCard, calendar
from meldroute.web.certificate import certificate_pdf
from meldroute.web.times import local

from .door import enters
from .words import HOLD_REASONS, KEPT_OUTCOMES, period_words, role_name

STATES = {"listed": gettext_lazy("waits for the desk"), "proposed": gettext_lazy("waits for the privacy officer"),
          "returned": gettext_lazy("given back"), "destroyed": gettext_lazy("destroyed")}
PROBLEMS = {
    ListChanged: gettext_lazy("The list changed after you opened this page. Nothing was done. Look at it again."),
    NotYourTurn: gettext_lazy("This was done already, or it is not for you to do now. Nothing was done."),
    SamePerson: gettext_lazy("You proposed this yourself. Another person must approve. Nothing was done."),
}


@dataclass(frozen=True, slots=True)
class Table:
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class ListRow:
    url: str
    what: str
    state: str
    count: int
    at: datetime
    mine: bool


@enters("retention")
@require_safe
def show(request: HttpRequest, reader: Reader, now: datetime) -> HttpResponse:
    card = calendar(reader=reader, now=now)
    return render(request, "web/retention.html", {
        "now": now, "officer": may_approve_destruction(reader), "months": _months(card), "ending": _ending(card),
        "holds": _holds(card), "waiting": [_row(c) for c in card.waiting], "done": [_row(c) for c in card.done]})


def _months(card: CalendarCard) -> Table:
    by_month: dict[date | None, dict[str, int]] = defaultdict(dict)
    for found in card.months:
        by_month[found.month][found.outcome] = found.count
    outcomes = [o for o in KEPT_OUTCOMES if any(o in row for row in by_month.values())]
    rows = tuple((_month(month), *(str(row.get(o, "–")) for o in outcomes)) for month, row in by_month.items())
    return Table((_("Term ends in"), *(str(KEPT_OUTCOMES[o]) for o in outcomes)), rows)


def _month(month: date | None) -> str:
    return date_format(month, "F Y") if month else _("term unknown: never by itself")


def _ending(card: CalendarCard) -> Table:
    rows = tuple((e.reference, str(KEPT_OUTCOMES[e.outcome]), day(e.closed_on), day(e.ends_on)) for e in card.ending)
    return Table((_("Signal"), _("Outcome"), _("Closed on"), _("Term ends on")), rows)


def _holds(card: CalendarCard) -> Table:
    rows = tuple((h.reference, str(HOLD_REASONS[h.reason]), f"{h.by} ({role_name(h.role)})", day(local(h.since).date()),
                  day(h.until)) for h in card.holds)
    return Table((_("Signal"), _("Why"), _("Held by"), _("Since"), _("Look again on")), rows)


def _row(card: DestructionCard) -> ListRow:
    return ListRow(reverse("destruction", kwargs={"id": card.id}), what(card), str(STATES[card.state]), card.count,
                   card.approved.at if card.approved else card.listed_at, bool(card.may))


def what(card: DestructionCard) -> str:
    kind = _("%(outcome)s, kept %(term)s") % {"outcome": KEPT_OUTCOMES[card.outcome], "term": term_words(card)}
    return _("%(kind)s (signals about colleagues)") % {"kind": kind} if card.confidential else kind


def term_words(card: DestructionCard) -> str:
    amount, unit = card.term.split()
    return period_words(int(amount), unit)


def day(value: date | None) -> str:
    return date_format(value, "j F Y") if value else _("not known")


# One list


@enters("retention")
@require_http_methods(["GET", "HEAD", "POST"])
def destruction(request: HttpRequest, reader: Reader, now: datetime, id: UUID) -> HttpResponse:
    problem, status = "", 200
    try:
        if request.method == "POST":
            problem = _act(request, id, reader, now)
            if not problem:
                return redirect("destruction", id=id)
            status = 409
        card = service.destruction_card(id, reader=reader, now=now)
    except NoSuchList:
        refusals.remember(reader, area="retention", now=now)
        raise Http404 from None
    return render(request, "web/destruction.html", {
        "now": now, "card": card, "what": what(card), "state": STATES[card.state], "problem": problem,
        "facts": facts_of(card), "signals": _signals(card), "cancel_url": reverse("retention")}, status=status)


def _act(request: HttpRequest, id: UUID, reader: Reader, now: datetime) -> str:
    """What went wrong, in words; "" when it was done."""
    seen, act = request.POST.get("seen", ""), request.POST.get("act", "")
    try:
        if act == "approve":
            gone = service.approve(id, seen=seen, reader=reader, now=now)
            said = ngettext("%(n)s signal was destroyed.", "%(n)s signals were destroyed.", gone) % {"n": gone}
        elif act == "propose":
            service.propose(id, seen=seen, reader=reader, now=now)
            said = _("Proposed. The privacy officer was told; nothing is destroyed before they approve.")
        else:
            service.give_back(id, seen=seen, reader=reader, now=now)
            said = _("Given back. It comes on a list again later.")
    except tuple(PROBLEMS) as error:
        return str(PROBLEMS[type(error)])
    messages.success(request, said)
    return ""


def facts_of(card: DestructionCard) -> list[tuple[str, str]]:
    """What stands on the page and on the certificate alike."""
    code = _("entry %(code)s of the selection list") % {"code": card.code} if card.code else _("no entry in the list")
    facts = [(_("Municipality"), card.municipality), (_("What"), what(card)), (_("How many"), str(card.count)),
             (_("Term"), f"{term_words(card)}, {code}"), (_("Source"), card.source),
             (_("Proposed by"), _named(card.proposed)), (_("Approved by"), _named(card.approved))]
    if card.state == "destroyed":
        facts.append((_("Destroyed on"), day(local(card.approved.at).date())))
        facts.append((_("State"), _finished(card)))
    return facts


def _finished(card: DestructionCard) -> str:
    if card.finished_at:
        return _("finished on %(day)s: no copy of a key is left") % {"day": day(local(card.finished_at).date())}
    return _("pending: it cannot be read here any more; a copy of a key may still stand in the key copy or a log")


def _named(named: Named | None) -> str:
    return f"{named.name} ({role_name(named.role)}), {day(local(named.at).date())}" if named else _("nobody yet")


def _signals(card: DestructionCard) -> Table:
    rows = tuple((s.reference, day(s.closed_on), day(s.ends_on)) for s in card.signals)
    return Table((_("Signal"), _("Closed on"), _("Term ended on")), rows)


@enters("retention")
@require_safe
def certificate(request: HttpRequest, reader: Reader, now: datetime, id: UUID) -> HttpResponse:
    """The certificate of a destruction that was done; of anything else there is none."""
    try:
        card = service.destruction_card(id, reader=reader, now=now)
    except NoSuchList:
        refusals.remember(reader, area="retention", now=now)
        raise Http404 from None
    if card.state != "destroyed":
        raise Http404
    return HttpResponse(certificate_pdf(card.id, facts_of(card)), content_type="application/pdf", headers={
        "Content-Disposition": f'attachment; filename="verklaring-{card.id}.pdf"'})


urlpatterns = [
    path("bewaren/", show, name="retention"),
    path("bewaren/<uuid:id>/", destruction, name="destruction"),
    path("bewaren/<uuid:id>/verklaring/", certificate, name="destruction_certificate"),
]
