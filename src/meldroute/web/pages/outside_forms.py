"""What somebody from outside is asked: no label, no proof, no victim's name, no file. Only the story must be there."""

from typing import Any

from django import forms

from meldroute.services.intake import OUTSIDE, NewSignal
from meldroute.services.outside import OutsideReport
from meldroute.web.outside_texts import Texts

LONGEST_STORY, LONGEST_LINE = 10_000, 500


class PublicReportForm(forms.Form):
    danger = forms.BooleanField(required=False)
    narrative = forms.CharField(max_length=LONGEST_STORY, strip=True, widget=forms.Textarea(attrs={"rows": 6}))
    where = forms.CharField(required=False, max_length=LONGEST_LINE)
    when = forms.CharField(required=False, max_length=LONGEST_LINE)
    minor = forms.ChoiceField(required=False, widget=forms.RadioSelect(attrs={"data_row": True}), initial="unknown")
    colleague = forms.ChoiceField(required=False, widget=forms.RadioSelect(attrs={"data_row": True}), initial="no")
    work = forms.BooleanField(required=False)
    name = forms.CharField(required=False, max_length=LONGEST_LINE)
    contact = forms.CharField(required=False, max_length=LONGEST_LINE, widget=forms.Textarea(attrs={"rows": 2}))
    name_allowed = forms.ChoiceField(required=False, widget=forms.RadioSelect(attrs={"data_row": True}), initial="no")

    # Field: label, help.
    WORDS = {"danger": ("form_danger", "form_danger_help"), "narrative": ("form_story", "form_story_help"),
             "where": ("form_where", ""), "when": ("form_when", ""), "minor": ("form_minor", ""),
             "colleague": ("form_colleague", "form_colleague_help"), "work": ("form_work", ""),
             "name": ("form_name", ""), "contact": ("form_contact", "form_contact_help"),
             "name_allowed": ("form_name_allowed", "")}  # fmt: skip

    def __init__(self, *args: Any, t: Texts, **more: Any):
        super().__init__(*args, **more)
        self.t = t
        yes, no = ("yes", t.say("yes")), ("no", t.say("no"))
        self.fields["minor"].choices = [yes, no, ("unknown", t.say("unknown"))]
        self.fields["colleague"].choices = self.fields["name_allowed"].choices = [yes, no]
        for name, (label, help_text) in self.WORDS.items():
            field = self.fields[name]
            field.label, field.help_text = t.say(label), t.say(help_text) if help_text else ""
            field.error_messages = self._complaints(field)

    def _complaints(self, field: forms.Field) -> dict[str, str]:
        """Django's own would speak the program's language."""
        said = {"required": self.t.say("error_story"), "invalid_choice": self.t.say("error_choice")}
        if longest := getattr(field, "max_length", None):
            said |= {"max_length": self.t.say("error_long", number=longest),
                     "null_characters_not_allowed": self.t.say("error_story")}
        return said

    def new_report(self) -> OutsideReport:
        """What a valid form says. Not answered is the same as the answer that claims least."""
        said = self.cleaned_data
        new = NewSignal(
            narrative=said["narrative"], where=said["where"], when=said["when"], danger=said["danger"],
            minor={"yes": True, "no": False}.get(said["minor"]), name_allowed=said["name_allowed"] == "yes",
            about_colleague=said["colleague"] == "yes", care_provider=said["work"], channel=OUTSIDE,
        )
        return OutsideReport(new, self.t.code, name=said["name"].strip(), contact=said["contact"].strip())
