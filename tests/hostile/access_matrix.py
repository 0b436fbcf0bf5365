"""Asks every address, as everybody, about every row, with every method; tells what answered otherwise than the table says.

Forbidden looks like absent: 404, with the page that a row which never was gets. 405 only where the role may enter.
"""

import logging
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from meldroute.project import urls
from meldroute.rules.actors import Reader
from meldroute.storage.models import Answer, Disclosure, Membership, Referral, Signal
from tests.cast import Cast
from tests.hostile.access_table import METHODS, READ, ROWS, Row
from tests.services.passing_on_help import pass_on, passing, reported
from tests.signing_in import signed_in

STORY = "Verzonnen verhaal van Kwaadwillige Kees uit de Nepstraat 99."
NEVER = "MR-7K3Q2M9T-Q"  # a reference that was never given
PEOPLE = ("bram", "anna", "bo", "dina", "frits", "pia", "noor", "nel", "zora", "karel", "rick")
DRAWN = ("GET",)  # compared as pages; drawing them for every other method too would take most of the time
PRESENT = (200, 302, 400, 409)
_MASK = re.compile(r'value="[A-Za-z0-9]{64}"')  # of the token against forged forms: another one on each page


def addresses(patterns: list | None = None, parts: tuple[str, ...] = ()) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every address of our own that the resolver knows, with the parts of its path."""
    for one in get_resolver().url_patterns if patterns is None else patterns:
        here = (*parts, *one.pattern.converters)
        if isinstance(one, URLResolver):
            yield from addresses(one.url_patterns, here)
        elif isinstance(one, URLPattern) and one.name and not one.name.startswith(("account_", "mfa_")):
            yield one.name, here


def without_a_row(found: dict[str, tuple[str, ...]] | None = None) -> set[str]:
    return set(dict(addresses()) if found is None else found) ^ set(ROWS)


@dataclass(frozen=True, slots=True)
class Scene:
    """Rows of every relation that a reader can have to them."""

    cast: Cast
    signals: dict[str, str]  # "regular" and "colleague" of Helmond, "elsewhere" of Deurne: their references
    requests: dict[str, object]  # to the labour inspectorate: of Helmond's regular signal, and of Deurne's
    copies: dict[str, object]  # what was disclosed with each
    absent: object

    def reader(self, person: str) -> Reader:
        return getattr(self.cast, person)

    def opens(self, person: str) -> set[str]:
        """The signals that this person may open."""
        return {"anna": {"regular"}, "bo": {"regular"}, "dina": {"colleague"}, "noor": {"elsewhere"}}.get(person, set())

    def reported(self, person: str) -> set[str]:
        return {"bram": {"regular", "colleague"}, "noor": {"elsewhere"}}.get(person, set())


def make_scene(cast: Cast, *, now: datetime | None = None) -> Scene:
    now = now or timezone.now()
    regular = passing(cast, narrative=STORY, now=now)
    sent = {"regular": pass_on(cast, regular, "ISZW", now=now).referral}
    colleague = reported(cast, narrative=STORY, about_colleague=True)
    there = _in_deurne(cast)
    elsewhere = passing(there, narrative=STORY, now=now)
    sent["elsewhere"] = pass_on(there, elsewhere, "ISZW", now=now).referral
    copies = {name: Disclosure.objects.get(referral=request).pk for name, request in sent.items()}
    return Scene(cast, {"regular": regular, "colleague": colleague, "elsewhere": elsewhere}, sent, copies, uuid4())


def _in_deurne(cast: Cast):
    """The same helpers, with the focal point of Deurne as the one who reports and the one who acts."""

    class There:
        bram = anna = cast.noor

    return There


@dataclass(frozen=True, slots=True)
class Wrong:
    """One cell of the matrix that is not as the table says."""

    address: str
    person: str
    relation: str
    method: str
    got: int
    why: str


def ask_everything(scene: Scene, *, people: Collection[str] = PEOPLE, rows: dict[str, Row] | None = None) -> list[Wrong]:
    found = dict(addresses())
    wrong, log = [], logging.getLogger("django.request")
    before = log.level
    log.setLevel(logging.CRITICAL)  # thousands of refusals are what is asked for
    try:
        for person in people:
            asker = _Asker(scene, person, found)
            for name, row in (ROWS if rows is None else rows).items():
                if row.about != "public":
                    wrong += asker.cells(name, row)
    finally:
        log.setLevel(before)
    return wrong


class _Asker:
    """One person, signed in once, at every address."""

    def __init__(self, scene: Scene, person: str, found: dict[str, tuple[str, ...]]):
        self.scene, self.person, self.found = scene, person, found
        self.reader = scene.reader(person)
        self.client = signed_in(self.reader)
        self.client.raise_request_exception = False

    def cells(self, name: str, row: Row) -> Iterator[Wrong]:
        enters = self.reader.role in row.roles
        relations = self._relations(name, row, enters=enters)
        for method in METHODS:
            never = None
            for relation, there in _asked(relations, method, enters=enters).items():
                if there and method == "POST" and row.about != "area":
                    continue  # what one's own desk does with its own row is what all other tests ask
                answer = self._ask(name, method, self._parts(name, relation))
                never = never or answer
                if (why := self._why_wrong(row, method, answer, never, enters=enters, there=there)):
                    yield Wrong(name, self.person, relation, method, answer.status_code, why)

    def _relations(self, name: str, row: Row, *, enters: bool) -> dict[str, bool]:
        """Each row that can be asked for, and whether this person may have it."""
        if row.about == "area":
            return {"never": enters}
        if row.about == "signal":
            mine = self.scene.opens(self.person) if enters else set()
            part_of_it = bool(set(self.found[name]) & {"referral", "disclosure_id"})  # a request, or a copy that was given
            asked = {signal: signal in mine and not (part_of_it and signal not in self.scene.requests)
                     for signal in self.scene.signals}
            guessed = {f"guessed:{signal}": False for signal in mine if part_of_it}
            return {"never": False} | asked | guessed
        if row.about == "emergency":
            return {"never": False} | dict.fromkeys(self.scene.signals, False)
        if row.about in ("review", "made"):
            return {"never": False}
        if row.about == "log":
            return {"never": False} | {signal: enters and signal != "elsewhere" for signal in self.scene.signals}
        if row.about == "report":
            return {"never": False} | {s: enters and s in self.scene.reported(self.person) for s in self.scene.signals}
        if row.about == "request":
            return {"never": False} | dict.fromkeys(self.scene.requests, self.person == "nel")
        return {"never": False, "own": enters, "elsewhere": False}  # a membership

    def _parts(self, name: str, relation: str) -> dict[str, object]:
        guessed, _, signal = relation.rpartition(":")
        of = "elsewhere" if guessed and signal == "regular" else "regular" if guessed else signal
        scene = self.scene
        member = {"own": scene.cast.bram.membership, "elsewhere": scene.cast.noor.membership}.get(relation, scene.absent)
        known = {
            "reference": scene.signals.get(signal, NEVER), "referral": scene.requests.get(of, scene.absent),
            "disclosure_id": scene.copies.get(of, scene.absent), "partner": "LOKZORG" if name == "settings_contact" else "ISZW", "id": member, "token": "x",
            "who": "melder", "paper_id": "dpia", "code": "VZ-AAAA-AAAA",
        }
        return {part: known.get(part, scene.absent) for part in self.found[name]}

    def _ask(self, name: str, method: str, parts: dict[str, object]):
        body = _form({"version": "1", "send": "1", "reason": "zomaar"}) if method == "POST" else {}
        drawn, urls.handler404 = urls.handler404, urls.handler404 if method in DRAWN else plain_404
        try:
            return self.client.generic(method, reverse(name, kwargs=parts), **body)
        finally:
            urls.handler404 = drawn

    def _why_wrong(self, row: Row, method: str, answer, never, *, enters: bool, there: bool) -> str:
        status = answer.status_code
        if not enters:
            return "" if status == 404 and not _tells(answer) else "entered without the role"
        if method not in row.methods:
            return "" if status == 405 else "takes a method that the table does not name"
        if there:
            return "" if method not in READ or status in PRESENT else "is closed to whose it is"
        if row.about == "area":
            return ""
        if status != 404 or _tells(answer):
            return "shows a row of somebody else"
        return "" if method not in DRAWN or _plain(answer) == _plain(never) else "tells forbidden from absent"


def _asked(relations: dict[str, bool], method: str, *, enters: bool) -> dict[str, bool]:
    """Every relation with GET and POST, the absent row first. With the others, and for whoever may not enter: one row that
    is there for each answer that the table knows, which is what a hole would show."""
    if enters and method in ("GET", "POST"):
        return relations
    real = [(there, relation) for relation, there in relations.items() if relation != "never"] or [(relations["never"], "never")]
    first = {"never": False} if method in DRAWN and "never" in relations else {}
    return first | {relation: there for there, relation in dict(real).items()}


def plain_404(request: HttpRequest, exception: Exception) -> HttpResponse:
    return HttpResponse(status=404)


def _form(body: dict[str, str]) -> dict[str, str]:
    return {"data": "&".join(f"{name}={value}" for name, value in body.items()),
            "content_type": "application/x-www-form-urlencoded"}


def _tells(answer) -> list[str]:
    body = answer.content.decode(errors="replace") + str(answer.headers)
    return [word for word in (STORY, "Kees", "Bram Balie", "Verzonnenweg") if word in body]


def _plain(answer) -> str:
    return _MASK.sub("", re.sub(r"MR-[0-9A-Z]{8}-[0-9A-Z]", "", answer.content.decode(errors="replace")))


def state_of_everything() -> list:
    """What may not change, however it is asked."""
    return [list(Signal.objects.order_by("pk").values_list("pk", "state", "version", "lane", "municipality")),
            list(Referral.objects.order_by("pk").values_list("pk", "status")), Disclosure.objects.count(),
            Disclosure.objects.filter(withdrawn_at=None).count(), Answer.objects.count(),
            list(Membership.objects.order_by("pk").values_list("pk", "valid_to", "user__email"))]


def nobody_signed_in(scene: Scene) -> list[Wrong]:
    """Without a sign-in every address but the public ones sends to the sign-in page, and tells nothing."""
    client, found, wrong = Client(), dict(addresses()), []
    asker = _Asker(scene, "anna", found)
    asker.client = client
    for name, row in ROWS.items():
        for method in METHODS if row.about != "public" else ():
            answer = asker._ask(name, method, asker._parts(name, "regular"))
            away = answer.status_code == 302 and answer.url.startswith(reverse("account_login"))
            kept = name == "report" and method == "POST" and answer.status_code == 403  # what was typed is kept
            if not (away or kept) or _tells(answer):
                wrong.append(Wrong(name, "nobody", "regular", method, answer.status_code, "answers without a sign-in"))
    return wrong
