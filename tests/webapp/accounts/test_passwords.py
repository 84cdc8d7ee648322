"""Passwords that others would guess are refused with a way out; long ones that mean nothing to others are not."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import translation

from tests.webapp.people import PASSWORD, a_user
from webapp.accounts.models import User
from webapp.base.roles import Role

pytestmark = pytest.mark.django_db
COMMON = ["password123", "1q2w3e4r5t6y", "qwertyuiop12", "iloveyou1234", "P@ssw0rd1234", "Passw0rd2024!",
          "aaaaaaaaaaaa", "abcdefghijkl", "1234567890", "barcelona2024", "realmadrid1902"]  # fmt: skip
SPANISH = ["contraseña123", "clinica2026", "hola1234567", "teamobebe123", "Hospital2025"]
OWN = ["elenavidal1979", "Vidal.Elena1", "elena.vidal@example.org", "vidalelena99", "e1ena.v1da1"]


@pytest.fixture
def vidal():
    cache.clear()
    return a_user(Role.PATIENT, email="elena.vidal@example.org", display_name="Dra. Elena Vidal")


@pytest.mark.parametrize("password", [*COMMON, *SPANISH, *OWN, "Alameda2026"])
def test_common_stolen_and_own_words_are_refused_however_decorated(vidal, password):
    with pytest.raises(ValidationError):
        validate_password(password, vidal)


@pytest.mark.parametrize(
    "password", ["sol tardío tambor", "Xk9!vTq2#mLp", "gato-lluvia-mesa-azul", "cuatro caballos sin prisa" * 9]
)
def test_words_that_do_not_belong_together_are_accepted(vidal, password):
    validate_password(password, vidal)


def test_somebody_elses_name_is_not_ones_own(vidal):
    other = a_user(Role.PATIENT, email="xq@example.org", display_name="Ximenita Quiroganes")
    with pytest.raises(ValidationError):
        validate_password("ximenita.quiroganes", other)
    validate_password("ximenita.quiroganes", vidal)


@pytest.mark.parametrize(
    "password",
    ["a long horse battery", "naranja tres montañas", "la marina duerme en tres barcos", "yegua roja come tarta"],
)
def test_harmless_words_are_not_taken_for_a_long_name(password):
    """Django's own check refused the first of these: most of its letters occur in the name, in whatever order."""
    validate_password(password, User(display_name="Marina Ortega Rey", email="marina.ortega@example.org"))


@pytest.mark.parametrize(
    "password",
    ["marina ortega rey", "rey ortega marina", "Márina-0rteg@-Rey!", "marinaortegarei", "marina.ortega@example.org",
     "soy marina ortega"],
)  # fmt: skip
def test_the_own_name_is_refused_in_any_order_and_spelling(password):
    with pytest.raises(ValidationError) as refused:
        validate_password(password, User(display_name="Marina Ortega Rey", email="marina.ortega@example.org"))
    assert "password_too_similar" in [one.code for one in refused.value.error_list]


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_refusal_says_what_to_do_and_changes_nothing(client, vidal, language):
    User.objects.filter(pk=vidal.pk).update(language=language)
    client.force_login(vidal)
    words = {"oldpassword": PASSWORD, "password1": "clinica2026", "password2": "clinica2026"}
    page = client.post(reverse("account_change_password"), words).content.decode()
    assert ("Three or four words" in page) == (language == "en")
    assert ("Tres o cuatro palabras" in page) == (language == "es")
    assert User.objects.get(pk=vidal.pk).check_password(PASSWORD)


@pytest.mark.parametrize(("password", "told"), [("vidalelena", "se parece demasiado"), ("1234567890", "numérica")])
def test_every_refusal_is_said_in_spanish_too(vidal, password, told):
    with translation.override("es"), pytest.raises(ValidationError) as refused:
        validate_password(password, vidal)
    assert any(told in message for message in refused.value.messages)
    assert not any("password" in message for message in refused.value.messages)
