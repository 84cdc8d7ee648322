"""Files of the record: what strangers send is refused or made harmless, and what is kept is sealed and given to few."""

import io

import pikepdf
import pytest
from cryptography.exceptions import InvalidTag
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import RequestFactory
from django.utils import timezone
from PIL import Image

from tests.webapp.patients import hostile
from tests.webapp.people import a_doctor, a_patient, a_patient_with_login, a_user
from webapp.accounts.grants import RolePermission
from webapp.audit.models import Entry
from webapp.base.downloads import attachment
from webapp.base.roles import Role
from webapp.base.uploads import MOST
from webapp.patients import files, selectors, services
from webapp.patients.models import Binary, BinaryChunk, DocumentReference
from webapp.patients.uploads import REFUSALS, accept

pytestmark = pytest.mark.django_db
JS = "<< /S /JavaScript /JS (app.alert(1)) >>"
REFUSED = [
    ("empty", "informe.pdf", lambda: b""),
    ("too_big", "informe.pdf", lambda: b"%PDF-1.7\n" + b"0" * (21 * 1024 * 1024)),
    ("too_big", "foto.jpg", lambda: hostile.a_jpeg() + bytes(MOST)),
    ("unknown", "informe", hostile.a_pdf),
    ("unknown", "informe.pdf::$DATA", hostile.a_pdf),
    ("unknown", "", hostile.a_pdf),
    ("office", "informe.docx", lambda: hostile.a_zip("word/document.xml")),
    ("office", "macros.xlsm", lambda: hostile.a_zip("xl/vbaProject.bin")),
    ("office", "viejo.doc", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
    ("archive", "informes.zip", hostile.a_zip),
    ("archive", "informes.7z", lambda: b"7z\xbc\xaf\x27\x1c"),
    ("program", "informe.exe", lambda: b"MZ\x90"),
    ("program", "informe.pdf.exe", lambda: b"MZ\x90"),
    ("program", "informe_\u202efdp.exe", lambda: b"MZ\x90"),
    ("program", "informe.pdf\0.exe", hostile.a_pdf),
    ("program", "informe.exe. ", hostile.a_pdf),
    ("web", "dibujo.svg", lambda: b"<svg onload='alert(1)'/>"),
    ("web", "pagina.html", lambda: hostile.SCRIPT),
    ("picture", "foto.heic", lambda: b"\0\0\0\x18ftypheic"),
    ("mismatch", "informe.pdf", lambda: hostile.SCRIPT),
    ("mismatch", "informe.pdf", hostile.a_zip),
    ("mismatch", "informe.pdf", lambda: b"MZ\x90" + hostile.a_pdf()),
    ("mismatch", "informe.pdf", lambda: b"\n" + hostile.a_pdf()),
    ("mismatch", "foto.png", lambda: hostile.SCRIPT),
    ("mismatch", "foto.png", hostile.a_jpeg),
    ("mismatch", "foto.jpg", hostile.a_png),
    ("mismatch", "foto.jpg", lambda: b"GIF89a" + bytes(40)),
    ("mismatch", "tac.dcm", hostile.a_png),
    ("mismatch", "tac.dcm", lambda: hostile.a_dicom() + hostile.a_zip()),
    ("pixels", "foto.png", lambda: hostile.a_png_of(60_000, 60_000)),
    ("pixels", "foto.png", lambda: hostile.a_png_of(2_000_000_000, 1)),
    ("pixels", "foto.png", lambda: hostile.a_png((6400, 6400), "1")),
    ("broken", "foto.png", lambda: hostile.a_png_of(3000, 3000)),
    ("broken", "foto.png", lambda: hostile.a_png((400, 300))[:120]),
    ("broken", "foto.png", hostile.a_png_with_a_bomb_of_words),
    ("broken", "foto.jpg", lambda: hostile.a_jpeg((400, 300))[:400]),
    ("broken", "foto.jpg", lambda: b"\xff\xd8\xff\xe0" + hostile.SCRIPT),
    ("broken", "informe.pdf", lambda: b"%PDF-1.7\n" + hostile.SCRIPT),
    ("broken", "informe.pdf", lambda: hostile.a_pdf()[:60]),
    ("active", "informe.pdf", lambda: hostile.pdf_with("/OpenAction", JS)),
    ("active", "informe.pdf", lambda: hostile.pdf_with("/OpenAction", "<< /S /Launch /F (cmd.exe) >>")),
    ("active", "informe.pdf", lambda: hostile.pdf_with("/OpenAction", r"<< /S /Go#54oR /F (\\\\server\\a) >>")),
    ("active", "informe.pdf", lambda: hostile.pdf_with("/AA", f"<< /WC {JS} >>")),
    ("active", "informe.pdf", lambda: hostile.pdf_with("/Names", f"<< /JavaScript << /Names [(a) {JS}] >> >>")),
    ("active", "informe.pdf", lambda: hostile.pdf_with("/OpenAction", "<< /S /J#61vaScript /J#53 (alert) >>")),
    ("active", "informe.pdf", lambda: hostile.pdf_with("/AcroForm", "<< /XFA (x) /Fields [] >>")),
    ("active", "informe.pdf", lambda: hostile.pdf_with("page/AA", "<< /O << /S /SubmitForm /F (http://a) >> >>")),
    ("active", "informe.pdf", lambda: hostile.pdf_with("page/Annots", "[<< /Subtype /RichMedia >>]")),
    (
        "active",
        "informe.pdf",
        lambda: hostile.pdf_with("page/Annots", "[<< /Subtype /Link /A << /S /URI /URI (javascript:a) >> >>]"),
    ),
    ("active", "informe.pdf", hostile.pdf_with_hidden_script),
    ("carries", "informe.pdf", hostile.pdf_with_file),
    ("carries", "informe.pdf", lambda: hostile.pdf_with("page/Annots", "[<< /Subtype /FileAttachment >>]")),
    ("locked", "informe.pdf", lambda: hostile.pdf_with_password("secreto")),
]
POLYGLOTS = {
    "an archive behind a PDF": ("informe.pdf", lambda: hostile.a_pdf() + hostile.a_zip()),
    "a page behind a PDF": ("informe.pdf", lambda: hostile.a_pdf() + hostile.SCRIPT),
    "an archive behind a PNG": ("foto.png", lambda: hostile.a_png() + hostile.a_zip()),
    "a page inside a PNG": ("foto.png", lambda: hostile.a_png()[:33] + b"" + hostile.a_png()[33:] + hostile.SCRIPT),
    "a page behind a JPEG": ("foto.jpg", lambda: hostile.a_jpeg(comment=hostile.SCRIPT) + hostile.SCRIPT),
    "a program before a DICOM": ("tac.dcm", lambda: hostile.a_dicom(b"MZ<script>".ljust(128, b"\0"))),
}
NAMES = [
    ("../../etc/passwd.dcm", "passwd"),
    ("C:\\Users\\marina\\informe.dcm", "informe"),
    ("informe.exe.dcm", "informe.exe"),
    ("\u202efdp.informe\u202c.dcm", "fdp.informe"),
    ("inf\0orme\r\n.dcm", "informe"),
    ("<script>alert(1)<script>.dcm", "<script>alert(1)<script>"),
    ("x" * 400 + ".dcm", "x" * 116),
]


def keep(patient=None, name="tac.dcm", content=None, actor=None, **values):
    given = {"kind": "report", **values}
    sent = content or hostile.a_dicom()
    return services.add_document(patient or a_patient(), name=name, content=sent, actor=actor, **given)


def test_there_are_forty_hostile_files_and_more():
    assert len(REFUSED) + len(POLYGLOTS) + len(NAMES) >= 60


@pytest.mark.parametrize(("reason", "name", "make"), REFUSED, ids=lambda value: value if isinstance(value, str) else "")
def test_a_hostile_file_is_refused_with_what_to_do_instead(reason, name, make):
    with pytest.raises(services.DocumentRefused) as refused:
        accept(name, make())
    assert refused.value.reason == reason
    assert str(refused.value) == str(REFUSALS[reason])
    assert str(refused.value).count(".") >= 1


@pytest.mark.parametrize("seen", POLYGLOTS)
def test_a_file_that_is_two_is_kept_as_one(seen):
    name, make = POLYGLOTS[seen]
    kept = accept(name, make()).content
    assert kept
    assert not any(mark in kept for mark in (b"PK\x05\x06", b"<script", b"MZ<"))


@pytest.mark.parametrize(("name", "title"), NAMES)
def test_a_name_loses_its_folders_and_the_letters_that_hide(name, title):
    kept = accept(name, hostile.a_dicom())
    assert (kept.title, kept.content_type) == (title, "application/dicom")


@pytest.mark.parametrize(
    ("name", "make", "kind"),
    [
        ("Informe.PDF", hostile.a_pdf, "application/pdf"),
        ("foto.jpeg", hostile.a_jpeg, "image/jpeg"),
        ("gris.jpg", lambda: hostile.a_jpeg(mode="L"), "image/jpeg"),
        ("imprenta.jpg", lambda: hostile.a_jpeg(mode="CMYK"), "image/jpeg"),
        ("foto.png", lambda: hostile.a_png(mode="RGBA"), "image/png"),
        ("placa.png", lambda: hostile.a_png(mode="I;16"), "image/png"),
        ("tac.dcm", hostile.a_dicom, "application/dicom"),
    ],
)
def test_what_patients_really_have_is_kept(name, make, kind):
    assert accept(name, make()).content_type == kind


@pytest.mark.parametrize(
    "make",
    [
        hostile.a_pdf,
        lambda: hostile.pdf_with("/OpenAction", "[0 /Fit]"),
        lambda: hostile.pdf_with("/OpenAction", "<< /S /GoTo /D [0 /Fit] >>"),
        lambda: hostile.pdf_with("page/Annots", "[<< /Subtype /Link /A << /S /URI /URI (https://a.es) >> >>]"),
        lambda: hostile.pdf_with_password(""),
    ],
)
def test_a_plain_pdf_is_kept_byte_for_byte(make):
    content = make()
    assert accept("informe.pdf", content).content == content


def test_a_pdf_with_something_behind_it_is_written_anew_and_still_opens():
    kept = accept("informe.pdf", hostile.a_pdf() + b"\ntrailing").content
    assert b"trailing" not in kept
    assert kept == accept("informe.pdf", hostile.a_pdf() + b"\ntrailing").content
    with pikepdf.open(io.BytesIO(kept)) as found:
        assert len(found.pages) == 1


def test_an_image_forgets_where_it_was_taken_and_stands_upright():
    kept = accept("foto.jpg", hostile.a_photo()).content
    found = Image.open(io.BytesIO(kept))
    assert found.size == (20, 40)
    assert not found.getexif()
    assert not any(mark in kept for mark in (b"Exif", b"ZZcamera", b"ZZcomment"))
    drawn = accept("foto.png", hostile.a_png_with_words()).content
    assert not any(mark in drawn for mark in (b"ZZ", b"tEXt", b"iTXt"))


def test_a_file_reads_back_as_it_was_kept_and_its_opening_is_audited():
    patient, doctor = a_patient(), a_doctor()
    content = hostile.a_dicom() + bytes(range(256)) * 9000
    document = keep(patient, "tac.dcm", content, doctor, title="Colonoscopia")
    assert [one.title for one in selectors.record_of(doctor, patient).care.documents] == ["Colonoscopia"]
    found = selectors.document_for(doctor, document.pk, path="/x/")
    assert (found.content, found.content_type) == (content, "application/dicom")
    assert BinaryChunk.objects.count() == 3
    line = Entry.objects.get(verb="document.opened")
    assert (line.actor_id, line.patient_id, line.object_id, line.path) == (
        doctor.pk,
        patient.pk,
        str(document.pk),
        "/x/",
    )


def test_a_file_goes_out_under_our_name_and_is_run_by_no_browser():
    document = keep(name="Marina Ortega <b>.pdf", content=hostile.a_pdf(), actor=a_doctor())
    found = selectors.document_for(a_doctor(), document.pk)
    answer = attachment(found.content, name=found.name, content_type=found.content_type)
    assert found.name == f"report-{timezone.localdate(document.recorded_at):%Y-%m-%d}-{document.pk.hex[:8]}.pdf"
    assert answer["Content-Disposition"] == f'attachment; filename="{found.name}"'
    assert (answer["X-Content-Type-Options"], answer["Content-Type"]) == ("nosniff", "application/pdf")
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "no-store" in answer["Cache-Control"]
    with pytest.raises(ValueError, match="small letters"):
        attachment(b"", name='a"; filename="b.exe', content_type="text/html")


@pytest.mark.parametrize(
    "role", [Role.FRONT_DESK, Role.MARKETING, Role.BILLING, Role.DIRECTOR, Role.RELATIVE, Role.GUARDIAN]
)
def test_nobody_else_keeps_or_opens_a_file(role):
    user, patient = a_user(role), a_patient()
    document = keep(patient)
    with pytest.raises(DocumentReference.DoesNotExist):
        selectors.document_for(user, document.pk)
    with pytest.raises(services.NotAllowed):
        keep(patient, actor=user)
    assert not Entry.objects.filter(verb="document.opened").exists()


def test_patients_open_their_own_files_and_no_other_and_none_that_was_an_error():
    marina, other, doctor = a_patient_with_login(), a_patient_with_login(), a_doctor()
    mine, foreign = keep(marina, actor=marina.user), keep(other)
    assert selectors.document_for(marina.user, mine.pk).content == hostile.a_dicom()
    with pytest.raises(DocumentReference.DoesNotExist):
        selectors.document_for(marina.user, foreign.pk)
    with pytest.raises(services.NotAllowed):
        keep(other, name="otra.dcm", actor=marina.user)
    services.enter_in_error(line=mine, actor=doctor)
    with pytest.raises(DocumentReference.DoesNotExist):
        selectors.document_for(marina.user, mine.pk)
    assert selectors.document_for(doctor, mine.pk).content
    assert selectors.record_of(doctor, marina).care.documents == []


def test_who_reads_records_and_writes_in_none_does_not_open_what_was_an_error():
    RolePermission.objects.create(role=Role.DIETITIAN, permission="record.write", allowed=False)
    reader, document = a_user(Role.DIETITIAN), keep(a_patient())
    assert selectors.document_for(reader, document.pk).content
    services.enter_in_error(line=document, actor=a_doctor())
    with pytest.raises(DocumentReference.DoesNotExist):
        selectors.document_for(reader, document.pk)


def test_the_same_file_is_kept_once_and_again_after_it_was_an_error():
    patient, doctor = a_patient(), a_doctor()
    first = keep(patient, actor=doctor)
    with pytest.raises(services.PatientError, match="already in the record"):
        keep(patient, name="otra.dcm", actor=doctor)
    services.enter_in_error(line=first, actor=doctor)
    again = keep(patient, actor=doctor)
    assert (again.content, Binary.objects.count()) == (first.content, 1)
    keep(a_patient())
    assert Binary.objects.values("content_index").distinct().count() == 2


def test_a_title_is_corrected_and_the_file_stays():
    patient, doctor = a_patient(), a_doctor()
    old = keep(patient, actor=doctor)
    new = services.correct(line=old, actor=doctor, title="Gastroscopia", kind="letter")
    assert selectors.document_for(doctor, new.pk).content == hostile.a_dicom()
    with pytest.raises(TypeError, match="content"):
        services.correct(line=new, actor=doctor, content=old.content)


def test_a_report_has_its_original_file_which_is_of_the_same_patient():
    patient, doctor = a_patient(), a_doctor()
    document = keep(patient, actor=doctor)
    report = services.add_report(
        patient=patient, category="endoscopy", title="Gastroscopia", document=document, actor=doctor
    )
    [shown] = selectors.record_of(doctor, patient).care.reports
    assert (shown, shown.document.content.size) == (report, len(hostile.a_dicom()))
    with pytest.raises(services.PatientError, match="not in this patient"):
        services.add_report(patient=a_patient(), category="endoscopy", title="x", document=document, actor=doctor)


def test_a_refusal_is_audited_without_the_name():
    patient, doctor = a_patient(), a_doctor()
    with pytest.raises(services.DocumentRefused):
        keep(patient, name="Marina.exe", content=b"MZ", actor=doctor)
    line = Entry.objects.get(verb="document.refused")
    assert (line.patient_id, line.detail) == (patient.pk, {"reason": "program", "size": 2})
    assert not Binary.objects.exists()


def test_what_the_database_holds_of_a_file_is_sealed_and_cannot_be_moved_or_changed(settings):
    one, other = keep(content=hostile.a_png((30, 30)), name="a.png"), keep()
    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM patients_binarychunk ORDER BY id")
        tokens = [bytes(row[0]) for row in cursor.fetchall()]
    assert [token[0] for token in tokens] == [1, 1]
    assert not any(mark in token for token in tokens for mark in (b"PNG", b"DICM", b"IHDR"))
    chunks = list(BinaryChunk.objects.order_by("pk").values_list("data", flat=True))
    with pytest.raises(files.FileDamaged):
        files.whole(one.content_id, [chunks[1]])
    with pytest.raises(files.FileDamaged):
        files.whole(other.content_id, [])
    settings.FIELD_KEYS = [("lost", b"l" * 32)]
    with pytest.raises(InvalidTag):
        selectors.document_for(a_doctor(), one.pk)


def test_pieces_are_put_together_in_their_order_only():
    binary = keep().content_id
    content = bytes(range(256)) * 9000
    listed = list(files.pieces(binary, content))
    assert (len(listed), files.whole(binary, listed)) == (3, content)
    for wrong in (listed[:2], listed[::-1], [listed[0], listed[0], listed[2]]):
        with pytest.raises(files.FileDamaged):
            files.whole(binary, wrong)


def test_an_upload_is_held_in_memory_and_never_lies_in_a_folder():
    sent = SimpleUploadedFile("informe.pdf", b"%PDF-" + bytes(3 * 1024 * 1024))
    arrived = RequestFactory().post("/x/", {"file": sent}).FILES["file"]
    assert not hasattr(arrived, "temporary_file_path")
    assert arrived.size == 5 + 3 * 1024 * 1024
    giant = (
        RequestFactory().post("/x/", {"file": SimpleUploadedFile("a.pdf", b"%PDF-" + bytes(MOST + 9))}).FILES["file"]
    )
    assert giant.size == MOST + 1
    with pytest.raises(services.DocumentRefused, match="20 MB"):
        accept(giant.name, giant.read())
