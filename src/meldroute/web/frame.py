"""What stands around every page: who is signed in, in which role, and where they can go.

Filled from what the door already found out; a page without a door (sign-in, danger, errors) asks nothing more.
"""
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from meldroute.rules.access import may_enter
from meldroute.rules.actors import Reader
from meldroute.services.accounts import MembershipCard, SignedIn
from meldroute.services.dpia import only_invented_data
from meldroute.services.notices import unseen_count
from meldroute.web.pages.door import reader_of
from meldroute.web.pages.words import role_name

# Area (rules.access.AREAS) and what its link says, in the order of a working day. Each area's page has its name.
AREAS = (("audit", _("Oversight")), ("subject_requests", _("Requests")), ("work_list", _("Work list")),
         ("disclosures", _("Shared with you")), ("chain", _("Chain")),
         ("report", _("Report")), ("my_reports", _("My reports")), ("settings", _("Settings")), ("access_review", _("Access")),
         ("oversight", _("Emergencies")), ("emergency", _("In an emergency")), ("abandoned", _("Without a reader")),
         ("retention", _("Retention")), ("papers", _("Papers")),
         ("partners", _("Partners")), ("flow", _("Flowchart")), ("notifications", _("Notices")))


@dataclass(frozen=True, slots=True)
class PageLink:
    label: str
    url: str
    current: bool = False
    count: int = 0


@dataclass(frozen=True, slots=True)
class OtherRole:
    membership: str
    label: str


@dataclass(frozen=True, slots=True)
class Frame:
    person: str = ""
    role: str = ""
    links: tuple[PageLink, ...] = ()
    account_links: tuple[PageLink, ...] = ()
    other_roles: tuple[OtherRole, ...] = ()
    sign_in_url: str = ""


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor. Nothing is looked up until a layout asks."""
    return {"frame": SimpleLazyObject(lambda: frame_of(request)),
            "only_invented_data": SimpleLazyObject(lambda: only_invented_data(ask=_has_met_the_database(request)))}


def _has_met_the_database(request: HttpRequest) -> bool:
    """A page behind the door, or the way in. The others must come without a database."""
    library = request.resolver_match and (request.resolver_match.url_name or "").startswith("account_")
    return bool(library) or hasattr(request, "signed_in")


def frame_of(request: HttpRequest) -> Frame:
    signed_in = _signed_in(request)
    if signed_in is None:
        on_the_way = any(_is_here(request, name) for name in ("account_login", "mfa_authenticate", "mfa_login_webauthn"))
        return Frame(sign_in_url="" if on_the_way else _url("account_login"))
    roles = [OtherRole(str(card.id), _role_words(card)) for card in signed_in.memberships]
    reader = signed_in.reader
    links = [_link(request, area, label, reader) for area, label in AREAS if reader and may_enter(reader, area)]
    return Frame(person=request.user.name, role=roles[0].label if roles else "",
                 links=tuple(link for link in links if link.url), other_roles=tuple(roles[1:]))


def _signed_in(request: HttpRequest) -> SignedIn | None:
    """What the door found. The sign-in library's pages have none, and are asked here: they may serve a signed-in person."""
    library = request.resolver_match and (request.resolver_match.url_name or "").startswith(("account_", "mfa_"))
    if library and not hasattr(request, "signed_in") and request.user.is_authenticated:
        reader_of(request, now=timezone.now())
    return getattr(request, "signed_in", None)


def _role_words(card: MembershipCard) -> str:
    words = f"{role_name(card.role)} {card.organisation}"
    return _("%(role)s (you stand in)") % {"role": words} if card.stands_in else words


def _link(request: HttpRequest, area: str, label: str, reader: Reader) -> PageLink:
    # Counted when a layout draws it, and not before.
    count = SimpleLazyObject(lambda: unseen_count(reader)) if area == "notifications" else 0
    return PageLink(str(label), _url(area), _is_here(request, area), count)


def _url(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _is_here(request: HttpRequest, name: str) -> bool:
    return bool(request.resolver_match) and request.resolver_match.url_name == name
