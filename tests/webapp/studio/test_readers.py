"""A protocol for whoever reads no YAML: every part in words on one page, the same on paper, and for nobody else."""

import html
import io
import re
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from rules import approving, drafting, examining
from rules import selectors as shelf
from rules.models import Opened, Version
from rules.services import Author
from tests.rules.texts import PROTOCOL
from tests.webapp.intake.factories import a_respondent, a_shelf, signed_in
from tests.webapp.people import a_user
from webapp.audit.models import Entry

pytestmark = pytest.mark.django_db
PATH = "protocols/reflux/1.0.0.yaml"
WITH_TABLE = PROTOCOL.replace(
    "rules:\n",
    """parameters:
  often:
    value: 2
    range: [1, 7]
    source: book
define:
  suffers:
    title: {es: Sufre, en: Suffers}
    expression: heartburn_days >= often
tables:
  burning:
    title: {es: Cuánto arde, en: How much it burns}
    inputs:
      days: heartburn_days
      bleeds: gi_bleeding
      who: sex
    hit: first
    rows:
      red: {when: {bleeds: yes}, then: much}
      strong: {when: {days: ">= 5", who: female}, then: much}
      weak: {when: {days: "< 5", bleeds: no}, then: little}
    otherwise: unclear
rules:
""",
    1,
).replace("when: heartburn_days >= 2", "when: suffers and burning = much", 1)


def words(page):
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode())))


@pytest.fixture
def director(client):
    return signed_in(client, a_user("director"))


@pytest.fixture
def version():
    a_shelf(**{PATH: WITH_TABLE})
    return shelf.version("protocol", "reflux")


def read(browser, version):
    page = browser.get(reverse("studio:read", args=[version.pk]))
    assert page.status_code == 200
    return page


def pages_of(answer):
    return [page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages]


def test_the_head_names_version_digests_dates_and_what_is_to_be_reviewed(director, version):
    page = words(read(director, version))
    assert f"Huella del texto {version.sha256}" in page
    assert f"Huella del conjunto {shelf.current_release().digest}" in page
    assert "Revisar antes de 1 ene 2030" in page
    assert "Pasajes por revisar 1" in page


def test_every_rule_stands_as_a_sentence_in_its_section_red_flags_first(director, version):
    page = words(read(director, version))
    flags, advice = page.index("Banderas rojas bleeding"), page.index("Consejos y seguimiento small meals")
    assert flags < advice
    rule = page[advice : page.index("Tablas de decisión", advice)]
    for said in (
        "Si Sufre y Cuánto arde = much",
        "Comidas pequeñas",
        "Ardor frecuente",
        "Evidencia: fuerte",
        "Fuente: book",
    ):
        assert said in rule
    assert "Hemorragia posible" in page[flags:advice]


def test_a_decision_table_has_its_columns_and_cells_in_words(director, version):
    page = read(director, version).content.decode()
    table = page[page.index("Cuánto arde</a></h3>") : page.index("Definiciones</h2>")]
    assert re.findall(r'<th scope="col">(.*?)</th>', table) == [
        "Fila", "Días con ardor", "Hemorragia", "Sexo", "Entonces",
    ]  # fmt: skip
    cells = [re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row) for row in re.findall(r"<tr>(.*?)</tr>", table)[1:]]
    plain = [[html.unescape(re.sub(r"<[^>]+>", "", cell)) for cell in row] for row in cells]
    assert plain == [
        ["red", "cualquiera", "sí", "cualquiera", "much"],
        ["strong", "≥ 5", "cualquiera", "Mujer", "much"],
        ["weak", "< 5", "no", "cualquiera", "little"],
        ["si no", "", "", "", "unclear"],
    ]
    assert "Vale la primera fila que se cumple." in page


def test_definitions_parameters_and_sources_are_told(director, version):
    page = words(read(director, version))
    assert "Sufre Días con ardor ≥ 2 (often)" in page
    assert re.search(r"often +2 +1 – 7 +book", page)
    assert "A book about reflux, 2024." in page


def test_a_test_is_told_with_what_is_given_expected_and_found(director, version):
    page = words(read(director, version))
    row = page[page.index("frequent heartburn gets advice") :]
    row = row[: row.index("bleeding is an emergency")]
    for said in ("pasada", "Edad: 40 años", "Sexo: Mujer", "Hemorragia: no", "en el plan: Comidas pequeñas"):
        assert said in row
    assert re.search(r"no en el plan: +Hemorragia posible", row)


def test_who_reads_english_reads_english(client, version):
    browser = signed_in(client, a_user("director", language="en"))
    page = words(browser.get(reverse("studio:read", args=[version.pk]), headers={"Accept-Language": "en"}))
    for said in ("Red flags", "Decision tables", "Days with heartburn", "Age: 40 years", "Digest of the set", "passed"):
        assert said in page
    assert "Huella" not in page


