"""No page without a look at it: whoever adds one adds it to what the browser walks, in both languages and widths."""

import html
import re
import time
from collections import defaultdict
from collections.abc import Iterator
from itertools import chain
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import Resolver404, resolve

from tests.browser import test_afterwards as afterwards
from tests.browser import test_live_panel as live
from tests.browser import test_order_pages as orders
from tests.browser import test_other_pages as others
from tests.browser import test_patient_pages as patients
from tests.browser import test_recall_pages as recalls
from tests.browser import test_replay_pages as replays
from tests.browser import test_result_pages as results
from tests.browser import test_sharing_pages as sharing
from tests.browser import test_staff_pages as staff
from tests.browser import test_studio_pages as studio
from tests.browser import test_trials as trials
from tests.browser.conftest import as_the_clinic
from tests.webapp.access.marks import CLINICAL, PERSONAL
from tests.webapp.access.routes import Route, path_to, routes, undone
from tests.webapp.access.test_canary import PAPERS
from tests.webapp.access.walk import LEFT_OUT, lets_in
from tests.webapp.access.world import World
from webapp.accounts.confirming import CONFIRMED
from webapp.base import access
from webapp.base.roles import Role

pytestmark = pytest.mark.django_db
WHO = (None, Role.DOCTOR, Role.PATIENT, Role.ADMINISTRATOR, Role.DIRECTOR, Role.FRONT_DESK, Role.SPECIALIST)
LISTS = (
    *chain.from_iterable(chain.from_iterable(one.values()) for one in (staff.PAGES, orders.STAFF, results.STAFF)),
    *chain.from_iterable(others.STAFF.values()),
    f"{others.DRAFT}preview/",
    *patients.BEFORE,
    *patients.READ,
    *orders.MINE,
    *others.PATIENTS,
    results.MINE,
)
# Pages that a person comes to by pressing something, and the walk that does so.
BY_PRESSING = {
    "intake:group": patients.test_what_a_patient_fills_in_fits_every_phone,
    "intake:check": patients.test_what_a_patient_fills_in_fits_every_phone,
    "intake:thanks": patients.test_what_a_patient_reads_fits_every_phone,
    "portal:answer": patients.test_what_a_patient_reads_fits_every_phone,
    "portal:result": results.test_the_pages_of_results_fit_every_phone,
    "sharing:change": sharing.test_a_patient_shares_sees_who_looked_and_takes_it_back_while_the_specialist_reads,
    "sharing:one": sharing.test_a_patient_shares_sees_who_looked_and_takes_it_back_while_the_specialist_reads,
    "plans:recalled": recalls.test_a_director_recalls_whom_a_rule_treated_and_the_doctor_settles_it,
    "studio:replay": replays.test_a_director_sees_how_many_plans_change_and_makes_one_a_test,
    "studio:try": live.test_the_panel_and_its_pages_are_whole_in_both_languages_and_widths,
    "studio:tests": live.test_the_panel_and_its_pages_are_whole_in_both_languages_and_widths,
    "studio:edges": live.test_the_panel_and_its_pages_are_whole_in_both_languages_and_widths,
    "studio:draft": studio.test_a_director_writes_breaks_mends_and_proposes_a_text,
    "studio:changes": studio.test_a_director_writes_breaks_mends_and_proposes_a_text,
    "studio:proposal": studio.test_another_director_opens_both_differences_and_approves_it_for_a_day,
    "studio:proposal_text": studio.test_another_director_opens_both_differences_and_approves_it_for_a_day,
    "studio:proposal_proved": studio.test_another_director_opens_both_differences_and_approves_it_for_a_day,
    "studio:back": studio.test_taking_back_says_why_and_a_text_that_is_alone_stays,
    "studio:trial": trials.test_a_pilot_for_one_doctor_reaches_her_patient_and_no_others,
    "studio:after": afterwards.test_a_silent_rule_is_seen_with_its_chart_and_closed_with_a_reason,
    "studio:after_rule": afterwards.test_a_silent_rule_is_seen_with_its_chart_and_closed_with_a_reason,
    "studio:firing": afterwards.test_a_silent_rule_is_seen_with_its_chart_and_closed_with_a_reason,
    "studio:news": afterwards.test_a_silent_rule_is_seen_with_its_chart_and_closed_with_a_reason,
    "results:file": others.test_a_file_of_results_is_whole_while_it_is_looked_at,
}


