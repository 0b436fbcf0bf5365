"""How long one closed signal is kept, and what can be done about it: hold, lift, or once again as long."""

from collections.abc import Callable
from datetime import date, datetime

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from meldroute.rules.actors import Reader
from meldroute.services import holds
from meldroute.services.holds import HoldRefused, KeepingPage, NewHold

from .acting import plain_reference
from .door import enters
from .settings_forms import DATE
from .words import HOLD_REASONS, STANDINGS, period_words

CAUSES = {
    "still_open": gettext_lazy("This signal is still open. An open signal is always kept."),
    "held_already": gettext_lazy("Somebody holds it already. Look at what stands below."),
    "not_held": gettext_lazy("Nobody holds it any more."),
    "in_the_past": gettext_lazy("Choose a day to come: then you are asked to look again."),
    "unknown_reason": gettext_lazy("Choose a reason from the list."),
    "no_review": gettext_lazy("It was kept once more already, or its term is of another kind."),
}


class HoldForm(forms.Form):
    reason = forms.ChoiceField(label=gettext_lazy("Why must it be kept?"), choices=list(HOLD_REASONS.items()),
                               widget=forms.RadioSelect, help_text=gettext_lazy("The privacy officer sees this reason."))
    explanation = forms.CharField(label=gettext_lazy("Explanation (if needed)"), required=False, max_length=2000,
                                  widget=forms.Textarea(attrs={"rows": 3}), help_text=gettext_lazy(
        "Sealed with the signal: only who may read the signal sees it."))
    until = forms.DateField(label=gettext_lazy("When must somebody look again?"), widget=DATE, help_text=gettext_lazy(
        "On that day you are asked whether it is still needed. It goes on until somebody lifts it."))

    def new(self) -> NewHold:
        data = self.cleaned_data
        return NewHold(data["reason"], data["until"], data["explanation"])


@enters("work_list")
@require_http_methods(["GET", "HEAD", "POST"])
def keeping(request: HttpRequest, reader: Reader, now: datetime, reference: str) -> HttpResponse:
    reference = plain_reference(reference)
    page, status = holds.keeping_page(reference, reader=reader, now=now), 200
    form = HoldForm(request.POST if request.POST.get("act") == "hold" else None)
    if request.method == "POST":
        status = _do(request, form, reference, reader, now)
        if not status:
            return redirect("keeping", reference=reference)
    return render(request, "web/keeping.html", {
        "now": now, "page": page, "standing": STANDINGS[page.standing], "form": form, "facts": _facts(page),
        "reason": HOLD_REASONS[page.hold.reason] if page.hold else "", "refused": getattr(form, "refused", ""),
        "cancel_url": reverse("signal", kwargs={"reference": reference})}, status=status)


def _do(request: HttpRequest, form: HoldForm, reference: str, reader: Reader, now: datetime) -> int:
    """0 when it was done; else the status of the page to show again."""
    acts: dict[str, tuple[Callable[[], None], str]] = {
        "hold": (lambda: holds.hold(reference, form.new(), reader=reader, now=now), _("It is held now.")),
        "lift": (lambda: holds.lift(reference, reader=reader, now=now), _("The hold is lifted.")),
        "extend": (lambda: holds.extend(reference, reader=reader, now=now), _("It is kept once more.")),
    }
    chosen = request.POST.get("act", "")
    if chosen not in acts or (chosen == "hold" and not form.is_valid()):
        return 400
    act, said = acts[chosen]
    try:
        act()
    except HoldRefused as refused:
        form.refused = CAUSES[refused.cause]
        return 409
    messages.success(request, said)
    return 0


def _facts(page: KeepingPage) -> list[tuple[str, object]]:
    if not page.closed:
        return []
    term = period_words(*page.term) if page.term else _("unknown")
    return [(_("Term"), term), (_("Counts from the day of closing"), _day(page.closed_on)),
            (_("Term ends on"), _day(page.ends_on)), (_("In the selection list"), page.result)]


def _day(day: date | None) -> str:
    return date_format(day, "j F Y") if day else _("not known")


urlpatterns = [path("signalen/<str:reference>/bewaren/", keeping, name="keeping")]
