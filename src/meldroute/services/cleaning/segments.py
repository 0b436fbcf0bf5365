"""The words beside the dots of a JPEG or JPEG 2000 inside a document, taken out without touching the dots."""

_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})  # marks without a length
_ADOBE = 0xEE  # says how the colours are mixed; without it they come out wrong
_SCAN, _END = 0xDA, 0xD9


class NotAPicture(ValueError):
    """Bytes that claim to be a picture and are none."""


def bare_jpeg(content: bytes) -> bytes:
    """Without comments and application segments (EXIF, XMP, IPTC, ICC, thumbnails), and without what follows its end."""
    if content[:2] != b"\xff\xd8":
        raise NotAPicture("no start of a JPEG")
    out, at = bytearray(content[:2]), 2
    while at + 4 <= len(content):
        if content[at] != 0xFF:
            raise NotAPicture("a mark is missing")
        mark = content[at + 1]
        if mark == 0xFF:  # filling
            at += 1
            continue
        if mark in _ALONE:
            out += content[at:at + 2]
            at += 2
            continue
        if mark == _SCAN:
            end = content.rfind(b"\xff\xd9")
            return bytes(out + content[at:end + 2 if end > at else len(content)])
        length = int.from_bytes(content[at + 2:at + 4])
        if length < 2:
            raise NotAPicture("a part without a length")
        keep = mark == _ADOBE and content[at + 4:at + 9] == b"Adobe" and length <= 16
        if keep or not (0xE0 <= mark <= 0xEF or mark == 0xFE):
            out += content[at:at + 2 + length]
        at += 2 + length
    raise NotAPicture("no dots")


def bare_jpx(content: bytes) -> bytes:
    """Only the boxes that hold the picture; a bare code stream stays as it is."""
    if content[:4] == b"\xff\x4f\xff\x51":
        return content
    out, at = bytearray(), 0
    while at + 8 <= len(content):
        size, kind = int.from_bytes(content[at:at + 4]), content[at + 4:at + 8]
        if size == 0:
            size = len(content) - at
        if size < 8 or at + size > len(content):
            raise NotAPicture("a box without its end")
        if kind in (b"jP  ", b"ftyp", b"jp2h", b"jp2c"):
            out += content[at:at + size]
        at += size
    if b"jp2c" not in out:
        raise NotAPicture("no dots")
    return bytes(out)
