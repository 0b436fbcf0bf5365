"""Pages about one's own second factors, where the library's own would hand its rows to a template."""

from dataclasses import dataclass
from datetime import datetime

from allauth.account.adapter import get_adapter as account_adapter
from allauth.account.decorators import reauthentication_required
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.internal.flows import delete_and_cleanup
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal.auth import begin_authentication
from allauth.mfa.webauthn.views import LoginWebAuthnView
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from .second_factor import must_have


@dataclass(frozen=True, slots=True)
class PasskeyCard:
    id: int
    name: str
    added_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class FactorsCard:
    """`codes_left`: None without recovery codes."""

    app: bool
    passkeys: tuple[PasskeyCard, ...]
    codes_left: int | None

    @property
    def none(self) -> bool:
        return not self.app and not self.passkeys


class SignInByPasskey(LoginWebAuthnView):
    """The library's, with the question on the page itself: our policy lets no script fetch anything."""

    template_name = "mfa/webauthn/login.html"

    def get(self, request: HttpRequest, *args: object, **parts: object) -> HttpResponse:
        asked = begin_authentication(user=None)
        return self.render_to_response(self.get_context_data(js_data={"request_options": asked}))


sign_in_by_passkey = never_cache(SignInByPasskey.as_view())


@never_cache
@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    next = request.GET.get("next", "")
    safe = next if next and account_adapter().is_safe_url(next) else ""
    return render(request, "mfa/index.html", {
        "factors": _factors(request), "needed": must_have(request, now=now), "now": now, "next": safe})


def _factors(request: HttpRequest) -> FactorsCard:
    rows = list(Authenticator.objects.filter(user=request.user.pk).order_by("created_at"))
    keys = tuple(PasskeyCard(r.pk, r.wrap().name, r.created_at, r.last_used_at) for r in rows if r.type == "webauthn")
    codes = next((len(r.wrap().get_unused_codes()) for r in rows if r.type == "recovery_codes"), None)
    return FactorsCard(any(r.type == "totp" for r in rows), keys, codes)


@never_cache
@login_required
@reauthentication_required(app="allauth.mfa")
@require_http_methods(["GET", "HEAD", "POST"])
def remove_passkey(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Authenticator, pk=pk, user=request.user.pk, type=Authenticator.Type.WEBAUTHN)
    allowed = get_adapter().can_delete_authenticator(row)
    if request.method == "POST" and allowed:
        delete_and_cleanup(request, row)
        messages.success(request, _("The passkey is removed."))
        return redirect("mfa_index")
    return render(request, "mfa/remove_passkey.html", {"name": row.wrap().name, "allowed": allowed},
                  status=409 if request.method == "POST" else 200)
