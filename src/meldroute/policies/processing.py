"""The register of processing activities: which one an act of the history belongs to."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from meldroute.rules.acts import STATUSES
from meldroute.rules.policy import Text


class BadRegister(ValueError):
    """The register cannot be used. The message names the place, the cause and the way out."""


@dataclass(frozen=True, slots=True)
class Activity:
    id: str  # URI
    name: Text
    acts: tuple[str, ...]  # beginnings of acts
    ground: str
    status: str
    remaining: bool = False


@dataclass(frozen=True, slots=True)
class Register:
    activities: tuple[Activity, ...]

    def activity_of(self, act: str) -> Activity:
        """The one with the longest beginning that fits, else the one for what remains."""
        fitting = [(len(start), one) for one in self.activities for start in one.acts if act.startswith(start)]
        if fitting:
            return max(fitting, key=lambda found: found[0])[1]
        return next(one for one in self.activities if one.remaining)

    def names(self, act: str) -> bool:
        """Is this act named, or only counted among what remains?"""
        return any(act.startswith(start) for one in self.activities for start in one.acts)


@lru_cache(maxsize=1)
def processing_register() -> Register:
    return parse_register((files("meldroute.policies") / "processing_activities.toml").read_text())


def parse_register(text: str) -> Register:
    try:
        found = tuple(map(_activity, tomllib.loads(text)["activities"]))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadRegister(f"register of processing activities: {error}. Each entry has id, name, acts, ground, status.") from None
    _refuse_doubles(found)
    if sum(one.remaining for one in found) != 1:
        raise BadRegister("register of processing activities: mark exactly one entry with `remaining = true`.")
    return Register(found)


def _activity(row: dict) -> Activity:
    if row["status"] not in STATUSES:
        raise ValueError(f"{row['id']}: status '{row['status']}' is unknown, use one of {', '.join(STATUSES)}")
    if ":" not in row["id"]:
        raise ValueError(f"{row['id']}: is no URI")
    return Activity(row["id"], Text(row["name"]["nl"], row["name"].get("en", "")), tuple(row["acts"]), row["ground"],
                    row["status"], row.get("remaining", False))


def _refuse_doubles(activities: Sequence[Activity]) -> None:
    for names in ([one.id for one in activities], [act for one in activities for act in one.acts]):
        for name in names:
            if names.count(name) > 1:
                raise BadRegister(f"register of processing activities: '{name}' stands there twice. Keep one.")
