"""The page behind an invitation: choose a password, or sign in through one's own organisation."""

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.contrib.auth import get_user_model
from django.contrib.auth.forms import SetPasswordForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from meldroute.services import invitations

from .sso import INVITED


@never_cache
@require_GET
def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """The token leaves the address at once, so that it stays in no history of the browser's pages."""
    if request.user.is_authenticated:  # somebody else's session ends before a new account begins
        request.session.flush()
    request.session[INVITED] = token[:200]
    return redirect("account_invitation")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: HttpRequest) -> HttpResponse:
    now, token = timezone.now(), request.session.get(INVITED, "")
    try:
        user = get_user_model().objects.get(pk=invitations.invited(token, now=now))
        form = SetPasswordForm(user, request.POST or None)
        if request.method == "POST" and form.is_valid():
            invitations.accept_by_password(token, form.cleaned_data["new_password1"], now=now)
            del request.session[INVITED]
            return _sign_in(request, user)
    except invitations.InvitationGone:
        return render(request, "account/invitation_gone.html", status=410)
    return render(request, "account/invitation.html", {"form": form, "email": user.email},
                  status=400 if form.errors else 200)


def _sign_in(request: HttpRequest, user: object) -> HttpResponse:
    user.refresh_from_db()
    record_authentication(request, user, method="password", email=user.email)
    return perform_login(request, Login(user=user))
