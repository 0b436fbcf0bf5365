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
    specialist: str = ""  # the urgent partner as people know it: "AVIM"
    lines: tuple[Line, ...] = ()


LINES = ("gevaar-112", "niet-aanspreken", "beelden-minderjarige", "minderjarig-veilig-thuis")


def emergency_now(*, now: datetime, language: str) -> Emergency:
    """No database. A policy that cannot be read takes the specialist's number away, never the page."""
    try:
        policy = pack_now(now=now).policy
    except (UnknownPack, PolicyErrors):
        return Emergency()
    partner = policy.partner(policy.urgent_partner)
    advice = whom_to_call(partner.channels, now=now)
    calls = tuple(_line(state, partner, language) for state in (*advice.call, *advice.closed))
    return Emergency(calls, partner.known_as, lines_of(policy, LINES, language=language))


def lines_now(ids: tuple[str, ...], *, now: datetime, language: str) -> tuple[Line, ...]:
    """These lines of the pack in force, in this order; a region that has another set shows what it has."""
    return lines_of(pack_now(now=now).policy, ids, language=language)


def lines_of(policy: Policy, ids: tuple[str, ...], *, language: str) -> tuple[Line, ...]:
    known = {advice.id: advice for advice in policy.advice}
    return tuple(Line(known[id].text.say(language), known[id].source, known[id].status) for id in ids if id in known)


def _line(state: OpeningState, partner: Partner, language: str) -> CallLine:
    """The partner's first number bears its name; any other answers for somebody else, whom the note names."""
    channel = state.channel
    note = channel.note_en if language == "en" and channel.note_en else channel.note_nl
    own = channel is next(c for c in partner.channels if c.kind == "tel")
    named = own or not note
    return CallLine(name=partner.known_as if named else note[:1].upper() + note[1:], number=channel.value,
                    open_now=state.open_now, opens_at=state.opens_at, closes_at=state.closes_at,
                    confirmed=channel.confirmed, note=note if named else "")
