"""Ask experts for advice on a vague signal: first see exactly what each of them is told, then ask."""

from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from meldroute.rules.actors import Reader
from meldroute.rules.disclosure import DisclosureRefused
from meldroute.rules.facts import OPEN_REFERRAL
from meldroute.services import advice
from meldroute.services.advice import AdvicePage, AdviceRequest, Asked, ExpertCard
from meldroute.services.disclosure import PreviewCard, PreviewChanged, preview_disclosure
from meldroute.services.passing_on import NoAccount
from meldroute.services.referral import AlreadyAsked

from .acting import CONFLICT, ActForm, Showing, Words, act_page, attempt, done, language, plain_reference
from .disclosing import WARNINGS, GroundsFields, problem_words, refused_words
from .door import enters
from .words import REFERRAL

AREA = "work_list"
HOW = {"phone": gettext_lazy("by phone: I call them and ask"),
       "account": gettext_lazy("in writing: they have an account"),
       "link": gettext_lazy("in writing: by link and code")}  # fmt: skip


class AdviceForm(ActForm, GroundsFields):
    optional_is_said_above = True  # nobody has to be asked, and grounds are only for more than the minimum
    question = forms.CharField(label=gettext_lazy("What do you want to know?"), max_length=3000,
                               widget=forms.Textarea(attrs={"rows": 3}))
    description = forms.CharField(
        label=gettext_lazy("What was seen, without names or addresses"), required=False, max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4}))  # fmt: skip
    fields_given = forms.MultipleChoiceField(label=gettext_lazy("What they are told"), required=False,
                                             widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: object, page: AdvicePage, **more: object):
        super().__init__(*args, act=page.act, **more)
        self.fields["question"].initial = _("Could this be human trafficking, and what should we do?")
        self.fields["description"].initial = page.description
        self.fields["fields_given"].choices = [(f.id, f.label.say(language())) for f in page.fields]
        self.fields["fields_given"].initial = [f.id for f in page.fields if f.ticked]
        self.experts = [e for e in page.experts if not e.excluded and e.asked not in OPEN_REFERRAL]
        for expert in self.experts:
            self._add_expert(expert)

    def _add_expert(self, expert: ExpertCard) -> None:
        ways = [way for way in HOW if way != "account" or expert.has_account]
        id = expert.partner.id
        self.fields[f"how-{id}"] = forms.ChoiceField(
            label=expert.partner.known_as, required=False,
            choices=[("", _("do not ask")), *((way, HOW[way]) for way in ways)])  # fmt: skip
        self.fields[f"to-{id}"] = forms.EmailField(
            label=_("Mail address for the link to %(partner)s") % {"partner": expert.partner.known_as}, required=False,
            initial=expert.mail)  # fmt: skip
        self.fields[f"shown-{id}"] = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, object]:
        cleaned = super().clean()
        for id in self.asked_ids():
            if cleaned[f"how-{id}"] == "link" and not cleaned.get(f"to-{id}") and f"to-{id}" not in self.errors:
                self.add_error(f"to-{id}", _("A link needs a mail address."))
        return cleaned

    def asked_ids(self) -> list[str]:
        return [e.partner.id for e in self.experts if self.cleaned_data.get(f"how-{e.partner.id}")]

    def request(self) -> AdviceRequest:
        got = self.cleaned_data
        experts = tuple(Asked(id, got[f"how-{id}"], got.get(f"to-{id}", ""), got.get(f"shown-{id}", ""))
                        for id in self.asked_ids())
        return AdviceRequest(experts=experts, question=got["question"], fields=frozenset(got["fields_given"]),
                             description=got["description"], grounds=self.grounds())

    def remember_shown(self, previews: "list[Preview]") -> None:
        """The next submission says which exact texts stood on this screen."""
        self.data = self.data.copy()
        for preview in previews:
            self.data[f"shown-{preview.partner}"] = preview.fingerprint

    def rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"how-{e.partner.id}"], self[f"to-{e.partner.id}"]) for e in self.experts]


