"""Is this installation whole: do the database, its keyring and its policy packs belong together?"""

from datetime import datetime

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction

from meldroute.policies import UnknownPack, available_packs, read_pack
from meldroute.rules.check import check
from meldroute.rules.policy_parse import PolicyErrors
from meldroute.services import running_policy
from meldroute.storage import row_guards
from meldroute.storage.keyring import KeyringMissing, KeyringRefused, create_keyring, keyring_fingerprint
from meldroute.storage.models import Installation


class CannotStart(ImproperlyConfigured):
    """Starting would lose or bend something. The message names the place, the cause and the way out."""


def prepare(*, now: datetime) -> None:
    """At every start: keys and packs are there and are the ones this database knows. The first start makes the keys."""
    known = Installation.objects.first()
    try:
        if known is None:
            _begin(now=now)
        elif keyring_fingerprint() != known.keyring:
            raise CannotStart(
                f"keyring {settings.MELDROUTE_KEYRING}: it does not belong to this database. "
                "Put back the keyring that does, or name it in MELDROUTE_KEYRING."
            )
        _prove_every_pack()
        running_policy.remember_pack(now=now)
    except (KeyringRefused, PolicyErrors, UnknownPack, running_policy.PackChanged) as error:
        raise CannotStart(str(error)) from error


def guard() -> None:
    """After every migration: the triggers stand as this release means them (storage.row_guards says why again).

    The account that runs the site owns no table: it leaves them to `meldroute migrate`, and `audit verify` says what
    is missing.
    """
    if row_guards.may_install(connection):
        with transaction.atomic():
            row_guards.install(connection)


def _begin(*, now: datetime) -> None:
    """An empty database takes the keyring that stands ready, or gets a new one."""
    try:
        fingerprint = keyring_fingerprint()
    except KeyringMissing:
        create_keyring(settings.MELDROUTE_KEYRING)
        fingerprint = keyring_fingerprint()
    Installation.objects.create(keyring=fingerprint, created_at=now)


def _prove_every_pack() -> None:
    """Also those that do not run yet: a broken one is found today, not on the day it comes into force."""
    for found in available_packs(settings.MELDROUTE_PACKS):
        report = check(read_pack(found.folder).policy)
        if not report.is_sound:
            raise CannotStart("\n".join(str(problem) for problem in report.problems))
