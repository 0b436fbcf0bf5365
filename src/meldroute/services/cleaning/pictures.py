"""A picture drawn anew: the same dots the right way up, without what the camera wrote beside them."""

from io import BytesIO

from PIL import Image, ImageOps

from .kinds import FileRefused

MOST_DOTS = 40_000_000  # a page at 600 dots per inch; more is refused before it is unpacked
_FORMATS = {"jpeg": "JPEG", "png": "PNG"}
_QUALITY = 90

Image.MAX_IMAGE_PIXELS = MOST_DOTS


def clean_picture(content: bytes, kind: str) -> bytes:
    """Raises `FileRefused`. Only the first frame is kept; position, camera, owner, comment and thumbnail are gone."""
    try:
        with Image.open(BytesIO(content), formats=[_FORMATS[kind]]) as picture:
            if picture.width * picture.height > MOST_DOTS:
                raise FileRefused("too_big_inside")
            return _drawn_anew(ImageOps.exif_transpose(picture), kind)
    except FileRefused:
        raise
    except (Image.DecompressionBombError, MemoryError):
        raise FileRefused("too_big_inside") from None
    except Exception:  # whatever a parser of hostile bytes raises: nothing of it is kept
        raise FileRefused("broken") from None


def _drawn_anew(picture: Image.Image, kind: str) -> bytes:
    see_through = kind == "png" and (picture.has_transparency_data or "A" in picture.mode)
    dots = picture.convert("RGBA" if see_through else "L" if picture.mode in ("1", "L") else "RGB")
    bare = Image.frombytes(dots.mode, dots.size, dots.tobytes())  # nothing but dots crosses over
    out = BytesIO()
    if kind == "jpeg":
        bare.save(out, "JPEG", quality=_QUALITY, optimize=True)
    else:
        bare.save(out, "PNG")
    return out.getvalue()
