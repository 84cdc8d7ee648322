"""Setting the second step up, replacing it, switching it off; recovery codes that are shown once."""

import base64
import re
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from tests.webapp.people import PASSWORD, TOTP_SECRET, a_user, code_of
from webapp.accounts import demo_code, enrolling, factors, security_views, services
from webapp.accounts.models import CodeChannel, SentCode, Session
from webapp.audit.models import Entry
from webapp.base.roles import READ_OF_OTHERS, Role
from webapp.outbox.models import Message

pytestmark = pytest.mark.django_db
SET_UP, CODES = "/accounts/second-step/set-up/", "/accounts/recovery-codes/"
MAIL, SMS = SET_UP + "mail/", SET_UP + "sms/"
ADDRESS = "elena.vidal@example.org"


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


def without_one(*roles, **values):
    user = a_user(*roles, **values)
    Authenticator.objects.filter(user=user).delete()
    return user


def confirmed(client):
    client.post("/accounts/confirm/", {"secret": PASSWORD})
    return client


def secret_on(page):
    return re.search(r'id="secret">([A-Z2-7 ]+)<', page.content.decode()).group(1).replace(" ", "")


def text_of(page):
    return page.content.decode()


def told(user):
    return list(Entry.objects.filter(object_id=str(user.pk)).values_list("verb", flat=True))


def test_a_new_doctor_sets_it_up_on_the_way_in_and_lands_on_the_page_asked_for(client):
    user = without_one(Role.DOCTOR, email=ADDRESS)
    client.post(reverse("account_login"), {"login": ADDRESS, "password": PASSWORD})
    way = client.get("/accounts/hat/").url
    page = client.get(way)
    assert page.status_code == 200
    answer = client.post(SET_UP, {"code": code_of(secret_on(page)), "next": "/accounts/hat/"})
    assert answer.url == CODES + "?next=%2Faccounts%2Fhat%2F"
    shown = client.get(answer.url)
    assert 'href="/accounts/hat/"' in text_of(shown)
    assert len(set(re.findall(r"<li>(\d{4} \d{4})</li>", text_of(shown)))) == 10
    assert client.get("/accounts/hat/").status_code == 200
    assert "user.second_factor_set" in told(user)
    assert Message.objects.get(template="security_notice").address == ADDRESS


def test_a_wrong_code_changes_nothing_and_the_picture_stays_the_same(client):
    user = without_one(Role.PATIENT)
    client.force_login(user)
    confirmed(client)
    first = secret_on(client.get(SET_UP))
    refused = client.post(SET_UP, {"code": "000000"})
    assert refused.status_code == 422
    assert secret_on(refused) == first
    assert factors.kind_of(user) == ""


def test_the_code_that_set_it_up_does_not_open_the_door_as_well(client):
    user = without_one(Role.PATIENT, email=ADDRESS)
    client.force_login(user)
    confirmed(client)
    code = code_of(secret_on(client.get(SET_UP)))
    client.post(SET_UP, {"code": code})
    other = Client()
    other.post(reverse("account_login"), {"login": ADDRESS, "password": PASSWORD})
    assert other.post("/accounts/second-step/", {"code": code}).status_code == 422


def test_the_picture_is_an_svg_without_styles_and_holds_clinic_person_and_secret(client, monkeypatch):
    user = without_one(Role.PATIENT, email=ADDRESS)
    client.force_login(user)
    page = text_of(confirmed(client).get(SET_UP))
    [encoded] = re.findall(r'src="data:image/svg\+xml;base64,([^"]+)"', page)
    svg = base64.b64decode(encoded).decode()
    assert "<svg" in svg
    assert "style" not in svg
    assert not re.search(r'\sstyle="|\son\w+="|<script>', page)
    address = security_views.mfa.Adapter().build_totp_url(user, "ABC")
    assert address.startswith("otpauth://totp/elena.vidal%40example.org?secret=ABC&issuer=Cl%C3%ADnica")


def test_the_secret_on_offer_stands_sealed_in_the_session(client):
    client.force_login(without_one(Role.PATIENT))
    secret = secret_on(confirmed(client).get(SET_UP))
    assert secret not in str([row.get_decoded() for row in Session.objects.all()])


