"""Which kinds of file are taken, told by their content. What is refused gets a way out, by a policy word."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import puremagic

MEDIA: Mapping[str, str] = {"pdf": "application/pdf", "jpeg": "image/jpeg", "png": "image/png",
                            "text": "text/plain; charset=utf-8"}
SUFFIXES: Mapping[str, str] = {"pdf": "pdf", "jpeg": "jpg", "png": "png", "text": "txt"}
# Why a file is refused. The pages have words and a way out for each.
REASONS = frozenset({"empty", "office", "picture", "moving", "archive", "locked", "too_big_inside", "too_many_pages",
                     "broken", "other"})

_MARKS = ((b"%PDF-", "pdf"), (b"\xff\xd8\xff", "jpeg"), (b"\x89PNG\r\n\x1a\n", "png"))
_OFFICE = (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"{\\rtf")
_OFFICE_INSIDE = (b"word/", b"xl/", b"ppt/", b"mimetypeapplication/vnd.oasis", b"[Content_Types].xml")
_ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


class FileRefused(ValueError):
    """This file is not kept. `reason` is one of REASONS; nothing of the file is in the error."""

    def __init__(self, reason: str):
        super().__init__(f"attachment: refused ({reason}). Take a PDF, JPEG, PNG or plain text without a lock.")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Kind:
    id: str  # a key of MEDIA

    @property
    def media(self) -> str:
        return MEDIA[self.id]


def kind_of(content: bytes) -> Kind:
    """The kind of this file. Raises `FileRefused`. A mark must stand at the very start: no file is two things here."""
    if not content.strip():
        raise FileRefused("empty")
    for mark, kind in _MARKS:
        if content.startswith(mark):
            return Kind(kind)
    if reason := _known_and_refused(content):
        raise FileRefused(reason)
    if _reads_as_text(content):
        return Kind("text")
    raise FileRefused("other")


def _known_and_refused(content: bytes) -> str:
    if content.startswith(_OFFICE) or (content.startswith(b"PK") and any(m in content for m in _OFFICE_INSIDE)):
        return "office"
    if content.startswith(_ARCHIVES):
        return "archive"
    media = _guessed(content)
    if media.startswith("image/") and not media.startswith("image/svg"):
        return "picture"
    return "moving" if media.startswith(("video/", "audio/")) else ""


def _guessed(content: bytes) -> str:
    try:
        return puremagic.from_string(content[:4096], mime=True)
    except (puremagic.PureError, ValueError):
        return ""


def _reads_as_text(content: bytes) -> bool:
    try:
        return not _CONTROL.search(text_of(content))
    except UnicodeDecodeError:
        return False


def text_of(content: bytes) -> str:
    """UTF-8, or UTF-16 when it says so itself."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16")
    return content.decode("utf-8-sig")
