"""The forms of a municipality's settings: what was typed, and the typed value that a service can check."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from meldroute.rules.choices import Choices, Finding, Outside, Reach
from meldroute.rules.contacts import BadChannel, BadNumber, Channel, OpeningWindow, tel_href
from meldroute.rules.deadlines import Norm
from meldroute.rules.policy import NormRow, Policy
from meldroute.rules.working_time import WEEKDAYS, BadHours, WorkingHours
from meldroute.services.municipality_settings import Neighbour

UNITS = [("working_hours", _("working hours")), ("working_days", _("working days")), ("hours", _("hours")),
         ("days", _("days"))]
DAYS = [(0, _("Monday")), (1, _("Tuesday")), (2, _("Wednesday")), (3, _("Thursday")), (4, _("Friday")),
        (5, _("Saturday")), (6, _("Sunday"))]
CAUSES = {
    "unknown_norm": _("This norm does not exist in the policy that runs now. Leave it out."),
    "no_working_time": _("These working hours are too short for this norm. Widen the hours or lower the norm."),
    "unknown_partner": _("This partner does not exist in the policy that runs now."),
    "regional_partner": _("The region keeps the numbers of this partner. Tell the makers of the policy pack."),
    "own_municipality": _("A municipality cannot stand in for itself. Choose a neighbour."),
    "no_focal_point": _("That municipality has no focal point or buddy here. Choose another one."),
    "bad_number": _("This is not a number that can be dialled. Write it like 0492-123456 or '14 0492, optie 2'."),
    "bad_address": _("This is not a mail address that works everywhere. Write it like name@organisation.nl."),
    "bad_url": _("Write a web address that starts with https://."),
    "no_contact_line": _("The page needs a number that citizens can call with a question."),
    "no_own_focal_point": _("Appoint a focal point first: somebody must read what comes in."),
    "not_shorter": _("A term of your own is shorter than the one of the list. Choose a shorter one, or leave it empty."),
    "no_advice": _("Write whose advice this is."),
    "advice_later": _("Advice comes before the decision. Correct the day."),
    "unknown_outcome": _("There is no such kind of signal. Leave it out."),
    "in_the_past": _("What was in force stays as it was. Choose today or a later day."),
}
DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
TIME = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class SettingsForm(forms.Form):
    """`seen` is the row this page showed: a change by somebody else meanwhile is noticed."""

    starts = forms.DateField(label=_("From which day?"), required=False, widget=DATE,
                             help_text=_("Leave it empty to start now. A later day may be chosen."))
    seen = forms.UUIDField(required=False, widget=forms.HiddenInput)
    field_order = None

    def __init__(self, *args, **words):
        super().__init__(*args, **words)
        self.order_fields([name for name in self.fields if name not in ("starts", "seen")] + ["starts", "seen"])

    def refuse(self, findings: Iterable[Finding]) -> None:
        """Put what the check found at its field, or above the form when it has none here."""
        for finding in findings:
            name = self.field_of(finding)
            self.add_error(name if name in self.fields else None, CAUSES[finding.cause])

    def field_of(self, finding: Finding) -> str:
        return finding.place


class NormsForm(SettingsForm):
    """Every norm with its amount and unit. One that equals the proposal is not stored: it follows the proposal."""

    def __init__(self, *args, choices: Choices, policy: Policy, **words):
        self.rows = choices.all_norms(policy)
        self.proposals = {row.norm.id: row.norm for row in Choices().all_norms(policy)}
        super().__init__(*args, **words)
        for row in self.rows:
            self.fields[f"amount:{row.norm.id}"] = forms.IntegerField(
                label=row.label.say(get_language() or "nl"), min_value=1, max_value=1000, initial=row.norm.amount)
            self.fields[f"unit:{row.norm.id}"] = forms.ChoiceField(label=_("Unit"), choices=UNITS, initial=row.norm.unit)

    def value(self) -> dict[str, Norm]:
        typed = {row.norm.id: self._norm(row) for row in self.rows}
        return {id: norm for id, norm in typed.items() if norm != self.proposals[id]}

    def _norm(self, row: NormRow) -> Norm:
        id = row.norm.id
        return Norm(id, self.cleaned_data[f"amount:{id}"], self.cleaned_data[f"unit:{id}"])

    def field_of(self, finding: Finding) -> str:
        return f"amount:{finding.place.removeprefix('norm:')}"


class HoursForm(SettingsForm):
    closed_on = forms.CharField(
        label=_("Extra days off"), required=False, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One day on each line, like 2026-12-24. Weekends and public holidays are known already."))

    def __init__(self, *args, choices: Choices, **words):
        hours = choices.hours
        super().__init__(*args, **words)
        for day, _name in DAYS:
            opens, closes = hours.days[day] or (None, None)
            self.fields[f"from{day}"] = forms.TimeField(label=_("from"), required=False, widget=TIME, initial=opens)
            self.fields[f"to{day}"] = forms.TimeField(label=_("to"), required=False, widget=TIME, initial=closes)
        self.fields["closed_on"].initial = "\n".join(map(date.isoformat, sorted(hours.closed_on)))
        self.order_fields([f for d, _name in DAYS for f in (f"from{d}", f"to{d}")] + ["closed_on", "starts", "seen"])

    def clean_closed_on(self) -> frozenset[date]:
        lines = [line.strip() for line in self.cleaned_data["closed_on"].splitlines() if line.strip()]
        try:
            return frozenset(map(date.fromisoformat, lines))
        except ValueError:
            raise forms.ValidationError(_("Write each day as year-month-day, like 2026-12-24, one on each line.")) from None

    def clean(self) -> dict:
        data = super().clean()
        for day, _name in DAYS:
            opens, closes = data.get(f"from{day}"), data.get(f"to{day}")
            if (opens is None) != (closes is None):
                self.add_error(f"to{day}" if closes is None else f"from{day}",
                               _("Give both times, or leave both empty for a day off."))
        if not self.errors:
            self._check(data)
        return data

    def _check(self, data: dict) -> None:
        try:
            self.hours = WorkingHours(tuple(
                (data[f"from{d}"], data[f"to{d}"]) if data[f"from{d}"] is not None else None for d, _name in DAYS
            ), data["closed_on"])
        except BadHours as error:
            bad = next((d for d, name in enumerate(WEEKDAYS) if f"working hours, {name}:" in str(error)), None)
            if bad is None:
                self.add_error(None, _("No day is worked. Give at least one day a start and an end."))
            else:
                self.add_error(f"to{bad}", _("This day ends before it starts. Correct one of the two times."))

    def value(self) -> WorkingHours:
        return self.hours


class NeighbourForm(SettingsForm):
    neighbour = forms.ChoiceField(
        label=_("Which municipality stands in?"), required=False, widget=forms.RadioSelect,
        help_text=_("When your focal point and buddy are both away, theirs are told. Agree on a mandate first."))

    def __init__(self, *args, neighbours: tuple[Neighbour, ...], **words):
        super().__init__(*args, **words)
        self.fields["neighbour"].choices = [("", _("none")), *((str(n.id), n.name) for n in neighbours)]

    def value(self) -> UUID | None:
        chosen = self.cleaned_data["neighbour"]
        return UUID(chosen) if chosen else None


class ReachForm(SettingsForm):
    phone = forms.CharField(label=_("Phone of the focal point"), required=False, max_length=60)
    email = forms.CharField(label=_("Mail address for signals"), required=False, max_length=200)
    reporting_point = forms.CharField(
        label=_("Municipal reporting point that takes signals too"), required=False, max_length=200,
        help_text=_("For example a reporting point for undermining crime. What comes in there is passed to the focal point."))
    route = forms.CharField(
        label=_("How do signals come in here?"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("The internal route in your own words: who passes what to whom."))
    structures = forms.CharField(
        label=_("Which existing meetings and teams does this join?"), required=False, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}))

    def value(self) -> Reach:
        names = ("phone", "email", "reporting_point", "route", "structures")
        return Reach(**{name: self.cleaned_data[name].strip() for name in names})

    def field_of(self, finding: Finding) -> str:
        return finding.place.removeprefix("reach.")


class OutsideForm(SettingsForm):
    open = forms.BooleanField(label=_("Citizens can report on a page of their own"), required=False)
    phone = forms.CharField(label=_("Phone number for citizens"), required=False, max_length=60,
                            help_text=_("It stands on the page. Choose one that is answered by somebody who knows about it."))
    email = forms.CharField(label=_("Mail address for citizens"), required=False, max_length=200)

    def value(self) -> Outside:
        said = self.cleaned_data
        return Outside(open=said["open"], phone=said["phone"].strip(), email=said["email"].strip())

    def field_of(self, finding: Finding) -> str:
        return finding.place.removeprefix("outside.")


class ContactForm(SettingsForm):
    """One local partner: a number with the hours it answers, an address, a page."""

    phone = forms.CharField(label=_("Phone"), required=False, max_length=60)
    days = forms.TypedMultipleChoiceField(
        label=_("Answers on"), required=False, choices=DAYS, coerce=int, widget=forms.CheckboxSelectMultiple,
        help_text=_("Leave all empty when it always answers."))
    opens = forms.TimeField(label=_("from"), required=False, widget=TIME)
    closes = forms.TimeField(label=_("to"), required=False, widget=TIME)
    on_holidays = forms.BooleanField(label=_("Also on public holidays"), required=False)
    email = forms.CharField(label=_("Mail address"), required=False, max_length=200)
    url = forms.CharField(label=_("Web page"), required=False, max_length=300)
    note = forms.CharField(label=_("What should the focal point know when calling?"), required=False, max_length=200)
    confirmed = forms.BooleanField(label=_("Somebody checked this year that this is right"), required=False)

    def __init__(self, *args, channels: tuple[Channel, ...], **words):
        super().__init__(*args, initial=_typed(channels) | words.pop("initial", {}), **words)

    def clean_phone(self) -> str:
        phone = self.cleaned_data["phone"].strip()
        if phone:
            try:
                tel_href(phone)
            except BadNumber:
                raise forms.ValidationError(CAUSES["bad_number"]) from None
        return phone

    def clean(self) -> dict:
        data = super().clean()
        given = (bool(data.get("days")), data.get("opens") is not None, data.get("closes") is not None)
        if any(given) and not all(given):
            self.add_error("days", _("Give days and both times, or leave them all empty."))
        elif not self.errors:
            self._check()
        return data

    def _check(self) -> None:
        try:
            self.channels = tuple(self._channels())
        except BadHours:
            self.add_error("closes", _("This ends before it starts. Correct one of the two times."))
        except BadChannel:
            self.add_error(None, _("These contact details cannot be used. Check each of them."))

    def _channels(self) -> Iterable[Channel]:
        data = self.cleaned_data
        about = {"confirmed": data["confirmed"], "note_nl": data["note"], "source": "own setting", "status": "proposal"}
        if data["phone"]:
            window = OpeningWindow(frozenset(data["days"]), data["opens"], data["closes"]) if data["days"] else None
            yield Channel("tel", data["phone"], (window,) if window else None, on_holidays=data["on_holidays"], **about)
        for kind in ("email", "url"):
            if data[kind].strip():
                yield Channel(kind, data[kind].strip(), None, **about)

    def value(self) -> tuple[Channel, ...]:
        return self.channels

    def field_of(self, finding: Finding) -> str:
        return {"bad_address": "email", "bad_url": "url"}.get(finding.cause, "")


def _typed(channels: tuple[Channel, ...]) -> dict[str, object]:
    """What somebody would type to get these channels."""
    first = {channel.kind: channel for channel in reversed(channels)}
    typed: dict[str, object] = {kind: first[kind].value for kind in ("email", "url") if kind in first}
    if channels:
        typed |= {"note": channels[0].note_nl, "confirmed": channels[0].confirmed}
    if phone := first.get("tel"):
        typed |= {"phone": phone.value, "on_holidays": phone.on_holidays}
        if phone.opening:
            window = phone.opening[0]
            typed |= {"days": sorted(window.weekdays), "opens": window.start, "closes": window.end}
    return typed


