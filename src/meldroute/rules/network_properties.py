"""What must hold for the entries of a pack themselves: states, routes, partners, municipalities."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from .acts import OWNERS, SUBJECTS
from .policy import Policy, Route
from .problems import Problem


def every_kind_of_signal_starts(policy: Policy) -> Iterator[Problem]:
    """A signal about a person, a place or both has a state to start in."""
    for about in SUBJECTS:
        if not any(about in entry.about for entry in policy.entries):
            yield Problem("entries", f"a signal about {about} starts nowhere", f'Add "{about}" to "about" of an entry.')


def somebody_is_responsible(policy: Policy) -> Iterator[Problem]:
    """Every open state has an owner and a clock."""
    norms = {row.norm.id for row in policy.norms}
    for state in (s for s in policy.states if s.is_open):
        if state.owner not in OWNERS:
            yield Problem(f"state '{state.id}'", "has no owner", f"Add owner: {', '.join(sorted(OWNERS))}.")
        if state.clock not in norms:
            yield Problem(f"state '{state.id}'", "has no clock", f"Add clock: {', '.join(sorted(norms))}.")


def every_form_has_a_route(policy: Policy) -> Iterator[Problem]:
    """Every form of exploitation has a route with at least one partner."""
    routed = {r.form for r in policy.routes if any(r.order)}
    for form in policy.forms:
        if form.id not in routed:
            yield Problem(f"form '{form.id}'", "has no route, so nobody would hear of it",
                          f'Add [[routes]] with form = "{form.id}" and order = [["…"]].')  # fmt: skip


def routes_keep_promises(policy: Policy) -> Iterator[Problem]:
    """A route puts first who was promised to come first, and no forms together make a circle."""
    for route in policy.routes:
        for order in policy.orders:
            if route.form in order.forms and not _puts_before(route, order.first, order.then):
                yield Problem(f"route '{route.form}'",
                              f"does not put {order.first} before {order.then}, as was promised ({order.source})",
                              f"Put {order.first} in an earlier group than {order.then}.")  # fmt: skip
    circle = _circle(policy)
    if circle:
        yield Problem("routes", f"together they wait in a circle: {' before '.join(circle)}",
                      "Use the same order of these partners on every route.")  # fmt: skip


def _puts_before(route: Route, first: str, then: str) -> bool:
    place = {partner: n for n, group in enumerate(route.order) for partner in group}
    return then not in place or (first in place and place[first] < place[then])


def _circle(policy: Policy) -> list[str]:
    """Partners that would wait for each other when a signal has several forms; empty when nobody does."""
    later: dict[str, set[str]] = {}
    for route in policy.routes:
        for n, group in enumerate(route.order):
            for first in group:
                later.setdefault(first, set()).update(p for after in route.order[n + 1:] for p in after)
    for start in sorted(later):
        path = _way_back(start, start, later, (start,))
        if path:
            return [*path, start]
    return []


def _way_back(here: str, start: str, later: dict[str, set[str]], walked: tuple[str, ...]) -> tuple[str, ...]:
    for then in sorted(later.get(here, ())):
        if then == start:
            return walked
        if then not in walked and (path := _way_back(then, start, later, (*walked, then))):
            return path
    return ()


def partners_can_be_reached(policy: Policy) -> Iterator[Problem]:
    """Everyone on a route and the urgent partner has a channel."""
    routed = (p for r in policy.routes for group in r.order for p in group)
    yield from _unreachable(policy, (policy.urgent_partner, *routed), "must be told")
    if not any(channel.kind == "tel" for channel in policy.partner(policy.urgent_partner).channels):
        yield Problem(f"partner '{policy.urgent_partner}'", "must be called at once and has no phone number",
                      'Add a channel with kind = "tel".')  # fmt: skip


def _unreachable(policy: Policy, partners: Iterable[str], why: str) -> Iterator[Problem]:
    """The care coordinator of a municipality is looked at there: see `municipalities_have_a_care_coordinator`."""
    for id in dict.fromkeys(partners):
        partner = policy.partner(id)
        if not (partner.channels or partner.per_municipality or id == policy.care_partner):
            yield Problem(f"partner '{id}'", f"{why} and has no channel",
                          "Add [[partners.channels]], or per_municipality = true.")  # fmt: skip


def offered_without_channel(policy: Policy) -> Iterator[Problem]:
    """An offered recipient or expert without a channel: a warning, for nobody is bound to use it."""
    experts = (p.id for p in policy.partners if p.expert)
    yield from _unreachable(policy, (*(e.partner for e in policy.extras), *experts), "may be asked or told")


def municipalities_have_a_care_coordinator(policy: Policy) -> Iterator[Problem]:
    """Each municipality knows a care coordinator who can be reached."""
    known = {p.id: p for p in policy.partners}
    for row in policy.municipalities:
        partner = known.get(row.care_coordinator)
        if partner is None or not (partner.channels or partner.per_municipality):
            cause = "is unknown" if partner is None else "has no channel"
            yield Problem(f"municipality '{row.code}'", f"its care coordinator {row.care_coordinator} {cause}",
                          "Name a partner with a channel.")  # fmt: skip


def municipalities_go_on(policy: Policy) -> Iterator[Problem]:
    """The successor of a municipality exists, from the day after it ends."""
    for row in policy.municipalities:
        if not (row.successor and row.valid_to):
            continue
        heirs = [m for m in policy.municipalities if m.code == row.successor]
        next_day = row.valid_to + timedelta(days=1)
        if not any(heir.exists_on(next_day) for heir in heirs):
            cause = f"does not exist on {next_day}" if heirs else "is unknown"
            yield Problem(f"municipality '{row.code}'", f"its successor {row.successor} {cause}",
                          "Name the municipality that exists then, or mend the dates.")  # fmt: skip


def guards_are_explained(policy: Policy) -> Iterator[Problem]:
    """Every guard in use says in the region's words what would open the step."""
    explained = {text.id for text in policy.guard_texts}
    for step in policy.steps:
        for guard in step.guards:
            if guard not in explained:
                yield Problem(f"step '{step.id}'", f"guard {guard} has no text",
                              f'Add [[guards]] with id = "{guard}", because and opens_with.')  # fmt: skip


def urgent_numbers_that_close(policy: Policy) -> Iterator[Problem]:
    """The urgent partner has no number that always answers: a warning, for 112 remains."""
    channels = policy.partner(policy.urgent_partner).channels
    if not any(c.kind == "tel" and c.opening is None for c in channels):
        yield Problem(f"partner '{policy.urgent_partner}'", "has no phone number that always answers",
                      "Add the number for nights and weekends, without opening hours.")  # fmt: skip
