"""The page of one signal: what is known, what can be done now and why not the rest, whom to call, where it stands."""

from dataclasses import dataclass
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from meldroute.rules.actors import Reader
from meldroute.rules.facts import FAILED_REFERRAL
from meldroute.rules.lifecycle import Allowed
from meldroute.rules.references import BadReference, normalise_reference
from meldroute.rules.route import Recipient, on_route
from meldroute.services.reading.signal_cards import ReferralCard, ReportCard, SignalPage
from meldroute.services.reading.signal_page import open_signal
from meldroute.web.outside_texts import texts_in

from .act_links import step_links
from .door import enters
from .words import ABOUT, ACTS, CHANNELS, MINOR


@dataclass(frozen=True, slots=True)
class RouteRow:
    """One partner on the route: why, in which place, what was done and what can be done."""

    rank: int
    partner: str
    required: bool
    because: str
    source: str
    status: str
    referral: ReferralCard | None
    skipped: bool
    refer_url: str
    skip_url: str


@dataclass(frozen=True, slots=True)
class Entry:
    at: datetime
    what: str
    who: str
    tone: str = ""


@enters("work_list")
@require_safe
def show(request: HttpRequest, reader: Reader, now: datetime, reference: str) -> HttpResponse:
    try:
        plain = normalise_reference(reference)
    except BadReference:
        raise Http404 from None
    if plain != reference:
        return redirect("signal", reference=plain)
    page = open_signal(plain, reader=reader, now=now, language=get_language() or "nl")
    return render(request, "web/signal.html", page_context(page, now=now))


def page_context(page: SignalPage, *, now: datetime) -> dict[str, object]:
    acts = {s.step.act for s in page.steps if isinstance(s, Allowed)}
    return {
        "now": now, "page": page, "state_words": page.state.label.say(get_language() or "nl"),
        "steps": step_links(page.steps, reference=page.reference, danger_first=page.danger and not page.contacted),
        "route": _route(page, acts), "advice": [r for r in page.referrals if r.purpose == "advice"],
        "others": _beside_the_route(page), "timeline": _timeline(page), "report": _report(page),
        "flow_url": f"{reverse('flow')}?signaal={page.reference}", "can_enrich": "enrich" in acts,
        "may_answer": "record_contact" in acts, "may_refer": "refer" in acts,
        "documents": sum(entry.act == "attachment.added" for entry in page.timeline),
        "excluded_names": ", ".join(page.policy.partner(p).known_as for p in page.excluded),
    }


def _report(page: SignalPage) -> list[tuple[str, str]]:
    report = page.report
    who = report.reporter or _("somebody who gave no name")
    return [
        (_("Reported by"), _("%(name)s, %(channel)s") % {"name": who, "channel": CHANNELS[report.channel]}),
        *_from_outside(report),
        (_("On behalf of"), report.on_behalf_of or _("nobody else")),
        (_("It is about"), str(ABOUT[report.about])),
        (_("Where"), report.where),
        (_("When"), report.when),
        (_("Younger than 18"), str(MINOR[page.minor])),
        (_("Called already"), ", ".join(report.called) or _("nobody")),
        (_("May a partner know the reporter's name?"), _("yes") if report.name_allowed else _("no")),
    ]


def _from_outside(report: ReportCard) -> list[tuple[str, str]]:
    if not report.language:
        return []
    return [(_("How to reach this person, in their words"), report.contact or _("not given: ask on this page")),
            (_("Language"), texts_in(report.language).language)]


def _route(page: SignalPage, acts: set[str]) -> list[RouteRow]:
    by_partner = {on_route(r.partner_id, page.policy): r for r in page.referrals if r.purpose == "referral"}
    return [_route_row(page, r, by_partner.get(r.partner), acts) for r in page.routing.recipients]


def _route_row(page: SignalPage, recipient: Recipient, referral: ReferralCard | None, acts: set[str]) -> RouteRow:
    language = get_language() or "nl"
    at = {"reference": page.reference, "partner": recipient.partner}
    skipped = referral is not None and referral.status == "skipped"
    free = referral is None or skipped or referral.status in FAILED_REFERRAL
    may_skip = free and not skipped and recipient.required and "skip_referral" in acts
    return RouteRow(
        rank=recipient.rank, partner=page.policy.partner(recipient.partner).known_as, required=recipient.required,
        because=", ".join(_because(page, id, language) for id in recipient.because), source=recipient.source,
        status=recipient.status, referral=None if skipped else referral, skipped=skipped,
        refer_url=reverse("refer", kwargs=at) if free and "refer" in acts else "",
        skip_url=reverse("skip_referral", kwargs=at) if may_skip else "",
    )


def _because(page: SignalPage, id: str, language: str) -> str:
    named = {f.id: f.label for f in page.policy.forms} | {e.id: e.because for e in page.policy.extras}
    return named[id].say(language)


def _beside_the_route(page: SignalPage) -> list[ReferralCard]:
    routed = {r.partner for r in page.routing.recipients}
    return [r for r in page.referrals if r.purpose == "referral" and on_route(r.partner_id, page.policy) not in routed]


def _timeline(page: SignalPage) -> list[Entry]:
    return [
        Entry(at=t.at, what=str(ACTS.get(t.act, t.act)),
              who=t.by or (_("reporter") if t.act in ("signal.received", "reporter.wrote") else ""))
        for t in reversed(page.timeline)
    ]


urlpatterns = [path("signalen/<str:reference>/", show, name="signal")]
