"""Report: one page, then the receipt. What reached the server is not lost and not doubled."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from meldroute.rules.actors import Reader
from meldroute.services import drafts, receipts
from meldroute.services.emergency import emergency_now, lines_now, lines_of
from meldroute.services.intake import NobodyDesignated, NoFreeReference, SentBefore, register_signal
from meldroute.services.running_policy import pack_now
from meldroute.web.failures import TOKEN, keep_typed, keeps_typing

from .door import enters
from .my_reports import printed
from .report_form import ReportForm
from .safe_contact_form import SAFE_FIELDS
from .words import role_name

FORM = "report"
# The question at which the pack's lines of a moment stand.
HELP = {"narrative": "report_enough", "name_allowed": "report_name", "care_provider": "report_care",
        "about_colleague": "report_colleague"}


@dataclass(frozen=True, slots=True)
class Shown:
    """How the form stands on the page: filled in or not, which submission it is, and what is said above it."""

    form: ReportForm
    submission: UUID | None = None
    note: str = ""
    draft: drafts.DraftCard | None = None
    sent_before: str = ""  # the reference of what this form became earlier
    status: int = 200


@keeps_typing
@enters("report")
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, reader: Reader, now: datetime) -> HttpResponse:
    if request.method == "POST":
        return _send(request, reader, now)
    return _page(request, reader, now, _opened(reader, now))


def _send(request: HttpRequest, reader: Reader, now: datetime) -> HttpResponse:
    form = _form(now, request.POST)
    shown = Shown(form)
    try:
        submission = drafts.submission_of(request.POST.get(TOKEN, ""), person=reader.user, form=FORM, now=now)
        shown = replace(shown, submission=submission)
        if not form.is_valid():
            return _page(request, reader, now, replace(shown, status=400))
        done = register_signal(form.new_signal(), reader=reader, submission=submission, now=now)
    except drafts.NotYourForm:
        return _kept_for_its_owner(request, now)
    except drafts.FormTokenExpired as expired:
        note = _("This page stood open for more than a day. Read your text once more and send it.")
        return _page(request, reader, now, replace(shown, submission=expired.token.submission_id, note=note, status=409))
    except drafts.FormTokenBroken:
        note = _("This page arrived damaged. Read your text once more and send it.")
        return _page(request, reader, now, replace(shown, note=note, status=400))
    except SentBefore as earlier:
        return _page(request, reader, now, Shown(form, sent_before=earlier.reference, status=409))
    except NobodyDesignated:
        return _page(request, reader, now, replace(shown, note=_nobody_designated(), status=409))
    except NoFreeReference:
        note = _("It could not be stored just now. Nothing was sent. Send it once more.")
        return _page(request, reader, now, replace(shown, note=note, status=503))
    return redirect("receipt", reference=done.reference)


def _opened(reader: Reader, now: datetime) -> Shown:
    """A fresh form, or what this person typed before and could not send."""
    try:
        draft = drafts.draft_of(reader.user, FORM, now=now)
    except drafts.DraftBroken:
        note = _("You typed something here before, but it cannot be opened any more. Type it once more, please.")
        return Shown(_form(now), note=note)
    if draft is None:
        return Shown(_form(now))
    return Shown(_form(now, initial=draft.body), submission=draft.submission, draft=draft)


def _form(now: datetime, data: QueryDict | None = None, initial: dict[str, list[str]] | None = None) -> ReportForm:
    policy, language = pack_now(now=now).policy, get_language()
    lines = {name: lines_of(policy, moment, language=language) for name, moment in HELP.items()}
    form = ReportForm(data, policy=policy, language=language, lines=lines)
    many = {"called", "noticed", "safe_how"}
    form.initial = {name: values if name in many else values[0] for name, values in (initial or {}).items() if values}
    return form


def _page(request: HttpRequest, reader: Reader, now: datetime, shown: Shown) -> HttpResponse:
    language = get_language()
    context = {
        "municipality": request.signed_in.memberships[0].organisation, "form": shown.form, "now": now,
        "note": shown.note, "sent_before": shown.sent_before,
        "kept_at": shown.draft and shown.draft.kept_at, "draft": shown.draft and str(shown.draft.submission),
        "token": drafts.open_form(reader.user, FORM, now=now, submission=shown.submission),
        "emergency": emergency_now(now=now, language=language),
        "careful": lines_now("report_careful", now=now, language=language),
        "route": lines_now("report_route", now=now, language=language),
        "said_above": lines_now(*HELP.values(), "report_careful", now=now, language=language),
        "open": {part: _answered(shown.form, *names) for part, names in PARTS.items()},
    }
    return render(request, "web/report.html", context, status=shown.status)


# Parts that stand closed until somebody answered something in them.
PARTS = {"place": ("where", "when"), "noticed": ("noticed",), "behalf": ("channel", "on_behalf_of"),
         "safe": SAFE_FIELDS}


def _answered(form: ReportForm, *names: str) -> bool:
    return any(form[name].errors or form[name].value() not in (None, "", [], False, form.fields[name].initial) for name in names)


def _nobody_designated() -> str:
    return _("Your report was not sent. Your municipality has not yet chosen who reads reports about a colleague, and "
             "nobody else may read it. Call the police (0900-8844) and ask your functional manager to choose somebody.")


def _kept_for_its_owner(request: HttpRequest, now: datetime) -> HttpResponse:
    """Somebody else opened this form on this device: it is not sent in the name of whoever is signed in now."""
    kept = keep_typed(request, now=now, give_back=False)
    context = {"kept": kept.kept, "emergency": emergency_now(now=now, language=get_language()), "now": now}
    return render(request, "web/errors/not_your_form.html", context, status=409)


@enters("report")
@require_POST
def discard_draft(request: HttpRequest, reader: Reader, now: datetime) -> HttpResponse:
    try:
        drafts.discard(UUID(request.POST.get("draft", "")), person=reader.user)
    except ValueError:
        raise Http404 from None
    return redirect("report")


@enters("report")
@require_safe
def receipt(request: HttpRequest, reader: Reader, now: datetime, reference: str) -> HttpResponse:
    language = get_language()
    card = receipts.receipt(reader.user, printed(reference), now=now)
    context = {
        "card": card, "now": now, "alerted": _alerted(card), "promised": _promised(card),
        "emergency": emergency_now(now=now, language=language),
        "careful": lines_now("report_careful", now=now, language=language),
        "heard": lines_now("report_heard", now=now, language=language),
        "minor": lines_now("report_minor", now=now, language=language) if card.minor else (),
    }
    return render(request, "web/receipt.html", context)


def _alerted(card: receipts.ReceiptCard) -> str:
    """Roles, with the organisation when it is another one; never a name."""
    return ", ".join(f"{role_name(one.role)} {one.organisation}" if card.stands_in else role_name(one.role)
                     for one in card.alerted)


def _promised(card: receipts.ReceiptCard) -> datetime | None:
    """By when it is read. Nothing is promised with nobody there, nor in danger while nobody has to read."""
    return card.read_by if card.alerted and not (card.danger and card.closed_until) else None


urlpatterns = [
    path("melden/", report, name="report"),
    path("melden/concept/", discard_draft, name="discard_draft"),
    path("melden/ontvangen/<str:reference>/", receipt, name="receipt"),
]
