"""Nothing goes without two persons; what goes is gone everywhere; what stays is a certificate and a count."""

from datetime import date, timedelta

import pytest
from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, connection, models, transaction

from meldroute.rules.actors import Reader
from meldroute.services import destruction, holds, my_reports
from meldroute.services.desk import NoSuchSignal
from meldroute.services.destruction import ListChanged, NoSuchList, NotYourTurn, SamePerson
from meldroute.services.disclosures import disclosed
from meldroute.services.holds import NewHold
from meldroute.services.keeping import keep_terms
from meldroute.services.reading.signal_page import open_signal
from meldroute.storage.erasing import leave_nothing_behind, tables_of_signal
from meldroute.storage.models import (
    Destruction,
    DestructionItem,
    Enrichment,
    KeptSignal,
    Membership,
    Message,
    NoLongerKept,
    Referral,
    ReporterFeedback,
    RetentionHold,
    Signal,
    SignalKey,
    SurvivingCount,
)
from tests.cast import MONDAY, START
from tests.services.retention_help import DAY, YEAR, closed, destroyed, listed, proposed, ripened, seen
from tests.services.test_feedback import reporting_back
from tests.services.test_sealed_dump import rows

pytestmark = pytest.mark.django_db(transaction=True)
STORY = "Kwaadwillige Kees sluit zijn deur in de Nepstraat 99."


def approve(row, reader, now, card=None):
    return destruction.approve(row.pk, seen=card or seen(row, reader, now), reader=reader, now=now)


def propose(row, reader, now):
    destruction.propose(row.pk, seen=seen(row, reader, now), reader=reader, now=now)


# Four eyes


def test_the_desk_proposes_and_the_privacy_officer_approves(cast):
    reference, row, now = listed(cast)
    with pytest.raises(NotYourTurn):
        approve(row, cast.pia, now)  # nobody proposed it yet
    propose(row, cast.bo, now)
    for reader in (cast.anna, cast.bo):
        with pytest.raises(NotYourTurn):
            approve(row, reader, now)
    assert approve(row, cast.pia, now) == 1
    assert not Signal.objects.filter(reference=reference).exists()


def test_nobody_else_knows_that_there_is_a_list(cast):
    _, row, now = listed(cast)
    for who in ("dina", "frits", "noor", "nel", "zora", "karel", "bram", "rick"):
        reader = getattr(cast, who)
        for act in (lambda r=reader: destruction.destruction_card(row.pk, reader=r, now=now),
                    lambda r=reader: destruction.propose(row.pk, seen="", reader=r, now=now),
                    lambda r=reader: destruction.approve(row.pk, seen="", reader=r, now=now),
                    lambda r=reader: destruction.give_back(row.pk, seen="", reader=r, now=now)):
            with pytest.raises(NoSuchList):
                act()


def test_a_list_about_colleagues_is_the_designated_person_s(cast):
    closed(cast)
    signal = Signal.objects.get()
    signal.lane = "confidential"
    signal.save()
    KeptSignal.objects.update(lane="confidential")
    now = ripened()
    row = Destruction.objects.get()
    assert Message.objects.get(kind="destruction_listed").membership_id == cast.dina.membership
    with pytest.raises(NoSuchList):
        seen(row, cast.anna, now)
    propose(row, cast.dina, now)
    assert approve(row, cast.pia, now) == 1
    assert SurvivingCount.objects.count() == 0  # in no number before, and in none after


def test_one_person_with_two_roles_is_one_person(cast):
    _, row, now = listed(cast)
    second = Membership.objects.create(user_id=cast.anna.user, organisation=cast.helmond, role="privacy_officer",
                                       valid_from=START)
    both = Reader(cast.anna.user, second.pk, "privacy_officer", cast.helmond.pk, "municipality", "GM0794")
    propose(row, cast.anna, now)
    assert destruction.destruction_card(row.pk, reader=both, now=now).because == "same_person"
    with pytest.raises(SamePerson):
        approve(row, both, now)


