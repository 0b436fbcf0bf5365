"""Reading in an emergency: who may ever, what others see of it at once, and that nothing else is widened by it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from meldroute.rules.choices import Choices
from meldroute.services import emergency_reading, oversight, shielding
from meldroute.services.desk import NoSuchSignal, look_at
from meldroute.services.emergency_reading import LASTS, NoReason, OpenAlready, open_in_emergency, read_in_emergency
from meldroute.services.reading.signal_page import open_signal
from meldroute.services.reading.work_list import work_list
from meldroute.storage.choices import choices_to
from meldroute.storage.models import EmergencyReading, HistoryEntry, Membership, Message, MunicipalitySettings
from tests.cast import MONDAY
from tests.services.passing_on_help import STORY, reported
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db(transaction=True)
WHY = "De politie belt, en niemand van het loket neemt op."


def opened(reference, reader, now=MONDAY):
    return open_in_emergency(reference, reason=WHY, reader=reader, now=now)


@pytest.mark.parametrize("who", ["dina", "noor"])
def test_the_designated_person_and_the_mandated_neighbour_can(cast, who):
    reference, reader = reported(cast), getattr(cast, who)
    assert opened(reference, reader) == MONDAY + LASTS
    page = read_in_emergency(reference, reader=reader, now=MONDAY)
    assert page.page.report.narrative == STORY
    assert page.page.steps == ()


@pytest.mark.parametrize("who", ["bram", "frits", "pia", "nel", "zora", "karel", "rick"])
def test_no_other_role_ever_can(cast, who):
    reference, reader = reported(cast), getattr(cast, who)
    with pytest.raises(NoSuchSignal):
        opened(reference, reader)
    with pytest.raises(NoSuchSignal):
        read_in_emergency(reference, reader=reader, now=MONDAY)
    assert signed_in(reader).get(reverse("emergency")).status_code == 404
    assert not EmergencyReading.objects.exists()


@pytest.mark.parametrize("who", ["anna", "bo", "noor", "frits", "bram", "pia", "karel"])
def test_a_signal_about_a_colleague_is_opened_by_nobody_this_way(cast, who):
    reference = reported(cast, about_colleague=True)
    with pytest.raises(NoSuchSignal):
        opened(reference, getattr(cast, who))
    assert not EmergencyReading.objects.exists()
    with pytest.raises(OpenAlready):
        opened(reference, cast.dina)


def test_a_neighbour_without_a_mandate_cannot_and_one_whose_mandate_ends_cannot_any_more(cast):
    reference = reported(cast)
    opened(reference, cast.noor)
    later = MONDAY + timedelta(minutes=5)
    MunicipalitySettings.objects.create(organisation=cast.helmond, valid_from=later, saved_at=later, content=choices_to(Choices()))
    with pytest.raises(NoSuchSignal):
        read_in_emergency(reference, reader=cast.noor, now=later)
    with pytest.raises(NoSuchSignal):
        opened(reference, cast.noor, now=later)


def test_the_desk_itself_is_sent_to_its_own_page(cast):
    reference = reported(cast)
    with pytest.raises(OpenAlready):
        opened(reference, cast.anna)
    assert not EmergencyReading.objects.exists()


@pytest.mark.parametrize("who", ["dina", "noor"])
def test_a_shielded_signal_is_not_opened_while_somebody_named_is_left_and_closes_at_once(cast, who):
    reference, reader = reported(cast), getattr(cast, who)
    opened(reference, reader)
    shielding.shield(reference, named=[cast.anna.membership], reason="x", reader=cast.anna, now=MONDAY)
    with pytest.raises(NoSuchSignal):
        read_in_emergency(reference, reader=reader, now=MONDAY)
    with pytest.raises(NoSuchSignal):
        opened(reference, reader)
    Membership.objects.filter(pk=cast.anna.membership).update(valid_to=MONDAY.date() - timedelta(days=1))
    if who == "dina":
        assert read_in_emergency(reference, reader=reader, now=MONDAY).page.reference == reference
    else:
        with pytest.raises(NoSuchSignal):
            read_in_emergency(reference, reader=reader, now=MONDAY)


def test_it_ends_by_itself_and_with_the_role(cast):
    reference = reported(cast)
    until = opened(reference, cast.dina)
    assert opened(reference, cast.dina, now=MONDAY + timedelta(hours=1)) == until, "asking again makes it no longer"
    assert EmergencyReading.objects.count() == 1
    with pytest.raises(NoSuchSignal):
        read_in_emergency(reference, reader=cast.dina, now=until)
    assert opened(reference, cast.dina, now=until) == until + LASTS
    assert EmergencyReading.objects.count() == 2


def test_without_a_reason_nothing_opens(cast):
    reference = reported(cast)
    with pytest.raises(NoReason):
        open_in_emergency(reference, reason="  ", reader=cast.dina, now=MONDAY)
    assert not EmergencyReading.objects.exists()


def test_privacy_officer_and_owners_are_told_in_the_same_moment_and_it_is_written_down(cast):
    reference = reported(cast)
    opened(reference, cast.dina)
    read_in_emergency(reference, reader=cast.dina, now=MONDAY)
    told = {m.membership_id: m for m in Message.objects.filter(kind__startswith="emergency_", next_try_at=MONDAY)}
    assert set(told) == {cast.pia.membership, cast.anna.membership, cast.bo.membership}
    assert told[cast.pia.membership].signal_id is None
    entry = HistoryEntry.objects.get(act="emergency.opened")
    assert (entry.chain, entry.actor) == (str(cast.helmond.pk), str(cast.dina.membership))
    assert WHY not in str(list(HistoryEntry.objects.values()))
    assert HistoryEntry.objects.filter(act="signal.read", details__part="emergency").count() == 1
    assert WHY.encode() not in bytes(EmergencyReading.objects.get().reason_sealed)


def test_where_there_is_no_privacy_officer_the_manager_hears_that_it_happened(cast):
    Membership.objects.filter(pk=cast.pia.membership).update(valid_to=MONDAY.date() - timedelta(days=1))
    opened(reported(cast), cast.dina)
    assert Message.objects.get(kind="emergency_opened").membership_id == cast.frits.membership


@pytest.mark.parametrize("who", ["dina", "noor"])
def test_it_opens_one_page_for_reading_and_widens_nothing_else(cast, who):
    reference, reader = reported(cast), getattr(cast, who)
    before = work_list(reader=reader, now=MONDAY).counts
    opened(reference, reader)
    assert work_list(reader=reader, now=MONDAY).counts == before
    for act in (lambda: open_signal(reference, reader=reader, now=MONDAY), lambda: look_at(reference, reader=reader, now=MONDAY)):
        with pytest.raises(NoSuchSignal):
            act()
    client = signed_in(reader)
    assert client.get(reverse("signal", args=[reference])).status_code == 404
    assert client.post(reverse("take_up", args=[reference]), {"version": 1}).status_code == 404


def test_the_pages_from_the_question_to_the_verdict(cast):
    reference = reported(cast)
    dina, pia = signed_in(cast.dina), signed_in(cast.pia)
    unsure = dina.post(reverse("emergency"), {"reference": reference, "reason": WHY})
    assert unsure.status_code == 400
    absent = dina.post(reverse("emergency"), {"reference": "MR-7K3Q2M9T-Q", "reason": WHY, "sure": "on"})
    assert absent.status_code == 400
    assert HistoryEntry.objects.filter(act="refused", details__area="emergency").exists()
    sent = dina.post(reverse("emergency"), {"reference": reference, "reason": WHY, "sure": "on"})
    assert sent.url == reverse("emergency_signal", args=[reference])
    page = dina.get(sent.url).content.decode()
    assert STORY in page
    links = [reverse(name, args=[reference]) for name in ("take_up", "enrich", "assess", "record_contact", "shield")]
    assert [link for link in links if f'href="{link}"' in page] == []
    looked = pia.get(reverse("oversight")).content.decode()
    assert WHY in looked
    assert reference in looked
    assert "Dina Aangewezen" in looked
    assert [w for w in (STORY, "Verzonnenweg", "Bram Balie") if w in looked] == [], "the log, not the content"
    opening = EmergencyReading.objects.get().pk
    assert signed_in(cast.frits).post(reverse("oversight_verdict", args=[opening]), {"verdict": "fine"}).status_code == 404
    assert pia.post(reverse("oversight_verdict", args=[opening]), {"verdict": "perhaps"}).status_code == 404
    assert pia.post(reverse("oversight_verdict", args=[opening]), {"verdict": "not_fine"}).status_code == 302
    assert pia.post(reverse("oversight_verdict", args=[opening]), {"verdict": "fine"}).status_code == 404, "said once"
    assert EmergencyReading.objects.get().verdict == "not_fine"
    assert HistoryEntry.objects.filter(act="emergency.reviewed", details__verdict="not_fine").count() == 1


def test_a_privacy_officer_of_another_municipality_sees_and_judges_nothing(cast):
    opened(reported(cast), cast.dina)
    other = Membership.objects.create(user_id=cast.noor.user, organisation=cast.deurne, role="privacy_officer", valid_from="2022-01-01")
    client = signed_in(cast.noor)
    client.post(reverse("choose_membership"), {"membership": str(other.pk)})
    assert WHY not in client.get(reverse("oversight")).content.decode()
    opening = EmergencyReading.objects.get().pk
    assert client.post(reverse("oversight_verdict", args=[opening]), {"verdict": "fine"}).status_code == 404
    assert EmergencyReading.objects.get().verdict == ""


def test_the_database_refuses_an_end_before_the_start_and_a_verdict_of_nobody(cast):
    opened(reported(cast), cast.dina)
    row = EmergencyReading.objects.get()
    for changed in ({"until": row.at}, {"verdict": "fine"}, {"verdict": "fine", "reviewed_at": MONDAY, "reviewed_by_id": row.membership_id}):
        with pytest.raises(IntegrityError), transaction.atomic():
            EmergencyReading.objects.filter(pk=row.pk).update(**changed)


def test_the_reason_is_for_the_privacy_officer_of_that_municipality_alone(cast):
    opened(reported(cast), cast.dina)
    for who in ("anna", "dina", "frits", "karel", "nel", "bram"):
        with pytest.raises(oversight.NotTheOfficer):
            oversight.oversight(reader=getattr(cast, who), now=MONDAY)
    assert emergency_reading.may_ever(reader=cast.dina, now=MONDAY)
    assert not emergency_reading.may_ever(reader=cast.anna, now=MONDAY)
