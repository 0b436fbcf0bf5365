"""What forms share that tell a partner something: fields to tick, grounds for more than the minimum, and the words."""

from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext_lazy

from meldroute.rules.disclosure import DisclosureRefused, Grounds, Problem

PROBLEMS = {
    "excluded": gettext_lazy("This signal is not shared with this partner. Choose another one, or lift that first."),
    "unknown_field": gettext_lazy("This signal holds nothing of that name. Choose from the list."),
    "nothing_chosen": gettext_lazy("Nothing was ticked. Tick what the partner needs."),
    "description_empty": gettext_lazy("The description is ticked but empty. Write it without names or addresses, or "
                                      "take the tick away."),
    "no_basis": gettext_lazy("There is no confirmed legal basis today to give one of these to this partner. Take its "
                             "tick away, or have the privacy officer confirm a basis. In danger an emergency is "
                             "possible; it is written down."),
    "override_reason": gettext_lazy("An emergency without a confirmed basis needs a reason: why can it not wait?"),
    "reporter_against_wish": gettext_lazy("The reporter does not want to be named. Leave the name out, or give the "
                                          "ground and the reason why it cannot be left out."),
    "agreement_not_asked": gettext_lazy("Does the person know, and agree? Choose yes, no or unknown."),
    "identifying_without_agreement": gettext_lazy("The person did not agree, or nobody knows, and this may identify "
                                                  "them. Consult without such data first, or give ground and reason."),
}
WARNINGS = {
    "function": gettext_lazy("The text names a function: that may give the reporter away."),
    "desk": gettext_lazy("The text names a desk or department: that may give the reporter away."),
    "time": gettext_lazy("The text names a time: that may give the reporter away."),
    "own_voice": gettext_lazy("The text is in the reporter's own voice."),
    "description_identifies": gettext_lazy("The description seems to hold an address, number or plate."),
    "reporter_named": gettext_lazy("The reporter is named, as they allow."),
    "reporter_against_wish": gettext_lazy("The reporter is named against their wish."),
    "override": gettext_lazy("Something goes without a confirmed legal basis. This is written down."),
}
REASON = forms.Textarea(attrs={"rows": 2})


def problem_words(problems: Iterable[Problem]) -> str:
    """Each problem once, in the words of the screen."""
    return " ".join(dict.fromkeys(str(PROBLEMS.get(p.id, f"{p.cause}. {p.way_out}")) for p in problems))


def refused_words(error: DisclosureRefused) -> tuple[str | None, str]:
    return None, problem_words(error.problems)


class GroundsFields(forms.Form):
    """Why more than the minimum is told. All empty while nothing names or identifies anybody."""

    agreement = forms.ChoiceField(
        label=gettext_lazy("Does the person know, and agree?"), required=False, choices=(
            ("", gettext_lazy("does not apply")), ("yes", gettext_lazy("yes")), ("no", gettext_lazy("no")),
            ("unknown", gettext_lazy("unknown"))))  # fmt: skip
    identifying_ground = forms.CharField(label=gettext_lazy("Ground to identify somebody"), required=False,
                                         max_length=300)
    identifying_reason = forms.CharField(label=gettext_lazy("Why is it needed?"), required=False, widget=REASON,
                                         max_length=1000)
    reporter_ground = forms.CharField(label=gettext_lazy("Ground to name the reporter against their wish"),
                                      required=False, max_length=300)
    reporter_reason = forms.CharField(label=gettext_lazy("Why can the name not be left out?"), required=False,
                                      widget=REASON, max_length=1000)
    override = forms.BooleanField(label=gettext_lazy("Emergency: somebody may be in danger, and there is no confirmed "
                                                     "legal basis. This is written down."), required=False)
    override_reason = forms.CharField(label=gettext_lazy("Why can it not wait?"), required=False, widget=REASON,
                                      max_length=1000)

    def grounds(self) -> Grounds:
        typed = {name: self.cleaned_data.get(name) for name in Grounds.__slots__}
        return Grounds(**{name: value for name, value in typed.items() if value})

    def ground_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in Grounds.__slots__]
