"""Somebody who can write the database, with the program's own account, and has no keyring: no row of theirs gives a right."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse

from meldroute.services import (
    accounts,
    audit_verify,
    duties,
    emergency_reading,
    leaving,
    municipality_settings,
    my_reports,
    shielding,
)
from meldroute.services.assessment import set_danger
from meldroute.services.key_rotation import bring_along, rotate
from meldroute.services.reading.signal_page import open_signal
from meldroute.storage import second_factors
from meldroute.storage.choices import choices_in_force, choices_to
from meldroute.storage.keyed_hashes import reporter_tie
from meldroute.storage.models import (
    EmergencyReading,
    Membership,
    MunicipalitySettings,
    NamedReader,
    Organisation,
    Signal,
)
from meldroute.storage.vouching import NotVouchedFor
from tests.cast import MONDAY
from tests.outside_help import come_back, open_page, page, report, stored
from tests.services.keeping_help import own_keyring
from tests.services.passing_on_help import pass_on, passing, reported
from tests.signing_in import signed_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("fresh_limits")]
TODAY = MONDAY.date()


def roles(reader, now=MONDAY) -> set[str]:
    return {card.role for card in accounts.signed_in(reader.user, chosen=None, now=now).memberships}


# Roles


@pytest.mark.parametrize("borrowed", [False, True])
def test_a_role_that_was_written_by_hand_is_no_role_and_takes_no_other_away(cast, borrowed, caplog):
    """Also with a voucher that belongs to somebody else's row."""
    row = Membership.objects.create(user_id=cast.bram.user, organisation=cast.helmond, role="privacy_officer", valid_from=TODAY)
    voucher = Membership.objects.get(pk=cast.anna.membership).voucher if borrowed else row.voucher
    Membership.objects.filter(pk=row.pk).update(role="focal_point", voucher=voucher)
    assert roles(cast.bram) == {"reporter"}
    assert str(row.pk) in caplog.text
    assert signed_in(cast.bram).get(reverse("work_list")).status_code == 404


def test_the_role_of_another_does_not_become_one_s_own(cast):
    Membership.objects.filter(pk=cast.anna.membership).update(user=cast.bram.user)
    assert roles(cast.bram) == {"reporter"}


def test_a_role_that_ended_does_not_run_on(cast):
    row = Membership.objects.get(pk=cast.bo.membership)
    row.valid_to = TODAY
    row.save()
    Membership.objects.filter(pk=row.pk).update(valid_to=None)
    assert roles(cast.bo, now=MONDAY + timedelta(days=2)) == set()


def test_an_organisation_that_calls_itself_another_gives_its_people_nothing(cast):
    Organisation.objects.filter(pk=cast.nel.organisation).update(code="POLITIE")
    assert roles(cast.nel) == set()


@pytest.fixture
def own_keys(settings, tmp_path):
    """Before `cast`: the keys are turned, and other tests use theirs."""
    return own_keyring(settings, tmp_path)


def test_nothing_that_the_program_does_later_makes_it_good(own_keys, cast):
    row = Membership.objects.create(user_id=cast.bram.user, organisation=cast.helmond, role="reporter", valid_from=TODAY)
    Membership.objects.filter(pk=row.pk).update(role="buddy")
    with pytest.raises(NotVouchedFor):
        leaving.end_membership(row.pk, last_day=TODAY + timedelta(days=400), reader=cast.frits, now=MONDAY)
    rotate(now=MONDAY)
    bring_along(now=MONDAY)
    assert roles(cast.bram) == {"reporter"}
    assert roles(cast.anna) == {"focal_point"}, "what is genuine goes along with the keys"


# Signals


@pytest.mark.parametrize("changed", ["lane", "municipality", "reporter_tie"])
def test_a_signal_that_was_laid_elsewhere_opens_for_nobody(cast, changed):
    signal = Signal.objects.get(reference=reported(cast, about_colleague=True))
    forged = {"lane": "regular", "municipality": cast.deurne, "reporter_tie": reporter_tie(cast.nel.user)}
    where = {changed: forged[changed]} | ({"lane": "regular"} if changed == "municipality" else {})
    Signal.objects.filter(pk=signal.pk).update(**where)
    reader = {"lane": cast.anna, "municipality": cast.noor, "reporter_tie": cast.dina}[changed]
    with pytest.raises(NotVouchedFor):
        open_signal(signal.reference, reader=reader, now=MONDAY)
    with pytest.raises(NotVouchedFor):
        set_danger(signal.reference, True, reason="x", reader=reader, now=MONDAY)


def test_what_somebody_else_reported_does_not_become_one_s_own_report(cast):
    reported(cast)
    signal = Signal.objects.get()
    Signal.objects.filter(pk=signal.pk).update(reporter_tie=reporter_tie(cast.nel.user))
    assert my_reports.my_reports(cast.nel.user, now=MONDAY, language="nl").reports == ()
    with pytest.raises(NotVouchedFor):
        my_reports.my_report(cast.nel.user, signal.reference, now=MONDAY, language="nl")


