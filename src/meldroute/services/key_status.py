"""How the keys stand: what uses which version, what is kept elsewhere, what is destroyed and not yet finished."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from meldroute.storage.key_uses import USES, uses_of
from meldroute.storage.keyring import PURPOSES, keyring
from meldroute.storage.models import KeptCopy

from .key_destruction import PendingDestruction, pending_destructions

PATIENCE = timedelta(days=2)  # a destruction that waits longer is said as something to do


@dataclass(frozen=True, slots=True)
class KeyLine:
    """One version of one key. `kept_because`: why it cannot be retired; empty when it can."""

    purpose: str
    version: int
    current: bool
    rows: int
    escrowed: bool
    kept_because: str


@dataclass(frozen=True, slots=True)
class CopyLine:
    kind: str  # "data", "keys" or "escrow"
    last_good: datetime | None
    file: str
    failed_since: str  # the cause, when an attempt after the last good one failed


@dataclass(frozen=True, slots=True)
class KeyStatus:
    fingerprint: str
    keys: tuple[KeyLine, ...]
    copies: tuple[CopyLine, ...]
    pending: tuple[PendingDestruction, ...]
    to_do: tuple[str, ...]  # place, cause and way out of what is not in order


def key_status(*, now: datetime) -> KeyStatus:
    keys, copies, pending = key_lines(now=now), tuple(map(_copy_line, ("data", "keys", "escrow"))), pending_destructions()
    return KeyStatus(keyring().fingerprint(), keys, copies, pending, tuple(_to_do(keys, copies, pending, now=now)))


def key_lines(*, now: datetime) -> tuple[KeyLine, ...]:
    """Every version of every key, the current ones first."""
    ring, counts = keyring(), _counts(now=now)
    in_copy, escrowed = _versions_in_key_copy(), _escrowed()
    lines = []
    for purpose in PURPOSES:
        for version in ring.versions(purpose):
            rows = counts.get((purpose, version), {})
            current = version == ring.current(purpose)
            because = "new work uses it" if current else _kept_because(purpose, version, rows, in_copy)
            lines.append(KeyLine(purpose, version, current, sum(rows.values()), (purpose, version) in escrowed, because))
    return tuple(lines)


def _counts(*, now: datetime) -> dict[tuple[str, int], dict[int, int]]:
    """Rows for each purpose and version, per use (its place in USES)."""
    found: dict[tuple[str, int], dict[int, int]] = {}
    for place, use in enumerate(USES):
        for version, count in uses_of(use, now=now).items():
            found.setdefault((use.purpose, version), {})[place] = count
    return found


def _kept_because(purpose: str, version: int, rows: dict[int, int], in_copy: set[int]) -> str:
    causes = []
    for place, count in rows.items():
        use = USES[place]
        way_out = use.because or "bring them along with `meldroute keys finish`"
        causes.append(f"{count} rows of {use.model._meta.model_name} use it ({way_out})")
    if purpose == "wrap" and version in in_copy:
        causes.append("the key copy still holds keys wrapped with it: run `meldroute backup`")
    return "; ".join(causes)


def _versions_in_key_copy() -> set[int]:
    newest = _good("keys")
    return set(newest.versions.get("wrap", ())) if newest else set()


def _escrowed() -> set[tuple[str, int]]:
    copies = KeptCopy.objects.filter(kind="escrow", finished_at__isnull=False).values_list("versions", flat=True)
    return {(purpose, version) for held in copies for purpose, versions in held.items() for version in versions}


def _good(kind: str) -> KeptCopy | None:
    return KeptCopy.objects.filter(kind=kind, finished_at__isnull=False).order_by("-started_at").first()


def _copy_line(kind: str) -> CopyLine:
    good = _good(kind)
    failed = KeptCopy.objects.filter(kind=kind, finished_at=None).exclude(cause="").order_by("-started_at").first()
    worse = failed if failed and (good is None or failed.started_at > good.started_at) else None
    return CopyLine(kind, good and good.started_at, good.file if good else "", worse.cause if worse else "")


def _to_do(keys: tuple[KeyLine, ...], copies: tuple[CopyLine, ...], pending: tuple[PendingDestruction, ...], *,
           now: datetime) -> list[str]:
    said = []
    if bare := [f"{key.purpose} {key.version}" for key in keys if key.current and not key.escrowed]:
        said.append(f"escrow: nobody else holds the current version of {', '.join(bare)}. If this machine is lost, so is what "
                    "they seal. Run `meldroute keys escrow` and keep the file elsewhere.")
    for copy in copies:
        if copy.failed_since:
            said.append(f"{copy.kind}: the last copy failed: {copy.failed_since}")
    if late := [p for p in pending if now - p.asked_at > PATIENCE]:
        waits = ("the database to be clean (`meldroute keys finish`)" if late[0].copy_replaced else
                 "a new key copy (`meldroute backup`)")
        said.append(f"destruction: {len(late)} wait longer than two days, the oldest for {waits}.")
    return said
