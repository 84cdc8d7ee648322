"""The page of jobs with something on it: whole on a laptop and a phone, in both languages, worked by keyboard."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import LAPTOP, NARROW, is_wider_than_the_screen, violations
from tests.browser.test_patient_keys import press

BOSS = "administrator@demo.example"
A_FAILURE = """
    WITH job AS (
        INSERT INTO procrastinate_jobs (queue_name, task_name, args, status)
        VALUES ('assess', 'plans.assess', '{"patient_id": "x", "because": "visit", "today": "2026-11-01"}', 'failed')
        RETURNING id
    ), event AS (
        INSERT INTO procrastinate_events (job_id, type, at) SELECT id, 'failed', now() FROM job
    )
    INSERT INTO jobs_failure (job_id, task, code, at) SELECT id, 'plans.assess', 'OperationalError', now() FROM job
    RETURNING job_id
"""
GIVEN_UP = """
    INSERT INTO outbox_message (key, channel, address, recipient, template, language, link, haste, due_at, state,
        attempts, in_doubt, error, queued_at)
    VALUES ('browser:given-up', 'email', '', '', 'task_due', 'es', '', 'normal', now(), 'given_up', 8, 0, 'smtp_550',
        now()) ON CONFLICT DO NOTHING RETURNING id
"""


@pytest.mark.parametrize(("size", "locale"), [(LAPTOP, "es-ES"), (NARROW, "es-ES"), (NARROW, "en-GB")])
def test_the_page_is_whole_with_failures_on_it(visit, site, size, locale):
    site.query(A_FAILURE)
    site.query(GIVEN_UP)
    page = visit(size, locale).log_in(BOSS)
    page.goto("/jobs/")
    expect(page.locator("main")).to_contain_text("OperationalError")
    expect(page.locator("main")).to_contain_text("smtp_550")
    assert violations(page) == []
    assert not is_wider_than_the_screen(page)


def test_a_failed_job_is_tried_again_by_keyboard(visit, site):
    [(pk,)] = site.query(A_FAILURE)
    page = visit().log_in(BOSS)
    page.goto("/jobs/")
    button = page.locator(f"form[action='/jobs/{pk}/retry/'] button")
    press(page, button)
    expect(page.get_by_text("El trabajo vuelve a estar en cola.")).to_be_visible()
    assert site.query("SELECT status::text FROM procrastinate_jobs WHERE id = %s", pk) == [("todo",)]
