"""The forms of a data subject's request."""

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from meldroute.rules.subject_rights import GROUNDS, KINDS

from .settings_forms import DATE

DECISIONS = {"granted": _("granted"), "partly": _("granted in part"), "refused": _("refused"),
             "nothing_found": _("nothing was found")}
CAUSES = {
    "unknown_kind": _("Choose what is asked."),
    "in_the_future": _("This day is still to come. Choose the day on which the request came in."),
    "decided": _("The college has decided already. What was decided stays as it was."),
    "no_advice": _("Write your advice first. The college decides with it."),
    "not_decided": _("There is no decision yet. Record it first."),
    "unknown_decision": _("Choose what was decided."),
    "no_ground": _("Choose the ground on which it was refused, in whole or in part."),
    "ground_too_many": _("A ground goes with a refusal only. Choose none."),
    "wrong_day": _("Choose a day between the request and today."),
    "extended": _("The term was extended already. That can be done once."),
    "too_late": _("The first month is over: the term cannot be extended any more."),
}


class RequestForm(forms.Form):
    def refuse(self, refused: Exception) -> None:
        place = getattr(refused, "place", "")
        self.add_error(place if place in self.fields else None, CAUSES[refused.cause])


class NewRequestForm(RequestForm):
    kind = forms.ChoiceField(label=_("What is asked?"), widget=forms.RadioSelect)
    received_on = forms.DateField(label=_("Came in on"), widget=DATE)
    name = forms.CharField(label=_("Who asks"), max_length=200)
    contact = forms.CharField(label=_("How to reach them"), max_length=300, help_text=_(
        "A safe way, that they chose themselves."))
    question = forms.CharField(label=_("What they ask, in their words"), max_length=4000, widget=forms.Textarea)
    identity = forms.CharField(label=_("How it was established who asks"), max_length=500, required=False, help_text=_(
        "Such as: came to the desk with a passport. Keep no copy of it."))

    def __init__(self, *args: object, **kwargs: object):
        super().__init__(*args, **kwargs)
        language = get_language() or "nl"
        self.fields["kind"].choices = [(right.id, f"{right.name.say(language)} ({right.article})") for right in KINDS]


class AdviceForm(RequestForm):
    advice = forms.CharField(label=_("Your advice"), max_length=8000, widget=forms.Textarea)


class ExtensionForm(RequestForm):
    reason = forms.CharField(label=_("Why it takes longer"), max_length=2000, widget=forms.Textarea)


class DecisionForm(RequestForm):
    decision = forms.ChoiceField(label=_("What was decided?"), choices=list(DECISIONS.items()), widget=forms.RadioSelect)
    ground = forms.ChoiceField(label=_("Ground of a refusal"), required=False, help_text=_(
        "For the record only. It is never in the answer. The articles are still to be checked."))
    decided_on = forms.DateField(label=_("Day of the decision"), widget=DATE)
    decided_by = forms.CharField(label=_("Who decided"), max_length=200, help_text=_(
        "The college, or who decides for it by mandate: name and post."))
    motivation = forms.CharField(label=_("Why, for the record"), max_length=8000, widget=forms.Textarea)

    def __init__(self, *args: object, **kwargs: object):
        super().__init__(*args, **kwargs)
        language = get_language() or "nl"
        grounds = [(one.id, f"{one.name.say(language)} ({one.article})") for one in GROUNDS]
        self.fields["ground"].choices = [("", _("none")), *grounds]
