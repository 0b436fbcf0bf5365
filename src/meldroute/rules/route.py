"""Decide who must hear about a signal, in which order, and why."""

from dataclasses import dataclass
from functools import lru_cache

from .facts import SignalFacts
from .policy import Extra, Policy, Route, ThisPolicy


@dataclass(frozen=True, slots=True)
class Recipient:
    """One partner on the route. `rank` 1 comes first; equal ranks have no order between them."""

    partner: str
    rank: int
    required: bool
    because: tuple[str, ...]  # ids of the forms (or the extra) that ask for this partner
    source: str
    status: str


@dataclass(frozen=True, slots=True)
class Routing:
    recipients: tuple[Recipient, ...]
    earlier: frozenset[tuple[str, str]]  # (first, then): the strictest order of all routes that apply
    skipped: tuple[str, ...]  # forms whose route did not apply, for the explanation page

    @property
    def required(self) -> tuple[str, ...]:
        return tuple(r.partner for r in self.recipients if r.required)

    def before(self, partner: str) -> frozenset[str]:
        """Partners that must be spoken to before this one, however many links away."""
        return _before(partner, self.earlier)


@lru_cache(maxsize=256)
def _before(partner: str, earlier: frozenset[tuple[str, str]]) -> frozenset[str]:
    found: set[str] = set()
    todo = {partner}
    while todo:
        todo = {first for first, then in earlier if then in todo} - found
        found |= todo
    return frozenset(found)


def route_signal(facts: SignalFacts, policy: Policy) -> Routing:
    """The union of the routes of all forms that were judged; the strictest order wins (F1.D3, F1.R)."""
    return _route(facts.forms, facts.danger, ThisPolicy(policy))


def on_route(partner: str, policy: Policy) -> str:
    """The name a route uses for this partner: whoever coordinates care here is "the care coordinator" there."""
    return policy.care_partner if partner in _care_coordinators(ThisPolicy(policy)) else partner


def is_excluded(partner: str, excluded: frozenset[str], policy: Policy) -> bool:
    """Under its own name, or under the name the route uses; another care coordinator's exclusion is not theirs."""
    return bool(excluded) and bool({partner, on_route(partner, policy)} & excluded)


@lru_cache(maxsize=8)
def _care_coordinators(this: ThisPolicy) -> frozenset[str]:
    return frozenset(m.care_coordinator for m in this.policy.municipalities)


@lru_cache(maxsize=256)
def _route(forms: frozenset[str], danger: bool, this: ThisPolicy) -> Routing:
    policy = this.policy
    routes = tuple(r for r in policy.routes if r.form in forms)
    earlier = frozenset(pair for route in routes for pair in _pairs(route))
    recipients = tuple(_recipient(p, routes, earlier) for p in _partners(routes))
    named = {r.partner for r in recipients}
    extras = tuple(_extra(e) for e in policy.extras if _applies(e, forms, danger) and e.partner not in named)
    skipped = tuple(r.form for r in policy.routes if r not in routes)
    return Routing(tuple(sorted(recipients, key=lambda r: r.rank)) + extras, earlier, skipped)


def _pairs(route: Route) -> set[tuple[str, str]]:
    return {(first, then) for n, group in enumerate(route.order) for later in route.order[n + 1:]
            for first in group for then in later}


def _partners(routes: tuple[Route, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(p for route in routes for group in route.order for p in group))


def _recipient(partner: str, routes: tuple[Route, ...], earlier: frozenset[tuple[str, str]]) -> Recipient:
    asking = tuple(r for r in routes if any(partner in group for group in r.order))
    return Recipient(partner, _rank(partner, earlier, frozenset()), True, tuple(r.form for r in asking),
                     asking[0].source, asking[0].status)


def _rank(partner: str, earlier: frozenset[tuple[str, str]], seen: frozenset[str]) -> int:
    firsts = [first for first, then in earlier if then == partner and first not in seen]
    return 1 + max((_rank(first, earlier, seen | {partner}) for first in firsts), default=0)


def _applies(extra: Extra, forms: frozenset[str], danger: bool) -> bool:
    return bool(forms & extra.forms) and (danger or not extra.when_danger)


def _extra(extra: Extra) -> Recipient:
    return Recipient(extra.partner, 1, False, (extra.id,), extra.source, extra.status)
