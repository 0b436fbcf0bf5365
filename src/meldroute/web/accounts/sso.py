"""Signing in through an organisation's own identity provider: there, and back."""

import hmac
import logging
from uuid import UUID

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from django.conf import settings
from django.contrib.auth import get_user_model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from meldroute.services import invitations, sign_ons, single_sign_on
from meldroute.services.single_sign_on import Asked, ClaimsRefused, NoSuchProvider, ProviderAway

from .confirming import remember_confirmation
from .second_factor import remember_use

logger = logging.getLogger(__name__)
KEPT = "sso"  # in the session, while the person is away
INVITED = "invitation"  # in the session: the token of the link that was opened


@never_cache
@require_GET
def start(request: HttpRequest, provider: str) -> HttpResponse:
    """A link and not a form: a form that leads to another site is refused by our own policy."""
    again = request.user.is_authenticated
    try:
        address, asked = single_sign_on.begin(provider, redirect_uri=_back(provider), again=again)
    except NoSuchProvider:
        raise Http404 from None
    except ProviderAway as away:
        return _refused(request, away)
    next = request.GET.get("next", "")
    request.session[KEPT] = asked.kept() | {"next": next if get_adapter().is_safe_url(next) else ""}
    return redirect(address)


@never_cache
@require_GET
def back(request: HttpRequest, provider: str) -> HttpResponse:
    kept = request.session.pop(KEPT, None)  # once: the same answer again finds nothing
    if not kept or kept["provider"] != provider or not _same(request.GET.get("state", ""), kept["state"]):
        return _page(request, "again", 400)
    next = kept.pop("next")
    now = timezone.now()
    try:
        identity = single_sign_on.finish(Asked(**kept), code=request.GET.get("code", ""), redirect_uri=_back(provider), now=now)
    except NoSuchProvider:
        raise Http404 from None
    except (ProviderAway, ClaimsRefused) as refused:
        return _refused(request, refused)
    person = sign_ons.person_of(identity)
    if request.user.is_authenticated:
        return _shown_again(request, person, identity, next)
    try:
        person = person or _invited(request, identity)
    except (sign_ons.AlreadyBound, invitations.InvitationGone):
        return _page(request, "bound", 403)
    if person is None:
        return _page(request, "unknown", 403)
    return _let_in(request, person, identity, next)


def _let_in(request: HttpRequest, person: UUID, identity: object, next: str) -> HttpResponse:
    user = get_user_model().objects.get(pk=person)
    if identity.second_factor:
        remember_use(request, user, now=timezone.now())
    remember_confirmation(request, user, now=timezone.now())
    return perform_login(request, Login(user=user, redirect_url=next or None))


def _shown_again(request: HttpRequest, person: UUID | None, identity: object, next: str) -> HttpResponse:
    """Somebody signed in who was asked whether it is still them."""
    if person != request.user.pk:
        return _page(request, "other", 403)
    remember_confirmation(request, request.user, now=timezone.now())
    if identity.second_factor:
        remember_use(request, request.user, now=timezone.now())
    return redirect(next or "home")


def _invited(request: HttpRequest, identity: object) -> UUID | None:
    token = request.session.pop(INVITED, None)
    return invitations.accept_by_sign_on(token, identity, now=timezone.now()) if token else None


def _back(provider: str) -> str:
    """Under the address people know this site by, never under what a request called it."""
    return settings.MELDROUTE_BASE_URL + reverse("account_sso_back", kwargs={"provider": provider})


def _same(said: str, kept: str) -> bool:
    return hmac.compare_digest(said.encode(), kept.encode())


def _refused(request: HttpRequest, why: Exception) -> HttpResponse:
    logger.warning("%s", why)
    return _page(request, "failed", 502 if isinstance(why, ProviderAway) else 403)


def _page(request: HttpRequest, why: str, status: int) -> HttpResponse:
    return render(request, "account/sso_refused.html", {"why": why}, status=status)
