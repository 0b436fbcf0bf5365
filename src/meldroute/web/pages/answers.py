"""What a partner said by phone, written down by the focal point; and another link for one that was lost."""

from datetime import datetime
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from meldroute.rules.actors import Reader
from meldroute.rules.disclosure import DisclosureRefused
from meldroute.rules.referral import AlreadySettled, answers_now
from meldroute.services import answers, partner_links, passing_on_pages
from meldroute.services.partner_links import BadAddress
from meldroute.services.passing_on_pages import SentPage

from .acting import ActForm, Showing, Words, act_page, attempt, done, language, plain_reference
from .answering import ADVICE, BUTTONS, WORDS, AnswerForm
from .disclosing import refused_words
from .door import enters

AREA = "work_list"
METHODS = ["GET", "HEAD", "POST"]


class PhoneForm(ActForm, AnswerForm):
    answer = forms.ChoiceField(label=gettext_lazy("What did they say?"), widget=forms.RadioSelect)
    field_order = ("answer", "text", "steps", "options", "meanwhile", "meanwhile_text", "version")

    def __init__(self, *args: object, page: SentPage, **more: object):
        super().__init__(*args, act=page.act, **more)
        names = BUTTONS | (ADVICE if page.purpose == "advice" else {})
        self.fields["answer"].choices = [(kind, names[kind]) for kind in answers_now(page.status)]
        self.fields["text"].label = _("In their words")
        self.fields["steps"].label, self.fields["options"].label = _("Steps they advise"), _("Options they see")
        self.fields["text"].help_text = _("With \"no feedback possible now\" nothing is kept but that.")


@enters(AREA)
@require_http_methods(METHODS)
def by_phone(request: HttpRequest, reader: Reader, now: datetime, reference: str, referral: UUID) -> HttpResponse:
    reference = plain_reference(reference)
    page = _page(reference, referral, reader, now)
    form, status = PhoneForm(request.POST or None, page=page), 200
    if request.method == "POST":
        kept: list[answers.Answered] = []
        status = attempt(form, lambda version: kept.append(answers.answer_by_phone(
            reference, referral=referral, new=form.new(), reader=reader, now=now, version=version)),
            fresh=lambda: _page(reference, referral, reader, now).act, words=WORDS)  # fmt: skip
        if not status:
            return _kept(request, reference, page, kept[0])
    showing = Showing(_("What %(partner)s said by phone") % {"partner": page.partner}, _("Record this answer"))
    return act_page(request, showing, act=page.act, form=form, now=now, status=status)


def _kept(request: HttpRequest, reference: str, page: SentPage, answered: answers.Answered) -> HttpResponse:
    if answered.may_settle:
        messages.info(request, format_html('{} <a class="nl-link" href="{}">{}</a>', _("Every partner has answered."),
                                           reverse("settle", args=[reference]), _("Go on: tell the reporter")))
    return done(request, reference, _("The answer of %(partner)s was recorded.") % {"partner": page.partner})


def _page(reference: str, referral: UUID, reader: Reader, now: datetime) -> SentPage:
    return passing_on_pages.sent_page(reference, referral=referral, reader=reader, now=now, language=language())


class NewLinkForm(ActForm):
    to = forms.EmailField(label=gettext_lazy("Mail address for the link"))


LINK_WORDS: dict[type[Exception], Words] = {
    BadAddress: lambda error: ("to", _("No mail server is sure to take this address. Use one without accents.")),
    AlreadySettled: lambda error: (None, _("This request ended already: no answer is needed any more.")),
    DisclosureRefused: refused_words,
}


@enters(AREA)
@require_http_methods(METHODS)
def new_link(request: HttpRequest, reader: Reader, now: datetime, reference: str, referral: UUID) -> HttpResponse:
    reference = plain_reference(reference)
    page = _page(reference, referral, reader, now)
    form, status = NewLinkForm(request.POST or None, act=page.act, initial={"to": page.mail}), 200
    if request.method == "POST":
        status = attempt(form, lambda version: partner_links.new_link(
            reference, referral=referral, to=form.cleaned_data["to"], reader=reader, now=now, version=version),
            fresh=lambda: _page(reference, referral, reader, now).act, words=LINK_WORDS)  # fmt: skip
        if not status:
            return redirect("referral_sent", reference=reference, referral=referral)
    showing = Showing(_("New link and code for %(partner)s") % {"partner": page.partner}, _("Send a new link"), happens=(
        _("A new link goes by mail. The earlier one opens nothing more."),
        _("You see a new code here, to read aloud by phone."),
    ))  # fmt: skip
    return act_page(request, showing, act=page.act, form=form, now=now, status=status)


urlpatterns = [
    path("signalen/<str:reference>/antwoord/<uuid:referral>/", by_phone, name="answer_by_phone"),
    path("signalen/<str:reference>/nieuwe-link/<uuid:referral>/", new_link, name="new_link"),
]
