"""Somebody from outside reports: no account, no cookie, no address, a receipt instead of a name.

What a step needs to remember travels in the page itself, sealed (storage.outside_tokens). The receipt is made when
the form opens, shown when the report is stored, and kept as a slow keyed hash alone.
"""

import os
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from meldroute.rules.proof_of_work import is_done
from meldroute.rules.receipt_numbers import BadReceipt, first_difference, make_receipt, normalise_receipt
from meldroute.storage import outside_tokens as tokens
from meldroute.storage.choices import choices_in_force, ever_open_outside
from meldroute.storage.keyed_hashes import receipt_ties
from meldroute.storage.models import Organisation, Signal
from meldroute.storage.outside_tokens import PageToken, PageTokenBroken
from meldroute.storage.vouching import refuse_forged

from .emergency import CallLine, emergency_now
from .intake import NewSignal, Source, take_in
from .outside_limits import limits

FORM, SHOWN_AGAIN = timedelta(days=1), timedelta(minutes=30)  # a receipt: after an answer that was lost on the way
CHECK = SHOWN_AGAIN  # a slip shows it once more, so that the note can be mended
FINISHED = "finished"


class NotOpenHere(Exception):
    """No such municipality, or it has not opened this page: the two look the same."""


class ClosedForReports(Exception):
    """This municipality takes no new reports here. Whoever has a receipt can still come back."""


class TooMany(Exception):
    """One address did this too often in half an hour. Nothing was saved and nothing that was typed is lost."""


class PageUsed(Exception):
    """This page was sent before. It shows nothing a second time: somebody else may be pressing the key."""


class Slip(ValueError):
    """The receipt was not typed as it was given out. `group` names the first place that differs; 0: none can be named."""

    def __init__(self, cause: str, group: int, again: "Shown"):
        super().__init__(f"receipt: {cause} {group}. Look at the note and type it again.")
        self.cause, self.group, self.again = cause, group, again


@dataclass(frozen=True, slots=True)
class Outside:
    """The page of one municipality, for whoever comes."""

    municipality: str
    organisation: UUID
    open: bool  # False: only for who has a receipt
    phone: str
    email: str
    calls: tuple[CallLine, ...]


@dataclass(frozen=True, slots=True)
class OutsideReport:
    new: NewSignal
    language: str
    name: str = ""
    contact: str = ""

    def sealed(self) -> dict[str, str]:
        return {"name": self.name, "contact": self.contact, "language": self.language}


@dataclass(frozen=True, slots=True)
class Shown:
    """The receipt on its one page, and what that page sends back."""

    receipt: str
    token: str
    may_skip: bool = False


def page_of(code: str, *, now: datetime, language: str) -> Outside:
    """Raises `NotOpenHere`."""
    body = Organisation.objects.filter(kind="municipality", code=code).first()
    if body is None:
        raise NotOpenHere
    refuse_forged(body)
    chosen = choices_in_force(body.pk, now=now).outside
    if not chosen.open and not ever_open_outside(body.pk, now=now):
        raise NotOpenHere
    return Outside(body.name, body.pk, chosen.open, chosen.phone, chosen.email,
                   emergency_now(now=now, language=language).calls)


def open_form(page: Outside, *, now: datetime) -> str:
    """The token of one showing of the form. The receipt of what it becomes is in it already."""
    return _write("report", page, now=now, receipt=make_receipt(os.urandom(32)))


def send(page: Outside, report: OutsideReport, *, token: str, work: str, address: str, now: datetime) -> Shown:
    """Take it in, and show its receipt. Sent again it is one report, and the receipt is shown for a short while only.

    Raises `PageTokenBroken`, `PageUsed`, `TooMany`, `ClosedForReports`, and what the intake raises.
    """
    if not page.open:
        raise ClosedForReports
    form = tokens.read(token, step="report", municipality=page.organisation, lifetime=FORM, now=now)
    if tokens.is_spent(form, FINISHED):
        raise PageUsed
    held = _set_aside(report, worked=is_done(token, work), address=address, now=now)
    ties = receipt_ties(form.receipt)  # of the current key first
    source = Source(page.organisation, ties[0], ties, report.sealed(), held=held)
    stored = take_in(report.new, source=source, submission=form.id, now=now)
    if not stored.first and not _arrived_just_now(source, now=now):
        raise PageUsed
    return _shown(replace(form, step="check"), now=now)


def _set_aside(report: OutsideReport, *, worked: bool, address: str, now: datetime) -> bool:
    """Danger waits for nothing and is counted by nobody."""
    if report.new.danger:
        return False
    if worked:
        return not limits.allows("worked_report", address, now=now)
    if not limits.allows("report", address, now=now):
        raise TooMany
    return True


def _arrived_just_now(source: Source, *, now: datetime) -> bool:
    return Signal.objects.reported_by(*source.ties).filter(received_at__gt=now - SHOWN_AGAIN).exists()


def confirm(page: Outside, typed: str, *, token: str, now: datetime) -> None:
    """Is the note right? Raises `Slip` with where it is not, `PageUsed` or `PageTokenBroken`."""
    check = _checking(page, token, now=now)
    again = _shown(replace(check, tries=check.tries + 1), now=now)
    try:
        digits = normalise_receipt(typed)
    except BadReceipt as bad:
        raise Slip(bad.cause, bad.group, again) from None
    if group := first_difference(digits, check.receipt):
        raise Slip("group", group, again)
    tokens.spend(check, FINISHED)


def leave_unconfirmed(page: Outside, *, token: str, now: datetime) -> None:
    """Only after one try: then it is somebody's choice and not a hurry. Raises like `confirm`."""
    check = _checking(page, token, now=now)
    if not check.tries:
        raise PageTokenBroken
    tokens.spend(check, FINISHED)


def _checking(page: Outside, token: str, *, now: datetime) -> PageToken:
    check = tokens.read(token, step="check", municipality=page.organisation, lifetime=CHECK, now=now)
    if tokens.is_spent(check, FINISHED):
        raise PageUsed
    return check


def _shown(check: PageToken, *, now: datetime) -> Shown:
    return Shown(check.receipt, tokens.write(check, now=now), may_skip=check.tries > 0)


def _write(step: str, page: Outside, *, now: datetime, **more: object) -> str:
    return tokens.write(PageToken(step, page.organisation, **more), now=now)