def test_who_has_one_or_came_long_ago_confirms_first(client):
    client.force_login(a_user(Role.DOCTOR))
    assert client.get(SET_UP).url.startswith("/accounts/confirm/?next=")
    patient = Client()
    patient.force_login(without_one(Role.PATIENT))
    for page in (SET_UP, MAIL, SMS):
        assert patient.get(page).url.startswith("/accounts/confirm/?next=")
        assert patient.post(page, {"code": "000000"}).url.startswith("/accounts/confirm/")


def test_replacing_it_ends_the_old_one_its_recovery_codes_and_every_other_session(client):
    user = a_user(Role.DOCTOR, email=ADDRESS)
    old = enrolling.RecoveryCodes.activate(user).generate_codes()
    elsewhere = Client()
    elsewhere.force_login(user)
    client.force_login(user)
    new = secret_on(confirmed(client).get(SET_UP))
    client.post(SET_UP, {"code": code_of(new)})
    assert client.get("/accounts/hat/").status_code == 200
    assert elsewhere.get("/accounts/hat/").status_code == 302
    assert not factors.take(user=user, code=code_of(TOTP_SECRET))
    assert not factors.take(user=user, code=old[0])
    assert factors.take(user=user, code=code_of(new, 1)) == "app"


def test_codes_by_mail_need_the_code_that_was_mailed(client):
    user = without_one(Role.DIETITIAN, email=ADDRESS)
    client.force_login(user)
    confirmed(client)
    assert Message.objects.count() == 0
    assert 'name="code"' in text_of(client.post(MAIL))
    code = Message.objects.get(template="sign_in_code").link
    wrong = client.post(MAIL, {"code": "000000"})
    assert wrong.status_code == 422
    assert factors.kind_of(user) == ""
    assert client.post(MAIL, {"code": code}).url.startswith(CODES)
    assert factors.kind_of(user) == "email"
    assert client.get("/accounts/hat/").status_code == 200


def test_codes_by_sms_go_to_the_number_typed_which_is_kept_sealed(client):
    user = without_one(Role.DIETITIAN)
    client.force_login(user)
    confirmed(client)
    for wrong in ("", "12", "not a number", "+0034600", "1" * 40):
        assert client.post(SMS, {"number": wrong}).status_code == 422
    client.post(SMS, {"number": "600 11-22 33"})
    letter = Message.objects.get(template="sign_in_code")
    assert (letter.channel, letter.address) == ("sms", "+34600112233")
    assert "600112233" not in str([row.get_decoded() for row in Session.objects.all()])
    client.post(SMS, {"code": letter.link})
    assert CodeChannel.objects.get(user=user).number == "+34600112233"


def test_a_code_sent_to_the_mail_does_not_prove_a_telephone(client):
    client.force_login(without_one(Role.PATIENT))
    confirmed(client).post(MAIL)
    code = Message.objects.get(template="sign_in_code").link
    SentCode.objects.update(sent_at=timezone.now() - timedelta(seconds=61))
    client.post(SMS, {"number": "+34600112233"})
    assert client.post(SMS, {"code": code}).status_code == 422
    assert not CodeChannel.objects.exists()


def test_without_a_carrier_of_sms_nobody_is_offered_any(client, settings):
    settings.OUTBOX_CHANNELS = {**settings.OUTBOX_CHANNELS, "sms": ""}
    client.force_login(without_one(Role.PATIENT))
    assert "sms" not in text_of(confirmed(client).get(SET_UP))
    assert client.get(SMS).url.startswith(SET_UP)


# --- switching it off


def test_a_patient_switches_it_off_after_confirming(client):
    user = a_user(Role.PATIENT)
    enrolling.set_app(user=user, secret=TOTP_SECRET, code=code_of(TOTP_SECRET), session_key=None)
    client.force_login(user)
    assert client.post("/accounts/second-step/remove/").url.startswith("/accounts/confirm/")
    assert factors.kind_of(user) == "app"
    confirmed(client).post("/accounts/second-step/remove/")
    assert factors.kind_of(user) == ""
    assert factors.codes_left(user) is None
    assert "user.second_factor_removed" in told(user)


@pytest.mark.parametrize("role", sorted(READ_OF_OTHERS))
def test_staff_and_specialists_can_replace_it_only(client, role):
    user = a_user(role)
    client.force_login(user)
    assert "second-step/remove" not in text_of(client.get("/accounts/security/"))
    refused = confirmed(client).post("/accounts/second-step/remove/")
    assert refused.status_code == 422
    assert factors.kind_of(user) == "app"
    with translation.override("en"), pytest.raises(services.AccountError, match="needs a second step"):
        enrolling.remove(user=user)


