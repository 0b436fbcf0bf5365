"""The form in which a partner answers, on every page that takes an answer: the buttons are the answers."""

from collections.abc import Iterable
from dataclasses import dataclass

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from meldroute.rules.referral import AlreadySettled, AnswerOutOfOrder
from meldroute.services.answers import AnswerIncomplete, NewAnswer

from .acting import Words

BUTTONS = {
    "received": gettext_lazy("Received: we will look at it"),
    "taken_up": gettext_lazy("We take this up"),
    "not_for_us": gettext_lazy("This is not for us"),
    "need_more": gettext_lazy("We need to know more"),
    "result": gettext_lazy("This is our result"),
    "feedback": gettext_lazy("This is our feedback"),
    "no_feedback": gettext_lazy("No feedback possible now"),
}
ADVICE = {"result": gettext_lazy("This is our advice")}
# The three that stand first; for somebody who took it up already, what comes next.
FIRST = {"advice": ("result", "need_more", "not_for_us"), "referral": ("taken_up", "not_for_us", "need_more")}
LATER = ("result", "feedback", "need_more")
MEANWHILE = (
    ("nothing", gettext_lazy("nothing: wait for us")),
    ("something", gettext_lazy("something: write below what")),
    ("not_asked", gettext_lazy("that was not discussed")),
)
LONG = forms.Textarea(attrs={"rows": 4})
SHORT = forms.Textarea(attrs={"rows": 2})


@dataclass(frozen=True, slots=True)
class Button:
    kind: str
    label: str


class AnswerForm(forms.Form):
    text = forms.CharField(label=gettext_lazy("What do you want to say?"), required=False, max_length=5000, widget=LONG,
                           help_text=gettext_lazy("Only what the municipality may know. May stay empty when you take it "
                                                  "up or when it is not for you."))
    steps = forms.CharField(label=gettext_lazy("Which steps do you advise?"), required=False, max_length=3000, widget=SHORT)
    options = forms.CharField(label=gettext_lazy("Which options are there?"), required=False, max_length=3000,
                              widget=SHORT)
    meanwhile = forms.ChoiceField(label=gettext_lazy("What may the municipality do meanwhile?"), required=False,
                                  choices=MEANWHILE, widget=forms.RadioSelect)
    meanwhile_text = forms.CharField(label=gettext_lazy("What, and what not?"), required=False, max_length=1000,
                                     widget=SHORT)
    answer = forms.ChoiceField(label=gettext_lazy("Your answer"), choices=list(BUTTONS.items()), widget=forms.HiddenInput,
                               error_messages={"required": gettext_lazy("Choose one of the answers below.")})

    def new(self) -> NewAnswer:
        got = self.cleaned_data
        return NewAnswer(got["answer"], got["text"], steps=got["steps"], options=got["options"],
                         meanwhile=got["meanwhile"], meanwhile_text=got["meanwhile_text"])

    @property
    def has_more(self) -> bool:
        return bool(self["steps"].value() or self["options"].value())


def buttons(possible: Iterable[str], *, purpose: str) -> tuple[list[Button], list[Button]]:
    """The answers that can be given now: those that stand first, and the others. The last, silent one stands apart."""
    free = [kind for kind in possible if kind != "no_feedback"]
    wanted = FIRST[purpose] if "taken_up" in free else LATER
    first = [kind for kind in wanted if kind in free]
    names = BUTTONS | (ADVICE if purpose == "advice" else {})
    return ([Button(k, str(names[k])) for k in first], [Button(k, str(names[k])) for k in free if k not in first])


def _missing(error: AnswerIncomplete) -> tuple[str | None, str]:
    said = {"text": _("This answer needs a few words."), "meanwhile": _("Choose one of these."),
            "meanwhile_text": _("Write what the municipality may do.")}  # fmt: skip
    return error.missing, said[error.missing]


WORDS: dict[type[Exception], Words] = {
    AnswerIncomplete: _missing,
    AlreadySettled: lambda error: (None, _("An outcome was given already, and it stands. Call if that must change.")),
    AnswerOutOfOrder: lambda error: (None, _("This answer cannot follow the one before. Choose another one.")),
}


def say(form: forms.Form, error: Exception) -> None:
    """Put a refusal where it belongs in the form."""
    form.add_error(*next(words(error) for kind, words in WORDS.items() if isinstance(error, kind)))
