"""What was set aside: let in with one button, or put aside with a reason."""

from datetime import datetime

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from meldroute.rules.actors import Reader
from meldroute.services import holding
from meldroute.services.holding import NotHeld
from meldroute.services.opening import ActCard

from .acting import ActForm, Showing, act_page, attempt, done, language, plain_reference
from .door import enters


@enters("work_list")
@require_POST
def release(request: HttpRequest, reader: Reader, now: datetime, reference: str) -> HttpResponse:
    reference = plain_reference(reference)
    try:
        holding.release(reference, reader=reader, now=now)
    except NotHeld:
        messages.info(request, _("Somebody let it in already."))
        return redirect("signal", reference=reference)
    return done(request, reference, _("It is let in, and waits on your work list."))


class SpamForm(ActForm):
    reason = forms.CharField(
        label=gettext_lazy("Why is this no report?"), max_length=2000, strip=True, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Sealed with it. Whoever sent it sees nothing of this."))  # fmt: skip


@enters("work_list")
@require_http_methods(["GET", "HEAD", "POST"])
def spam(request: HttpRequest, reader: Reader, now: datetime, reference: str) -> HttpResponse:
    reference = plain_reference(reference)

    def opened() -> ActCard:
        return holding.holding_page(reference, reader=reader, now=now, language=language())

    try:
        card, status = opened(), 200
        form = SpamForm(request.POST or None, act=card)
        if request.method == "POST":
            status = attempt(form, lambda version: holding.mark_spam(
                reference, reason=form.cleaned_data["reason"], reader=reader, now=now, version=version), fresh=opened)  # fmt: skip
            if not status:
                return done(request, reference, _("It is put aside. Nothing was thrown away."))
    except NotHeld:
        raise Http404 from None
    showing = Showing(_("Put aside as no report"), _("Put it aside"), happens=(
        _("Its clocks stop and it leaves what waits for you. It is not thrown away, and can be let in again."),
        _("When in doubt, let it in: a clumsy text can be somebody's only chance."),
    ))  # fmt: skip
    return act_page(request, showing, act=card, form=form, now=now, status=status)


urlpatterns = [
    path("signalen/<str:reference>/toelaten/", release, name="release_held"),
    path("signalen/<str:reference>/geen-melding/", spam, name="mark_spam"),
]
