"""One search through everything that is kept or leaves, after all of it was used: not one personal string.

Database, files of the data folder, log lines at every level, mail, addresses and titles of pages, properties of documents,
backups. Whoever adds a place where something is kept or leaves, adds it to PLACES.
"""

import io
import logging
import re
import zlib
from pathlib import Path
from urllib.parse import unquote

import pikepdf
import pytest
from django.conf import settings as site
from django.db import connection
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from meldroute.project.logs import NoPaths, QuietFormatter
from meldroute.rules.safe_contact import SafeContact
from meldroute.services import demo
from meldroute.services.attachments import NewFile, add_attachment, open_attachment
from meldroute.services.backup import back_up
from meldroute.services.delivery import deliver_due
from meldroute.services.drafts import keep, open_form
from meldroute.services.hiding import hide
from meldroute.services.running_policy import remember_pack
from meldroute.services.safe_contact import set_safe_contact
from meldroute.storage.age_files import identity_in, open_copy
from meldroute.storage.models import Attachment, Signal, User
from tests import behind_the_wall
from tests.hostile.scenes import ADDRESSES, ENTERS
from tests.services import files
from tests.services.keeping_help import make_keeper
from tests.services.test_sealed_dump import TYPED, personal_strings, rows
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db(transaction=True)
SAFE = SafeContact(when_not="niet bellen als Boze Bert thuis is", when="na de cursus van Verzonnen Vera", language="Oudverzonnens",
                   interpreter="professional", interpreter_who="tolkendienst Verzonnen Taal", agreed="vraag naar de blauwe fiets", no_automatic=True)
DOCUMENT = "Brief van de verzonnen woningcorporatie over kamer zeven achter de schuur."
PDF = files.pdf()  # made here: the library that draws it logs what it draws, in the process of whoever calls it
NAME, ABOUT = "brief Verzonnen Vera kamer zeven.txt", "brief over Verzonnen Vera"


class Used:
    """What was seen and caught while everything was used."""

    def __init__(self) -> None:
        self.log = io.StringIO()
        self.addresses: set[str] = set()
        self.titles: set[str] = set()
        self.mails: list[bytes] = []
        self.documents: list[bytes] = []
        self.pages = ""


def wanted() -> set[str]:
    said = {SAFE.when_not, SAFE.when, SAFE.language, SAFE.interpreter_who, SAFE.agreed}
    return personal_strings() | said | {DOCUMENT, "kamer zeven achter de schuur", NAME, ABOUT, "Verzonnen Vera", files.SECRET, TYPED}


@pytest.fixture
def used(mail_server, settings):
    """The five cases, and everything that can be kept beside them; then everybody looks at every page there is."""
    settings.MELDROUTE_SCANNER = "off"
    found, now = Used(), timezone.now()
    with _listening(found.log):
        remember_pack(now=now)
        demo.load_demo(now=now)
        anna = demo._reader("anna@voorbeeld.example", now=now)
        references = sorted(Signal.objects.visible_to(anna).values_list("reference", flat=True))
        for n, reference in enumerate(references):
            set_safe_contact(reference, ("reporter", "victim")[n % 2], SAFE, reader=anna, now=now)
            content = DOCUMENT.encode() if n % 2 else PDF
            add_attachment(reference, NewFile(NAME, content, ABOUT), reader=anna, now=now)
            row = Attachment.objects.order_by("at", "number").filter(signal__reference=reference).last()
            found.documents.append(open_attachment(reference, row.pk, reader=anna, now=now).content)
        hide(references[0], Attachment.objects.get(signal__reference=references[0]).pk, reader=anna, now=now)
        bram = User.objects.get(email="bram@voorbeeld.example")
        assert keep(open_form(bram.pk, "report", now=now), {"narrative": [TYPED], "safe_when": [SAFE.when]}, now=now)
        deliver_due(now=now)
        clients = {user.email.partition("@")[0]: sign_in(Client(raise_request_exception=False), user.pk) for user in User.objects.filter(is_active=True)}
        _look_at_everything(clients, references, found)
    found.mails = [message.as_bytes() for message in mail_server.messages]
    return found


class _listening:
    """Every logger, at every level, in the form in which this program writes its lines."""

    def __init__(self, out: io.StringIO):
        self._handler = logging.StreamHandler(out)
        self._handler.setFormatter(QuietFormatter())
        self._handler.addFilter(NoPaths())

    def __enter__(self):
        self._levels = {name: logging.getLogger(name).level for name in ("", "django", "meldroute", "django.request", "django.db.backends", "allauth")}
        for name in self._levels:
            logging.getLogger(name).setLevel(logging.DEBUG)
        logging.getLogger().addHandler(self._handler)

    def __exit__(self, *_):
        logging.getLogger().removeHandler(self._handler)
        for name, level in self._levels.items():
            logging.getLogger(name).setLevel(level)


