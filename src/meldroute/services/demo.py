"""An empty database with people, and the five cases of the policy in different states. All people are invented.

Everything goes through the same services as real work; nothing is put in beside them.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.utils import timezone

from meldroute.policies import Case, cases
from meldroute.rules.actors import Reader
from meldroute.rules.choices import Choices
from meldroute.rules.disclosure import Grounds
from meldroute.rules.second_factor import needs_factor
from meldroute.storage import second_factors
from meldroute.storage.choices import choices_to
from meldroute.storage.models import Membership, MunicipalitySettings, Organisation, Signal

from . import dpia, founding
from .accounts import signed_in
from .advice import AdviceRequest, Asked, ask_advice
from .answers import NewAnswer, answer_by_phone
from .assessment import assess
from .closing import close
from .contact import NewContact, Told, record_contact
from .disclosure import preview_disclosure
from .enrichment import NewFact, add_fact
from .feedback import give_feedback
from .intake import NewSignal, register_signal
from .judging import Conclusion, conclude, judge_clear
from .passing_on import PassOn, complete_referrals, pass_on, settle
from .running_policy import pack_now
from .taking_up import take_up

PEOPLE = (
    ("bram", "Bram Balie", "municipality", "GM0794", "reporter", ""),
    ("anna", "Anna Aandacht", "municipality", "GM0794", "focal_point", "safety"),
    ("bo", "Bo Buddy", "municipality", "GM0794", "buddy", "care"),
    ("dina", "Dina Aangewezen", "municipality", "GM0794", "designated", ""),
    ("frits", "Frits Functioneel", "municipality", "GM0794", "functional_manager", ""),
    ("pia", "Pia Privacy", "municipality", "GM0794", "privacy_officer", ""),
    ("noor", "Noor Nabij", "municipality", "GM0762", "focal_point", "care"),
    ("nel", "Nel Arbeid", "partner", "ISZW", "partner", ""),
    ("rick", "Rick Riec", "partner", "TFRIEC", "partner", ""),
    ("zora", "Zora Zorg", "partner", "ZOCO_HELMOND", "care_coordinator", ""),
    ("karel", "Karel Keten", "region", "oost-brabant", "chain_director", ""),
)


@dataclass(frozen=True, slots=True)
class DemoAccount:
    email: str
    name: str
    role: str
    organisation: str
    password: str


class NotEmpty(Exception):
    """There are signals already. Invented ones never go between others."""

    def __init__(self) -> None:
        super().__init__("this database holds signals already. The demo needs an empty one: set another MELDROUTE_DATA.")


class ForRealData(NotEmpty):
    """The impact assessment was adopted for this database: real people are in it, or will be."""

    def __init__(self) -> None:
        Exception.__init__(self, "this database is for real data (the impact assessment is adopted), so it gets no invented "
                                 "people. Set another MELDROUTE_DATA for the demo.")


def load_demo(*, now: datetime) -> tuple[DemoAccount, ...]:
    """People and five cases. Returns the accounts with their passwords, which are stored nowhere else."""
    if Signal.objects.exists():
        raise NotEmpty
    if dpia.adoption() is not None:
        raise ForRealData
    accounts = _people(now=now)
    cast = {a.email.split("@")[0]: _reader(a.email, now=now) for a in accounts}
    for case, stage in zip(cases(settings.MELDROUTE_PACK, on=timezone.localtime(now).date()), STAGES, strict=True):
        stage(case, cast, now=now)
    return accounts


def _people(*, now: datetime) -> tuple[DemoAccount, ...]:
    founding.found_organisations(now=now)
    accounts = []
    for first, name, kind, code, role, domain in PEOPLE:
        body = Organisation.objects.get(kind=kind, code=code)
        account = DemoAccount(f"{first}@voorbeeld.example", name, role, body.name, secrets.token_urlsafe(9))
        founding.add_person(body.pk, email=account.email, name=name, role=role, password=account.password,
                            domain=domain, now=now - timedelta(days=30))
        accounts.append(account)
        if needs_factor([role]):
            second_factors.give_codes(Membership.objects.get(user__email=account.email).user_id)
    helmond, deurne = (Organisation.objects.get(kind="municipality", code=code) for code in ("GM0794", "GM0762"))
    MunicipalitySettings.objects.create(organisation=helmond, valid_from=now, saved_at=now,
                                        content=choices_to(Choices(neighbour=deurne.pk)))
    return tuple(accounts)


def _reader(email: str, *, now: datetime) -> Reader:
    membership = Membership.objects.get(user__email=email)
    reader = signed_in(membership.user_id, chosen=None, now=now).reader
    if reader is None:
        raise LookupError(f"demo account {email}: it has no current membership.")
    return reader


def report(case: Case, reporter: Reader, *, at: datetime) -> str:
    """The case as a signal, the way somebody at a desk would write it: no form, no proof, no name."""
    new = NewSignal(narrative=case.narrative, about=case.about, where=case.where, minor=case.minor)
    return register_signal(new, reader=reporter, submission=uuid4(), now=at).reference


def enrich(reference: str, reader: Reader, *, at: datetime) -> None:
    """Every required item of the checklist gets an outcome."""
    policy = pack_now(now=at).policy
    for item in policy.enrichment:
        confirmed = [b for b in item.legal_bases if policy.legal_basis(b).confirmed]
        fact = NewFact(item.id, "nothing", source="eigen registratie van de gemeente", legal_basis=confirmed[0]) if (
            confirmed) else NewFact(item.id, "impossible", text="nog geen bevestigde grondslag")
        add_fact(reference, fact, reader=reader, now=at)


def call(reference: str, partner: str, reader: Reader, *, at: datetime, tell: bool = False) -> None:
    """A call with a partner; `tell`: the ticked minimum was told, which passes the signal on."""
    told = None
    if tell:
        card = preview_disclosure(reference, partner=partner, reader=reader, now=at)
        told = Told(fields=card.chosen)
    record_contact(reference, NewContact(
        partner=partner, reached=True, at=at, whom="dienstdoende van het team", reference="2026-0001",
        agreements="Zij bekijken het en bellen terug.", meanwhile="nothing", told=told), reader=reader, now=at)


def write_to(reference: str, partner: str, reader: Reader, *, at: datetime, channel: str = "account",
             to: str = "", description: str = "") -> UUID:
    """Pass on in writing: the minimum, exactly as the screen showed it."""
    grounds = Grounds(agreement="unknown") if partner == pack_now(now=at).policy.care_partner else Grounds()
    card = preview_disclosure(reference, partner=partner, reader=reader, now=at, grounds=grounds,
                              description=description)
    return pass_on(reference, partner=partner, reader=reader, now=at, wanted=PassOn(
        channel=channel, fields=card.chosen, shown=card.fingerprint, description=description, grounds=grounds, to=to,
    )).referral


def _received(case: Case, cast: dict[str, Reader], *, now: datetime) -> None:
    report(case, cast["bram"], at=now - timedelta(minutes=40))


def taken_up_and_enriched(case: Case, cast: dict[str, Reader], *, start: datetime) -> str:
    reference = report(case, cast["bram"], at=start)
    take_up(reference, reader=cast["anna"], now=start + timedelta(hours=1))
    enrich(reference, cast["anna"], at=start + timedelta(hours=2))
    assess(reference, summary=case.title.nl, indicators=case.indicators, reader=cast["anna"],
           now=start + timedelta(hours=2))
    return reference


def _waiting_for_partners(case: Case, cast: dict[str, Reader], *, now: datetime) -> None:
    anna, start = cast["anna"], now - timedelta(hours=20)
    reference = taken_up_and_enriched(case, cast, start=start)
    judge_clear(reference, forms=case.forms, why="De kenmerken zijn duidelijk.", reader=anna,
                now=start + timedelta(hours=3))
    for partner in ("ISZW", "ZOCO"):
        write_to(reference, partner, anna, at=start + timedelta(hours=3), description=SEEN)
    complete_referrals(reference, reader=anna, now=start + timedelta(hours=4))


def _passing_on(case: Case, cast: dict[str, Reader], *, now: datetime) -> None:
    anna, start = cast["anna"], now - timedelta(hours=5)
    reference = taken_up_and_enriched(case, cast, start=start)
    judge_clear(reference, forms=case.forms, why="De kenmerken zijn duidelijk.", reader=anna,
                now=start + timedelta(hours=3))
    call(reference, "AVIM", anna, at=start + timedelta(hours=3), tell=True)


def _waiting_for_advice(case: Case, cast: dict[str, Reader], *, now: datetime) -> None:
    ask_experts(case, cast, start=now - timedelta(hours=26))


def ask_experts(case: Case, cast: dict[str, Reader], *, start: datetime) -> str:
    anna = cast["anna"]
    reference = taken_up_and_enriched(case, cast, start=start)
    ask_advice(reference, AdviceRequest(
        experts=(Asked("AVIM", "phone"), Asked("ZOCO", "phone")), question="Wat is dit, en wat kan de gemeente doen?",
        fields=frozenset({"description", "about", "minor"}), description=SEEN,
    ), reader=anna, now=start + timedelta(hours=3))
    return reference


def _closed(case: Case, cast: dict[str, Reader], *, now: datetime) -> None:
    anna, start = cast["anna"], now - timedelta(days=4)
    reference = ask_experts(case, cast, start=start)
    for partner in ("AVIM", "ZOCO_HELMOND"):
        answer(reference, partner, "advice", "result", anna, at=start + timedelta(hours=6), text=ADVICE)
    conclude(reference, Conclusion("trafficking", whose=("AVIM", "ZOCO_HELMOND"), text=ADVICE, forms=case.forms),
             reader=anna, now=start + timedelta(hours=7))
    call(reference, "AVIM", anna, at=start + timedelta(hours=8), tell=True)
    write_to(reference, "ZOCO", anna, at=start + timedelta(hours=9), description=SEEN)
    complete_referrals(reference, reader=anna, now=start + timedelta(hours=9))
    for partner in ("AVIM", "ZOCO_HELMOND"):
        answer(reference, partner, "referral", "taken_up", anna, at=start + timedelta(days=1))
        answer(reference, partner, "referral", "feedback", anna, at=start + timedelta(days=2), text=TAKEN_UP)
    settle(reference, reader=anna, now=start + timedelta(days=2, hours=1))
    policy = pack_now(now=now).policy
    give_feedback(reference, text=policy.feedback_texts[0].text.nl, reader=anna, now=start + timedelta(days=3))
    close(reference, reason=next(r.id for r in policy.closing_reasons if r.needs == "taken_up"), reader=anna,
          now=start + timedelta(days=3, hours=1))


def answer(reference: str, partner: str, purpose: str, kind: str, reader: Reader, *, at: datetime,
           text: str = "") -> None:
    """What a partner said by phone."""
    signal = Signal.objects.visible_to(reader).get(reference=reference)
    referral = signal.referrals.get(partner=partner, purpose=purpose)
    answer_by_phone(reference, referral=referral.pk, new=NewAnswer(kind, text=text), reader=reader, now=at)


SEEN = "Er zijn meerdere kenmerken van uitbuiting gezien. Er is nog met niemand gesproken."
ADVICE = "Wij zien hierin uitbuiting. Bel ons, dan bespreken we de volgende stap."
TAKEN_UP = "Opgepakt. De gemeente hoeft nu niets te doen."
# One state of work for each case, in the order of the cases.
STAGES = (_received, _waiting_for_partners, _passing_on, _waiting_for_advice, _closed)
