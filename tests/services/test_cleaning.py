"""What is kept of a file: what a person sees, and nothing that tells who made it, where, or that acts."""

import contextlib
import os
import random
import zlib
from io import BytesIO

import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from PIL import Image

from meldroute.services.cleaning import bare as asking
from meldroute.services.cleaning.bare import CleanerBroken, bare
from meldroute.services.cleaning.kinds import FileRefused
from meldroute.services.cleaning.segments import NotAPicture, bare_jpeg, bare_jpx
from meldroute.services.cleaning.worker import bare_copy
from tests.services import files


def cleaned(content: bytes) -> bytes:
    """As the worker does it, without starting a process each time."""
    return bare_copy(content)[1]


def test_a_photo_keeps_its_dots_the_right_way_up_and_no_word():
    kept = bare(files.jpeg())
    assert kept.kind == "jpeg"
    assert files.SECRET.encode() not in kept.content
    with Image.open(BytesIO(kept.content)) as picture:
        assert picture.size == (40, 60)  # it stood on its side, and a note in it said so
        assert picture.getpixel((20, 30))[0] > 240
        assert not picture.getexif()
        assert {"exif", "icc_profile", "comment", "xmp"} & set(picture.info) == set()


@pytest.mark.parametrize("mode", ["RGBA", "RGB", "L", "1", "P", "LA", "I;16"])
def test_a_png_of_any_make_keeps_its_size_and_no_word(mode):
    kept = cleaned(files.png(mode=mode))
    assert files.SECRET.encode() not in kept
    assert not [part for part in (b"tEXt", b"iTXt", b"zTXt", b"eXIf", b"iCCP", b"tIME") if part in kept]
    assert Image.open(BytesIO(kept)).size == (60, 40)


def test_a_pdf_keeps_its_pages_and_nothing_that_acts_hides_or_tells():
    before = files.pdf(pages=3)
    assert before.count(files.SECRET.encode()) > 8
    kept = bare(before)
    assert kept.kind == "pdf"
    with pikepdf.open(BytesIO(kept.content)) as made:
        assert len(made.pages) == 3
        assert set(made.Root.keys()) == {"/Type", "/Pages"}
        assert "/Info" not in made.trailer
        assert made.pages[0].obj.Resources.XObject.Im0.Width == 60
        plain = BytesIO()
        made.save(plain, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.generalized)
    for word in (files.SECRET, "JavaScript", "Launch", "EmbeddedFile", "URI", "Annot", "Metadata", "PieceInfo", "AcroForm"):
        assert word.encode() not in plain.getvalue(), word


def test_what_was_filled_in_on_a_form_is_printed_into_the_page():
    made = pikepdf.Pdf.new()
    made.add_blank_page(page_size=(300, 300))
    look = pikepdf.Stream(made, b"BT /F1 12 Tf (ingevuld) Tj ET", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form, BBox=[0, 0, 90, 20])
    field = made.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Widget, FT=pikepdf.Name.Tx, T="naam",
                                                  V="ingevuld", Rect=[10, 10, 100, 30], F=4, AP=pikepdf.Dictionary(N=look)))
    made.pages[0].obj.Annots = pikepdf.Array([field])
    made.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([field]))
    out = BytesIO()
    made.save(out)
    kept = cleaned(out.getvalue())
    with pikepdf.open(BytesIO(kept)) as again:
        [drawn] = again.pages[0].obj.Resources.XObject.values()
        assert b"ingevuld" in drawn.read_bytes()
        assert "/Annots" not in again.pages[0].obj


def test_text_is_kept_as_text_and_its_ends_of_line_tell_no_system():
    assert bare(files.HARMLESS) == asking.Bare("text", b"Brief van de verzonnen woningcorporatie.\n")
    assert cleaned("é".encode("utf-16")) == "é".encode()


@pytest.mark.parametrize(("content", "reason"), [
    (b"", "empty"), (b"  \n ", "empty"),
    (b"PK\x03\x04....word/document.xml", "office"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "office"), (b"{\\rtf1 x}", "office"),
    (b"PK\x03\x04....mimetypeapplication/vnd.oasis.opendocument.text", "office"),
    (b"PK\x03\x04....anders", "archive"), (b"\x1f\x8b\x08\x00", "archive"),
    (b"GIF89a" + b"\0" * 50, "picture"), (b"\0\0\0\x18ftypheic" + b"\0" * 50, "picture"),
    (b"\0\0\0\x18ftypmp42" + b"\0" * 50, "moving"), (b"MZ\x90\x00\x03", "other"), (b"\x7fELF\x02\x01", "other"),
    (b"tekst met een \x00 erin", "other"), (b"\xff\xfehal", "other"),
    (b"%PDF-1.7 en verder niets", "broken"), (b"\xff\xd8\xff\xe0 nee", "broken"), (b"\x89PNG\r\n\x1a\n nee", "broken"),
    (b"  %PDF-1.7 met ruimte ervoor \x01", "other"),
], ids=lambda one: one if isinstance(one, str) else repr(one[:12]))
def test_another_kind_is_refused_with_its_reason(content, reason):
    with pytest.raises(FileRefused) as refused:
        cleaned(content)
    assert refused.value.reason == reason


def test_a_refusal_crosses_from_the_worker_with_its_reason():
    with pytest.raises(FileRefused) as refused:
        bare(b"PK\x03\x04....word/document.xml")
    assert refused.value.reason == "office"


