"""The tables of protocols, of their trials and of the clinic's own texts by kind. Part of classified.py."""

from webapp.base.kept import ALWAYS, CONTENT, PRODUCT, RUNNING
from webapp.base.kinds import Table, table

TEXTS: dict[str, Table] = {
    "rules.SourceFile": table(CONTENT, "The clinic's protocols by name", ALWAYS, none="id kind name path"),
    "rules.Version": table(
        CONTENT, "Every text of every protocol, and who wrote it", ALWAYS,
        identity="author_name", technical="author_id",
        none="id source_file_id version path text sha256 origin created_at status published_at report",
    ),
    "rules.Release": table(
        CONTENT, "Which texts were in force together", ALWAYS, none="id digest created_at current_since"
    ),
    "rules.ReleaseVersion": table(
        CONTENT, "Which text belongs to which of those", ALWAYS, none="id release_id version_id"
    ),
    "rules.Draft": table(
        CONTENT, "Texts of protocols that are being worked on, and who began them", ALWAYS,
        identity="author_name", technical="author_id", none="id kind name base_id state revision created_at",
    ),
    "rules.Revision": table(
        CONTENT, "Every saved state of such a text, and who saved it", ALWAYS,
        identity="editor_name", technical="editor_id", none="id draft_id number path text sha256 reason saved_at",
    ),
    "rules.Examination": table(
        CONTENT, "What tests and proofs said of a text; made-up patients only", ALWAYS,
        none="id digest base_id texts stage done total report fault begun_at finished_at",
    ),
    "rules.Submission": table(
        CONTENT, "Proposals to bring a text into force, and who decided on them", ALWAYS,
        identity="submitted_by_name decided_by_name", technical="written_by submitted_by_id decided_by_id",
        none="id draft_id revision_id examination_id reason evidence urgent submitted_at decision decided_at comment"
        " effective_from in_force_at stopped",
    ),
    "rules.Opened": table(
        CONTENT, "Who looked at the differences of a proposal", ALWAYS,
        technical="user_id", none="id submission_id what at",
    ),
    "rules.Remark": table(
        CONTENT, "What a director says about a line of a proposal", ALWAYS,
        identity="author_name", technical="author_id", none="id submission_id line words at",
    ),
    "rules.Retraction": table(
        CONTENT, "Which texts were taken back, by whom and why", ALWAYS,
        identity="author_name", technical="author_id", none="id version_id reason at",
    ),
    "rules.Trial": table(
        CONTENT, "Versions that are tried before they come into force: how, for whom, how long", ALWAYS,
        technical="doctors salt",
        none="id kind submission_id version_id share group begins_at ends_at state created_at",
    ),
    "studio.ProtocolDay": table(
        CONTENT, "How many people were assessed by a version of a protocol on a day; names nobody",
        "Two years: it goes by itself", none="id protocol version day could",
    ),
    "studio.RuleDay": table(
        CONTENT, "For how many of them a rule fired or waited; names nobody",
        "Two years: it goes by itself", none="id protocol version rule day fired waited",
    ),
    "studio.Incident": table(
        CONTENT, "A rule that went silent or loud, or is mostly decided against, until it is closed", PRODUCT,
        technical="closed_by_id closed_at",
        none="id protocol rule kind noticed_on since count of usual reason",
    ),
    "rules.TrialSet": table(
        CONTENT, "Which texts such a version was tried with", ALWAYS,
        none="id trial_id base_id release_id examination_id made_at",
    ),
    "rules.TrialTurn": table(
        CONTENT, "When such a trial began, paused and ended, by whom and why", ALWAYS,
        identity="author_name", technical="author_id", none="id trial_id state reason at",
    ),
    "clinic.Edition": table(
        RUNNING, "What the clinic says of itself, each time it was changed", ALWAYS,
        identity="author_name", technical="author_id",
        none="id number at section name_es name_en signature address phone emergency quiet_from quiet_until"
        " remind_diary_after remind_questionnaire_after remind_before_follow_up remind_before_test silent_after"
        " slips_below review_after most_messages minutes_item minutes_reminder minutes_release prescription_form"
        " specialties stages faq logo_id",
    ),
    "clinic.GroupEdition": table(
        RUNNING, "Who belongs to a group of colleagues, each time it was changed", ALWAYS,
        identity="author_name", technical="members author_id", none="id name at",
    ),
    "clinic.FeatureEdition": table(
        RUNNING, "For whom a new feature is on, who said so, and why", ALWAYS,
        identity="author_name", technical="author_id", none="id feature on_for group share reason at",
    ),
    "clinic.Logo": table(RUNNING, "The clinic's picture", ALWAYS, none="id digest png added_at"),
}  # fmt: skip
