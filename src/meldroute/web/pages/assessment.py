"""What the desk makes of a signal: a summary with indicators, age, danger, and with whom it is not shared."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from meldroute.rules.actors import Reader
from meldroute.services import assessment
from meldroute.services.assessment import AssessmentPage, SeenIndicator
from meldroute.services.referral import ReasonMissing

from .acting import ActForm, Showing, Words, act_view, language, plain_reference
from .door import enters

AREA = "work_list"
REASON = forms.Textarea(attrs={"rows": 2})
LISTS = {"ILO_DELPHI_LABOUR": gettext_lazy("Work (list of the ILO)"), "MELDROUTE_PRACTICE": gettext_lazy("Practice")}
DIMENSIONS = {
    "deceptive_recruitment": gettext_lazy("deceived at recruitment"),
    "coercive_recruitment": gettext_lazy("forced at recruitment"),
    "recruitment_abuse_vulnerability": gettext_lazy("vulnerability abused at recruitment"),
    "exploitation": gettext_lazy("exploitation"), "coercion_destination": gettext_lazy("force at work"),
    "abuse_vulnerability_destination": gettext_lazy("vulnerability abused at work"),
    "behaviour": gettext_lazy("behaviour"), "coercion": gettext_lazy("force"), "context": gettext_lazy("context"),
    "counter": gettext_lazy("points the other way"), "location": gettext_lazy("the place"),
    "observation": gettext_lazy("seen by yourself"), "physical": gettext_lazy("the body"),
    "recruitment": gettext_lazy("recruitment"), "situation": gettext_lazy("living situation"),
    "vulnerability": gettext_lazy("vulnerability"), "youth": gettext_lazy("young people"),
}
ANSWERS = {"yes": True, "no": False, "unknown": None}


def _reason_words(field: str) -> Words:
    return lambda error: (field, _("Say in a sentence why, so that a colleague understands it later."))


def _words(field: str) -> dict[type[Exception], Words]:
    return {
        ReasonMissing: _reason_words(field),
        assessment.UnknownChoice: lambda error: (None, _("This choice is not on the list. Choose from the list.")),
        assessment.SignalClosed: lambda error: (None, _("This signal is closed. New information is a new signal.")),
    }


# Summary and indicators


class AssessForm(ActForm):
    summary = forms.CharField(label=gettext_lazy("Summary in one line"), max_length=300, required=False,
                              help_text=gettext_lazy("Without names or addresses. Experts are shown this first."))
    indicators = forms.MultipleChoiceField(label=gettext_lazy("What do you recognise?"), required=False,
                                           widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: object, page: AssessmentPage, **more: object):
        super().__init__(*args, act=page.act, **more)
        self.fields["summary"].initial = page.summary
        self.fields["indicators"].choices = [(s.indicator.id, s.indicator.id) for s in page.indicators]
        self.fields["indicators"].initial = [s.indicator.id for s in page.indicators if s.chosen]


@enters(AREA)
@require_http_methods(["GET", "HEAD", "POST"])
def assess(request: HttpRequest, reader: Reader, now: datetime, reference: str) -> HttpResponse:
    reference = plain_reference(reference)
    opened = _opener(reference, reader, now, part="assessment")
    page = opened()
    form = AssessForm(request.POST or None, page=page)
    ticked = set(form["indicators"].value() or ())
    groups = _groups(page.indicators, ticked)

    def act(version: int) -> None:
        assessment.assess(reference, summary=form.cleaned_data["summary"], indicators=form.cleaned_data["indicators"],
                          reader=reader, now=now, version=version)

    return act_view(
        request, Showing(_("Summary and indicators"), _("Save this"), template="web/assessment.html"), act,
        opened=page.act, form=form, now=now, fresh=lambda: opened().act, words=_words("summary"),
        said=lambda: _("The summary and the indicators were saved."), page=page, ticked=ticked, groups=groups)


@dataclass(frozen=True, slots=True)
class Group:
    """Indicators under one heading. Open when something in it was noticed."""

    heading: str
    indicators: tuple[SeenIndicator, ...]
    is_open: bool


def _groups(indicators: tuple[SeenIndicator, ...], ticked: set[str]) -> list[Group]:
    found: dict[tuple[str, str], list[SeenIndicator]] = {}
    for seen in indicators:
        found.setdefault((seen.indicator.set, seen.indicator.dimension), []).append(seen)
    return [Group(_group_words(*key), tuple(part), any(s.reported or s.indicator.id in ticked for s in part))
            for key, part in found.items()]  # fmt: skip


def _group_words(list_: str, dimension: str) -> str:
    """A list or dimension that only another region's pack knows is called by its own id."""
    return f"{LISTS.get(list_, list_)}: {DIMENSIONS.get(dimension, dimension.replace('_', ' '))}"


def _opener(reference: str, reader: Reader, now: datetime, *, part: str) -> Callable[[], AssessmentPage]:
    return lambda: assessment.assessment_page(reference, reader=reader, now=now, part=part, language=language())


# Younger than 18


class MinorForm(ActForm):
    minor = forms.ChoiceField(label=gettext_lazy("Is somebody (perhaps) younger than 18?"), widget=forms.RadioSelect,
                              choices=(("yes", gettext_lazy("yes, or perhaps")), ("no", gettext_lazy("no")),
                                       ("unknown", gettext_lazy("nobody knows yet"))))
    how_known = forms.CharField(label=gettext_lazy("How do you know?"), widget=REASON, required=False, max_length=1000)


