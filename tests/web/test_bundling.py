"""Bundle, take apart, follow: small pages that say what will happen."""

import pytest

from meldroute.services.bundling import bundle
from meldroute.storage.models import Signal
from tests.cast import MONDAY
from tests.services.acting_cases import call, enriched, reported, signal, taken_up
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def anna(cast):
    return signed_in(cast.anna)


def post(client, reference, page, **typed):
    return client.post(f"/signalen/{reference}/{page}/", {"version": signal(reference).version} | typed)


def test_bundling_by_reference_however_it_is_typed(cast, anna):
    lead, member = enriched(cast), taken_up(cast)
    page = anna.get(f"/signalen/{member}/bundelen/").content.decode()
    assert "gets feedback of their own" in page
    assert lead in page  # offered
    assert post(anna, member, "bundelen", lead=f" {lead.lower()} ").status_code == 302
    assert signal(member).lead.reference == lead
    assert lead in anna.get(f"/signalen/{member}/losmaken/").content.decode()
    assert member in anna.get(f"/signalen/{lead}/bundelen/").content.decode()


@pytest.mark.parametrize(("typed", "said"), [("MR-ZZZ", "This is not a reference."), ("", "This field is required.")])
def test_what_is_no_reference_is_said(cast, anna, typed, said):
    back = post(anna, taken_up(cast), "bundelen", lead=typed)
    assert back.status_code == 400
    assert said in back.content.decode()


def test_each_refusal_names_the_way_out(cast, anna):
    lead, member, third = enriched(cast), taken_up(cast), taken_up(cast)
    colleague = reported(cast, about_colleague=True)
    bundle(member, lead, reader=cast.anna, now=MONDAY)
    for reference, other, said in ((third, third, "This is the same signal."), (third, member, "Bundle with the one that leads"),
                                   (lead, third, "Take those out first"), (third, colleague, "Check the reference")):
        back = post(anna, reference, "bundelen", lead=other)
        assert back.status_code == 409
        assert said in back.content.decode()


def test_taking_out_and_following(cast, anna):
    lead, member = enriched(cast), taken_up(cast)
    bundle(member, lead, reader=cast.anna, now=MONDAY)
    held = anna.get(f"/signalen/{member}/volgt/").content.decode()
    assert "not yet, because" in held
    assert "the signal that leads is not done yet" in held
    assert f'href="/signalen/{lead}/"' in held  # the way out is one click away
    assert post(anna, member, "volgt").status_code == 409
    assert post(anna, member, "losmaken").status_code == 302
    assert signal(member).state == "verrijken"
    bundle(member, lead, reader=cast.anna, now=MONDAY)
    call(cast, lead)
    Signal.objects.filter(reference=lead).update(state="terugkoppelen", kind="report_back")
    assert post(anna, member, "volgt").status_code == 302
    assert signal(member).state == "terugkoppelen"


@pytest.mark.parametrize("page", ["bundelen", "losmaken", "volgt"])
def test_whoever_may_not_see_it_finds_nothing(cast, page):
    lead, member = enriched(cast), taken_up(cast)
    bundle(member, lead, reader=cast.anna, now=MONDAY)
    for reader in (cast.noor, cast.dina, cast.bram, cast.nel, cast.karel, cast.frits, cast.pia):
        client = signed_in(reader)
        assert client.get(f"/signalen/{member}/{page}/").status_code == 404
        assert post(client, member, page, lead=lead).status_code == 404
    assert Signal.objects.exclude(lead=None).count() == 1
