"""Who may see and do what. Decided here, applied by the querysets in storage, nowhere else."""

from dataclasses import dataclass
from uuid import UUID

from .actors import Reader

# Which roles of a municipality work on which of its signals. A signal about a colleague, a member of the
# board or the focal point is for the designated person alone; focal point and buddy are passed by.
# What came in from outside without proof of work waits apart ("held"), or was put aside with a reason ("spam").
DESK = {"regular": frozenset({"focal_point", "buddy"}), "confidential": frozenset({"designated"}),
        "held": frozenset({"focal_point", "buddy"}), "spam": frozenset({"focal_point", "buddy"})}
SET_ASIDE = frozenset({"held", "spam"})  # seen by the same desk, in groups of their own
IN_WORK = frozenset(DESK) - SET_ASIDE


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


def log_scope(reader: Reader) -> UUID | None:
    """The municipality whose history this reader may see: who did what, never what a signal says.

    Never a data subject, and never the desk itself: who is looked at must not see the looking.
    """
    allowed = reader.role == "privacy_officer" and reader.organisation_kind == "municipality"
    return reader.organisation if allowed else None


# Destroying takes two persons with two kinds of knowledge. The desk of a signal knows what is in it and says that it is
# no longer needed. The privacy officer, who advises on terms and never sees content, sees what kind, how many, under
# which term and who proposed it, and lets it happen. A functional manager has no part in it, nor has the clock.
PROPOSES_DESTRUCTION = DESK
APPROVES_DESTRUCTION = frozenset({"privacy_officer"})


def retention_scope(reader: Reader) -> Scope:
    """Whose terms, holds and lists this reader sees: references and dates, never what a signal says."""
    if reader.role in APPROVES_DESTRUCTION and reader.organisation_kind == "municipality":
        return Scope(reader.organisation, frozenset(DESK))
    return signal_scope(reader)


def may_propose_destruction(reader: Reader, *, lane: str) -> bool:
    return reader.role in PROPOSES_DESTRUCTION.get(lane, frozenset())


def may_approve_destruction(reader: Reader) -> bool:
    return reader.role in APPROVES_DESTRUCTION


# Who may ever read in an emergency a signal that is closed to them, when those whose it is cannot be reached: the
# designated person of the municipality, and the desk of the neighbour that its mandate names. Nobody else, and never a
# signal about a colleague: that is for the designated person alone, or for nobody.
EMERGENCY = {"own": frozenset({"designated"}), "neighbour": frozenset({"focal_point", "buddy"})}
EMERGENCY_LANES = frozenset({"regular"})


@dataclass(frozen=True, slots=True)
class EmergencyScope:
    """Signals of these municipalities in these lanes. `abandoned`: where also a shielded one may be read, once nobody
    whom it was narrowed to is there any more."""

    municipalities: frozenset[UUID]
    abandoned: frozenset[UUID]
    lanes: frozenset[str] = EMERGENCY_LANES


def emergency_scope(reader: Reader, *, mandated: frozenset[UUID] = frozenset()) -> EmergencyScope:
    """What this reader may ask to read in an emergency. `mandated`: municipalities whose mandate names the reader's own."""
    if reader.organisation_kind != "municipality":
        return EmergencyScope(frozenset(), frozenset())
    own = frozenset({reader.organisation} if reader.role in EMERGENCY["own"] else ())
    near = mandated if reader.role in EMERGENCY["neighbour"] else frozenset()
    return EmergencyScope(own | near - {reader.organisation}, own)


def may_be_named(role: str, *, lane: str) -> bool:
    """Whom a signal may be narrowed to: those whose desk it is. Naming somebody takes rights away, it never gives any."""
    return role in DESK.get(lane, frozenset())


def names_again(reader: Reader) -> UUID | None:
    """The municipality for whose shielded signals this reader may name people, once nobody named is left: the designated
    person, who sees of such a signal its reference and no more."""
    allowed = reader.role == "designated" and reader.organisation_kind == "municipality"
    return reader.organisation if allowed else None


# Pages that are not about one signal, by role. An unknown role reads nothing.
_EVERYBODY = frozenset({"policy", "notifications"})
_OFFICIAL = _EVERYBODY | {"report", "my_reports"}  # anybody who works for a municipality can report
_AT_THE_DESK = _OFFICIAL | {"work_list", "partners", "flow", "retention", "emergency"}
AREAS: dict[str, frozenset[str]] = {
    "reporter": _OFFICIAL,
    "focal_point": _AT_THE_DESK,
    "buddy": _AT_THE_DESK,
    "designated": _AT_THE_DESK | {"abandoned"},
    "partner": _EVERYBODY | {"disclosures"},
    "care_coordinator": _EVERYBODY | {"disclosures"},
    "chain_director": _EVERYBODY | {"chain", "partners", "flow"},
    "functional_manager": _OFFICIAL | {"settings", "access_review", "partners", "flow"},
    "privacy_officer": _OFFICIAL | {"audit", "oversight", "subject_requests", "access_review", "partners", "flow",
                                    "retention", "papers"},
}


def may_enter(reader: Reader, area: str) -> bool:
    """Whether this reader may open an area."""
    return area in AREAS.get(reader.role, frozenset())


@dataclass(frozen=True, slots=True)
class Boundary:
    """The second wall: whose rows the database itself gives out. `everywhere`: no wall, for what time itself does.

    Coarser than what a reader may see, and asked by nobody: it holds when a question forgot its own filter.
    """

    municipalities: frozenset[UUID] = frozenset()
    membership: UUID | None = None  # notices of one's own, also about another municipality
    everywhere: bool = False


NOWHERE = Boundary()
EVERYWHERE = Boundary(everywhere=True)


def boundary(reader: Reader, *, disclosed_by: frozenset[UUID] = frozenset()) -> Boundary:
    """One's own organisation; a partner also reaches the municipalities that disclosed something to it."""
    partners = disclosed_by if disclosure_scope(reader) else frozenset()
    return Boundary(partners | {reader.organisation}, membership=reader.membership)
