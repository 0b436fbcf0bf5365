"""Who has which role: to look through, to take along as a table, and to record that it was looked through."""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from meldroute.rules.actors import Reader
from meldroute.rules.spreadsheet import safe_cell
from meldroute.services import access_review as service
from meldroute.services.access_review import AccessRow, NotTheReviewer

from .door import enters
from .words import role_name

STATES = {"planned": gettext_lazy("planned"), "current": gettext_lazy("current"), "ended": gettext_lazy("ended"),
          "closed": gettext_lazy("account closed")}
HEADS = (gettext_lazy("Name"), gettext_lazy("Mail address"), gettext_lazy("Role"), gettext_lazy("Since"),
         gettext_lazy("Until"), gettext_lazy("Decision of the college"), gettext_lazy("Last signed in"),
         gettext_lazy("Second step"), gettext_lazy("Through the organisation"), gettext_lazy("State"))


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    role: str
    email: str
    about: str
    state: str
    needs_look: bool


def reviews(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @enters("access_review")
    @wraps(view)
    def guarded(request: HttpRequest, reader: Reader, now: datetime, **parts: object) -> HttpResponse:
        try:
            return view(request, reader, now, **parts)
        except NotTheReviewer:
            raise Http404 from None

    return guarded


@reviews
@require_safe
def show(request: HttpRequest, reader: Reader, now: datetime) -> HttpResponse:
    page = service.access_of(reader=reader, now=now)
    return render(request, "web/access_review.html", {
        "now": now, "organisation": page.organisation, "people": [_person(row) for row in page.rows],
        "reviews": page.reviews, "due_at": page.due_at, "overdue": page.due_at is None or page.due_at <= now})


@reviews
@require_safe
def export(request: HttpRequest, reader: Reader, now: datetime) -> HttpResponse:
    """A table for a spreadsheet program, in which nothing is a formula."""
    file = io.StringIO()
    writer = csv.writer(file, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([str(head) for head in HEADS])
    writer.writerows([safe_cell(cell) for cell in _cells(row)] for row in service.export(reader=reader, now=now))
    name = f"toegang-{timezone.localtime(now):%Y-%m-%d}.csv"
    return HttpResponse("\ufeff" + file.getvalue(), content_type="text/csv; charset=utf-8",
                        headers={"Content-Disposition": f'attachment; filename="{name}"'})


@reviews
@require_POST
def done(request: HttpRequest, reader: Reader, now: datetime) -> HttpResponse:
    service.record_review(reader=reader, now=now)
    messages.success(request, _("It is recorded that you looked through the rights today."))
    return redirect("access_review")


def _cells(row: AccessRow) -> list[str]:
    return [row.name, row.email, role_name(row.role), _day(row.since), _day(row.until), row.appointed_by,
            _day(row.last_sign_in), _yes(row.second_factor), _yes(row.sign_on), str(STATES[row.state])]


def _person(row: AccessRow) -> Person:
    days = _("since %(day)s") % {"day": _day(row.since)}
    until = [_("until %(day)s") % {"day": _day(row.until)}] if row.until else []
    last = (_("last signed in on %(day)s") % {"day": _day(row.last_sign_in)} if row.last_sign_in
            else _("never signed in"))
    factor = _("has a second step") if row.second_factor else _("has no second step")
    sign_on = [_("signs in through the organisation")] if row.sign_on else []
    return Person(row.name, role_name(row.role), row.email, ", ".join([days, *until, last, factor, *sign_on]),
                  str(STATES[row.state]), row.state == "current")


def _day(at: date | datetime | None) -> str:
    if at is None:
        return ""
    return date_format(timezone.localtime(at) if isinstance(at, datetime) else at, "j F Y")


def _yes(true: bool) -> str:
    return _("yes") if true else _("no")


urlpatterns = [
    path("toegang/", show, name="access_review"),
    path("toegang/tabel/", export, name="access_export"),
    path("toegang/nagekeken/", done, name="access_reviewed"),
]
