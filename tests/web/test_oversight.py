"""The privacy officer's pages: by reference only, without content, each look written down."""

import pytest
from django.urls import reverse
from django.utils import timezone

from meldroute.services import digests
from meldroute.storage.models import HistoryEntry
from tests.services.passing_on_help import passing, reported
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db(transaction=True)
STORY = "Verzonnen verhaal van Kwaadwillige Kees."


@pytest.fixture
def file(cast):
    return passing(cast, narrative=STORY, now=timezone.now())


def test_the_day_of_a_privacy_officer_begins_here(cast):
    assert signed_in(cast.pia).get("/", follow=True).request["PATH_INFO"] == reverse("audit")


def test_a_reference_leads_to_who_saw_it_and_nothing_else_does(cast, file):
    pia = signed_in(cast.pia)
    found = pia.get(reverse("audit"), {"kenmerk": file.lower().replace("-", " ")}, follow=True)
    body = found.content.decode()
    assert found.status_code == 200
    assert file in body
    assert "Anna Aandacht" in body
    for content in ("Kees", "Bram"):
        assert content not in body
    wrong = pia.get(reverse("audit"), {"kenmerk": "Kees"})
    assert wrong.status_code == 400
    assert "not a reference" in wrong.content.decode()


def test_a_title_tells_nothing(cast, file):
    body = signed_in(cast.pia).get(reverse("file_log", args=[file])).content.decode()
    assert file not in body.split("</title>")[0]


def test_a_file_that_does_not_exist_looks_like_one_of_elsewhere(cast):
    elsewhere = passing(cast, narrative=STORY, now=timezone.now())
    from meldroute.storage.models import Signal

    Signal.objects.filter(reference=elsewhere).update(municipality=cast.deurne)
    pia = signed_in(cast.pia)
    there, never = (pia.get(reverse("file_log", args=[one])) for one in (elsewhere, "MR-7K3Q2M9T-C"))
    assert there.status_code == never.status_code == 404
    assert there.content.decode().replace(elsewhere, "MR-7K3Q2M9T-C") == never.content.decode()
    assert HistoryEntry.objects.filter(act="refused").count() == 2


def test_what_was_refused_names_the_file_and_leads_to_it(cast):
    reference = reported(cast, narrative=STORY, about_colleague=True)
    assert signed_in(cast.anna).get(reverse("signal", args=[reference])).status_code == 404
    body = signed_in(cast.pia).get(reverse("refusals")).content.decode()
    assert "Anna Aandacht" in body
    assert reverse("file_log", args=[reference]) in body


def test_and_says_so_when_nothing_was(cast):
    assert "Nothing was refused." in signed_in(cast.pia).get(reverse("refusals")).content.decode()


def test_whether_the_record_is_kept_is_told(cast, tmp_path, settings):
    settings.MELDROUTE_DATA = tmp_path
    assert "No digest was written yet" in signed_in(cast.pia).get(reverse("audit")).content.decode()
    digests.write_daily(now=timezone.now())
    assert "Last digest written" in signed_in(cast.pia).get(reverse("audit")).content.decode()
