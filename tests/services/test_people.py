"""Somebody is always responsible, who leaves hands over first, and appointing is not reading."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from meldroute.rules.choices import Choices
from meldroute.services import appointing, leaving, people
from meldroute.services.appointing import Appointment
from meldroute.services.intake import NewSignal, register_signal
from meldroute.services.municipality_settings import NotTheManager
from meldroute.services.people import AppointmentRefused, NoSuchMember
from meldroute.storage.choices import choices_to
from meldroute.storage.models import Absence, HistoryEntry, Membership, Message, MunicipalitySettings, Signal, User
from tests.cast import MONDAY

pytestmark = pytest.mark.django_db(transaction=True)

TODAY = date(2026, 11, 23)
TOMORROW = TODAY + timedelta(days=1)


def new(**fields) -> Appointment:
    return Appointment(**{"name": "Nina Nieuw", "email": "nina@helmond.example", "role": "focal_point",
                          "starts": TODAY} | fields)


def appoint(cast, **fields):
    return appointing.appoint(new(**fields), reader=cast.frits, now=MONDAY)


def end(cast, reader, last_day=TODAY):
    leaving.end_membership(reader.membership, last_day=last_day, reader=cast.frits, now=MONDAY)


def report(cast, **fields):
    register_signal(NewSignal("Niet pluis.", **fields), reader=cast.bram, submission=uuid4(), now=MONDAY)
    Message.objects.all().delete()


# Appointing


@pytest.mark.requirement("S-B2-03", "S-B2-05", "S-B2-06")
def test_a_focal_point_is_appointed_by_the_college_from_care_or_safety_beside_another(cast):
    made = appoint(cast, domain="care", appointed_by="Collegebesluit 2026-17", appointed_on=TODAY)
    row = Membership.objects.get(pk=made.membership)
    assert (row.role, row.domain, row.appointed_by, row.appointed_on) == (
        "focal_point", "care", "Collegebesluit 2026-17", TODAY)
    assert made.new
    assert not User.objects.get(pk=row.user_id).has_usable_password()  # the owner of the address chooses one
    entry = HistoryEntry.objects.get(act="membership.started")
    assert (entry.chain, entry.actor) == (str(cast.helmond.pk), str(cast.frits.membership))
    assert "nina" not in str(entry.details).lower()


def test_those_who_read_signals_hear_that_somebody_comes_to_read_along(cast):
    made = appoint(cast)
    told = {m.membership_id for m in Message.objects.filter(kind="role_given")}
    assert told == {made.membership, cast.anna.membership, cast.bo.membership, cast.pia.membership}


def test_an_account_that_exists_gets_a_role_beside_the_others_and_keeps_its_password(cast):
    made = appoint(cast, email="NOOR@voorbeeld.example")
    assert not made.new
    assert Membership.objects.get(pk=made.membership).user_id == cast.noor.user
    assert User.objects.get(pk=cast.noor.user).name == "Noor Nabij"


def test_a_role_can_start_later(cast):
    made = appoint(cast, starts=TOMORROW)
    card = people.member(made.membership, reader=cast.frits, now=MONDAY)
    assert card.state == "planned"


@pytest.mark.parametrize(("fields", "cause"), [
    ({"email": "frits@voorbeeld.example"}, "yourself"),
    ({"email": "frits@voorbeeld.example", "role": "designated"}, "yourself"),
    ({"email": "frits@voorbeeld.example", "role": "privacy_officer"}, "yourself"),
    ({"email": "anna@voorbeeld.example"}, "already"),
    ({"email": "anna@voorbeeld.example", "role": "designated"}, "both_desks"),
    ({"email": "dina@voorbeeld.example", "role": "buddy"}, "both_desks"),
    ({"role": "chain_director"}, "unknown_role"),
    ({"role": "partner"}, "unknown_role"),
    ({"email": "nina@"}, "bad_address"),
    ({"starts": date(2026, 11, 22)}, "in_the_past"),
])
def test_an_unsafe_appointment_is_refused_and_leaves_nothing(cast, fields, cause):
    before = (User.objects.count(), Membership.objects.count())
    with pytest.raises(AppointmentRefused) as refused:
        appoint(cast, **fields)
    assert refused.value.cause == cause
    assert (User.objects.count(), Membership.objects.count()) == before


@pytest.mark.parametrize("who", ["anna", "bo", "dina", "bram", "pia", "karel", "noor", "nel", "zora"])
def test_nobody_else_appoints_or_looks(cast, who):
    reader = getattr(cast, who)
    with pytest.raises(NotTheManager):
        appointing.appoint(new(), reader=reader, now=MONDAY)
    with pytest.raises(NotTheManager):
        people.people_of(reader=reader, now=MONDAY)
    with pytest.raises(NotTheManager):
        leaving.end_membership(cast.anna.membership, last_day=TODAY, reader=reader, now=MONDAY)


def test_people_of_another_municipality_are_absent(cast):
    card = people.people_of(reader=cast.frits, now=MONDAY)
    names = {one.name for one in (*card.people, *card.reporters)}
    assert {"Anna Aandacht", "Bram Balie"} <= names
    assert "Noor Nabij" not in names
    with pytest.raises(NoSuchMember):
        leaving.end_membership(cast.noor.membership, last_day=TODAY, reader=cast.frits, now=MONDAY)
    with pytest.raises(NoSuchMember):
        leaving.record_absence(cast.noor.membership, from_day=TODAY, to_day=TODAY, reader=cast.frits, now=MONDAY)


# Leaving


def without_neighbour(cast):
    MunicipalitySettings.objects.filter(organisation=cast.helmond).update(content=choices_to(Choices()))


@pytest.mark.requirement("S-B2-02")
def test_the_last_focal_point_hands_over_first_when_signals_wait(cast):
    without_neighbour(cast)
    report(cast)
    end(cast, cast.bo)  # Anna is still there
    with pytest.raises(AppointmentRefused) as refused:
        end(cast, cast.anna)
    assert refused.value.cause == "no_successor"
    assert Membership.objects.get(pk=cast.anna.membership).valid_to is None

    made = appoint(cast, starts=TOMORROW)
    end(cast, cast.anna)
    assert Membership.objects.get(pk=cast.anna.membership).valid_to == TODAY
    assert [m.membership_id for m in Message.objects.filter(kind="handed_over")][-1] == made.membership
    assert HistoryEntry.objects.filter(act="membership.ended").last().details["handed_to"] == [str(made.membership)]


def test_a_buddy_or_the_neighbour_by_mandate_can_take_over(cast):
    report(cast)
    end(cast, cast.anna)
    assert {m.membership_id for m in Message.objects.filter(kind="handed_over")} == {cast.bo.membership}
    end(cast, cast.bo)
    assert cast.noor.membership in {m.membership_id for m in Message.objects.filter(kind="handed_over")}


def ended_told():
    return {m.membership_id for m in Message.objects.filter(kind="role_ended")}


def test_whose_role_ends_is_told_and_not_by_whom_or_why(cast):
    """In that role when it is the only one; in another that runs on, so that the notice can be read there."""
    end(cast, cast.pia)
    assert ended_told() == {cast.pia.membership}
    Message.objects.all().delete()
    anna = User.objects.get(pk=cast.anna.user)
    other = Membership.objects.create(user=anna, organisation=cast.helmond, role="reporter", valid_from=TODAY)
    end(cast, cast.anna)
    assert ended_told() == {other.pk}


def test_who_ends_a_role_of_their_own_knows(cast):
    appoint(cast, role="functional_manager")
    end(cast, cast.frits)
    assert ended_told() == set()


def test_with_nothing_open_a_role_may_end_and_the_list_of_tasks_says_what_is_missing(cast):
    without_neighbour(cast)
    end(cast, cast.bo), end(cast, cast.anna)
    assert Membership.objects.get(pk=cast.anna.membership).valid_to == TODAY


def test_whether_a_signal_about_a_colleague_waits_cannot_be_found_out_by_trying_to_end_roles(cast):
    without_neighbour(cast)
    end(cast, cast.bo)
    for _ in range(2):
        with pytest.raises(AppointmentRefused) as refused:
            end(cast, cast.dina)
        assert refused.value.cause == "last_designated"  # with and without one
        report(cast, about_colleague=True)
    end(cast, cast.anna)  # not hers, so it does not hold her


def test_the_last_functional_manager_cannot_leave_the_settings_to_nobody(cast):
    with pytest.raises(AppointmentRefused) as refused:
        end(cast, cast.frits)
    assert refused.value.cause == "last_manager"


def test_a_role_can_end_at_once_and_not_earlier(cast):
    end(cast, cast.bram, TODAY - timedelta(days=1))
    assert not Membership.objects.filter(pk=cast.bram.membership).current(TODAY).exists()
    with pytest.raises(AppointmentRefused) as refused:
        end(cast, cast.pia, TODAY - timedelta(days=2))
    assert refused.value.cause == "in_the_past"


def test_a_person_who_left_no_longer_sees_any_signal(cast):
    report(cast)
    end(cast, cast.anna, TODAY - timedelta(days=1))
    from meldroute.services.accounts import signed_in

    assert signed_in(cast.anna.user, chosen=cast.anna.membership, now=MONDAY).reader is None
    assert Signal.objects.visible_to(cast.bo).count() == 1


# Absences


def test_an_absence_is_dated_and_can_be_withdrawn(cast):
    leaving.record_absence(cast.anna.membership, from_day=TODAY, to_day=TOMORROW, reader=cast.frits, now=MONDAY)
    card = people.member(cast.anna.membership, reader=cast.frits, now=MONDAY)
    assert (card.state, len(card.absences)) == ("away", 1)
    assert leaving.somebody_there(reader=cast.frits, day=TODAY, now=MONDAY)
    leaving.withdraw_absence(card.absences[0].id, reader=cast.frits, now=MONDAY)
    assert not Absence.objects.exists()
    assert [h.act for h in HistoryEntry.objects.filter(act__startswith="absence.")] == [
        "absence.recorded", "absence.withdrawn"]


@pytest.mark.parametrize(("days", "cause"), [
    ((TOMORROW, TODAY), "ends_before_start"), ((date(2026, 11, 1), date(2026, 11, 2)), "in_the_past")])
def test_days_that_cannot_be_are_refused(cast, days, cause):
    with pytest.raises(AppointmentRefused) as refused:
        leaving.record_absence(cast.anna.membership, from_day=days[0], to_day=days[1], reader=cast.frits, now=MONDAY)
    assert refused.value.cause == cause


# Addresses


def test_a_corrected_address_sends_what_waited_for_it(cast):
    Message.objects.create(kind="late", recipient_kind="membership", membership_id=cast.anna.membership,
                           municipality=cast.helmond, created_at=MONDAY, failed_at=MONDAY, error="wrong")
    assert people.member(cast.anna.membership, reader=cast.frits, now=MONDAY).refused is True
    sent = appointing.correct_address(cast.anna.membership, email="anna2@voorbeeld.example", reader=cast.frits, now=MONDAY)
    assert sent == 1
    assert Message.objects.get(kind="late").next_try_at == MONDAY
    told = {m.membership_id for m in Message.objects.filter(kind="address_changed")}
    assert told == {cast.anna.membership, cast.bo.membership, cast.pia.membership}


def test_an_address_of_somebody_else_or_of_another_organisation_is_not_theirs_to_take(cast):
    with pytest.raises(AppointmentRefused):
        appointing.correct_address(cast.anna.membership, email="bo@voorbeeld.example", reader=cast.frits, now=MONDAY)
    Membership.objects.create(user_id=cast.anna.user, organisation=cast.deurne, role="buddy", valid_from=TODAY)
    with pytest.raises(NoSuchMember):
        appointing.correct_address(cast.anna.membership, email="x@voorbeeld.example", reader=cast.frits, now=MONDAY)


def test_the_list_asks_four_questions_however_many_people(cast, django_assert_max_num_queries):
    for n in range(people.MOST + 3):
        appoint(cast, name=f"Melder {n:02}", email=f"m{n}@helmond.example", role="reporter")
    with django_assert_max_num_queries(4):
        card = people.people_of(reader=cast.frits, now=MONDAY)
    assert (len(card.people), len(card.reporters), card.more) == (5, people.MOST, True)
    found = people.people_of(reader=cast.frits, now=MONDAY, search="melder 52")
    assert ([one.name for one in found.reporters], found.more) == (["Melder 52"], False)
