"""Acts around a referral that need no more than a reason or a look: skip, set aside, everybody knows, all answered."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from meldroute.rules.actors import Reader
from meldroute.rules.referral import AlreadySettled
from meldroute.services import disclosure, passing_on, passing_on_pages
from meldroute.services.opening import ActCard
from meldroute.services.referral import ReasonMissing

from .acting import ActForm, Showing, Words, act_view, language, plain_reference
from .door import enters

AREA = "work_list"
METHODS = ["GET", "HEAD", "POST"]


class ReasonForm(ActForm):
    reason = forms.CharField(
        label=gettext_lazy("Why?"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("In a sentence, so that a colleague understands it later."))  # fmt: skip


WORDS: dict[type[Exception], Words] = {
    ReasonMissing: lambda error: ("reason", _("Say in a sentence why, so that a colleague understands it later.")),
    AlreadySettled: lambda error: (None, _("This request ended already. Look at the signal for what was answered.")),
}


@enters(AREA)
@require_http_methods(METHODS)
def complete(request: HttpRequest, reader: Reader, now: datetime, reference: str) -> HttpResponse:
    showing = Showing(_("All partners know"), _("All partners know: wait for their answers"), happens=(
        _("The signal now waits for the partners. A clock runs for each of them."),
        _("You are told of every answer and reminded of every silence."),
        _("The reporter sees no difference."),
    ))  # fmt: skip
    return _look_and_do(request, reader, now, reference, "complete_referrals", showing, passing_on.complete_referrals,
                        said=_("The signal now waits for the partners."))


@enters(AREA)
@require_http_methods(METHODS)
def settle(request: HttpRequest, reader: Reader, now: datetime, reference: str) -> HttpResponse:
    showing = Showing(_("Every partner answered"), _("Every partner answered: tell the reporter"), happens=(
        _("The reporter is to hear. Ready texts are on the next page."),
        _("Signals that are bundled with this one go along, each with feedback to its own reporter."),
    ))  # fmt: skip
    return _look_and_do(request, reader, now, reference, "settle", showing, passing_on.settle,
                        said=_("Every partner answered. Now tell the reporter."))


def _look_and_do(request: HttpRequest, reader: Reader, now: datetime, reference: str, act: str, showing: Showing,
                 service: Callable[..., None], *, said: str) -> HttpResponse:
    reference = plain_reference(reference)
    opened = _opener(reference, act, reader, now)
    card = opened()
    form = ActForm(request.POST or None, act=card)
    return act_view(request, showing, lambda version: service(reference, reader=reader, now=now, version=version),
                    opened=card, form=form, now=now, fresh=opened, said=lambda: said)


def _opener(reference: str, act: str | None, reader: Reader, now: datetime) -> Callable[[], ActCard]:
    return lambda: passing_on_pages.act_card(reference, act=act, reader=reader, now=now, language=language())


@enters(AREA)
@require_http_methods(METHODS)
def skip(request: HttpRequest, reader: Reader, now: datetime, reference: str, partner: str) -> HttpResponse:
    reference = plain_reference(reference)
    page = passing_on_pages.refer_page(reference, partner=partner, reader=reader, now=now, language=language())

    def opened() -> ActCard:
        return passing_on_pages.act_card(reference, act="skip_referral", partner=partner, reader=reader, now=now,
                                         language=language())

    showing = Showing(_("Skip %(partner)s") % {"partner": page.name}, _("Skip this partner"), negative=True, happens=(
        _("This partner does not hear of the signal. Your reason stays with the signal, sealed."),
        _("You can still pass it on to them later."),
    ))  # fmt: skip
    return _with_reason(request, now, reference, opened, showing, lambda reason, version: passing_on.skip_partner(
        reference, partner=partner, reason=reason, reader=reader, now=now, version=version),
        said=_("%(partner)s is skipped, with your reason.") % {"partner": page.name})  # fmt: skip


@enters(AREA)
@require_http_methods(METHODS)
def never_arrived(request: HttpRequest, reader: Reader, now: datetime, reference: str, referral: UUID) -> HttpResponse:
    reference = plain_reference(reference)
    showing = Showing(_("This request never arrived"), _("Record that it never arrived"), negative=True, happens=(
        _("Its clock stops and its link opens nothing more. The partner counts as not told."),
        _("You can send it again, or skip the partner with a reason."),
    ))  # fmt: skip
    def opened() -> ActCard:
        return passing_on_pages.request_card(reference, referral=referral, reader=reader, now=now, language=language())

    return _with_reason(request, now, reference, opened, showing,
                        lambda reason, version: passing_on.set_aside(reference, referral=referral, how="failed",
                                                                     reason=reason, reader=reader, now=now,
                                                                     version=version),
                        said=_("The request was set aside."))  # fmt: skip


@enters(AREA)
@require_http_methods(METHODS)
def withdraw(request: HttpRequest, reader: Reader, now: datetime, reference: str, disclosure_id: UUID) -> HttpResponse:
    reference = plain_reference(reference)
    showing = Showing(_("Withdraw what was given"), _("Withdraw it"), negative=True, happens=(
        _("The partner sees nothing of it any more. What was read cannot be unread."),
        _("An open request to this partner ends, and its link opens nothing more."),
        _("Here it stays on record, with your reason."),
    ))  # fmt: skip
    def opened() -> ActCard:
        return passing_on_pages.copy_card(reference, disclosure=disclosure_id, reader=reader, now=now, language=language())

    return _with_reason(request, now, reference, opened, showing,
                        lambda reason, version: disclosure.withdraw(reference, disclosure=disclosure_id, reason=reason,
                                                                    reader=reader, now=now, version=version),
                        said=_("It was withdrawn."))  # fmt: skip


def _with_reason(request: HttpRequest, now: datetime, reference: str, opened: Callable[[], ActCard], showing: Showing,
                 act: Callable[[str, int], None], *, said: str) -> HttpResponse:
    card = opened()
    form = ReasonForm(request.POST or None, act=card)
    return act_view(request, showing, lambda version: act(form.cleaned_data["reason"], version), opened=card,
                    form=form, now=now, fresh=opened, said=lambda: said, words=WORDS)


urlpatterns = [
    path("signalen/<str:reference>/alles-gemeld/", complete, name="complete_referrals"),
    path("signalen/<str:reference>/partners-klaar/", settle, name="settle"),
    path("signalen/<str:reference>/overslaan/<str:partner>/", skip, name="skip_referral"),
    path("signalen/<str:reference>/niet-aangekomen/<uuid:referral>/", never_arrived, name="never_arrived"),
    path("signalen/<str:reference>/intrekken/<uuid:disclosure_id>/", withdraw, name="withdraw_disclosure"),
]
