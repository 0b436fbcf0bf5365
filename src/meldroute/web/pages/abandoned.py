"""For the designated person: shielded signals of which nobody named is left, and who reads them from now on."""

from datetime import datetime
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from meldroute.rules.actors import Reader
from meldroute.services.shielding import NobodyNamed
from meldroute.services.shielding_again import AbandonedCard, abandoned, name_again

from .acting import plain_reference
from .door import enters
from .words import role_name


class NamesForm(forms.Form):
    """One for each signal on the page; which one stands in a hidden field."""

    reference = forms.CharField(widget=forms.HiddenInput)
    named = forms.MultipleChoiceField(label=gettext_lazy("Who reads it from now on?"), widget=forms.CheckboxSelectMultiple,
                                      error_messages={"required": gettext_lazy("Tick at least one person who is there today.")})

    def __init__(self, card: AbandonedCard, data: object = None):
        super().__init__(data, initial={"reference": card.reference}, auto_id=f"id_{card.reference}_%s")
        self.fields["named"].choices = [(str(id), f"{name}, {role_name(role)}") for id, name, role in card.people]
        self.card = card


@enters("abandoned")
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, reader: Reader, now: datetime) -> HttpResponse:
    asked = plain_reference(request.POST.get("reference", "")) if request.method == "POST" else ""
    listed = [NamesForm(card, request.POST if card.reference == asked else None) for card in abandoned(reader=reader, now=now)]
    sent = next((form for form in listed if form.is_bound), None)
    if asked and (sent is None or sent.is_valid()):
        named = [UUID(id) for id in sent.cleaned_data["named"]] if sent else []
        try:
            name_again(asked, named=named, reader=reader, now=now)
        except NobodyNamed:  # away since the page was made
            sent.add_error("named", _("Tick at least one person who is there today."))
        else:
            messages.success(request, _("The people you ticked may read that signal now, and were told."))
            return redirect("abandoned")
    cards = [{"reference": form.card.reference, "people": form.card.people, "form": form} for form in listed]
    return render(request, "web/abandoned.html", {"now": now, "cards": cards}, status=400 if sent else 200)


urlpatterns = [path("zonder-lezer/", show, name="abandoned")]
