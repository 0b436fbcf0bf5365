"""Every address, asked by everybody, about everything, with every method: only what the table says gets in.

The addresses come from the URL resolver, the table from `access_table.py`. A test that cannot fail proves nothing:
four holes are made on purpose, and the matrix must report each.
"""

import pytest
from django.http import HttpResponse
from django.urls import get_resolver, reverse
from django.utils import timezone

from meldroute.rules import access
from meldroute.services.disclosure import withdraw
from meldroute.storage.models import HistoryEntry
from meldroute.storage.prepared import Prepared
from meldroute.storage.querysets import ReferralQuerySet, SignalQuerySet
from meldroute.web.pages import door
from tests.cast import make_cast
from tests.hostile.access_matrix import (
    PEOPLE,
    STORY,
    addresses,
    ask_everything,
    make_scene,
    nobody_signed_in,
    state_of_everything,
    without_a_row,
)
from tests.hostile.access_table import ROWS
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db  # in one transaction: thousands of refusals, each of which would wait for the disk


@pytest.fixture(autouse=True)
def no_models_in_templates():
    """Every other test looks whether a row reaches a template; here thousands of pages are drawn."""


@pytest.fixture
def scene():
    return make_scene(make_cast())


def test_every_address_has_a_row_and_every_row_an_address():
    assert without_a_row() == set()


@pytest.mark.parametrize("person", PEOPLE)
def test_only_what_the_table_says_gets_in_and_nothing_changes(scene, person):
    before = state_of_everything()
    assert ask_everything(scene, people=[person]) == []
    assert state_of_everything() == before


def test_somebody_not_signed_in_learns_nothing_anywhere(scene):
    assert nobody_signed_in(scene) == []


# The holes


def test_a_route_without_a_row_is_reported():
    new = dict(addresses()) | {"a_new_page": ("reference",)}
    assert without_a_row(new) == {"a_new_page"}


def test_a_removed_check_is_reported(scene, monkeypatch):
    monkeypatch.setattr(door, "may_enter", lambda reader, area: True)
    for person in ("karel", "frits", "nel"):
        assert ask_everything(scene, people=[person], rows={n: ROWS[n] for n in ("work_list", "signal", "enrich")}) or pytest.fail(person)


def test_a_wrong_tenant_is_reported(scene, monkeypatch):
    """The queryset asks for the lane and forgets whose signals they are."""
    monkeypatch.setattr(SignalQuerySet, "visible_to", lambda rows, reader, lanes=None: rows.filter(
        lane__in=access.signal_scope(reader).lanes))
    # A statement that was written before the hole is used no longer, and one with the hole is not kept.
    monkeypatch.setattr(Prepared, "__call__", lambda self, *shape, **values: list(self._build(*shape, **values)))
    wrong = ask_everything(scene, people=["noor"], rows={n: ROWS[n] for n in ("signal", "bundle")})
    assert {(w.address, w.relation) for w in wrong} >= {("signal", "regular"), ("bundle", "regular")}


@pytest.mark.parametrize("person", ["bram", "noor"])
def test_a_method_that_is_not_covered_is_reported(scene, monkeypatch, person):
    """A view that looks at the method before anything else, and lets one through."""
    pattern = _pattern("signal")
    guarded = pattern.callback
    monkeypatch.setattr(pattern, "callback", lambda request, **parts: HttpResponse(STORY) if request.method == "PUT" else (
        guarded(request, **parts)))
    wrong = ask_everything(scene, people=[person], rows={"signal": ROWS["signal"]})
    assert {w.method for w in wrong} == {"PUT"}


def test_a_guessed_id_is_reported(scene, monkeypatch):
    """Requests are found by their id, whoever they were made to."""
    monkeypatch.setattr(ReferralQuerySet, "disclosed_to", lambda rows, reader: rows.exclude(status="skipped"))
    wrong = ask_everything(scene, people=["rick"], rows={"disclosure": ROWS["disclosure"]})
    assert {w.relation for w in wrong} == {"regular", "elsewhere"}


def test_an_id_of_another_signal_is_reported(scene, monkeypatch):
    """A request id under a reference of one's own, looked up without asking of which signal it is."""
    from meldroute.storage.querysets import MunicipalityRows

    monkeypatch.setattr(MunicipalityRows, "of_signal", lambda rows, *signals: rows.all())
    wrong = ask_everything(scene, people=["anna"], rows={n: ROWS[n] for n in ("answer_by_phone", "referral_sent")})
    assert {w.relation for w in wrong} == {"guessed:regular"}


def _pattern(name: str):
    def walk(patterns):
        for one in patterns:
            yield from walk(one.url_patterns) if hasattr(one, "url_patterns") else [one]

    return next(one for one in walk(get_resolver().url_patterns) if one.name == name)


# What the matrix cannot ask by an address alone


@pytest.mark.parametrize("person", PEOPLE)
def test_no_page_of_ones_own_area_tells_what_is_another_s(scene, person):
    """Lists, counts, notices and settings: nothing of a signal that this person may not open."""
    client = signed_in(scene.reader(person))
    hidden = {reference for name, reference in scene.signals.items() if name not in scene.opens(person) | scene.reported(person)}
    wrong = []
    for name, row in ROWS.items():
        if row.about == "area" and "GET" in row.methods and scene.reader(person).role in row.roles:
            parts = dict.fromkeys(dict(addresses())[name], "ISZW")
            answer = client.get(reverse(name, kwargs=parts))
            assert answer.status_code < 500, name
            wrong += [(name, told) for told in {*hidden, STORY} if told in answer.content.decode()]
    assert wrong == []


def test_the_flowchart_with_a_place_is_for_the_desk_of_that_signal(scene):
    for person in PEOPLE:
        for name, reference in scene.signals.items():
            answer = signed_in(scene.reader(person)).get(reverse("flow"), {"signaal": reference})
            assert answer.status_code == (200 if name in scene.opens(person) else 404), (person, name)


def test_every_refusal_about_a_signal_is_written_down(scene):
    """Also at the addresses that ask for the signal in another way than the path."""
    for person, url in (("frits", reverse("flow") + f"?signaal={scene.signals['regular']}"),
                        ("karel", reverse("signal", args=[scene.signals["regular"]])),
                        ("anna", reverse("signal", args=[scene.signals["colleague"]]))):
        before = HistoryEntry.objects.filter(act="refused").count()
        assert signed_in(scene.reader(person)).get(url).status_code == 404
        assert HistoryEntry.objects.filter(act="refused").count() == before + 1, person


def test_a_partner_keeps_nothing_of_what_was_taken_back(scene):
    request = scene.requests["regular"]
    withdraw(scene.signals["regular"], disclosure=scene.copies["regular"], reason="vergissing", reader=scene.cast.anna,
             now=timezone.now())
    nel = signed_in(scene.cast.nel)
    assert nel.get(reverse("disclosure", args=[request])).status_code == 404
    assert str(request) not in nel.get(reverse("disclosures")).content.decode()
