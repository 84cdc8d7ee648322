"""What each job does, in words for the administrator."""

from typing import Any

from django.utils.translation import gettext_lazy as _

TITLES: dict[str, Any] = {
    "outbox.deliver": _("Sends messages that are due"),
    "alerts.tell_due": _("Asks patients for what is due today"),
    "plans.follow_up": _("Makes reminders of the follow-ups of signed plans"),
    "intake.remind": _("Finds diaries and questionnaires that wait"),
    "plans.assess": _("Assesses new answers"),
    "plans.confirm": _("Asks the second opinion about an assessment"),
    "plans.confirm_left_over": _("Asks the second opinion about what was left over"),
    "jobs.retry_stalled": _("Takes up jobs whose worker died"),
    "accounts.forget": _("Forgets sessions that are over, codes and failed attempts"),
    "results.release_due": _("Releases results as the clinic’s rules say"),
    "results.bring_in": _("Brings in results from files"),
    "results.forget": _("Forgets files of results nobody confirmed"),
    "privacy.copy": _("Makes copies of large records"),
    "privacy.forget": _("Deletes copies of records after two hours"),
    "prescriptions.count_weeks": _("Counts which doses patients took in the weeks that are over"),
    "prescriptions.deliver": _("Carries orders to pharmacies and asks how far they are"),
    "studio.examine": _("Runs tests and proofs of a draft of a protocol"),
    "studio.bring_due": _("Brings protocols into force on the day they were approved for"),
    "studio.keep_trials_up": _("Begins, pauses and ends trials of versions"),
    "studio.shadow": _("Puts assessments to versions in shadow, when nothing else waits"),
    "studio.forget": _("Deletes what versions in shadow would have said, a year later"),
    "studio.replay": _("Puts past cases to a draft of a protocol"),
    "studio.afterwards": _("Counts how often rules fire and looks whether any went silent or loud"),
    "studio.remind_of_reviews": _("Reminds directors of protocols that are due for review"),
    "jobs.clean": _("Clears the queue of jobs done long ago"),
}
TEXTS: dict[str, Any] = {
    "plan_ready": _("Something new to read"),
    "task_due": _("Something to do"),
    "message_waiting": _("Something waits to be read"),
    "digest": _("Several things wait"),
    "invitation": _("Invitation"),
    "new_password": _("New password"),
    "sign_in_code": _("Code to sign in"),
    "security_notice": _("Notice about the access"),
}


def title_of(task: str) -> Any:
    """Return what a job does; of one that nobody described, its name."""
    return TITLES.get(task, task)
