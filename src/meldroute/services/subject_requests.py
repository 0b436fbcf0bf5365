"""Requests of data subjects: registered and advised on by the privacy officer, decided by the college.

Who asks is sealed under a key of the request's own, as a signal is: it can be destroyed by its key, and a copy of the
database tells nobody's name. It is tied to no signal, in no column and in no log.
"""

import secrets
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from meldroute.rules.access import log_scope
from meldroute.rules.actors import Reader
from meldroute.rules.references import make_reference
from meldroute.rules.subject_rights import KINDS, answer_text, decision_refused, due_on, extended_due_on
from meldroute.storage import history
from meldroute.storage.models import SubjectRequest, SubjectRequestKey
from meldroute.storage.sealing import new_signal_key, unwrap_key, wrap_key
from meldroute.storage.vouching import refuse_forged

from .subject_request_clock import first_action

MOST = 100


class NoSuchRequest(Exception):
    """It does not exist, or this reader may not know that it does."""


class RequestRefused(Exception):
    """Nothing was saved. `cause` is for a screen in the reader's language."""

    def __init__(self, cause: str, place: str = ""):
        super().__init__(f"request, {place or 'as a whole'}: {cause}")
        self.cause, self.place = cause, place


@dataclass(frozen=True, slots=True)
class NewRequest:
    kind: str
    received_on: date
    name: str
    contact: str
    question: str
    identity: str = ""  # how it was established who asks


@dataclass(frozen=True, slots=True)
class Decision:
    """Of the college: the officer advises and records, and never decides."""

    decision: str
    ground: str
    decided_on: date
    decided_by: str
    motivation: str


@dataclass(frozen=True, slots=True)
class RequestLine:
    """Nothing that is sealed."""

    code: str
    kind: str
    received_on: date
    due_on: date
    state: str  # "new", "advised", "decided", "answered"
    late: bool


@dataclass(frozen=True, slots=True)
class RequestCard:
    line: RequestLine
    name: str
    contact: str
    question: str
    identity: str
    advice: str
    extension: str
    decision: str
    ground: str
    decided_on: date | None
    decided_by: str
    motivation: str
    answer: str  # the words of the answer, once there is a decision
    can_extend: bool


def register(new: NewRequest, *, reader: Reader, now: datetime) -> str:
    """The code of the new request. The month runs from the day it came in."""
    organisation, today = _organisation(reader), timezone.localtime(now).date()
    if new.kind not in {right.id for right in KINDS}:
        raise RequestRefused("unknown_kind", "kind")
    if new.received_on > today:
        raise RequestRefused("in_the_future", "received_on")
    due = due_on(new.received_on)
    row = SubjectRequest(
        code="VZ" + make_reference(secrets.token_bytes(16)).removeprefix("MR"), organisation_id=organisation, kind=new.kind,
        received_on=new.received_on, due_on=due, registered_at=now, registered_by_id=reader.membership,
        next_action_at=first_action(due))
    key = new_signal_key()
    row.seal("content_sealed", {"name": new.name, "contact": new.contact, "question": new.question,
                                "identity": new.identity}, key=key)
    with transaction.atomic():
        row.save(force_insert=True)
        SubjectRequestKey.objects.create(request=row, organisation_id=organisation, wrapped=wrap_key(key, signal_id=row.pk))
        _remember("request.registered", row, reader=reader, now=now, kind=row.kind, due=due.isoformat())
    return row.code


def requests(*, reader: Reader, now: datetime) -> tuple[RequestLine, ...]:
    """Open ones first, by what is due first; then the newest that were answered."""
    _organisation(reader)
    rows = SubjectRequest.objects.of_officer(reader).defer("content_sealed", "advice_sealed", "extension_sealed",
                                                           "decision_sealed")
    waiting = rows.filter(answered_at=None).order_by("due_on", "pk")[:MOST]
    done = rows.filter(answered_at__isnull=False).order_by("-answered_at", "pk")[:MOST]
    found = [*waiting, *done]
    with transaction.atomic():
        history.append(reader.organisation, actor=reader.actor, act="request.listed", now=now,
                       subjects=[row.pk for row in found])
    return tuple(_line(row, now=now) for row in found)


def request_card(code: str, *, reader: Reader, now: datetime) -> RequestCard:
    """One request, opened. That it was is written down before it is shown."""
    row = SubjectRequest.objects.of_officer(reader).select_related("key").filter(code=code).first()
    if row is None:
        raise NoSuchRequest(code)
    refuse_forged(row)
    card = _card(row, now=now)
    with transaction.atomic():
        _remember("request.read", row, reader=reader, now=now)
    return card