def test_the_database_refuses_one_name_twice_and_a_destruction_without_names(cast):
    _, row, _now = listed(cast)
    for changes in ({"proposed_person_id": cast.anna.user, "approved_person_id": cast.anna.user},
                    {"state": "destroyed"}, {"state": "destroyed", "proposed_person_id": cast.anna.user}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Destruction.objects.filter(pk=row.pk).update(**changes)


def test_a_list_that_changed_meanwhile_is_looked_at_again(cast):
    _, row, now = listed(cast)
    old = seen(row, cast.anna, now)
    closed(cast)
    ripened()
    with pytest.raises(ListChanged):
        destruction.propose(row.pk, seen=old, reader=cast.anna, now=now)
    propose(row, cast.anna, now)
    with pytest.raises(NotYourTurn):
        destruction.propose(row.pk, seen=old, reader=cast.anna, now=now)  # twice


def test_what_got_a_hold_after_it_was_proposed_stays(cast):
    kept_one, gone_one = closed(cast), closed(cast)
    now = ripened()
    row = Destruction.objects.get()
    propose(row, cast.anna, now)
    holds.hold(kept_one, NewHold("request", date(2028, 1, 1)), reader=cast.anna, now=now)
    assert approve(row, cast.pia, now) == 1
    assert list(Signal.objects.values_list("reference", flat=True)) == [kept_one]
    assert gone_one not in str(list(Signal.objects.values()))


def test_what_changed_unseen_is_found_at_the_last_look(cast):
    """A hold written past the program's own act: nothing on the list goes."""
    reference, row, now = proposed(cast)
    card = seen(row, cast.pia, now)
    RetentionHold.objects.create(signal=Signal.objects.get(), municipality=cast.helmond, lane="regular", reason="other",
                                 placed_at=now, placed_by_id=cast.anna.membership, until=date(2030, 1, 1))
    assert approve(row, cast.pia, now, card) == 0
    assert Signal.objects.filter(reference=reference).exists()
    row.refresh_from_db()
    assert (row.state, row.count) == ("returned", 0)


@pytest.mark.parametrize("turn", ["listed", "proposed"])
def test_given_back_it_comes_again_later(cast, turn):
    _, row, now = listed(cast) if turn == "listed" else proposed(cast)
    reader = cast.anna if turn == "listed" else cast.pia
    destruction.give_back(row.pk, seen=seen(row, reader, now), reader=reader, now=now)
    assert (DestructionItem.objects.count(), Signal.objects.count()) == (0, 1)
    keep_terms(now=now + 10 * DAY)
    assert DestructionItem.objects.count() == 0
    keep_terms(now=now + 15 * DAY)
    assert Destruction.objects.filter(state="listed").count() == 1


# Gone


def test_no_table_and_no_file_holds_anything_of_it(cast):
    """Sealed columns, rows, messages, key, reference: looked for as bytes in every table and in the data folder."""
    reference, row, now = proposed(cast, narrative=STORY)
    signal = Signal.objects.get()
    blobs = [bytes(signal.content_sealed), bytes(signal.reporter_sealed), bytes(SignalKey.objects.get().wrapped)]
    blobs += [bytes(r.content_sealed) for model in (Enrichment, Referral, ReporterFeedback)
              for r in model.objects.exclude(content_sealed=None)]
    assert len(blobs) > 5
    assert approve(row, cast.pia, now) == 1
    whole = "\n".join(text for table, text in rows() if table != "meldroute_nolongerkept")
    for wanted in (reference, "Kwaadwillige", "Nepstraat", STORY, *(blob.decode("latin-1") for blob in blobs)):
        assert wanted not in whole
    for model in tables_of_signal():
        left = model._base_manager.exclude(signal=None) if model is Message else model._base_manager
        assert not left.exists(), model.__name__
    if connection.vendor == "sqlite":
        leave_nothing_behind()
        stored = b"".join(p.read_bytes() for p in settings.MELDROUTE_DATA.rglob("*") if p.is_file())
        assert [b for b in blobs if b[20:] in stored] == []
        assert STORY.encode() not in stored


def test_every_table_that_names_a_signal_goes_along_or_is_known_to_stay():
    """A new table with a signal's id but without a foreign key must say here why it may stay."""
    stays = {
        "HistoryEntry": "the chain is append-only; it holds an id, and months of it go by their own certificate",
        "KeyDestruction": "says that the key is gone, until every copy is; the id leads nowhere",
        "DestructionItem": "says which keys must still be gone from copies; the id leads nowhere",
    }
    goes = set(tables_of_signal())
    for model in apps.get_app_config("meldroute").get_models():
        names = {f.name for f in model._meta.get_fields() if isinstance(f, models.UUIDField) and not f.primary_key}
        if "signal" in names:
            assert model.__name__ in stays, model.__name__
        related = {f.related_model for f in model._meta.get_fields() if isinstance(f, models.ForeignKey)}
        if related & goes:
            assert model in goes, model.__name__


def test_the_signal_is_absent_for_desk_reporter_and_partner(cast):
    reference = closed(cast, "acted")
    other = reporting_back(cast)
    row, now = _destroy(cast, years=5)
    for act in (lambda: open_signal(reference, reader=cast.anna, now=now),
                lambda: holds.keeping_page(reference, reader=cast.anna, now=now),
                lambda: my_reports.my_report(cast.bram.user, reference, now=now, language="nl"),
                lambda: my_reports.proof(cast.bram.user, reference, now=now)):
        with pytest.raises(NoSuchSignal):
            act()
    assert {r.referral for r in disclosed(reader=cast.nel, now=now).rows} == {
        r.pk for r in Signal.objects.get(reference=other).referrals.filter(partner="ISZW")}
    assert row.count == 1


def _destroy(cast, *, years):
    later = MONDAY + years * YEAR + timedelta(days=5)
    keep_terms(now=later - 31 * DAY)
    keep_terms(now=later)
    row = Destruction.objects.get()
    propose(row, cast.anna, later)
    approve(row, cast.pia, later)
    row.refresh_from_db()
    return row, later


def test_its_reporter_reads_for_a_year_that_it_is_no_longer_kept(cast):
    reference, _, now, _ = destroyed(cast)
    told = my_reports.my_reports(cast.bram.user, now=now, language="nl")
    assert [(g.reference, g.municipality) for g in told.gone] == [(reference, "Gemeente Helmond")]
    assert my_reports.my_reports(cast.bo.user, now=now, language="nl").gone == ()
    keep_terms(now=now + 370 * DAY)
    assert NoLongerKept.objects.count() == 0


def test_a_message_that_waited_about_it_is_not_sent(cast):
    _, _, _now, before = destroyed(cast)
    assert Message.objects.filter(signal_id=before.pk).count() == 0
