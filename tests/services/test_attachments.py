"""Documents in the file: who may, what is kept, what is logged before it is shown, and what can be hidden and destroyed."""

import pytest
from django.db import IntegrityError, transaction

from meldroute.services.attachment_pages import attachments_page, hiding_page
from meldroute.services.attachments import (
    MOST,
    AboutMissing,
    FileFull,
    NewFile,
    NoSuchAttachment,
    add_attachment,
    open_attachment,
)
from meldroute.services.cleaning.kinds import FileRefused
from meldroute.services.desk import NoSuchSignal, SignalDestroyed
from meldroute.services.hiding import AlreadyHidden, NotSpokenYet, WordsMissing, destroy, hide
from meldroute.services.scanning import Infected, ScannerMissing
from meldroute.storage.models import Attachment, AttachmentKey, AttachmentPart, HistoryEntry, Signal
from meldroute.storage.sealed_parts import unwrap_file_key
from meldroute.storage.sealing import SealBroken
from tests import clamav
from tests.cast import MONDAY
from tests.services import files
from tests.services.keeping_help import destroy as destroy_signal
from tests.services.passing_on_help import passing, reported, spoken

pytestmark = pytest.mark.django_db(transaction=True)
NAME, ABOUT = "brief Verzonnen Vera.pdf", "Brief over mevrouw Verzonnen"
LONG = ("Regel van de verzonnen woningcorporatie. " * 5000).encode()  # several parts


@pytest.fixture(autouse=True)
def no_scanner_by_choice(settings):
    settings.MELDROUTE_SCANNER = "off"


@pytest.fixture
def reference(cast):
    return reported(cast)


def add(cast, reference, content=LONG, *, who="anna", name=NAME, about=ABOUT):
    add_attachment(reference, NewFile(name, content, about), reader=getattr(cast, who), now=MONDAY)
    return Attachment.objects.order_by("-number").first().pk


def acts() -> list[str]:
    return list(HistoryEntry.objects.order_by("id").values_list("act", flat=True))


def test_a_document_is_added_listed_and_comes_back_whole(cast, reference):
    id = add(cast, reference)
    page = attachments_page(reference, reader=cast.bo, now=MONDAY)
    [card] = page.attachments
    assert (card.name, card.about, card.by, card.number, card.scan, card.kind) == (NAME, ABOUT, "Anna Aandacht", 1, "off", "text")
    got = open_attachment(reference, id, reader=cast.bo, now=MONDAY)
    assert got.content == LONG
    assert got.name == f"{reference}-1.txt"  # neutral: it says nothing to who finds it on a computer


def test_what_is_kept_is_the_bare_copy_and_not_what_came(cast, reference):
    id = add(cast, reference, files.pdf(), name="c:\\map\\naam\u202efdp.exe")
    got = open_attachment(reference, id, reader=cast.anna, now=MONDAY)
    assert got.media == "application/pdf"
    assert files.SECRET.encode() not in got.content
    assert attachments_page(reference, reader=cast.anna, now=MONDAY).attachments[0].name == "naamfdp.exe"


def test_nothing_of_it_is_readable_in_the_database(cast, reference):
    add(cast, reference)
    rows = [str(row) + "".join(bytes(v).decode("latin-1") for v in row.values() if isinstance(v, bytes | memoryview))
            for model in (Attachment, AttachmentKey, AttachmentPart) for row in model.objects.values()]
    whole = "".join(rows)
    for word in ("Vera", "woningcorporatie", "mevrouw", "text/plain"):
        assert word not in whole
    assert AttachmentPart.objects.count() == 4


