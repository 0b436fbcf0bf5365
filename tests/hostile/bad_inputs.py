"""Bad inputs for any form: what a page itself asks for, then broken in the ways in which people and programs break things."""

import re
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from urllib.parse import quote, quote_plus

from hypothesis import strategies as some

LONG = "x" * 100_000
BAD = (
    "", " ", "\x00", "a\x00b", "\ud800", "\udfff tekst", "\ufeff", "\u202egnp.exe", "\r\nSet-Cookie: a=b", "\u2028", "🙂" * 300, LONG, "é" * 70_000,
    "9" * 5_000, "-1", "0", "1e309", "NaN", "Infinity", "-" + "9" * 400, "1.5", "0x10", "١٢٣", "2147483648", "9223372036854775808", "true", "null", "[]",
    "9999-12-31", "10000-01-01", "0000-00-00", "2026-02-30", "0001-01-01", "9999-12-31T23:59", "0001-01-01T00:00", "2026-03-29T02:30", "31-12-2026",
    "24:00", "99:99", "' OR 1=1--", "\"><script>alert(1)</script>", "{{ 7*7 }}", "%00", "%s%n", "../../etc/passwd", "a@b", "a@" + "b" * 300 + ".example",
    "javascript:alert(1)", "//example.org", "00000000-0000-0000-0000-000000000000", "not-a-uuid", "MR-7K3Q2M9T-C", "MR-00000000-0", "+", "+AVIM", "-AVIM",
    "AVIM", "on", "yes", "no", "\N{ZERO WIDTH SPACE}", "𝟙𝟚𝟛",
)  # fmt: skip
BYTES = (b"\xff\xfe", b"\xed\xa0\x80", b"\xc0\x80", b"\x80" * 50, b"%E2%28%A1", b"a" * 10 + b"\xf8\x88\x80\x80\x80")
TYPES = ("application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=utf-16", "application/x-www-form-urlencoded; charset=nonsense",
         "multipart/form-data; boundary=grens", "multipart/form-data", "multipart/form-data; boundary=" + "g" * 300, "multipart/mixed; boundary=grens",
         "application/json", "text/plain", "", "application/xml", "multipart/form-data; boundary=grens; charset=nonsense", "é/ü")
FILES = (b"", b"Een brief.", b"%PDF-1.4 kapot", b"\xff\xd8\xff kapot", b"PK\x03\x04", b"\x00" * 1000, b"GIF89a", b"MZ", b"x" * 600_000)

values = some.one_of(some.sampled_from(BAD), some.sampled_from(BYTES), some.text(max_size=40), some.binary(max_size=20),
                     some.integers().map(str), some.dates().map(str))


@dataclass
class Asked(HTMLParser):
    """The fields of every form on a page that is sent by POST, with what would be sent if nobody changed anything."""

    forms: list[dict[str, list[str]]] = field(default_factory=list)
    files: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__()
        self._here: dict[str, list[str]] | None = None
        self._select = ""

    def handle_starttag(self, tag, attributes):
        got = dict(attributes)
        if tag == "form":
            self._here = {} if (got.get("method") or "").lower() == "post" else None
            if self._here is not None:
                self.forms.append(self._here)
        elif self._here is not None and got.get("name") and tag in ("input", "button", "textarea"):
            if got.get("type") == "file":
                self.files.add(got["name"])
            self._here.setdefault(got["name"], []).append(got.get("value") or "")
        elif tag == "select":
            self._select = got.get("name") or ""
        elif tag == "option" and self._select and self._here is not None:
            self._here.setdefault(self._select, []).append(got.get("value") or "")

    def handle_endtag(self, tag):
        if tag == "form":
            self._here = None


def fields_of(html: str) -> list[dict[str, list[str]]]:
    asked = Asked()
    asked.feed(html)
    return asked.forms


@dataclass(frozen=True)
class Bad:
    """One request that nobody should send."""

    method: str
    body: bytes
    content_type: str
    query: str
    reference: str  # instead of the real one in the path; "" leaves it


pairs = some.lists(some.tuples(some.integers(0, 200), some.sampled_from(("replace", "replace", "replace", "drop", "repeat", "rename")), values), max_size=6)


@dataclass(frozen=True)
class Wounds:
    """Drawn once, laid over whichever form the page turns out to have."""

    method: str
    which: int
    changes: tuple
    envelope: str
    extra: tuple
    query: tuple
    reference: str
    cut: int
    file: bytes


wounds = some.builds(
    Wounds, method=some.sampled_from(("POST",) * 8 + ("GET", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "ZZZ")),
    which=some.integers(0, 20), changes=pairs.map(tuple), envelope=some.sampled_from(TYPES[:1] * 6 + TYPES[3:4] * 5 + TYPES),
    extra=some.lists(some.tuples(some.sampled_from(("version", "conflict", "looked", "next", "x" * 300, "naam[]", "é", "\x00")), values), max_size=3).map(tuple),
    query=some.lists(some.tuples(some.sampled_from(("met", "onderdeel", "tekst", "voor", "signaal", "na", "next", "partner", "fields", "channel", "wie", "\x00", "q",
                                                    "periode", "groep", "pagina")), values), max_size=3).map(tuple),
    reference=some.sampled_from(("",) * 12 + ("MR-", "x", "%00", "%ED%A0%80", "%FF", "MR-7K3Q2M9T-C%0A", "a" * 3000, "%F0%9F%99%82", "mr7k3q2m9tc", "%27", "..", "%2F%2F")),
    cut=some.sampled_from((0,) * 6 + (1, 7, 40)), file=some.sampled_from(FILES))


def broken(form: dict[str, list[str]], files: set[str], wound: Wounds) -> Bad:
    sent = [(name, value) for name, offered in form.items() for value in offered[:1]]
    for at, how, value in wound.changes:
        if not sent:
            break
        n = at % len(sent)
        name, old = sent[n]
        if how == "drop":
            del sent[n]
        elif how == "repeat":
            sent += [(name, value)] * 3
        elif how == "rename":
            sent[n] = (name + "_", old)
        else:
            sent[n] = (name, value)
    sent += wound.extra
    body = _multipart(sent, files, wound.file) if wound.envelope.startswith("multipart") else _encoded(sent)
    if wound.cut:
        body = body[:len(body) // wound.cut]
    return Bad(wound.method, body, wound.envelope, _encoded(wound.query).decode("ascii", "replace"), wound.reference)


def _bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")


def _encoded(sent) -> bytes:
    return "&".join(f"{quote_plus(_bytes(name))}={quote_plus(_bytes(value))}" for name, value in sent).encode()


def _multipart(sent, files: set[str], content: bytes) -> bytes:
    parts = []
    for name, value in sent:
        plain = quote(_bytes(name), safe=" []").encode()
        what = b'; filename="brief.txt"\r\nContent-Type: text/plain' if name in files else b""
        parts.append(b'--grens\r\nContent-Disposition: form-data; name="' + plain + b'"' + what + b"\r\n\r\n" + (content if name in files else _bytes(value)) + b"\r\n")
    return b"".join(parts) + b"--grens--\r\n"


def words_of(html: str) -> str:
    """What a person reads."""
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", re.sub(r"(?s)<(script|style).*?</\1>", " ", html))))
