"""What somebody typed and could not send: kept sealed for that person, for a day, until the form is sent.

A form carries a sealed token that says whose it is. An expired login, a CSRF failure and an error half way have no
session to ask, so whose draft it is comes from that token and never from the session.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef

from meldroute.storage.form_tokens import FormTokenBroken, FormTokenExpired, make_form_token, read_form_token
from meldroute.storage.keyed_hashes import draft_tie, draft_ties
from meldroute.storage.models import Draft, Signal, User
from meldroute.storage.sealing import SealBroken, open_for_person, seal_for_person

from . import boundaries

__all__ = ["DraftBroken", "DraftCard", "DraftTooLarge", "FormTokenBroken", "FormTokenExpired", "NotYourForm", "discard", "draft_of",
           "keep", "open_form", "submission_of"]

KEPT_FOR = timedelta(hours=24)
LARGEST = 64 * 1024  # bytes; the longest form that would be accepted is smaller

Body = Mapping[str, list[str]]


class NotYourForm(Exception):
    """The form was opened by another person, or is another form. It is not carried out in this person's name."""

    def __init__(self, form: str):
        super().__init__(f"form '{form}': somebody else opened it. Open the form again under your own name.")


class DraftTooLarge(Exception):
    """More than any form of ours takes. It is not kept."""

    def __init__(self, size: int):
        super().__init__(f"draft: {size} bytes, and at most {LARGEST} are kept. Make the text shorter.")


class DraftBroken(Exception):
    """What was kept cannot be opened. It is said aloud; the form itself must still open."""


@dataclass(frozen=True, slots=True)
class DraftCard:
    submission: UUID
    body: dict[str, list[str]]
    kept_at: datetime


def open_form(person: UUID, form: str, *, now: datetime, submission: UUID | None = None) -> str:
    """The token of one showing of a form; `submission` when it shows an earlier one again."""
    return make_form_token(person, form, now=now, submission_id=submission)


def submission_of(token: str, *, person: UUID, form: str, now: datetime) -> UUID:
    """Which submission this is. Raises `FormTokenBroken`, `FormTokenExpired` or `NotYourForm`."""
    try:
        read = read_form_token(token, now=now)
    except FormTokenExpired as expired:
        _require_own(expired.token.person_id, person, expired.token.form, form)
        raise
    _require_own(read.person_id, person, read.form, form)
    return read.submission_id


def _require_own(owner: UUID, person: UUID, opened: str, form: str) -> None:
    if owner != person or opened != form:
        raise NotYourForm(form)


def keep(token: str, body: Body, *, now: datetime) -> bool:
    """Keep what was typed for the person of the token. False when it had already arrived: then nothing is lost.

    Raises `FormTokenBroken`, `FormTokenExpired` or `DraftTooLarge`.
    """
    read = read_form_token(token, now=now)
    text = json.dumps({name: list(values) for name, values in body.items()}, ensure_ascii=False)
    if (size := len(text.encode(errors="replace"))) > LARGEST:
        raise DraftTooLarge(size)
    submission = str(read.submission_id)
    with boundaries.everywhere():  # whoever typed this may be signed out by now; the number is unguessable
        if Signal.objects.filter(submission=submission).exists():
            return False
    Draft.objects.update_or_create(submission=submission, defaults={
        "person_tie": draft_tie(read.person_id), "form": read.form, "created_at": now, "expires_at": now + KEPT_FOR,
        "body_sealed": seal_for_person(read.person_id, text, place=_place(submission)),
    })
    return True


def draft_of(person: UUID, form: str, *, now: datetime) -> DraftCard | None:
    """The newest thing this person typed in this form and did not send. One query. Raises `DraftBroken`."""
    sent = Signal.objects.filter(submission=OuterRef("submission"))
    kept = Draft.objects.filter(person_tie__in=draft_ties(person), form=form, expires_at__gt=now)
    elsewhere = User.objects.filter(pk=person, reports_since__gt=OuterRef("created_at"))  # see my_reports: not theirs to read
    kept = kept.exclude(Exists(elsewhere))
    with boundaries.everywhere():
        row = kept.exclude(Exists(sent)).order_by("-created_at").first()
    if row is None:
        return None
    try:
        text = open_for_person(person, bytes(row.body_sealed), place=_place(row.submission))
    except SealBroken as broken:
        raise DraftBroken(str(broken)) from broken
    return DraftCard(UUID(row.submission), json.loads(text), row.created_at)


def discard(submission: UUID, *, person: UUID) -> None:
    """Throw away one draft, when it is this person's. Sending the form does the same in its own transaction."""
    Draft.objects.filter(submission=str(submission), person_tie__in=draft_ties(person)).delete()


def _place(submission: str) -> str:
    return f"draft:{submission}"