@pytest.mark.parametrize("who", ["bram", "dina", "noor", "nel", "zora", "karel", "frits", "pia", "rick"])
def test_whoever_may_not_see_the_signal_neither_adds_nor_opens_nor_hides(cast, reference, who):
    id, reader = add(cast, reference), getattr(cast, who)
    tries = (lambda: add(cast, reference, who=who), lambda: open_attachment(reference, id, reader=reader, now=MONDAY),
             lambda: attachments_page(reference, reader=reader, now=MONDAY), lambda: hide(reference, id, reader=reader, now=MONDAY),
             lambda: hiding_page(reference, id, reader=reader, now=MONDAY))
    for attempt in tries:
        with pytest.raises(NoSuchSignal):
            attempt()
    assert Attachment.objects.count() == 1
    assert not Attachment.objects.get().hidden_at


def test_a_document_of_another_signal_is_absent(cast, reference):
    id, other = add(cast, reference), reported(cast, narrative="Iets anders.")
    for attempt in (lambda: open_attachment(other, id, reader=cast.anna, now=MONDAY), lambda: hide(other, id, reader=cast.anna, now=MONDAY),
                    lambda: hiding_page(other, id, reader=cast.anna, now=MONDAY)):
        with pytest.raises(NoSuchAttachment):
            attempt()


def test_each_opening_is_logged_and_without_a_log_there_is_none(cast, reference, monkeypatch):
    id = add(cast, reference)
    open_attachment(reference, id, reader=cast.bo, now=MONDAY)
    entry = HistoryEntry.objects.order_by("id").last()
    assert (entry.act, entry.actor, entry.details) == ("signal.read", str(cast.bo.membership), {"part": "attachment", "attachment": str(id)})

    def no_log(*args, **more):
        raise OSError("the log is full")

    monkeypatch.setattr("meldroute.services.attachments.history.append", no_log)
    with pytest.raises(OSError, match="full"):
        open_attachment(reference, id, reader=cast.bo, now=MONDAY)


def test_the_history_names_no_file_and_no_word_of_it(cast, reference):
    add(cast, reference)
    assert "attachment.added" in acts()
    assert not [row for row in HistoryEntry.objects.values_list("details", flat=True) if "Vera" in str(row)]


def test_a_refused_file_leaves_nothing(cast, reference):
    before = (Signal.objects.get().version, HistoryEntry.objects.count())
    for content, error in ((b"MZ\x90\x00", FileRefused), (b"", FileRefused)):
        with pytest.raises(error):
            add(cast, reference, content)
    with pytest.raises(AboutMissing):
        add(cast, reference, about="  ")
    assert (Signal.objects.get().version, HistoryEntry.objects.count()) == before
    assert not AttachmentPart.objects.exists()


def test_with_a_scan_required_and_no_scanner_it_is_refused_and_says_so(cast, reference, settings):
    for address in ("", "unix:///tmp/nobody-listens-here"):
        settings.MELDROUTE_SCANNER = address
        with pytest.raises(ScannerMissing, match="clamd"):
            add(cast, reference)
    assert not Attachment.objects.exists()


@pytest.mark.skipif(not clamav.found(), reason="no clamd on this machine: apt-get install clamav-daemon")
def test_the_real_scanner_stands_before_everything_else(cast, reference, settings):
    with clamav.daemon() as (address, _):
        settings.MELDROUTE_SCANNER = address
        with pytest.raises(Infected):
            add(cast, reference, clamav.EICAR)
        assert not Attachment.objects.exists()
        add(cast, reference)
    assert Attachment.objects.get().scan == "clean"


def test_a_file_has_room_for_so_many(cast, reference, monkeypatch):
    monkeypatch.setattr("meldroute.services.attachments.MOST", 2)
    add(cast, reference, b"een")
    add(cast, reference, b"twee")
    with pytest.raises(FileFull):
        add(cast, reference, b"drie")
    assert MOST == 30


# Swapped, truncated, foreign


