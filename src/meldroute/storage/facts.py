"""From rows to facts: the only way a rule learns about a signal."""

from collections.abc import Iterable

from meldroute.rules.facts import ReferralFacts, SignalFacts
from meldroute.rules.policy import Policy

from .models import Clock, Contact, Enrichment, Referral, Signal

DONE_KINDS = ("report_back", "end")  # of the signal that leads: nothing more is found out there


def facts_of(signal: Signal, policy: Policy, *, key: bytes) -> SignalFacts:
    """The facts of one signal: three queries, one more when bundled and one in danger.

    A bundled signal shares what was done for the one that leads.
    """
    ids = [signal.pk, signal.lead_id] if signal.lead_id else [signal.pk]
    return facts_from(
        signal, policy, excluded=excluded_partners(signal, key=key),
        clocks=Clock.objects.filter(signal=signal, stopped_at=None).only("norm") if signal.danger else (),
        enrichment=Enrichment.objects.of_signal(signal.pk).only("item"),
        contacts=Contact.objects.of_signal(*ids).only("partner", "reached"),
        referrals=Referral.objects.of_signal(*ids).only("partner", "purpose", "status", "round", "signal_id"),
    )


def facts_from(signal: Signal, policy: Policy, *, excluded: frozenset[str], clocks: Iterable[Clock],
               enrichment: Iterable[Enrichment], contacts: Iterable[Contact],
               referrals: Iterable[Referral]) -> SignalFacts:
    """The same from rows that were read already: clocks that run, contacts and referrals with those of the lead."""
    contacts, referrals = list(contacts), list(referrals)
    spoken = frozenset(c.partner for c in contacts if c.reached)
    return SignalFacts(
        state=signal.state,
        about=signal.about,
        danger=signal.danger,
        call_again=signal.danger and policy.urgent_partner in spoken and any(asks_to_call(c, policy) for c in clocks),
        minor=signal.minor,
        confidential=signal.lane == "confidential",
        bundled=signal.lead_id is not None,
        lead_done=signal.lead_id is not None and signal.lead.kind in DONE_KINDS,
        forms=frozenset(signal.forms),
        checked=frozenset(e.item for e in enrichment),
        contacts=spoken,
        attempts=frozenset(c.partner for c in contacts if not c.reached),
        excluded=excluded,
        skipped=frozenset(r.partner for r in referrals if r.status == "skipped"),
        referrals=tuple(
            ReferralFacts(r.partner, r.purpose, r.status)
            for r in referrals
            if r.status != "skipped" and _counts(r, signal)
        ),
        conclusion=signal.conclusion or None,
        loops=signal.round,
        feedback=signal.feedback,
    )


def excluded_partners(signal: Signal, *, key: bytes) -> frozenset[str]:
    """Partners that may not be told. Sealed, because a partner's name may say where somebody works."""
    return frozenset(signal.unseal("assessment_sealed", key=key).get("excluded", ()))


def asks_to_call(clock: Clock, policy: Policy) -> bool:
    """The clock of the urgent partner: while it runs in danger, an earlier talk does not count as one about it."""
    return clock.norm == policy.norm_for_role("call_again").norm.id


def _counts(referral: Referral, signal: Signal) -> bool:
    """Advice of an earlier round led to more information: it does not answer for this round."""
    return referral.purpose != "advice" or referral.signal_id != signal.pk or referral.round == signal.round
