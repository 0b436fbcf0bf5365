"""The page for citizens and professionals outside: one address, one neutral title, every step in the body of a form.

Nothing stands in the address, in a cookie or in a session. What a step must remember is sealed in the page itself.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from meldroute.rules.proof_of_work import BITS
from meldroute.rules.receipt_numbers import BadReceipt, in_groups
from meldroute.services import boundaries, outside, outside_return
from meldroute.services.dpia import only_invented_data
from meldroute.services.intake import NobodyDesignated, NoFreeReference, SentBefore
from meldroute.services.outside import NotOpenHere, Outside, PageTokenBroken, PageUsed, Shown, Slip, TooMany
from meldroute.services.outside_return import LONGEST, NoMoreNow, NothingWritten, OpenReport, TooLong, UnknownReceipt
from meldroute.web.accounts.adapter import client_address
from meldroute.web.outside_texts import Texts, choices, language_of, texts_in

from .outside_forms import PublicReportForm

OWN = ("same-origin", "none")  # another site's page may not send our forms; a browser that does not say is older


@dataclass(frozen=True, slots=True)
class Visit:
    """One request: whose page, in which language, and what was sent."""

    page: Outside
    t: Texts
    now: datetime
    address: str = field(repr=False)
    sent: dict[str, str] = field(repr=False)

    def __getitem__(self, name: str) -> str:
        return self.sent.get(name, "")


@csrf_exempt  # there is no session that another site could ride on; every step has a sealed token of its own
@csp_update({"connect-src": [SELF]})
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, code: str) -> HttpResponse:
    now = timezone.now()
    t = texts_in(language_of(request.POST.get("lang", ""), request.headers.get("accept-language", "")))
    try:
        page = outside.page_of(code, now=now, language="nl" if t.code == "nl" else "en")
    except NotOpenHere:
        raise Http404 from None
    visit = Visit(page, t, now, client_address(request), request.POST.dict())
    with boundaries.at(page.organisation):
        if request.method != "POST" or request.headers.get("sec-fetch-site", "none") not in OWN:
            return _start(visit)
        return STEPS.get(visit["step"], _start)(visit)


def _page(visit: Visit, template: str, *, status: int = 200, note: str = "", **more: object) -> HttpResponse:
    context = {"page": visit.page, "t": visit.t, "now": visit.now, "note": note and _said(visit, note),
               "languages": choices(), "leave_to": settings.MELDROUTE_LEAVE_TO, "trial": only_invented_data()} | more
    body = render_to_string(f"web/outside/{template}.html", context)
    return HttpResponse(body, status=status, headers={"Content-Language": visit.t.code})


def _said(visit: Visit, id: str) -> str:
    return visit.t.say(id, municipality=visit.page.municipality, phone=visit.page.phone)


def _start(visit: Visit, *, status: int = 200, note: str = "") -> HttpResponse:
    return _page(visit, "start", status=status, note=note)


# Report


def _write(visit: Visit) -> HttpResponse:
    if not visit.page.open:
        return _start(visit, status=409)
    return _form(visit, PublicReportForm(t=visit.t))


def _form(visit: Visit, form: PublicReportForm, *, token: str = "", note: str = "", status: int = 200) -> HttpResponse:
    token = token or outside.open_form(visit.page, now=visit.now)
    return _page(visit, "form", status=status, note=note, form=form, token=token, bits=BITS)


def _send(visit: Visit) -> HttpResponse:
    form = PublicReportForm(visit.sent, t=visit.t)
    token = visit["token"]
    if not form.is_valid():
        return _form(visit, form, token=token, status=400)
    try:
        shown = outside.send(visit.page, form.new_report(), token=token, work=visit["work"], address=visit.address,
                             now=visit.now)
    except PageUsed:
        return _start(visit, status=409, note="error_used")
    except outside.ClosedForReports:
        return _start(visit, status=409)
    except PageTokenBroken:
        return _form(visit, form, note="error_expired", status=409)
    except SentBefore:
        return _form(visit, form, note="error_before", status=409)
    except (TooMany, NobodyDesignated, NoFreeReference, DatabaseError) as error:
        return _form(visit, form, token=token, note=_why_not(error), status=503 if isinstance(error, DatabaseError) else 409)
    return _receipt(visit, shown, danger=form.cleaned_data["danger"])


def _why_not(error: Exception) -> str:
    return {TooMany: "error_many", NobodyDesignated: "error_nobody"}.get(type(error), "error_busy")


def _receipt(visit: Visit, shown: Shown, *, danger: bool = False, slip: str = "", status: int = 200) -> HttpResponse:
    return _page(visit, "receipt", status=status, shown=shown, groups=in_groups(shown.receipt), danger=danger, slip=slip)


def _check(visit: Visit) -> HttpResponse:
    skipping = bool(visit["skip"])
    try:
        if skipping:
            outside.leave_unconfirmed(visit.page, token=visit["token"], now=visit.now)
        else:
            outside.confirm(visit.page, visit["receipt"], token=visit["token"], now=visit.now)
    except Slip as slip:
        return _receipt(visit, slip.again, slip=_slip(visit, slip), status=400)
    except (PageUsed, PageTokenBroken):
        return _start(visit, status=409, note="error_used")
    return _page(visit, "done", unchecked=skipping)


def _slip(visit: Visit, slip: Slip | BadReceipt) -> str:
    return visit.t.say(f"slip_{slip.cause}", number=slip.group)


# Come back


def _return(visit: Visit) -> HttpResponse:
    return _ask(visit)


def _ask(visit: Visit, *, problem: str = "", note: str = "", status: int = 200) -> HttpResponse:
    token = outside_return.ask_receipt(visit.page, now=visit.now)
    return _page(visit, "return", status=status, token=token, problem=problem, note=note)


def _read(visit: Visit) -> HttpResponse:
    try:
        report = outside_return.open_report(visit.page, visit["receipt"], token=visit["token"], address=visit.address,
                                            now=visit.now, language=visit.t.code)
    except BadReceipt as bad:
        return _ask(visit, problem=_slip(visit, bad), status=400)
    except UnknownReceipt:
        return _ask(visit, problem=_said(visit, "return_unknown"), status=400)
    except TooMany:
        return _ask(visit, problem=_said(visit, "return_many"), status=429)
    except (PageUsed, PageTokenBroken):
        return _ask(visit, note="error_used", status=409)
    return _report(visit, report)


def _answer(visit: Visit) -> HttpResponse:
    about = {"token": visit["token"], "now": visit.now, "language": visit.t.code}
    try:
        report = outside_return.write(visit.page, visit["text"], address=visit.address, danger=bool(visit["danger"]), **about)
    except (PageUsed, PageTokenBroken):
        return _ask(visit, note="error_used", status=409)
    except NoMoreNow:
        return _ask(visit, note="view_no_more", status=409)
    except (NothingWritten, TooLong, TooMany) as error:
        return _once_more(visit, error, about)
    return _report(visit, report, note="view_sent")


def _once_more(visit: Visit, error: Exception, about: dict[str, object]) -> HttpResponse:
    """The same page with what was typed, and what was wrong with it."""
    try:
        report = outside_return.show_again(visit.page, **about)
    except (PageUsed, PageTokenBroken):
        return _ask(visit, note="error_used", status=409)
    words = {NothingWritten: "error_empty", TooLong: "error_long", TooMany: "return_many"}
    problem = visit.t.say(words[type(error)], number=LONGEST)
    return _report(visit, report, problem=problem, typed=visit["text"][: 2 * LONGEST], danger=visit["danger"], status=400)


def _report(visit: Visit, report: OpenReport, *, problem: str = "", typed: str = "", danger: str = "",
            note: str = "", status: int = 200) -> HttpResponse:
    own_words = visit.t.code in ("nl", "en")
    state = report.state if own_words else visit.t.say(f"state_{report.stage}")
    return _page(visit, "report", status=status, note=note, report=report, state=state, problem=problem, typed=typed,
                 danger=danger)


STEPS: dict[str, Callable[[Visit], HttpResponse]] = {
    "start": _start, "write": _write, "send": _send, "check": _check, "return": _return, "read": _read,
    "answer": _answer,
}

urlpatterns = [path("informatie/<str:code>/", show, name="outside")]
