"""After the five cases nobody who holds the database or the data folder reads a word of them (quality: Sealed)."""

import contextlib
import os
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection

from meldroute.policies import cases
from meldroute.services import demo
from meldroute.services.drafts import keep, open_form
from meldroute.services.my_reports import my_reports
from meldroute.services.reading.signal_page import open_signal
from meldroute.services.reading.work_list import work_list
from meldroute.services.running_policy import remember_pack
from meldroute.storage.models import Membership, Signal, User
from tests import behind_the_wall
from tests.cast import MONDAY

pytestmark = pytest.mark.django_db(transaction=True)
TYPED = "Dit typte ik en kon ik niet versturen."
SAID = (demo.SEEN, demo.ADVICE, demo.TAKEN_UP, "dienstdoende van het team", "Zij bekijken het en bellen terug", TYPED,
        "De kenmerken zijn duidelijk", "Wat is dit, en wat kan de gemeente doen", "eigen registratie van de gemeente")


@pytest.fixture
def after_the_cases():
    """Everything the demo does, and reading it all back, so that reads leave their traces too."""
    remember_pack(now=MONDAY)
    demo.load_demo(now=MONDAY)
    anna = demo._reader("anna@voorbeeld.example", now=MONDAY)
    bram = User.objects.get(email="bram@voorbeeld.example")
    work_list(reader=anna, now=MONDAY)
    for reference in Signal.objects.visible_to(anna).values_list("reference", flat=True):
        open_signal(reference, reader=anna, now=MONDAY)
    my_reports(bram.pk, now=MONDAY, language="nl")
    assert keep(open_form(bram.pk, "report", now=MONDAY), {"narrative": [TYPED]}, now=MONDAY)
    return bram


def personal_strings() -> set[str]:
    """Every stretch of four words of what was told, every place, and what was said on the way."""
    found = set(SAID)
    for case in cases("oost-brabant", on=MONDAY.date()):
        found |= {case.where} - {""}
        words = case.narrative.split()
        found |= {" ".join(words[n:n + 4]) for n in range(0, len(words) - 3, 2)}
    return found


def rows() -> list[tuple[str, str]]:
    """(table, whole row as text) of every table there is, libraries' tables included."""
    with connection.cursor() as cursor:
        found = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            found += [(table, " ".join(map(_text, row))) for row in cursor.fetchall()]
    return found


def _text(value: object) -> str:
    if isinstance(value, memoryview | bytes):
        return bytes(value).decode("latin-1")
    return str(value)


def test_the_strings_looked_for_are_really_there_for_who_may_read_them(after_the_cases):
    """The search below would find them: it finds them in what the focal point is shown."""
    anna = demo._reader("anna@voorbeeld.example", now=MONDAY)
    shown = " ".join(repr(open_signal(s.reference, reader=anna, now=MONDAY)) for s in Signal.objects.visible_to(anna))
    assert sum(string in shown for string in personal_strings()) > 100


def test_no_row_of_any_table_holds_a_personal_string(after_the_cases):
    whole = "\n".join(text for _, text in rows())
    assert len(whole) > 50_000
    assert [s for s in personal_strings() if s in whole] == []


def test_no_file_of_the_data_folder_holds_a_personal_string(after_the_cases):
    """The database file, its write-ahead log and whatever else lies there, as bytes."""
    files = [p for p in Path(settings.MELDROUTE_DATA).rglob("*") if p.is_file()]
    if connection.vendor == "sqlite":
        assert any(p.name.endswith("-wal") for p in files)
    whole = b"\n".join(p.read_bytes() for p in files)
    assert [s for s in personal_strings() if s.encode() in whole] == []


def server_folder() -> Path | None:
    """Where PostgreSQL keeps its tables and its write-ahead log; None with another database, or where we may not look."""
    if connection.vendor != "postgresql":
        return None
    with behind_the_wall.as_owner(), connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")  # what was committed is in the files of the tables now, and still in the log
        cursor.execute("SHOW data_directory")
        folder = Path(cursor.fetchone()[0])
    return folder if os.access(folder / "base", os.R_OK | os.X_OK) else None


