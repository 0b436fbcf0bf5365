"""Need to know, role by role: what their pages contain, and what they never do."""

import pytest
from django.urls import reverse

from tests.cast import make_cast
from tests.hostile.access_matrix import STORY, addresses, make_scene
from tests.hostile.access_table import ROWS
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db
CONTENT = (STORY, "Kwaadwillige Kees", "Nepstraat", "Verzonnenweg")  # what was said, and where


@pytest.fixture
def scene():
    return make_scene(make_cast())


def pages_of(scene, person) -> dict[str, str]:
    """Every page without a row in its address that this person may enter, as text."""
    reader, client, found = scene.reader(person), signed_in(scene.reader(person)), dict(addresses())
    names = [n for n, row in ROWS.items() if row.about == "area" and "GET" in row.methods and reader.role in row.roles]
    return {n: client.get(reverse(n, kwargs=dict.fromkeys(found[n], "ISZW")), follow=True).content.decode() for n in names}


def says(pages, *words) -> list[tuple[str, str]]:
    return [(name, word) for name, page in pages.items() for word in words if word in page]


def test_focal_point_and_buddy_read_the_regular_signals_of_their_municipality(scene):
    for person in ("anna", "bo"):
        page = signed_in(scene.reader(person)).get(reverse("signal", args=[scene.signals["regular"]])).content.decode()
        assert STORY in page
        assert scene.signals["regular"] in pages_of(scene, person)["work_list"]
        assert says(pages_of(scene, person), scene.signals["colleague"], scene.signals["elsewhere"]) == []


def test_a_partner_reads_only_what_was_disclosed_to_its_own_organisation(scene):
    nel = signed_in(scene.reader("nel"))
    page = nel.get(reverse("disclosure", args=[scene.requests["regular"]])).content.decode()
    assert "Gemeente Helmond" in page
    assert "Bram Balie" not in page, "what was ticked was given; who reported it was not"
    for person in ("rick", "zora"):
        pages = pages_of(scene, person)
        assert says(pages, *map(str, scene.requests.values()), *scene.signals.values(), *CONTENT, "Bram Balie") == []


def test_the_chain_director_sees_numbers_and_never_a_person_a_signal_or_a_reporter(scene):
    assert says(pages_of(scene, "karel"), *CONTENT, *scene.signals.values(), *map(str, scene.requests.values()),
                "Bram Balie", "Noor Nabij") == []


def test_the_functional_manager_sees_people_and_settings_and_never_content(scene):
    pages = pages_of(scene, "frits")
    assert says(pages, *CONTENT, *scene.signals.values(), *map(str, scene.requests.values())) == []
    assert "Anna Aandacht" in pages["people"]


def test_the_privacy_officer_sees_who_did_what_and_never_content(scene):
    pages = pages_of(scene, "pia")
    for access in ("access_review", "access_export"):
        assert "Bram Balie" in pages.pop(access), "who holds an account is theirs to know; who reported is not"
    assert says(pages, *CONTENT, *scene.signals.values(), "Bram Balie") == []


def test_the_reporter_sees_state_and_never_the_own_story_again(scene):
    pages = pages_of(scene, "bram")
    assert scene.signals["regular"] in pages["my_reports"]
    assert says(pages, *CONTENT, scene.signals["elsewhere"]) == []
