"""Who reads a shielded signal."""

from datetime import datetime
from uuid import UUID

from django.utils import timezone

from meldroute.storage.models import Membership, NamedReader


def named_people(signal: UUID, *, now: datetime, there: bool = True) -> tuple[UUID, ...]:
    """Memberships to which a shielded signal is narrowed and that still run; `there`: those who are not away today."""
    day = timezone.localtime(now).date()
    named = NamedReader.objects.of_signal(signal).values("membership")
    rows = Membership.objects.filter(pk__in=named)
    return tuple((rows.present(day) if there else rows.current(day)).values_list("pk", flat=True))
