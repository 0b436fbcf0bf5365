"""A municipality's own settings: dated, whole, checked before they count."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meldroute.rules.choices import Choices, Finding, Reach
from meldroute.rules.contacts import Channel, OpeningWindow
from meldroute.rules.deadlines import Norm
from meldroute.rules.working_time import WorkingHours
from meldroute.services.municipality_settings import (
    NotTheManager,
    SettingsConflict,
    SettingsRefused,
    neighbours,
    save,
    settings_now,
)
from meldroute.services.setting_up import calling_card, setup_tasks
from meldroute.storage.choices import choices_from, choices_in_force, choices_to
from meldroute.storage.models import HistoryEntry, Membership, Message, MunicipalitySettings
from tests.cast import MONDAY

pytestmark = pytest.mark.django_db(transaction=True)

SHORT = {"lezen": Norm("lezen", 2, "working_hours")}
AGENT = Channel("tel", "0900-8844", (OpeningWindow(frozenset({0, 2}), time(9), time(12, 30)),), False, "wijkagent",
                "own", "proposal", on_holidays=True, note_en="community officer")


def keep(cast, part, value, *, now=MONDAY, **words):
    seen = words.pop("seen", settings_now(reader=cast.frits, now=now).row)
    save(part, value, starts=words.get("starts"), seen=seen, reader=cast.frits, now=now)


def in_force(cast, now=MONDAY) -> Choices:
    return choices_in_force(cast.helmond.pk, now=now)


# What is stored comes back


CHANNELS = st.builds(
    Channel, kind=st.just("tel"), value=st.sampled_from(["0900-8844", "14 0492, optie 2"]), confirmed=st.booleans(),
    opening=st.none() | st.lists(st.builds(
        OpeningWindow, st.frozensets(st.integers(0, 6), min_size=1), st.just(time(8, 30)), st.just(time(0))),
        min_size=1, max_size=3).map(tuple),
    note_nl=st.text(max_size=20), source=st.just("own"), status=st.just("proposal"), on_holidays=st.booleans(),
    note_en=st.text(max_size=20),
)
CHOICES = st.builds(
    Choices,
    norms=st.dictionaries(st.sampled_from(["lezen", "escaleren"]), st.integers(1, 1000)).map(
        lambda rows: {id: Norm(id, n, "days") for id, n in rows.items()}),
    hours=st.builds(WorkingHours, st.just((*((time(8), time(16)),) * 4, None, None, None)),
                    st.frozensets(st.dates(), max_size=3)),
    local_channels=st.dictionaries(st.sampled_from(["WIJKAGENT", "LOKZORG"]), st.lists(CHANNELS, max_size=2).map(tuple)),
    neighbour=st.none() | st.uuids(),
    reach=st.builds(Reach, phone=st.text(max_size=9), route=st.text(max_size=30)),
)


@settings(max_examples=60)
@given(CHOICES)
def test_everything_the_screen_offers_comes_back_as_it_was_stored(choices):
    assert choices_from(choices_to(choices)) == choices


def test_a_row_of_before_there_were_more_settings_still_reads():
    assert choices_from({"norms": {}, "neighbour": None}) == Choices()


# Saving


def test_a_change_is_a_new_row_and_the_other_parts_stay(cast):
    keep(cast, "norms", SHORT)
    assert in_force(cast).norms == SHORT
    assert in_force(cast).neighbour == cast.deurne.pk
    assert MunicipalitySettings.objects.filter(organisation=cast.helmond).count() == 2
    entry = HistoryEntry.objects.get(act="settings.changed")
    assert (entry.chain, entry.actor, entry.details["part"]) == (str(cast.helmond.pk), str(cast.frits.membership), "norms")


def test_a_change_can_wait_for_its_day(cast):
    keep(cast, "norms", SHORT, starts=date(2026, 12, 1))
    midnight = datetime(2026, 11, 30, 23, 0, tzinfo=UTC)
    assert in_force(cast, midnight - timedelta(seconds=1)).norms == {}
    assert in_force(cast, midnight).norms == SHORT
    [planned] = settings_now(reader=cast.frits, now=MONDAY).planned
    assert (planned.valid_from, planned.parts) == (midnight, ("norms",))


def test_what_is_changed_meanwhile_is_not_undone_on_that_day(cast):
    keep(cast, "norms", SHORT, starts=date(2026, 12, 1))
    keep(cast, "local_channels", {"WIJKAGENT": (AGENT,)}, now=MONDAY + timedelta(hours=1))
    later = in_force(cast, MONDAY + timedelta(days=30))
    assert (later.norms, later.local_channels) == (SHORT, {"WIJKAGENT": (AGENT,)})


def test_a_planned_change_of_the_same_part_keeps_its_own(cast):
    keep(cast, "norms", SHORT, starts=date(2026, 12, 1))
    other = {"lezen": Norm("lezen", 8, "working_hours")}
    keep(cast, "norms", other, now=MONDAY + timedelta(hours=1))
    assert in_force(cast, MONDAY + timedelta(days=2)).norms == other
    assert in_force(cast, MONDAY + timedelta(days=30)).norms == SHORT


@pytest.mark.parametrize(("part", "value", "place", "cause"), [
    ("norms", {"slapen": Norm("slapen", 1, "days")}, "norm:slapen", "unknown_norm"),
    ("local_channels", {"AVIM": (AGENT,)}, "contact:AVIM", "regional_partner"),
    ("local_channels", {"NIEMAND": (AGENT,)}, "contact:NIEMAND", "unknown_partner"),
    ("local_channels", {"WIJKAGENT": (replace(AGENT, kind="email", value="geen adres"),)}, "contact:WIJKAGENT", "bad_address"),
    ("local_channels", {"WIJKAGENT": (replace(AGENT, kind="url", value="javascript:alert(1)"),)}, "contact:WIJKAGENT", "bad_url"),
    ("reach", Reach(email="jan@"), "reach.email", "bad_address"),
    ("reach", Reach(phone="bel me"), "reach.phone", "bad_number"),
])
def test_a_broken_one_is_refused_with_its_place_and_the_valid_one_stays(cast, part, value, place, cause):
    before = in_force(cast)
    with pytest.raises(SettingsRefused) as refused:
        keep(cast, part, value)
    assert Finding(place, cause) in refused.value.findings
    assert in_force(cast) == before
    assert not HistoryEntry.objects.filter(act="settings.changed").exists()


def test_hours_that_cannot_hold_a_norm_are_refused_and_say_which(cast):
    keep(cast, "norms", {"lezen": Norm("lezen", 1000, "working_hours")})
    with pytest.raises(SettingsRefused) as refused:
        keep(cast, "hours", WorkingHours.of({0: (time(9), time(10))}))
    assert refused.value.findings == (Finding("norm:lezen", "no_working_time"),)
    assert in_force(cast).hours == WorkingHours()


def mandate_told():
    return set(Message.objects.filter(kind="mandate_changed").values_list("membership_id", flat=True))


def test_a_changed_mandate_is_told_to_the_desks_it_concerns(cast):
    """Who reads signals when nobody is here is not changed in a corner; the message says that, never what."""
    keep(cast, "neighbour", cast.deurne.pk)
    assert not mandate_told()  # nothing changed
    keep(cast, "neighbour", None)
    assert mandate_told() == {r.membership for r in (cast.anna, cast.bo, cast.pia, cast.noor)}
    assert {(m.signal_id, m.referral_id, m.count) for m in Message.objects.filter(kind="mandate_changed")} == {(None,) * 3}
    Message.objects.all().delete()
    keep(cast, "hours", WorkingHours())
    assert not mandate_told()


def test_a_neighbour_must_have_somebody_and_cannot_be_oneself(cast):
    for id, cause in ((cast.helmond.pk, "own_municipality"), (cast.karel.organisation, "no_focal_point")):
        with pytest.raises(SettingsRefused) as refused:
            keep(cast, "neighbour", id)
        assert refused.value.findings == (Finding("neighbour", cause),)
    assert [n.id for n in neighbours(reader=cast.frits, now=MONDAY)] == [cast.deurne.pk]


def test_nothing_is_changed_in_the_past(cast):
    with pytest.raises(SettingsRefused) as refused:
        keep(cast, "norms", SHORT, starts=date(2026, 11, 22))
    assert refused.value.findings == (Finding("starts", "in_the_past"),)


def test_two_managers_at_once_the_second_is_told(cast):
    seen = settings_now(reader=cast.frits, now=MONDAY).row
    keep(cast, "norms", SHORT, seen=seen)
    with pytest.raises(SettingsConflict):
        keep(cast, "norms", {}, seen=seen, now=MONDAY + timedelta(minutes=1))
    keep(cast, "reach", Reach(phone="0492-123456"), seen=seen, now=MONDAY + timedelta(minutes=2))  # another part: fine
    assert in_force(cast, MONDAY + timedelta(hours=1)).norms == SHORT


@pytest.mark.parametrize("who", ["anna", "bo", "dina", "bram", "pia", "karel", "noor", "nel", "zora"])
def test_nobody_else_reads_or_changes_them(cast, who):
    reader = getattr(cast, who)
    with pytest.raises(NotTheManager):
        settings_now(reader=reader, now=MONDAY)
    with pytest.raises(NotTheManager):
        save("norms", SHORT, starts=None, seen=None, reader=reader, now=MONDAY)
    with pytest.raises(NotTheManager):
        setup_tasks(reader=reader, now=MONDAY)


# The list of tasks


def tasks(cast) -> dict[str, object]:
    return {task.partner or task.id: task for task in setup_tasks(reader=cast.frits, now=MONDAY)}


@pytest.mark.requirement("S-B2-02", "S-B2-04", "S-B2-05")
def test_the_list_says_whether_there_is_a_focal_point_a_buddy_in_the_other_domain_and_a_decision(cast):
    assert (tasks(cast)["focal_point"].done, tasks(cast)["buddy"].done) == (True, True)
    assert tasks(cast)["focal_point"].problem == "not_appointed"  # the advice: by the college
    Membership.objects.filter(pk=cast.anna.membership).update(appointed_by="Collegebesluit 2026-17")
    assert (tasks(cast)["focal_point"].problem, tasks(cast)["buddy"].problem) == ("", "")

    Membership.objects.filter(pk=cast.bo.membership).update(domain="safety")
    assert tasks(cast)["buddy"].problem == "same_domain"
    Membership.objects.filter(pk=cast.anna.membership).update(valid_to=date(2026, 11, 1))
    assert tasks(cast)["focal_point"].done is False


@pytest.mark.requirement("S-B2-06", "S-B2-04")
def test_two_focal_points_without_a_buddy_will_do_too(cast):
    Membership.objects.filter(pk=cast.bo.membership).update(role="focal_point")
    assert tasks(cast)["buddy"].done is True


def test_local_contacts_that_the_policy_leaves_to_the_municipality_are_to_do(cast):
    assert {id for id, task in tasks(cast).items() if task.id == "contact"} >= {"WIJKAGENT", "LOKZORG", "GGD"}
    assert "AVIM" not in tasks(cast)
    keep(cast, "local_channels", {"WIJKAGENT": (AGENT,)})
    assert (tasks(cast)["WIJKAGENT"].done, tasks(cast)["LOKZORG"].done) == (True, False)


def test_norms_are_done_when_somebody_decided_them_also_as_proposed(cast):
    assert tasks(cast)["norms"].done is False
    keep(cast, "norms", {})
    assert tasks(cast)["norms"].done is True


@pytest.mark.requirement("S-B2-16", "S-B2-01")
def test_the_calling_card_names_the_focal_point_and_how_to_reach_them(cast):
    keep(cast, "reach", Reach(phone="0492-123456", email="af@helmond.example", route="Bel of mail.",
                              structures="Weegteam", reporting_point="Meldpunt ondermijning"))
    card = calling_card(reader=cast.frits, now=MONDAY)
    assert (card.focal_points, card.buddies) == (("Anna Aandacht",), ("Bo Buddy",))
    assert (card.phone, card.email, card.reporting_point) == ("0492-123456", "af@helmond.example", "Meldpunt ondermijning")


def test_the_list_of_tasks_asks_three_questions(cast, django_assert_max_num_queries):
    with django_assert_max_num_queries(3):
        setup_tasks(reader=cast.frits, now=MONDAY)
