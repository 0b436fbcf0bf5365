"""The second wall: a query that forgot its filter gets nothing of another municipality. On PostgreSQL, as the application."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from meldroute.rules.access import IN_WORK, NOWHERE, Boundary
from meldroute.services import boundaries, partner_links, second_wall
from meldroute.services.my_reports import my_reports
from meldroute.services.passing_on_pages import sent_page
from meldroute.storage import models
from meldroute.storage.boundary import within
from meldroute.storage.models import HistoryEntry, Membership, Message, NamedReader, Referral, Signal, SignalKey
from meldroute.storage.row_security import OPEN_TABLES, mentions_guarded_table, said_in_words, words_of
from tests.cast import MONDAY
from tests.services.passing_on_help import pass_on, passing, reported
from tests.signing_in import signed_in
from tests.web.passing_on_help import token_of_last_mail

pytestmark = pytest.mark.django_db(transaction=True)
postgres = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="only PostgreSQL has row-level security")


class Undone(Exception):
    pass


def in_deurne(cast):
    class There:
        bram = anna = cast.noor

    return There


@pytest.fixture
def two(cast):
    """A signal of Helmond that was passed on, and one of Deurne."""
    here = passing(cast)
    pass_on(cast, here, "ISZW")
    there = reported(in_deurne(cast))
    return {"helmond": here, "deurne": there}


@postgres
def test_a_query_that_forgot_its_filter_gets_only_the_reader_s_own_municipality(cast, two):
    for reader, own in ((cast.anna, "helmond"), (cast.noor, "deurne"), (cast.frits, "helmond"), (cast.bram, "helmond")):
        with boundaries.as_reader(reader):
            assert list(Signal.objects.all().values_list("reference", flat=True)) == [two[own]]
            assert SignalKey.objects.count() == 1
    with within(NOWHERE):
        assert not Signal.objects.all().exists()
        assert not HistoryEntry.objects.exists()


@postgres
@pytest.mark.parametrize("model", [m for m in vars(models).values() if isinstance(m, type) and hasattr(m, "_meta")
                                   and m._meta.model_name not in OPEN_TABLES], ids=lambda m: m.__name__)
def test_every_guarded_table_gives_nothing_of_another_municipality(cast, two, model):
    with boundaries.at(uuid4()):
        assert not model._default_manager.exists()
    with within(NOWHERE):
        assert not model._default_manager.exists()


@postgres
def test_nothing_is_written_into_another_municipality(cast, two):
    signal = Signal.objects.get(reference=two["helmond"])
    with boundaries.as_reader(cast.noor):
        assert Signal.objects.filter(pk=signal.pk).update(danger=True) == 0
        assert Signal.objects.filter(pk=signal.pk).delete()[0] == 0
        with pytest.raises(DatabaseError), transaction.atomic():
            NamedReader.objects.create(signal_id=signal.pk, municipality=cast.helmond, membership_id=cast.noor.membership, at=MONDAY)
        own = Signal.objects.get(reference=two["deurne"])
        with pytest.raises(DatabaseError), transaction.atomic():
            Signal.objects.filter(pk=own.pk).update(municipality=cast.helmond)


@postgres
def test_a_partner_reaches_only_municipalities_that_disclosed_something_to_it(cast, two):
    with boundaries.as_reader(cast.nel):
        assert set(Signal.objects.values_list("reference", flat=True)) == {two["helmond"]}
    with boundaries.as_reader(cast.rick):
        assert not Signal.objects.exists()
        assert not Referral.objects.exists()


@postgres
def test_a_rollback_takes_back_what_the_server_was_told_and_it_is_told_again(cast, two):
    def look_and_fail(reader, own):
        with transaction.atomic(), boundaries.as_reader(reader):
            assert Signal.objects.get().reference == two[own]
            raise Undone

    with boundaries.as_reader(cast.noor):
        Signal.objects.count()
    with boundaries.as_reader(cast.anna):
        with pytest.raises(Undone):
            look_and_fail(cast.anna, "helmond")
        assert Signal.objects.get().reference == two["helmond"]
        with transaction.atomic():
            with pytest.raises(Undone):
                look_and_fail(cast.noor, "deurne")
            assert Signal.objects.get().reference == two["helmond"]


@postgres
def test_a_request_says_it_once_in_front_of_another_statement_and_leaves_nothing_behind(cast, two):
    anna, noor = signed_in(cast.anna), signed_in(cast.noor)
    noor.get(reverse("work_list"))
    with CaptureQueriesContext(connection) as asked:
        assert anna.get(reverse("signal", args=[two["helmond"]])).status_code == 200
    said = [q["sql"] for q in asked.captured_queries if "set_config" in q["sql"]]
    assert len(said) == 1
    assert 'FROM "meldroute_' in said[0], "no round trip of its own"
    with CaptureQueriesContext(connection) as asked, boundaries.nowhere():
        assert anna.get(reverse("signal", args=[two["helmond"]])).status_code == 200
    assert not [q for q in asked.captured_queries if "set_config" in q["sql"]], "same reader, same connection: said already"
    with within(NOWHERE):
        assert not Signal.objects.exists()


@postgres
def test_the_wall_is_up_for_this_very_account_and_around_every_table(cast):
    report = second_wall.wall_report()
    assert (report.role, report.problems) == ("meldroute_app", ())
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False, False)
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tableowner = current_user")
        assert cursor.fetchall() == []


@postgres
def test_the_work_list_still_reads_its_stored_order_from_its_index(cast):
    reported(cast)
    with boundaries.as_reader(cast.anna), connection.cursor() as cursor:
        for other in ("seqscan", "bitmapscan", "sort"):  # one row is cheap in any way: can it be had in order at all?
            cursor.execute(f"SET enable_{other} = off")
        rows = Signal.objects.visible_to(cast.anna, lanes=IN_WORK).open().order_by("urgency", "next_due_at", "pk")[:51]
        plan = rows.explain()
        cursor.execute("RESET ALL")
    assert "signal_work_list" in plan, plan


# What somebody needs beyond their own municipality still reaches them, on both databases


def test_a_reporter_still_finds_a_report_made_for_an_earlier_employer(cast):
    reference = reported(cast)
    Membership.objects.filter(pk=cast.bram.membership).update(valid_to=MONDAY.date() - timedelta(days=1))
    Membership.objects.create(user_id=cast.bram.user, organisation=cast.deurne, role="reporter", valid_from=MONDAY.date())
    client = signed_in(cast.bram)
    assert reference in client.get(reverse("my_reports")).content.decode()
    assert client.get(reverse("receipt", args=[reference])).status_code == 200
    with within(NOWHERE):
        assert len(my_reports(cast.bram.user, now=MONDAY, language="nl").reports) == 1


def test_a_notice_about_a_neighbour_s_signal_is_found_and_ticked_off(cast):
    Message.objects.create(kind="late", recipient_kind="membership", membership_id=cast.noor.membership,
                           municipality=cast.helmond, created_at=MONDAY, next_try_at=MONDAY)
    noor = signed_in(cast.noor)
    assert noor.get(reverse("notifications")).status_code == 200
    noor.post(reverse("notices_seen"), {"until": timezone.now().isoformat()})
    assert Message.objects.get().seen_at is not None


def test_a_link_and_its_code_open_one_request_from_nowhere(cast):
    now = timezone.now()
    reference = passing(cast, now=now)
    sent = pass_on(cast, reference, "ISZW", channel="link", to="nla@partner.example", now=now)
    token = token_of_last_mail()
    code = sent_page(reference, referral=sent.referral, reader=cast.anna, now=now).code
    with within(NOWHERE):
        assert partner_links.open_with_code(token, code, now=now).referral == sent.referral
        with pytest.raises(partner_links.LinkClosed):
            partner_links.open_with_code("nooit-gemaakt", code, now=now)


def test_the_words_that_the_server_is_told(cast):
    assert words_of(NOWHERE) == ("", "")
    assert words_of(Boundary(everywhere=True)) == ("*", "")
    assert words_of(Boundary(frozenset({cast.helmond.pk}), cast.anna.membership)) == (
        str(cast.helmond.pk), str(cast.anna.membership))
    with pytest.raises(ValueError, match="only keys"):
        said_in_words(("'; DROP TABLE meldroute_signal; --", ""))
    assert mentions_guarded_table('SELECT "meldroute_signal"."id" FROM "meldroute_signal"')
    assert mentions_guarded_table('SELECT 1 FROM "meldroute_a_table_of_tomorrow"')
    assert not mentions_guarded_table('SELECT 1 FROM "meldroute_user" JOIN "meldroute_membership" ON true')
