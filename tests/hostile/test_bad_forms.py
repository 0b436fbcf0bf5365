"""Bad inputs on every form there is: no failure, nothing half written, and an answer that helps.

The addresses come from the URL resolver, the fields from each page itself, as the person whose page it is. A few hundred
in `make test`, ten thousand in `make drill`.
"""

import os
import random
from collections import Counter
from http.cookies import SimpleCookie
from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, seed, settings

from meldroute.services.attachments import NewFile, add_attachment
from meldroute.services.subject_requests import NewRequest, register
from meldroute.storage.models import Attachment, ChainHead, Disclosure, HistoryEntry, Membership, Signal
from tests import outside_help
from tests.cast import make_cast
from tests.hostile.bad_inputs import Asked, Bad, broken, fields_of, words_of, wounds
from tests.hostile.scenes import ADDRESSES, ENTERS
from tests.services.passing_on_help import pass_on, passing, reported
from tests.signing_in import sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.drill]
FULL = os.environ.get("MELDROUTE_DRILL") == "full"
TIMES = int(os.environ.get("MELDROUTE_DRILL_TIMES") or (10_000 if FULL else 300))
READS = ("signal.read", "list.read", "request.read", "request.listed", "refused")
KEPT_ON_PURPOSE = {"draft", "historyentry", "chainhead"}  # what was typed and could not be sent; the history is looked at apart


class Scene:
    """Everybody signed in, and something at every address."""

    def __init__(self) -> None:
        now = timezone.now()
        self.cast = make_cast(now=now)
        self.passed = passing(self.cast, now=now)
        self.sent = pass_on(self.cast, self.passed, "ISZW", now=now)
        self.linked = pass_on(self.cast, passing(self.cast, "CU", now=now), "TFRIEC", channel="link", to="tf@voorbeeld.example", now=now)
        self.fresh, self.other = reported(self.cast), reported(self.cast, narrative="Iets anders.")
        add_attachment(self.fresh, NewFile("brief.txt", b"Een brief.", "brief"), reader=self.cast.anna, now=now)
        outside_help.open_page(self.cast, now=now)
        asked = NewRequest("access", timezone.localdate(), "Verzonnen Verzoeker", "per brief", "Wat hebben jullie over mij?")
        self.request = register(asked, reader=self.cast.pia, now=now)
        self.clients = {"nobody": Client(raise_request_exception=False, headers={"accept-language": "nl"})}
        for who in ("anna", "bo", "bram", "frits", "nel", "karel", "pia"):
            client = Client(raise_request_exception=False, headers={"accept-language": "nl"})
            self.clients[who] = sign_in(client, getattr(self.cast, who).user)
        self.cookies = {who: client.cookies.output(header="", sep=";") for who, client in self.clients.items()}
        self.forms: dict[tuple, tuple] = {}
        self.places = sorted(self._places())

    def _places(self):
        """(who, name, address, the reference in it)."""
        parts = {"partner": "ISZW", "referral": self.sent.referral, "item": "adres", "token": "x" * 43, "who": "melder",
                 "attachment": Attachment.objects.get().pk, "id": Disclosure.objects.first().pk,
                 "membership": Membership.objects.get(pk=self.cast.bo.membership).pk, "part": "normen", "key": "x", "uidb36": "x",
                 "pk": 1, "provider": "helmond", "paper_id": "dpia"}
        for name, needed in ADDRESSES.items():
            if not name:
                continue
            who = next((w for w in ("anna", "bram", "frits", "nel", "karel", "pia") if w in ENTERS.get(name, ())), "anna")
            whos = ("nobody", "anna") if name.startswith("account_") or name in ("danger", "partner_link", "set_language", "outside") else (who,)
            references = (self.passed, self.fresh) if "reference" in needed else ("",)
            if name in ("receipt", "my_report", "proof_of_report"):
                whos, references = ("bram",), (self.fresh,)
            for person in whos:
                for reference in references:
                    known = {**parts, "reference": reference, "code": outside_help.CODE if name == "outside" else self.request}
                    if name == "disclosure":
                        known["id"] = self.sent.referral
                    if name == "account_reset_password_from_key":  # the library names its parts in a pattern of its own
                        needed = ("uidb36", "key")
                    address = reverse(name, kwargs={p: known.get(p, self.sent.referral) for p in needed})
                    yield person, name, address, reference

    def form_of(self, place: tuple, which: int) -> tuple[dict, set]:
        who, _, address, _ = place
        if place not in self.forms:
            page = self.clients[who].get(address)
            html = page.content.decode(errors="replace") if page.status_code == 200 and "html" in page["Content-Type"] else ""
            asked = Asked()
            asked.feed(html)
            main = fields_of(html.partition('id="main"')[2]) or [{"version": ["1"], "send": ["1"], "reason": [""], "narrative": [""]}]
            self.forms[place] = (main, asked.files)
        forms, files = self.forms[place]
        return forms[which % len(forms)], files

    def ask(self, place: tuple, bad: Bad):
        who, _, address, reference = place
        client = self.clients[who]
        client.cookies = SimpleCookie(self.cookies[who])
        path = address.replace(reference, bad.reference) if reference and bad.reference else address
        return client.generic(bad.method, path, bad.body, content_type=bad.content_type, QUERY_STRING=bad.query)


