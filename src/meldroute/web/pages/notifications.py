"""What was left for this person: that something waits, with a way to it. A mail says even less."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext
from django.views.decorators.http import require_POST, require_safe

from meldroute.rules.access import may_enter
from meldroute.rules.actors import Reader
from meldroute.services.notices import CAP, NoticeCard, inbox, mark_all_seen, mark_seen

from .door import enters

WORDS = {
    "signal_received": gettext_noop("A new signal waits for you."),
    "danger_received": gettext_noop("A signal that says somebody is in danger waits for you. Read it now."),
    "reminder": gettext_noop("A term is nearly over."),
    "late": gettext_noop("A term has passed. Focal point and buddy were both told."),
    "still_late": gettext_noop("Something is still late."),
    "escalated": gettext_noop("Something in a municipality stays late. The chain shows where."),
    "nobody_designated": gettext_noop("Nobody takes signals about colleagues. Appoint somebody."),
    "backup_failed": gettext_noop("No backup could be made. Tell whoever runs Meldroute, today."),
    "mail_failing": gettext_noop("Mail does not leave. It is tried again by itself; check the mail server."),
    "mail_refused": gettext_noop("A mail address does not exist. Correct it, or call instead."),
    "role_given": gettext_noop("You were given a role, or somebody was given a role that reads signals."),
    "invitation": gettext_noop("You were invited to this account."),
    "privileges_changed": gettext_noop("A colleague's role, account or mail address was changed. Was that right?"),
    "factor_changed": gettext_noop("Your second step of signing in was changed. Was it not you? Tell the privacy officer."),
    "access_review_due": gettext_noop("Look again who has which role: it is time for the access review."),
    "handed_over": gettext_noop("A colleague's role ends. What waits for them waits for you from then on."),
    "role_ended": gettext_noop("A role of yours ends. Is that not right? Ask the functional manager of the municipality."),
    "mandate_changed": gettext_noop("It was changed which municipality stands in for which when nobody is there."),
    "address_changed": gettext_noop("The mail address of a colleague who reads signals was changed."),
    "made_absent": gettext_noop("Somebody changed the days on which you are away. Is that right?"),
    "disclosure_received": gettext_noop("A municipality shared something with you and asks for an answer."),
    "link_blocked": gettext_noop("A partner's link was blocked after five wrong codes. Call them, and make a new one."),
    "contact_safely": gettext_noop("A reporter got no automatic message and waits. Reach them yourself, in the agreed way."),
    "answer_received": gettext_noop("A partner answered."),
    "reporter_wrote": gettext_noop("A reporter from outside wrote something."),
    "held_received": gettext_noop("Something came in from outside and was set aside. Look whether it is a report."),
    "request_due": gettext_noop("The term of a data subject's request ends within a week."),
    "request_late": gettext_noop("The term of a data subject's request has passed."),
    "retention_warning": gettext_noop("What may be kept no longer ends within a month. Look whether it is still needed."),
    "hold_ends": gettext_noop("The day has come on which a hold was to be looked at again. It goes on until somebody lifts it."),
    "destruction_listed": gettext_noop("A list of signals whose term ended waits for you. Nothing goes before you propose it."),
    "destruction_proposed": gettext_noop("A list of signals was proposed for destruction. Nothing goes before you approve it."),
    "named_reader": gettext_noop("A signal was shielded, and you are one of those who may still read it."),
    "named_again": gettext_noop("The designated person named who may read a shielded signal that nobody was left for."),
    "emergency_opened": gettext_noop("Somebody opened a signal in an emergency. Look whether that was right."),
    "emergency_of_yours": gettext_noop("Somebody else opened a signal of yours in an emergency."),
    "unusual_reading": gettext_noop("Somebody opened far more signals today than they usually do. Look whether that was right."),
}
# Where a notice leads when it is about no signal that this reader may open: an area of rules.access.
LEADS = {"held_received": ("work_list",),
         "escalated": ("chain",), "nobody_on_duty": ("settings", "chain"), "nobody_designated": ("settings",),
         "mail_failing": ("settings",), "mail_refused": ("settings",), "role_given": ("settings",),
         "emergency_opened": ("oversight",), "unusual_reading": ("oversight",), "nobody_named": ("settings",),
         "privileges_changed": ("access_review",), "access_review_due": ("access_review",),
         "disclosure_received": ("disclosures",), "request_due": ("subject_requests",),
         "request_late": ("subject_requests",),
         **dict.fromkeys(("retention_warning", "hold_ends", "destruction_listed", "destruction_proposed"),
                         ("retention",))}


@dataclass(frozen=True, slots=True)
class Notice:
    id: str
    text: str
    at: datetime
    seen: bool
    url: str
    link: str


@enters("notifications")
@require_safe
def show(request: HttpRequest, reader: Reader, now: datetime) -> HttpResponse:
    found = inbox(reader=reader, now=now, before=request.GET.get("voor", ""))
    return render(request, "web/notifications.html", {
        "now": now, "notices": [_notice(n, reader) for n in found.notices],
        "unseen": f"{CAP - 1}+" if found.unseen >= CAP else found.unseen,
        "next_url": f"{reverse('notifications')}?voor={found.next_before}" if found.next_before else "",
    })


@enters("notifications")
@require_POST
def seen(request: HttpRequest, reader: Reader, now: datetime) -> HttpResponse:
    """One that was ticked off, or all that stood on the page at the time the page was made."""
    if one := _id(request.POST.get("notice", "")):
        mark_seen([one], reader=reader, now=now)
    else:
        mark_all_seen(reader=reader, now=_moment(request.POST.get("until", ""), now=now))
        messages.success(request, _("All notices are marked as seen."))
    return redirect("notifications")


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _moment(text: str, *, now: datetime) -> datetime:
    """What came in after the page was made has not been seen. A moment that is none counts as now."""
    try:
        moment = datetime.fromisoformat(text)
        return min(moment.astimezone(UTC), now) if moment.tzinfo else now
    except (ValueError, OverflowError):  # the first and last days of the calendar have no UTC
        return now


def _notice(card: NoticeCard, reader: Reader) -> Notice:
    if card.reference:
        url, link = reverse("signal", kwargs={"reference": card.reference}), card.reference
    else:
        url, link = _lead(card.kind, reader), _("Open")
    text = _text(card)
    if card.elsewhere:
        text = _("%(notice)s It is of %(municipality)s, for which you stand in: choose that role in the menu.") % {
            "notice": text, "municipality": card.elsewhere}
    return Notice(id=str(card.id), text=text, at=card.at, seen=card.seen, url=url, link=link)


def _text(card: NoticeCard) -> str:
    if card.kind == "nobody_on_duty":
        number = card.count or 1
        return ngettext("%(n)s signal waits and nobody is on duty. Arrange who takes over.",
                        "%(n)s signals wait and nobody is on duty. Arrange who takes over.", number) % {"n": number}
    if card.kind == "nobody_named":
        number = card.count or 1
        return ngettext("%(n)s shielded signal has nobody left who may read it. Ask the designated person to name somebody.",
                        "%(n)s shielded signals have nobody left who may read them. Ask the designated person to name "
                        "somebody.", number) % {"n": number}
    return _(WORDS.get(card.kind, gettext_noop("Something is ready for you.")))


def _lead(kind: str, reader: Reader) -> str:
    for area in LEADS.get(kind, ()):
        if may_enter(reader, area):
            try:
                return reverse(area)
            except NoReverseMatch:
                continue
    return ""


urlpatterns = [
    path("berichten/", show, name="notifications"),
    path("berichten/gezien/", seen, name="notices_seen"),
]