@dataclass(frozen=True, slots=True)
class Preview:
    """The exact text for one expert, as it would go."""

    partner: str
    name: str
    text: str
    fingerprint: str
    problems: str
    warnings: tuple[str, ...]


@enters(AREA)
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, reader: Reader, now: datetime, reference: str, act: str) -> HttpResponse:
    reference = plain_reference(reference)

    def opened() -> AdvicePage:
        return advice.advice_page(reference, act=act, reader=reader, now=now, language=language())

    page, status, previews = opened(), 200, []
    form = AdviceForm(request.POST or None, page=page)
    if request.method == "POST":
        ready = form.is_valid() and _somebody(form)
        if ready and "send" in request.POST:
            status = attempt(form, lambda version: advice.ask_advice(reference, form.request(), reader=reader, now=now,
                                                                     act=act, version=version),
                             fresh=lambda: opened().act, words=WORDS)  # fmt: skip
            if not status:
                return done(request, reference, _asked_words(form))
        previews = _previews(form, reference, reader, now) if form.is_bound and hasattr(form, "cleaned_data") else []
        status = status if status == CONFLICT else 200 if ready else 400
    showing = Showing(_("Ask experts for advice"), _("Show what they are told"), template="web/advice.html")
    return act_page(request, showing, act=page.act, form=form, now=now, status=status, page=page, previews=previews,
                    experts=[_known(e) for e in page.experts if e.asked or e.excluded],
                    sendable=bool(previews) and not any(p.problems for p in previews))  # fmt: skip


def _somebody(form: AdviceForm) -> bool:
    if form.asked_ids():
        return True
    form.add_error(None, _("Choose at least one expert to ask, and how."))
    return False


def _previews(form: AdviceForm, reference: str, reader: Reader, now: datetime) -> list[Preview]:
    if not {"question", "description", "fields_given"} <= form.cleaned_data.keys():
        return []
    wanted = form.request()
    cards = [preview_disclosure(reference, partner=one.partner, reader=reader, now=now, purpose="advice",
                                fields=wanted.fields, description=wanted.description, question=wanted.question,
                                grounds=wanted.grounds) for one in wanted.experts]  # fmt: skip
    previews = [_preview(card) for card in cards]
    form.remember_shown(previews)
    return previews


def _preview(card: PreviewCard) -> Preview:
    return Preview(card.partner, card.partner_name, card.text, card.fingerprint, problem_words(card.problems),
                   tuple(str(WARNINGS[w]) for w in card.warnings))


def _known(expert: ExpertCard) -> tuple[str, str]:
    """An expert that cannot be asked here, or was asked already, and why."""
    said = _("this signal is not shared with them") if expert.excluded else str(REFERRAL[expert.asked])
    return expert.partner.known_as, said


def _asked_words(form: AdviceForm) -> str:
    names = ", ".join(e.partner.known_as for e in form.experts if e.partner.id in form.asked_ids())
    return _("Advice was asked of %(names)s. Their clocks run; you hear when they answer.") % {"names": names}


WORDS: dict[type[Exception], Words] = {
    DisclosureRefused: refused_words,
    PreviewChanged: lambda error: (None, _("The text changed after you read it. Read it again below, then ask.")),
    AlreadyAsked: lambda error: (None, _("One of them was asked already and has not answered yet.")),
    NoAccount: lambda error: (f"how-{error.partner}", _("Nobody there has an account. Call, or use a link and code.")),
    advice.NotAnExpert: lambda error: (None, _("The policy does not name this partner as an expert here.")),
}

urlpatterns = [
    path("signalen/<str:reference>/advies/", ask, {"act": "ask_advice"}, name="ask_advice"),
    path("signalen/<str:reference>/nog-een-expert/", ask, {"act": "ask_more_advice"}, name="ask_more_advice"),
]