def stored() -> dict[str, object]:
    """How many rows of each kind, which version each signal has, and what was done. Reads may come along with a refusal."""
    tables = {m._meta.model_name: m._meta.db_table for m in apps.get_app_config("meldroute").get_models()}
    asked = " UNION ALL ".join(f"SELECT '{name}', count(*) FROM {table}" for name, table in sorted(tables.items()) if name not in KEPT_ON_PURPOSE)
    with connection.cursor() as cursor:
        cursor.execute(asked)
        counts = dict(cursor.fetchall())
    return {"rows": counts, "signals": list(Signal.objects.order_by("pk").values_list("pk", "version", "state")),
            "acts": Counter(HistoryEntry.objects.exclude(act__in=READS).values_list("act", flat=True))}


def whole() -> bool:
    """Every chain is as long as its head says."""
    heads = dict(ChainHead.objects.values_list("chain", "number"))
    entries = Counter(HistoryEntry.objects.values_list("chain", flat=True))
    return all(entries[chain] == number for chain, number in heads.items())


def troubles(place: tuple, bad: Bad, answer, before: dict) -> list[str]:
    status, found = answer.status_code, []
    html = answer.content.decode(errors="replace") if not getattr(answer, "streaming", False) else ""
    if status >= 500:
        found.append(f"failed with {status}: {answer.exc_info and repr(answer.exc_info[1])[:300]}")
    if "Traceback" in html or "Exception Type" in html:
        found.append("shows how it is made inside")
    if not whole():
        found.append("a chain is longer or shorter than its head says")
    if status >= 400:
        if (after := stored()) != before:
            found.append(f"refused, and yet something was kept: {[k for k in after if after[k] != before[k]]}")
        if status != 405 and bad.method not in ("HEAD", "OPTIONS") and not _helps(html):
            found.append(f"{status} does not help: {words_of(html)[:200]!r}")
    if place[1] != "set_language" and status in (301, 302) and (away := urlsplit(answer.get("Location", ""))).netloc:
        found.append(f"sends people away to {away.netloc}")
    return found


def _helps(html: str) -> bool:
    """A summary that names field and cause, or a page of its own with a heading, a sentence and a way on."""
    if html.startswith("{"):  # the sign-in library answers a program in its own form
        return '"errors": [' in html
    _, _, main = html.partition('id="main"')
    summary = main.partition('class="mr-error-summary')[2].partition("</ul>")[0]
    if summary:
        return len(words_of(summary)) > 25
    return "<h1" in main and ("<a " in main or "<form" in main) and len(words_of(main)) > 60


def test_every_form_answers_bad_input_with_a_refusal_that_helps_and_keeps_nothing(db, settings):
    settings.MELDROUTE_SCANNER = "off"
    scene, seen = Scene(), Counter()
    wrong = _run(scene, seen)
    assert not wrong, "\n".join([f"{len(wrong)} of {sum(seen.values())}", *wrong[:20]])
    assert sum(seen.values()) >= TIMES
    assert len({name for name, _ in seen}) == len({name for name in ADDRESSES if name}), "an address was not asked"
    statuses = {status for _, status in seen}
    assert {200, 302, 400, 404} <= statuses, statuses


def _run(scene: Scene, seen: Counter) -> list[str]:
    """Each address gets its share. In the drill others than last time; a failure names the number that brings it back."""
    wrong: list[str] = []
    start = int(os.environ.get("MELDROUTE_DRILL_SEED") or (random.randrange(10**6) if FULL else 0))
    each = -(-TIMES // len(scene.places))
    for number, place in enumerate(scene.places):
        _ask(scene, place, seen, wrong, number=start + number, each=each)
    return wrong


def _ask(scene: Scene, place: tuple, seen: Counter, wrong: list[str], *, number: int, each: int) -> None:
    @seed(number)
    @settings(max_examples=each, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(wounds)
    def ask(wound):
        with transaction.atomic():
            form, files = scene.form_of(place, wound.which)
            before, bad = stored(), broken(form, files, wound)
            answer = scene.ask(place, bad)
            found = troubles(place, bad, answer, before)
            transaction.set_rollback(True)
        seen[place[1], answer.status_code] += 1
        if found:
            wrong.append(f"{place[1]} as {place[0]} (seed {number}), {bad.method} {bad.content_type!r} {bad.query[:100]!r} "
                           f"{bad.reference[:40]!r} {bad.body[:300]!r}: {found}")

    ask()


def test_the_search_would_notice_a_form_that_fails_or_keeps_a_half(db, settings):
    """A refusal beside a row that stays, and a page that says nothing, are found."""
    settings.MELDROUTE_SCANNER = "off"
    scene = Scene()
    before = stored()
    before["rows"] = {**before["rows"], "message": before["rows"]["message"] - 1}
    place = next(p for p in scene.places if p[1] == "take_up")
    bad = Bad("POST", b"version=x", "application/x-www-form-urlencoded", "", "")
    answer = scene.ask(place, bad)
    assert answer.status_code in (400, 409)
    assert troubles(place, bad, answer, stored()) == []
    assert "something was kept" in str(troubles(place, bad, answer, before))
    answer.content = b"<main id=\"main\"><h1>Nee</h1></main>"
    assert "does not help" in str(troubles(place, bad, answer, stored()))
