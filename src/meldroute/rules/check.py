"""Prove a policy before anybody relies on it: `check(policy)` walks every path and looks at every entry."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from . import network_properties as network
from . import path_properties as paths
from .exploration import MOST_FACTS, Exploration, explore
from .policy import Policy
from .problems import Problem

__all__ = ["Problem", "Report", "check"]

OF_ENTRIES: tuple[Callable[[Policy], Iterator[Problem]], ...] = (
    network.every_kind_of_signal_starts,
    network.somebody_is_responsible,
    network.every_form_has_a_route,
    network.routes_keep_promises,
    network.partners_can_be_reached,
    network.municipalities_have_a_care_coordinator,
    network.municipalities_go_on,
    network.guards_are_explained,
)
OF_PATHS: tuple[Callable[[Exploration], Iterator[Problem]], ...] = (
    paths.an_end_is_near,
    paths.the_reporter_hears,
    paths.somebody_was_consulted,
    paths.the_order_is_kept,
    paths.exclusions_hold_nobody_up,
    paths.the_urgent_partner_is_one_step_away,
    paths.danger_waits_for_nobody,
    paths.asking_more_ends,
    paths.every_state_is_reached,
    paths.colleagues_are_worked_on,
)


TOO_MUCH = Problem("states and routes", f"more than {MOST_FACTS} situations can arise, so nothing is proven",
                   "Use fewer states, or fewer partners per route.")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Report:
    """What was found. `facts_seen` counts different situations, `steps_seen` steps that some path takes."""

    policy: str
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    proven: tuple[str, ...]  # properties that hold, as sentences
    states_seen: int
    steps_seen: int
    facts_seen: int
    moves_seen: int

    @property
    def is_sound(self) -> bool:
        return not self.problems


def check(policy: Policy) -> Report:
    """Everything that is wrong with a policy, and everything that was proven about it."""
    where = f"policy '{policy.id} {policy.valid_from}'"
    walked = explore(policy)
    found = [(holds, tuple(holds(policy))) for holds in OF_ENTRIES]
    found += [(holds, tuple(holds(walked)) if walked.complete else (TOO_MUCH,)) for holds in OF_PATHS]
    warnings = (*paths.steps_never_taken(walked), *network.offered_without_channel(policy),
                *network.urgent_numbers_that_close(policy))  # fmt: skip
    return Report(
        policy=f"{policy.id} {policy.valid_from}",
        problems=_at(where, dict.fromkeys(p for _, problems in found for p in problems)),
        warnings=_at(where, warnings),
        proven=tuple(_sentence(holds) for holds, problems in found if not problems),
        states_seen=len({facts.state for facts in walked.moves}),
        steps_seen=len({move.step.id for move in walked.all_moves() if move.step}),
        facts_seen=len(walked.moves),
        moves_seen=sum(map(len, walked.moves.values())),
    )


def _at(where: str, problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(Problem(f"{where}, {p.place}", p.cause, p.way_out) for p in problems)


def _sentence(holds: Callable) -> str:
    return (holds.__doc__ or holds.__name__).strip().splitlines()[0]
