"""Take every row of a signal away. Which rows those are is asked of the tables, not remembered here.

A table that gets a foreign key to a signal, a request or anything else below a signal is part of it from that moment,
so that nothing new can be forgotten. What must survive holds no foreign key to a signal.
"""

from collections.abc import Iterable
from uuid import UUID

from django.db import connection, models
from django.db.models import Q

from .models import Signal


def tables_of_signal() -> dict[type[models.Model], tuple[str, ...]]:
    """Every table below a signal with the ways that lead up to it, children before their parents."""
    ways: dict[type[models.Model], list[str]] = {}
    order: list[type[models.Model]] = []
    _walk(Signal, "pk", ways, order)
    return {model: tuple(ways[model]) for model in order}


def _walk(model: type[models.Model], way: str, ways: dict, order: list) -> None:
    ways.setdefault(model, []).append(way)
    for relation in model._meta.get_fields(include_hidden=True):
        if not (relation.auto_created and (relation.one_to_many or relation.one_to_one)):
            continue
        child, field = relation.related_model, relation.field.name
        if child is not model:  # a signal may lead others; one that does is not destroyed
            _walk(child, field if way == "pk" else f"{field}__{way}", ways, order)
    if model not in order:  # the first time is soon enough: before whatever it hangs under
        order.append(model)


def erase_signal(signal: UUID) -> dict[str, int]:
    """Delete all of it, in the caller's transaction. Returns how many rows of which table went."""
    gone = {}
    for model, ways in tables_of_signal().items():
        here = Q()
        for way in ways:
            here |= Q(**{way: signal})
        gone[model.__name__] = _delete(model, model._base_manager.filter(here).values_list("pk", flat=True).distinct())
    return gone


def _delete(model: type[models.Model], keys: Iterable[object]) -> int:
    """Past Django's own collector, which would refuse a protected row before its children are gone."""
    ids = list(keys)
    return model._base_manager.filter(pk__in=ids)._raw_delete(model._base_manager.db) if ids else 0


def leave_nothing_behind() -> None:
    """After the commit: SQLite overwrites what it deletes, and its write-ahead log is emptied here.

    A reader that is still busy keeps the log; the next time empties it. PostgreSQL vacuums by itself, later.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            cursor.fetchall()
