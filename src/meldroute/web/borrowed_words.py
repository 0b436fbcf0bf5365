"""Sentences of libraries whose own Dutch says "je": named here, so that our catalogue may say "u"."""
from django.utils.translation import gettext_noop as _

SENTENCES = (
    _("This account is currently inactive."),
    _("The email address and/or password you specified are not correct."),
    _("Please type your current password."),
    _("Incorrect password."),
    _("The password reset token was invalid."),
    _("Too many failed login attempts. Try again later."),
    _("The new value must be different from the current one."),
    _("Be patient, you are sending too many requests."),
    _("You must type the same password each time."),
    _("Incorrect code."),
    _("You cannot deactivate two-factor authentication."),
    _("You cannot generate recovery codes without having two-factor authentication enabled."),
    _("Email"), _("Email address"), _("Password"), _("Password (again)"),
    _("Current Password"), _("New Password"), _("New Password (again)"),
)
