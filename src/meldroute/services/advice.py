"""Ask one or more experts what a vague signal is. Each request is a disclosure, at first without names or addresses.

"What may the municipality do meanwhile?" is asked along with every question.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from meldroute.rules.actors import Reader
from meldroute.rules.disclosure import NO_GROUNDS, Grounds
from meldroute.rules.policy import Advice, Partner, Text
from meldroute.storage.models import Membership, Referral

from .desk import Desk, at_desk
from .disclosure import freeze
from .disclosure_material import material_of
from .opening import ActCard, Opened, opened
from .passing_on import WRITTEN, PassOn, send_in_writing
from .referral import open_referral, resolved
from .running_policy import pack_now

CHANNELS = ("phone", *WRITTEN)
ACTS = ("ask_advice", "ask_more_advice")


@dataclass(frozen=True, slots=True)
class Asked:
    """One expert and how they are asked. `shown`: fingerprint of the exact text that stood on the screen."""

    partner: str
    channel: str  # CHANNELS
    to: str = ""  # mail address, for a link
    shown: str = ""


@dataclass(frozen=True, slots=True)
class AdviceRequest:
    experts: tuple[Asked, ...]
    question: str
    fields: frozenset[str]
    description: str = ""
    legal_basis: str = ""
    grounds: Grounds = NO_GROUNDS


class NobodyAsked(ValueError):
    def __init__(self) -> None:
        super().__init__("advice: no expert was chosen. Choose at least one.")


class NoQuestion(ValueError):
    def __init__(self) -> None:
        super().__init__("advice: there is no question. Write what you want to know.")


class NotAnExpert(ValueError):
    """The policy does not name this partner as somebody who can say what a signal is."""

    def __init__(self, partner: str, known: Iterable[str]):
        super().__init__(f"advice: '{partner}' is no expert here. Choose from {', '.join(known)}.")
        self.partner = partner


def ask_advice(reference: str, request: AdviceRequest, *, reader: Reader, now: datetime, act: str = "ask_advice",
               version: int | None = None) -> None:
    """Ask every chosen expert in one transaction: all requests go, or none.

    Raises the errors above, `DisclosureRefused`, `PreviewChanged`, `AlreadyAsked`, `NoAccount` and `BadAddress`.
    """
    if act not in ACTS:
        raise ValueError(f"advice: '{act}' asks no advice. Use {' or '.join(ACTS)}.")
    with at_desk(reference, reader=reader, now=now, version=version) as desk:
        allowed = desk.step(act)
        asked = _resolved(request, desk)
        desk.note("advice.asked", partners=[one.partner for one in asked])
        desk.move(allowed)
        for one in asked:
            _ask(one, request, desk)


def _resolved(request: AdviceRequest, desk: Desk) -> tuple[Asked, ...]:
    if not request.experts:
        raise NobodyAsked
    if not request.question.strip():
        raise NoQuestion
    known = {p.id for p in experts_here(desk)}
    found = {}
    for one in request.experts:
        partner = resolved(desk, one.partner)
        if partner not in known:
            raise NotAnExpert(one.partner, sorted(known))
        found[partner] = Asked(partner, one.channel, one.to, one.shown)
    return tuple(found.values())


def _ask(one: Asked, request: AdviceRequest, desk: Desk) -> None:
    question = request.question.strip()
    if one.channel != "phone":
        wanted = PassOn(channel=one.channel, fields=request.fields, shown=one.shown, description=request.description,
                        question=question, legal_basis=request.legal_basis, grounds=request.grounds, to=one.to)
        send_in_writing(desk, partner=one.partner, purpose="advice", wanted=wanted)
        return
    row = open_referral(desk, partner=one.partner, purpose="advice", channel="phone", question=question)
    freeze(desk, referral=row, chosen_fields=request.fields, legal_basis=request.legal_basis, grounds=request.grounds,
           description=request.description, question=question, shown=one.shown)  # fmt: skip
    desk.note("referral.opened", referral=str(row.pk), partner=row.partner, purpose="advice", channel="phone")


def experts_here(desk: Desk) -> tuple[Partner, ...]:
    """Partners whom the policy names as experts; of the care coordinators only the one who serves this municipality."""
    policy = pack_now(now=desk.now).policy
    names = {resolved(desk, p.id) for p in policy.partners if p.expert}
    first = (policy.urgent_partner, resolved(desk, policy.care_partner))  # whom the policy names first (S-B1-05)
    return tuple(sorted((p for p in policy.partners if p.id in names), key=lambda p: p.id not in first))


# The page


@dataclass(frozen=True, slots=True)
class ExpertCard:
    partner: Partner
    has_account: bool
    mail: str  # where a link could go, as the policy gives it
    excluded: bool
    asked: str  # status of the request in this round, "" when not asked


@dataclass(frozen=True, slots=True)
class FieldChoice:
    """Something that can be told with the question. Ticked to begin with: what names nobody."""

    id: str
    label: Text
    why: Text
    identifying: bool
    ticked: bool


@dataclass(frozen=True, slots=True)
class AdvicePage:
    act: ActCard
    experts: tuple[ExpertCard, ...]
    fields: tuple[FieldChoice, ...]
    lines: tuple[Advice, ...]
    description: str  # the focal point's own summary, to begin with


def advice_page(reference: str, *, act: str, reader: Reader, now: datetime, language: str = "nl") -> AdvicePage:
    with opened(reference, reader=reader, now=now, part="advice", language=language) as found:
        assessment = found.unseal(found.signal, "assessment_sealed")
        return AdvicePage(
            act=found.card(found.answer(act)), experts=_experts(found, frozenset(assessment.get("excluded", ()))),
            fields=_fields(found),
            lines=found.lines("ask_advice"),
            description=assessment.get("summary", ""),
        )


def _fields(found: Opened) -> tuple[FieldChoice, ...]:
    offered = material_of(found.desk, description="").offered()
    return tuple(FieldChoice(f.id, f.label, f.why, f.identifying, "advice" in f.defaults) for f in offered)


def _experts(found: Opened, excluded: frozenset[str]) -> tuple[ExpertCard, ...]:
    partners = experts_here(found.desk)
    accounts = _with_account(partners, now=found.desk.now)
    asked = dict(Referral.objects.of_signal(found.signal.pk).filter(purpose="advice", round=found.signal.round)
                 .values_list("partner", "status"))  # fmt: skip
    return tuple(ExpertCard(p, p.id in accounts, _mail(p), p.id in excluded, asked.get(p.id, "")) for p in partners)


def _with_account(partners: tuple[Partner, ...], *, now: datetime) -> frozenset[str]:
    """Which of these partners have somebody who can sign in: one query."""
    members = Membership.objects.filter(organisation__kind="partner", organisation__code__in=[p.id for p in partners],
                                        role__in=("partner", "care_coordinator"))
    return frozenset(members.current(timezone.localtime(now).date()).values_list("organisation__code", flat=True))


def _mail(partner: Partner) -> str:
    return next((c.value for c in partner.channels if c.kind == "email"), "")
