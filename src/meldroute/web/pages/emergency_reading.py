"""Read in an emergency a signal that is closed to one: the question with its reason, and the page for reading only."""

from datetime import datetime

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from meldroute.rules.actors import Reader
from meldroute.rules.references import BadReference, normalise_reference
from meldroute.services import emergency_reading, refusals
from meldroute.services.desk import NoSuchSignal
from meldroute.services.emergency_reading import OpenAlready, may_ever

from .acting import plain_reference
from .door import enters
from .signal import page_context

AREA = "emergency"


class EmergencyForm(forms.Form):
    reference = forms.CharField(label=gettext_lazy("Reference of the signal"), max_length=20,
                                help_text=gettext_lazy("It looks like MR-7K3Q2M9T-Q. Somebody told you: there is no list."))
    reason = forms.CharField(
        label=gettext_lazy("Why can this not wait?"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Who asked you, and whom you tried to reach. The privacy officer reads this: write no names "
                               "of people the signal is about."))
    sure = forms.BooleanField(label=gettext_lazy(
        "I tried to reach those whose signal this is, and somebody must read it now."))

    def clean_reference(self) -> str:
        try:
            return normalise_reference(self.cleaned_data["reference"])
        except BadReference:
            raise forms.ValidationError(_("This is not a reference. Check what you typed.")) from None


@enters(AREA)
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, reader: Reader, now: datetime) -> HttpResponse:
    form = EmergencyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reference = form.cleaned_data["reference"]
        try:
            emergency_reading.open_in_emergency(reference, reason=form.cleaned_data["reason"], reader=reader, now=now)
            return redirect("emergency_signal", reference=reference)
        except OpenAlready:
            return redirect("signal", reference=reference)
        except emergency_reading.NoReason:
            form.add_error("reason", _("Say in a sentence why this cannot wait."))
        except NoSuchSignal:
            refusals.remember(reader, area=AREA, now=now)
            form.add_error("reference", _("There is no such signal that you can open this way. Check the reference, or "
                                          "call the focal point of that municipality."))
    return render(request, "web/emergency_ask.html", {
        "form": form, "now": now, "ever": may_ever(reader=reader, now=now), "hours": _hours()},
        status=400 if form.errors else 200)


@enters(AREA)
@require_safe
def show(request: HttpRequest, reader: Reader, now: datetime, reference: str) -> HttpResponse:
    found = emergency_reading.read_in_emergency(plain_reference(reference), reader=reader, now=now,
                                                language=get_language() or "nl")
    context = page_context(found.page, now=now) | {"emergency_until": found.until}
    return render(request, "web/signal.html", context)


def _hours() -> int:
    return int(emergency_reading.LASTS.total_seconds() // 3600)


urlpatterns = [
    path("noodgeval/", ask, name="emergency"),
    path("noodgeval/<str:reference>/", show, name="emergency_signal"),
]