def test_an_administrator_takes_it_away_from_who_lost_it_and_that_is_written_down(client):
    user, boss = a_user(Role.DOCTOR), a_user(Role.ADMINISTRATOR)
    client.force_login(user)
    enrolling.reset(user=user, actor=boss)
    assert client.get("/accounts/hat/").status_code == 302
    assert Entry.objects.get(verb="user.second_factor_reset").actor_id == boss.pk


# --- recovery codes


def test_recovery_codes_are_shown_once_after_making_them_and_can_be_printed_and_saved(client):
    user = a_user(Role.PATIENT)
    enrolling.set_app(user=user, secret=TOTP_SECRET, code=code_of(TOTP_SECRET), session_key=None)
    client.force_login(user)
    assert not re.search(r"<li>\d{4} \d{4}</li>", text_of(client.get(CODES)))
    page = text_of(confirmed(client).post(CODES, follow=True))
    codes = re.findall(r"<li>(\d{4} \d{4})</li>", page)
    assert len(set(codes)) == 10
    assert "data-print" in page
    assert f'href="data:text/plain;charset=utf-8,{codes[0].replace(" ", "%20")}%0A' in page
    again = text_of(client.get(CODES))
    assert not any(code in again for code in codes)
    assert factors.take(user=user, code=codes[3]) == "recovery"


def test_new_ones_need_a_confirmation_and_void_the_old(client):
    user = a_user(Role.PATIENT)
    enrolling.set_app(user=user, secret=TOTP_SECRET, code=code_of(TOTP_SECRET), session_key=None)
    old = enrolling.show_codes(user=user)
    client.force_login(user)
    assert client.post(CODES).url.startswith("/accounts/confirm/")
    confirmed(client).post(CODES)
    assert not factors.take(user=user, code=old[0])
    assert set(enrolling.show_codes(user=user)).isdisjoint(old)
    assert "user.recovery_codes_renewed" in told(user)


def test_nobody_has_any_without_a_second_step(client):
    client.force_login(without_one(Role.PATIENT))
    assert not re.search(r"\d{4} \d{4}", text_of(client.get(CODES)))
    assert confirmed(client).post(CODES).url == SET_UP


def test_recovery_codes_stand_sealed_in_their_table():
    user = a_user(Role.PATIENT)
    enrolling.set_app(user=user, secret=TOTP_SECRET, code=code_of(TOTP_SECRET), session_key=None)
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert not any(code in kept for code in enrolling.show_codes(user=user))
    assert kept.count("sealed:") == 2


# --- the demo


def test_the_demo_shows_its_own_code_and_never_anybody_elses(client, settings):
    settings.DEMO_CODES = True
    user, other = without_one(Role.DOCTOR, email=ADDRESS), a_user(Role.DOCTOR)
    demo_code.give(user)
    demo_code.give(other)
    assert demo_code.now_of(other) is None
    client.post(reverse("account_login"), {"login": ADDRESS, "password": PASSWORD})
    for _twice in range(2):
        shown = demo_code.now_of(user)
        assert f'data-demo-code="{shown}"' in text_of(client.get("/accounts/second-step/"))
        assert factors.take_totp(user=user, code=shown)
    assert demo_code.now_of(user) == ""
    assert "data-demo-code" not in text_of(client.get("/accounts/second-step/"))


def test_outside_the_demo_no_code_is_shown_or_given_and_production_takes_none_of_its_secret(settings):
    user = without_one(Role.DOCTOR)
    demo_code.give(user)
    assert factors.kind_of(user) == ""
    settings.DEMO_CODES = True
    demo_code.give(user)
    settings.DEMO_CODES = False
    assert demo_code.now_of(user) is None
    settings.PRODUCTION = True
    assert not factors.take_totp(user=user, code=code_of(factors.DEMO_SECRET))
    settings.PRODUCTION = False
    assert factors.take_totp(user=user, code=code_of(factors.DEMO_SECRET))


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("path", [SET_UP, MAIL, SMS, CODES, "/accounts/security/"])
def test_the_pages_speak_both_languages_and_carry_no_inline_style_or_script(client, language, path):
    client.force_login(a_user(Role.PATIENT, language=language))
    page = text_of(confirmed(client).get(path))
    assert f'<html lang="{language}"' in page
    assert not re.search(r'\sstyle="|\son\w+="|<script>', page)
