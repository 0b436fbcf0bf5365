"""A municipality's own terms: shorter than the list, on the privacy officer's advice, checked before they are saved."""

from dataclasses import dataclass

from django import forms
from django.forms import BoundField
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from meldroute.policies.retention import retention_schedule
from meldroute.rules.choices import Choices, Finding
from meldroute.rules.retention import OUTCOMES, OwnTerm, Period

from .settings_forms import DATE, SettingsForm
from .words import period_words

UNITS = [("days", _("days")), ("months", _("months")), ("years", _("years"))]
PARTS = ("amount", "unit", "by", "on")


@dataclass(frozen=True, slots=True)
class TermFields:
    """One kind of signal: what the list says, and the fields of the municipality's own term."""

    label: str
    listed: str
    source: str
    status: str
    fields: tuple[BoundField, ...]


class RetentionForm(SettingsForm):
    """Empty: the term of the list counts, or none where the list has none."""

    def __init__(self, *args, choices: Choices, **words):
        super().__init__(*args, **words)
        for outcome in OUTCOMES:
            own = choices.retention.get(outcome)
            self.fields[f"amount:{outcome}"] = forms.IntegerField(
                label=_("Own term"), min_value=1, max_value=1000, required=False, initial=own and own.period.amount)
            self.fields[f"unit:{outcome}"] = forms.ChoiceField(
                label=_("Unit"), choices=UNITS, required=False, initial=own.period.unit if own else "months")
            self.fields[f"by:{outcome}"] = forms.CharField(
                label=_("On whose advice"), max_length=150, required=False, initial=own.advised_by if own else "",
                help_text=_("The privacy officer who advised this."))
            self.fields[f"on:{outcome}"] = forms.DateField(
                label=_("Day of the advice"), required=False, widget=DATE, initial=own and own.advised_on)
        self.order_fields([f"{part}:{o}" for o in OUTCOMES for part in PARTS] + ["starts", "seen"])

    def clean(self) -> dict:
        data = super().clean()
        for outcome in OUTCOMES:
            if data.get(f"amount:{outcome}") and not data.get(f"on:{outcome}"):
                self.add_error(f"on:{outcome}", _("Write when this was advised."))
        return data

    def value(self) -> dict[str, OwnTerm]:
        data = self.cleaned_data
        return {o: OwnTerm(Period(data[f"amount:{o}"], data[f"unit:{o}"] or "months"), data[f"by:{o}"], data[f"on:{o}"])
                for o in OUTCOMES if data[f"amount:{o}"]}

    def field_of(self, finding: Finding) -> str:
        part = {"no_advice": "by", "advice_later": "on"}.get(finding.cause, "amount")
        return f"{part}:{finding.place.removeprefix('retention:')}"

    def groups(self) -> list[TermFields]:
        language, found = get_language() or "nl", []
        for outcome in OUTCOMES:
            term = retention_schedule().of(outcome)
            listed = period_words(term.period.amount, term.period.unit) if term.period else str(_("term unknown"))
            found.append(TermFields(term.object.say(language), listed, f"{term.source}: {term.result}", term.status,
                                    tuple(self[f"{part}:{outcome}"] for part in PARTS)))
        return found
