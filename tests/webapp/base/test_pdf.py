"""PDFs: our words and fonts in them, and no address asked for outside our own static files."""

from io import BytesIO

import pytest
from django.template.loader import render_to_string
from pypdf import PdfReader

from webapp.base import pdf

pytestmark = pytest.mark.django_db  # the clinic's name stands on every paper
PAGE = """<!doctype html><html lang="es"><head><meta charset="utf-8"><title>Plan</title>
<link rel="stylesheet" href="/static/base/pdf.css"></head><body>{}</body></html>"""


@pytest.fixture
def paper(monkeypatch):
    """Make a PDF of words, past the loading of a template."""

    def made(body):
        monkeypatch.setattr(pdf, "render_to_string", lambda _template, _context: PAGE.format(body))
        return pdf.render("any.html", {}, "es")

    return made


def words(made):
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(made)).pages)


def test_the_template_is_the_loader_s_own():
    assert pdf.render_to_string is render_to_string


def test_a_page_becomes_a_pdf_with_its_words_language_and_title(paper):
    made = paper("<h1>Tómelo 14 días: 75&nbsp;µg</h1>")
    reader = PdfReader(BytesIO(made))
    assert made.startswith(b"%PDF-")
    assert "Tómelo 14 días: 75\u00a0µg" in words(made).replace(" µg", "\u00a0µg")
    assert (reader.metadata.title, reader.trailer["/Root"]["/Lang"]) == ("Plan", "es")
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]


def test_fonts_come_out_of_our_static_files(paper):
    fonts = PdfReader(BytesIO(paper("<p>Sí</p>"))).pages[0]["/Resources"]["/Font"]
    assert any("Pauta-Latin" in font.get_object()["/BaseFont"] for font in fonts.values())


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/pixel.png",
        "http://127.0.0.1:8000/static/base/pdf.css",
        "//example.org/static/base/pdf.css",
        "file:///etc/passwd",
        "data:image/png;base64,iVBORw0KGgo=",
        "/accounts/login/",
        "/static/../settings.py",
        "/static/%2e%2e/%2e%2e/settings.py",
        "/static//etc/passwd",
        "/static/",
    ],
)
def test_nothing_but_a_static_file_is_ever_read(paper, address):
    with pytest.raises(pdf.ForeignAddress):
        paper(f'<img src="{address}" alt="">')


def test_a_style_that_reaches_elsewhere_is_refused_too(paper):
    with pytest.raises(pdf.ForeignAddress):
        paper('<p style="background: url(https://example.org/x.png)">x</p>')


def test_a_file_of_ours_that_was_not_built_is_left_out_and_told(paper, caplog):
    assert "Sí" in words(paper('<p>Sí</p><img src="/static/nothing-of-this-name.png" alt="">'))
    assert "nothing-of-this-name.png: run make assets" in caplog.text


def test_without_the_built_fonts_a_paper_is_still_made(paper, monkeypatch, caplog):
    find = pdf.finders.find
    monkeypatch.setattr(pdf.finders, "find", lambda name: None if "dist/" in name else find(name))
    assert "Tómelo 14 días" in words(paper("<p>Tómelo 14 días</p>"))
    assert "source-sans-3-latin-wght-normal.woff2" in caplog.text
