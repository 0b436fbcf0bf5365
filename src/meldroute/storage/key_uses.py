"""Which columns name a version of a key of the keyring: what must be empty of an old version before it can go.

A test compares this with the tables: a new column of a keyed hash or a seal belongs here, or under NOT_UNDER_KEYRING.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.apps import apps
from django.db import connection, models
from django.db.models import Q

from . import second_factors, stored_chains
from .keyed_hashes import VOUCHING
from .models import (
    BrowserSession,
    Draft,
    HistoryEntry,
    Invitation,
    Message,
    NoLongerKept,
    PartnerLink,
    Signal,
    SignalKey,
    SubjectRequestKey,
    User,
)
from .vouching import vouched_models


@dataclass(frozen=True, slots=True)
class Use:
    """A column that names the version of a key of the keyring. `live`: which rows still need it."""

    purpose: str
    model: type[models.Model]
    column: str
    live: Callable[[datetime], Q] = lambda now: Q()
    because: str = ""  # why these rows cannot go to a newer version
    counted: Callable[[], Mapping[int, int]] | None = None  # where the version stands inside a column's content


def _until_it_expires(now: datetime) -> Q:
    return Q(expires_at__gt=now)


def _open_link(now: datetime) -> Q:
    return Q(expires_at__gt=now, spent_at=None, blocked_at=None, replaced_at=None)


USES = (
    Use("wrap", SignalKey, "wrapped"),
    Use("wrap", SubjectRequestKey, "wrapped"),
    *(Use(VOUCHING, model, "voucher") for model in vouched_models()),
    Use(VOUCHING, User, "factors_voucher"),
    Use(VOUCHING, HistoryEntry, "details", counted=stored_chains.vouched_with,
        because="a certificate of destruction is never written again"),
    Use("reporter_tie", Signal, "reporter_tie", lambda now: ~Q(channel="public")),
    Use("reporter_tie", Signal, "reporter_tie", lambda now: Q(channel="public"),
        because="a receipt is stored nowhere, so nobody but its holder could tie it anew; they go when their signal is destroyed"),
    Use("reporter_tie", NoLongerKept, "reporter_tie",
        because="the signal that said who reported is destroyed; they go within a year"),
    Use("reporter_tie", HistoryEntry, "actor", lambda now: Q(actor_kind="reporter"),
        because="a hash chain is never written again; they go when their month is destroyed, which no command does yet"),
    Use("link", Message, "content_sealed"),
    Use("link", PartnerLink, "token_hash", _open_link, because="until the link is answered or expires"),
    Use("link", PartnerLink, "code_hash", _open_link, because="until the link is answered or expires"),
    Use("link", Invitation, "token_hash", lambda now: Q(used_at=None, expires_at__gt=now),
        because="until the invitation is used or expires, within a week"),
    Use("token", BrowserSession, "data_sealed", _until_it_expires, because="until the session ends"),
    Use("token", apps.get_model("mfa", "Authenticator"), "data", counted=second_factors.versions_in_use),
    Use("token", Draft, "person_tie", _until_it_expires, because="until the draft expires, within a day"),
    Use("token", Draft, "body_sealed", _until_it_expires, because="until the draft expires, within a day"),
)
# Sealed under the key of their signal, which is what SignalKey wraps; no version of the keyring stands in them.
UNDER_SIGNAL_KEY = {("PartnerLink", "code_sealed")}


def uses_of(use: Use, *, now: datetime) -> dict[int, int]:
    """How many rows use each version."""
    if use.counted is not None:
        return dict(use.counted())
    field = use.model._meta.get_field(use.column)
    rows = use.model._base_manager.filter(use.live(now)).filter(**{f"{use.column}__isnull": False})
    if isinstance(field, models.BinaryField):
        return _by_header(rows, field)
    counts: dict[int, int] = {}
    text = models.functions.Substr(use.column, 1, models.functions.StrIndex(use.column, models.Value(":")) - 1)
    for version, count in rows.values_list(text).annotate(count=models.Count("pk")).order_by():
        if version.isdecimal():  # else somebody wrote it by hand, with no key of ours
            counts[int(version)] = counts.get(int(version), 0) + count
    return counts


def _by_header(rows: models.QuerySet, field: models.Field) -> dict[int, int]:
    """The two bytes after the first name the version."""
    template = "substr(%(expressions)s, 2, 2)" if connection.vendor == "sqlite" else "substring(%(expressions)s from 2 for 2)"
    header = models.Func(models.F(field.name), template=template, output_field=models.BinaryField())
    found = rows.annotate(header=header).values_list("header").annotate(count=models.Count("pk")).order_by()
    return {int.from_bytes(bytes(header)): count for header, count in found}
