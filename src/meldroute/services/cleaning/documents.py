"""A PDF made anew from its pages: what is printed stays; what acts, hides or tells who made it does not.

A list of what may stay, not of what must go. Comments and filled-in fields are printed into the page, as they are
seen. Gone: properties, XMP, scripts, launch actions, embedded files, forms, links, layers, thumbnails, signatures,
the tags for screen readers, and the camera's words inside pictures.
"""

from collections.abc import Iterator
from io import BytesIO

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream

from .kinds import FileRefused
from .segments import bare_jpeg, bare_jpx

MOST_PAGES = 200
_PAGE_KEEPS = frozenset({"/Type", "/Parent", "/Resources", "/Contents", "/MediaBox", "/CropBox", "/Rotate", "/UserUnit",
                         "/Group"})
_RESOURCES_KEEP = frozenset({"/Font", "/XObject", "/ExtGState", "/ColorSpace", "/Pattern", "/Shading", "/ProcSet"})
_PACKED = frozenset({"/Length", "/Filter", "/DecodeParms", "/Type", "/Subtype"})
_STREAM_KEEPS = {
    "/Form": _PACKED | {"/FormType", "/BBox", "/Matrix", "/Resources", "/Group"},
    "/Image": _PACKED | {"/Width", "/Height", "/ColorSpace", "/BitsPerComponent", "/Intent", "/ImageMask", "/Mask", "/Decode",
                         "/Interpolate", "/SMask", "/SMaskInData", "/Matte"},
}
# In whatever is left (fonts, colours, patterns): where it came from, what hangs on it, and what it could do.
_NEVER = ("/Metadata", "/PieceInfo", "/LastModified", "/OPI", "/AF", "/Ref", "/EF", "/JS", "/OC", "/Alternates", "/Measure",
          "/PtData", "/StructParent", "/StructParents")


_BARE = {"/DCTDecode": bare_jpeg, "/JPXDecode": bare_jpx}
_PACKINGS = frozenset({"/FlateDecode", "/LZWDecode", "/ASCII85Decode", "/ASCIIHexDecode", "/RunLengthDecode", "/CCITTFaxDecode",
                       "/JBIG2Decode", *_BARE})
_CAMERA = (b"Exif\0", b"http://ns.adobe.com/x", b"JFIF\0")  # how a camera's words begin in a picture


def clean_document(content: bytes) -> bytes:
    """Raises `FileRefused`: locked with a password, damaged, or too many pages."""
    try:
        return _made_anew(content)
    except FileRefused:
        raise
    except pikepdf.PasswordError:
        raise FileRefused("locked") from None
    except MemoryError:
        raise FileRefused("too_big_inside") from None
    except Exception:  # whatever a parser of hostile bytes raises: nothing of it is kept
        raise FileRefused("broken") from None


def _made_anew(content: bytes) -> bytes:
    with Pdf.open(BytesIO(content), suppress_warnings=True) as old, Pdf.new() as new:
        if old.is_encrypted:
            raise FileRefused("locked")
        if not len(old.pages):
            raise FileRefused("broken")
        if len(old.pages) > MOST_PAGES:
            raise FileRefused("too_many_pages")
        _print_what_is_seen(old)
        for page in old.pages:
            _keep_only(page.obj, _PAGE_KEEPS)
        new.pages.extend(old.pages)
        _scrub(new)
        new.trailer.Root = new.make_indirect(Dictionary(Type=Name.Catalog, Pages=new.Root.Pages))
        if "/Info" in new.trailer:
            del new.trailer["/Info"]
        out = BytesIO()
        new.save(out, static_id=True, fix_metadata_version=False, object_stream_mode=pikepdf.ObjectStreamMode.disable,
                 preserve_pdfa=False)
        return out.getvalue()


def _print_what_is_seen(old: Pdf) -> None:
    if "/AcroForm" in old.Root:
        old.generate_appearance_streams()
    old.flatten_annotations("print")


def _keep_only(holder: Object, names: frozenset[str]) -> None:
    for name in set(holder.keys()) - names:
        del holder[name]


def _scrub(new: Pdf) -> None:
    """Every object of the new document, however deep, and each picture inside it."""
    seen: set[tuple[int, int]] = set()
    for found in new.objects:
        for holder in _holders(found, seen, depth=0):
            _scrub_one(holder)


def _holders(found: Object, seen: set, *, depth: int) -> Iterator[Object]:
    if depth > 50:
        raise FileRefused("broken")
    if isinstance(found, Stream | Dictionary):
        yield found
        parts = list(found.keys())
        for name in parts:
            inner = found.get(name)
            if isinstance(inner, Object) and not inner.is_indirect:
                yield from _holders(inner, seen, depth=depth + 1)
    elif isinstance(found, Array):
        for inner in found:
            if isinstance(inner, Object) and not inner.is_indirect:
                yield from _holders(inner, seen, depth=depth + 1)


def _scrub_one(holder: Object) -> None:
    for name in _NEVER:
        if name in holder:
            del holder[name]
    if isinstance(resources := holder.get("/Resources"), Dictionary):
        _keep_only(resources, _RESOURCES_KEEP)
    if isinstance(holder, Stream):
        if keeps := _STREAM_KEEPS.get(str(holder.get("/Subtype"))):
            _keep_only(holder, keeps)
        _scrub_picture(holder)


def _scrub_picture(stream: Stream) -> None:
    filters = stream.get("/Filter")
    names = list(filters) if isinstance(filters, Array) else [filters] if filters is not None else []
    if any(str(name) not in _PACKINGS for name in names):  # nobody can draw it, so nobody knows what it is
        raise FileRefused("broken")
    last = names[-1] if names else None
    bare = _BARE.get(str(last))
    if bare is None:
        _refuse_hidden_picture(stream)
        return
    if len(names) > 1:  # a picture packed twice: unpack once, so that nothing hides in it
        raise FileRefused("broken")
    parms = stream.get("/DecodeParms")
    stream.write(bare(stream.read_raw_bytes()), filter=last, decode_parms=parms)


def _refuse_hidden_picture(stream: Stream) -> None:
    """A picture that does not say it is one, by damage or on purpose, would be kept with the camera's words in it."""
    raw = stream.read_raw_bytes()
    if raw.startswith(b"\xff\xd8") or any(mark in raw for mark in _CAMERA):
        raise FileRefused("broken")
