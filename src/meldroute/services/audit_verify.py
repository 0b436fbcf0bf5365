"""Walk every chain: is what is stored what was written? Reads only, and keeps one entry in memory.

What a chain alone cannot tell (its end cut off, or all of it written anew by who owns the database) shows in a
digest that was kept elsewhere.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from meldroute.storage import chain as chains
from meldroute.storage import row_guards, second_factors, stored_chains, vouching
from meldroute.storage.models import Digest, Organisation

from . import digests

KEEP = "Change nothing: keep the database as it is, compare with a backup and tell the privacy officer."


@dataclass(frozen=True, slots=True)
class Finding:
    place: str
    cause: str
    way_out: str


@dataclass(frozen=True, slots=True)
class GapReport:
    """What was destroyed, by which certificate and on whose word."""

    first: int
    last: int
    certified_by: int  # the entry that says so
    at: datetime
    period: str
    reason: str
    who: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChainReport:
    chain: str
    name: str
    entries: int  # that were read and are sound
    end: int
    gaps: tuple[GapReport, ...]


@dataclass(frozen=True, slots=True)
class AuditReport:
    chains: tuple[ChainReport, ...]
    compared: tuple[str, ...]  # the digests that took part
    findings: tuple[Finding, ...]

    @property
    def is_sound(self) -> bool:
        return not self.findings


def verify(kept: Sequence[digests.KeptDigest] = ()) -> AuditReport:
    """Every chain against itself, against the newest digest in the database, and against those kept elsewhere."""
    own, troubles = _own_digest()
    findings = [*troubles, *_other_digests(kept), *_guards(), *_forged()]
    known = [*own, *kept]
    heads, reports = stored_chains.heads(), []
    names = _names()
    for chain, head in heads.items():
        report, finding = _walk(chain, head, names.get(chain, chain), known)
        reports.append(report)
        findings += [finding] if finding else []
    findings += _gone(heads, known, names)
    return AuditReport(tuple(reports), tuple(one.name for one in known), tuple(findings))


def _forged() -> Iterator[Finding]:
    """Rows that would give a right, and that this program did not write: they give none, and somebody put them there."""
    rows = [(model._meta.model_name, pk) for model in vouching.vouched_models() for pk in vouching.forged_rows(model)]
    rows += [("second factors of", person) for person in second_factors.forged()]
    for what, pk in rows:
        yield Finding(f"{what} {pk}", vouching.CAUSE, f"No right rests on it. {KEEP}")


def _walk(chain: str, head: chains.ChainHead, name: str,
          known: Sequence[digests.KeptDigest]) -> tuple[ChainReport, Finding | None]:
    certificates = stored_chains.certificates(chain)
    gaps = tuple(map(_gap, certificates))
    counted = _Counted(stored_chains.entries(chain, upto=head.number))
    finding = None
    try:
        chains.verify(counted, chain=chain, head=head, gaps=[c.gap for c in certificates], marks=_marks(chain, known))
        _refuse_beyond(chain)
    except chains.ChainBroken as broken:
        finding = Finding(f"chain {name}, entry {broken.number}", broken.cause, f"Everything before it is sound. {KEEP}")
    return ChainReport(chain, name, counted.number, head.number, gaps), finding


class _Counted:
    def __init__(self, entries):
        self._entries, self.number = entries, 0

    def __iter__(self):
        for entry in self._entries:
            yield entry
            self.number += 1


def _refuse_beyond(chain: str) -> None:
    if (number := stored_chains.beyond_the_end(chain)) is not None:
        raise chains.ChainBroken(chain, number, "is beyond the end of the chain")


def _marks(chain: str, known: Sequence[digests.KeptDigest]) -> list[chains.Mark]:
    return [chains.Mark(head.number, head.hash, one.name) for one in known for name, head in one.heads.items()
            if name == chain]


def _gone(heads: dict, known: Sequence[digests.KeptDigest], names: dict[str, str]) -> list[Finding]:
    """Chains that a digest knows and the database does not, and entries without an end."""
    lost = {chain: one.name for one in known for chain in one.heads if chain not in heads}
    headless = set(stored_chains.headless())
    found = [Finding(f"chain {names.get(chain, chain)}", "its head is missing, so nobody can say where it ends", KEEP)
             for chain in sorted(headless)]
    return found + [Finding(f"chain {names.get(chain, chain)}", f"is missing as a whole: {kept_in} knew it", KEEP)
                    for chain, kept_in in sorted(lost.items()) if chain not in headless]


def _guards() -> list[Finding]:
    return [Finding(f"database, table {guard}", "its guard is missing or switched off: rows could be changed unseen",
                    "Find out who did that, and start Meldroute again: `meldroute migrate` puts it back.")
            for guard in row_guards.missing(connection)]


def _own_digest() -> tuple[list[digests.KeptDigest], list[Finding]]:
    """The newest one covers all before it. Who rewrites a chain may have forgotten it."""
    row = Digest.objects.order_by("-day").first()
    if row is None:
        return [], []
    try:
        kept = digests.read(row.content.encode(), name=f"the digest of {row.day}")
    except digests.BadDigest as error:
        return [], [Finding(f"digest {row.day}", str(error), KEEP)]
    if kept.hash != row.hash:
        return [kept], [Finding(f"digest {row.day}", "was changed after it was written", KEEP)]
    return [kept], []


def _other_digests(kept: Sequence[digests.KeptDigest]) -> list[Finding]:
    stored = dict(Digest.objects.filter(day__in=[one.day for one in kept]).values_list("day", "hash"))
    return [Finding(f"digest {one.day}", f"the database {'holds another one' if one.day in stored else 'has lost it'} "
                    f"than {one.name}", KEEP) for one in kept if stored.get(one.day) != one.hash]


def _names() -> dict[str, str]:
    named = {str(pk): name for pk, name in Organisation.objects.values_list("pk", "name")}
    return named | {"system": "system"}


def _gap(one: stored_chains.Certificate) -> GapReport:
    details = one.details
    return GapReport(one.gap.first, one.gap.last, one.number, one.at, str(details.get("period", "")),
                     str(details.get("reason", "")), tuple(map(str, details.get("who", ()))))
