"""What a partner answers: by account, by phone with the focal point, or by link and code.

"No feedback possible now" is an answer like any other: no reason is asked, and none is kept.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from meldroute.rules import referral as lifecycle
from meldroute.rules.actors import Reader
from meldroute.rules.facts import OPEN_REFERRAL
from meldroute.storage.models import Answer, Referral

from . import boundaries, duty_messages, partner_links
from .desk import Desk, at_desk, at_desk_of
from .disclosures import disclosed_referral
from .referral import MEANWHILE, referral_at, replace_links, set_status


class AnswerIncomplete(ValueError):
    """`missing` names the field."""

    def __init__(self, missing: str):
        super().__init__(f"answer: '{missing}' is missing. Fill it in, or choose another answer.")
        self.missing = missing


@dataclass(frozen=True, slots=True)
class NewAnswer:
    """`text`: the outcome; `steps` and `options`: what could be done (S-B1-10)."""

    kind: str  # rules.referral.ANSWERS
    text: str = ""
    steps: str = ""
    options: str = ""
    meanwhile: str = ""  # what may the municipality do meanwhile: one of MEANWHILE, "" when this page did not ask
    meanwhile_text: str = ""

    def content(self) -> dict:
        """What is sealed. With "no feedback possible now" nothing is, whatever was typed: it would be a reason."""
        if self.kind == "no_feedback":
            return {}
        words = {name: getattr(self, name).strip() for name in ("text", "steps", "options", "meanwhile_text")}
        return {name: said for name, said in {**words, "meanwhile": self.meanwhile}.items() if said}


@dataclass(frozen=True, slots=True)
class Answered:
    partner: str
    kind: str
    may_settle: bool  # every partner answered: the next step can be taken now


def answer_by_account(referral: UUID, new: NewAnswer, *, reader: Reader, now: datetime) -> Answered:
    """Raises `NoSuchDisclosure`, `AlreadySettled`, `AnswerOutOfOrder`, `UnknownAnswer`, `AnswerIncomplete`."""
    signal = disclosed_referral(referral, reader=reader).signal_id
    with at_desk_of(signal, actor=reader.actor, now=now) as desk:
        row = disclosed_referral(referral, reader=reader)  # again, locked: it may have been withdrawn meanwhile
        return _keep(desk, row, new, via="account", by=reader.membership)


def answer_by_phone(reference: str, *, referral: UUID, new: NewAnswer, reader: Reader, now: datetime,
                    version: int | None = None) -> Answered:
    """The focal point writes down what a partner said. Nobody is alerted: whoever would be is on the phone."""
    with at_desk(reference, reader=reader, now=now, version=version) as desk:
        return _keep(desk, referral_at(desk, referral), new, via="phone", by=reader.membership)


def answer_by_link(link: partner_links.OpenLink, new: NewAnswer, *, now: datetime) -> Answered:
    """One answer, which spends the link. Raises `LinkClosed` when another answer was first."""
    with boundaries.at(link.municipality), at_desk_of(link.signal, actor=link.actor, now=now) as desk:
        partner_links.spend(desk, link.link)
        row = Referral.objects.of_signal(desk.signal.pk).get(pk=link.referral)
        return _keep(desk, row, new, via="link", by=None)


def _keep(desk: Desk, row: Referral, new: NewAnswer, *, via: str, by: UUID | None) -> Answered:
    status = lifecycle.next_status(row.status, new.kind)
    _check(new)
    answer = Answer(referral=row, signal=desk.signal, municipality_id=desk.signal.municipality_id, kind=new.kind,
                    via=via, at=desk.now, by_id=by)
    answer.seal("content_sealed", new.content(), key=desk.key)
    answer.save(force_insert=True)
    set_status(desk, row, status)
    if status in lifecycle.SETTLED:
        replace_links(row, now=desk.now)  # a link that nobody used would ask for an answer that nobody needs
    desk.note("answer.received", referral=str(row.pk), answer=new.kind, via=via, partner=row.partner)
    if via != "phone":
        desk.messages += duty_messages.for_signal(desk.signal, "answer_received", referral=row, now=desk.now,
                                                  choices=desk.choices)
    return Answered(row.partner, new.kind, _all_settled(desk))


def _check(new: NewAnswer) -> None:
    if new.meanwhile and new.meanwhile not in MEANWHILE:
        raise AnswerIncomplete("meanwhile")
    if new.meanwhile == "something" and not new.meanwhile_text.strip():
        raise AnswerIncomplete("meanwhile_text")
    if new.kind in ("need_more", "result", "feedback") and not new.text.strip():
        raise AnswerIncomplete("text")


def _all_settled(desk: Desk) -> bool:
    open_ones = Referral.objects.of_signal(desk.signal.pk).filter(purpose="referral", status__in=OPEN_REFERRAL)
    return desk.signal.kind == "await" and not open_ones.exists()
