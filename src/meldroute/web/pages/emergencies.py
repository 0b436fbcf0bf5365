"""For the privacy officer: what was opened in an emergency, with the reason, and who opened unusually much."""

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from meldroute.rules.actors import Reader
from meldroute.rules.unusual_reading import DAYS, FLOOR, TIMES
from meldroute.services.oversight import VERDICTS, oversight, review

from .door import enters
from .words import VERDICTS as SAID

AREA = "oversight"

@enters(AREA)
@require_safe
def show(request: HttpRequest, reader: Reader, now: datetime) -> HttpResponse:
    return render(request, "web/emergencies.html", {
        "now": now, "page": oversight(reader=reader, now=now), "verdicts": list(SAID.items()),
        "floor": FLOOR, "times": TIMES, "days": DAYS})


@enters(AREA)
@require_POST
def verdict(request: HttpRequest, reader: Reader, now: datetime, id: UUID) -> HttpResponse:
    said = request.POST.get("verdict", "")
    if said not in VERDICTS:
        raise Http404
    review(id, said, reader=reader, now=now)
    messages.success(request, _("It was recorded what you found."))
    return redirect("oversight")


urlpatterns = [
    path("toezicht/noodgevallen/", show, name="oversight"),
    path("toezicht/noodgevallen/<uuid:id>/oordeel/", verdict, name="oversight_verdict"),
]
