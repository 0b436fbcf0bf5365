"""Keys change while people work: nothing is lost, everything opens, and an old version goes only when nothing needs it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import models

from meldroute.rules.receipt_numbers import normalise_receipt
from meldroute.services import key_rotation, subject_requests
from meldroute.services.drafts import keep, open_form
from meldroute.services.intake import NewSignal, register_signal
from meldroute.services.key_rotation import NoSuchPurpose, StillUsed, bring_along, retire, rotate
from meldroute.services.key_status import key_lines, key_status
from meldroute.services.my_reports import my_reports
from meldroute.services.reading.signal_page import open_signal
from meldroute.services.subject_requests import NewRequest
from meldroute.storage import rekeying, second_factors
from meldroute.storage.key_uses import UNDER_SIGNAL_KEY, USES
from meldroute.storage.keyed_hashes import receipt_ties
from meldroute.storage.keyring import keyring
from meldroute.storage.models import HistoryEntry, Message, Signal, SignalKey, SubjectRequestKey, User
from meldroute.storage.models.base import SealedRow
from meldroute.storage.sealing import open_with_purpose, place_of, seal_with_purpose
from meldroute.storage.vouching import vouched_models
from tests.cast import MONDAY
from tests.outside_help import open_page
from tests.outside_help import report as outside_report
from tests.services.keeping_help import STORY, destroy, own_keyring, report


@pytest.fixture(autouse=True)
def keyring_file(settings, tmp_path):
    return own_keyring(settings, tmp_path)


def versions_of_keys() -> set[int]:
    return {int.from_bytes(bytes(w)[1:3]) for w in SignalKey.objects.values_list("wrapped", flat=True)}


def opens(cast, signal) -> bool:
    return STORY in repr(open_signal(signal.reference, reader=cast.anna, now=MONDAY))


def test_after_a_rotation_old_and_new_signals_open_and_new_ones_use_the_new_key(cast):
    old = report(cast)
    assert rotate(now=MONDAY) == {"wrap": 2, "reporter_tie": 2, "link": 2, "token": 2}
    new = report(cast)
    assert (bytes(old.key.wrapped)[2], bytes(new.key.wrapped)[2]) == (1, 2)
    assert opens(cast, old)
    assert opens(cast, new)
    assert len(my_reports(cast.bram.user, now=MONDAY, language="nl").reports) == 2, "found under both ties"


def test_what_is_stored_is_brought_along_and_says_the_same(cast):
    signals = [report(cast) for _ in range(3)]
    rotate(now=MONDAY)
    done = {part.name: part.rows for part in bring_along(now=MONDAY)}
    assert done == {"keys of signals": 3, "ties of signals to their reporter": 3, "links in messages that wait": 0,
                    "keys of requests": 0, "secrets of second factors": 0} | vouchers(signal=0)  # those went with the tie
    assert versions_of_keys() == {2}
    assert {s.reporter_tie[:2] for s in Signal.objects.all()} == {"2:"}
    assert all(opens(cast, s) for s in signals)
    assert len(my_reports(cast.bram.user, now=MONDAY, language="nl").reports) == 3
    assert sum(part.rows for part in bring_along(now=MONDAY)) == 0, "nothing is due twice"


def test_a_report_sent_twice_around_a_rotation_is_one_report(cast):
    submission = uuid4()
    first = register_signal(NewSignal(STORY), reader=cast.bram, submission=submission, now=MONDAY)
    rotate(now=MONDAY)
    again = register_signal(NewSignal(STORY), reader=cast.bram, submission=submission, now=MONDAY)
    assert (again.reference, again.first) == (first.reference, False)


def test_cut_off_in_the_middle_it_goes_on_where_it_was(cast, monkeypatch):
    for _ in range(5):
        report(cast)
    rotate(["wrap"], now=MONDAY)
    monkeypatch.setattr(rekeying, "BATCH", 2)
    batches = rekeying.rekey(rekeying.KINDS[0])
    assert next(batches) == 2
    batches.close()
    assert versions_of_keys() == {1, 2}
    assert bring_along(now=MONDAY)[0].rows == 3
    assert versions_of_keys() == {2}


def test_the_key_of_a_request_is_wrapped_again_as_that_of_a_signal(cast):
    code = subject_requests.register(NewRequest("access", MONDAY.date(), "Verzonnen Verzoeker", "per brief", "Wat is er?"),
                                     reader=cast.pia, now=MONDAY)
    rotate(["wrap"], now=MONDAY)
    with pytest.raises(StillUsed, match="1 rows of subjectrequestkey use it"):
        retire("wrap", 1, now=MONDAY)
    assert {part.name: part.rows for part in bring_along(now=MONDAY)}["keys of requests"] == 1
    retire("wrap", 1, now=MONDAY)
    assert bytes(SubjectRequestKey.objects.get().wrapped)[1:3] == b"\x00\x02"
    assert subject_requests.request_card(code, reader=cast.pia, now=MONDAY).name == "Verzonnen Verzoeker"


def test_second_factors_come_along_and_still_open(cast):
    secret = second_factors.give_codes(cast.anna.user)
    factors = apps.get_model("mfa", "Authenticator").objects
    factors.create(user_id=cast.anna.user, type="recovery_codes", data={
        "seed": second_factors.sealed_secret("verzonnen", person=cast.anna.user), "used_mask": 5})
    factors.create(user_id=cast.bram.user, type="webauthn", data={"credential": {"id": "x"}})
    rotate(["token"], now=MONDAY)
    with pytest.raises(StillUsed, match=r"rows of authenticator use it \(bring them along"):
        retire("token", 1, now=MONDAY + timedelta(days=2))
    assert {part.name: part.rows for part in bring_along(now=MONDAY)}["secrets of second factors"] == 2
    assert set(second_factors.versions_in_use()) == {2}
    retire("token", 1, now=MONDAY + timedelta(days=2))
    assert second_factors.secret_of(cast.anna.user) == secret
    codes = factors.get(user_id=cast.anna.user, type="recovery_codes").data
    assert second_factors.opened_secret(codes["seed"], person=cast.anna.user) == "verzonnen"
    assert codes["used_mask"] == 5, "what was used stays used"


def test_who_holds_a_receipt_still_finds_the_report_and_its_version_stays(cast):
    open_page(cast)
    receipt = normalise_receipt(outside_report().receipt)
    rotate(["reporter_tie"], now=MONDAY)
    assert bring_along(now=MONDAY)[1].rows == 0, "a receipt is stored nowhere"
    assert Signal.objects.get().reporter_tie in receipt_ties(receipt)
    with pytest.raises(StillUsed, match="1 rows of signal use it .a receipt is stored nowhere"):
        retire("reporter_tie", 1, now=MONDAY)


def test_a_link_that_waits_in_a_message_is_sealed_again(cast):
    message = Message(kind="partner_link", recipient_kind="partner", created_at=MONDAY)
    place = place_of("message", "content_sealed", message.pk)
    message.content_sealed = seal_with_purpose("link", "the link", place=place)
    message.save()
    rotate(["link"], now=MONDAY)
    assert bring_along(now=MONDAY)[2].rows == 1
    message.refresh_from_db()
    assert bytes(message.content_sealed)[1:3] == b"\x00\x02"
    assert open_with_purpose("link", bytes(message.content_sealed), place=place) == "the link"


def test_an_unknown_purpose_is_refused_and_nothing_changes(cast):
    with pytest.raises(NoSuchPurpose, match="no key for 'wrapp'. Use one of: wrap"):
        rotate(["wrap", "wrapp"], now=MONDAY)
    assert keyring().versions("wrap") == (1,)


def test_an_old_version_goes_only_when_nothing_uses_it(cast):
    signal = report(cast)
    rotate(now=MONDAY)
    with pytest.raises(StillUsed, match=r"1 rows of signalkey use it \(bring them along"):
        retire("wrap", 1, now=MONDAY)
    with pytest.raises(StillUsed, match="new work uses it"):
        retire("wrap", 2, now=MONDAY)
    with pytest.raises(StillUsed, match="there is no version 7"):
        retire("wrap", 7, now=MONDAY)
    bring_along(now=MONDAY)
    retire("wrap", 1, now=MONDAY)
    assert keyring().versions("wrap") == (2,)
    assert opens(cast, signal)


def test_ties_in_the_history_cannot_change_so_their_version_stays(cast):
    report(cast)
    rotate(now=MONDAY)
    bring_along(now=MONDAY)
    with pytest.raises(StillUsed, match="rows of historyentry use it .a hash chain is never written again"):
        retire("reporter_tie", 1, now=MONDAY)


def test_a_version_that_an_open_form_may_carry_stays_a_day(cast):
    token = open_form(cast.bram.user, "report", now=MONDAY)
    rotate(now=MONDAY)
    assert keep(token, {"narrative": ["Getypt voor de wissel."]}, now=MONDAY), "a form that was open still works"
    with pytest.raises(StillUsed, match="somebody may have a form open|until the draft expires"):
        retire("token", 1, now=MONDAY + timedelta(hours=23))
    with pytest.raises(StillUsed, match="may have a form open"):
        retire("token", 1, now=MONDAY + timedelta(hours=24, minutes=30))
    retire("token", 1, now=MONDAY + timedelta(hours=26))
    assert keyring().versions("token") == (2,)


def test_a_destroyed_signal_does_not_stop_a_rotation(cast):
    gone, kept = report(cast), report(cast)
    destroy(gone)
    rotate(now=MONDAY)
    assert bring_along(now=MONDAY)[1].rows == 1
    assert opens(cast, kept)


def vouchers(**others: int) -> dict[str, int]:
    """How many vouchers of the cast were brought along, by table."""
    rows = {model._meta.model_name: model.objects.count() for model in vouched_models()} | others
    return {f"vouchers of {name}": count for name, count in rows.items()} | {"vouchers of second factors": User.objects.count()}


def test_the_history_says_who_turned_which_key(cast):
    report(cast)
    rotate(["wrap"], now=MONDAY)
    bring_along(now=MONDAY)
    retire("wrap", 1, now=MONDAY)
    acts = list(HistoryEntry.objects.filter(chain="system", actor="keys").order_by("number").values_list("act", "details"))
    assert acts == [("keys.rotated", {"wrap": 2}), ("keys.rekeyed", {"wrap": 1, "reporter_tie": 0, "link": 0, "token": 0}),
                    ("keys.retired", {"purpose": "wrap", "version": 1})]


def test_when_the_file_cannot_be_written_the_history_says_nothing(cast, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(key_rotation, "add_versions", full)
    with pytest.raises(OSError, match="No space"):
        rotate(now=MONDAY)
    assert not HistoryEntry.objects.filter(act="keys.rotated").exists()


def test_the_status_counts_rows_per_version_and_says_what_is_to_do(cast):
    report(cast)
    rotate(["wrap"], now=MONDAY)
    report(cast)
    lines = {(line.purpose, line.version): line for line in key_lines(now=MONDAY)}
    assert (lines["wrap", 2].rows, lines["wrap", 1].rows) == (1, 1)
    assert lines["wrap", 2].current
    assert not lines["wrap", 1].current
    assert lines["reporter_tie", 1].rows == 4 + sum(vouchers().values())  # two signals, and their two entries in the history
    [said] = key_status(now=MONDAY).to_do
    assert "nobody else holds the current version of wrap 2" in said


def test_every_column_that_a_key_of_the_keyring_made_is_counted():
    """A new keyed hash or seal belongs in USES, or an old version could be retired while it is needed."""
    known = {(use.model.__name__, use.column) for use in USES} | UNDER_SIGNAL_KEY
    for model in apps.get_app_config("meldroute").get_models():
        for field in model._meta.fields:
            hashed = isinstance(field, models.CharField) and field.name.endswith(("_tie", "_hash"))
            sealed = (isinstance(field, models.BinaryField) and field.name.endswith("_sealed")
                      and not issubclass(model, SealedRow))
            if hashed or sealed:
                assert (model.__name__, field.name) in known, f"{model.__name__}.{field.name}: add it to storage/key_uses.py"
