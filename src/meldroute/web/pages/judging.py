"""Clear: choose the forms and see the route that follows. Vague: record what the experts concluded, and whose it is."""

from collections.abc import Mapping
from datetime import datetime

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from meldroute.rules.actors import Reader
from meldroute.services import judging
from meldroute.services.assessment import UnknownChoice
from meldroute.services.judging import Conclusion
from meldroute.services.judging_pages import ConcludingPage, FormChoice, JudgingPage, concluding_page, judging_page
from meldroute.services.referral import ReasonMissing

from .acting import ActForm, Showing, Words, act_page, attempt, done, language, plain_reference
from .door import enters

AREA = "work_list"
MISSING = {
    "text": gettext_lazy("Write what the experts said: outcome, steps and options."),
    "phenomenon": gettext_lazy("Choose which other phenomenon it is."),
    "goes_to": gettext_lazy("Write where the signal goes then."),
}


def _not_listed(_error: Exception) -> tuple[None, str]:
    return None, _("This choice is not on the list. Choose from the list.")


class FormsField(ActForm):
    """The forms of exploitation and their sub-forms, chosen on the page that judges."""

    optional_is_said_above = True  # what is needed depends on the conclusion, and each part says so

    forms_chosen = forms.MultipleChoiceField(label=gettext_lazy("Which form or forms?"), required=False,
                                             widget=forms.CheckboxSelectMultiple)
    sub_forms = forms.MultipleChoiceField(label=gettext_lazy("Which kind?"), required=False,
                                          widget=forms.CheckboxSelectMultiple)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)  # the forms whose route stood on the screen

    def offer(self, choices: tuple[FormChoice, ...]) -> None:
        say = language()
        self.fields["forms_chosen"].choices = [(c.form.id, c.form.label.say(say)) for c in choices]
        self.fields["sub_forms"].choices = [(f"{c.form.id}.{s.id}", f"{c.form.label.say(say)}: {s.label.say(say)}")
                                            for c in choices for s in c.form.sub_forms]

    def chosen(self) -> tuple[str, ...]:
        return tuple(self.cleaned_data.get("forms_chosen", ()))

    def route_was_confirmed(self) -> bool:
        """The route of exactly these forms stood on the screen, and its own button was pressed."""
        return "confirm" in self.data and self.cleaned_data.get("seen") == " ".join(self.chosen())

    def show_route(self) -> None:
        """From now on the route of these forms stands on the screen."""
        self.data = self.data.copy()
        self.data["seen"] = " ".join(self.chosen())


# Clear


class ClearForm(FormsField):
    why = forms.CharField(label=gettext_lazy("What makes it clear?"), max_length=3000,
                          widget=forms.Textarea(attrs={"rows": 3}))
    field_order = ("forms_chosen", "sub_forms", "why")

    def clean_forms_chosen(self) -> list[str]:
        if not self.cleaned_data["forms_chosen"]:
            raise forms.ValidationError(_("Choose one or more forms."))
        return self.cleaned_data["forms_chosen"]


@enters(AREA)
@require_http_methods(["GET", "HEAD", "POST"])
def judge_clear(request: HttpRequest, reader: Reader, now: datetime, reference: str) -> HttpResponse:
    reference = plain_reference(reference)

    def opened(chosen: tuple[str, ...] = ()) -> JudgingPage:
        return judging_page(reference, reader=reader, now=now, forms=chosen, language=language())

    asked = tuple(request.POST.getlist("forms_chosen"))
    page, status = opened(asked), 200
    form = ClearForm(request.POST or None, act=page.act)
    form.offer(page.forms)
    if request.method == "POST":
        status = _judge(form, reference, reader, now, opened)
        if not status:
            return done(request, reference, _("Judged clear. Now tell the partners, in the order of the route."))
    showing = Showing(_("It is clear: choose the form"), _("Show the route"), template="web/judging.html")
    return act_page(request, showing, act=page.act, form=form, now=now, status=status, page=page,
                    confirm=_("It is clear: pass it on along this route"))


def _judge(form: ClearForm, reference: str, reader: Reader, now: datetime, opened) -> int:
    """Only after the route of exactly these forms stood on the screen."""
    if form.is_valid() and not form.route_was_confirmed():
        form.show_route()
        return 200
    return attempt(form, lambda version: judging.judge_clear(
        reference, forms=form.chosen(), sub_forms=form.cleaned_data["sub_forms"], why=form.cleaned_data["why"],
        reader=reader, now=now, version=version),
        fresh=lambda: opened().act, words={ReasonMissing: lambda error: ("why", _("Write what makes it clear.")),
                                           UnknownChoice: _not_listed})  # fmt: skip


