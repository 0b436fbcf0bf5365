"""The demo: the five cases go through real services and stand in five different states."""

import pytest

from meldroute.services.demo import NotEmpty, load_demo
from meldroute.services.running_policy import remember_pack
from meldroute.storage.models import Signal
from tests.cast import MONDAY

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_five_cases_stand_in_different_states_and_every_role_has_an_account():
    remember_pack(now=MONDAY)
    accounts = load_demo(now=MONDAY)

    states = list(Signal.objects.order_by("-received_at").values_list("state", flat=True))
    assert sorted(states) == ["advies", "afgehandeld", "melden", "ontvangen", "wacht-op-partners"]
    assert {a.role for a in accounts} == {
        "reporter", "focal_point", "buddy", "designated", "functional_manager", "privacy_officer", "partner",
        "care_coordinator", "chain_director"}
    assert len({a.password for a in accounts}) == len(accounts)


def test_invented_signals_never_go_between_others():
    remember_pack(now=MONDAY)
    load_demo(now=MONDAY)
    with pytest.raises(NotEmpty, match="another MELDROUTE_DATA"):
        load_demo(now=MONDAY)