def test_a_locked_or_endless_pdf_is_refused():
    for content, reason in ((files.pdf(password="geheim"), "locked"), (files.pdf(pages=201), "too_many_pages")):
        with pytest.raises(FileRefused) as refused:
            cleaned(content)
        assert refused.value.reason == reason


def test_a_picture_that_unpacks_to_a_flood_is_refused_before_it_does():
    out = BytesIO()
    Image.new("L", (8000, 8000)).save(out, "PNG")
    assert len(out.getvalue()) < 100_000
    with pytest.raises(FileRefused) as refused:
        bare(out.getvalue())
    assert refused.value.reason == "too_big_inside"


def test_a_document_that_unpacks_to_a_flood_takes_no_more_than_the_worker_has():
    """Objects packed inside a stream that is three hundred times larger when unpacked; the worker has less than that."""
    packer = zlib.compressobj(1)
    packed = b"".join(packer.compress(b"0" * 1_000_000) for _ in range(600)) + packer.flush()
    body = (b"%PDF-1.5\n1 0 obj <</Type/Catalog/Pages 3 0 R>> endobj\n2 0 obj <</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length "
            + str(len(packed)).encode() + b">> stream\n" + packed + b"\nendstream endobj\n")
    at, places = len(body), (0, 9, body.index(b"2 0 obj"), 2)
    rows = (b"\0\0\0\0\0\0", *(bytes([kind]) + place.to_bytes(4) + b"\0" for kind, place in zip((1, 1, 2), places[1:], strict=True)),
            b"\1" + at.to_bytes(4) + b"\0")
    body += (b"4 0 obj <</Type/XRef/Size 5/W[1 4 1]/Root 1 0 R/Length 30>> stream\n" + b"".join(rows)
             + b"\nendstream endobj\nstartxref\n" + str(at).encode() + b"\n%%EOF")
    shut_in = "import sys; from meldroute.services.cleaning import worker; worker.MEMORY = 500 << 20; sys.exit(worker.main())"
    done = asking.subprocess.run([asking.sys.executable, "-c", shut_in], input=body, capture_output=True, env=asking._SURROUNDINGS, check=False)
    assert done.returncode or done.stdout.startswith(b"refused"), done.stdout[:80]


def test_a_worker_that_dies_hangs_or_babbles_keeps_nothing(monkeypatch, tmp_path):
    for words, told in (("import os; os._exit(9)", "stopped"), ("import time; time.sleep(9)", "too long"), ("print('ok exe')", "something else")):
        broken = tmp_path / "python"
        broken.write_text(f"#!{os.path.realpath(asking.sys.executable)}\n{words}\n")
        broken.chmod(0o700)
        monkeypatch.setattr(asking.sys, "executable", str(broken))
        monkeypatch.setattr(asking, "PATIENCE", 2)
        with pytest.raises(CleanerBroken, match=told):
            bare(files.HARMLESS)
        monkeypatch.undo()


def test_the_worker_knows_nothing_of_ours_and_can_write_no_file(monkeypatch):
    """Its surroundings hold no key and no address of a database, and its limits stand before the first byte."""
    monkeypatch.setenv("MELDROUTE_SECRET_KEY", "geheim")
    assert not any(name.startswith("MELDROUTE") for name in asking._SURROUNDINGS)
    script = ("import sys; from meldroute.services.cleaning import worker; worker.shut_in();\n"
              "import os, tempfile\n"
              "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
              "try:\n    f = tempfile.TemporaryFile(); f.write(b'x'); f.flush(); print('wrote')\n"
              "except OSError as e: print('refused')\n")
    done = asking.subprocess.run([asking.sys.executable, "-c", script], capture_output=True, text=True, env=asking._SURROUNDINGS, check=False)
    assert done.stdout.strip() == "refused", done.stderr


@pytest.mark.parametrize("packing", [b"/DCTDec", b"/Verzonnen", b"/DCT", b"null"])
def test_a_picture_in_a_document_that_does_not_say_what_it_is_is_refused(packing):
    """Damaged or on purpose: with its name changed it would lie there whole, with what the camera wrote in it."""
    content = files.pdf()
    assert b"/DCTDecode" in content
    with pytest.raises(FileRefused):
        bare_copy(content.replace(b"/DCTDecode", packing.ljust(10)))


WHOLE = {"jpeg": files.jpeg(), "png": files.png(), "pdf": files.pdf()}


@pytest.mark.filterwarnings("ignore::UserWarning")
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(some.sampled_from(["jpeg", "png", "pdf"]), some.integers(0, 2**32), some.integers(1, 12))
def test_a_damaged_file_is_cleaned_or_refused_and_never_anything_else(kind, seed, wounds):
    chance, content = random.Random(seed), bytearray(WHOLE[kind])
    for _ in range(wounds):
        at = chance.randrange(8, len(content))
        content[at:at + chance.choice((0, 1, 4))] = chance.randbytes(chance.choice((0, 1, 3)))
    try:
        _, kept = bare_copy(bytes(content))
    except FileRefused:
        return
    assert b"EXIF" not in kept.upper()
    assert files.SECRET.encode() not in kept


@given(some.binary(max_size=300))
def test_the_parts_of_a_picture_are_read_or_refused(content):
    for read in (bare_jpeg, bare_jpx):
        for start in (b"", b"\xff\xd8", b"\0\0\0\x0cjP  \r\n\x87\n"):
            with contextlib.suppress(NotAPicture):
                read(start + content)
