"""The papers on the screen: for the privacy officer, to read and to take along."""

import pytest
from django.utils import timezone

from meldroute.services.papers import PAPERS
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db(transaction=True)


def test_only_the_privacy_officer_finds_them(cast):
    for who in ("anna", "bo", "dina", "bram", "frits", "noor", "nel", "zora", "karel", "rick"):
        for page in ("", "dpia/", "dpia/bestand/", "incident/"):
            assert signed_in(getattr(cast, who)).get(f"/papieren/{page}").status_code == 404


def test_each_can_be_read_and_taken_along(cast):
    pia = signed_in(cast.pia)
    page = pia.get("/papieren/").content.decode()
    for id, title in PAPERS.items():
        assert title in page
        assert pia.get(f"/papieren/{id}/").status_code == 200
        file = pia.get(f"/papieren/{id}/bestand/")
        assert file["Content-Type"].startswith("text/markdown")
        assert file.content.startswith(b"# ")
    assert pia.get("/papieren/horoscoop/").status_code == 404


@pytest.mark.parametrize(("typed", "status"), [
    ({}, 400), ({"since": "2026-11-23", "until": "2026-11-01"}, 409), ({"references": "MR-x"}, 400),
    ({"references": "MR-7K3Q2M9T-Q"}, 409), ({"format": "exe"}, 400)])
def test_an_incident_export_that_cannot_be_made_says_why_at_its_field(cast, typed, status):
    today = timezone.localdate().isoformat()
    filled = {"since": today, "until": today, "format": "csv"} | typed if typed else {"since": ""}
    answer = signed_in(cast.pia).post("/papieren/incident/", filled)
    assert answer.status_code == status
    assert answer.context["form"].errors


@pytest.mark.parametrize(("format", "kind"), [("csv", "text/csv"), ("json", "application/json")])
def test_an_incident_export_is_a_file(cast, format, kind):
    today = timezone.localdate().isoformat()
    answer = signed_in(cast.pia).post("/papieren/incident/", {"since": today, "until": today, "format": format})
    assert answer["Content-Type"].startswith(kind)
    assert answer["Content-Disposition"] == f'attachment; filename="incident.{format}"'
