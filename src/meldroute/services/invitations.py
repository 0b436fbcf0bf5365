"""A way in for a new account: one link by mail, once, for a week. It says that there is an account, never what for."""

import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from meldroute.rules.actors import Actor
from meldroute.rules.single_sign_on import Identity
from meldroute.storage import history
from meldroute.storage.keyed_hashes import invitation_hash, invitation_hashes
from meldroute.storage.models import Invitation, Membership, Message
from meldroute.storage.sealing import open_with_purpose, place_of, seal_with_purpose
from meldroute.storage.vouching import refuse_forged

from . import boundaries
from .notices import to_members
from .sign_ons import bind

LASTS = timedelta(days=7)
KIND = "invitation"


class InvitationGone(Exception):
    """Used, too old, replaced by a newer one, or never made. They look the same."""


def invite(membership: Membership, *, made_by: UUID | None, now: datetime) -> None:
    """In the transaction of the act that asks for it. An older link stops working."""
    token = secrets.token_urlsafe(32)
    Invitation.objects.filter(user=membership.user_id, used_at=None).delete()
    Invitation.objects.create(user_id=membership.user_id, token_hash=invitation_hash(token), made_by_id=made_by,
                              created_at=now, expires_at=now + LASTS)
    [message] = to_members(KIND, [membership.pk], municipality=membership.organisation_id, now=now)
    message.content_sealed = seal_with_purpose("link", token, place=_place(message))
    message.save()


def token_of(message: Message) -> str:
    """For delivery. Raises `SealBroken`."""
    return open_with_purpose("link", bytes(message.content_sealed), place=_place(message))


def is_for(user: UUID, token: str, *, now: datetime) -> bool:
    """Still open, and this person's?"""
    try:
        return _open(token, now=now).user_id == user
    except InvitationGone:
        return False


def invited(token: str, *, now: datetime) -> UUID:
    """Whose invitation this is. Raises `InvitationGone`."""
    return _open(token, now=now).user_id


def accept_by_password(token: str, password: str, *, now: datetime) -> UUID:
    """The person chose a password; whether it is good enough was asked at the door. Raises `InvitationGone`."""
    with transaction.atomic():
        row = _spend(token, now=now)
        row.user.set_password(password)
        row.user.save(update_fields=["password"])
        _remember(row, "password", now=now)
    return row.user_id


def accept_by_sign_on(token: str, identity: Identity, *, now: datetime) -> UUID:
    """From now on they are who the provider says: issuer and subject. Raises `InvitationGone`, `AlreadyBound`."""
    with transaction.atomic():
        row = _spend(token, now=now)
        bind(row.user_id, identity, now=now)
        _remember(row, "sign_on", now=now)
    return row.user_id


def _spend(token: str, *, now: datetime) -> Invitation:
    row = _open(token, now=now)
    if not Invitation.objects.filter(pk=row.pk, used_at=None).update(used_at=now):
        raise InvitationGone  # opened twice at once
    return row


def _open(token: str, *, now: datetime) -> Invitation:
    found = Invitation.objects.filter(token_hash__in=invitation_hashes(token), used_at=None, expires_at__gt=now,
                                      user__is_active=True).select_related("user").first()
    if found is None:
        raise InvitationGone
    refuse_forged(found)
    return found


def _remember(row: Invitation, how: str, *, now: datetime) -> None:
    """In the chain of the organisation that invited, by the membership that was invited into."""
    membership = Membership.objects.filter(user=row.user_id).order_by("-valid_from", "pk").first()
    actor = Actor("membership", str(membership.pk), membership.role, membership.organisation_id)
    with boundaries.at(membership.organisation_id):  # nobody is signed in yet; the token led to this organisation
        history.append(membership.organisation_id, actor=actor, act="account.opened", now=now,
                       details={"membership": str(membership.pk), "how": how})


def _place(message: Message) -> str:
    return place_of("message", "content_sealed", message.pk)
