"""What may become a document: PDF, JPEG, PNG and DICOM, small enough, what they say they are, and doing nothing.

Images are drawn anew and leave behind where they were taken; a PDF that acts or carries other files is refused; what
stands before a DICOM file, or behind a PDF, is taken off. Every refusal says what to do instead.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from webapp.base.uploads import MOST
from webapp.patients.inspecting import inspect
from webapp.patients.models import Binary
from webapp.patients.writing import PatientError

Type = Binary.ContentType
KINDS = {"pdf": Type.PDF, "jpg": Type.JPEG, "jpeg": Type.JPEG, "jpe": Type.JPEG, "png": Type.PNG, "dcm": Type.DICOM}
EXTENSION = {Type.PDF: "pdf", Type.JPEG: "jpg", Type.PNG: "png", Type.DICOM: "dcm"}
PREAMBLE = 128  # bytes before a DICOM file begins, where another file may hide
_OFFICE = "doc docx docm dot dotx xls xlsx xlsm xlsb ppt pptx pptm odt ods odp rtf pages numbers key csv txt"
_ARCHIVES = "zip rar 7z tar gz tgz bz2 xz iso cab arj lzh jar war apk"
_PROGRAMS = "exe com scr bat cmd msi dll ps1 vbs js jse wsf hta lnk sh py pl php jsp asp aspx bin elf so app dmg reg"
_WEB = "html htm xhtml svg svgz xml mht mhtml swf url webloc"
_PICTURES = "heic heif webp tif tiff gif bmp avif jfif psd raw"
REFUSALS: dict[str, Any] = {
    "empty": _("This file is empty. Choose it again, or scan it once more."),
    "too_big": _("This file is larger than 20 MB. Save it with less resolution, or in two parts."),
    "office": _("Office files are not accepted, since they can carry programs. Save it as PDF and send that."),
    "archive": _("Compressed folders are not accepted. Take the files out and send them one by one."),
    "program": _("This is a program, not a document. Send PDF, JPEG, PNG or DICOM files."),
    "web": _("Web pages and drawings are not accepted. Print it as PDF and send that."),
    "picture": _("This kind of image is not accepted. Save it as JPEG or PNG and send that."),
    "unknown": _("Only PDF, JPEG, PNG and DICOM files are accepted. Save it as one of these and send that."),
    "mismatch": _("The name says one kind of file and the content is another. Open it, save it as PDF and send that."),
    "pixels": _("This image is too large to be opened safely. Save it with less than 40 million pixels."),
    "broken": _("This file cannot be read to its end. Save it again or scan it once more."),
    "locked": _("This PDF asks for a password. Save it without one and send that."),
    "active": _("This PDF holds scripts or actions. Print it as PDF and send that copy."),
    "carries": _("This PDF carries other files inside. Print it as PDF and send that copy; send the others apart."),
}
_BY_EXTENSION = {
    extension: reason
    for reason, extensions in {
        "office": _OFFICE, "archive": _ARCHIVES, "program": _PROGRAMS, "web": _WEB, "picture": _PICTURES,
    }.items()
    for extension in extensions.split()
}  # fmt: skip


class DocumentRefused(PatientError):
    """A file that does not enter the record; the text says what to do instead, ``reason`` is a key of REFUSALS."""

    def __init__(self, reason: str) -> None:
        super().__init__(REFUSALS[reason])
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Accepted:
    """A file as it is kept, which may not be byte for byte as it came, and its name for people."""

    content: bytes
    content_type: str
    title: str


def accept(name: str, content: bytes) -> Accepted:
    """Return a file fit to be kept; raise DocumentRefused for any other."""
    shown = plain_name(name)
    kind = _kind(shown)
    if not content:
        raise DocumentRefused("empty")
    if len(content) > MOST:
        raise DocumentRefused("too_big")
    if not _begins_as(kind, content):
        raise DocumentRefused("mismatch")
    return Accepted(_cleaned(kind, content), kind, shown.rpartition(".")[0] or shown)


def plain_name(name: str) -> str:
    """Return the name people read: no folders, no letters that hide or turn others round, at most 120 of them."""
    seen = "".join(letter for letter in name if unicodedata.category(letter)[0] != "C")
    last = re.split(r"[/\\]", seen)[-1]
    return " ".join(last.split()).strip(". ")[-120:]


def _kind(name: str) -> str:
    extension = name.rpartition(".")[2].casefold() if "." in name else ""
    if extension not in KINDS:
        raise DocumentRefused(_BY_EXTENSION.get(extension, "unknown"))
    return KINDS[extension]


def _begins_as(kind: str, content: bytes) -> bool:
    match kind:
        case Type.PDF:
            return content.startswith(b"%PDF-")
        case Type.JPEG:
            return content.startswith(b"\xff\xd8\xff")
        case Type.PNG:
            return content.startswith(b"\x89PNG\r\n\x1a\n")
        case _:
            return content[PREAMBLE : PREAMBLE + 6] == b"DICM\x02\x00"


def _cleaned(kind: str, content: bytes) -> bytes:
    if kind == Type.DICOM:
        return _without_preamble(content)
    if kind == Type.PDF:
        verdict, copy = inspect("pdf", content)
    else:
        verdict, copy = inspect("image", content, "JPEG" if kind == Type.JPEG else "PNG")
    if verdict != "ok":
        raise DocumentRefused(verdict)
    return copy or content


def _without_preamble(content: bytes) -> bytes:
    """Empty what stands before a DICOM file; refuse an archive hidden behind it, since its end is not ours to find."""
    if b"PK\x05\x06" in content[-66_000:]:
        raise DocumentRefused("mismatch")
    return bytes(PREAMBLE) + content[PREAMBLE:]
