"""Who somebody is at an identity provider, as it is remembered: issuer and subject."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from meldroute.rules.single_sign_on import Identity
from meldroute.storage.models import SignOn, User
from meldroute.storage.vouching import refuse_forged


class AlreadyBound(Exception):
    """This person at the provider is somebody else here, or this account is bound to somebody else there."""


def person_of(identity: Identity) -> UUID | None:
    """Raises `NotVouchedFor` when the tie was made by hand."""
    row = SignOn.objects.filter(issuer=identity.issuer, subject=identity.subject).first()
    if row is None:
        return None
    refuse_forged(row)
    return row.user_id


def bind(person: UUID, identity: Identity, *, now: datetime) -> None:
    """This is who they are at the provider, from now on. Raises `AlreadyBound`."""
    if person_of(identity) == person:
        return
    try:
        with transaction.atomic():
            SignOn.objects.create(user=User.objects.get(pk=person), issuer=identity.issuer, subject=identity.subject,
                                  bound_at=now)
    except IntegrityError:
        raise AlreadyBound from None
