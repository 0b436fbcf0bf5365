"""The report form: what a reporter is asked, and nothing else.

No question asks for a form of exploitation, for proof or for a victim's name, and no answer can be a file. Only the
story itself must be there.
"""

from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from typing import Any

from django import forms
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from meldroute.rules.policy import Policy
from meldroute.rules.safe_contact import SafeContact
from meldroute.services.emergency import Line
from meldroute.services.intake import NewSignal

from .safe_contact_form import SafeContactFields

LONGEST_STORY = 10_000  # characters; with all else still smaller than the largest draft
LONGEST_LINE = 500
SUBJECTS = (("person", _("somebody")), ("place", _("a place")), ("both", _("both, or I do not know")))
MINOR = (("yes", _("Yes")), ("no", _("No")), ("unknown", _("I do not know")))
WISH = (("no", _("No, do not mention my name")), ("yes", _("Yes, that is allowed")))
COLLEAGUE = (("no", _("No")), ("yes", _("Yes")))
CHANNELS = (("form", _("I noticed it myself")), ("phone", _("Somebody told me by phone")),
            ("desk", _("Somebody told me at the desk or in person")))


def neutral(id: str) -> str:
    """The value of an option: the pack's own id of what was noticed may name a form of exploitation."""
    return sha256(f"noticed {id}".encode()).hexdigest()[:12]


class ReportForm(SafeContactFields):
    danger = forms.BooleanField(required=False, label=_("Yes, somebody is perhaps in danger now"))
    called = forms.MultipleChoiceField(
        required=False, widget=forms.CheckboxSelectMultiple(attrs={"data_row": True}),
        label=_("Have you already called?"))
    narrative = forms.CharField(
        label=_("What did you see, hear or notice?"), max_length=LONGEST_STORY, strip=True,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": _("Write down what you noticed. A few words are enough.")})
    about = forms.ChoiceField(required=False, choices=SUBJECTS, label=_("Is it about somebody or about a place?"),
                              widget=forms.RadioSelect(attrs={"data_row": True}))
    where = forms.CharField(required=False, max_length=LONGEST_LINE, label=_("Where was it?"),
                            help_text=_("An address, a place or a description."))
    when = forms.CharField(required=False, max_length=LONGEST_LINE, label=_("When was it?"),
                           help_text=_("For example: today around three, or every week."))
    noticed = forms.MultipleChoiceField(
        required=False, widget=forms.CheckboxSelectMultiple, label=_("What did you notice?"),
        help_text=_("This list only helps you to remember. It proves nothing and excludes nothing."))
    minor = forms.ChoiceField(required=False, choices=MINOR, initial="unknown",
                              label=_("Is somebody (perhaps) younger than 18?"),
                              widget=forms.RadioSelect(attrs={"data_row": True}))
    name_allowed = forms.ChoiceField(
        required=False, choices=WISH, initial="no", widget=forms.RadioSelect,
        label=_("May the focal point mention your name to partners, such as the police?"))
    care_provider = forms.BooleanField(required=False, label=_("I know this from my work as a care provider"))
    about_colleague = forms.ChoiceField(
        required=False, choices=COLLEAGUE, initial="no", widget=forms.RadioSelect(attrs={"data_row": True}),
        label=_("Is it about a colleague, a member of the board or the focal point?"))
    channel = forms.ChoiceField(required=False, choices=CHANNELS, initial="form", widget=forms.RadioSelect,
                                label=_("How do you know it?"))
    on_behalf_of = forms.CharField(
        required=False, max_length=LONGEST_LINE, label=_("How can we reach that person?"),
        help_text=_("Only if the person wants this. You get the feedback and pass it on."))

    field_order = ("danger", "called", "narrative", "about", "where", "when", "noticed", "minor", "name_allowed",
                   "care_provider", "about_colleague", "channel", "on_behalf_of")
    optional_is_said_above = True  # "only your story is needed": then not again at every question

    def __init__(self, *args: Any, policy: Policy, language: str, lines: Mapping[str, Iterable[Line]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        for name, said in lines.items():
            self.fields[name].help_text = format_html_join("", "<p>{}</p>", ((line.text,) for line in said))
        urgent = policy.partner(policy.urgent_partner)
        self.fields["called"].choices = [("112", "112"), (urgent.id, urgent.known_as)]
        self._noticed = {neutral(i.id): i.id for i in policy.indicators if i.plain}
        self.fields["noticed"].choices = [(neutral(i.id), i.plain.say(language)) for i in policy.indicators if i.plain]

    def new_signal(self) -> NewSignal:
        """What a valid form says. Not answered is the same as the answer that claims least."""
        said: Callable[[str], Any] = self.cleaned_data.__getitem__
        return NewSignal(
            narrative=said("narrative"), about=said("about") or "both", where=said("where"), when=said("when"),
            danger=said("danger"), called=tuple(said("called")),
            minor={"yes": True, "no": False}.get(said("minor")), name_allowed=said("name_allowed") == "yes",
            about_colleague=said("about_colleague") == "yes", care_provider=said("care_provider"),
            noticed=tuple(self._noticed[value] for value in said("noticed")), channel=said("channel") or "form",
            on_behalf_of=said("on_behalf_of"), safe_contact=self._safe_contact(),
        )

    def _safe_contact(self) -> SafeContact | None:
        contact = self.safe_contact()
        return contact if contact.says_something else None