def advise(code: str, advice: str, *, reader: Reader, now: datetime) -> None:
    """The officer's advice to the college. It stands from the moment there is a decision."""
    with transaction.atomic():
        row, key = _locked(code, reader)
        if row.decision:
            raise RequestRefused("decided")
        row.seal("advice_sealed", {"advice": advice}, key=key)
        row.advised_at = now
        row.save(update_fields=["advice_sealed", "advised_at"])
        _remember("request.advised", row, reader=reader, now=now)


def extend(code: str, reason: str, *, reader: Reader, now: datetime) -> None:
    """Two months more, within the first month, with the reason. Raises `TermRefused`."""
    with transaction.atomic():
        row, key = _locked(code, reader)
        if row.decision:
            raise RequestRefused("decided")
        row.due_on = extended_due_on(row.received_on, due=row.due_on, today=timezone.localtime(now).date())
        row.seal("extension_sealed", {"reason": reason}, key=key)
        row.extended_at, row.stage, row.next_action_at = now, 0, first_action(row.due_on)
        row.save(update_fields=["due_on", "extension_sealed", "extended_at", "stage", "next_action_at"])
        _remember("request.extended", row, reader=reader, now=now, due=row.due_on.isoformat())


def decide(code: str, decision: Decision, *, reader: Reader, now: datetime) -> None:
    """What the college decided, after the officer's advice. Once."""
    with transaction.atomic():
        row, key = _locked(code, reader)
        if row.decision:
            raise RequestRefused("decided")
        if row.advised_at is None:
            raise RequestRefused("no_advice")
        if cause := decision_refused(decision.decision, decision.ground, decided=decision.decided_on,
                                     received=row.received_on, today=timezone.localtime(now).date()):
            raise RequestRefused(cause, {"wrong_day": "decided_on", "unknown_decision": "decision"}.get(cause, "ground"))
        row.decision, row.ground = decision.decision, decision.ground
        row.decided_on, row.decided_by = decision.decided_on, decision.decided_by
        row.seal("decision_sealed", {"motivation": decision.motivation}, key=key)
        row.save(update_fields=["decision", "ground", "decided_on", "decided_by", "decision_sealed"])
        _remember("request.decided", row, reader=reader, now=now, decision=row.decision, ground=row.ground,
                  decided_on=row.decided_on.isoformat())


def answered(code: str, *, reader: Reader, now: datetime) -> None:
    """The answer was sent: the clock stops."""
    with transaction.atomic():
        row, _key = _locked(code, reader)
        if not row.decision:
            raise RequestRefused("not_decided")
        if row.answered_at is None:
            row.answered_at, row.next_action_at = now, None
            row.save(update_fields=["answered_at", "next_action_at"])
            _remember("request.answered", row, reader=reader, now=now)


def _organisation(reader: Reader) -> UUID:
    organisation = log_scope(reader)
    if organisation is None:
        raise NoSuchRequest("requests")
    return organisation


def _locked(code: str, reader: Reader) -> tuple[SubjectRequest, bytes]:
    row = SubjectRequest.objects.of_officer(reader).select_for_update(of=("self",)).filter(code=code).first()
    if row is None:
        raise NoSuchRequest(code)
    refuse_forged(row)
    return row, _key(row)


def _key(row: SubjectRequest) -> bytes:
    return unwrap_key(bytes(row.key.wrapped), signal_id=row.pk)


def _card(row: SubjectRequest, *, now: datetime) -> RequestCard:
    key, today = _key(row), timezone.localtime(now).date()
    content = row.unseal("content_sealed", key=key)
    return RequestCard(
        line=_line(row, now=now), **{name: content[name] for name in ("name", "contact", "question", "identity")},
        advice=row.unseal("advice_sealed", key=key).get("advice", ""),
        extension=row.unseal("extension_sealed", key=key).get("reason", ""),
        motivation=row.unseal("decision_sealed", key=key).get("motivation", ""),
        decision=row.decision, ground=row.ground, decided_on=row.decided_on, decided_by=row.decided_by,
        answer=answer_text(row.decision) if row.decision else "",
        can_extend=not row.decision and row.extended_at is None and today <= row.due_on,
    )


def _line(row: SubjectRequest, *, now: datetime) -> RequestLine:
    state = ("answered" if row.answered_at else "decided" if row.decision else "advised" if row.advised_at else "new")
    late = row.answered_at is None and timezone.localtime(now).date() > row.due_on
    return RequestLine(row.code, row.kind, row.received_on, row.due_on, state, late)


def _remember(act: str, row: SubjectRequest, *, reader: Reader, now: datetime, **details: object) -> None:
    history.append(row.organisation_id, actor=reader.actor, act=act, now=now, subjects=(row.pk,), details=details)
