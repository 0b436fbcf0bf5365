"""From rows to facts: the only way a rule learns about a signal."""

from meldroute.rules.facts import ReferralFacts, SignalFacts

from .models import Contact, Enrichment, Referral, Signal


def facts_of(signal: Signal) -> SignalFacts:
    """The facts of one signal: three queries. A bundled signal shares what was done for the one that leads."""
    ids = [signal.pk, signal.lead_id] if signal.lead_id else [signal.pk]
    referrals = list(Referral.objects.of_signal(*ids).values_list("partner", "purpose", "status", "round", "signal_id"))
    contacts = list(Contact.objects.of_signal(*ids).values_list("partner", "reached"))
    checked = Enrichment.objects.of_signal(signal.pk).values_list("item", flat=True)
    return SignalFacts(
        state=signal.state,
        about=signal.about,
        danger=signal.danger,
        minor=signal.minor,
        confidential=signal.lane == "confidential",
        bundled=signal.lead_id is not None,
        forms=frozenset(signal.forms),
        checked=frozenset(checked),
        contacts=frozenset(partner for partner, reached in contacts if reached),
        attempts=frozenset(partner for partner, reached in contacts if not reached),
        skipped=frozenset(partner for partner, _, status, *_ in referrals if status == "skipped"),
        referrals=tuple(
            ReferralFacts(partner, purpose, status)
            for partner, purpose, status, round_, owner in referrals
            if status != "skipped" and (purpose != "advice" or owner != signal.pk or round_ == signal.round)
        ),
        conclusion=signal.conclusion or None,
        loops=signal.round,
        feedback=signal.feedback,
    )
