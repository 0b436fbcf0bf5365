"""Real data only after the data protection impact assessment was adopted, and that was recorded here.

Until then every page says so and nothing listens outside this machine. Invented data and real data never share
a database: what was tried out with is not adopted, and what was adopted gets no demo.
"""

from dataclasses import dataclass
from datetime import date, datetime
from time import monotonic

from django.db import DatabaseError, connection, transaction

from meldroute.rules.actors import Actor
from meldroute.storage import history
from meldroute.storage.models import DpiaAdoption, Signal, User

RECORDER = Actor("command", "dpia", "command")
LOOK_AGAIN = 30.0  # seconds: another process may have recorded it
INVENTED = ".example"  # a name that exists nowhere, by the rules of the internet


class CannotAdopt(Exception):
    """It is not recorded. The message says what stands in the way."""


@dataclass(frozen=True, slots=True)
class Adoption:
    adopted_by: str
    adopted_on: date
    decision: str
    recorded_at: datetime


def adopt(*, by: str, on: date, decision: str, now: datetime) -> Adoption:
    """Record it, once, in a database that holds nothing invented. Raises `CannotAdopt`."""
    if not by.strip() or not decision.strip():
        raise CannotAdopt("dpia: say who adopted it, and the number of the decision.")
    if on > now.date():
        raise CannotAdopt(f"dpia: {on} has not come yet. Record it when it was adopted.")
    with transaction.atomic():
        _refuse_invented()
        row = DpiaAdoption.objects.create(adopted_by=by.strip(), adopted_on=on, decision=decision.strip(), recorded_at=now)
        history.append("system", actor=RECORDER, act="dpia.adopted", now=now, details={
            "on": on.isoformat(), "decision": row.decision, "by": row.adopted_by})
    _known.forget()
    return _adoption(row)


def _refuse_invented() -> None:
    if DpiaAdoption.objects.exists():
        raise CannotAdopt("dpia: an adoption is recorded already. See `meldroute dpia status`.")
    if Signal.objects.exists():
        raise CannotAdopt("dpia: this database holds signals that came before it, and those are invented. Start with an empty "
                          "database: set another MELDROUTE_DATA or MELDROUTE_DATABASE.")
    if User.objects.filter(email__iendswith=INVENTED).exists():
        raise CannotAdopt(f"dpia: this database has invented people in it (addresses that end in {INVENTED}). Start with an empty "
                          "database: set another MELDROUTE_DATA or MELDROUTE_DATABASE.")


def adoption() -> Adoption | None:
    row = DpiaAdoption.objects.first()
    return _adoption(row) if row else None


def _adoption(row: DpiaAdoption) -> Adoption:
    return Adoption(row.adopted_by, row.adopted_on, row.decision, row.recorded_at)


# For every page


class _Known:
    """The answer as this process last heard it: pages ask it all the time, and some have no database to ask."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        self.database, self.adopted, self.asked = None, False, 0.0

    def is_fresh(self) -> bool:
        same = self.database == connection.settings_dict["NAME"]
        return same and (self.adopted or monotonic() - self.asked < LOOK_AGAIN)

    def hear(self, adopted: bool) -> None:
        self.database, self.adopted, self.asked = connection.settings_dict["NAME"], adopted, monotonic()


_known = _Known()


def only_invented_data(*, ask: bool = True) -> bool:
    """Is the warning due? Never raises: without an answer it is. `ask=False` for pages that come without a database."""
    if ask and not _known.is_fresh():
        try:
            _known.hear(DpiaAdoption.objects.exists())
        except DatabaseError:
            return not _known.adopted
    return not (_known.adopted and _known.is_fresh())
