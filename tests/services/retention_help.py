"""Close a signal in each of the ways that decide how long it is kept."""

from datetime import datetime, timedelta

from meldroute.services import destruction, keeping
from meldroute.services.closing import close
from meldroute.services.feedback import give_feedback
from meldroute.services.judging import Conclusion, conclude
from meldroute.storage.models import Destruction, KeptSignal, Signal
from tests.cast import MONDAY
from tests.services.acting_cases import advised, ask, enriched
from tests.services.test_feedback import reporting_back

DAY = timedelta(days=1)
YEAR = timedelta(days=366)


def closed(cast, outcome="no_trafficking", **said) -> str:
    """Closed on Monday, with that outcome."""
    if outcome == "acted":
        reference = reporting_back(cast)
    else:
        reference = enriched(cast, **said)
        ask(cast, reference, "AVIM")
        advised(cast, reference)
        more = {"phenomenon": "fraude", "goes_to": "de Belastingdienst"} if outcome == "other_phenomenon" else {}
        kind = {"no_trafficking": "none"}.get(outcome, outcome)
        conclude(reference, Conclusion(kind, ("AVIM",), "Zo zien zij het.", **more), reader=cast.anna, now=MONDAY)
    give_feedback(reference, text="Uw melding is besproken.", reader=cast.anna, now=MONDAY)
    reason = {"acted": "overgedragen", "other_phenomenon": "ander-fenomeen"}.get(outcome, "geen-mensenhandel")
    close(reference, reason=reason, reader=cast.anna, now=MONDAY)
    return reference


def kept(reference: str) -> KeptSignal:
    return KeptSignal.objects.get(signal__reference=reference)


def ripened(*, start: datetime = MONDAY) -> datetime:
    """The clock runs at the warning and at the end; the moment at which the list waits."""
    for now in (start + YEAR - 31 * DAY, start + YEAR):
        keeping.keep_terms(now=now)
    return start + YEAR


def listed(cast, outcome="no_trafficking", **said) -> tuple[str, Destruction, datetime]:
    reference = closed(cast, outcome, **said)
    now = ripened()
    return reference, Destruction.objects.get(state="listed"), now


def seen(row: Destruction, reader, now: datetime) -> str:
    return destruction.destruction_card(row.pk, reader=reader, now=now).seen


def proposed(cast, **said) -> tuple[str, Destruction, datetime]:
    reference, row, now = listed(cast, **said)
    destruction.propose(row.pk, seen=seen(row, cast.anna, now), reader=cast.anna, now=now)
    return reference, row, now


def destroyed(cast, **said) -> tuple[str, Destruction, datetime, Signal]:
    reference, row, now = proposed(cast, **said)
    before = Signal.objects.get(reference=reference)
    assert destruction.approve(row.pk, seen=seen(row, cast.pia, now), reader=cast.pia, now=now) == 1
    row.refresh_from_db()
    return reference, row, now, before
