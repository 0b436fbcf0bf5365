"""How somebody may be reached safely: the questions, the same for reporter and desk."""

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from meldroute.rules.safe_contact import (
    HOW,
    KNOWN_PERSON,
    LONGEST,
    NOT_NEEDED,
    PROFESSIONAL,
    UNKNOWN,
    SafeContact,
    is_around,
)

ONLY_PROFESSIONAL = _("Only a professional interpreter. Never a companion, family, an employer or a colleague: "
                      "one of them may be part of it. Choose a professional, or leave it open.")
INTERPRETER = ((UNKNOWN, _("not known")), (NOT_NEEDED, _("no interpreter needed")), (PROFESSIONAL, _("a professional interpreter")),
               (KNOWN_PERSON, _("somebody the person knows")))
SAFE_FIELDS = ("safe_how", "safe_when", "safe_when_not", "safe_language", "safe_interpreter", "safe_interpreter_who",
               "safe_no_automatic", "safe_agreed")


def _line(label: str, help_text: str = "") -> forms.CharField:
    return forms.CharField(required=False, max_length=LONGEST, label=label, help_text=help_text)


class SafeContactFields(forms.Form):
    safe_how = forms.MultipleChoiceField(required=False, label=_("How?"), widget=forms.CheckboxSelectMultiple)
    safe_when = _line(_("When is it safe?"), _("For example: working days before three."))
    safe_when_not = _line(_("When not, or how not?"), _("For example: not in the evening; leave no message."))
    safe_language = _line(_("Which language?"))
    safe_interpreter = forms.ChoiceField(
        required=False, choices=INTERPRETER, widget=forms.RadioSelect, label=_("Is an interpreter needed?"),
        help_text=_("Always a professional. Never a companion, family, an employer or a colleague."),
        error_messages={"invalid_choice": _("Choose one from the list.")})
    safe_interpreter_who = _line(_("Which interpreter service?"))
    safe_no_automatic = forms.BooleanField(
        required=False, label=_("Send no automatic mail"),
        help_text=_("Somebody then makes contact in the way that was agreed."))
    safe_agreed = _line(_("Anything else to know before making contact?"))

    def __init__(self, *args: object, **more: object):
        super().__init__(*args, **more)
        self.fields["safe_how"].choices = [(id, text.say(get_language() or "nl")) for id, text in HOW.items()]

    def clean_safe_interpreter(self) -> str:
        chosen = self.cleaned_data["safe_interpreter"]
        if chosen == KNOWN_PERSON:
            raise forms.ValidationError(ONLY_PROFESSIONAL)
        return chosen

    def clean_safe_interpreter_who(self) -> str:
        who = self.cleaned_data["safe_interpreter_who"]
        if is_around(who):
            raise forms.ValidationError(ONLY_PROFESSIONAL)
        return who

    def safe_contact(self) -> SafeContact:
        got = {name.removeprefix("safe_"): self.cleaned_data[name] for name in SAFE_FIELDS}
        return SafeContact(**{**got, "how": tuple(got["how"])})
