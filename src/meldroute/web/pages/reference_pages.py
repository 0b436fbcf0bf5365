"""What the policy says, to look up: partners with numbers, forms, the focal point's task, municipalities.

Each fact stands with its source and how sure it is. Numbers, hours and names are those valid today.
"""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_safe

from meldroute.rules.actors import Reader
from meldroute.services import calling
from meldroute.services.running_policy import pack_now

from .door import enters


@enters("policy")
@require_safe
def partners(request: HttpRequest, reader: Reader, now: datetime) -> HttpResponse:
    """Every partner of the region: tasks, numbers with their hours, and what still has to be checked."""
    cards = calling.partner_cards(reader.organisation, now=now)
    return render(request, "web/partners.html", {"now": now, "cards": cards})


@enters("policy")
@require_safe
def forms(request: HttpRequest, reader: Reader, now: datetime) -> HttpResponse:
    return render(request, "web/forms_of_exploitation.html", {"now": now, "policy": pack_now(now=now).policy})


@enters("policy")
@require_safe
def focal_point(request: HttpRequest, reader: Reader, now: datetime) -> HttpResponse:
    """What the policy expects of the focal point and of everybody who reports."""
    policy = pack_now(now=now).policy
    lines = policy.advice_for("focal_point")
    return render(request, "web/focal_point.html", {"now": now, "lines": lines, "policy": policy})


@enters("policy")
@require_safe
def municipalities(request: HttpRequest, reader: Reader, now: datetime) -> HttpResponse:
    """The municipalities of today and who coordinates care there, with those that were merged and into what."""
    policy = pack_now(now=now).policy
    today = timezone.localtime(now).date()
    names = {p.id: p.known_as for p in policy.partners}
    rows = [(m, names[m.care_coordinator], policy.municipality(m.successor).name if m.successor else "")
            for m in policy.municipalities]
    return render(request, "web/municipalities.html", {
        "now": now, "today": [r for r in rows if r[0].exists_on(today)],
        "former": [r for r in rows if not r[0].exists_on(today)],
    })


urlpatterns = [
    path("partners/", partners, name="partners"),
    path("vormen/", forms, name="forms"),
    path("aandachtsfunctionaris/", focal_point, name="focal_point"),
    path("gemeenten/", municipalities, name="municipalities"),
]
