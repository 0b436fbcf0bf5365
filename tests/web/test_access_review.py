"""Who has which role: seen by two, taken along safely, recorded as done, asked for again, and never changed quietly."""

import csv
import io
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from meldroute.services.access_review import remind
from meldroute.storage import second_factors
from meldroute.storage.models import AccessReview, HistoryEntry, Membership, Message, User
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("who", ["frits", "pia"])
def test_it_says_who_has_what_since_when_and_how_they_come_in(cast, who):
    second_factors.give_codes(cast.anna.user)
    page = signed_in(getattr(cast, who), "nl").get(reverse("access_review")).content.decode()
    for text in ("Anna Aandacht", "Dina Aangewezen", "1 januari 2022", "heeft een tweede stap", "geen tweede stap"):
        assert text in page
    assert "Noor Nabij" not in page, "of another municipality"
    assert HistoryEntry.objects.filter(act="access.read", chain=str(cast.helmond.pk)).exists()


def rows(client) -> list[list[str]]:
    text = client.get(reverse("access_export")).content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


def test_the_table_holds_the_same_and_its_taking_is_written_down(cast):
    table = rows(signed_in(cast.pia))
    assert len(table) == 1 + Membership.objects.filter(organisation=cast.helmond).count()
    assert {"Anna Aandacht", "Bram Balie"} <= {row[0] for row in table}
    assert HistoryEntry.objects.filter(act="access.exported").count() == 1


@pytest.mark.parametrize("name", ["=1+1", " =cmd|'/c calc'!A1", "\t@SUM(A1)", "+31612345678", "-2", "\u200b=1", "＝1+1", "%0A=1"])
def test_no_name_becomes_a_formula(cast, name):
    User.objects.filter(pk=cast.anna.user).update(name=name)
    cells = [row[0] for row in rows(signed_in(cast.pia))]
    assert not any(cell.strip("\u200b \t").startswith(("=", "+", "-", "@", "＝", "%")) for cell in cells)


def test_that_it_was_looked_through_is_recorded_and_asked_again_after_a_quarter(cast):
    now = timezone.now()
    assert remind(now=now) == 0, "it has just begun"
    late = now + timedelta(days=100)
    assert remind(now=late) == 2, "never done: functional manager and privacy officer"
    assert remind(now=late) == 0, "said once"
    Message.objects.all().delete()
    signed_in(cast.pia).post(reverse("access_reviewed"))
    assert AccessReview.objects.get().by_id == cast.pia.membership
    assert HistoryEntry.objects.filter(act="access.reviewed").count() == 1
    assert remind(now=now + timedelta(days=80)) == 0
    assert remind(now=now + timedelta(days=92)) == 2


@pytest.mark.parametrize("change", ["people_appoint", "people_end", "people_address"])
def test_a_change_of_rights_is_told_to_the_others_who_watch(cast, change):
    second = User.objects.create_user("fien@voorbeeld.example", None, name="Fien")
    fien = Membership.objects.create(user=second, organisation=cast.helmond, role="functional_manager",
                                     valid_from=timezone.localdate())
    today = timezone.localdate().isoformat()
    fields = {"people_appoint": {"name": "N", "email": "n@voorbeeld.example", "role": "reporter", "starts": today},
              "people_end": {"last_day": today}, "people_address": {"email": "bo2@voorbeeld.example"}}[change]
    parts = [] if change == "people_appoint" else [cast.bo.membership]
    signed_in(cast.frits).post(reverse(change, args=parts), fields)
    told = set(Message.objects.filter(kind="privileges_changed").values_list("membership", flat=True))
    assert told == {fien.pk, cast.pia.membership}


def test_a_changed_second_factor_is_told_to_its_owner(cast):
    from allauth.mfa.models import Authenticator

    second_factors.give_codes(cast.bram.user)
    assert Authenticator.objects.filter(user=cast.bram.user).exists()
    signed_in(cast.bram).post(reverse("mfa_deactivate_totp"))
    assert list(Message.objects.filter(kind="factor_changed").values_list("membership", flat=True)) == [cast.bram.membership]
