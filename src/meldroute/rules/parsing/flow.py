"""Read the flow of a pack: entries, states, steps, guard texts, routes and their orders."""

from ..acts import ACTS, CONCLUSIONS, OWNERS, ROLES, STATE_KINDS, STAYING_ACTS, SUBJECTS
from ..guards import GUARDS
from ..policy_entries import Entry, Extra, GuardText, Order, Route, State, Step
from .row import Row


def read_entry(row: Row) -> Entry:
    about = row.names("about", SUBJECTS, what="subject")
    return Entry(frozenset(about), row.text("state"), **row.provenance())


def read_state(row: Row) -> State:
    kind = row.choice("kind", STATE_KINDS)
    is_end = kind == "end"
    return State(
        id=row.text("id"), kind=kind, label=row.words("label"), reporter_sees=row.words("reporter_sees"),
        next=row.words("next"), owner=_of_open_state(row, "owner", is_end), clock=_of_open_state(row, "clock", is_end),
        **row.provenance(),
    )  # fmt: skip


def _of_open_state(row: Row, key: str, is_end: bool) -> str | None:
    """An open state has an owner and a clock, or a signal would lie around in it; an end has neither."""
    if is_end and row.has(key):
        row.wrong(f"is an end and has {key} {row.text(key)}", f"Leave {key} out: nothing waits at an end.")
        return None
    value = row.text(key, optional=is_end)
    if key == "owner":
        row.findings.must_know(row.place, "owner", value, OWNERS)
    return value or None


def read_step(row: Row) -> Step:
    act = row.choice("act", ACTS)
    return Step(
        id=row.text("id"), act=act, from_states=row.names("from"), to=_target(row, act),
        by=frozenset(row.names("by", ROLES, what="role")), label=row.words("label"),
        guards=row.names("guards", GUARDS, what="guard", optional=True), conclusion=_conclusion(row, act),
        **row.provenance(),
    )  # fmt: skip


def _target(row: Row, act: str) -> str | None:
    to = row.maybe_text("to")
    if to and act in STAYING_ACTS:
        row.wrong(f"act {act} stays where it is, yet it goes to {to}", "Leave to out, or choose an act that moves.")
    if not to and act in ACTS - STAYING_ACTS:
        row.wrong(f"act {act} moves the signal, yet there is no to", "Add to with the id of the next state.")
    return to


def _conclusion(row: Row, act: str) -> str | None:
    if act == "conclude":
        return row.choice("conclusion", CONCLUSIONS)
    conclusion = row.maybe_text("conclusion")
    if conclusion:
        row.wrong(f"act {act} draws no conclusion", "Leave conclusion out, or make the act conclude.")
    return conclusion


def read_guard_text(row: Row) -> GuardText:
    id = row.choice("id", GUARDS, what="guard")
    return GuardText(id, row.words("because"), row.words("opens_with"), **row.provenance())


def read_route(row: Row) -> Route:
    return Route(row.text("form"), _order(row), note=row.maybe_words("note"), **row.provenance())


def _order(row: Row) -> tuple[tuple[str, ...], ...]:
    value = row.value("order")
    if value is None:
        return ()
    groups = value if isinstance(value, list | tuple) else ()
    if not groups or not all(isinstance(g, list | tuple) and g and all(isinstance(p, str) for p in g) for g in groups):
        row.wrong("order is no list of groups", 'Write order = [["FIRST"], ["THEN", "TOGETHER"]].')
        return ()
    partners = [p for group in groups for p in group]
    for double in sorted({p for p in partners if partners.count(p) > 1}):
        row.wrong(f"order names {double} twice", f"Leave one {double} out.")
    return tuple(tuple(group) for group in groups)


def read_order(row: Row) -> Order:
    order = Order(row.text("first"), row.text("then"), frozenset(row.names("forms")), **row.provenance(),
                  because=row.maybe_words("because"))  # fmt: skip
    if order.first and order.first == order.then:
        row.wrong(f"{order.first} would come before itself", "Name two different partners in first and then.")
    return order


def read_extra(row: Row) -> Extra:
    return Extra(
        id=row.text("id"), partner=row.text("partner"), forms=frozenset(row.names("forms")),
        when_danger=row.flag("when_danger", default=False), because=row.words("because"), **row.provenance(),
    )  # fmt: skip
