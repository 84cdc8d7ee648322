"""The clinic's logo: drawn anew, hostile files refused, shown on the next page and on paper."""

import struct
import zlib
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image, PngImagePlugin

from tests.webapp.people import a_user
from webapp.base import house, pdf
from webapp.base.roles import Role
from webapp.clinic import logos
from webapp.clinic.models import Edition, Logo

pytestmark = pytest.mark.django_db
PAGE = "/clinic/logo/"


def an_image(kind="PNG", size=(600, 200), **options):
    made = BytesIO()
    Image.new("RGB", size, (10, 90, 110)).save(made, kind, **options)
    return made.getvalue()


def a_bomb():
    """A PNG of a few bytes that claims to be ten thousand dots wide and high."""
    head = struct.pack(">IIBBBBB", 10_000, 10_000, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(b"")) + _chunk(b"IEND", b"")


def _chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


@pytest.fixture
def client():
    client = Client()
    client.force_login(a_user(Role.ADMINISTRATOR, language="en"))
    return client


def put(client, content, name="logo.png", **more):
    return client.post(PAGE, {"number": 0, "logo": SimpleUploadedFile(name, content), **more})


def test_a_logo_is_drawn_anew_and_stands_on_the_next_page(client):
    told = PngImagePlugin.PngInfo()
    told.add_text("Comment", "secret words")
    assert put(client, an_image(pnginfo=told)).status_code == 302
    login = Client().get("/accounts/login/").content.decode()
    address = reverse("clinic:picture", args=[house.now().logo])
    assert f'src="{address}"' in login
    given = Client().get(address)
    assert (given["Content-Type"], given["X-Content-Type-Options"]) == ("image/png", "nosniff")
    assert "immutable" in given["Cache-Control"]
    assert b"secret words" not in given.content
    assert Image.open(BytesIO(given.content)).size == (480, 160)
    assert logos.drawn(an_image()).png == given.content


def test_a_jpeg_becomes_a_png(client):
    put(client, an_image("JPEG"), "logo.jpg")
    assert house.logo().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("logo.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "kind"),
        ("logo.png", b"<?xml version='1.0'?><svg/>", "kind"),
        ("logo.gif", b"GIF89a\x01\x00\x01\x00", "kind"),
        ("logo.png", b"\x89PNG\r\n\x1a\n" + b"broken" * 20, "broken"),
        ("logo.png", an_image()[:80], "broken"),
        ("logo.png", a_bomb(), "dots"),
        ("logo.png", b"\x89PNG\r\n\x1a\n" + bytes(logos.MOST_BYTES), "big"),
        ("logo.html", b"<html><script>", "kind"),
        ("logo.png", b"MZ\x90\x00", "kind"),
    ],
)
def test_every_other_file_is_refused_with_what_to_do_instead(client, name, content, reason):
    answer = put(client, content, name)
    assert answer.status_code == 422
    with pytest.raises(logos.LogoRefused) as refused:
        logos.drawn(content)
    assert refused.value.reason == reason
    assert not Logo.objects.exists()
    assert not Edition.objects.exists()


def test_sending_no_file_says_so_and_changes_nothing(client):
    answer = client.post(PAGE, {"number": 0})
    assert answer.status_code == 422
    assert "Choose it again" in answer.content.decode()


def test_a_logo_is_taken_out_again_and_the_old_one_is_kept(client):
    put(client, an_image())
    client.post(PAGE, {"number": 1, "drop": "1"})
    assert house.now().logo == ""
    assert house.logo() is None
    assert Logo.objects.count() == 1
    assert "<img" not in Client().get("/accounts/login/").content.decode()


def test_a_digest_nobody_knows_is_no_picture():
    for digest in ("0" * 64, "logo", "..", "a" * 63):
        assert Client().get(f"/clinic/logo/{digest}.png").status_code == 404


def test_papers_carry_the_logo_and_ask_nobody_else_for_it(client):
    plain = pdf.OwnFiles()
    with pytest.raises(pdf.ForeignAddress):
        plain.fetch(pdf.LOGO)
    put(client, an_image())
    assert pdf.OwnFiles().fetch(pdf.LOGO).read() == house.logo()
    for foreign in ("https://example.org/logo.png", "file:///etc/passwd", "https://static.invalid/clinic"):
        with pytest.raises(pdf.ForeignAddress):
            pdf.OwnFiles().fetch(foreign)


def test_nobody_else_may_put_one():
    for role in (Role.DIRECTOR, Role.DOCTOR, Role.FRONT_DESK, Role.PATIENT):
        other = Client()
        other.force_login(a_user(role))
        assert put(other, an_image()).status_code == 404
    assert not Logo.objects.exists()
