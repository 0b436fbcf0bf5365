"""Bundle signals about the same matter by hand, take one out again, or let it follow the one that leads."""

from collections.abc import Callable, Mapping
from datetime import datetime

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from meldroute.rules.actors import Reader
from meldroute.rules.references import BadReference, normalise_reference
from meldroute.services import bundling
from meldroute.services.bundling import BundlingPage, CannotBundle, bundling_page

from .acting import ActForm, Showing, Words, act_view, language, plain_reference
from .door import enters

AREA = "work_list"
CAUSES = {
    "itself": gettext_lazy("This is the same signal. Give the reference of the other one."),
    "unknown": gettext_lazy("There is no such signal here that could lead. Check the reference: only a signal of this "
                            "municipality and this desk can lead."),
    "shielded": gettext_lazy("One of these two is shielded. Bundle first and shield after: a bundle is narrowed as one."),
    "closed": gettext_lazy("That signal is closed. Choose an open one, or handle this one by itself."),
    "follows": gettext_lazy("That signal follows another one itself. Bundle with the one that leads there."),
    "leads": gettext_lazy("Other signals follow this one. Take those out first, or let the other signal follow this one."),
}


class BundleForm(ActForm):
    lead = forms.CharField(label=gettext_lazy("Reference of the signal that leads"), max_length=20,
                           help_text=gettext_lazy("It looks like MR-7K3Q2M9T-Q and stands on the work list."))

    def clean_lead(self) -> str:
        try:
            return normalise_reference(self.cleaned_data["lead"])
        except BadReference:
            raise forms.ValidationError(_("This is not a reference. Check what you typed.")) from None


@enters(AREA)
@require_http_methods(["GET", "HEAD", "POST"])
def bundle(request: HttpRequest, reader: Reader, now: datetime, reference: str) -> HttpResponse:
    reference = plain_reference(reference)
    opened = _opener(reference, reader, now, act="bundle")
    page = opened()
    form = BundleForm(request.POST or None, act=page.act)
    showing = Showing(_("Bundle with another signal"), _("Let this signal follow that one"), "web/bundling.html", happens=(
        _("This signal follows the one that leads: contacts and referrals are made there."),
        _("Its own story stays with it, and its reporter gets feedback of their own."),
        _("You can take it out of the bundle again at any time."),
    ))  # fmt: skip

    def act(version: int) -> None:
        bundling.bundle(reference, form.cleaned_data["lead"], reader=reader, now=now, version=version)

    return act_view(
        request, showing, act, opened=page.act, form=form, now=now, fresh=lambda: opened().act,
        words=WORDS, page=page, cause=CAUSES.get(page.cause, ""),
        said=lambda: _("This signal now follows %(lead)s. Its reporter gets feedback of their own.") % {
            "lead": form.cleaned_data["lead"]})  # fmt: skip


@enters(AREA)
@require_http_methods(["GET", "HEAD", "POST"])
def unbundle(request: HttpRequest, reader: Reader, now: datetime, reference: str) -> HttpResponse:
    showing = Showing(_("Take out of the bundle"), _("Take this signal out of the bundle"), "web/bundling.html", happens=(
        _("This signal is enriched and judged by itself again."),
        _("What was done for the signal that leads stays there and no longer counts for this one."),
    ))  # fmt: skip
    return _plain(request, reader, now, reference, act="unbundle", service=bundling.unbundle, showing=showing,
                  said=_("This signal stands by itself again."))


@enters(AREA)
@require_http_methods(["GET", "HEAD", "POST"])
def follow_lead(request: HttpRequest, reader: Reader, now: datetime, reference: str) -> HttpResponse:
    showing = Showing(_("The other signal is done"), _("Go on to the reporter's feedback"), "web/bundling.html", happens=(
        _("This signal goes on to the feedback of its own reporter."),
    ))  # fmt: skip
    return _plain(request, reader, now, reference, act="follow_lead", service=bundling.follow_lead, showing=showing,
                  said=_("Now give the reporter feedback."))


def _plain(request: HttpRequest, reader: Reader, now: datetime, reference: str, *, act: str,
           service: Callable[..., None], showing: Showing, said: str) -> HttpResponse:
    """An act without anything to fill in."""
    reference = plain_reference(reference)
    opened = _opener(reference, reader, now, act=act)
    page = opened()
    form = ActForm(request.POST or None, act=page.act)
    return act_view(
        request, showing, lambda version: service(reference, reader=reader, now=now, version=version),
        opened=page.act, form=form, now=now, fresh=lambda: opened().act, said=lambda: said, page=page)


def _opener(reference: str, reader: Reader, now: datetime, *, act: str) -> Callable[[], BundlingPage]:
    return lambda: bundling_page(reference, reader=reader, now=now, act=act, language=language())


WORDS: Mapping[type[Exception], Words] = {CannotBundle: lambda error: ("lead", str(CAUSES[error.cause]))}

urlpatterns = [
    path("signalen/<str:reference>/bundelen/", bundle, name="bundle"),
    path("signalen/<str:reference>/losmaken/", unbundle, name="unbundle"),
    path("signalen/<str:reference>/volgt/", follow_lead, name="follow_lead"),
]