def test_a_swapped_missing_or_added_part_is_refused_aloud_and_not_logged_as_read(cast, reference):
    id, other = add(cast, reference), add(cast, reference, b"kort")
    part = AttachmentPart.objects.get(attachment=other)
    parts = list(AttachmentPart.objects.filter(attachment=id).order_by("number"))
    reads = acts().count("signal.read")

    def broken():
        with pytest.raises(SealBroken):
            open_attachment(reference, id, reader=cast.anna, now=MONDAY)

    AttachmentPart.objects.filter(pk=parts[0].pk).update(sealed=parts[1].sealed)
    broken()
    AttachmentPart.objects.filter(pk=parts[0].pk).update(sealed=part.sealed)
    broken()
    AttachmentPart.objects.filter(pk=parts[0].pk).update(sealed=parts[0].sealed)
    AttachmentPart.objects.filter(pk=parts[-1].pk).delete()
    broken()
    Attachment.objects.filter(pk=id).update(parts=len(parts) - 1)  # whoever cuts could also lie about the number
    broken()
    assert acts().count("signal.read") == reads


def test_when_the_key_of_the_signal_is_gone_nothing_opens_it_any_more(cast, reference):
    """What retention does: the file's own key lies under the signal's."""
    id = add(cast, reference)
    wrapped = AttachmentKey.objects.get(pk=id).wrapped
    destroy_signal(Signal.objects.get(reference=reference))
    with pytest.raises(SignalDestroyed):
        open_attachment(reference, id, reader=cast.anna, now=MONDAY)
    with pytest.raises(SealBroken):
        unwrap_file_key(bytes(wrapped), signal_key=b"k" * 32, file=id)


# Hidden, and destroyed on the word of the police


def test_one_act_hides_it_from_everybody_who_added_it_too(cast, reference):
    id = add(cast, reference)
    hide(reference, id, reader=cast.bo, now=MONDAY)
    for reader in (cast.anna, cast.bo):
        with pytest.raises(NoSuchAttachment):
            open_attachment(reference, id, reader=reader, now=MONDAY)
    page = attachments_page(reference, reader=cast.anna, now=MONDAY)
    [card] = page.attachments
    assert (card.standing, card.name, card.about, card.hidden_by) == ("hidden", "", "", "Bo Buddy")
    assert page.call.advice.call or page.call.advice.closed  # and whom to call stands there
    with pytest.raises(AlreadyHidden):
        hide(reference, id, reader=cast.anna, now=MONDAY)
    assert acts().count("attachment.hidden") == 1


def test_it_is_destroyed_on_their_word_after_a_talk_and_the_row_stays(cast):
    reference = passing(cast, "SU")
    spoken(cast, reference, "AVIM")  # about something else, before
    id = add(cast, reference)
    with pytest.raises(NoSuchAttachment):
        destroy(reference, id, said="mag weg", reader=cast.anna, now=MONDAY)  # not hidden
    later = MONDAY.replace(hour=10)
    hide(reference, id, reader=cast.anna, now=later)
    with pytest.raises(NotSpokenYet):
        destroy(reference, id, said="mag weg", reader=cast.anna, now=later)
    spoken(cast, reference, "AVIM", now=later)
    with pytest.raises(WordsMissing):
        destroy(reference, id, said=" ", reader=cast.anna, now=later)
    destroy(reference, id, said="Brigadier Verzonnen: vernietigen.", reader=cast.bo, now=later)
    assert not AttachmentKey.objects.exists()
    assert not AttachmentPart.objects.exists()
    [card] = attachments_page(reference, reader=cast.anna, now=later).attachments
    assert (card.standing, card.hidden_by, card.destroyed_by) == ("destroyed", "Anna Aandacht", "Bo Buddy")
    assert card.destroyed_because == "Brigadier Verzonnen: vernietigen."
    entry = HistoryEntry.objects.get(act="attachment.destroyed")
    assert set(entry.details) == {"attachment", "number", "contact"}
    assert "Verzonnen" not in str(entry.details)
    with pytest.raises(NoSuchAttachment):
        destroy(reference, id, said="nog eens", reader=cast.anna, now=later)


def test_the_database_refuses_what_was_destroyed_without_being_hidden(cast, reference):
    id = add(cast, reference)
    with pytest.raises(IntegrityError), transaction.atomic():
        Attachment.objects.filter(pk=id).update(destroyed_at=MONDAY)
