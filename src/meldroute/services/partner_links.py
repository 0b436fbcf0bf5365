"""A way in for a partner without an account: a link by mail, a code by phone, one answer.

The link alone opens nothing. Whoever holds it and types the code that was read aloud sees the frozen disclosure;
one answer spends it, five wrong codes block it. A link that is unknown, used, blocked or too old answers exactly
as a wrong code does, so that nobody learns which links exist.
"""

import json
import secrets
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from meldroute.channels.email import BadAddress as BadAddress
from meldroute.channels.email import check_address
from meldroute.rules.actors import Actor, Reader
from meldroute.rules.disclosure import refuse_excluded
from meldroute.storage import history
from meldroute.storage.form_tokens import FormTokenBroken, FormTokenExpired, make_form_token, read_form_token
from meldroute.storage.keyed_hashes import code_hash, code_matches, link_token_hash, link_token_hashes
from meldroute.storage.models import Message, PartnerLink, Referral, Signal
from meldroute.storage.sealing import open_with_purpose, place_of, seal, seal_with_purpose
from meldroute.storage.vouching import refuse_forged

from . import boundaries, duty_messages
from .desk import Desk, at_desk
from .referral import referral_at, replace_links, require_open

LIFETIME = timedelta(days=30)  # own norm, not from the policy
ACCESS = timedelta(hours=2)  # after the code was typed: long enough to write an answer
WRONG_CODES = 5
DIGITS = 8
_FORM = "partner_link"


class LinkClosed(Exception):
    """Unknown, used, blocked, replaced, too old, or the wrong code: whoever asks is not told which."""

    def __init__(self) -> None:
        super().__init__("link: it opens nothing with this code. Check the digits, or call whoever gave you the code.")


class AccessExpired(Exception):
    """The code was typed too long ago, or on another page. Nothing was saved; type it again."""


@dataclass(frozen=True, slots=True)
class LinkMail:
    """What delivery needs to send a link: the address and the token that its path ends in."""

    to: str
    token: str


@dataclass(frozen=True, slots=True)
class OpenLink:
    """A link whose code was typed. `access` goes along in the page's own form, so that no session is needed."""

    link: UUID
    referral: UUID
    signal: UUID
    municipality: UUID
    access: str

    @property
    def actor(self) -> Actor:
        return Actor("link", str(self.link), "partner")


# Made and read by the focal point


def issue(desk: Desk, row: Referral, *, to: str) -> PartnerLink:
    """A new link and code for this request; an earlier link opens nothing more. Raises `BadAddress`."""
    check_address(to)
    replace_links(row, now=desk.now)
    token, code = secrets.token_urlsafe(32), f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    link = PartnerLink(referral=row, municipality_id=desk.signal.municipality_id, token_hash=link_token_hash(token),
                       code_hash=code_hash(code, row.pk), created_at=desk.now, expires_at=desk.now + LIFETIME)
    link.code_sealed = seal(desk.key, code, place=code_place(link.pk))
    link.save(force_insert=True)
    _post(desk, row, LinkMail(to, token))
    desk.note("link.issued", referral=str(row.pk), link=str(link.pk))
    return link


def _post(desk: Desk, row: Referral, mail: LinkMail) -> None:
    desk.tell("partner_link", recipient_kind="partner", referral=row)
    message = desk.messages[-1]
    content = json.dumps({"to": mail.to, "token": mail.token})
    message.content_sealed = seal_with_purpose("link", content, place=_message_place(message.pk))


def mail_of(message: Message) -> LinkMail:
    """For delivery: where a link goes and its token. Raises `SealBroken`."""
    content = json.loads(open_with_purpose("link", bytes(message.content_sealed), place=_message_place(message.pk)))
    return LinkMail(content["to"], content["token"])


def new_link(reference: str, *, referral: UUID, to: str, reader: Reader, now: datetime,
             version: int | None = None) -> None:
    """Another link and code for an open request: the old one was lost, spent, blocked or grew too old.

    Raises `DisclosureRefused` when this partner was excluded meanwhile.
    """
    with at_desk(reference, reader=reader, now=now, version=version) as desk:
        row = referral_at(desk, referral)
        require_open(row)
        refuse_excluded(row.partner, desk.facts.excluded, desk.policy)
        row.channel = "link"
        row.save(update_fields=["channel"])
        issue(desk, row, to=to)


