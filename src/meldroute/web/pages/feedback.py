"""Tell the reporter, record why nothing can be told, and close. The reporter's words stand on the page before they go."""

import hashlib
from datetime import datetime

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from meldroute.rules.actors import Reader
from meldroute.rules.policy import UnknownInPolicy
from meldroute.services import closing, feedback, passing_on_pages
from meldroute.services.closing import ClosingCard
from meldroute.services.feedback import LONGEST, FeedbackPage
from meldroute.services.opening import ActCard
from meldroute.services.referral import ReasonMissing

from .acting import ActForm, Showing, Words, act_page, attempt, done, language, plain_reference
from .door import enters

AREA = "work_list"
METHODS = ["GET", "HEAD", "POST"]


class FeedbackForm(ActForm):
    text = forms.CharField(
        label=gettext_lazy("What the reporter reads"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("Neutral: nothing about an investigation, a partner, or what was concluded."))  # fmt: skip
    shown = forms.CharField(required=False, widget=forms.HiddenInput)

    def was_read(self) -> bool:
        """Is this the text that stood on the page as the reporter will read it?"""
        return self.is_valid() and self.cleaned_data["shown"] == fingerprint(self.cleaned_data["text"])

    def remember_shown(self) -> None:
        self.data = self.data.copy()
        self.data["shown"] = fingerprint(self.cleaned_data["text"])


def fingerprint(text: str) -> str:
    return hashlib.sha256(text.strip().encode()).hexdigest()


@enters(AREA)
@require_http_methods(METHODS)
def give(request: HttpRequest, reader: Reader, now: datetime, reference: str) -> HttpResponse:
    reference = plain_reference(reference)
    typed = request.POST.get("text", "")

    def opened() -> FeedbackPage:
        return feedback.feedback_page(reference, reader=reader, now=now, text=typed, language=language())

    page = opened()
    ready = _ready(page, request.GET.get("tekst", ""))
    form = FeedbackForm(request.POST or None, act=page.act, initial={"text": ready, "shown": fingerprint(ready)})
    if request.method != "POST":
        return _show(request, page, form, ready, now)
    if not form.was_read() or "send" not in request.POST:
        return _look(request, page, form, now)
    status = attempt(form, lambda version: feedback.give_feedback(
        reference, text=form.cleaned_data["text"], reader=reader, now=now, version=version),
        fresh=lambda: opened().act)  # fmt: skip
    if not status:
        return done(request, reference, _said(page))
    return _show(request, page, form, form.cleaned_data["text"], now, status=status)


def _said(page: FeedbackPage) -> str:
    if page.by_receipt:
        return _("It stands ready. The reporter reads it with the receipt; no mail leaves.")
    return _("The reporter was told. They get a message that something is ready, not what.")


def _ready(page: FeedbackPage, id: str) -> str:
    """A ready text to begin with: the chosen one, in the language of the page."""
    return next((t.text.say(language()) for t in page.texts if t.id == id), "")


def _look(request: HttpRequest, page: FeedbackPage, form: FeedbackForm, now: datetime) -> HttpResponse:
    if not form.is_valid():
        return _show(request, page, form, "", now, status=400)
    form.remember_shown()
    return _show(request, page, form, form.cleaned_data["text"], now)


def _show(request: HttpRequest, page: FeedbackPage, form: FeedbackForm, text: str, now: datetime, *,
          status: int = 200) -> HttpResponse:
    showing = Showing(_("Tell the reporter"), _("Send this to the reporter"), template="web/feedback.html")
    return act_page(request, showing, act=page.act, form=form, now=now, status=status, page=page, text=text,
                    telling=", ".join(page.telling))


# Why nothing can be told


class WithholdForm(ActForm):
    reason = forms.CharField(
        label=gettext_lazy("Why can nothing be told now?"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Sealed with the signal. The reporter sees neither this nor that there is a reason."))  # fmt: skip


@enters(AREA)
@require_http_methods(METHODS)
def withhold(request: HttpRequest, reader: Reader, now: datetime, reference: str) -> HttpResponse:
    reference = plain_reference(reference)

    def opened() -> ActCard:
        return passing_on_pages.act_card(reference, act="withhold_feedback", reader=reader, now=now,
                                         language=language())

    card, status = opened(), 200
    form = WithholdForm(request.POST or None, act=card)
    if request.method == "POST":
        words: dict[type[Exception], Words] = {ReasonMissing: lambda error: ("reason", _("Write in a sentence why."))}
        status = attempt(form, lambda version: feedback.withhold_feedback(
            reference, reason=form.cleaned_data["reason"], reader=reader, now=now, version=version),
            fresh=opened, words=words)  # fmt: skip
        if not status:
            return done(request, reference, _("It was recorded why nothing can be told."))
    showing = Showing(_("Record why feedback is not possible"), _("Record the reason"), happens=(
        _("The signal can be closed without telling the reporter anything now."),
        _("A neutral text is nearly always possible. It helps people to keep reporting."),
    ))  # fmt: skip
    return act_page(request, showing, act=card, form=form, now=now, status=status)


# Close


class CloseForm(ActForm):
    reason = forms.ChoiceField(label=gettext_lazy("Why is it closed?"), widget=forms.RadioSelect)

    def __init__(self, *args: object, page: ClosingCard, **more: object):
        super().__init__(*args, act=page.act, **more)
        self.fields["reason"].choices = [(r.id, r.label.say(language())) for r in page.reasons if r.fits]


@enters(AREA)
@require_http_methods(METHODS)
def close(request: HttpRequest, reader: Reader, now: datetime, reference: str) -> HttpResponse:
    reference = plain_reference(reference)

    def opened() -> ClosingCard:
        return closing.closing_page(reference, reader=reader, now=now, language=language())

    page, status = opened(), 200
    form = CloseForm(request.POST or None, page=page)
    if request.method == "POST":
        status = attempt(form, lambda version: closing.close(reference, reason=form.cleaned_data["reason"],
                                                             reader=reader, now=now, version=version),
                         fresh=lambda: opened().act, words=CLOSE_WORDS)  # fmt: skip
        if not status:
            return done(request, reference, _("The signal is closed."))
    showing = Showing(_("Close the signal"), _("Close the signal"), template="web/closing.html", happens=(
        _("Its clocks stop and it leaves the work list. It stays on record."),
        _("An answer that still comes in is kept and you are told."),
        _("The reporter reads: finished."),
    ))  # fmt: skip
    return act_page(request, showing, act=page.act, form=form, now=now, status=status, page=page)


CLOSE_WORDS: dict[type[Exception], Words] = {
    closing.ReasonDoesNotFit: lambda error: ("reason", _("What was recorded does not carry this reason.")),
    UnknownInPolicy: lambda error: ("reason", _("Choose a reason from the list.")),
}

urlpatterns = [
    path("signalen/<str:reference>/terugkoppelen/", give, name="give_feedback"),
    path("signalen/<str:reference>/niet-terugkoppelen/", withhold, name="withhold_feedback"),
    path("signalen/<str:reference>/sluiten/", close, name="close"),
]
