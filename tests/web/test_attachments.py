"""The page that takes a file, how one is handed over, and that none touches a disk on its way."""

import os
import tempfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from meldroute.storage.models import Attachment, HistoryEntry, Signal
from meldroute.web import uploads
from tests.services import files
from tests.services.passing_on_help import reported
from tests.signing_in import sign_in, signed_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def no_scanner_by_choice(settings):
    settings.MELDROUTE_SCANNER = "off"


@pytest.fixture
def reference(cast):
    return reported(cast)


@pytest.fixture
def anna(cast):
    return signed_in(cast.anna)


def send(client: Client, reference: str, content: bytes = b"Een brief.", *, name="brief.txt", field="file", about="Een brief", **more):
    return client.post(reverse("attachments", args=[reference]), {"about": about, field: SimpleUploadedFile(name, content), **more})


def test_a_document_goes_in_and_comes_out_sealed_off_from_this_site(anna, reference):
    sent = send(anna, reference, files.jpeg(), name="foto.jpg")
    assert (sent.status_code, sent.url) == (302, reverse("attachments", args=[reference]))
    page = anna.get(sent.url).content.decode()
    assert "Document 1: foto.jpg" in page
    got = anna.get(reverse("attachment", args=[reference, Attachment.objects.get().pk]))
    assert got.content.startswith(b"\xff\xd8")
    assert got["Content-Disposition"] == f'attachment; filename="{reference}-1.jpg"'
    assert got["Content-Type"] == "image/jpeg"
    assert got["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert got["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in got["Cache-Control"]
    assert got["Cross-Origin-Resource-Policy"] == "same-origin"


def test_no_byte_of_an_upload_touches_a_disk(anna, reference, monkeypatch):
    """Nothing on the way opens a file to write, whatever its size: the framework's temporary folder is never used."""
    def no_disk(*args, **more):
        raise AssertionError("a temporary file")

    for name in ("NamedTemporaryFile", "TemporaryFile", "SpooledTemporaryFile", "mkstemp", "mkdtemp"):
        monkeypatch.setattr(tempfile, name, no_disk)
    real = os.open

    def watched(path, flags, *args, **more):
        assert not flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT) or "sqlite" in str(path), path
        return real(path, flags, *args, **more)

    monkeypatch.setattr(os, "open", watched)
    assert send(anna, reference, b"Een lange brief. " * 400_000).status_code == 302  # 6.8 MB


@pytest.mark.parametrize(("content", "said"), [
    (b"", "empty"), (b"MZ\x90\x00", "This kind of file is not kept"), (b"PK\x03\x04 word/", "Save it as a PDF"),
    (b"%PDF-1.4 kapot", "save it as a new PDF"), (b"x" * (uploads.LARGEST_FILE + 1), "larger than 10 MB"),
    (b"x" * (uploads.LARGEST_REQUEST + 1), "larger than 10 MB"),
], ids=["empty", "program", "office", "damaged", "large", "far too large"])
def test_a_file_that_is_not_taken_says_why_and_what_to_do_and_keeps_what_was_typed(anna, reference, content, said):
    back = send(anna, reference, content, about="Brief van de gemeente")
    page = back.content.decode()
    assert back.status_code in (400, 413)
    assert said in page
    assert 'href="#id_file"' in page  # the summary leads to the field
    if len(content) < uploads.LARGEST_REQUEST:
        assert "Brief van de gemeente" in page
    assert not Attachment.objects.exists()


def test_two_files_no_file_and_a_file_under_another_name_are_refused(anna, reference):
    address = reverse("attachments", args=[reference])
    two = anna.post(address, {"about": "x", "file": [SimpleUploadedFile("a.txt", b"a"), SimpleUploadedFile("b.txt", b"b")]})
    assert two.status_code == 400
    assert "Choose a file first" in anna.post(address, {"about": "x"}).content.decode()
    assert "One file at a time" in send(anna, reference, field="other").content.decode()
    assert "Write in one line" in send(anna, reference, about="").content.decode()
    assert not Attachment.objects.exists()


