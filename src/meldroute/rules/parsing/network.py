"""Read who a pack knows and by when they act: partners with channels, municipalities, norms, legal bases."""

from ..acts import BASIS_RESTS_ON, DATA_KINDS, NORM_ROLES, REQUESTS, STATUSES
from ..contacts import KINDS, BadChannel, BadNumber, Channel, OpeningWindow
from ..deadlines import UNITS, BadNorm, Norm
from ..policy_entries import LegalBasis, Municipality, NormRow, Note, Partner, Text
from ..working_time import BadHours
from .row import Row

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def read_note(row: Row) -> Note:
    return Note(row.own_words(), **row.provenance())


def read_partner(row: Row) -> Partner:
    return Partner(
        id=row.text("id"), name=row.words("name"), known_as=row.text("known_as"),
        tasks=row.each("tasks", "task", read_note, id_key=None, optional=True),
        channels=row.each("channels", "channel", _channel, id_key="value", optional=True), scope=row.words("scope"),
        police=row.flag("police", default=False), expert=row.flag("expert", default=False),
        per_municipality=row.flag("per_municipality", default=False),
        own_desk=row.flag("own_desk", default=False), check=row.maybe_words("check"),
        **row.provenance(),
    )  # fmt: skip


def _channel(row: Row) -> Channel | None:
    wrong_before = len(row.findings.errors)
    note = row.maybe_words("note") or Text("")
    facts = {
        "kind": row.choice("kind", KINDS),
        "value": row.text("value"),
        "opening": row.each("opening", "opening", _window, id_key=None) if row.has("opening") else None,
        "confirmed": row.flag("confirmed"),
        "on_holidays": row.flag("on_holidays", default=False),
        "hours_known": row.flag("hours_known", default=True),
        **row.provenance(),
    }
    if len(row.findings.errors) > wrong_before:
        return None  # said above; the channel itself would only say it again
    try:
        return Channel(note_nl=note.nl, note_en=note.en, **facts)
    except (BadChannel, BadNumber, BadHours) as error:
        row.wrong("cannot be used", str(error))
        return None


def _window(row: Row) -> OpeningWindow:
    days = row.names("days", DAYS, what="day")
    return OpeningWindow(frozenset(DAYS.index(d) for d in days if d in DAYS), row.clock("start"), row.clock("end"))


def read_municipality(row: Row) -> Municipality:
    return Municipality(
        code=row.text("code"), name=row.text("name"), safety_region=row.text("safety_region"),
        care_coordinator=row.text("care_coordinator"),
        care_coordinator_status=row.choice("care_coordinator_status", STATUSES, what="status"),
        valid_from=row.day("valid_from"), valid_to=row.day("valid_to"), successor=row.maybe_text("successor"),
        **row.provenance(),
    )  # fmt: skip


def read_norm(row: Row) -> NormRow | None:
    id, label, origin = row.text("id"), row.words("label"), row.provenance()
    norm = _norm(row, id)
    danger = row.closed_child("danger", lambda inner: _norm(inner, id)) if row.has("danger") else None
    role = row.choice("for", NORM_ROLES, what="role of a norm") if row.has("for") else ""
    return NormRow(norm, label, danger=danger, role=role, **origin) if norm else None


def _norm(row: Row, id: str) -> Norm | None:
    amount, unit = row.number("amount"), row.choice("unit", UNITS)
    try:
        return Norm(id, amount, unit) if unit in UNITS else None
    except BadNorm as error:
        row.wrong("cannot be counted", str(error))
        return None


def read_legal_basis(row: Row) -> LegalBasis:
    return LegalBasis(
        id=row.text("id"), label=row.words("label"), partners=frozenset(row.names("partners", optional=True)),
        kinds=frozenset(row.names("kinds", DATA_KINDS, what="kind of data")), purpose=row.words("purpose"),
        confirmed=row.flag("confirmed"), valid_from=row.day("valid_from"), valid_to=row.day("valid_to"),
        rests_on=row.choice("rests_on", BASIS_RESTS_ON), check=row.maybe_words("check"),
        only_for=frozenset(row.names("only_for", REQUESTS, what="request", optional=True)), **row.provenance(),
    )  # fmt: skip