# What the experts concluded


class ConcludeForm(FormsField):
    conclusion = forms.ChoiceField(label=gettext_lazy("What did the experts conclude?"), widget=forms.RadioSelect)
    whose = forms.MultipleChoiceField(label=gettext_lazy("Whose conclusion is it?"), required=False,
                                      widget=forms.CheckboxSelectMultiple,
                                      help_text=gettext_lazy("Only who was asked and gave advice can have concluded."))
    text = forms.CharField(label=gettext_lazy("What did they say?"), max_length=5000,
                           widget=forms.Textarea(attrs={"rows": 4}),
                           help_text=gettext_lazy("The outcome, and the steps and options they advise."))
    phenomenon = forms.ChoiceField(label=gettext_lazy("Which other phenomenon?"), required=False)
    goes_to = forms.CharField(label=gettext_lazy("Where does it go then?"), required=False, max_length=300)
    review_on = forms.DateField(label=gettext_lazy("When do you look at it again?"), required=False,
                                widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: object, page: ConcludingPage, **more: object):
        super().__init__(*args, act=page.act, **more)
        say = language()
        self.offer(page.forms)
        self.fields["conclusion"].choices = [(c.conclusion, c.label.say(say)) for c in page.choices if c.allowed]
        self.fields["whose"].choices = page.answered
        self.fields["phenomenon"].choices = [("", _("choose")), *((p.id, p.label.say(say)) for p in page.phenomena)]
        self.fields["review_on"].help_text = _("From today until %(last)s at the latest.") % {
            "last": date_format(page.review_last, "j F Y")}  # fmt: skip
        self.destinations = {p.id: p.goes_to.say(say) for p in page.phenomena}

    def conclusion_made(self) -> Conclusion:
        got = self.cleaned_data
        return Conclusion(
            kind=got["conclusion"], whose=tuple(got["whose"]), text=got["text"], phenomenon=got["phenomenon"],
            forms=self.chosen(), sub_forms=tuple(got["sub_forms"]), review_on=got["review_on"],
            goes_to=got["goes_to"] or self.destinations.get(got["phenomenon"], ""))  # fmt: skip

    def needs_route(self) -> bool:
        judged = self.cleaned_data.get("conclusion") == "trafficking" and bool(self.chosen())
        return judged and not self.route_was_confirmed()


@enters(AREA)
@require_http_methods(["GET", "HEAD", "POST"])
def conclude(request: HttpRequest, reader: Reader, now: datetime, reference: str) -> HttpResponse:
    reference = plain_reference(reference)

    def opened(chosen: tuple[str, ...] = ()) -> ConcludingPage:
        return concluding_page(reference, reader=reader, now=now, forms=chosen, language=language())

    page, status = opened(tuple(request.POST.getlist("forms_chosen"))), 200
    form = ConcludeForm(request.POST or None, page=page)
    if request.method == "POST":
        status = _conclude(form, reference, reader, now, opened)
        if not status:
            return done(request, reference, _("The conclusion of the experts was recorded. See below what follows."))
    showing = Showing(_("What did the experts conclude?"), _("Record this conclusion"), template="web/concluding.html")
    return act_page(request, showing, act=page.act, form=form, now=now, status=status, page=page,
                    confirm=_("Record this conclusion and follow this route"),
                    held=[c for c in page.choices if not c.allowed])


def _conclude(form: ConcludeForm, reference: str, reader: Reader, now: datetime, opened) -> int:
    if form.is_valid() and form.needs_route():
        form.show_route()
        return 200
    return attempt(form, lambda version: judging.conclude(reference, form.conclusion_made(), reader=reader, now=now,
                                                          version=version),
                   fresh=lambda: opened().act, words=WORDS)  # fmt: skip


def _review_words(error: judging.ReviewOutOfReach) -> tuple[str | None, str]:
    return "review_on", _("Choose a day from %(first)s to %(last)s.") % {
        "first": date_format(error.first, "j F Y"), "last": date_format(error.last, "j F Y")}  # fmt: skip


WORDS: Mapping[type[Exception], Words] = {
    judging.NotTheirConclusion: lambda error: ("whose", _("Say whose conclusion it is: somebody who gave advice.")),
    judging.ConclusionIncomplete: lambda error: (error.missing, MISSING[error.missing]),
    judging.ReviewOutOfReach: _review_words,
    UnknownChoice: _not_listed,
}

urlpatterns = [
    path("signalen/<str:reference>/duidelijk/", judge_clear, name="judge_clear"),
    path("signalen/<str:reference>/conclusie/", conclude, name="conclude"),
]
