"""No screen falls back to English for somebody who reads Dutch."""
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def messages(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    import messages

    return messages


def test_nothing_is_left_untranslated():
    done = subprocess.run([sys.executable, str(ROOT / "scripts/messages.py"), "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_both_code_and_templates_are_read(messages):
    said = {text for _context, text in messages.said()}
    assert ("%(n)s hour left", "%(n)s hours left") in said   # code
    assert "Skip to the page" in said                         # a template
    assert "Step %(step)s of %(of)s" in said                  # a template's block


@pytest.mark.parametrize(("text", "dutch", "complaint"), [
    ("Send", None, "is not in django.po"),
    ("Send", "", "has no Dutch yet"),
    ("%(n)s left", "nog", "does not name the same values"),
    (("%(n)s day", "%(n)s days"), ("%(n)s dag", ""), "has no Dutch yet"),
    ("Send", "Verstuur", None),
])
def test_a_complaint_names_what_is_wrong(messages, text, dutch, complaint):
    found = messages.troubles(("", text), dutch)
    assert [complaint in one for one in found] == ([True] if complaint else [])


def test_a_translation_survives_collecting(messages, monkeypatch):
    monkeypatch.setattr(messages, "said", lambda: {("", "Send"): "x", ("", "Again"): "x"})
    monkeypatch.setattr(messages, "translated", lambda: {("", "Send"): "Verstuur", ("", "Gone"): "Weg"})
    text = messages.catalogue_text()
    assert 'msgid "Send"\nmsgstr "Verstuur"' in text
    assert text.index('"Again"') < text.index('"Send"')
    assert "Gone" not in text
