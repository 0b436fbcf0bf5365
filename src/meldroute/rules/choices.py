"""A municipality's own choices on top of the region's policy: checked before they count.

Norms, hours and people are the municipality's; states, steps and routes never are.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from .contacts import Channel
from .deadlines import Norm
from .policy import NormRow, Policy
from .working_time import OFFICE_HOURS, WorkingHours


@dataclass(frozen=True, slots=True)
class Choices:
    """What one municipality chose. Everything has a default, so that a new municipality can start.

    Who is focal point, buddy or takes signals about a colleague are memberships, not choices.
    """

    norms: Mapping[str, Norm] = field(default_factory=dict)
    hours: WorkingHours = OFFICE_HOURS
    local_channels: Mapping[str, tuple[Channel, ...]] = field(default_factory=dict)
    neighbour: UUID | None = None  # organisation whose focal point stands in, by mandate

    def norm(self, id: str, policy: Policy) -> NormRow:
        """The norm in force: the municipality's own, else the pack's proposal. Never the policy's: it has none."""
        row = policy.norm(id)
        own = self.norms.get(id)
        return replace(row, norm=own, source="own norm") if own else row