def walked() -> set[str]:
    """Return the names of all routes to which the browser's lists lead."""
    with as_the_clinic():
        return {name for path in LISTS for name in names_of(path)} | BY_PRESSING.keys()


def names_of(path: str) -> Iterator[str]:
    """Give the route of an address of those lists; what it is about may be a UUID or a number."""
    for number in ("0" * 8 + "-0000-4000-8000-" + "0" * 12, "1"):
        try:
            yield resolve(urlsplit(path.format_map(defaultdict(lambda number=number: number))).path).view_name
        except Resolver404:
            continue


def is_page(world: World, route: Route) -> bool:
    """Tell whether somebody gets a whole page there: no file, no fragment, no form's answer."""
    if route.name in PAPERS:
        return False
    for role in WHO:
        if not (lets_in(route, role) if role else route.rule == access.PUBLIC):
            continue
        client = Client(raise_request_exception=False)
        if role:
            client.force_login(world.users[role])
            session = client.session
            session[CONFIRMED] = time.time()  # who is asked anew who it is has answered
            session.save()
        cache.clear()
        with undone():
            answer = client.get(path_to(route, world.own))
        if answer.status_code in (200, 405):
            return not answer.streaming and answer.status_code == 200 and b"<html" in answer.content
    return False


def test_every_page_is_one_the_browser_looks_at_in_both_languages_and_widths(world):
    pages = {route.name for route in routes() if route.name not in LEFT_OUT and is_page(world, route)}
    assert len(pages) > 80
    assert pages - walked() == set(), "add it to a list of tests/browser, or say by what walk it is looked at"


def test_a_page_in_no_list_would_be_noticed():
    assert "desk:patient" in walked()
    with as_the_clinic():
        assert set(names_of("/desk/patients/{patient}/")) == {"desk:patient"}
        assert set(names_of("/a/page/nobody/knows/")) == set()


# --- in the other language every word is another

TAGS = re.compile(r"<(script|style|textarea)\b.*?</\1>|<[^>]+>", re.DOTALL)
A_WORD = re.compile(r"[^\W\d_]{4}")
# Names that are the same in both, beside what stands in the clinic's own records.
SAME = {"Español", "English", "Plan", "Clínica Alameda", "Farmacia Sol", "Pauta"}
AS_IT_WAS_ASKED = {"portal:answer"}  # an answer is read in the words of its question


def texts(page: str) -> set[str]:
    """Return every text of a page that holds a word."""
    found = (" ".join(html.unescape(text).split()) for text in TAGS.sub("\0", page).split("\0"))
    return {text for text in found if A_WORD.search(text)}


def said(world: World, language: str) -> dict[str, set[str]]:
    """Return the texts of every page a patient can open, in a language, but for those of records."""
    user = world.users[Role.PATIENT]
    type(user).objects.filter(pk=user.pk).update(language=language)
    client, pages = Client(raise_request_exception=False), {}
    client.force_login(user)
    for route in routes():
        if route.name in LEFT_OUT | PAPERS.keys() | AS_IT_WAS_ASKED or not lets_in(route, Role.PATIENT):
            continue
        cache.clear()
        with undone():
            answer = client.get(path_to(route, world.own), headers={"Accept-Language": language})
        if answer.status_code == 200 and not answer.streaming and b"<html" in answer.content:
            found = texts(answer.content.decode())
            pages[route.name] = {text for text in found if CLINICAL not in text and PERSONAL not in text}
    return pages


def test_a_patient_who_turns_the_language_finds_no_word_of_the_other_one(world):
    spanish, english = said(world, "es"), said(world, "en")
    assert len(spanish) > 25
    assert {name: left for name in spanish if (left := (spanish[name] & english[name]) - SAME)} == {}


def test_a_text_nobody_translated_is_found():
    page = "<h1>Your plan</h1><p>Lea esto</p><script>const words = 'Nothing'</script><b>12 h</b>"
    assert texts(page) == {"Your plan", "Lea esto"}