@enters(AREA)
@require_http_methods(["GET", "HEAD", "POST"])
def set_minor(request: HttpRequest, reader: Reader, now: datetime, reference: str) -> HttpResponse:
    reference = plain_reference(reference)
    opened = _opener(reference, reader, now, part="minor")
    page = opened()
    known = next(word for word, value in ANSWERS.items() if value is page.act.minor)
    form = MinorForm(request.POST or None, act=page.act, initial={"minor": known, "how_known": page.minor_because})
    showing = Showing(_("Younger than 18?"), _("Save this answer"), template="web/circumstances.html")

    def act(version: int) -> None:
        assessment.set_minor(reference, ANSWERS[form.cleaned_data["minor"]], how_known=form.cleaned_data["how_known"],
                             reader=reader, now=now, version=version)

    return act_view(
        request, showing, act, opened=page.act, form=form, now=now, fresh=lambda: opened().act,
        words=_words("how_known"), said=lambda: _("It was recorded whether somebody is younger than 18."), page=page,
        lines=page.minor_lines)


# Danger


class DangerForm(ActForm):
    danger = forms.ChoiceField(label=gettext_lazy("Is somebody in danger now?"), widget=forms.RadioSelect,
                               choices=(("yes", gettext_lazy("yes, or perhaps")), ("no", gettext_lazy("no longer"))))
    reason = forms.CharField(label=gettext_lazy("Why?"), widget=REASON, max_length=1000)


@enters(AREA)
@require_http_methods(["GET", "HEAD", "POST"])
def set_danger(request: HttpRequest, reader: Reader, now: datetime, reference: str) -> HttpResponse:
    reference = plain_reference(reference)
    opened = _opener(reference, reader, now, part="danger")
    page = opened()
    form = DangerForm(request.POST or None, act=page.act, initial={"danger": "yes" if page.act.danger else "no"})
    showing = Showing(_("Danger now?"), _("Save this answer"), template="web/circumstances.html", happens=(
        _("Danger: focal point and buddy are alerted at once, the clock becomes shorter. Call before anything else."),
        _("No longer danger: the signal goes back to its place in the list. The running clock keeps its time."),
    ))  # fmt: skip

    def act(version: int) -> None:
        assessment.set_danger(reference, form.cleaned_data["danger"] == "yes", reason=form.cleaned_data["reason"],
                              reader=reader, now=now, version=version)

    return act_view(
        request, showing, act, opened=page.act, form=form, now=now, fresh=lambda: opened().act,
        words=_words("reason"), said=lambda: _danger_said(form.cleaned_data["danger"]), page=page, danger=True)


def _danger_said(danger: str) -> str:
    if danger == "yes":
        return _("Danger was recorded. Call now; write later.")
    return _("It was recorded that there is no danger now.")


# Do not share with


class ExclusionForm(ActForm):
    partner = forms.ChoiceField(label=gettext_lazy("Partner"))
    reason = forms.CharField(label=gettext_lazy("Why?"), widget=REASON, max_length=1000)

    def __init__(self, *args: object, page: AssessmentPage, **more: object):
        super().__init__(*args, act=page.act, **more)
        out = [(f"-{id}", _("Share with %(partner)s again") % {"partner": name}) for id, name, _why in page.excluded]
        kept = [(f"+{id}", name) for id, name in page.partners]
        self.fields["partner"].choices = [(_("Do not share with"), kept), *([(_("Lift"), out)] if out else [])]


@enters(AREA)
@require_http_methods(["GET", "HEAD", "POST"])
def exclude_partner(request: HttpRequest, reader: Reader, now: datetime, reference: str) -> HttpResponse:
    reference = plain_reference(reference)
    opened = _opener(reference, reader, now, part="exclusion")
    page = opened()
    form = ExclusionForm(request.POST or None, page=page)
    happens = (_("Nothing of this signal goes to that partner, in writing or by phone, until it is lifted."),
               _("What they were given before stays given. Take it back on the page of the signal."))
    showing = Showing(_("Do not share with a partner"), _("Save this choice"), template="web/circumstances.html",
                      happens=happens)
    return act_view(
        request, showing, lambda version: _exclude(form, reference, reader, now, version), opened=page.act, form=form,
        now=now, fresh=lambda: opened().act, words=_words("reason"), page=page, exclusions=True,
        said=lambda: _("It was recorded with whom this signal is not shared."))


def _exclude(form: ExclusionForm, reference: str, reader: Reader, now: datetime, version: int) -> None:
    chosen, reason = form.cleaned_data["partner"], form.cleaned_data["reason"]
    change = assessment.exclude_partner if chosen.startswith("+") else assessment.admit_partner
    change(reference, chosen[1:], reason=reason, reader=reader, now=now, version=version)


urlpatterns = [
    path("signalen/<str:reference>/kenmerken/", assess, name="assess"),
    path("signalen/<str:reference>/leeftijd/", set_minor, name="set_minor"),
    path("signalen/<str:reference>/gevaar/", set_danger, name="set_danger"),
    path("signalen/<str:reference>/niet-delen/", exclude_partner, name="exclude_partner"),
]
