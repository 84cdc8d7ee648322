"""The administrator changes what the clinic says of itself: seen on the next page, and nobody's change is lost."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import ProgrammingError, connection, connections, transaction
from django.test import Client
from django.urls import reverse

from tests.webapp.outbox.factories import queued
from tests.webapp.people import a_patient_with_login, a_user
from webapp.accounts.passwords import NotGuessable
from webapp.audit.models import Entry
from webapp.base import house
from webapp.base.roles import Role
from webapp.clinic import selectors, services
from webapp.clinic.models import Edition
from webapp.outbox import hours
from webapp.outbox.letters import letter_of

pytestmark = pytest.mark.django_db
PAGE = "/clinic/"
IDENTITY = {
    "name_es": "Clínica del Río", "name_en": "River Clinic", "signature": "Río", "address": "Calle Mayor 1, Madrid",
    "phone": "+34 910 000 000", "emergency": "112",
}  # fmt: skip
TIMES = {
    "quiet_from": 21, "quiet_until": 9, "remind_diary_after": 5, "remind_questionnaire_after": 4,
    "remind_before_follow_up": 2, "remind_before_test": 1, "silent_after": 9, "slips_below": 60, "review_after": 6,
    "most_messages": 4,
}  # fmt: skip


@pytest.fixture
def boss():
    return a_user(Role.ADMINISTRATOR, display_name="Berta Ruiz", language="en")


def browser(user):
    client = Client()
    client.force_login(user)
    return client


def send(client, section, number=0, **values):
    return client.post(reverse("clinic:change", args=[section]), {"number": number, **values})


def test_before_anybody_wrote_it_the_settings_are_what_the_clinic_is(boss, settings):
    page = browser(boss).get(PAGE).content.decode()
    assert settings.CLINIC_NAME in page
    assert "Nothing yet" in page
    assert not Edition.objects.exists()


def test_a_new_name_stands_on_the_next_page_in_each_language_and_in_the_book(boss):
    login = Client().get("/accounts/login/").content.decode()
    assert "Clínica del Río" not in login
    assert send(browser(boss), "identity", **IDENTITY).url == PAGE
    assert "Clínica del Río" in Client().get("/accounts/login/").content.decode()
    patient = a_patient_with_login()
    assert "Clínica del Río" in browser(patient.user).get("/portal/more/").content.decode()
    type(patient.user).objects.filter(pk=patient.user_id).update(language="en")
    english = browser(patient.user).get("/portal/more/").content.decode()
    assert "River Clinic" in english
    line = Entry.objects.get(verb="clinic.changed")
    assert line.actor_id == boss.pk
    assert line.detail["section"] == "identity"
    assert "Río" not in str(line.detail)


def test_every_description_is_kept_and_the_page_tells_who_changed_what(boss):
    client = browser(boss)
    send(client, "identity", **IDENTITY)
    send(client, "identity", 1, **{**IDENTITY, "phone": "+34 911 111 111"})
    page = client.get(PAGE).content.decode()
    assert "Berta Ruiz" in page
    assert "<s>+34 910 000 000</s> → +34 911 111 111" in page
    assert list(Edition.objects.values_list("number", "phone")) == [(2, "+34 911 111 111"), (1, "+34 910 000 000")]
    for statement in ("UPDATE clinic_edition SET phone = ''", "DELETE FROM clinic_edition"):
        with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
            connection.cursor().execute(statement)
    assert Edition.objects.count() == 2


def test_saving_what_is_already_so_makes_no_new_description(boss):
    client = browser(boss)
    send(client, "identity", **IDENTITY)
    send(client, "identity", 1, **IDENTITY)
    assert Edition.objects.count() == 1


def test_who_saves_over_a_change_not_seen_is_told_and_keeps_what_was_typed(boss):
    first, second = browser(boss), browser(a_user(Role.ADMINISTRATOR, language="en"))
    send(first, "identity", **IDENTITY)
    late = send(second, "identity", **{**IDENTITY, "phone": "915 555 555"})
    assert late.status_code == 422
    page = late.content.decode()
    assert "Somebody else has changed this part" in page
    assert 'value="915 555 555"' in page
    assert house.now().phone == "+34 910 000 000"
    assert send(second, "identity", 1, **{**IDENTITY, "phone": "915 555 555"}).status_code == 302
    assert house.now().phone == "915 555 555"


def test_another_part_changed_meanwhile_is_no_reason_to_refuse(boss):
    client = browser(boss)
    send(client, "identity", **IDENTITY)
    assert send(client, "reminders", 0, **TIMES).status_code == 302
    now = house.now()
    assert (now.names["es"], now.quiet_hours, now.remind_diary_after) == ("Clínica del Río", (21, 9), 5)


@pytest.mark.django_db(transaction=True)
def test_of_two_at_the_same_moment_one_is_told():
    keepers = [a_user(Role.ADMINISTRATOR) for _ in range(2)]

    def save(keeper):
        try:
            values = {**IDENTITY, "address": keeper.email}
            return bool(services.change(section="identity", values=values, shown=0, actor=keeper))
        except services.ClinicError:
            return False
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(save, keepers)) == [False, True]
    assert Edition.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name_es", ""), ("name_en", " "), ("emergency", "ciento doce"), ("emergency", ""), ("phone", "llámenos"),
        ("signature", "Clínica Digestiva"), ("signature", "Hospital"), ("name_es", "x" * 81),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_at_its_field_and_changes_nothing(boss, field, value):
    answer = send(browser(boss), "identity", **{**IDENTITY, field: value})
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert not Edition.objects.exists()


@pytest.mark.parametrize(("field", "value"), [("quiet_from", 24), ("remind_diary_after", 0), ("quiet_until", "x")])
def test_times_that_no_clock_knows_are_refused(boss, field, value):
    assert send(browser(boss), "reminders", **{**TIMES, field: value}).status_code == 422


def test_the_quiet_hours_hold_for_the_next_message(boss):
    evening = datetime(2026, 11, 23, 21, 30, tzinfo=ZoneInfo("Europe/Madrid"))
    assert not hours.is_quiet(evening)
    send(browser(boss), "reminders", **TIMES)
    assert hours.is_quiet(evening)
    assert hours.next_allowed(evening) == evening.replace(hour=9, minute=0) + timedelta(days=1)


def test_a_mail_is_signed_with_the_name_for_messages_and_never_with_the_clinics(boss):
    send(browser(boss), "identity", **IDENTITY)
    letter = letter_of(queued())
    assert "\nRío\n" in letter.text
    assert "<p>Río<br>" in letter.html
    assert "Clínica" not in letter.text + letter.html + letter.subject


def test_a_password_made_of_the_new_name_is_refused(boss):
    send(browser(boss), "identity", **{**IDENTITY, "name_en": "Wirrewarre Clinic"})
    with pytest.raises(Exception, match=r"adivin|guess"):
        NotGuessable().validate("wirrewarre clinic")


def test_specialties_and_stages_are_lines_in_both_languages(boss):
    client = browser(boss)
    text = "Digestivo | Digestive diseases\n\n Nutrición|Nutrition "
    assert send(client, "lists", specialties=text, stages="Contacto | Lead").status_code == 302
    assert house.now().specialties == (
        {"es": "Digestivo", "en": "Digestive diseases"},
        {"es": "Nutrición", "en": "Nutrition"},
    )
    assert "Digestivo | Digestive diseases\nNutrición | Nutrition" in client.get(PAGE).content.decode()
    for wrong in ("Digestivo", "| Digestive", "a | b | c", "Uno | One\nuno | Two"):
        assert send(client, "lists", 1, specialties=wrong, stages="").status_code == 422
    assert len(house.now().specialties) == 2


def an_answer(number, place, word, **more):
    said = {"place": place, "question_es": f"¿{word}?", "answer_es": word, "question_en": f"{word}?", "answer_en": word}
    return {f"q{number}-{name}": value for name, value in (said | more).items()}


def test_questions_stand_in_the_portal_in_the_order_given_and_go_when_marked(boss):
    client, patient = browser(boss), a_patient_with_login()
    assert "Pregunte en recepción" in browser(patient.user).get("/clinic/questions/").content.decode()
    send(client, "faq", **an_answer(0, 2, "Segunda"), **an_answer(1, 1, "Primera"), **{"q2-place": 3})
    page = browser(patient.user).get("/clinic/questions/").content.decode()
    assert page.index("¿Primera?") < page.index("¿Segunda?")
    send(client, "faq", 1, **an_answer(0, 1, "Primera", drop="on"), **an_answer(1, 2, "Segunda <b>x</b>"))
    page = browser(patient.user).get("/clinic/questions/").content.decode()
    assert "¿Primera?" not in page
    assert "&lt;b&gt;" in page


def test_a_question_without_its_answer_in_both_languages_is_refused_and_kept_on_the_page(boss):
    answer = send(browser(boss), "faq", **an_answer(0, 1, "Café", answer_en=""))
    assert answer.status_code == 422
    assert "¿Café?" in answer.content.decode()
    assert not Edition.objects.exists()


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_nobody_but_the_administrator_opens_or_changes_it(role):
    client = browser(a_user(role))
    assert client.get(PAGE).status_code == 404
    assert send(client, "identity", **IDENTITY).status_code == 404
    with pytest.raises(services.ClinicError):
        services.change(section="identity", values=IDENTITY, shown=0, actor=a_user(role))
    assert not Edition.objects.exists()


def test_there_is_no_other_part_of_the_page(boss):
    assert send(browser(boss), "logo_id", logo_id=3).status_code in (404, 302)
    assert send(browser(boss), "nothing").status_code == 404
    assert selectors.current().number == 0


def test_a_page_reads_the_clinic_once(boss, django_assert_num_queries):
    send(browser(boss), "identity", **IDENTITY)
    with house.read_once(), django_assert_num_queries(1):
        assert [house.now().names["es"] for _ in range(3)] == ["Clínica del Río"] * 3


def test_the_history_of_many_changes_is_read_a_page_at_a_time(boss, django_assert_max_num_queries):
    for n in range(25):
        services.change(section="identity", values={**IDENTITY, "address": f"Calle {n}"}, shown=n, actor=boss)
    client = browser(boss)
    with django_assert_max_num_queries(16):
        page = client.get(PAGE).content.decode()
    assert "Calle 24" in page
    assert "Calle 3" not in page
    assert "Calle 3" in client.get(PAGE, {"page": 3}).content.decode()
