"""Narrow a signal to named people, change who they are, or open it to the whole desk again."""

from datetime import datetime
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from meldroute.rules.actors import Reader
from meldroute.services import shielding
from meldroute.services.referral import ReasonMissing
from meldroute.services.shielding import Colleague, NobodyNamed, ShieldPage

from .acting import ActForm, Showing, Words, act_page, attempt, done, language, plain_reference
from .door import enters
from .words import role_name

WHAT = (("name", gettext_lazy("only the people ticked below")), ("lift", gettext_lazy("everybody of the desk again")))


class ShieldForm(ActForm):
    what = forms.ChoiceField(label=gettext_lazy("Who may read this signal?"), choices=WHAT, widget=forms.RadioSelect)
    named = forms.MultipleChoiceField(
        label=gettext_lazy("Who keeps reading it?"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("At least one of them must be there today. You may leave yourself out; then you do not see "
                               "this signal any more."))
    reason = forms.CharField(label=gettext_lazy("Why?"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
                             help_text=gettext_lazy("Only those who keep reading this signal see the reason."))

    def __init__(self, *args: object, page: ShieldPage, **more: object):
        super().__init__(*args, act=page.act, **more)
        self.fields["named"].choices = [(str(c.id), _who(c)) for c in page.colleagues]
        self.fields["named"].initial = [str(c.id) for c in page.colleagues if c.named or (not page.shielded and c.yourself)]
        self.fields["what"].initial = "name"
        if not page.shielded:
            del self.fields["what"]
            self.fields["named"].required = True

    @property
    def lifts(self) -> bool:
        return self.cleaned_data.get("what") == "lift"


def _who(colleague: Colleague) -> str:
    words = f"{colleague.name}, {role_name(colleague.role)}"
    if colleague.yourself:
        words = _("%(who)s (you)") % {"who": words}
    return _("%(who)s, away today") % {"who": words} if colleague.away else words


WORDS: dict[type[Exception], Words] = {
    NobodyNamed: lambda error: ("named", _("Tick at least one person who is there today.")),
    ReasonMissing: lambda error: ("reason", _("Say in a sentence why, so that a colleague understands it later.")),
}


@enters("work_list")
@require_http_methods(["GET", "HEAD", "POST"])
def shield(request: HttpRequest, reader: Reader, now: datetime, reference: str) -> HttpResponse:
    reference = plain_reference(reference)

    def opened() -> ShieldPage:
        return shielding.shield_page(reference, reader=reader, now=now, language=language())

    page, status = opened(), 200
    form = ShieldForm(request.POST or None, page=page)
    if request.method == "POST":
        status = attempt(form, lambda version: _save(form, reference, reader, now, version), fresh=lambda: opened().act,
                         words=WORDS)
        if not status:
            return _done(request, reference, form, reader)
    showing = Showing(_("Shield this signal"), _("Save who may read it"), "web/shielding.html", happens=(
        _("Everybody who is not ticked sees nothing of this signal any more: no list, no number, no notice, no search."),
        _("Messages about it go only to those who are ticked. Partners keep what they were given."),
        _("Signals in the same bundle are shielded along."),
        _("It stands in the history who did this. Only somebody who is ticked can change it again."),
    ))  # fmt: skip
    return act_page(request, showing, act=page.act, form=form, now=now, status=status, page=page)


def _save(form: ShieldForm, reference: str, reader: Reader, now: datetime, version: int) -> None:
    known = {"reason": form.cleaned_data["reason"], "reader": reader, "now": now, "version": version}
    if form.lifts:
        shielding.lift(reference, **known)
    else:
        shielding.shield(reference, named=[UUID(id) for id in form.cleaned_data["named"]], **known)


def _done(request: HttpRequest, reference: str, form: ShieldForm, reader: Reader) -> HttpResponse:
    if form.lifts:
        return done(request, reference, _("The whole desk may read this signal again."))
    if str(reader.membership) in form.cleaned_data["named"]:
        return done(request, reference, _("Only the people you ticked may read this signal now."))
    messages.success(request, _("Only the people you ticked may read that signal now. You do not see it any more."))
    return redirect("work_list")


urlpatterns = [path("signalen/<str:reference>/afschermen/", shield, name="shield")]