def _look_at_everything(clients: dict[str, Client], references: list[str], found: Used) -> None:
    """Every address, by somebody who may enter it; those of a signal also by somebody who may not."""
    last = sorted(ADDRESSES.items(), key=lambda pair: str(pair[0]).startswith("account_"))  # an invitation ends the session
    for name, parts in last:
        if not name or name == "account_logout":
            continue
        may = ENTERS.get(name, {"anna"})
        client = clients[next(who for who in ("anna", "bram", *sorted(may)) if who in may and who in clients)]
        if name in ("my_report", "receipt", "proof_of_report"):
            client = clients["bram"]
        for reference in references[:2] if "reference" in parts else ("",):
            known = {"reference": reference, "who": "melder", "partner": "AVIM", "item": "adres", "token": "x"}
            for attachment in Attachment.objects.filter(signal__reference=reference).values_list("pk", flat=True) or (None,):
                try:
                    address = reverse(name, kwargs={p: known.get(p, attachment) for p in parts})
                except NoReverseMatch:
                    continue
                _take_down(client.get(address), address, found)
                if "reference" in parts:  # a refusal is written and logged too
                    _take_down(client.post(address, {"version": "x", "narrative": ""}), address, found)
                    _take_down(clients["frits"].get(address), address, found)


def _take_down(answer, address: str, found: Used) -> None:
    found.addresses |= {address, answer.get("Location", ""), answer.get("Content-Disposition", "")}
    if answer.get("Content-Type", "").startswith("application/pdf"):
        found.documents.append(answer.content)
    else:
        html = answer.content.decode(errors="replace")
        found.pages += html
        found.titles |= set(re.findall(r"<title>(.*?)</title>", html, flags=re.DOTALL))
        found.addresses |= set(re.findall(r'(?:href|action|src)="([^"]*)"', html))


def database(used: Used, tmp_path: Path) -> str:
    return "\n".join(text for _, text in rows())


def data_folder(used: Used, tmp_path: Path) -> str:
    """The database file, its write-ahead log and whatever else lies there, as bytes."""
    return "\n".join(p.read_bytes().decode("latin-1") for p in Path(site.MELDROUTE_DATA).rglob("*") if p.is_file())


def log_lines(used: Used, tmp_path: Path) -> str:
    return used.log.getvalue()


def mails(used: Used, tmp_path: Path) -> str:
    return "\n".join(mail.decode("latin-1") for mail in used.mails)


def addresses(used: Used, tmp_path: Path) -> str:
    return "\n".join(unquote(a) for a in used.addresses)


def titles(used: Used, tmp_path: Path) -> str:
    return "\n".join(used.titles)


def document_properties(used: Used, tmp_path: Path) -> str:
    """Everything in a PDF but what is drawn: properties, XMP, names, and pictures as they lie in it."""
    found = []
    for content in used.documents:
        if content.startswith(b"%PDF"):
            with pikepdf.open(io.BytesIO(content)) as pdf:
                found += [str(dict(pdf.docinfo)), str(pdf.open_metadata()), repr(pdf.Root)]
            found.append(content.decode("latin-1"))
    return "\n".join(found)


def backups(used: Used, tmp_path: Path) -> str:
    """Both files as they lie elsewhere, and what the person with the identity reads in them."""
    keeper, away = make_keeper(tmp_path), tmp_path / "away"
    away.mkdir()
    with behind_the_wall.as_owner():
        made = back_up(away, to=(keeper.public,), now=timezone.now())
    found = [path.read_bytes().decode("latin-1") for path in sorted(away.iterdir())]
    for part in (made.data, made.keys):
        packed = bytearray()
        open_copy(away / part.file, identity_in(keeper.identity), packed.extend)
        found.append(zlib.decompress(bytes(packed)).decode())
    assert '"meldroute.signal"' in found[2], "the data were opened"
    return "\n".join(found)


PLACES = (database, data_folder, log_lines, mails, addresses, titles, document_properties, backups)


def test_no_personal_string_is_kept_or_leaves_anywhere(used, tmp_path):
    strings = wanted()
    latin = {s: s.encode().decode("latin-1") for s in strings}  # as the bytes of a file read
    found = {}
    for place in PLACES:
        whole = place(used, tmp_path)
        found[place.__name__] = sorted(s for s in strings if s in whole or latin[s] in whole)
    assert found == {place.__name__: [] for place in PLACES}
    _there_was_something_to_find(used, tmp_path)


def _there_was_something_to_find(used: Used, tmp_path: Path) -> None:
    """Whoever may read does read these strings, and each place holds something: the search is not of empty rooms."""
    shown = used.pages
    for string in (SAFE.when_not, SAFE.agreed, NAME, ABOUT):
        assert string in shown, string
    assert any(DOCUMENT.encode() in document for document in used.documents)
    assert sum(string in shown for string in wanted()) > 50
    assert len(database(used, tmp_path)) > 50_000
    assert len(used.mails) > 3
    assert len(used.titles) > 30
    assert len(used.addresses) > 100
    assert len(used.log.getvalue().splitlines()) > 20
    assert document_properties(used, tmp_path).count("/Type") > 3
    if connection.vendor == "sqlite":
        assert "SQLite format 3" in data_folder(used, tmp_path)