def files_with(strings: set[str], folder: Path) -> dict[str, str]:
    """Each of these strings that stands in a file, with the first file; the file is read piece by piece."""
    wanted = re.compile(b"|".join(re.escape(s.encode()) for s in sorted(strings, key=len, reverse=True)))
    found: dict[str, str] = {}
    for path in (p for p in folder.rglob("*") if p.is_file()):
        with contextlib.suppress(FileNotFoundError):  # the server tidies up meanwhile
            for match in wanted.finditer(path.read_bytes()):
                found.setdefault(match[0].decode(), str(path.relative_to(folder)))
    return found


def test_no_file_of_the_database_server_holds_a_personal_string(after_the_cases):
    """Tables, indexes and the write-ahead log, as whoever steals the disk would read them."""
    folder = server_folder()
    if folder is None:
        pytest.skip("no PostgreSQL here, or one whose folder only its own account may read")
    references = set(Signal.objects.values_list("reference", flat=True))
    clear = files_with(references, folder)
    assert set(clear) == references  # what is clear on purpose is found: the search works
    in_the_log = files_with(references, folder / "pg_wal")
    assert set(in_the_log) == references
    assert files_with(personal_strings(), folder) == {}


def test_no_clear_column_joins_a_signal_to_its_reporter(after_the_cases):
    """No row names both, and no value that could join two rows stands both with a signal and with the reporter."""
    bram = after_the_cases
    membership = Membership.objects.get(user=bram)
    shared = {str(membership.organisation_id), membership.organisation_id.hex}
    reporter = {form for id in (bram.pk, membership.pk) for form in (str(id), id.hex)} | {bram.email, bram.name}
    signals = {form for s in Signal.objects.all() for form in (str(s.pk), s.pk.hex, s.reference)}
    with_reporter = [text for _, text in rows() if any(word in text for word in reporter)]
    with_signal = [text for _, text in rows() if any(word in text for word in signals)]
    assert with_reporter
    assert with_signal
    assert not set(with_reporter) & set(with_signal)
    assert (_joining(with_reporter) & _joining(with_signal)) - shared == set()


def _joining(texts: list[str]) -> set[str]:
    """Values that could be a key: long runs of letters, digits and dashes with a digit in them."""
    return {word for text in texts for word in re.findall(r"[0-9A-Za-z-]{16,}", text) if re.search(r"\d", word)}


def test_every_free_text_column_is_known_to_be_clear_on_purpose():
    """A new text column on a row of a signal must be sealed, or be added here with a reason."""
    clear = {
        "Signal": {"reference", "lane", "state", "kind", "channel", "about", "conclusion", "feedback", "closing_reason",
                   "submission", "reporter_tie", "voucher"},  # what lists sort on, policy words, random ids and keyed hashes
        "Enrichment": {"item", "outcome", "legal_basis"}, "ReporterFeedback": {"kind"},
        "Referral": {"partner", "purpose", "status", "channel", "voucher"}, "Disclosure": {"partner", "legal_basis", "channel", "voucher"},
        "OutsideWord": {"kind"}, "Contact": {"partner", "channel"}, "Answer": {"kind", "via", "voucher"},
        "Attachment": {"scan"},  # "clean" or "off"; its name and kind are sealed
        "PartnerLink": {"token_hash", "code_hash", "voucher"}, "Clock": {"norm"},
        "Message": {"kind", "recipient_kind", "error"},  # the error holds no address and no words of the server
    }
    for name, columns in clear.items():
        found = {f.name for f in apps.get_model("meldroute", name)._meta.get_fields()
                 if f.get_internal_type() in ("CharField", "TextField")}
        assert found <= columns, name
