"""Two at once, on two connections: one share of two clicks, one end of two, none that outlives a withdrawn consent."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from tests.webapp.sharing.shares import a_share, a_sharer, a_specialist, client_of, page_of, today
from webapp.audit.models import Entry
from webapp.patients import services as patients
from webapp.sharing import selectors, services
from webapp.sharing.models import Share

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*deeds: Callable[[], Any]) -> list[Any]:
    """Do these at one moment; return what each got, "refused" for a ShareError."""
    ready = Barrier(len(deeds))

    def once(deed: Callable[[], Any]) -> Any:
        ready.wait(timeout=10)
        try:
            return deed()
        except services.ShareError:
            return "refused"
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(once, deeds))


def test_of_two_clicks_one_shares_and_one_takes_back():
    marina, uria = a_sharer(), a_specialist()
    opened = at_once(*[lambda: a_share(marina, uria)] * 2)
    assert sorted(got == "refused" for got in opened) == [False, True]
    share = Share.objects.get()
    back = at_once(*[lambda: services.take_back(share=share, actor=marina.user)] * 2)
    assert sorted(back) == [False, True]
    assert Entry.objects.filter(verb="shared.taken_back").count() == 1


def test_what_is_opened_in_the_moment_in_which_the_consent_is_withdrawn_is_not_open():
    marina, uria = a_sharer(), a_specialist()
    withdrawal = {"patient": marina, "purpose": "treatment", "channel": "desk", "actor": None}
    at_once(lambda: a_share(marina, uria), lambda: patients.withdraw_consent(**withdrawal))
    assert not selectors.open_on(today()).exists()


def test_whoever_reads_while_it_is_taken_back_reads_that_page_or_none_and_no_further_one():
    marina, uria = a_sharer(), a_specialist()
    share, reader = a_share(marina, uria), client_of(uria)
    read, _back = at_once(
        lambda: reader.get(page_of(share, "history")).status_code,
        lambda: services.take_back(share=share, actor=marina.user),
    )
    assert read in (200, 404)
    assert selectors.looks_through(marina.pk, share.pk).count() == (1 if read == 200 else 0)
    assert reader.get(page_of(share, "history")).status_code == 404
