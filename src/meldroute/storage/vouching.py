"""Rows that give rights are vouched for: each carries a keyed hash of what gives them.

Whoever can write the database but has no keyring gives nobody a right with it: a role, a municipality, a lane or a
second factor that was written by hand is refused where a right would rest on it (`refuse_forged`, `genuine`), and
is not saved again, which would make it good. An older copy of a whole row still passes (docs/threat-model.md).
The key is one that goes with no rotation while there is history: an older data copy still holds its vouchers.
"""

import json
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TypeVar
from uuid import UUID

from django.db import models

from .keyed_hashes import voucher, voucher_holds
from .sealing import SealBroken, place_of

logger = logging.getLogger(__name__)

Row = TypeVar("Row", bound="Vouched")
BATCH = 500
CAUSE = "it was added or changed by hand"


class NotVouchedFor(SealBroken):
    """A row says something that this program did not write there. Nothing that rests on it is shown or done."""

    def __init__(self, place: str, way_out: str = "put back the row of before") -> None:
        Exception.__init__(self, f"{place}: {CAUSE}, so no right rests on it. Find out who could write there "
                                 f"(`meldroute audit verify` names every such row), and {way_out}.")
        self.place, self.cause = place, CAUSE


class PlainInMigrations(models.CharField):
    """A column that is written by itself, but not in migrations and in a restore: rows of a backup keep the voucher they had."""

    def deconstruct(self) -> tuple[str, str, list, dict]:
        name, _, args, more = super().deconstruct()
        return name, "django.db.models.CharField", args, more


class VoucherField(PlainInMigrations):
    """Written with the row that it vouches for, whenever the program writes what is vouched for. None: never yet."""

    def pre_save(self, row: models.Model, add: bool) -> str:
        if not row._state.adding:
            row.refuse_what_was_loaded()
        row.voucher = voucher_of(row)
        row.remember_what_is_stored()
        return row.voucher


class Vouched(models.Model):
    """`VOUCHED` names the columns that give a right."""

    VOUCHED: tuple[str, ...] = ()
    voucher = VoucherField(max_length=64, null=True, editable=False)

    class Meta:
        abstract = True

    def save(self, *args: object, update_fields: Sequence[str] | None = None, **more: object) -> None:
        if update_fields is not None and {self._meta.get_field(name).attname for name in update_fields} & set(self.VOUCHED):
            # What is vouched for is what is in memory: all of it is written, or the row would not fit its voucher.
            update_fields = [*update_fields, *(self._meta.get_field(name).name for name in self.VOUCHED), "voucher"]
        super().save(*args, update_fields=update_fields, **more)

    @classmethod
    def from_db(cls, db: str, field_names: Sequence[str], values: Sequence[object]) -> "Vouched":
        row = super().from_db(db, field_names, values)
        row.remember_what_is_stored()
        return row

    def refresh_from_db(self, *args: object, **more: object) -> None:
        super().refresh_from_db(*args, **more)
        self.remember_what_is_stored()

    def remember_what_is_stored(self) -> None:
        self._stored = {name: self.__dict__[name] for name in (*self.VOUCHED, "voucher") if name in self.__dict__}

    def write_anew(self) -> None:
        """The next save replaces all that is vouched for, by the word of a person who has that right: also of a forged row."""
        self._stored = None

    def refuse_what_was_loaded(self) -> None:
        """Or a row that was changed by hand would be made good by the next act on it."""
        if self._stored is None:
            return
        if self._stored.keys() != {*self.VOUCHED, "voucher"}:
            raise ValueError(f"{self._meta.label}: load the row whole to change it. What was not loaded was not looked at.")
        content = _content(self, self._stored)
        if not voucher_holds(self._stored["voucher"], _place(type(self), self.pk), content):
            raise NotVouchedFor(_place(type(self), self.pk))


def voucher_of(row: Vouched) -> str:
    return voucher(_place(type(row), row.pk), _content(row))


def is_genuine(row: Vouched) -> bool:
    return voucher_holds(row.voucher, _place(type(row), row.pk), _content(row))


def refuse_forged(*rows: Vouched) -> None:
    """Before a right rests on them. Raises `NotVouchedFor`."""
    for row in rows:
        if not is_genuine(row):
            raise NotVouchedFor(_place(type(row), row.pk))


def genuine(rows: Iterable[Row]) -> Iterator[Row]:
    """Those that the program wrote. The others give nothing, take nothing away from who has a right, and are said aloud."""
    for row in rows:
        if is_genuine(row):
            yield row
        else:
            logger.error("%s", NotVouchedFor(_place(type(row), row.pk)))


def spelled(values: Sequence[object]) -> bytes:
    """The one spelling, also of what comes back from a database in another shape than it went in."""
    return json.dumps(values, default=_plain, sort_keys=True, separators=(",", ":")).encode()


def _content(row: Vouched, values: Mapping[str, object] | None = None) -> bytes:
    values = row.__dict__ if values is None else values
    return spelled([row._meta.get_field(name).to_python(values[name]) for name in row.VOUCHED])


def _place(model: type[models.Model], pk: UUID) -> str:
    return place_of(model._meta.model_name, "voucher", pk)


def _plain(value: object) -> str:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)


# Whole tables


def vouched_models() -> tuple[type[Vouched], ...]:
    return tuple(sorted(Vouched.__subclasses__(), key=lambda model: model._meta.label))


def forged_rows(model: type[Vouched]) -> Iterator[UUID]:
    """Every row of this table that is not as the program wrote it."""
    for pk, stored, content in _rows(model, model.VOUCHED):
        if not voucher_holds(stored, _place(model, pk), content):
            yield pk


def vouch_for_all(model: type[models.Model], columns: Sequence[str]) -> None:
    """For a migration alone: rows of before there were vouchers. `model` may be of another time."""
    for pk, stored, content in _rows(model, columns):
        if stored is None:
            model._base_manager.filter(pk=pk).update(voucher=voucher(_place(model, pk), content))


def _rows(model: type[models.Model], columns: Sequence[str]) -> Iterator[tuple[UUID, str | None, bytes]]:
    rows, last = model._base_manager.order_by("pk"), None
    while batch := list((rows.filter(pk__gt=last) if last else rows).values_list("pk", "voucher", *columns)[:BATCH]):
        for pk, stored, *values in batch:
            yield pk, stored, spelled(values)
        last = batch[-1][0]
