"""Who may see and do what. Decided here, applied by the querysets in storage, nowhere else."""

from dataclasses import dataclass
from uuid import UUID

from .actors import Reader

# Roles of one municipality that work on its signals.
DESK = frozenset({"focal_point", "buddy"})
LANES = ("regular", "confidential")


@dataclass(frozen=True, slots=True)
class Scope:
    """Which signals: those of one municipality in these lanes, or none. An unknown role sees nothing."""

    municipality: UUID | None
    lanes: frozenset[str]

    @property
    def empty(self) -> bool:
        return self.municipality is None or not self.lanes


NOTHING = Scope(None, frozenset())


def signal_scope(reader: Reader) -> Scope:
    """Signals whose content this reader may open.

    A signal about a colleague, a member of the board or the focal point is for the designated person
    alone; focal point and buddy are passed by. Partners see disclosures, never signals.
    """
    if reader.organisation_kind != "municipality":
        return NOTHING
    lanes = set()
    if reader.role in DESK:
        lanes.add("regular")
    if reader.designated:
        lanes.add("confidential")
    return Scope(reader.organisation, frozenset(lanes)) if lanes else NOTHING


def acting_role(reader: Reader, *, lane: str) -> str:
    """The role in which this reader acts on a signal of this lane, in the words of the policy pack."""
    return "designated" if lane == "confidential" else reader.role


def disclosure_scope(reader: Reader) -> UUID | None:
    """The organisation whose disclosures this reader may open: a partner's own, else none."""
    allowed = reader.role in ("partner", "care_coordinator") and reader.organisation_kind == "partner"
    return reader.organisation if allowed else None


# Pages that are not about one signal, by role. An unknown role reads nothing.
AREAS: dict[str, frozenset[str]] = {
    "reporter": frozenset({"report", "my_reports"}),
    "focal_point": frozenset({"report", "my_reports", "work_list", "partners", "notifications"}),
    "buddy": frozenset({"report", "my_reports", "work_list", "partners", "notifications"}),
    "partner": frozenset({"disclosures", "notifications"}),
    "care_coordinator": frozenset({"disclosures", "notifications"}),
    "chain_director": frozenset({"chain", "partners", "notifications"}),
    "functional_manager": frozenset({"report", "my_reports", "settings", "partners", "notifications"}),
    "privacy_officer": frozenset({"report", "my_reports", "partners", "notifications"}),
}


def may_enter(reader: Reader, area: str) -> bool:
    """Whether this reader may open an area. Designated persons have a work list of their own lane."""
    if area == "work_list" and reader.designated and reader.organisation_kind == "municipality":
        return True
    return area in AREAS.get(reader.role, frozenset())
