"""What a page says on the next one goes by way of the browser, where nobody can read or change it."""

import base64

import pytest
from django.conf import settings
from django.contrib.messages import constants
from django.contrib.messages.storage import default_storage
from django.http import HttpResponse
from django.test import RequestFactory

WORDS = "Warfarina: como máximo 10 mg al día"


def sent(*words):
    """Return the cookie in which these notices leave."""
    request, answer = RequestFactory().get("/"), HttpResponse()
    storage = default_storage(request)
    for each in words:
        storage.add(constants.ERROR, each)
    storage.update(answer)
    return answer.cookies["messages"]


def shown(value):
    request = RequestFactory().get("/")
    request.COOKIES["messages"] = value
    return [str(one) for one in default_storage(request)]


def test_a_notice_comes_back_and_nobody_reads_it_on_the_way():
    cookie = sent(WORDS, "Guardado.")
    token = base64.urlsafe_b64decode(cookie.value.rpartition(":")[2])
    assert b"arfarina" not in token
    assert "arfarina" not in cookie.value
    assert cookie["httponly"]
    assert cookie["samesite"] == settings.SESSION_COOKIE_SAMESITE
    assert shown(cookie.value) == [WORDS, "Guardado."]


@pytest.mark.parametrize("value", ["", "x", "sealed:local:AAAA", '["__json_message", 0, 40, "Llame a este número"]'])
def test_what_is_no_notice_of_ours_is_not_shown(value):
    assert shown(value) == []
    assert shown(sent(WORDS).value[:-6] + "AAAAAA") == []


def test_too_much_for_a_cookie_leaves_the_newest():
    many = [f"{number} {WORDS * 3}" for number in range(60)]
    found = shown(sent(*many).value)
    assert 0 < len(found) < len(many)
    assert found[-1] == many[-1]
