"""Who gets a message, found at the moment it is delivered: people change, duties stay."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from meldroute.storage.choices import choices_in_force
from meldroute.storage.models import Membership, Message, User
from meldroute.storage.vouching import refuse_forged

from . import duties, duty_messages, invitations, partner_links
from .desk import key_of
from .notices import mail_kind
from .safe_contact import blocks_messages

DESK_DUTIES = frozenset({"focal_point", "buddy", "designated"})
# Where mail leads. Said here and not asked of the pages, so that delivering needs none of them; a test compares.
ADDRESSES = {"notifications": "/berichten/", "my_reports": "/mijn-meldingen/", "partner_link": "/antwoord/{}/",
             "invitation": "/account/uitnodiging/{}/"}
DUTCH = "nl"  # of partners, who have no account and so no language of their own


@dataclass(frozen=True, slots=True)
class Envelope:
    to: str
    language: str
    notice: str  # channels.email.NOTICES
    link: str


class NobodyToTell(Exception):
    """Nobody holds what this message is for. It is tried again: somebody may be appointed meanwhile."""

    def __init__(self, what: str):
        super().__init__(f"message: nobody is there to be told ({what}). Appoint somebody in the settings.")


class HeldBack(Exception):
    """Nothing is sent by itself: the reporter asked so, or may not be who reads their address now. A person reaches them."""

    def __init__(self) -> None:
        super().__init__("message: held, nothing is sent to this reporter by itself. Reach the reporter as agreed.")


def envelope_of(message: Message, *, now: datetime) -> Envelope | None:
    """Address, language and words for this attempt; None when the message was handed on to others.

    Raises `NobodyToTell`, `HeldBack`, and `SealBroken` when what is sealed does not open.
    """
    match message.recipient_kind:
        case "membership":
            return _to_member(message, now=now)
        case "reporter":
            return _to_reporter(message)
        case _:
            return _to_partner(message, now=now)


def _to_member(message: Message, *, now: datetime) -> Envelope | None:
    member = message.membership
    if message.kind == invitations.KIND:
        return _to_invited(message, member, now=now)
    if _ended(member, now=now):
        return _hand_on(message, now=now)
    return _to_user(member.user, message, page="notifications")


def _to_invited(message: Message, member: Membership, *, now: datetime) -> Envelope:
    """A way into somebody's account: never handed on to whoever holds the duty now."""
    if _ended(member, now=now) or message.content_sealed is None:
        raise NobodyToTell("the invitation was withdrawn")
    token = invitations.token_of(message)
    refuse_forged(member, member.user)
    if not invitations.is_for(member.user_id, token, now=now):
        raise NobodyToTell("the invitation was withdrawn")
    link = settings.MELDROUTE_BASE_URL + ADDRESSES["invitation"].format(token)
    return Envelope(member.user.email, member.user.language, "invitation", link)


def _ended(member: Membership, *, now: datetime) -> bool:
    """One that still has to start may be told already: a mail says nothing, and a page opens on its day."""
    day = timezone.localtime(now).date()
    return not member.user.is_active or (member.valid_to is not None and member.valid_to < day)


def _to_reporter(message: Message) -> Envelope:
    """The reporter is opened here, for this one mail, and kept nowhere."""
    signal, key = message.signal, key_of(message.signal_id)
    if blocks_messages(signal, key=key):
        raise HeldBack
    found = signal.unseal("reporter_sealed", key=key)
    user = User.objects.filter(pk=found["user"], is_active=True).first() if "user" in found else None
    if user is None:
        raise NobodyToTell("the reporter has no account any more")
    if user.reports_since is not None and signal.received_at < user.reports_since:
        raise HeldBack  # whoever reads this address now may be somebody else, and must not learn that there was a report
    return _to_user(user, message, page="my_reports")


def _to_partner(message: Message, *, now: datetime) -> Envelope | None:
    if message.content_sealed is not None:
        mail = partner_links.mail_of(message)
        return Envelope(mail.to, DUTCH, mail_kind(message.kind, recipient="partner"), link_address(mail.token))
    members = _members_of_partner(message, now=now)
    if not members:
        raise NobodyToTell("this partner has no account")
    return _become(message, members, now=now)


def _to_user(user: User, message: Message, *, page: str) -> Envelope:
    return Envelope(user.email, user.language, mail_kind(message.kind, recipient=message.recipient_kind),
                    page_address(page))


def page_address(page: str) -> str:
    """A page behind the sign-in. None of them is about one signal: the address itself would tell."""
    return settings.MELDROUTE_BASE_URL + ADDRESSES[page]


def link_address(token: str) -> str:
    return settings.MELDROUTE_BASE_URL + ADDRESSES["partner_link"].format(token)


# Somebody else than the row says


def _hand_on(message: Message, *, now: datetime) -> None:
    """The membership ended before delivery: whoever holds the duty now is told instead."""
    member = message.membership
    if member.role in DESK_DUTIES and message.municipality_id:
        return _to_duty(message, now=now)
    others = Membership.objects.of(member.organisation_id, member.role).present(timezone.localtime(now).date())
    if ids := list(others.values_list("pk", flat=True)):
        return _become(message, ids, now=now)
    raise NobodyToTell(member.role)


def _to_duty(message: Message, *, now: datetime) -> None:
    municipality, choices = message.municipality_id, choices_in_force(message.municipality_id, now=now)
    told = (duty_messages.told_about(message.signal, choices=choices, now=now) if message.signal
            else duties.on_duty(municipality, lane=_lane_of(message.membership), choices=choices, now=now))
    if not told.people:
        raise NobodyToTell(message.signal.lane if message.signal else "regular")
    if told.nobody:  # only alarms are left: a count, never which signal
        return _become(message, told.people, now=now, kind="nobody_on_duty", signal=None, referral=None, count=1)
    return _become(message, told.people, now=now)


def _lane_of(member: Membership) -> str:
    """Without a signal: what was left for the designated person is for nobody else."""
    return "confidential" if member.role == "designated" else "regular"


def _members_of_partner(message: Message, *, now: datetime) -> list[UUID]:
    organisation = message.referral.organisation_id if message.referral else None
    day = timezone.localtime(now).date()
    members = Membership.objects.of(organisation, "partner", "care_coordinator").present(day)
    return list(members.values_list("pk", flat=True)) if organisation else []


def _become(message: Message, people: Sequence[UUID], *, now: datetime, **changed: object) -> None:
    """One row for each reader, each with its own Message-ID: what one has got is never sent to them again."""
    about = {"kind": message.kind, "signal": message.signal, "referral": message.referral, "count": message.count}
    fields = about | changed | {"recipient_kind": "membership", "next_try_at": message.created_at}
    with transaction.atomic():
        held = Message.objects.filter(pk=message.pk, lease=message.lease, lease_until__gt=now)
        if held.update(membership_id=people[0], attempts=0, lease=None, lease_until=None, **fields):
            Message.objects.bulk_create(
                Message(membership_id=person, municipality_id=message.municipality_id, created_at=message.created_at,
                        **fields)
                for person in people[1:]
            )
