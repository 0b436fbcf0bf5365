"""The daily digest: where every chain ends, in one short file that can be kept elsewhere.

Who owns the database can cut a chain short or write it anew, hashes and head included. They cannot change what
somebody else has in a drawer: `meldroute audit verify --digest FILE` compares. Each digest names the one before it.
"""

import contextlib
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from meldroute.channels.digest_mail import send_digest
from meldroute.channels.email import BadAddress, NotDelivered
from meldroute.rules.actors import TICK
from meldroute.storage import history, stored_chains
from meldroute.storage.chain import HASH_BYTES, ChainHead
from meldroute.storage.digest_files import keep_file
from meldroute.storage.models import Digest

FORMAT = "meldroute digest 1"
PAUSE = timedelta(hours=1)  # between two attempts to mail one


class BadDigest(ValueError):
    """This is no digest. The message says why, without what was in it."""


@dataclass(frozen=True, slots=True)
class KeptDigest:
    """A digest as it was read back. `name` says where it was kept."""

    name: str
    day: date
    previous: str
    hash: str
    heads: Mapping[str, ChainHead]


def write_daily(*, now: datetime) -> list[str]:
    """Today's, if there is none yet. Two clocks at once write one. Returns what went wrong: nothing, or it raises."""
    day, newest = timezone.localtime(now).date(), _newest()
    if newest != day and not Digest.objects.filter(day=day).exists():
        with contextlib.suppress(IntegrityError), transaction.atomic():  # the other clock was a moment earlier
            _write(day, now=now)
        newest = _newest()
    _keep(newest)
    return []


def _write(day: date, *, now: datetime) -> None:
    previous = Digest.objects.order_by("-day").values_list("hash", flat=True).first() or ""
    content = _content(day, previous, stored_chains.heads(), now=now)
    row = Digest.objects.create(day=day, at=now, previous=previous, content=content, hash=_hash(content.encode()),
                                mail_due_at=now if settings.MELDROUTE_DIGEST_TO else None)
    history.append("system", actor=TICK, act="digest.written", now=now,
                   details={"day": day.isoformat(), "hash": row.hash, "chains": len(json.loads(content)["chains"])})


def _content(day: date, previous: str, heads: Mapping[str, ChainHead], *, now: datetime) -> str:
    chains = [{"chain": chain, "number": head.number, "hash": head.hash.hex()} for chain, head in sorted(heads.items())]
    written = {"format": FORMAT, "day": day.isoformat(), "at": now.isoformat(), "previous": previous, "chains": chains}
    return json.dumps(written, indent=1) + "\n"


def _newest() -> date | None:
    return Digest.objects.order_by("-day").values_list("day", flat=True).first()


def _keep(day: date) -> None:
    """A file that went missing is written again: the row is what it is a copy of."""
    path = folder() / f"{day}.json"
    if not path.exists():
        keep_file(path, Digest.objects.values_list("content", flat=True).get(day=day).encode())


def folder() -> Path:
    return Path(settings.MELDROUTE_DATA) / "digests"


def mail_due(*, now: datetime) -> list[str]:
    """To MELDROUTE_DIGEST_TO, where that is set. Returns what went wrong; tried again every hour."""
    troubles = []
    if not settings.MELDROUTE_DIGEST_TO:
        return troubles
    for day in list(Digest.objects.filter(mail_due_at__lte=now).order_by("day").values_list("day", flat=True)):
        if not Digest.objects.filter(day=day, mail_due_at__lte=now).update(mail_due_at=now + PAUSE):
            continue  # another clock has it
        row = Digest.objects.get(day=day)
        try:
            send_digest(settings.MELDROUTE_DIGEST_TO, day=day, content=row.content, now=now,
                        message=uuid5(NAMESPACE_URL, f"{FORMAT} {row.hash}"))
        except (NotDelivered, BadAddress) as error:
            troubles.append(f"digest {day}: {error}")
        else:
            Digest.objects.filter(day=day).update(mailed_at=now, mail_due_at=None)
    return troubles


def read(content: bytes, *, name: str) -> KeptDigest:
    """What a digest says, or `BadDigest`. Line ends that a mail program changed do not matter."""
    content = content.replace(b"\r\n", b"\n").strip() + b"\n"
    try:
        written = json.loads(content)
        if written["format"] != FORMAT:
            raise BadDigest(f"{name}: has another format than '{FORMAT}'. Use the file as it was written.")
        heads = {str(one["chain"]): _head(one) for one in written["chains"]}
        return KeptDigest(name, date.fromisoformat(written["day"]), str(written["previous"]), _hash(content), heads)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        if isinstance(error, BadDigest):
            raise
        raise BadDigest(f"{name}: is not a whole digest. Use the file as it was written, from {{ to }}.") from None


def read_file(path: Path) -> KeptDigest:
    try:
        return read(Path(path).read_bytes(), name=f"digest {path}")
    except OSError as error:
        raise BadDigest(f"digest {path}: cannot be read ({error.strerror}). Name a file that was kept.") from None


def _head(written: Mapping) -> ChainHead:
    head = ChainHead(int(written["number"]), bytes.fromhex(written["hash"]))
    if len(head.hash) != HASH_BYTES or head.number < 0:
        raise ValueError("no head")
    return head


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
