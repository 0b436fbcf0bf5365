"""What the desk makes of a signal: danger, age, what was noticed, a summary, and with whom not to share.

Indicators are an aid to looking: they are shown with their strength in words, nothing adds them up, and one
that speaks against trafficking stands beside the others without taking anything away.
Sealed in `assessment_sealed`: summary, indicators (ids), excluded (partner ids), excluded_because, and the
reasons of changes. Clear: danger and age only.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from meldroute.rules.actors import Reader
from meldroute.rules.effects import admitting
from meldroute.rules.policy import Advice, Indicator
from meldroute.storage.models import Signal

from . import clocks, duties, duty_messages
from .desk import Desk, at_desk
from .notices import to_members
from .opening import ActCard, Opened, opened
from .referral import ReasonMissing, partners_here, place_of_request, resolved
from .running_policy import pack_now
from .urgent_calls import keep_calling, start_calling


class SignalClosed(Exception):
    """Nothing about a closed signal changes any more."""

    def __init__(self, reference: str):
        super().__init__(f"signal {reference}: it is closed. New information is a new signal.")


class UnknownChoice(ValueError):
    def __init__(self, what: str, value: str):
        super().__init__(f"{what}: '{value}' is not in this policy. Choose from the list.")
        self.what, self.value = what, value


def assess(reference: str, *, summary: str, indicators: Iterable[str], reader: Reader, now: datetime,
           version: int | None = None) -> None:
    """Keep the summary line and the indicators the focal point recognises."""
    with at_desk(reference, reader=reader, now=now, version=version) as desk:
        _refuse_closed(desk)
        chosen = tuple(dict.fromkeys(indicators))
        known = {i.id for i in desk.policy.indicators}
        for unknown in (i for i in chosen if i not in known):
            raise UnknownChoice("indicator", unknown)
        keep(desk, summary=summary.strip(), indicators=list(chosen))
        desk.note("signal.assessed")


def set_minor(reference: str, minor: bool | None, *, how_known: str, reader: Reader, now: datetime,
              version: int | None = None) -> None:
    """Is somebody younger than 18? `None` is an honest answer: nobody knows yet."""
    with at_desk(reference, reader=reader, now=now, version=version) as desk:
        _refuse_closed(desk)
        if minor is not None and not how_known.strip():
            raise ReasonMissing("age")
        desk.signal.minor = minor
        keep(desk, minor_because=how_known.strip())
        desk.note("signal.minor", minor=minor)


def set_danger(reference: str, danger: bool, *, reason: str, reader: Reader, now: datetime,
               version: int | None = None) -> None:
    """Somebody may be in danger now, or no longer. Raised, it alerts the desk at once and shortens the clock."""
    with at_desk(reference, reader=reader, now=now, version=version) as desk:
        _refuse_closed(desk)
        if not reason.strip():
            raise ReasonMissing("danger")
        if danger and not desk.signal.danger:
            raise_danger(desk, because=reason.strip())
        else:
            _keep_danger(desk, danger, because=reason.strip())
        keep_calling(desk)


def raise_danger(desk: Desk, *, because: str) -> None:
    """A danger that nobody knew of: the desk is alerted, its clock hurries, and whoever must be called is called again.

    `because` stands with the assessment, unless the desk knew of a danger already: then its own reason stays.
    """
    known = assessment_of(desk.signal, desk.key).get("danger_because", "") if desk.signal.danger else ""
    _keep_danger(desk, True, because=known or because)
    _hurry(desk)
    _alert(desk)
    start_calling(desk)


def _keep_danger(desk: Desk, danger: bool, *, because: str) -> None:
    desk.signal.danger = danger
    keep(desk, danger_because=because)
    desk.note("signal.danger", danger=danger)


def exclude_partner(reference: str, partner: str, *, reason: str, reader: Reader, now: datetime,
                    version: int | None = None) -> None:
    """Do not share this signal with a partner, for instance because somebody there is involved."""
    with at_desk(reference, reader=reader, now=now, version=version) as desk:
        _refuse_closed(desk)
        if partner not in {p.id for p in pack_now(now=now).policy.partners}:
            raise UnknownChoice("partner", partner)
        partner = resolved(desk, partner)  # "the care coordinator" is a body here, and that body is what is told
        if not reason.strip():
            raise ReasonMissing("exclusion")
        because = dict(assessment_of(desk.signal, desk.key).get("excluded_because", {}))
        because[partner] = reason.strip()
        keep(desk, excluded=sorted(because), excluded_because=because)
        desk.note("partner.excluded")  # which partner is sealed: it may name somebody's work


def admit_partner(reference: str, partner: str, *, reason: str, reader: Reader, now: datetime,
                  version: int | None = None) -> None:
    """Lift an exclusion, with a reason. Where skipping the partner rested on it, the route asks for them again."""
    with at_desk(reference, reader=reader, now=now, version=version) as desk:
        _refuse_closed(desk)
        if not reason.strip():
            raise ReasonMissing("exclusion")
        because = dict(assessment_of(desk.signal, desk.key).get("excluded_because", {}))
        if because.pop(partner, None) is None:
            raise UnknownChoice("partner", partner)
        keep(desk, excluded=sorted(because), excluded_because=because, admitted_because={partner: reason.strip()})
        desk.note("partner.admitted")
        _take_skips_back(desk, desk.facts.skipped - admitting(desk.facts, partner, desk.policy).skipped)
        keep_calling(desk)


def _take_skips_back(desk: Desk, partners: Iterable[str]) -> None:
    for partner in partners:
        row = place_of_request(desk, partner, "referral")
        row.status = "withdrawn"
        row.save(update_fields=["status"])
        desk.note("referral.withdrawn", referral=str(row.pk), partner=partner)


def assessment_of(signal: Signal, key: bytes) -> dict:
    return signal.unseal("assessment_sealed", key=key)


def keep(desk: Desk, **changes: object) -> None:
    """Change a part of what is sealed about the assessment and leave the rest. Saved when the desk finishes."""
    desk.signal.seal("assessment_sealed", assessment_of(desk.signal, desk.key) | changes, key=desk.key)


def _refuse_closed(desk: Desk) -> None:
    if desk.signal.kind == "end":
        raise SignalClosed(desk.signal.reference)


def _hurry(desk: Desk) -> None:
    """Danger has a shorter norm: the state's clock starts again under it, unless it ended sooner already."""
    norm = desk.policy.state(desk.signal.state).clock
    hurried = clocks.new_clock(desk.signal, norm, policy=desk.policy, choices=desk.choices, now=desk.now)
    running = clocks.state_clock(desk.signal, desk.policy)
    if not running.filter(due_at__lte=hurried.due_at).exists():
        clocks.stop_state_clock(desk.signal, policy=desk.policy, now=desk.now)
        hurried.save(force_insert=True)