def test_a_broken_envelope_is_refused(anna, reference):
    address = reverse("attachments", args=[reference])
    for body in (b"--grens\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nhalf", b"niets", b"--grens--"):
        back = anna.generic("POST", address, body, content_type="multipart/form-data; boundary=grens")
        assert back.status_code == 400, body
    assert anna.generic("POST", address, b"x", content_type="multipart/form-data").status_code == 400
    assert not Attachment.objects.exists()


def test_a_forged_form_adds_nothing_however_large(cast, reference):
    forged = Client(enforce_csrf_checks=True)
    sign_in(forged, cast.anna.user)
    assert send(forged, reference).status_code == 403
    assert not Attachment.objects.exists()


def test_a_file_at_any_other_page_is_dropped_or_refused(anna, reference):
    address = reverse("take_up", args=[reference])
    assert anna.post(address, {"version": 1, "file": SimpleUploadedFile("a", b"x" * 1_000_000)}).status_code == 400
    assert Signal.objects.get().state != "verrijken"
    assert anna.post(address, {"version": 1, "file": SimpleUploadedFile("a", b"klein")}).status_code == 302


@pytest.mark.parametrize("who", ["bram", "dina", "noor", "nel", "karel", "frits", "pia"])
def test_whoever_may_not_see_the_signal_finds_nothing_and_is_not_even_read(cast, reference, anna, who, monkeypatch):
    send(anna, reference)
    id, client = Attachment.objects.get().pk, signed_in(getattr(cast, who))
    monkeypatch.setattr("meldroute.web.uploads.OneFile.receive_data_chunk", lambda *args: pytest.fail("it was read"))
    assert send(client, reference).status_code == 404
    for name in ("attachment", "hide_attachment", "destroy_attachment"):
        assert client.get(reverse(name, args=[reference, id])).status_code == 404
    assert client.post(reverse("hide_attachment", args=[reference, id])).status_code == 404
    assert Attachment.objects.filter(hidden_at=None).count() == 1


def test_without_a_scanner_the_page_says_so_and_offers_no_form(anna, reference, settings):
    settings.MELDROUTE_SCANNER = ""
    page = anna.get(reverse("attachments", args=[reference])).content.decode()
    assert "No file can be added" in page
    assert 'type="file"' not in page
    settings.MELDROUTE_SCANNER = "unix:///tmp/nobody-listens-here"
    assert "cannot be scanned for malware now" in send(anna, reference).content.decode()


def test_the_page_says_what_does_not_belong_here_and_whom_to_call(anna, reference):
    anna.cookies["django_language"] = "nl"
    page = anna.get(reverse("attachments", args=[reference])).content.decode()
    assert "Beelden van seksuele aard horen hier niet" in page
    assert 'href="tel:' in page
    assert "De gemeente doet geen onderzoek" in page


def test_hide_call_record_destroy(anna, reference):
    send(anna, reference)
    id = Attachment.objects.get().pk
    assert "Do not open it to make sure" in anna.get(reverse("hide_attachment", args=[reference, id])).content.decode()
    sent = anna.post(reverse("hide_attachment", args=[reference, id]), follow=True)
    page = sent.content.decode()
    assert "Call the police now" in page
    assert reverse("record_contact", args=[reference]) + "?met=AVIM" in page
    assert 'name="said"' not in page
    assert anna.get(reverse("attachment", args=[reference, id])).status_code == 404
    address = reverse("destroy_attachment", args=[reference, id])
    version = Signal.objects.get().version
    early = anna.post(address, {"said": "mag weg", "version": version})
    assert (early.status_code, "before the police were asked" in early.content.decode()) == (409, True)
    anna.post(reverse("record_contact", args=[reference]), {
        "partner": "AVIM", "reached": "yes", "at": timezone.localtime().strftime("%Y-%m-%dT%H:%M"), "channel": "phone", "whom": "de dienstdoende",
        "meanwhile": "not_asked", "version": version})
    assert 'name="said"' in anna.get(address).content.decode()
    assert anna.post(address, {"said": "Zij: weg ermee.", "version": Signal.objects.get().version}).status_code == 302
    page = anna.get(reverse("attachments", args=[reference])).content.decode()
    assert "Document 1: destroyed" in page
    assert "Zij: weg ermee." in page
    assert anna.get(address).status_code == 200
    assert HistoryEntry.objects.filter(act__startswith="attachment.").count() == 3
