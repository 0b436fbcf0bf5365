"""One text for one content: the form in which a pack version is stored and hashed."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date, time

from meldroute.rules.policy import Policy
from meldroute.rules.policy_parse import parse_policy


def canonical_json(tables: Mapping[str, object]) -> str:
    """The same tables always give the same text: keys sorted, days and times as ISO text, no spaces.

    The order of lists is kept, for it is the order on the screen.
    """
    return json.dumps(tables, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False,
                      default=_iso)  # fmt: skip


def content_hash(canonical: str) -> str:
    return hashlib.sha256(canonical.encode()).hexdigest()


def parse_canonical(canonical: str, *, where: str = "stored") -> Policy:
    """The policy of a stored version. Raises `PolicyErrors` when this program no longer understands it."""
    return parse_policy(json.loads(canonical), where=where)


def _iso(value: object) -> str:
    if isinstance(value, date | time):
        return value.isoformat()
    raise TypeError(
        f"a pack holds a {type(value).__name__}. Use text, whole numbers, true, false, days, lists or tables."
    )
