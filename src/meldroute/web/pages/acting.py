"""What every act's page shares: the version on the screen, a refusal in words, and nothing typed lost.

A page opens the signal, fills a form and makes one service call. `attempt` runs that call: refused, the same page
comes back with the reason; changed by somebody else meanwhile, it comes back with everything typed and the new
version, to be sent again by whoever has looked at what changed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from meldroute.rules.lifecycle import Refused, StepRefused
from meldroute.rules.references import BadReference, normalise_reference
from meldroute.services.desk import EditConflict, NoSuchStep
from meldroute.services.opening import ActCard

Words = Callable[[Exception], tuple[str | None, str]]  # the field an error belongs to, and what to say
CONFLICT = 409
NO_WORDS: Mapping[type[Exception], Words] = {}


class ActForm(forms.Form):
    """A form that knows which version of the signal it was filled in on."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    looked = forms.BooleanField(label=gettext_lazy("I looked at what changed. This still holds."), required=False)

    def __init__(self, *args: object, act: ActCard, **more: object):
        super().__init__(*args, **more)
        self.fields["version"].initial = act.version
        self._looked = self.fields.pop("looked")  # asked only after somebody else changed the signal
        if self.data.get("conflict"):
            self._ask_to_look()

    def _ask_to_look(self) -> None:
        self.fields["looked"] = self._looked
        self._looked.required = True
        self.fields["conflict"] = forms.CharField(widget=forms.HiddenInput)

    def meet_conflict(self, act: ActCard) -> None:
        """Somebody else was first: the same form again, on the version that stands now."""
        self.data = self.data.copy()
        self.data["version"], self.data["conflict"] = str(act.version), "1"
        self.data.pop("looked", None)
        self._ask_to_look()
        url = reverse("signal", kwargs={"reference": act.reference})
        self.add_error(None, format_html(
            '{} <a class="nl-link" href="{}" target="_blank" rel="noopener">{}</a>',
            _("This signal changed after you opened this page: by a colleague, or by you if you pressed twice. What you "
              "typed stands below; it was not saved now."),
            url, _("See what changed (opens beside this page)")))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Showing:
    """What an act's page says besides its form."""

    heading: str
    submit: str
    template: str = "web/act.html"
    happens: tuple[str, ...] = ()  # what will happen, sentence by sentence, before it happens
    negative: bool = False


def language() -> str:
    return get_language() or "nl"


def plain_reference(reference: str) -> str:
    """The reference as it is stored; one that cannot be a reference is absent."""
    try:
        return normalise_reference(reference)
    except BadReference:
        raise Http404 from None


def attempt(form: ActForm, act: Callable[[int], None], *, fresh: Callable[[], ActCard],
            words: Mapping[type[Exception], Words] = NO_WORDS) -> int:
    """Do it with what was typed. Returns the status of the page to show again, or 0 when it was done."""
    if not form.is_valid():
        return 400
    try:
        act(form.cleaned_data["version"])
    except EditConflict:
        form.meet_conflict(fresh())
    except StepRefused as refused:
        form.add_error(None, refusal_words(refused.refusal))
    except NoSuchStep:
        form.add_error(None, _("This cannot be done in the state the signal is in now. Look at what can be done."))
    except tuple(words) as error:
        form.add_error(*_said(error, words))
    else:
        return 0
    return CONFLICT


def _said(error: Exception, words: Mapping[type[Exception], Words]) -> tuple[str | None, str]:
    return next(say for kind, say in words.items() if isinstance(error, kind))(error)


def refusal_words(refusal: Refused) -> str:
    return _("Not yet, because: %(because)s. Possible after: %(opens_with)s") % {
        "because": refusal.because.rstrip("."), "opens_with": refusal.opens_with}  # fmt: skip


def done(request: HttpRequest, reference: str, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect("signal", reference=reference)


def act_view(request: HttpRequest, showing: Showing, act: Callable[[int], None], *, opened: ActCard,
             form: ActForm, now: object, fresh: Callable[[], ActCard], said: Callable[[], str],
             words: Mapping[type[Exception], Words] = NO_WORDS, **more: object) -> HttpResponse:
    """Most acts: show the page, or do it with what was typed and go back to the signal with what was `said`."""
    status = 200
    if request.method == "POST":
        status = attempt(form, act, fresh=fresh, words=words)
        if not status:
            return done(request, opened.reference, said())
    return act_page(request, showing, act=opened, form=form, now=now, status=status, **more)


# What a guard waits for has a page of its own.
WAYS_OUT = {"contacted_if_danger": "record_contact", "order_kept": "record_contact", "enriched": "enrich",
            "consulted": "record_contact"}  # fmt: skip


def _way_out(act: ActCard) -> str:
    page = WAYS_OUT.get(act.refusal.guard) if act.refusal else None
    return reverse(page, kwargs={"reference": act.reference}) if page else ""


def act_page(request: HttpRequest, showing: Showing, *, act: ActCard, form: ActForm, now: object, status: int = 200,
             **more: object) -> HttpResponse:
    """One look for every act. Without permission there is no form, but what was typed already stays."""
    context = {
        "now": now, "act": act, "form": form, "showing": showing, "closed": act.refusal and not form.is_bound,
        "cancel_url": reverse("signal", kwargs={"reference": act.reference}), "way_out": _way_out(act), **more,
    }
    return render(request, showing.template, context, status=status)
