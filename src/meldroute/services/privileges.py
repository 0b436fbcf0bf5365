"""A change of rights is never quiet: the privacy officer and the other functional managers hear of it."""

from datetime import datetime
from uuid import UUID

from meldroute.rules.actors import Reader
from meldroute.storage.models import Membership, Message

from .notices import to_members
from .people import today

WATCH = ("privacy_officer", "functional_manager")


def watchers(organisation: UUID, *, now: datetime) -> list[UUID]:
    return list(Membership.objects.of(organisation, *WATCH).current(today(now)).order_by("pk").values_list("pk", flat=True))


def tell_of_privileges(row: Membership, *, reader: Reader, now: datetime) -> None:
    """That something changed, in the transaction of the change; who and what stands in the access review.

    Not to who did it, nor to the person it is about: they hear of their own role in another way.
    """
    others = Membership.objects.filter(pk__in=watchers(row.organisation_id, now=now))
    others = others.exclude(user=reader.user).exclude(user=row.user_id)
    told = list(others.order_by("pk").values_list("pk", flat=True))
    Message.objects.bulk_create(to_members("privileges_changed", told, municipality=row.organisation_id, now=now))


def tell_of_factor(user: UUID, *, now: datetime) -> None:
    """To the person, in each organisation they work for: whoever took over an account cannot do so unseen."""
    own = Membership.objects.filter(user=user).current(today(now)).order_by("pk")
    for row in own:
        Message.objects.bulk_create(to_members("factor_changed", [row.pk], municipality=row.organisation_id, now=now))
