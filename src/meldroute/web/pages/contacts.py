"""Record a call with a partner, or an attempt. While a signal is being passed on, the call is the referral."""

from collections.abc import Mapping
from datetime import datetime

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from meldroute.rules.actors import Reader
from meldroute.rules.disclosure import DisclosureRefused
from meldroute.services import contact
from meldroute.services.contact import ContactPage, NewContact, Told, record_contact
from meldroute.services.referral import AlreadyAsked

from .acting import ActForm, Showing, Words, act_page, attempt, done, language, plain_reference
from .disclosing import WARNINGS, GroundsFields, refused_words
from .door import enters
from .words import CHANNELS

AREA = "work_list"
LOCAL = "%Y-%m-%dT%H:%M"
MISSING = {
    "whom": gettext_lazy("Write whom you spoke to: a name or a function."),
    "meanwhile": gettext_lazy("Choose what they said, or that you did not ask."),
    "meanwhile_text": gettext_lazy("Write what the municipality may do."),
    "outcome": gettext_lazy("Choose what happened when you tried."),
    "reason": gettext_lazy("Write why this counts as an attempt, and what you will do."),
    "channel": gettext_lazy("Choose how you spoke."),
}


class ContactForm(ActForm, GroundsFields):
    optional_is_said_above = True  # what is needed depends on whether they were reached
    partner = forms.CharField(widget=forms.HiddenInput)
    reached = forms.ChoiceField(label=gettext_lazy("Did you speak to them?"), widget=forms.RadioSelect, choices=(
        ("yes", gettext_lazy("yes")), ("no", gettext_lazy("no, I tried"))))  # fmt: skip
    at = forms.DateTimeField(label=gettext_lazy("When?"), input_formats=[LOCAL, "%Y-%m-%dT%H:%M:%S"],
                             widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=LOCAL))
    channel = forms.ChoiceField(label=gettext_lazy("How?"), choices=[(c, CHANNELS[c]) for c in contact.CHANNELS])
    whom = forms.CharField(label=gettext_lazy("Whom did you speak to?"), required=False, max_length=200)
    reference = forms.CharField(label=gettext_lazy("Their reference, if they gave one"), required=False, max_length=100)
    agreements = forms.CharField(label=gettext_lazy("What was agreed, if anything?"), required=False, max_length=5000,
                                 widget=forms.Textarea(attrs={"rows": 3}))
    meanwhile = forms.ChoiceField(
        label=gettext_lazy("What may the municipality do meanwhile?"), required=False, widget=forms.RadioSelect,
        choices=(("nothing", gettext_lazy("nothing for now")), ("something", gettext_lazy("this may be done")),
                 ("not_asked", gettext_lazy("I did not ask"))))  # fmt: skip
    meanwhile_text = forms.CharField(label=gettext_lazy("What may be done, in their words"), required=False,
                                     max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))
    outcome = forms.ChoiceField(
        label=gettext_lazy("What happened when you tried?"), required=False,
        choices=(("", gettext_lazy("choose")), ("no_answer", gettext_lazy("nobody answered")),
                 ("voicemail", gettext_lazy("left a message without details")),
                 ("call_back", gettext_lazy("they will call back")), ("other", gettext_lazy("something else"))))  # fmt: skip
    reason = forms.CharField(label=gettext_lazy("Why does this count as an attempt?"), required=False, max_length=1000,
                             widget=forms.Textarea(attrs={"rows": 2}))
    description = forms.CharField(label=gettext_lazy("What was seen, without names or addresses"), required=False,
                                  max_length=5000, widget=forms.Textarea(attrs={"rows": 3}))
    fields_given = forms.MultipleChoiceField(label=gettext_lazy("What did you tell them?"), required=False,
                                             widget=forms.CheckboxSelectMultiple)
    legal_basis = forms.ChoiceField(label=gettext_lazy("Legal basis"), required=False)

    def __init__(self, *args: object, page: ContactPage, now: datetime, **more: object):
        super().__init__(*args, act=page.act, **more)
        self.fields["partner"].initial = page.chosen
        self.fields["at"].initial = timezone.localtime(now)
        if page.told:
            self._offer(page)

    def _offer(self, page: ContactPage) -> None:
        say, told = language(), page.told
        self.fields["fields_given"].choices = [(f.id, f.label.say(say)) for f in told.fields]
        self.fields["fields_given"].initial = sorted(told.chosen)
        self.fields["description"].initial = told.description
        self.fields["legal_basis"].choices = [("", _("the one that fits")),
                                              *((id, label.say(say)) for id, label in told.bases)]

    def clean(self) -> dict[str, object]:
        """What is needed depends on whether they were reached; the service asks the same."""
        cleaned = super().clean()
        needed = {"yes": ("whom", "meanwhile"), "no": ("outcome", "reason")}.get(cleaned.get("reached"), ())
        if cleaned.get("reached") == "yes" and cleaned.get("meanwhile") == "something":
            needed += ("meanwhile_text",)
        for name in needed:
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, MISSING[name])
        return cleaned

    def contact(self) -> NewContact:
        got = self.cleaned_data
        told = Told(fields=frozenset(got["fields_given"]), description=got["description"],
                    legal_basis=got["legal_basis"], grounds=self.grounds())
        words = {name: got[name] for name in ("partner", "at", "channel", "whom", "reference", "agreements",
                                              "meanwhile_text", "outcome", "reason")}
        return NewContact(reached=got["reached"] == "yes", meanwhile=got["meanwhile"] or "not_asked", told=told, **words)


@enters(AREA)
@require_http_methods(["GET", "HEAD", "POST"])
def record(request: HttpRequest, reader: Reader, now: datetime, reference: str) -> HttpResponse:
    reference = plain_reference(reference)
    wanted = request.POST.get("partner") or request.GET.get("met", "")

    def opened() -> ContactPage:
        try:
            return contact.contact_page(reference, partner=wanted, reader=reader, now=now, language=language())
        except contact.NoSuchPartner:
            raise Http404 from None

    page, status = opened(), 200
    form = ContactForm(request.POST or None, page=page, now=now)
    if request.method == "POST":
        status = attempt(form, lambda version: record_contact(reference, form.contact(), reader=reader, now=now,
                                                              version=version),
                         fresh=lambda: opened().act, words=WORDS)  # fmt: skip
        if not status:
            return done(request, reference, _said(form, page))
    showing = Showing(_("Contact with a partner"), _("Record this contact"), template="web/contact.html")
    return act_page(request, showing, act=page.act, form=form, now=now, status=status, page=page,
                    warnings=[WARNINGS[w] for w in page.told.warnings] if page.told else [])


def _said(form: ContactForm, page: ContactPage) -> str:
    if form.cleaned_data["reached"] == "no":
        return _("The attempt was recorded. Try again; the clock keeps running.")
    if page.passes_on:
        return _("The call was recorded, and with it the signal was passed on. You hear from them, or you are reminded.")
    return _("The contact was recorded.")


WORDS: Mapping[type[Exception], Words] = {
    contact.ContactInFuture: lambda error: ("at", _("This time is still to come. Record a call after you made it.")),
    contact.ContactTooEarly: lambda error: ("at", _("This is long before the signal came in. Check the date.")),
    contact.ContactIncomplete: lambda error: (error.missing, MISSING[error.missing]),
    DisclosureRefused: refused_words,
    AlreadyAsked: lambda error: (None, _("This partner knows already. Record what they say as an answer.")),
}

urlpatterns = [path("signalen/<str:reference>/contact/", record, name="record_contact")]
