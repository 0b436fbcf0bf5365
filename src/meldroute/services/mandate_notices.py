"""Tell that the mandate of a neighbour changed: it decides who reads signals when a municipality has nobody there."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from meldroute.storage.models import Membership, Message

from .duties import DESK
from .notices import to_members


def tell_of_mandate(municipality: UUID, neighbours: Iterable[UUID | None], *, now: datetime) -> None:
    """The desk and the privacy officer here, and the desks of the neighbour that was named and of the one that is."""
    day = timezone.localtime(now).date()
    own = Membership.objects.of(municipality, *DESK, "privacy_officer").current(day)
    desks = [Membership.objects.of(neighbour, *DESK).current(day) for neighbour in neighbours if neighbour]
    members = [id for told in (own, *desks) for id in told.order_by("pk").values_list("pk", flat=True)]
    Message.objects.bulk_create(to_members("mandate_changed", members, municipality=municipality, now=now))
