"""What came of a protocol, in the browser: a rule that went silent is seen, read with its chart and closed by hand."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import SMALL_LAPTOP
from tests.browser.test_studio_pages import wrong_in
from tests.site import Site

pytestmark = pytest.mark.browser
NAMED = """SELECT v.id, v.version FROM rules_version v JOIN rules_sourcefile f ON f.id = v.source_file_id
    WHERE f.kind = 'protocol' AND v.status = 'published' AND f.name = 'reflux'"""
SEEDED = """
from datetime import timedelta
from django.utils import timezone
from webapp.studio.models import ProtocolDay, RuleDay
from webapp.studio import incidents
today, day = timezone.localdate(), timedelta(1)
about = {{"protocol": "reflux", "version": "{version}"}}
for back in range(230, 0, -1):
    ProtocolDay.objects.update_or_create(day=today - back * day, defaults={{"could": 5 + back % 7}}, **about)
    for rule, fired in (("ppi_trial", back % 4 if back > 25 else 0), ("lifestyle", 1 + back % 3)):
        told = {{"fired": fired, "waited": 1}}
        RuleDay.objects.update_or_create(day=today - back * day, rule=rule, defaults=told, **about)
incidents.look(today)
"""


def test_a_silent_rule_is_seen_with_its_chart_and_closed_with_a_reason(visit: Callable, site: Site) -> None:
    [(number, version)] = site.query(NAMED)
    site.manage("shell", "-c", SEEDED.format(version=version))
    screen = visit(SMALL_LAPTOP)
    page = screen.log_in("director@demo.example")
    page.goto("/studio/")
    page.get_by_role("link", name=re.compile("^Novedades")).click()
    expect(page.locator("#noticed")).to_contain_text("Se activa menos que antes")
    page.goto(f"/studio/after/{number}/")
    with page.expect_navigation():
        page.get_by_role("link", name="ppi_trial", exact=True).first.click()
    expect(page.locator("svg.after-chart circle.s-out").first).to_be_visible()
    one = page.url
    walked = (f"/studio/after/{number}/", one, "/studio/after/firing/", "/studio/after/news/")
    assert wrong_in(screen, *walked) == []
    page.goto("/studio/after/news/")
    reason = page.locator("#noticed > div", has_text="Se activa menos que antes").locator("input[name=reason]")
    reason.fill("La pregunta cambió de nombre")
    reason.press("Enter")
    expect(page.locator("main")).not_to_contain_text("Se activa menos que antes")
    page.goto(f"/studio/after/{number}/?days=7")
    expect(page.locator("main")).to_contain_text("lifestyle")
    assert screen.faults == []
