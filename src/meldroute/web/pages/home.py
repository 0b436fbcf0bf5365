"""The first page of each role, and the choice between one's own roles."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from meldroute.rules.access import may_enter
from meldroute.services import refusals

from .door import reader_of

# The first of these that a role may enter is where its day begins (rules.access.AREAS).
BEGINS = ("work_list", "disclosures", "chain", "settings", "audit", "oversight", "report", "my_reports", "notifications")


@never_cache
@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    reader = reader_of(request, now=timezone.now())
    _say_where_they_stand_in(request)
    for area in BEGINS:
        if reader and may_enter(reader, area) and (address := _address(area)):
            return redirect(address)
    return render(request, "web/no_role.html", status=403)


def _say_where_they_stand_in(request: HttpRequest) -> None:
    """A neighbour without anybody of its own today: the mail says that something waits, this says where."""
    _chosen, *others = request.signed_in.memberships or (None,)
    for card in others:
        if card.stands_in:
            messages.info(request, _("%(municipality)s has nobody of its own today, and you stand in. Choose that role "
                                     "under your name to see what waits there.") % {"municipality": card.organisation})


def _address(area: str) -> str:
    try:
        return reverse(area)
    except NoReverseMatch:
        return ""


@never_cache
@login_required
@require_POST
def choose_membership(request: HttpRequest) -> HttpResponse:
    """Only one of one's own; another is absent."""
    now = timezone.now()
    reader = reader_of(request, now=now)
    try:
        chosen = UUID(request.POST.get("membership", ""))
    except ValueError:
        raise Http404 from None
    if chosen not in {card.id for card in request.signed_in.memberships}:
        refusals.remember(reader, area="choose_membership", now=now)
        raise Http404
    request.session["membership"] = str(chosen)
    return redirect("home")


urlpatterns = [
    path("", home, name="home"),
    path("rol/", choose_membership, name="choose_membership"),
]
