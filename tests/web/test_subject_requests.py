"""The pages for requests of data subjects, from the desk to the answer."""

import pytest
from django.urls import reverse
from django.utils import timezone

from meldroute.storage.models import HistoryEntry, SubjectRequest
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pia(cast):
    return signed_in(cast.pia)


def register(pia, **changes):
    today = timezone.localdate().isoformat()
    return pia.post(reverse("subject_request_new"), {
        "kind": "access", "received_on": today, "name": "Verzonnen Verzoeker", "contact": "per brief", "identity": "",
        "question": "Wat hebben jullie over mij?"} | changes)


def act(pia, name, **fields):
    code = SubjectRequest.objects.get().code
    return pia.post(reverse(f"subject_request_{name}", args=[code]), fields, follow=True)


def test_the_whole_way(pia):
    assert "No request waits" in pia.get(reverse("subject_requests")).content.decode()
    page = pia.get(register(pia).url).content.decode()
    assert "waits for your advice" in page
    assert "Record the decision" not in page
    assert "waits for the college" in act(pia, "advise", advice="Weigeren.").content.decode()
    today = timezone.localdate().isoformat()
    decided = act(pia, "decide", decision="refused", ground="investigation", decided_on=today, decided_by="W. Wethouder",
                  motivation="Er loopt iets.").content.decode()
    assert "The same for everybody" in decided
    assert "Uit deze brief kunt u dus niet opmaken" in decided
    assert "still to be checked" in decided
    assert "The clock has stopped" in act(pia, "answered").content.decode()
    assert SubjectRequest.objects.get().answered_at


def test_what_is_missing_is_said_at_its_field_and_nothing_typed_is_lost(pia):
    answer = register(pia, kind="")
    body = answer.content.decode()
    assert answer.status_code == 400
    assert "Verzonnen Verzoeker" in body
    register(pia)
    act(pia, "advise", advice="Weigeren.")
    today = timezone.localdate().isoformat()
    refused = act(pia, "decide", decision="refused", ground="", decided_on=today, decided_by="x", motivation="Zie advies.")
    assert refused.status_code == 400
    assert "Choose the ground" in refused.content.decode()
    assert "Zie advies." in refused.content.decode()
    assert not SubjectRequest.objects.get().decision


def test_an_answer_before_there_is_a_decision_is_refused_in_words(pia):
    register(pia)
    assert "There is no decision yet" in act(pia, "answered").content.decode()


def test_a_second_extension_is_refused_in_words(pia):
    register(pia)
    assert "Veel." in act(pia, "extend", reason="Veel.").content.decode()
    assert "extended already" in act(pia, "extend", reason="Nog meer.").content.decode()


def test_no_name_in_an_address_or_a_title(pia):
    address = register(pia).url
    assert "Verzoeker" not in address
    assert "Verzoeker" not in pia.get(address).content.decode().split("</title>")[0]


def test_a_request_that_is_none_is_absent_and_the_refusal_is_written_down(cast, pia):
    assert pia.get(reverse("subject_request", args=["VZ-7K3Q2M9T-C"])).status_code == 404
    register(pia)
    assert signed_in(cast.frits).get(reverse("subject_request", args=[SubjectRequest.objects.get().code])).status_code == 404
    assert HistoryEntry.objects.filter(act="refused").count() == 2