def test_the_change_log_names_who_why_and_the_digest_of_every_version(director, version):
    author, other = Author("1", "Dra. Salas"), Author("2", "Dr. Prieto")
    draft = drafting.begin(version, author)
    text = drafting.newest_of(draft).text.replace("Ardor frecuente", "Ardor diario")
    revision = drafting.save(draft_id=draft.pk, text=text, shown=1, author=author)
    texts = {revision.path: revision.text}
    examining.run(examining.begin(texts), texts)
    proposal = approving.submit(
        draft_id=draft.pk, shown=revision.number, reason="Llega a diario", evidence="", urgent=False, author=author
    )
    for what in Opened.What.values:
        approving.opened(submission_id=proposal.pk, what=what, user_id=other.id)
    approving.approve(submission_id=proposal.pk, author=other, comment="", effective_from=None)
    newer = Version.objects.get(version="1.1.0")
    page = words(read(director, newer))
    log = page[page.index("Historial de cambios", page.index("Fuentes")) :]
    first, second = log.index("1.1.0"), log.index("1.0.0")
    assert "Dra. Salas" in log[first:second]
    assert "Llega a diario" in log[first:second]
    assert newer.sha256 in log[first:second]
    assert "no se dio motivo" in log[second:]
    assert version.sha256 in log[second:]
    assert "Ardor frecuente" in words(read(director, version))  # the older one as it was


# --- the picture


def the_graph(page):
    text = page.content.decode()
    drawn = text[text.index('<svg class="graph"') : text.index("</svg>", text.index('<svg class="graph"')) + 6]
    return ElementTree.fromstring(drawn)  # noqa: S314 our own page


def test_the_picture_joins_facts_definitions_rules_and_items_and_leads_to_the_lines(director, version):
    svg = the_graph(read(director, version))
    assert svg[0].text == "Qué se apoya en qué: Reflujo"
    assert "3 datos" in svg[1].text
    links = {one.find("g/title").text.rpartition(" (")[0]: one.get("href") for one in svg.iter("a")}
    assert {"Días con ardor", "Sufre", "Cuánto arde", "small meals", "Comidas pequeñas", "Hemorragia posible"} <= set(
        links
    )
    lines = WITH_TABLE.splitlines()
    assert "suffers:" in lines[int(links["Sufre"].rpartition("#L")[2]) - 2]
    assert "small_meals:" in lines[int(links["small meals"].rpartition("#L")[2]) - 2]
    assert len(svg.findall("g/path")) == 9


def test_no_box_of_the_picture_lies_on_another(director, version):
    svg = the_graph(read(director, version))
    places = [(int(one.get("x")), int(one.get("y"))) for one in svg.iter("rect")]
    width, height = map(int, svg.get("viewBox").split()[2:])
    for x, y in places:
        assert x + 250 <= width
        assert y + 22 <= height
        assert not [other for other in places if other[0] == x and 0 < other[1] - y < 24]
    assert len(set(places)) == len(places)


def test_the_list_says_what_the_picture_shows(director, version):
    page = words(read(director, version))
    assert re.search(r"small meals · lee: +Sufre; Cuánto arde · aporta: +Comidas pequeñas", page)
    assert re.search(r"bleeding · lee: +Hemorragia · aporta: +Hemorragia posible", page)


# --- on paper


def test_the_paper_carries_the_exact_digest_on_every_page_and_lines_for_two_signatures(director, version):
    answer = director.get(reverse("studio:paper", args=[version.pk]))
    assert answer["Content-Type"] == "application/pdf"
    assert "reflux-1.0.0.pdf" in answer["Content-Disposition"]
    pages = pages_of(answer)
    assert len(pages) > 1
    assert [number for number, text in enumerate(pages) if version.sha256 not in re.sub(r"\s", "", text)] == []
    whole = re.sub(r"\s+", " ", " ".join(pages))
    for said in ("Leído y aprobado", "Firma", "Cuánto arde", "Comidas pequeñas", "pasada", "Qué se apoya en qué"):
        assert said in whole
    assert shelf.current_release().digest in re.sub(r"\s", "", whole)


def test_who_printed_which_version_is_kept(director, version):
    director.get(reverse("studio:paper", args=[version.pk]))
    entry = Entry.objects.get(verb="protocol.printed")
    assert (entry.object_type, entry.object_id) == ("version", str(version.pk))


# --- other files, and who may not


def test_a_file_without_rules_tells_its_head_and_where_its_text_is(director):
    a_shelf()
    for one in Version.objects.all():
        page = words(read(director, one))
        assert one.sha256 in page
        assert director.get(reverse("studio:paper", args=[one.pk])).status_code == 200
    assert "no tiene reglas propias" in words(read(director, shelf.published("vocabulary").get()))


def test_a_draft_of_the_folder_says_that_it_was_never_in_force(director):
    a_shelf(**{"protocols/reflux/1.2.0.yaml": PROTOCOL.replace("version: 1.0.0", "version: 1.2.0\nstatus: draft")})
    page = words(read(director, Version.objects.get(version="1.2.0")))
    assert "nunca ha estado en vigor" in page
    assert "en ningún conjunto" in page


def test_a_review_date_that_passed_is_said(director):
    a_shelf(**{PATH: PROTOCOL.replace("2030-01-01", str(timezone.localdate() - timedelta(days=1)))})
    assert "(pasada)" in words(read(director, shelf.version("protocol", "reflux")))


@pytest.mark.parametrize("role", ["front_desk", "marketing", "billing", "administrator", "ambassador"])
def test_who_may_not_read_protocols_finds_nothing(client, role, version):
    browser = signed_in(client, a_user(role))
    for name in ("studio:read", "studio:paper"):
        assert browser.get(reverse(name, args=[version.pk])).status_code == 404


def test_a_patient_and_a_number_of_nothing_find_nothing(client, director, version):
    assert director.get(reverse("studio:read", args=[999_999])).status_code == 404
    assert director.get(reverse("studio:paper", args=[999_999])).status_code == 404
    assert signed_in(client, a_respondent().user).get(reverse("studio:read", args=[version.pk])).status_code == 404
