"""Danger now: 112, and whom to call this very hour. Public; asks no session, sets no cookie, needs no database."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from meldroute.services.emergency import emergency_now


@require_safe
def danger(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    return render(request, "web/danger.html", {"emergency": emergency_now(now=now, language=get_language()), "now": now})


urlpatterns = [path("gevaar/", danger, name="danger")]
