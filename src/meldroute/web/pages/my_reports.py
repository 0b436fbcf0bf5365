"""My reports: reference, date, state in neutral words, feedback, and the proof. Never one's own text again."""

from datetime import UTC, datetime
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from meldroute.rules.actors import Reader
from meldroute.rules.references import BadReference, normalise_reference
from meldroute.services import my_reports as service
from meldroute.services.emergency import lines_now
from meldroute.web.proof import proof_pdf

from .door import enters


def printed(reference: str) -> str:
    """The reference of an address as it was given out; anything else leads nowhere."""
    try:
        return normalise_reference(reference)
    except BadReference:
        raise Http404 from None


@enters("my_reports")
@require_safe
def my_reports(request: HttpRequest, reader: Reader, now: datetime) -> HttpResponse:
    language = get_language()
    found = service.my_reports(reader.user, now=now, language=language, after=_cursor(request.GET.get("na", "")))
    older = f"{reverse('my_reports')}?{urlencode({'na': _written(found.older)})}" if found.older else ""
    return render(request, "web/my_reports.html", {
        "reports": found.reports, "gone": found.gone, "older": older, "since": found.since, "now": now,
        "promises": lines_now("my_reports", now=now, language=language),
    })


@enters("my_reports")
@require_safe
def my_report(request: HttpRequest, reader: Reader, now: datetime, reference: str) -> HttpResponse:
    language = get_language()
    card = service.my_report(reader.user, printed(reference), now=now, language=language)
    return render(request, "web/my_report.html", {
        "card": card, "now": now, "promises": lines_now("my_reports", now=now, language=language),
    })


@enters("my_reports")
@require_safe
def proof(request: HttpRequest, reader: Reader, now: datetime, reference: str) -> HttpResponse:
    """A file whose name says nothing to who finds it on a computer."""
    card = service.proof(reader.user, printed(reference), now=now)
    return HttpResponse(proof_pdf(card), content_type="application/pdf",
                        headers={"Content-Disposition": f'attachment; filename="{card.reference}.pdf"'})


def _cursor(text: str) -> service.Cursor | None:
    """Where the page before this one ended. Anything that we did not write ourselves is the first page."""
    at, _, id = text.partition("_")
    try:
        moment = datetime.fromisoformat(at)
        return (moment.astimezone(UTC), UUID(id)) if moment.tzinfo else None
    except (ValueError, OverflowError):  # the first and last days of the calendar have no UTC
        return None


def _written(cursor: service.Cursor) -> str:
    return f"{cursor[0].isoformat()}_{cursor[1]}"


urlpatterns = [
    path("mijn-meldingen/", my_reports, name="my_reports"),
    path("mijn-meldingen/<str:reference>/", my_report, name="my_report"),
    path("mijn-meldingen/<str:reference>/bewijs/", proof, name="proof_of_report"),
]
