"""Open one signal: everything the desk needs, in a fixed number of queries, logged before it is shown."""

from datetime import datetime

from meldroute.rules.actors import Reader
from meldroute.rules.choices import Choices
from meldroute.rules.deadlines import standing
from meldroute.rules.facts import SignalFacts
from meldroute.rules.guards import urgent_knows
from meldroute.rules.lifecycle import steps_now
from meldroute.rules.policy import Conflict, Policy
from meldroute.rules.route import Routing, route_signal
from meldroute.services import calling
from meldroute.services.calling import CallCard
from meldroute.services.desk import NoSuchSignal, key_of
from meldroute.services.opening import minor_lines
from meldroute.services.running_policy import policy_of
from meldroute.services.safe_contact_cards import cards_of, held
from meldroute.storage.choices import choices_in_force
from meldroute.storage.facts import facts_from
from meldroute.storage.models import Clock, Signal
from meldroute.storage.visible import visible_signal

from .judged import judged
from .log import log_signal_read
from .signal_cards import SignalPage
from .signal_parts import (
    Rows,
    answers_by_referral,
    checklist,
    contacts,
    feedback,
    meanwhile,
    referrals,
    report,
    rows_of,
    timeline,
    words,
)


def open_signal(reference: str, *, reader: Reader, now: datetime, language: str = "nl") -> SignalPage:
    """The page of one signal. Raises `NoSuchSignal` alike for absent and forbidden."""
    signal = visible_signal(reference, reader=reader)
    if signal is None:
        raise NoSuchSignal(reference)
    page = page_of(signal, reader=reader, now=now, language=language)
    log_signal_read(signal.pk, signal.municipality_id, reader=reader, now=now)
    return page


def page_of(signal: Signal, *, reader: Reader, now: datetime, language: str) -> SignalPage:
    """Of a signal that the caller found through a door; whoever shows it logs it first."""
    policy, key = policy_of(signal.pack_id, now=now), key_of(signal.pk)
    choices = choices_in_force(signal.municipality_id, now=now)
    rows = rows_of(signal)
    assessment = signal.unseal("assessment_sealed", key=key)
    facts = facts_from(signal, policy, excluded=frozenset(assessment.get("excluded", ())), clocks=rows.clocks,
                       enrichment=rows.enrichment, contacts=rows.contacts, referrals=rows.referrals)
    routing = route_signal(facts, policy)
    clock = _running_clock(signal, rows)
    asked, said = meanwhile(rows, key)
    answers = answers_by_referral(rows, key)
    safe = cards_of(signal, key=key)
    return SignalPage(
        reference=signal.reference, version=signal.version, lane=signal.lane, danger=signal.danger,
        contacted=urgent_knows(facts, policy),
        urgent=calling.name_now(policy.urgent_partner, now=now),
        minor=signal.minor,
        state=policy.state(signal.state), due_at=signal.next_due_at,
        standing=standing(signal.next_due_at, now=now, started_at=clock.started_at if clock else signal.received_at),
        norm=choices.norm(clock.norm, policy).label if clock else None,
        norm_source=choices.norm(clock.norm, policy).source if clock else "",
        forms=tuple(policy.form(f) for f in signal.forms), conclusion=signal.conclusion,
        closing_reason=signal.closing_reason, report=report(signal, rows, key, policy),
        summary=assessment.get("summary", ""),
        indicators=tuple(policy.indicator(i) for i in assessment.get("indicators", ())),
        excluded=tuple(assessment.get("excluded", ())), judged=judged(assessment, policy), checklist=checklist(rows, key, policy),
        contacts=contacts(rows, key, policy), referrals=referrals(rows, key, policy, answers, now=now),
        feedback=feedback(rows, key), words=words(rows, key),
        spam_because=assessment.get("spam_because", ""), timeline=timeline(rows, policy),
        steps=steps_now(facts, policy, role=reader.role, language=language),
        calls=_calls(signal, routing, facts, reader, choices, now=now), routing=routing,
        urgent_excluded=policy.urgent_partner in facts.excluded,
        conflicts=_conflicts(policy, routing), meanwhile=asked, meanwhile_text=said,
        minor_advice=minor_lines(policy, minor=signal.minor),
        lead=rows.lead, bundled=rows.bundled, shielded=signal.shielded, policy=policy,
        safe_contact=safe,
        held=held(signal.pk).count() if rows.feedback else 0,
    )


def _running_clock(signal: Signal, rows: Rows) -> Clock | None:
    """The clock that ends first: it is what the page counts down."""
    running = sorted((c for c in rows.clocks if c.stopped_at is None), key=lambda c: c.due_at)
    return running[0] if running else None


def _calls(signal: Signal, routing: Routing, facts: SignalFacts, reader: Reader, choices: Choices, *,
           now: datetime) -> tuple[CallCard, ...]:
    """Nobody is called whom the signal is not shared with, save in danger: then the numbers of the police stay."""
    urgent, here = calling.urgent_partner(now=now), reader.organisation_code
    first = [urgent] if signal.danger or not routing.recipients else []
    partners = dict.fromkeys([*first, *(r.partner for r in routing.recipients)])
    kept_out = facts.excluded - ({urgent} if signal.danger else frozenset())
    return tuple(calling.whom(p, municipality=here, choices=choices, now=now) for p in partners
                 if calling.resolve_partner(p, municipality=here, now=now) not in kept_out)


def _conflicts(policy: Policy, routing: Routing) -> tuple[Conflict, ...]:
    """Where the policy contradicts itself about the partners on this route."""
    return policy.conflicts if routing.recipients else ()

