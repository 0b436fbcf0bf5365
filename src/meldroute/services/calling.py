"""Whom to call this very hour: always from the policy and the choices that are valid now."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from meldroute.rules.choices import Choices
from meldroute.rules.contacts import CallAdvice, Channel, whom_to_call
from meldroute.rules.policy import Partner, Text
from meldroute.services.running_policy import pack_now
from meldroute.storage.choices import choices_in_force


@dataclass(frozen=True, slots=True)
class CallCard:
    """Whom to call, with the numbers that answer now. `check`: what still has to be confirmed about them."""

    partner: str
    check: Text | None
    advice: CallAdvice


def urgent_partner(*, now: datetime) -> str:
    return pack_now(now=now).policy.urgent_partner


def name_now(partner: str, *, now: datetime) -> str:
    """What people call this partner today; one that is gone keeps the id it had."""
    return next((p.known_as for p in pack_now(now=now).policy.partners if p.id == partner), partner)


def resolve_partner(partner: str, *, municipality: str, now: datetime) -> str:
    """The partner that a route means here: "the care coordinator" is a body per municipality."""
    policy = pack_now(now=now).policy
    return policy.municipality(municipality).care_coordinator if partner == policy.care_partner else partner


def whom(partner: str, *, municipality: str, choices: Choices, now: datetime) -> CallCard:
    """One partner's name and number for this hour; a municipality's own numbers come first."""
    policy = pack_now(now=now).policy
    found = policy.partner(resolve_partner(partner, municipality=municipality, now=now))
    channels = (*choices.local_channels.get(found.id, ()), *found.channels)
    return CallCard(partner=found.known_as, check=found.check, advice=whom_to_call(channels, now=now))


@dataclass(frozen=True, slots=True)
class PartnerCard:
    """One partner with everything the policy and the municipality know about it today."""

    partner: Partner
    advice: CallAdvice
    others: tuple[Channel, ...]  # ways that are not a phone number
    local: bool  # with numbers of the municipality's own


def partner_cards(organisation: UUID, *, now: datetime) -> tuple[PartnerCard, ...]:
    """All partners of the region, in the pack's order, with the reader's own municipality's numbers added."""
    local = choices_in_force(organisation, now=now).local_channels
    return tuple(_partner_card(p, local.get(p.id, ()), now=now) for p in pack_now(now=now).policy.partners)


def _partner_card(partner: Partner, local: tuple[Channel, ...], *, now: datetime) -> PartnerCard:
    channels = (*local, *partner.channels)
    return PartnerCard(partner=partner, advice=whom_to_call(channels, now=now), local=bool(local),
                       others=tuple(c for c in channels if c.kind != "tel"))
