"""Tell the privacy officer that somebody opened far more signals than they usually do: a count, and no signal.

Asked at every tick. What it costs grows with what was opened today; what was usual is looked up only for whoever is
above the floor, and once a day.
"""

from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Count
from django.db.models.functions import TruncDate
from django.utils import timezone

from meldroute.rules.actors import TICK
from meldroute.rules.unusual_reading import DAYS, FLOOR, Unusual, unusual
from meldroute.storage import history
from meldroute.storage.models import HistoryEntry, Membership, Message, UnusualReading

from .notices import to_members


def notice(*, now: datetime) -> int:
    """How many people were noticed now, each once a day in a municipality."""
    day = timezone.localtime(now).date()
    start = _midnight(day)
    above, found = list(_above_the_floor(start, now=now)), 0
    seen = set(UnusualReading.objects.filter(day=day).values_list("municipality_id", "membership_id")) if above else set()
    for chain, actor, opened in above:
        municipality, membership = UUID(chain), UUID(actor)
        if (municipality, membership) in seen:
            continue
        before = _before(chain, actor, start)
        if (judged := unusual(opened, before=before)) and _tell(municipality, membership, judged, day=day, now=now):
            found += 1
    return found


def _reads(chain_since: datetime, until: datetime):
    return HistoryEntry.objects.filter(act="signal.read", at__gte=chain_since, at__lte=until)


def _above_the_floor(start: datetime, *, now: datetime):
    """Only people at a desk: a reporter looks at what is their own, a partner at what it was given."""
    rows = _reads(start, now).filter(actor_kind="membership").values("chain", "actor")
    many = rows.annotate(opened=Count("signal", distinct=True)).filter(opened__gt=FLOOR)
    return many.order_by("chain", "actor").values_list("chain", "actor", "opened")


def _before(chain: str, actor: str, start: datetime) -> list[int]:
    rows = _reads(start - timedelta(days=DAYS), start - timedelta(microseconds=1)).filter(chain=chain, actor=actor)
    days = rows.annotate(on=TruncDate("at")).values("on").annotate(opened=Count("signal", distinct=True))
    return list(days.values_list("opened", flat=True))


def _tell(municipality: UUID, membership: UUID, judged: Unusual, *, day: date, now: datetime) -> bool:
    """One transaction; two ticks at once do it once."""
    try:
        with transaction.atomic():
            UnusualReading.objects.create(municipality_id=municipality, membership_id=membership, day=day, at=now,
                                          opened=judged.opened, usual=judged.usual)
            officers = Membership.objects.of(municipality, "privacy_officer").current(day).values_list("pk", flat=True)
            count = UnusualReading.objects.filter(municipality=municipality, day=day).count()
            Message.objects.bulk_create(
                to_members("unusual_reading", officers, municipality=municipality, now=now, count=count))
            history.append(municipality, actor=TICK, act="reading.unusual", now=now, details={
                "membership": str(membership), "opened": judged.opened, "usual": judged.usual})
    except IntegrityError:
        return False
    return True


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