def link_state(link: PartnerLink, *, now: datetime) -> str:
    for state in ("spent", "blocked", "replaced"):
        if getattr(link, f"{state}_at"):
            return state
    return "expired" if link.expires_at <= now else "open"


# Used by the partner


def open_with_code(token: str, code: str, *, now: datetime) -> OpenLink:
    """The link, when the code is right. Wrong codes are counted, and the fifth blocks it. Raises `LinkClosed`.

    The count commits although the caller is refused: it happens in a transaction of its own.
    """
    with _where(token), transaction.atomic():
        link = _locked(token)
        if link is None or link_state(link, now=now) != "open":
            return _refuse()
        refuse_forged(link, link.referral)
        if code_matches(_digits(code), link.referral_id, stored=link.code_hash):
            return _opened(link, now=now)
        _count_wrong(link, now=now)
    return _refuse()


def _where(token: str) -> AbstractContextManager[None]:
    """A token leads to one municipality, or to none: nothing else of the database is reached with it."""
    with boundaries.everywhere():
        found = PartnerLink.objects.filter(token_hash__in=link_token_hashes(token))
        return boundaries.at(*found.values_list("municipality_id", flat=True))


def _refuse() -> OpenLink:
    raise LinkClosed


def _locked(token: str) -> PartnerLink | None:
    """The link and before it its signal: in the order in which an act of the focal point locks them."""
    hashes = link_token_hashes(token)
    signal = Referral.objects.filter(links__token_hash__in=hashes).values_list("signal_id", flat=True).first()
    if signal is None:
        return None
    Signal.objects.select_for_update(of=("self",)).get(pk=signal)
    found = PartnerLink.objects.select_for_update(of=("self",)).select_related("referral__signal")
    return found.filter(token_hash__in=hashes).first()


def _digits(code: str) -> str:
    """People type spaces and dots where somebody paused while reading aloud."""
    return "".join(c for c in code if c in "0123456789")


def _opened(link: PartnerLink, *, now: datetime) -> OpenLink:
    return OpenLink(link=link.pk, referral=link.referral_id, signal=link.referral.signal_id,
                    municipality=link.municipality_id, access=make_form_token(link.pk, _FORM, now=now))


def _count_wrong(link: PartnerLink, *, now: datetime) -> None:
    link.wrong_codes += 1
    blocked = link.wrong_codes >= WRONG_CODES
    link.blocked_at = now if blocked else None
    link.save(update_fields=["wrong_codes", "blocked_at"])
    signal = link.referral.signal
    if blocked:
        Message.objects.bulk_create(duty_messages.for_signal(signal, "link_blocked", referral=link.referral, now=now))
    history.append(link.municipality_id, actor=Actor("link", str(link.pk), "partner"), now=now, signal=signal.pk,
                   act="link.blocked" if blocked else "link.wrong_code", details={"referral": str(link.referral_id)})


def with_access(token: str, access: str, *, now: datetime) -> OpenLink:
    """The link again, by the sealed value that the page carried. Raises `AccessExpired` or `LinkClosed`.

    Without that value nobody is told how a link stands, nor that there is one.
    """
    try:
        read = read_form_token(access, now=now)
    except (FormTokenBroken, FormTokenExpired):
        raise AccessExpired from None
    with boundaries.everywhere():
        link = PartnerLink.objects.filter(token_hash__in=link_token_hashes(token)).select_related("referral").first()
    if link is None or read.form != _FORM or read.person_id != link.pk or abs(now - read.issued_at) > ACCESS:
        raise AccessExpired
    if link_state(link, now=now) != "open":
        return _refuse()
    refuse_forged(link, link.referral)
    return OpenLink(link.pk, link.referral_id, link.referral.signal_id, link.municipality_id, access)


def spend(desk: Desk, link: UUID) -> None:
    """One answer and no more. Called with the signal locked; two answers at once meet here. Raises `LinkClosed`."""
    row = PartnerLink.objects.filter(pk=link, spent_at=None, blocked_at=None, replaced_at=None, expires_at__gt=desk.now).first()
    if row is None:
        raise LinkClosed
    row.spent_at = desk.now
    row.save(update_fields=["spent_at"])


def code_place(link: UUID) -> str:
    return place_of("partnerlink", "code_sealed", link)


def _message_place(message: UUID) -> str:
    return place_of("message", "content_sealed", message)
