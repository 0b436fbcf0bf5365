"""Who may see and do what. Decided here, applied by the querysets in storage, nowhere else."""

from dataclasses import dataclass
from uuid import UUID

from .actors import Reader

# Which roles of a municipality work on which of its signals. A signal about a colleague, a member of the
# board or the focal point is for the designated person alone; focal point and buddy are passed by.
DESK = {"regular": frozenset({"focal_point", "buddy"}), "confidential": frozenset({"designated"})}


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

    Partners see disclosures, never signals.
    """
    lanes = frozenset(lane for lane, roles in DESK.items() if reader.role in roles)
    if reader.organisation_kind != "municipality" or not lanes:
        return NOTHING
    return Scope(reader.organisation, lanes)


def disclosure_scope(reader: Reader) -> UUID | None:
    """The organisation whose disclosures this reader may open: a partner's own, else none."""
    allowed = reader.role in ("partner", "care_coordinator") and reader.organisation_kind == "partner"
    return reader.organisation if allowed else None


# Pages that are not about one signal, by role. An unknown role reads nothing.
_EVERYBODY = frozenset({"policy", "notifications"})
_OFFICIAL = _EVERYBODY | {"report", "my_reports"}  # anybody who works for a municipality can report
_AT_THE_DESK = _OFFICIAL | {"work_list", "partners", "flow"}
AREAS: dict[str, frozenset[str]] = {
    "reporter": _OFFICIAL,
    "focal_point": _AT_THE_DESK,
    "buddy": _AT_THE_DESK,
    "designated": _AT_THE_DESK,
    "partner": _EVERYBODY | {"disclosures"},
    "care_coordinator": _EVERYBODY | {"disclosures"},
    "chain_director": _EVERYBODY | {"chain", "partners", "flow"},
    "functional_manager": _OFFICIAL | {"settings", "access_review", "partners", "flow"},
    "privacy_officer": _OFFICIAL | {"access_review", "partners", "flow"},
}


def may_enter(reader: Reader, area: str) -> bool:
    """Whether this reader may open an area."""
    return area in AREAS.get(reader.role, frozenset())
