"""The Dutch catalogue: collect what the screens say, see that all of it is translated, compile it.

    python scripts/messages.py            bring django.po up to date; translations are kept
    python scripts/messages.py --check    change nothing; exit 1 when something is missing, left over or untranslated
    python scripts/messages.py --compile  make the .mo that a running site reads

Needs no gettext on the machine. The catalogue is sorted and names no lines, so that two people's changes merge.
"""
import argparse
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import normalize, read_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT / "src" / "meldroute"
CATALOGUE = SOURCES / "web" / "locale" / "nl" / "LC_MESSAGES" / "django.po"
KEYWORDS = {"_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None,
            "ngettext": (1, 2), "ngettext_lazy": (1, 2), "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2),
            "npgettext": ((1, "c"), 2, 3), "npgettext_lazy": ((1, "c"), 2, 3)}
HEADER = '''msgid ""
msgstr ""
"Language: nl\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
'''
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}")

Key = tuple[str, str | tuple[str, ...]]  # context, text (or singular and plural)


def key_of(message: Message) -> Key:
    return message.context or "", tuple(message.id) if message.pluralizable else message.id


def said() -> dict[Key, str]:
    """Every text that code or a template offers for translation, and the first place that does."""
    found: dict[Key, str] = {}
    for path in sorted(SOURCES.rglob("*")):
        for context, text in texts_of(path):
            found.setdefault((context or "", text), str(path.relative_to(ROOT)))
    return found


def texts_of(path: Path) -> Iterator[tuple[str | None, str | tuple[str, ...]]]:
    if path.suffix == ".py" and "migrations" not in path.parts:
        source = path.read_text()
    elif path.suffix in (".html", ".txt") and "templates" in path.parts:
        # What is not for translation has become X's; without indentation it still reads as Python.
        source = re.sub(r"^[ \t]+", "", templatize(path.read_text(), origin=str(path)), flags=re.MULTILINE)
    else:
        return
    for _line, text, _comments, context in extract("python", io.BytesIO(source.encode()), KEYWORDS):
        if text and text != ("",):
            yield context, tuple(text) if isinstance(text, (tuple, list)) else text


def translated() -> dict[Key, str | tuple[str, ...]]:
    if not CATALOGUE.exists():
        return {}
    with CATALOGUE.open("rb") as file:
        return {key_of(m): tuple(m.string) if m.pluralizable else m.string for m in read_po(file, locale="nl") if m.id}


def catalogue_text() -> str:
    known = translated()
    entries = (entry(key, known.get(key)) for key in sorted(said(), key=lambda key: (str(key[1]), key[0])))
    return HEADER + "".join(entries)


def entry(key: Key, dutch: str | tuple[str, ...] | None) -> str:
    context, text = key
    lines = ["", f"msgctxt {normalize(context)}"] if context else [""]
    if isinstance(text, tuple):
        one, many = dutch or ("", "")
        lines += [f"msgid {normalize(text[0])}", f"msgid_plural {normalize(text[1])}",
                  f"msgstr[0] {normalize(one)}", f"msgstr[1] {normalize(many)}"]
    else:
        lines += [f"msgid {normalize(text)}", f"msgstr {normalize(dutch or '')}"]
    return "\n".join(lines) + "\n"


def complaints() -> list[str]:
    """What is wrong with the catalogue, each with the place and the way out."""
    known, offered = translated(), said()
    found = []
    for key, place in offered.items():
        found += [f"{place}: {trouble}" for trouble in troubles(key, known.get(key))]
    found += [f"django.po: {key[1]!r} is said nowhere any more. Run `python scripts/messages.py`."
              for key in known.keys() - offered.keys()]
    return found


def troubles(key: Key, dutch: str | tuple[str, ...] | None) -> list[str]:
    if dutch is None:
        return [f"{key[1]!r} is not in django.po. Run `python scripts/messages.py` and translate it."]
    texts = key[1] if isinstance(key[1], tuple) else (key[1],)
    answers = dutch if isinstance(dutch, tuple) else (dutch,)
    if not all(answers):
        return [f"{key[1]!r} has no Dutch yet. Write it in django.po."]
    wanted = set(PLACEHOLDER.findall(texts[-1]))
    lost = [answer for answer in answers[-1:] if set(PLACEHOLDER.findall(answer)) != wanted]
    return [f"{answer!r} does not name the same values as {texts[-1]!r}." for answer in lost]


def compile_catalogue() -> None:
    with CATALOGUE.open("rb") as file:
        catalogue: Catalog = read_po(file, locale="nl")
    with CATALOGUE.with_suffix(".mo").open("wb") as file:
        write_mo(file, catalogue)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="The Dutch catalogue of the screens.")
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 when something is wrong")
    parser.add_argument("--compile", action="store_true", help="also write django.mo")
    asked = parser.parse_args(arguments)
    if not asked.check and (text := catalogue_text()) != (CATALOGUE.read_text() if CATALOGUE.exists() else ""):
        CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
        CATALOGUE.write_text(text)
    found = complaints()
    print("\n".join(found) if found else f"messages: {len(said())} texts, all of them in Dutch.")
    if asked.compile:
        compile_catalogue()
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
