"""Who is told: the person on duty today, and what happens when nobody is."""

from datetime import timedelta

import pytest

from meldroute.rules.choices import Choices
from meldroute.services import accounts, leaving
from meldroute.services.duties import OnDuty, alerted_at_danger, on_duty, stood_in_for
from meldroute.storage.choices import choices_to
from meldroute.storage.models import Absence, Membership, Message, MunicipalitySettings
from tests.cast import MONDAY

pytestmark = pytest.mark.django_db(transaction=True)
DAY = MONDAY.date()


def away(*readers, since=DAY, until=DAY):
    for reader in readers:
        Absence.objects.create(membership_id=reader.membership, from_day=since, to_day=until)


def told(cast, find=on_duty, lane="regular", neighbour=True) -> OnDuty:
    choices = Choices(neighbour=cast.deurne.pk if neighbour else None)
    return find(cast.helmond.pk, lane=lane, choices=choices, now=MONDAY)


def test_the_focal_point_and_in_their_absence_the_buddy(cast):
    assert told(cast).people == (cast.anna.membership,)
    away(cast.anna)
    assert told(cast).people == (cast.bo.membership,)


def test_in_danger_both_at_once(cast):
    assert set(told(cast, alerted_at_danger).people) == {cast.anna.membership, cast.bo.membership}


@pytest.mark.parametrize("find", [on_duty, alerted_at_danger])
def test_with_neither_there_the_mandated_neighbour(cast, find):
    away(cast.anna, cast.bo)
    assert told(cast, find) == OnDuty((cast.noor.membership,), stands_in=True)


@pytest.mark.parametrize("find", [on_duty, alerted_at_danger])
def test_with_nobody_at_all_those_who_can_repair_that_are_alarmed(cast, find):
    away(cast.anna, cast.bo, cast.noor)
    alarm = told(cast, find)
    assert (set(alarm.people), alarm.nobody) == ({cast.frits.membership, cast.karel.membership}, True)
    assert told(cast, find, neighbour=False).nobody


@pytest.mark.parametrize("find", [on_duty, alerted_at_danger])
def test_about_a_colleague_the_designated_person_alone_also_while_they_are_away(cast, find):
    assert told(cast, find, lane="confidential") == OnDuty((cast.dina.membership,))
    away(cast.dina)
    assert told(cast, find, lane="confidential") == OnDuty((cast.dina.membership,))
    Membership.objects.filter(pk=cast.dina.membership).update(valid_to=DAY - timedelta(days=1))
    assert told(cast, find, lane="confidential") == OnDuty((), nobody=True)


def test_a_holiday_behind_and_a_holiday_ahead_do_not_make_somebody_absent_today(cast):
    away(cast.anna, since=DAY - timedelta(days=20), until=DAY - timedelta(days=10))
    away(cast.anna, since=DAY + timedelta(days=10), until=DAY + timedelta(days=20))
    assert told(cast).people == (cast.anna.membership,)


def test_a_membership_that_ended_or_has_not_begun_carries_no_duty(cast):
    Membership.objects.filter(pk=cast.anna.membership).update(valid_to=DAY - timedelta(days=1))
    Membership.objects.filter(pk=cast.bo.membership).update(valid_from=DAY + timedelta(days=1))
    assert told(cast).people == (cast.noor.membership,)


def test_one_query_however_far_down_the_list(cast, django_assert_num_queries):
    away(cast.anna, cast.bo, cast.noor)
    with django_assert_num_queries(1):
        told(cast, alerted_at_danger)


# Standing in for a neighbour


def stands_in_for(cast, now=MONDAY) -> tuple[str, ...]:
    return tuple(o.name for o, _ in stood_in_for({cast.deurne.pk}, now=now))


def test_the_neighbour_stands_in_only_while_nobody_of_their_own_is_there(cast):
    assert stands_in_for(cast) == ()
    away(cast.anna)
    assert stands_in_for(cast) == ()
    away(cast.bo)
    assert stands_in_for(cast) == ("Gemeente Helmond",)
    assert stood_in_for({cast.helmond.pk}, now=MONDAY) == ()


def test_a_mandate_that_was_taken_back_gives_nothing_from_that_moment(cast):
    away(cast.anna, cast.bo)
    soon = MONDAY + timedelta(hours=1)
    MunicipalitySettings.objects.create(organisation=cast.helmond, valid_from=soon, saved_at=MONDAY,
                                        content=choices_to(Choices()))
    assert stands_in_for(cast) == ("Gemeente Helmond",)
    assert stands_in_for(cast, now=soon) == ()


def test_without_any_mandate_it_costs_one_question(cast, django_assert_num_queries):
    with django_assert_num_queries(1):
        stood_in_for({cast.helmond.pk}, now=MONDAY)


def test_who_manages_a_municipality_never_reads_there_in_its_desk_s_place(cast):
    """Frits, also buddy of the mandated neighbour, sends Anna and Bo away to read what they would."""
    Membership.objects.create(user_id=cast.frits.user, organisation=cast.deurne, role="buddy", valid_from=DAY)
    away(cast.anna, cast.bo)
    assert "Gemeente Helmond" not in stands_in_as(cast.frits)
    assert "Gemeente Helmond" in stands_in_as(cast.noor)


def stands_in_as(reader) -> list[str]:
    cards = accounts.signed_in(reader.user, chosen=None, now=MONDAY).memberships
    return [card.organisation for card in cards if card.stands_in]


def test_that_somebody_was_sent_away_is_told_to_who_watches_over_rights(cast):
    leaving.record_absence(cast.anna.membership, from_day=DAY, to_day=DAY, reader=cast.frits, now=MONDAY)
    told = set(Message.objects.filter(kind="privileges_changed").values_list("membership_id", flat=True))
    assert told == {cast.pia.membership}
