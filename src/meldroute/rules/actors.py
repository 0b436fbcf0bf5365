"""Who acts and who reads: typed values, never strings.

A person acts through one dated membership and the act names it. A reporter is known in the records by
a keyed hash only, so that no clear column joins a signal to the person who reported it.
"""

from dataclasses import dataclass
from uuid import UUID

ACTOR_KINDS = ("membership", "reporter", "link", "tick", "command")


@dataclass(frozen=True, slots=True)
class Actor:
    """`value`: a membership id, a reporter's keyed hash, a partner link's id, or the command's name."""

    kind: str
    value: str
    role: str
    organisation: UUID | None = None

    def __post_init__(self) -> None:
        if self.kind not in ACTOR_KINDS:
            raise ValueError(f"actor kind '{self.kind}' is unknown. Use one of {', '.join(ACTOR_KINDS)}.")


TICK = Actor("tick", "tick", "tick")


@dataclass(frozen=True, slots=True)
class Reader:
    """A signed-in person in the membership they use now. Everything `access` may know about them."""

    user: UUID
    membership: UUID
    role: str  # one of acts.ROLES
    organisation: UUID
    organisation_kind: str  # "municipality", "partner" or "region"
    organisation_code: str  # the pack's code: "GM0794", "AVIM"

    @property
    def actor(self) -> Actor:
        return Actor("membership", str(self.membership), self.role, self.organisation)
