"""Close a signal, only as the policy allows: something was concluded, taken up or discussed, and the reporter heard."""

from dataclasses import dataclass
from datetime import datetime

from meldroute.rules.actors import Reader
from meldroute.rules.closing import fits
from meldroute.rules.lifecycle import StepRefused
from meldroute.rules.policy import Text
from meldroute.storage.facts import facts_of
from meldroute.storage.models import Signal
from meldroute.storage.vouching import genuine

from .desk import Desk, NoSuchStep, at_desk, finish, key_of
from .opening import ActCard, opened
from .running_policy import policy_of


class ReasonDoesNotFit(ValueError):
    """This reason needs something that was not recorded."""

    def __init__(self, reason: str, needs: str):
        super().__init__(f"closing reason '{reason}': it needs '{needs}', and that is not recorded. "
                         "Record it first, or choose a reason that fits what happened.")  # fmt: skip
        self.reason, self.needs = reason, needs


@dataclass(frozen=True, slots=True)
class ReasonCard:
    id: str
    label: Text
    source: str
    status: str
    fits: bool
    needs: str


@dataclass(frozen=True, slots=True)
class ClosingCard:
    act: ActCard
    reasons: tuple[ReasonCard, ...]


def closing_page(reference: str, *, reader: Reader, now: datetime, language: str = "nl") -> ClosingCard:
    with opened(reference, reader=reader, now=now, part="closing", language=language) as found:
        facts, policy = found.desk.facts, found.policy
        reasons = tuple(ReasonCard(r.id, r.label, r.source, r.status, fits(r, facts, policy), r.needs)
                        for r in policy.closing_reasons)
        return ClosingCard(found.card(found.answer("close")), reasons)


def close(reference: str, *, reason: str, reader: Reader, now: datetime, version: int | None = None) -> None:
    """Raises `StepRefused`, `NoSuchStep`, `ReasonDoesNotFit` and `UnknownInPolicy`."""
    with at_desk(reference, reader=reader, now=now, version=version) as desk:
        chosen = desk.policy.closing_reason(reason)
        allowed = desk.step("close")
        if not fits(chosen, desk.facts, desk.policy):
            raise ReasonDoesNotFit(chosen.id, chosen.needs)
        desk.signal.closing_reason = chosen.id
        desk.move(allowed)
        desk.note("signal.closed", reason=chosen.id)


def bring_members_along(desk: Desk) -> tuple[str, ...]:
    """The signal that leads goes to its report-back: what is bundled with it follows, each with its own feedback.

    Returns the references that followed. One that the policy still holds back stays, with its own clock.
    """
    if desk.signal.kind != "report_back":
        return ()
    members = Signal.objects.filter(lead=desk.signal).select_for_update(of=("self",)).order_by("id")
    return tuple(member.reference for member in genuine(members) if _follow(member, desk))


def _follow(member: Signal, desk: Desk) -> bool:
    policy, key = policy_of(member.pack_id, now=desk.now), key_of(member.pk)
    own = Desk(signal=member, key=key, policy=policy,
               facts=facts_of(member, policy, key=key).with_(lead_done=True),  # what leads is saved when its own desk is finished
               choices=desk.choices, actor=desk.actor, now=desk.now)
    try:
        allowed = own.step("follow_lead")
    except (StepRefused, NoSuchStep):
        return False
    own.move(allowed)
    finish(own)
    return True
