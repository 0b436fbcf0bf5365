"""An account whose last role ended is closed; one whose telephone is lost starts over.

Sessions end at once, second factors and links to other accounts go, and it stands in the history.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from meldroute.rules.actors import TICK, Reader
from meldroute.storage import history, second_factors
from meldroute.storage.models import Invitation, Membership, Organisation, SignOn, User
from meldroute.storage.sessions import end_sessions
from meldroute.storage.vouching import genuine

from .invitations import invite
from .municipality_settings import managed
from .people import AppointmentRefused, NoSuchMember, memberships_of, remember, today
from .privileges import tell_of_privileges


def start_over(id: UUID, *, reader: Reader, now: datetime) -> None:
    """Telephone lost, or an account in wrong hands: no way in is left but a new invitation to the mail address.

    Raises `NoSuchMember` for somebody of another organisation, or who works for another one too.
    """
    with transaction.atomic():
        row = _only_ours(id, reader=reader)
        if row.user_id == reader.user:
            raise AppointmentRefused("yourself_over")
        _shut(row.user_id)
        row.user.set_unusable_password()
        row.user.save(update_fields=["password"])
        invite(row, made_by=reader.membership, now=now)
        tell_of_privileges(row, reader=reader, now=now)
        remember("account.started_over", row, reader=reader, now=now)


def close_left(*, now: datetime, only: UUID | None = None) -> int:
    """Close every account whose roles have all ended. For the clock; or one, when a role just ended."""
    day = today(now)
    running = Membership.objects.filter(Q(valid_to=None) | Q(valid_to__gte=day), user=OuterRef("user"))
    ended = Membership.objects.filter(valid_to__lt=day, user__is_active=True).exclude(Exists(running))
    if only:
        ended = ended.filter(user=only)
    people = sorted(set(ended.values_list("user_id", flat=True)), key=str)
    return sum(_close(person, now=now) for person in people)


def _close(person: UUID, *, now: datetime) -> int:
    """Looked at again under a lock: somebody may have been appointed meanwhile."""
    with transaction.atomic():
        # One that was changed by hand is left for a person: closing it would make it good, and may not stop the clock.
        user = next(genuine([User.objects.select_for_update().get(pk=person)]), None)
        if user is None:
            return 0
        rows = list(Membership.objects.filter(user=person).order_by("organisation_id", "pk"))
        if not user.is_active or any(m.valid_to is None or m.valid_to >= today(now) for m in rows):
            return 0
        user.is_active = False
        user.save(update_fields=["is_active"])
        _shut(person)
        for organisation in sorted({m.organisation_id for m in rows}, key=str):
            last = next(m for m in rows if m.organisation_id == organisation)
            history.append(organisation, actor=TICK, act="account.closed", now=now,
                           details={"membership": str(last.pk)})
    return 1


def _shut(person: UUID) -> None:
    end_sessions(person)
    second_factors.remove_all(person)
    SignOn.objects.filter(user=person).delete()
    Invitation.objects.filter(user=person, used_at=None).delete()


def _only_ours(id: UUID, *, reader: Reader) -> Membership:
    Organisation.objects.select_for_update().get(pk=managed(reader))
    row = memberships_of(reader).filter(pk=id, user__is_active=True).select_related("user").first()
    if row is None or Membership.objects.filter(user=row.user_id).exclude(organisation=row.organisation_id).exists():
        raise NoSuchMember
    return row
