"""How the library's second factors behave here: secrets sealed, the picture drawn without anything from elsewhere."""

from uuid import UUID

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.utils import timezone
from django.utils.translation import gettext
from qrcode import QRCode
from qrcode.constants import ERROR_CORRECT_M

from meldroute.services import second_factors

from .second_factor import must_have


class SealingAdapter(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        return second_factors.seal(text, person=_owner())

    def decrypt(self, encrypted_text: str) -> str:
        return second_factors.unseal(encrypted_text, person=_owner())

    def get_totp_issuer(self) -> str:
        return "Meldroute"

    def build_totp_svg(self, url: str) -> str:
        """One path on a white ground. The library's own picture carries styles that our policy refuses."""
        code = QRCode(border=4, error_correction=ERROR_CORRECT_M)
        code.add_data(url)
        rows = code.get_matrix()
        squares = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
        size, label = len(rows), gettext("Square code for your authenticator app")
        return (f'<svg class="mr-square-code" role="img" aria-label="{label}" viewBox="0 0 {size} {size}" width="240" '
                f'height="240" shape-rendering="crispEdges"><rect width="{size}" height="{size}" fill="#fff"/>'
                f'<path d="{squares}" fill="#000"/></svg>')

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """The last one stays while a role needs it. Another first, then this one. Raises `NotVouchedFor`."""
        second_factors.refuse_forged(authenticator.user_id)
        others = Authenticator.objects.filter(user=authenticator.user_id).exclude(pk=authenticator.pk)
        if others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists():
            return True
        return not must_have(context.request, now=timezone.now())

    def generate_authenticator_name(self, user: object, type: str) -> str:
        number = Authenticator.objects.filter(user=user.pk, type=type).count() + 1
        return gettext("Passkey %(number)s") % {"number": number}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return super().get_public_key_credential_rp_entity() | {"name": "Meldroute"}


def _owner() -> UUID:
    """Whose secret it is: who is signed in, or who is half way through signing in."""
    request = context.request
    if request.user.is_authenticated:
        return request.user.pk
    return request._login_stage.login.user.pk
