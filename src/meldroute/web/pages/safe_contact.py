"""Agree how reporter and victim may be reached, and say that it was done in the agreed way."""

from datetime import datetime

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from meldroute.rules.actors import Reader
from meldroute.rules.safe_contact import SafeContact, WrongInterpreter
from meldroute.services import safe_contact
from meldroute.services.safe_contact import NothingHeld, SafeContactPage

from .acting import ActForm, Showing, Words, act_page, attempt, done, language, plain_reference
from .door import enters
from .safe_contact_form import ONLY_PROFESSIONAL, SafeContactFields

AREA = "work_list"
WHO = {"melder": "reporter", "slachtoffer": "victim"}


class SafeContactForm(ActForm, SafeContactFields):
    optional_is_said_above = True

    def __init__(self, *args: object, page: SafeContactPage, **more: object):
        super().__init__(*args, act=page.act, initial=_initial(page.contact), **more)
        if page.about == "victim":
            del self.fields["safe_no_automatic"]  # this program never writes to a victim

    def safe_contact(self) -> SafeContact:
        self.cleaned_data.setdefault("safe_no_automatic", False)
        return super().safe_contact()


def _initial(contact: SafeContact) -> dict[str, object]:
    return {f"safe_{name}": value for name, value in contact.content().items()}


@enters(AREA)
@require_http_methods(["GET", "HEAD", "POST"])
def agree(request: HttpRequest, reader: Reader, now: datetime, reference: str, who: str) -> HttpResponse:
    reference = plain_reference(reference)
    if who not in WHO:
        raise Http404

    def opened() -> SafeContactPage:
        return safe_contact.safe_contact_page(reference, WHO[who], reader=reader, now=now, language=language())

    page, status = opened(), 200
    form = SafeContactForm(request.POST or None, page=page)
    if request.method == "POST":
        status = attempt(form, lambda version: safe_contact.set_safe_contact(
            reference, WHO[who], form.safe_contact(), reader=reader, now=now, version=version),
            fresh=lambda: opened().act, words=WRONG)  # fmt: skip
        if not status:
            return done(request, reference, _("It was kept, and stands above every page from which somebody is called."))
    heading = _("Safe contact with the reporter") if page.about == "reporter" else _("Safe contact with the person it is about")
    showing = Showing(heading, _("Keep this"), template="web/safe_contact.html")
    return act_page(request, showing, act=page.act, form=form, now=now, status=status, page=page, told_form=ToldForm(act=page.act))


WRONG: dict[type[Exception], Words] = {
    WrongInterpreter: lambda error: ("safe_interpreter", str(ONLY_PROFESSIONAL)),
}


class ToldForm(ActForm):
    said = forms.CharField(required=False, widget=forms.HiddenInput)


@enters(AREA)
@require_http_methods(["GET", "HEAD", "POST"])
def told(request: HttpRequest, reader: Reader, now: datetime, reference: str) -> HttpResponse:
    """Somebody reached the reporter in the agreed way: the held notice has done its work."""
    reference = plain_reference(reference)

    def opened() -> SafeContactPage:
        return safe_contact.safe_contact_page(reference, "reporter", reader=reader, now=now, language=language())

    page, status = opened(), 200
    form = ToldForm(request.POST or None, act=page.act)
    if not page.waiting:
        messages.info(request, _("No notice waits for this reporter."))
        return redirect("signal", reference=reference)
    if request.method == "POST":
        status = attempt(form, lambda version: safe_contact.reporter_was_told(reference, reader=reader, now=now, version=version),
                         fresh=lambda: opened().act,
                         words={NothingHeld: lambda error: (None, _("No notice waits for this reporter any more."))})
        if not status:
            return done(request, reference, _("It was recorded that you reached the reporter in the agreed way."))
    showing = Showing(_("The reporter was reached in the agreed way"), _("I reached them as agreed"), happens=(
        _("The notice that was held is not sent any more."),
        _("What you told them, you already wrote as feedback. They also find it under My reports."),
    ))
    return act_page(request, showing, act=page.act, form=form, now=now, status=status, page=page)


urlpatterns = [
    path("signalen/<str:reference>/veilig-contact/gedaan/", told, name="reporter_told"),
    path("signalen/<str:reference>/veilig-contact/<str:who>/", agree, name="safe_contact"),
]
