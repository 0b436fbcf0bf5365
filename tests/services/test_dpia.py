"""Real data only after the impact assessment was adopted; invented and real data never share a database."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError

from meldroute.services import demo, dpia
from meldroute.services.dpia import CannotAdopt, adopt, adoption, only_invented_data
from meldroute.services.running_policy import remember_pack
from meldroute.storage.models import DpiaAdoption, HistoryEntry, Signal, User
from tests.cast import MONDAY
from tests.services.keeping_help import report

pytestmark = pytest.mark.django_db(transaction=True)
WORDS = {"by": "college van Helmond", "on": date(2026, 11, 20), "decision": "2026-117", "now": MONDAY}


@pytest.fixture(autouse=True)
def heard_nothing_yet():
    dpia._known.forget()
    yield
    dpia._known.forget()


def test_it_is_recorded_once_with_who_when_and_which_decision():
    assert adoption() is None
    adopt(**WORDS)
    found = adoption()
    assert (found.adopted_by, found.adopted_on, found.decision) == ("college van Helmond", date(2026, 11, 20), "2026-117")
    entry = HistoryEntry.objects.get(act="dpia.adopted")
    assert (entry.chain, entry.details["decision"]) == ("system", "2026-117")
    with pytest.raises(CannotAdopt, match="recorded already"):
        adopt(**WORDS)


@pytest.mark.parametrize(("change", "said"), [
    ({"by": " "}, "say who adopted it"), ({"decision": ""}, "the number of the decision"),
    ({"on": MONDAY.date() + timedelta(days=1)}, "has not come yet"),
])
def test_half_a_record_is_refused(change, said):
    with pytest.raises(CannotAdopt, match=said):
        adopt(**WORDS | change)
    assert not DpiaAdoption.objects.exists()


def test_a_database_with_signals_from_before_is_not_adopted(cast):
    report(cast)
    with pytest.raises(CannotAdopt, match="holds signals that came before it"):
        adopt(**WORDS)


def test_a_database_with_invented_people_is_not_adopted(cast):
    with pytest.raises(CannotAdopt, match="invented people in it"):
        adopt(**WORDS)


def test_an_adopted_database_gets_no_demo():
    remember_pack(now=MONDAY)
    adopt(**WORDS)
    with pytest.raises(demo.ForRealData, match="gets no invented people"):
        demo.load_demo(now=MONDAY)
    assert not Signal.objects.exists()
    assert not User.objects.exists()


def test_the_warning_goes_in_this_process_at_once_and_in_others_within_half_a_minute(monkeypatch):
    assert only_invented_data()
    DpiaAdoption.objects.create(adopted_by="x", adopted_on=MONDAY.date(), decision="1", recorded_at=MONDAY)  # by another process
    assert only_invented_data()
    monkeypatch.setattr(dpia, "LOOK_AGAIN", 0.0)
    assert not only_invented_data()
    assert not only_invented_data(ask=False)


def test_without_an_answer_the_warning_stays(monkeypatch):
    def gone():
        raise DatabaseError

    monkeypatch.setattr(DpiaAdoption.objects, "exists", gone)
    assert only_invented_data()
    assert only_invented_data(ask=False)
