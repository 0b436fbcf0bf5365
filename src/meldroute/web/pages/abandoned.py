"""For the designated person: shielded signals of which nobody named is left, and who reads them from now on."""

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from meldroute.rules.actors import Reader
from meldroute.services.shielding import NobodyNamed
from meldroute.services.shielding_again import abandoned, name_again

from .acting import plain_reference
from .door import enters
from .words import role_name


@enters("abandoned")
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, reader: Reader, now: datetime) -> HttpResponse:
    problem = ""
    if request.method == "POST":
        reference = plain_reference(request.POST.get("reference", ""))
        try:
            name_again(reference, named=_ids(request.POST.getlist("named")), reader=reader, now=now)
        except NobodyNamed:
            problem = _("Tick at least one person who is there today.")
        else:
            messages.success(request, _("The people you ticked may read that signal now, and were told."))
            return redirect("abandoned")
    cards = [{"reference": card.reference, "people": [(str(id), f"{name}, {role_name(role)}") for id, name, role in card.people]}
             for card in abandoned(reader=reader, now=now)]
    return render(request, "web/abandoned.html", {"now": now, "cards": cards, "problem": problem}, status=400 if problem else 200)


def _ids(typed: list[str]) -> list[UUID]:
    """What is no id names nobody."""
    found = []
    for text in typed:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


urlpatterns = [path("zonder-lezer/", show, name="abandoned")]
