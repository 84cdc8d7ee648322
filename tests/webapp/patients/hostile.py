"""Files of strangers, made here: sound ones, and those that are not what they seem."""

import io
import struct
import zipfile
import zlib

import pikepdf
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base
from PIL.PngImagePlugin import PngInfo

SCRIPT = b"<html><script>alert(1)</script></html>"


def a_png(size=(8, 6), mode="RGB", **save) -> bytes:
    held = io.BytesIO()
    Image.new(mode, size).save(held, "PNG", **save)
    return held.getvalue()


def a_jpeg(size=(8, 6), mode="RGB", **save) -> bytes:
    held = io.BytesIO()
    Image.new(mode, size).save(held, "JPEG", **save)
    return held.getvalue()


def a_photo() -> bytes:
    """A photograph lying on its side that tells where and with what it was taken."""
    exif = Image.Exif()
    exif[Base.Orientation] = 6
    exif[Base.Make] = "ZZcamera"
    exif.get_ifd(IFD.GPSInfo)[GPS.GPSLatitude] = (40.0, 25.0, 1.0)
    exif.get_ifd(IFD.GPSInfo)[GPS.GPSLatitudeRef] = "N"
    return a_jpeg((40, 20), exif=exif.tobytes(), comment=b"ZZcomment")


def a_png_with_words() -> bytes:
    words = PngInfo()
    words.add_text("Author", "ZZmarina")
    words.add_itxt("XML:com.adobe.xmp", "<x>ZZplace</x>")
    return a_png(pnginfo=words)


def a_png_of(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it has this many pixels."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(b"\0" * 64)) + _chunk(b"IEND", b"")
    )


def a_png_with_a_bomb_of_words() -> bytes:
    bomb = b"Comment\0\0" + zlib.compress(b"a" * 3_000_000, 9)
    sound = a_png()
    return sound[:33] + _chunk(b"zTXt", bomb) + sound[33:]


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def a_dicom(preamble: bytes = bytes(128)) -> bytes:
    return preamble + b"DICM" + b"\x02\x00\x00\x00UL\x04\x00\x00\x00\x00\x00" + b"\x08\x00\x20\x00DA\x08\x0020240210"


def a_zip(name: str = "a.txt", content: bytes = b"x") -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr(name, content)
    return held.getvalue()


def a_pdf(change=None, **save) -> bytes:
    """A PDF of one empty page; ``change`` gets it before it is saved."""
    with pikepdf.new() as made:
        made.add_blank_page()
        if change:
            change(made)
        held = io.BytesIO()
        made.save(held, **{"deterministic_id": "encryption" not in save, **save})
    return held.getvalue()


def pdf_with(place: str, text: str, **save) -> bytes:
    """A PDF whose root (``/OpenAction``), page (``page/Annots``) or other place holds what ``text`` says."""

    def change(made: pikepdf.Pdf) -> None:
        holder = made.pages[0].obj if place.startswith("page") else made.Root
        holder[place.removeprefix("page")] = pikepdf.Object.parse(text.encode())

    return a_pdf(change, **save)


def pdf_with_file() -> bytes:
    def change(made: pikepdf.Pdf) -> None:
        made.attachments["evil.exe"] = b"MZ"

    return a_pdf(change)


def pdf_with_hidden_script() -> bytes:
    """The script stands in a compressed stream of objects, where no search of the bytes finds it."""

    def change(made: pikepdf.Pdf) -> None:
        action = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
        made.Root.OpenAction = made.make_indirect(action)

    return a_pdf(change, object_stream_mode=pikepdf.ObjectStreamMode.generate)


def pdf_with_password(user: str) -> bytes:
    return a_pdf(encryption=pikepdf.Encryption(owner="owner", user=user))
