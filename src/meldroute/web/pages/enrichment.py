"""Take a signal up, look things up, and say what the desk makes of it: age, danger, indicators, whom not to tell."""

from datetime import datetime

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from meldroute.rules.actors import Reader
from meldroute.services import enrichment
from meldroute.services.enrichment import EnrichmentPage, NewFact
from meldroute.services.opening import ActCard, act_card
from meldroute.services.taking_up import take_up as take_up_signal

from .acting import ActForm, Showing, Words, act_page, attempt, done, language, plain_reference
from .door import enters
from .words import OUTCOMES

AREA = "work_list"
TEXT = forms.Textarea(attrs={"rows": 3})
SUBJECTS = (("", gettext_lazy("not said")), ("person", gettext_lazy("a person")), ("place", gettext_lazy("a place")),
            ("company", gettext_lazy("a company")), ("vehicle", gettext_lazy("a vehicle")))
FACT_NEEDS = {
    "text": gettext_lazy("Write what you found, or why it could not be looked up."),
    "source": gettext_lazy("Name the source you looked in."),
    "legal_basis": gettext_lazy("Choose the legal basis on which you looked."),
}


# Take up


@enters(AREA)
@require_http_methods(["GET", "HEAD", "POST"])
def take_up(request: HttpRequest, reader: Reader, now: datetime, reference: str) -> HttpResponse:
    reference = plain_reference(reference)

    def card() -> ActCard:
        return act_card(reference, "take_up", reader=reader, now=now, language=language())

    act, status = card(), 200
    form = ActForm(request.POST or None, act=act)
    if request.method == "POST":
        status = attempt(form, lambda version: take_up_signal(reference, reader=reader, now=now, version=version),
                         fresh=card)
        if not status:
            return done(request, reference, _("You took up this signal. Look things up, then judge: vague or clear."))
    showing = Showing(_("Take up this signal"), _("Take up this signal"), happens=(
        _("The clock for reading stops; the clock for enriching starts."),
        _("You look things up and then judge: vague or clear. Nobody outside the municipality hears anything yet."),
    ))
    return act_page(request, showing, act=act, form=form, now=now, status=status)


# Enrich


class FactForm(ActForm):
    optional_is_said_above = True  # what is needed depends on the outcome, and the help says so
    item = forms.ChoiceField(label=gettext_lazy("What did you look up?"), widget=forms.RadioSelect)
    outcome = forms.ChoiceField(label=gettext_lazy("Outcome"), widget=forms.RadioSelect)
    subject = forms.ChoiceField(label=gettext_lazy("It is about"), choices=SUBJECTS, required=False)
    text = forms.CharField(label=gettext_lazy("What you found"), widget=TEXT, required=False, max_length=5000,
                           help_text=gettext_lazy("Only what this signal needs. Could it not be looked up? Say why."))
    source = forms.CharField(label=gettext_lazy("Source"), required=False, max_length=300,
                             help_text=gettext_lazy("Where you looked, and on which day if that matters."))
    legal_basis = forms.ChoiceField(label=gettext_lazy("Legal basis"), required=False)

    def __init__(self, *args: object, page: EnrichmentPage, **more: object):
        super().__init__(*args, act=page.act, **more)
        say = language()
        self.fields["item"].choices = [(i.item.id, i.item.label.say(say)) for i in page.items]
        self.fields["outcome"].choices = list(OUTCOMES.items())
        bases = {b.id: b for i in page.items for b in i.bases}
        self.fields["legal_basis"].choices = [
            ("", _("choose; none when it was not looked up")),
            *((b.id, _("%(basis)s (still to be confirmed)") % {"basis": b.label.say(say)} if not b.confirmed
               else b.label.say(say)) for b in bases.values())]

    def clean(self) -> dict[str, object]:
        cleaned = super().clean()
        if "item" in cleaned and "outcome" in cleaned:
            for name in self.fact().missing:
                if name not in self.errors:
                    self.add_error(name, FACT_NEEDS[name])
        return cleaned

    def fact(self) -> NewFact:
        return NewFact(**{name: self.cleaned_data.get(name, "") for name in NewFact.__slots__})


@enters(AREA)
@require_http_methods(["GET", "HEAD", "POST"])
def enrich(request: HttpRequest, reader: Reader, now: datetime, reference: str) -> HttpResponse:
    reference = plain_reference(reference)

    def opened() -> EnrichmentPage:
        return enrichment.enrichment_page(reference, reader=reader, now=now, language=language())

    page, status = opened(), 200
    form = FactForm(request.POST or None, page=page, initial={"item": request.GET.get("onderdeel", "")})
    if request.method == "POST":
        status = attempt(form, lambda version: enrichment.add_fact(reference, form.fact(), reader=reader, now=now,
                                                                   version=version),
                         fresh=lambda: opened().act, words=FACT_WORDS)
        if not status:
            return done(request, reference, _("The fact was added, with its source and legal basis."))
    showing = Showing(_("Look things up"), _("Add this fact"), template="web/enrichment.html")
    return act_page(request, showing, act=page.act, form=form, now=now, status=status, page=page)


def _basis_words(error: Exception) -> tuple[str | None, str]:
    return "legal_basis", _("The policy does not offer this legal basis for this item today. Choose another one.")


FACT_WORDS: dict[type[Exception], Words] = {
    enrichment.BasisNotOffered: _basis_words,
    enrichment.NotOnChecklist: lambda error: (None, _("This choice is not on the checklist. Choose from the list.")),
}


urlpatterns = [
    path("signalen/<str:reference>/oppakken/", take_up, name="take_up"),
    path("signalen/<str:reference>/verrijken/", enrich, name="enrich"),
]
