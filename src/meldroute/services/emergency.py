"""Whom to call this very hour: from the policy in memory, so that it answers when nothing else does."""

from dataclasses import dataclass
from datetime import datetime

from meldroute.policies import UnknownPack
from meldroute.rules.contacts import OpeningState, whom_to_call
from meldroute.rules.policy import Partner, Policy
from meldroute.rules.policy_parse import PolicyErrors

from .running_policy import pack_now


@dataclass(frozen=True, slots=True)
class CallLine:
    name: str
    number: str
    open_now: bool
    opens_at: datetime | None
    closes_at: datetime | None
    confirmed: bool
    hours_known: bool
    note: str


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence of the policy pack, with where it was read."""

    text: str
    source: str
    status: str


@dataclass(frozen=True, slots=True)
class Emergency:
    """`calls`: best first; empty when the policy cannot be read, and then the page falls back on 112 and 0900-8844."""

    calls: tuple[CallLine, ...] = ()
    specialist: str = ""  # the urgent partner as people know it
    lines: tuple[Line, ...] = ()


def emergency_now(*, now: datetime, language: str) -> Emergency:
    """No database. A policy that cannot be read takes the specialist's number away, never the page."""
    try:
        policy = pack_now(now=now).policy
    except (UnknownPack, PolicyErrors):
        return Emergency()
    partner = policy.partner(policy.urgent_partner)
    advice = whom_to_call(partner.channels, now=now)
    calls = tuple(_line(state, partner, language) for state in (*advice.call, *advice.closed))
    return Emergency(calls, partner.known_as, lines_of(policy, "danger", language=language))


def lines_now(*moments: str, now: datetime, language: str) -> tuple[Line, ...]:
    """What the pack in force says at these moments (acts.ADVICE_MOMENTS)."""
    return lines_of(pack_now(now=now).policy, *moments, language=language)


def lines_of(policy: Policy, *moments: str, language: str) -> tuple[Line, ...]:
    """Each line once, in the order of the pack."""
    said = dict.fromkeys(line for moment in moments for line in policy.advice_for(moment))
    return tuple(Line(line.text.say(language), line.source, line.status) for line in said)


def _line(state: OpeningState, partner: Partner, language: str) -> CallLine:
    """The partner's first number bears its name; any other answers for somebody else, whom the note names."""
    channel = state.channel
    note = channel.note(language)
    own = channel is next(c for c in partner.channels if c.kind == "tel")
    named = own or not note
    return CallLine(name=partner.known_as if named else note[:1].upper() + note[1:], number=channel.value,
                    open_now=state.open_now, opens_at=state.opens_at, closes_at=state.closes_at,
                    confirmed=channel.confirmed, hours_known=state.hours_known, note=note if named else "")
