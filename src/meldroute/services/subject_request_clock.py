"""The clock of requests of data subjects: the officer hears a week before the term ends, when it ended, and weekly."""

from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from meldroute.rules.actors import TICK
from meldroute.rules.subject_rights import REMIND_BEFORE
from meldroute.storage import history
from meldroute.storage.models import Membership, Message, SubjectRequest
from meldroute.storage.prepared import Prepared

from .notices import to_members

MORNING = time(9)
WEEK = timedelta(days=7)
BATCH = 200
REMINDED, LATE = 1, 2


def first_action(due: date) -> datetime:
    return _morning(due - REMIND_BEFORE)


def remind_due(*, now: datetime) -> tuple[int, int]:
    """How many were reminded of, and how many told to be late. After downtime each is told once."""
    told = [_remind(pk, now=now) for pk in _DUE(now=now)]
    return told.count(REMINDED), told.count(LATE)


_DUE = Prepared(lambda now: SubjectRequest.objects.filter(next_action_at__lte=now).order_by("next_action_at")
                .values_list("pk", flat=True)[:BATCH], now=datetime)


def _remind(pk: object, *, now: datetime) -> int:
    """Two clocks at once: whoever comes second finds it moved."""
    with transaction.atomic():
        row = SubjectRequest.objects.select_for_update(of=("self",)).filter(pk=pk, next_action_at__lte=now).first()
        if row is None:
            return 0
        late = timezone.localtime(now).date() > row.due_on
        row.stage = LATE if late else REMINDED
        row.next_action_at = now + WEEK if late else _morning(row.due_on + timedelta(days=1))
        row.save(update_fields=["stage", "next_action_at"])
        officers = Membership.objects.of(row.organisation_id, "privacy_officer").current(timezone.localtime(now).date())
        kind = "request_late" if late else "request_due"
        messages = to_members(kind, officers.values_list("pk", flat=True), municipality=row.organisation_id, now=now)
        Message.objects.bulk_create(messages)
        history.append(row.organisation_id, actor=TICK, act="request.late" if late else "request.reminded", now=now,
                       subjects=(row.pk,), details={"told": len(messages)})
    return row.stage


def _morning(day: date) -> datetime:
    return datetime.combine(day, MORNING, timezone.get_default_timezone())
