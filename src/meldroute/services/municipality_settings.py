"""A municipality's own settings: dated rows, each whole and checked before it is saved.

A broken one is refused and the valid one stays. A change may lie in the future; what is changed meanwhile in
another part is carried into it, so that its day undoes nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from meldroute.channels.email import BadAddress, check_address
from meldroute.policies.retention import retention_schedule
from meldroute.rules.actors import Reader
from meldroute.rules.choices import Choices, Finding, findings
from meldroute.rules.contacts import BadNumber, tel_href
from meldroute.rules.policy import Policy
from meldroute.rules.retention import OUTCOMES, own_term_causes
from meldroute.storage import history
from meldroute.storage.choices import choices_from, choices_to, row_in_force
from meldroute.storage.models import Membership, MunicipalitySettings, Organisation
from meldroute.storage.vouching import genuine

from . import keeping
from .mandate_notices import tell_of_mandate
from .running_policy import pack_now

# Parts that are changed one at a time: a field of Choices, and the keys of a row's content that hold it.
PARTS = {"norms": ("norms",), "hours": ("hours", "closed_on"), "local_channels": ("local_channels",),
         "neighbour": ("neighbour",), "reach": ("reach",), "outside": ("outside",), "retention": ("retention",)}


class NotTheManager(Exception):
    """Only the functional manager of a municipality sees and changes its settings."""


class SettingsRefused(Exception):
    """These settings would not work. Nothing was saved, and what was valid stays valid."""

    def __init__(self, found: tuple[Finding, ...]):
        places = ", ".join(f"{f.place} ({f.cause})" for f in found)
        super().__init__(f"settings: {places}. Correct it and save again.")
        self.findings = found


class SettingsConflict(Exception):
    """Somebody else changed this part after the page was made. Nothing was saved: look at theirs first."""


@dataclass(frozen=True, slots=True)
class PlannedChange:
    valid_from: datetime
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SettingsCard:
    """What is in force now. `row` goes along in a form, so that a change by somebody else is noticed."""

    municipality: str
    policy: Policy
    choices: Choices
    row: UUID | None
    planned: tuple[PlannedChange, ...]


@dataclass(frozen=True, slots=True)
class Neighbour:
    id: UUID
    name: str


def settings_now(*, reader: Reader, now: datetime) -> SettingsCard:
    organisation = managed(reader)
    row = row_in_force(organisation, now=now)
    return SettingsCard(
        municipality=Organisation.objects.values_list("name", flat=True).get(pk=organisation),
        policy=pack_now(now=now).policy, choices=choices_from(row.content) if row else Choices(),
        row=row.pk if row else None, planned=tuple(_planned(organisation, row, now=now)),
    )


def managed(reader: Reader) -> UUID:
    """The municipality whose settings these are. Raises `NotTheManager`."""
    if reader.role != "functional_manager" or reader.organisation_kind != "municipality":
        raise NotTheManager
    return reader.organisation


def neighbours(*, reader: Reader, now: datetime) -> tuple[Neighbour, ...]:
    """Municipalities that can stand in today: they have a focal point or buddy of their own."""
    found = Organisation.objects.filter(pk__in=_with_desk(now)).exclude(pk=managed(reader)).order_by("name")
    return tuple(Neighbour(*row) for row in found.values_list("id", "name"))


def save(part: str, value: object, *, starts: date | None, seen: UUID | None, reader: Reader, now: datetime) -> None:
    """Change one part, from a day on (None: from now). `seen` is the row that the page showed.

    Raises `SettingsRefused` or `SettingsConflict`.
    """
    organisation = managed(reader)
    valid_from = _moment(starts, now=now)
    with transaction.atomic():
        # One writer at a time for each municipality: a row is made from the one before it.
        Organisation.objects.select_for_update().get(pk=organisation)
        _refuse_conflict(part, organisation, seen, now=now)
        base = row_in_force(organisation, now=valid_from)
        rows = [(valid_from, base), *_carried(part, base, organisation, valid_from)]
        before = _held("neighbour", base)
        for moment, row in rows:
            _write(part, value, row, valid_from=moment, organisation=organisation, reader=reader, now=now)
        if part == "retention":
            keeping.look_again(municipality=organisation, outcomes=OUTCOMES, at=valid_from)
        if part == "neighbour" and value != before:
            tell_of_mandate(organisation, (before, value), now=now)
        history.append(organisation, actor=reader.actor, act="settings.changed", now=now,
                       details={"part": part, "valid_from": valid_from.isoformat(), "rows": len(rows)})


def _moment(starts: date | None, *, now: datetime) -> datetime:
    today = timezone.localtime(now).date()
    if starts is None or starts == today:
        return now
    if starts < today:
        raise SettingsRefused((Finding("starts", "in_the_past"),))
    return timezone.make_aware(datetime.combine(starts, time.min))


def _refuse_conflict(part: str, organisation: UUID, seen: UUID | None, *, now: datetime) -> None:
    current = row_in_force(organisation, now=now)
    if (current.pk if current else None) == seen:
        return
    shown = MunicipalitySettings.objects.filter(pk=seen, organisation=organisation).first() if seen else None
    if _held(part, shown) != _held(part, current):
        raise SettingsConflict


def _held(part: str, row: MunicipalitySettings | None) -> object:
    return getattr(choices_from(row.content) if row else Choices(), part)


def _carried(part: str, base: MunicipalitySettings | None, organisation: UUID,
             valid_from: datetime) -> Iterator[tuple[datetime, MunicipalitySettings]]:
    """Later rows that left this part as it was: they take the change along. Others keep their own."""
    for later in _newest(MunicipalitySettings.objects.filter(organisation=organisation, valid_from__gt=valid_from)):
        if _held(part, later) == _held(part, base):
            yield later.valid_from, later


def _newest(rows) -> list[MunicipalitySettings]:
    """The last saved row of each starting moment, in order of time; one that was written by hand is none."""
    return list({row.valid_from: row for row in genuine(rows.order_by("valid_from", "saved_at"))}.values())


def _write(part: str, value: object, base: MunicipalitySettings | None, *, valid_from: datetime, organisation: UUID,
           reader: Reader, now: datetime) -> None:
    choices = replace(choices_from(base.content) if base else Choices(), **{part: value})
    if found := _findings(choices, organisation, now=now):
        raise SettingsRefused(found)
    # Later than the row it follows, also when the clock was set back: the last saved one counts.
    saved_at = max(now, base.saved_at + timedelta(microseconds=1)) if base else now
    decided = {*(base.content.get("decided", ()) if base else ()), part}
    MunicipalitySettings.objects.create(organisation_id=organisation, valid_from=valid_from, saved_at=saved_at,
                                        saved_by_id=reader.membership,
                                        content=choices_to(choices) | {"decided": sorted(decided)})


def _planned(organisation: UUID, row: MunicipalitySettings | None, *, now: datetime) -> Iterator[PlannedChange]:
    before = row
    for later in _newest(MunicipalitySettings.objects.filter(organisation=organisation, valid_from__gt=now)):
        yield PlannedChange(later.valid_from, tuple(p for p in PARTS if _held(p, later) != _held(p, before)))
        before = later


# The check before saving


def _findings(choices: Choices, organisation: UUID, *, now: datetime) -> tuple[Finding, ...]:
    return (*findings(choices, pack_now(now=now).policy, now=now), *_neighbour_findings(choices, organisation, now=now),
            *_reach_findings(choices), *_outside_findings(choices, organisation, now=now),
            *_address_findings(choices), *_retention_findings(choices, now=now))


def _retention_findings(choices: Choices, *, now: datetime) -> Iterator[Finding]:
    today = timezone.localtime(now).date()
    for outcome, cause in own_term_causes(dict(choices.retention), retention_schedule(), today=today):
        yield Finding(f"retention:{outcome}", cause)


def _neighbour_findings(choices: Choices, organisation: UUID, *, now: datetime) -> Iterator[Finding]:
    if choices.neighbour == organisation:
        yield Finding("neighbour", "own_municipality")
    elif choices.neighbour and choices.neighbour not in _with_desk(now):
        yield Finding("neighbour", "no_focal_point")


def _with_desk(now: datetime) -> set[UUID]:
    current = Membership.objects.filter(role__in=("focal_point", "buddy"), organisation__kind="municipality")
    return set(current.current(timezone.localtime(now).date()).values_list("organisation_id", flat=True))


def _reach_findings(choices: Choices) -> Iterator[Finding]:
    reach = choices.reach
    if reach.phone and not _dials(reach.phone):
        yield Finding("reach.phone", "bad_number")
    if reach.email and not _mails(reach.email):
        yield Finding("reach.email", "bad_address")


def _outside_findings(choices: Choices, organisation: UUID, *, now: datetime) -> Iterator[Finding]:
    """Whoever reports must reach somebody: a focal point who reads it, and a line that answers."""
    outside = choices.outside
    if outside.phone and not _dials(outside.phone):
        yield Finding("outside.phone", "bad_number")
    if outside.email and not _mails(outside.email):
        yield Finding("outside.email", "bad_address")
    if outside.open and not outside.phone:
        yield Finding("outside.phone", "no_contact_line")
    if outside.open and not _has_focal_point(organisation, now=now):
        yield Finding("outside.open", "no_own_focal_point")


def _has_focal_point(organisation: UUID, *, now: datetime) -> bool:
    return Membership.objects.of(organisation, "focal_point").current(timezone.localtime(now).date()).exists()


def _address_findings(choices: Choices) -> Iterator[Finding]:
    for partner, channels in choices.local_channels.items():
        yield from (Finding(f"contact:{partner}", "bad_address")
                    for c in channels if c.kind == "email" and not _mails(c.value))
        yield from (Finding(f"contact:{partner}", "bad_url")
                    for c in channels if c.kind == "url" and not c.value.startswith(("https://", "http://")))


def _dials(number: str) -> bool:
    try:
        tel_href(number)
    except BadNumber:
        return False
    return True


def _mails(address: str) -> bool:
    try:
        check_address(address)
    except BadAddress:
        return False
    return True
