"""Files as people send them, with everything in them that must not stay. All invented."""

from io import BytesIO

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream
from PIL import Image

SECRET = "Geheime Gerda"  # stands wherever a program writes down who, where and with what
HARMLESS = b"Brief van de verzonnen woningcorporatie.\r\n"


def jpeg(*, size=(60, 40), turned=6) -> bytes:
    exif = Image.Exif()
    exif[0x010F] = exif[0x013B] = SECRET  # maker, artist
    exif[0x0112] = turned
    exif.get_ifd(0x8825)[29] = SECRET  # position
    out = BytesIO()
    Image.new("RGB", size, "red").save(out, "JPEG", exif=exif, comment=SECRET.encode(), icc_profile=SECRET.encode() * 20,
                                       xmp=f"<x>{SECRET}</x>".encode())
    return out.getvalue() + SECRET.encode()  # and something behind the end


def png(*, mode="RGBA", size=(60, 40)) -> bytes:
    from PIL.PngImagePlugin import PngInfo

    words = PngInfo()
    words.add_text("Author", SECRET)
    words.add_itxt("XML:com.adobe.xmp", f"<x>{SECRET}</x>")
    out = BytesIO()
    Image.new(mode, size, 1).save(out, "PNG", pnginfo=words)
    return out.getvalue()


def pdf(*, password: str = "", pages: int = 1) -> bytes:
    """With properties, XMP, scripts, a launch action, an embedded file, a link, a comment and a photo with a position."""
    made = Pdf.new()
    for _ in range(pages):
        made.add_blank_page(page_size=(300, 300))
    page = made.pages[0].obj
    photo = Stream(made, jpeg(), Type=Name.XObject, Subtype=Name.Image, Width=60, Height=40, ColorSpace=Name.DeviceRGB,
                   BitsPerComponent=8, Filter=Name.DCTDecode, Metadata=made.make_stream(f"<x>{SECRET}</x>".encode()))
    page.Resources = Dictionary(XObject=Dictionary(Im0=photo), Properties=Dictionary(P0=Dictionary(Who=SECRET)))
    page.Contents = made.make_stream(b"q 200 0 0 200 50 50 cm /Im0 Do Q")
    page.AA = Dictionary(O=Dictionary(S=Name.JavaScript, JS=f"app.alert('{SECRET}')"))
    page.PieceInfo = Dictionary(App=Dictionary(Private=SECRET))
    link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9],
                      A=Dictionary(S=Name.URI, URI=f"https://example.org/{SECRET}"))
    said = Dictionary(Type=Name.Annot, Subtype=Name.Text, Rect=[0, 0, 9, 9], T=SECRET, Contents=SECRET)
    page.Annots = made.make_indirect(Array([link, said]))
    made.docinfo["/Author"] = SECRET
    with made.open_metadata() as words:
        words["dc:title"] = SECRET
    made.Root.OpenAction = Dictionary(S=Name.Launch, F=f"cmd {SECRET}")
    made.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array(["x", Dictionary(S=Name.JavaScript, JS=SECRET)])))
    made.attachments["bijlage.txt"] = SECRET.encode()
    out = BytesIO()
    locked = pikepdf.Encryption(owner=password, user=password) if password else False
    made.save(out, compress_streams=False, encryption=locked)
    return out.getvalue()
