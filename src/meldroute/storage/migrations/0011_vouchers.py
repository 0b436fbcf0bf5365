"""Vouchers for rows that give rights (vouching.py): what was written before there were any is vouched for once."""

from django.db import migrations, models

from meldroute.storage import second_factors, vouching

# As it was decided here; a later release that vouches for more has a migration of its own.
VOUCHED = {
    "Answer": ("referral_id", "kind", "via"),
    "Disclosure": ("referral_id", "signal_id", "withdrawn_at"),
    "EmergencyReading": ("signal_id", "municipality_id", "membership_id", "until"),
    "Invitation": ("user_id", "token_hash"),
    "Membership": ("user_id", "organisation_id", "role", "valid_from", "valid_to"),
    "MunicipalitySettings": ("organisation_id", "valid_from", "content", "saved_at"),
    "NamedReader": ("signal_id", "membership_id"),
    "Organisation": ("kind", "code"),
    "PartnerLink": ("referral_id", "municipality_id", "token_hash", "code_hash", "wrong_codes", "expires_at", "spent_at",
                    "blocked_at", "replaced_at"),
    "Referral": ("signal_id", "organisation_id", "partner", "purpose", "status"),
    "Signal": ("municipality_id", "lane", "shielded", "lead_id", "reporter_tie"),
    "SignOn": ("user_id", "issuer", "subject"),
    "SubjectRequest": ("organisation_id", "code"),
    "User": ("email", "password", "is_active", "reports_since"),
}


def vouch_for_what_there_is(apps, schema_editor):
    for name, columns in VOUCHED.items():
        vouching.vouch_for_all(apps.get_model("meldroute", name), columns)
    people = apps.get_model("meldroute", "User").objects.filter(factors_voucher=None)
    for person in people.values_list("pk", flat=True):
        second_factors.vouch(person)


def column(model, name="voucher"):
    return migrations.AddField(model, name, models.CharField(editable=False, max_length=64, null=True))


class Migration(migrations.Migration):

    dependencies = [
        ("meldroute", "0010_reports_since"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [
        *(column(name.lower()) for name in VOUCHED),
        column("user", "factors_voucher"),
        migrations.RunPython(vouch_for_what_there_is, migrations.RunPython.noop),
    ]