def _alert(desk: Desk) -> None:
    told = duty_messages.told_about(desk.signal, choices=desk.choices, now=desk.now, find=duties.alerted_at_danger)
    if told.nobody:  # whoever can repair that hears a count, and never which signal
        desk.messages += to_members("nobody_on_duty", told.people, municipality=desk.signal.municipality_id, count=1, now=desk.now)
        return
    for person in told.people:
        if desk.reader is None or person != desk.reader.membership:  # whoever raised it knows
            desk.tell("danger_received", recipient_kind="membership", membership_id=person)


# The page


@dataclass(frozen=True, slots=True)
class SeenIndicator:
    """One indicator: whether it was recognised, and how much it says, in words."""

    indicator: Indicator
    strength: str  # of acts.STRENGTHS; for a minor the child's, where the source has one
    chosen: bool
    reported: bool  # the reporter ticked it

    @property
    def counter(self) -> bool:
        return self.strength == "counter"


@dataclass(frozen=True, slots=True)
class AssessmentPage:
    act: ActCard
    summary: str
    indicators: tuple[SeenIndicator, ...]
    rules: tuple[Advice, ...]  # how indicators may and may not be used
    minor_lines: tuple[Advice, ...]
    minor_because: str
    danger_because: str
    excluded: tuple[tuple[str, str, str], ...]  # partner id, name, reason
    partners: tuple[tuple[str, str], ...]  # id, name: who could be excluded


def assessment_page(reference: str, *, reader: Reader, now: datetime, part: str = "assessment",
                    language: str = "nl") -> AssessmentPage:
    with opened(reference, reader=reader, now=now, part=part, language=language) as found:
        kept = found.unseal(found.signal, "assessment_sealed")
        names = {p.id: p.known_as for p in pack_now(now=now).policy.partners}
        because = kept.get("excluded_because", {})
        return AssessmentPage(
            act=found.card(None), summary=kept.get("summary", ""), rules=found.policy.indicator_rules,
            indicators=_seen(found, frozenset(kept.get("indicators", ()))),
            minor_lines=found.minor_lines(), minor_because=kept.get("minor_because", ""),
            danger_because=kept.get("danger_because", ""),
            excluded=tuple((id, names.get(id, id), why) for id, why in because.items()),
            partners=tuple((id, names[id]) for id in partners_here(found.desk) if id not in because),
        )


def _seen(found: Opened, chosen: frozenset[str]) -> tuple[SeenIndicator, ...]:
    reported = frozenset(found.unseal(found.signal).get("noticed", ()))
    return tuple(SeenIndicator(i, strength_of(i, minor=found.signal.minor), i.id in chosen, i.id in reported)
                 for i in found.policy.indicators)  # fmt: skip


def strength_of(indicator: Indicator, *, minor: bool | None) -> str:
    """For a known minor the child's weighing, where the source gives one; never a number."""
    return indicator.strength_child if minor and indicator.strength_child != "none" else indicator.strength
