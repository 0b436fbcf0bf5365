"""Which policy runs: the version in force for new signals, and the version that each signal started under."""

from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from uuid import UUID, uuid5

from django.conf import settings
from django.utils import timezone

from meldroute.policies import LoadedPack, load_pack, parse_canonical
from meldroute.rules.policy import Policy
from meldroute.storage.models import PackVersion

VERSIONS = UUID("6f2f3e7e-7d0c-4a55-9a52-0c1f2f0a7b11")


class PackChanged(Exception):
    """A pack version that was used before now has another content. Nothing may run on it."""

    def __init__(self, name: str, stored: str, found: str):
        super().__init__(
            f"policy pack '{name}': its content changed after it was first used (hash {found[:12]}, stored "
            f"{stored[:12]}). Put the old files back, or give the new content a new valid-from date."
        )


@lru_cache(maxsize=8)
def _pack_on(day: date, pack: str, folder: Path | None) -> LoadedPack:
    return load_pack(pack, on=day, folder=folder)


def pack_now(*, now: datetime) -> LoadedPack:
    """The pack in force today, local time. Numbers, hours and partner channels always come from here."""
    return _pack_on(timezone.localtime(now).date(), settings.MELDROUTE_PACK, settings.MELDROUTE_PACKS)


def version_id(pack: LoadedPack) -> UUID:
    """The key of a version's row: computed, so that taking in a signal needs no look-up."""
    return uuid5(VERSIONS, f"{pack.policy.id}@{pack.policy.valid_from}")


def remember_pack(*, now: datetime) -> None:
    """Store the version in force at its first use; raise `PackChanged` when its content is another now."""
    pack = pack_now(now=now)
    row, _ = PackVersion.objects.get_or_create(
        id=version_id(pack),
        defaults={"pack": pack.policy.id, "valid_from": pack.policy.valid_from, "hash": pack.hash,
                  "canonical": pack.canonical, "first_used_at": now},
    )
    if row.hash != pack.hash:
        raise PackChanged(f"{row.pack} {row.valid_from}", row.hash, pack.hash)


def policy_of(version: UUID, *, now: datetime) -> Policy:
    """The policy that a signal started under."""
    pack = pack_now(now=now)
    return pack.policy if version == version_id(pack) else _stored_policy(version)


@lru_cache(maxsize=32)
def _stored_policy(version: UUID) -> Policy:
    return parse_canonical(PackVersion.objects.values_list("canonical", flat=True).get(pk=version))
