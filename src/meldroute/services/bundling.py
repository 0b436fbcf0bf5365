"""Signals about the same matter, bundled by hand and taken apart again. One leads, the others follow it.

A member keeps its own key, its own story and its own reporter, who gets feedback of their own (S-B2-35).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from meldroute.rules.actors import Reader
from meldroute.rules.lifecycle import Refused
from meldroute.rules.policy import State
from meldroute.storage.models import Signal
from meldroute.storage.visible import visible_signal

from .desk import Desk, at_desk, record
from .opening import ActCard, Opened, opened
from .running_policy import policy_of

MOST_OFFERED = 20  # open signals shown to choose from; any other is found by its reference


class CannotBundle(Exception):
    """These two cannot be bundled like this. `cause` is one of CAUSES; `way_out` says what can be done."""

    def __init__(self, reference: str, lead: str, cause: str):
        self.reference, self.lead, self.cause = reference, lead, cause
        super().__init__(f"signal {reference}, bundling with {lead}: {CAUSES[cause][0]}. {CAUSES[cause][1]}")


CAUSES = {
    "itself": ("it is the same signal", "Give the reference of the other signal."),
    "unknown": ("there is no such open signal here", "Check it. Only a signal of this municipality and desk leads."),
    "shielded": ("one of the two is shielded", "Bundle first and shield after: a bundle is narrowed as one."),
    "closed": ("the other signal is closed", "Choose an open signal, or handle this one by itself."),
    "follows": ("the other signal follows a signal itself", "Bundle with the signal that leads there."),
    "leads": ("other signals follow this one", "Take those out of the bundle first, or let the other follow this one."),
}  # fmt: skip


def bundle(reference: str, lead: str, *, reader: Reader, now: datetime, version: int | None = None) -> None:
    """Let a signal follow another open signal of the same municipality and desk. Raises `CannotBundle`."""
    with transaction.atomic():
        _lock_in_order((reference, lead), reader)
        with at_desk(reference, reader=reader, now=now, version=version) as desk:
            leading = _leading(lead, desk, reader)
            allowed = desk.step("bundle")
            desk.signal.lead = leading
            desk.move(allowed)
            record(leading, reader.actor, [("bundle.joined", {"member": str(desk.signal.pk)})], now=now)


def unbundle(reference: str, *, reader: Reader, now: datetime, version: int | None = None) -> None:
    """Take a signal out of its bundle: it is enriched and judged by itself again."""
    with at_desk(reference, reader=reader, now=now, version=version) as desk:
        allowed = desk.step("unbundle")
        leading, desk.signal.lead = desk.signal.lead, None
        desk.move(allowed)
        if leading:
            record(leading, reader.actor, [("bundle.left", {"member": str(desk.signal.pk)})], now=now)


def follow_lead(reference: str, *, reader: Reader, now: datetime, version: int | None = None) -> None:
    """The signal that leads is done: this one goes on to the feedback of its own reporter."""
    with at_desk(reference, reader=reader, now=now, version=version) as desk:
        desk.move(desk.step("follow_lead"))


def _lock_in_order(references: Iterable[str], reader: Reader) -> None:
    """Both signals, always in one order: two people who bundle two signals into each other wait, never deadlock."""
    rows = Signal.objects.visible_to(reader).filter(reference__in=references)
    list(rows.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))


def _leading(reference: str, desk: Desk, reader: Reader) -> Signal:
    """The signal that will lead, checked while it is locked: what is true here is true at the commit."""
    signal = desk.signal
    lead = visible_signal(reference, reader=reader)
    cause = _why_not(signal, lead)
    if cause:
        raise CannotBundle(signal.reference, reference, cause)
    return lead


def _why_not(signal: Signal, lead: Signal | None) -> str:
    if lead is None or (lead.municipality_id, lead.lane) != (signal.municipality_id, signal.lane):
        return "unknown"
    if lead.pk == signal.pk:
        return "itself"
    if lead.shielded or signal.shielded:
        return "shielded"
    if lead.kind == "end":
        return "closed"
    if lead.lead_id is not None:
        return "follows"
    return "leads" if Signal.objects.filter(lead=signal, kind="bundled").exists() else ""


# The page


@dataclass(frozen=True, slots=True)
class OtherSignal:
    reference: str
    state: State
    received_at: datetime


@dataclass(frozen=True, slots=True)
class BundlingPage:
    act: ActCard
    lead: str | None
    members: tuple[str, ...]
    others: tuple[OtherSignal, ...]  # newest open signals that could lead
    cause: str  # why this signal cannot follow another one; "" when it can
    unbundling: bool  # it follows a signal and can be taken out
    following: Refused | None  # why it cannot go on to feedback yet


def bundling_page(reference: str, *, reader: Reader, now: datetime, act: str = "bundle",
                  language: str = "nl") -> BundlingPage:
    with opened(reference, reader=reader, now=now, part="bundle", language=language) as found:
        answer = found.answer(act)
        following = found.answer("follow_lead")
        members = tuple(Signal.objects.visible_to(reader).filter(lead=found.signal, kind="bundled")
                        .order_by("reference").values_list("reference", flat=True))  # fmt: skip
        return BundlingPage(
            act=found.card(answer), lead=_lead_reference(found), members=members, others=_others(found, reader),
            cause="leads" if members else "", unbundling=found.signal.lead_id is not None,
            following=following if isinstance(following, Refused) else None,
        )


def _lead_reference(found: Opened) -> str | None:
    return Signal.objects.values_list("reference", flat=True).get(pk=found.signal.lead_id) if (
        found.signal.lead_id) else None  # fmt: skip


def _others(found: Opened, reader: Reader) -> tuple[OtherSignal, ...]:
    """References and states only: enough to recognise what lies beside it on the work list."""
    rows = (Signal.objects.visible_to(reader).open()
            .filter(lane=found.signal.lane, lead=None).exclude(pk=found.signal.pk)
            .order_by("-received_at")[:MOST_OFFERED])  # fmt: skip
    return tuple(OtherSignal(row.reference, _state(row, found), row.received_at) for row in rows)


def _state(row: Signal, found: Opened) -> State:
    return policy_of(row.pack_id, now=found.desk.now).state(row.state)