def test_one_s_own_receipt_does_not_open_another_report(cast):
    open_page(cast)
    mine, other = report(), report(address="192.0.2.2")
    own, others = stored(mine.receipt), stored(other.receipt)
    Signal.objects.filter(pk=own.pk).update(reporter_tie=others.reporter_tie)
    Signal.objects.filter(pk=others.pk).update(reporter_tie=own.reporter_tie)
    with pytest.raises(NotVouchedFor):
        come_back(mine.receipt)


@pytest.mark.parametrize("how", ["lifted", "named"])
def test_a_shield_is_not_lifted_and_nobody_is_named_by_hand(cast, how):
    reference = reported(cast)
    shielding.shield(reference, named=[cast.anna.membership], reason="een bekende", reader=cast.anna, now=MONDAY)
    if how == "lifted":
        Signal.objects.filter(reference=reference).update(shielded=False)
    else:
        NamedReader.objects.update(membership=cast.bo.membership)
    with pytest.raises(NotVouchedFor):
        open_signal(reference, reader=cast.bo, now=MONDAY)


# Around a role


def test_a_mandate_that_was_written_by_hand_lets_no_neighbour_in_and_the_one_before_stays(cast, caplog):
    genuine = choices_in_force(cast.deurne.pk, now=MONDAY)
    row = MunicipalitySettings.objects.create(organisation=cast.deurne, valid_from=MONDAY, saved_at=MONDAY,
                                              content=choices_to(genuine))
    for content in ({"neighbour": str(cast.helmond.pk)}, {"reach": {"phone": "0900-0000"}}):
        MunicipalitySettings.objects.filter(pk=row.pk).update(content=row.content | content)
        assert choices_in_force(cast.deurne.pk, now=MONDAY) == genuine
        assert duties.stood_in_for([cast.helmond.pk], now=MONDAY) == ()
    assert str(row.pk) in caplog.text


def test_an_emergency_lasts_no_longer_than_it_was_opened_for(cast):
    reference = reported(cast)
    emergency_reading.open_in_emergency(reference, reason="niemand neemt op", reader=cast.dina, now=MONDAY)
    EmergencyReading.objects.update(until=MONDAY + timedelta(days=9))
    with pytest.raises(NotVouchedFor):
        emergency_reading.read_in_emergency(reference, reader=cast.dina, now=MONDAY + timedelta(days=8))


# Let the program do it


def test_a_shield_does_not_fall_because_the_signal_was_put_into_a_bundle_by_hand(cast):
    shielded, mine = reported(cast), reported(cast)
    shielding.shield(shielded, named=[cast.anna.membership], reason="een bekende", reader=cast.anna, now=MONDAY)
    Signal.objects.filter(reference=shielded).update(lead=Signal.objects.get(reference=mine))
    with pytest.raises(NotVouchedFor):
        shielding.shield(mine, named=[cast.bo.membership], reason="x", reader=cast.bo, now=MONDAY)
    assert list(NamedReader.objects.values_list("membership", flat=True)) == [cast.anna.membership]


def test_a_body_that_took_another_s_place_for_a_moment_is_given_nothing(cast):
    """The codes are exchanged, the focal point passes on or a citizen reports, and the codes are put back."""
    open_page(cast)
    Organisation.objects.filter(pk=cast.nel.organisation).update(code="WEG")
    Organisation.objects.filter(pk=cast.rick.organisation).update(code="ISZW")
    reference = passing(cast)
    with pytest.raises(NotVouchedFor):
        pass_on(cast, reference, "ISZW")
    Organisation.objects.filter(pk=cast.helmond.pk).update(code="GM0001")
    Organisation.objects.filter(pk=cast.deurne.pk).update(code="GM0794")
    with pytest.raises(NotVouchedFor):
        page()


def test_settings_that_were_planned_by_hand_are_not_carried_into_genuine_ones(cast):
    row = MunicipalitySettings.objects.create(
        organisation=cast.helmond, valid_from=MONDAY + timedelta(days=1), saved_at=MONDAY,
        content=choices_to(choices_in_force(cast.helmond.pk, now=MONDAY)))
    planted = row.content | {"neighbour": str(cast.nel.organisation)}
    MunicipalitySettings.objects.filter(pk=row.pk).update(content=planted)
    open_page(cast)  # the manager saves something else
    genuine = MunicipalitySettings.objects.exclude(pk=row.pk)
    assert {one.content["neighbour"] for one in genuine} == {str(cast.deurne.pk)}
    assert municipality_settings.settings_now(reader=cast.frits, now=MONDAY).planned == ()


# Found


def test_every_such_row_is_named_by_the_audit(cast):
    assert audit_verify.verify().is_sound
    second_factors.give_codes(cast.anna.user)
    Membership.objects.filter(pk=cast.bram.membership).update(role="buddy")
    Organisation.objects.filter(pk=cast.deurne.pk).update(code="GM0000")
    Authenticator.objects.all().delete()
    reported_here = Signal.objects.get(reference=reported(cast))
    Signal.objects.update(lane="confidential")
    found = {one.place for one in audit_verify.verify().findings}
    assert found == {f"membership {cast.bram.membership}", f"organisation {cast.deurne.pk}", f"signal {reported_here.pk}",
                     f"second factors of {cast.anna.user}"}
