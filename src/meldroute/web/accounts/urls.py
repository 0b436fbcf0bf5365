"""Which pages of the sign-in library exist here. Those that change an address or make an account do not.

`account_signup` answers that the door is closed: the library's own pages link to it by name.
"""

from allauth.account import views
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as app
from allauth.mfa.webauthn import views as passkeys
from django.urls import path, re_path

from . import invitation, sessions, sso
from . import views as own

urlpatterns = [
    path("login/", views.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("signup/", views.signup, name="account_signup"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("password/change/", views.password_change, name="account_change_password"),
    path("password/set/", views.password_set, name="account_set_password"),
    path("password/reset/", views.password_reset, name="account_reset_password"),
    path("password/reset/done/", views.password_reset_done, name="account_reset_password_done"),
    path("password/reset/key/done/", views.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    re_path(r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$", views.password_reset_from_key,
            name="account_reset_password_from_key"),
    path("sessies/", sessions.show, name="account_sessions"),
    path("uitnodiging/", invitation.accept, name="account_invitation"),
    path("uitnodiging/<str:token>/", invitation.open_link, name="account_invitation_link"),
    path("sso/<slug:provider>/", sso.start, name="account_sso"),
    path("sso/<slug:provider>/terug/", sso.back, name="account_sso_back"),
    # The second factor
    path("2fa/", own.index, name="mfa_index"),
    path("2fa/code/", factors.authenticate, name="mfa_authenticate"),
    path("2fa/opnieuw/", factors.reauthenticate, name="mfa_reauthenticate"),
    path("2fa/app/", app.activate_totp, name="mfa_activate_totp"),
    path("2fa/app/weg/", app.deactivate_totp, name="mfa_deactivate_totp"),
    path("2fa/herstelcodes/", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("2fa/herstelcodes/nieuw/", recovery.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("2fa/passkey/", passkeys.add_webauthn, name="mfa_add_webauthn"),
    path("2fa/passkey/inloggen/", own.sign_in_by_passkey, name="mfa_login_webauthn"),
    path("2fa/passkey/opnieuw/", passkeys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("2fa/passkey/<int:pk>/weg/", own.remove_passkey, name="mfa_remove_webauthn"),
]
