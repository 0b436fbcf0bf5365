"""Shared with you: what a partner was given, and its answer. Nothing else of a signal is here."""

from datetime import UTC, datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from meldroute.rules.actors import Reader
from meldroute.services import disclosures
from meldroute.services.answers import answer_by_account
from meldroute.services.disclosures import Cursor, DisclosedCard

from .answering import BUTTONS, WORDS, AnswerForm, buttons, say
from .door import enters

AREA = "disclosures"


@enters(AREA)
@require_safe
def listed(request: HttpRequest, reader: Reader, now: datetime) -> HttpResponse:
    page = disclosures.disclosed(reader=reader, now=now, after=_place(request.GET.get("na", "")))
    older = f"{reverse('disclosures')}?na={page.older[0].isoformat()}~{page.older[1]}" if page.older else ""
    return render(request, "web/disclosures.html", {"now": now, "rows": page.rows, "older": older.replace("+", "%2B")})


def _place(text: str) -> Cursor | None:
    """Where a page starts; a place that is not ours starts at the top."""
    at, _sign, id = text.partition("~")
    try:
        moment = datetime.fromisoformat(at)
        return (moment.astimezone(UTC), UUID(id)) if moment.tzinfo else None
    except (ValueError, OverflowError):  # the first and last days of the calendar have no UTC
        return None


@enters(AREA)
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, reader: Reader, now: datetime, referral: UUID) -> HttpResponse:
    form, status = AnswerForm(request.POST or None), 200
    if request.method == "POST":
        status = _answer(form, referral, reader, now)
        if not status:
            kind = form.cleaned_data["answer"]
            messages.success(request, _("Your answer has arrived: %(answer)s.") % {"answer": BUTTONS[kind]})
            return redirect("disclosure", referral=referral)
    card = disclosures.disclosure_card(referral, reader=reader, now=now)
    return render(request, "web/disclosure.html", card_context(card, form, now=now), status=status)


def _answer(form: AnswerForm, referral: UUID, reader: Reader, now: datetime) -> int:
    """Returns the status of the page to show again, or 0 when the answer was kept."""
    if not form.is_valid():
        disclosures.disclosed_referral(referral, reader=reader)
        return 400
    try:
        answer_by_account(referral, form.new(), reader=reader, now=now)
    except tuple(WORDS) as error:
        say(form, error)
        return 409
    return 0


def card_context(card: DisclosedCard, form: AnswerForm, *, now: datetime) -> dict[str, object]:
    first, others = buttons(card.possible, purpose=card.purpose)
    return {"now": now, "card": card, "form": form, "first": first, "others": others,
            "silent": BUTTONS["no_feedback"] if "no_feedback" in card.possible else ""}


urlpatterns = [
    path("gedeeld/", listed, name="disclosures"),
    path("gedeeld/<uuid:referral>/", show, name="disclosure"),
]
