"""After a new version of a key: what can be wrapped or tied anew, in small batches, while everybody works on.

A batch locks its rows and passes over those that somebody holds; they are met in the next round. Where it stopped
does not matter: what is done already is not due any more.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from django.db import transaction

from . import second_factors
from .keyed_hashes import VOUCHING, reporter_tie
from .keyring import keyring
from .models import Message, Signal, SignalKey, SubjectRequestKey, User
from .sealing import (
    UNDER_PURPOSE,
    WRAPPED,
    open_sealed,
    open_with_purpose,
    place_of,
    seal_with_purpose,
    unwrap_key,
    wrap_key,
)
from .vouching import Vouched, genuine, vouched_models, voucher_of

BATCH = 200
ROUNDS = 10  # until all is done; rows that are held again and again are left for the next time


@dataclass(frozen=True, slots=True)
class Rekeying:
    """One kind of row that can go to the newest version of its key."""

    purpose: str
    name: str
    batch: Callable[[UUID | int | None], tuple[int, UUID | int | None]]  # after which id; how many done, and the last id seen


def rekey(kind: Rekeying) -> Iterator[int]:
    """How many each batch did. Ends when a whole round found nothing, or after `ROUNDS`."""
    for _ in range(ROUNDS):
        found, last = 0, None
        while True:
            done, last = kind.batch(last)
            if last is None:
                break
            found += done
            yield done
        if not found:
            return


def _wrap_again(model: type[SignalKey | SubjectRequestKey], after: UUID | None) -> tuple[int, UUID | None]:
    """The same key of a signal or a request, wrapped under the current version."""
    current = WRAPPED + keyring().current("wrap").to_bytes(2)
    ids, last = _old_keys(model, after, current)
    if last is None:
        return 0, None
    with transaction.atomic():
        rows = list(model.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk__in=ids).order_by("pk"))
        rows = [row for row in rows if bytes(row.wrapped[:3]) != current]
        for row in rows:
            row.wrapped = wrap_key(unwrap_key(bytes(row.wrapped), signal_id=row.pk), signal_id=row.pk)
        model.objects.bulk_update(rows, ["wrapped"])
    return len(rows), last


def _old_keys(model: type[SignalKey | SubjectRequestKey], after: UUID | None, current: bytes) -> tuple[list[UUID], UUID | None]:
    """The next keys that are not of the current version, in the order of their ids; the last id that was looked at."""
    rows = model.objects.order_by("pk")
    if after is not None:
        rows = rows.filter(pk__gt=after)
    found = list(rows.values_list("pk", "wrapped")[: BATCH * 10])
    old = [pk for pk, wrapped in found if bytes(wrapped[:3]) != current]
    if len(old) > BATCH:
        return old[:BATCH], old[BATCH - 1]
    return old, found[-1][0] if found else None


def _tie_again(after: UUID | None) -> tuple[int, UUID | None]:
    """Who reported is opened for a moment, under the signal's own key, and tied with the current version.

    Not from outside: there the tie is of a receipt, which stands nowhere. It is found under the version it was made with.
    """
    current = f"{keyring().current('reporter_tie')}:"
    rows = Signal.objects.exclude(reporter_tie__startswith=current).filter(key__isnull=False)
    rows = rows.exclude(channel="public").order_by("pk")
    ids = list((rows.filter(pk__gt=after) if after is not None else rows).values_list("pk", flat=True)[:BATCH])
    if not ids:
        return 0, None
    with transaction.atomic():
        held = Signal.objects.select_for_update(skip_locked=True, of=("self",)).select_related("key").filter(pk__in=ids)
        looked_at = ("reporter_sealed", "key__wrapped", "voucher", *Signal.VOUCHED)
        signals = list(genuine(held.filter(key__isnull=False).only(*looked_at).order_by("pk")))
        for signal in signals:
            signal.reporter_tie = reporter_tie(_reporter_of(signal))
            signal.voucher = voucher_of(signal)
        Signal.objects.bulk_update(signals, ["reporter_tie", "voucher"])
    return len(signals), ids[-1]


def _reporter_of(signal: Signal) -> UUID:
    key = unwrap_key(bytes(signal.key.wrapped), signal_id=signal.pk)
    sealed = open_sealed(key, bytes(signal.reporter_sealed), place=place_of("signal", "reporter_sealed", signal.pk))
    return UUID(json.loads(sealed)["user"])


def _vouch_again(model: type[Vouched], after: UUID | None) -> tuple[int, UUID | None]:
    """The same row, vouched for by the current version. A forged one stays as it is, and gives nothing."""
    current = f"{keyring().current(VOUCHING)}:"
    rows = model._base_manager.exclude(voucher__startswith=current).order_by("pk")
    ids = list((rows.filter(pk__gt=after) if after is not None else rows).values_list("pk", flat=True)[:BATCH])
    if not ids:
        return 0, None
    with transaction.atomic():
        held = model._base_manager.select_for_update(skip_locked=True, of=("self",)).filter(pk__in=ids)
        old = list(genuine(held.only("voucher", *model.VOUCHED).order_by("pk")))
        for row in old:
            row.voucher = voucher_of(row)
        model._base_manager.bulk_update(old, ["voucher"])
    return len(old), ids[-1]


def _vouch_factors_again(after: UUID | None) -> tuple[int, UUID | None]:
    current = f"{keyring().current(VOUCHING)}:"
    people = User.objects.exclude(factors_voucher__startswith=current).order_by("pk")
    ids = list((people.filter(pk__gt=after) if after is not None else people).values_list("pk", flat=True)[:BATCH])
    return sum(map(second_factors.vouch_again, ids)), ids[-1] if ids else None


def _seal_messages_again(after: UUID | None) -> tuple[int, UUID | None]:
    """A link in a message that waits. Whoever is delivering it now keeps it as it is, and empties it when it is sent."""
    current = UNDER_PURPOSE + keyring().current("link").to_bytes(2)
    rows = Message.objects.filter(content_sealed__isnull=False).order_by("pk")
    found = list((rows.filter(pk__gt=after) if after is not None else rows).values_list("pk", "content_sealed")[:BATCH])
    old = [(pk, bytes(sealed)) for pk, sealed in found if bytes(sealed[:3]) != current]
    done = 0
    for pk, sealed in old:
        place = place_of("message", "content_sealed", pk)
        again = seal_with_purpose("link", open_with_purpose("link", sealed, place=place), place=place)
        done += Message.objects.filter(pk=pk, content_sealed=sealed).update(content_sealed=again)
    return done, found[-1][0] if found else None


KINDS = (
    Rekeying("wrap", "keys of signals", partial(_wrap_again, SignalKey)),
    Rekeying("reporter_tie", "ties of signals to their reporter", _tie_again),
    Rekeying("link", "links in messages that wait", _seal_messages_again),
    Rekeying("wrap", "keys of requests", partial(_wrap_again, SubjectRequestKey)),
    Rekeying("token", "secrets of second factors", partial(second_factors.seal_again, size=BATCH)),
    *(Rekeying(VOUCHING, f"vouchers of {model._meta.model_name}", partial(_vouch_again, model)) for model in vouched_models()),
    Rekeying(VOUCHING, "vouchers of second factors", _vouch_factors_again),
)
