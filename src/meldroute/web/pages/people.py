"""People and their roles, for the functional manager: appoint, hand over, be away."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from meldroute.rules.actors import Reader
from meldroute.services import appointing, closing_accounts, leaving
from meldroute.services.people import APPOINTABLE, AppointmentRefused, MemberCard, member, people_of

from .settings import manages
from .settings_forms import CAUSES as FIELD_CAUSES
from .settings_forms import DATE
from .words import ROLES, role_name

DOMAINS = {"": gettext_lazy("not applicable"), "care": gettext_lazy("care"), "safety": gettext_lazy("safety")}
STATES = {"planned": gettext_lazy("planned"), "current": gettext_lazy("current"), "away": gettext_lazy("away"),
          "ended": gettext_lazy("ended")}
CAUSES = {
    "yourself": gettext_lazy(
        "You cannot give yourself a role that reads signals or watches over you. Ask another functional manager."),
    "yourself_over": gettext_lazy("You cannot start your own account over. Ask another functional manager."),
    "already": gettext_lazy("This person has this role already. Look at the list of people."),
    "both_desks": gettext_lazy(
        "Who takes signals about colleagues cannot be focal point or buddy too. Choose somebody else."),
    "unknown_role": gettext_lazy("You cannot appoint this role. Choose one from the list."),
    "in_the_past": gettext_lazy("What was done stays as it was. Choose today or a later day."),
    "ends_before_start": gettext_lazy("This ends before it starts. Correct one of the two days."),
    "no_successor": gettext_lazy(
        "Open signals would be left with nobody. Appoint a focal point or buddy first, or choose a neighbouring "
        "municipality that stands in."),
    "last_designated": gettext_lazy("Nobody would take signals about colleagues. Appoint somebody for that first."),
    "last_manager": gettext_lazy(
        "Nobody could change these settings any more. Appoint another functional manager first."),
    "bad_address": FIELD_CAUSES["bad_address"],
    "address_in_use": gettext_lazy("Another account has this mail address. Choose another one."),
    "ended": gettext_lazy("This role has ended already."),
}


class PersonForm(forms.Form):
    def refuse(self, refused: AppointmentRefused) -> None:
        self.add_error(refused.place if refused.place in self.fields else None, CAUSES[refused.cause])


class AppointForm(PersonForm):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=150)
    email = forms.CharField(label=gettext_lazy("Mail address"), max_length=200, help_text=gettext_lazy(
        "Also to sign in with. An account with this address keeps its name and password and gets the role as well."))
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=[(r, ROLES[r]) for r in APPOINTABLE],
                             widget=forms.RadioSelect, help_text=gettext_lazy(
        "The designated person takes signals about colleagues, and no others."))
    domain = forms.ChoiceField(label=gettext_lazy("Domain"), choices=list(DOMAINS.items()), required=False,
                               help_text=gettext_lazy("Of a focal point or buddy. Best one of each."))
    appointed_by = forms.CharField(label=gettext_lazy("Decision of the college"), required=False, max_length=200,
                                   help_text=gettext_lazy("The advice is to have the college appoint the focal point."))
    appointed_on = forms.DateField(label=gettext_lazy("Day of that decision"), required=False, widget=DATE)
    starts = forms.DateField(label=gettext_lazy("First day"), widget=DATE)


class EndForm(PersonForm):
    last_day = forms.DateField(label=gettext_lazy("Last day"), widget=DATE, help_text=gettext_lazy(
        "The role still counts on this day. Yesterday ends it at once."))


class AbsenceForm(PersonForm):
    from_day = forms.DateField(label=gettext_lazy("First day away"), widget=DATE)
    to_day = forms.DateField(label=gettext_lazy("Last day away"), widget=DATE)


class OverForm(PersonForm):
    sure = forms.BooleanField(label=gettext_lazy("I have spoken to them myself"))


class AddressForm(PersonForm):
    email = forms.CharField(label=gettext_lazy("New mail address"), max_length=200)


@dataclass(frozen=True, slots=True)
class Absence:
    id: str
    days: str


@dataclass(frozen=True, slots=True)
class Person:
    id: str
    name: str
    email: str
    role: str
    about: str
    days: str
    state: str
    active: bool
    absences: tuple[Absence, ...]
    refused: bool


@manages
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, reader: Reader, now: datetime) -> HttpResponse:
    """A search is posted: a name does not belong in an address. It changes nothing."""
    typed = request.POST.get("search", "")[:100]
    search = "".join(mark for mark in typed if mark.isprintable()).strip()  # PostgreSQL refuses some of the others
    card = people_of(reader=reader, now=now, search=search)
    return render(request, "web/people.html", {
        "now": now, "people": [_person(c) for c in card.people], "reporters": [_person(c) for c in card.reporters],
        "more": card.more, "search": search, "cancel_url": reverse("settings")})


def _person(card: MemberCard) -> Person:
    appointed = [str(DOMAINS[card.domain])] if card.domain else []
    appointed += [card.appointed_by] if card.appointed_by else []
    appointed += [_day(card.appointed_on)] if card.appointed_on else []
    return Person(
        id=str(card.id), name=card.name, email=card.email, role=role_name(card.role),
        about=", ".join(appointed), days=_days(card),
        state=str(STATES[card.state]), active=card.state != "ended", refused=card.refused,
        absences=tuple(Absence(str(a.id), _span(a.from_day, a.to_day)) for a in card.absences),
    )


def _days(card: MemberCard) -> str:
    if card.valid_to is None:
        return _("from %(first)s") % {"first": _day(card.valid_from)}
    days = {"first": _day(card.valid_from), "last": _day(card.valid_to)}
    return _("from %(first)s until and including %(last)s") % days


def _span(first, last) -> str:
    return _("away from %(first)s until and including %(last)s") % {"first": _day(first), "last": _day(last)}


def _day(day) -> str:
    return date_format(day, "j F Y")


@manages
@require_http_methods(["GET", "HEAD", "POST"])
def appoint(request: HttpRequest, reader: Reader, now: datetime) -> HttpResponse:
    """The answer says how the person gets in. Nobody sees a password but its owner."""
    today = timezone.localtime(now).date()
    form = AppointForm(request.POST or None, initial={"starts": today})
    if request.method == "POST" and form.is_valid():
        try:
            made = appointing.appoint(appointing.Appointment(**form.cleaned_data), reader=reader, now=now)
        except AppointmentRefused as refused:
            form.refuse(refused)
        else:
            return render(request, "web/appointed.html", {"now": now, "made": made, "role": role_name(made.role),
                                                          "cancel_url": reverse("people")})
    lines = [_("An account is made when there is none. They choose its password themselves, by mail."),
             _("For a role that reads signals, everybody who has it already is told.")]
    return _form_page(request, now, form, title=_("Appoint somebody"), submit=_("Appoint"), lines=lines)


@manages
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, reader: Reader, now: datetime, id: UUID) -> HttpResponse:
    card = member(id, reader=reader, now=now)
    others = leaving.take_over(id, last_day=timezone.localtime(now).date(), reader=reader, now=now)
    lines = [_("What waits for this person then waits for whoever has the duty from the next day on. They are told."),
             _("Ready to take over: %(names)s.") % {"names": ", ".join(others)} if others
             else _("Nobody is ready to take over. While open signals wait, the last one cannot leave.")]
    return _act(request, now, EndForm(request.POST or None, initial={"last_day": timezone.localtime(now).date()}),
                lambda data: leaving.end_membership(id, last_day=data["last_day"], reader=reader, now=now),
                title=_("End a role: %(name)s, %(role)s"), card=card, submit=_("End this role"), lines=lines,
                negative=True)


@manages
@require_http_methods(["GET", "HEAD", "POST"])
def absence(request: HttpRequest, reader: Reader, now: datetime, id: UUID) -> HttpResponse:
    card = member(id, reader=reader, now=now)
    lines = [_("On these days new signals and reminders go to whoever is next: focal point, buddy, then the neighbour.")]
    if not leaving.somebody_there(reader=reader, day=timezone.localtime(now).date(), now=now):
        lines.append(_("Nobody is on duty today. Arrange who takes over first."))
    return _act(request, now, AbsenceForm(request.POST or None),
                lambda data: leaving.record_absence(id, reader=reader, now=now, **data),
                title=_("Away: %(name)s, %(role)s"), card=card, submit=_("Record the absence"), lines=lines)


@manages
@require_http_methods(["GET", "HEAD", "POST"])
def address(request: HttpRequest, reader: Reader, now: datetime, id: UUID) -> HttpResponse:
    card = member(id, reader=reader, now=now)
    lines = [_("Mail that could not be delivered goes to the new address. The person signs in with it from now on.")]
    return _act(request, now, AddressForm(request.POST or None, initial={"email": card.email}),
                lambda data: appointing.correct_address(id, email=data["email"], reader=reader, now=now),
                title=_("Mail address: %(name)s, %(role)s"), card=card, submit=_("Change the address"), lines=lines)


@manages
@require_http_methods(["GET", "HEAD", "POST"])
def start_over(request: HttpRequest, reader: Reader, now: datetime, id: UUID) -> HttpResponse:
    card = member(id, reader=reader, now=now)
    lines = [_("For a lost telephone, or when somebody else knows the password. Password and second step stop working, and "
               "they are signed out everywhere. A new invitation goes to the mail address."),
             _("Call them first, at a number that you know: is it really their question?")]
    return _act(request, now, OverForm(request.POST or None), lambda data: closing_accounts.start_over(
        id, reader=reader, now=now), title=_("Start over: %(name)s, %(role)s"), card=card,
        submit=_("Start this account over"), lines=lines, negative=True)


@manages
@require_POST
def withdraw(request: HttpRequest, reader: Reader, now: datetime, id: UUID) -> HttpResponse:
    leaving.withdraw_absence(id, reader=reader, now=now)
    messages.success(request, _("The absence is withdrawn."))
    return redirect("people")


def _act(request: HttpRequest, now: datetime, form: PersonForm, do: Callable[[dict], object], *, title: str,
         card: MemberCard, submit: str, lines: list[str], negative: bool = False) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            do(form.cleaned_data)
        except AppointmentRefused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("Saved."))
            return redirect("people")
    heading = title % {"name": card.name, "role": role_name(card.role)}
    return _form_page(request, now, form, title=heading, submit=submit, lines=lines, negative=negative)


def _form_page(request: HttpRequest, now: datetime, form: PersonForm, *, title: str, submit: str, lines: list[str],
               negative: bool = False) -> HttpResponse:
    context = {"now": now, "form": form, "title": title, "submit": submit, "lines": lines, "negative": negative,
               "cancel_url": reverse("people")}
    return render(request, "web/people_form.html", context, status=400 if form.errors else 200)


urlpatterns = [
    path("instellingen/mensen/", show, name="people"),
    path("instellingen/mensen/nieuw/", appoint, name="people_appoint"),
    path("instellingen/mensen/<uuid:id>/einde/", end, name="people_end"),
    path("instellingen/mensen/<uuid:id>/afwezig/", absence, name="people_absence"),
    path("instellingen/mensen/<uuid:id>/adres/", address, name="people_address"),
    path("instellingen/mensen/<uuid:id>/opnieuw/", start_over, name="people_start_over"),
    path("instellingen/afwezig/<uuid:id>/intrekken/", withdraw, name="people_withdraw"),
]
