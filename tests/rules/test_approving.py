"""From a draft to what is in force: only what is clean, only by another, only as it was examined; and back again."""

from datetime import timedelta
from threading import Thread

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from rules import approving, checking, drafting, examining, selectors, services
from rules.approving import ProposalError
from rules.drafting import Overtaken
from rules.models import Opened, Submission, Version
from rules.services import Author
from tests.rules.test_drafting import CHANGED, IBARRA, SALAS
from tests.rules.texts import PROTOCOL, VOCABULARY, a_folder

pytestmark = pytest.mark.django_db
VIDAL = Author("3", "Dr. Vidal")
NAUSEA = "  nausea: {type: yes_no, title: {es: Náuseas, en: Nausea}}\n"
NEVER = """\
invariants: safety
version: 1.0.0
title: {es: Nunca, en: Never}
statements:
  no_meals_while_bleeding:
    never: [advice:small_meals]
    when: gi_bleeding
    because: {es: Sangra, en: Bleeds}
"""
NEW = "protocols/reflux/1.1.0.yaml"


@pytest.fixture
def folder(tmp_path):
    services.load(a_folder(tmp_path), Author(name="Carpeta"))
    return tmp_path


def a_draft(text=CHANGED, author=SALAS, editor=None):
    draft = drafting.begin(selectors.version("protocol", "reflux"), author)
    drafting.save(draft_id=draft.pk, text=text, shown=1, author=editor or author)
    draft.refresh_from_db()
    return draft


def examined(draft):
    revision = drafting.newest_of(draft)
    new = {revision.path: revision.text}
    return examining.run(examining.begin(new), new)


def proposed(text=CHANGED, **more):
    draft = a_draft(text)
    examined(draft)
    return approving.submit(draft_id=draft.pk, shown=2, reason="tres días", author=SALAS, **more)


def look(proposal, *whats, who=IBARRA):
    for what in whats or Opened.What.values:
        approving.opened(submission_id=proposal.pk, what=what, user_id=who.id)


def approved(proposal, **more):
    look(proposal)
    return approving.approve(submission_id=proposal.pk, author=IBARRA, **more)


def in_force():
    return selectors.texts(selectors.current_release())


def test_what_another_director_approved_is_in_force_and_the_version_before_stays_beside_it(folder):
    proposal = approved(proposed(), comment="de acuerdo")
    assert in_force()[NEW] == CHANGED
    assert selectors.version("protocol", "reflux").version == "1.1.0"
    assert selectors.version("protocol", "reflux", "1.0.0").text == PROTOCOL
    version = selectors.version("protocol", "reflux", "1.1.0")
    assert (version.author_name, version.origin, version.report["rules"] > 0) == ("Dra. Salas", "studio", True)
    assert (proposal.decided_by_name, proposal.draft.state) == ("Dr. Ibarra", "published")
    assert proposal.in_force_at is not None


def test_what_was_not_examined_is_not_proposed(folder):
    draft = a_draft()
    with pytest.raises(ProposalError, match="R033"):
        approving.submit(draft_id=draft.pk, shown=2, reason="x", author=SALAS)
    examined(draft)
    drafting.save(draft_id=draft.pk, text=CHANGED + "# otra nota\n", shown=2, author=SALAS)
    with pytest.raises(ProposalError, match="R033"):  # another text than the examined one
        approving.submit(draft_id=draft.pk, shown=3, reason="x", author=SALAS)
    with pytest.raises(Overtaken):
        approving.submit(draft_id=draft.pk, shown=2, reason="x", author=SALAS)
    assert not Submission.objects.exists()


@pytest.mark.parametrize(
    ("text", "where"),
    [
        (CHANGED.replace("heartburn_days", "heartburn_dias"), "problems"),
        (CHANGED.replace("version: 1.1.0", "version: 1.1.0\nstatus: draft"), "problems"),
        (CHANGED.replace(">= 3", ">= 6"), "failing"),
    ],
)
def test_what_does_not_check_or_fails_its_tests_is_not_proposed_and_says_where(folder, text, where):
    draft = a_draft(text)
    report = examined(draft).report
    assert report[where]
    assert all(each["path"] == drafting.newest_of(draft).path for each in report[where])
    with pytest.raises(ProposalError, match="R034"):
        approving.submit(draft_id=draft.pk, shown=2, reason="x", author=SALAS)


def test_what_a_statement_forbids_is_refuted_by_a_patient_and_not_proposed_until_it_is_mended(folder):
    services.load(a_folder(folder, **{"invariants.yaml": NEVER}), SALAS)
    draft = a_draft()
    (proof,) = examined(draft).report["proofs"]
    assert (proof["name"], proof["result"]) == ("no_meals_while_bleeding", "refuted")
    assert proof["patient"]["gi_bleeding"] == "yes"
    with pytest.raises(ProposalError, match="R034"):
        approving.submit(draft_id=draft.pk, shown=2, reason="x", author=SALAS)
    mended = CHANGED.replace(
        "    when: heartburn_days >= 3\n", "    when: heartburn_days >= 3\n    exclude: gi_bleeding\n"
    )
    drafting.save(draft_id=draft.pk, text=mended, shown=2, author=SALAS)
    draft.refresh_from_db()
    report = examined(draft).report
    assert (report["proofs"][0]["result"], report["clean"]) == ("proved", True)
    assert {change["item"] for change in report["changes"]} == {"advice:small_meals"}
    assert approving.submit(draft_id=draft.pk, shown=3, reason="x", author=SALAS).decision == ""


def test_a_proposal_has_a_reason_a_new_number_and_a_change(folder):
    draft = a_draft()
    examined(draft)
    with pytest.raises(ProposalError, match="R030"):
        approving.submit(draft_id=draft.pk, shown=2, reason="  ", author=SALAS)
    for text, code in ((PROTOCOL, "R031"), (PROTOCOL + "# nota\n", "R003")):
        with pytest.raises(ProposalError, match=code):
            approving.submit(draft_id=a_draft(text).pk, shown=2, reason="x", author=SALAS)
    other = a_draft(CHANGED.replace("protocol: reflux", "protocol: cough"))
    with pytest.raises(ProposalError, match="R032"):
        approving.submit(draft_id=other.pk, shown=2, reason="x", author=SALAS)


@pytest.mark.parametrize("who", [SALAS, VIDAL])
def test_neither_the_author_nor_the_last_editor_approves_not_even_past_the_services(folder, who):
    draft = a_draft(editor=VIDAL)
    examined(draft)
    proposal = approving.submit(draft_id=draft.pk, shown=2, reason="x", author=SALAS)
    look(proposal, who=who)
    with pytest.raises(ProposalError, match="R035"):
        approving.approve(submission_id=proposal.pk, author=who)
    with pytest.raises(DatabaseError, match="nobody approves"), transaction.atomic():
        Submission.objects.filter(pk=proposal.pk).update(
            decision="approved", decided_by_id=who.id, decided_at=timezone.now()
        )
    assert NEW not in in_force()


def test_nobody_approves_before_both_differences_were_opened(folder):
    proposal = proposed()
    for seen in ((), ("text",)):
        look(proposal, *seen) if seen else None
        with pytest.raises(ProposalError, match="R036"):
            approving.approve(submission_id=proposal.pk, author=IBARRA)
    look(proposal, who=VIDAL)  # what somebody else opened does not count
    with pytest.raises(ProposalError, match="R036"):
        approving.approve(submission_id=proposal.pk, author=IBARRA)
    look(proposal, "proved")
    assert approving.approve(submission_id=proposal.pk, author=IBARRA).in_force_at


def test_what_was_examined_against_another_set_is_not_approved(folder):
    proposal = proposed()
    services.load(a_folder(folder, **{"vocabulary/small.yaml": VOCABULARY.replace("1.0.0", "1.0.1", 1)}), SALAS)
    look(proposal)
    with pytest.raises(ProposalError, match="R037"):
        approving.approve(submission_id=proposal.pk, author=IBARRA)


def test_a_refusal_says_why_to_a_line_and_opens_the_draft_again(folder):
    proposal = proposed()
    with pytest.raises(ProposalError, match="R038"):
        approving.refuse(submission_id=proposal.pk, author=IBARRA, comment=" ")
    with pytest.raises(ProposalError, match="R040"):
        approving.remark(submission_id=proposal.pk, line=10_000, words="no", author=IBARRA)
    approving.remark(submission_id=proposal.pk, line=3, words="falta la fuente", author=IBARRA)
    refused = approving.refuse(submission_id=proposal.pk, author=IBARRA, comment="")
    assert (refused.decision, refused.draft.state) == ("refused", "open")
    drafting.save(draft_id=refused.draft_id, text=CHANGED + "# con fuente\n", shown=2, author=SALAS)
    with pytest.raises(ProposalError, match="R041"):
        approving.approve(submission_id=proposal.pk, author=IBARRA)
    assert NEW not in in_force()


def test_while_it_is_looked_at_nobody_writes_in_it_and_its_authors_take_it_back(folder):
    proposal = proposed()
    with pytest.raises(drafting.DraftError, match="R023"):
        drafting.save(draft_id=proposal.draft_id, text="otro", shown=2, author=SALAS)
    with pytest.raises(ProposalError, match="R039"):
        approving.withdraw(submission_id=proposal.pk, author=IBARRA)
    assert approving.withdraw(submission_id=proposal.pk, author=SALAS).draft.state == "open"


def test_what_was_decided_never_changes(folder):
    proposal = approved(proposed())
    for change in ({"reason": "otra"}, {"decision": "refused"}, {"in_force_at": None}, {"comment": "otra"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Submission.objects.filter(pk=proposal.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        proposal.delete()


def test_what_is_approved_for_a_day_comes_in_on_that_day_and_not_before(folder):
    day = timezone.now() + timedelta(days=2)
    proposal = approved(proposed(), effective_from=day)
    assert (proposal.in_force_at, NEW in in_force()) == (None, False)
    assert approving.bring_due(day - timedelta(minutes=1)) == []
    (brought,) = approving.bring_due(day)
    assert brought.in_force_at
    assert NEW in in_force()
    assert approving.bring_due(day + timedelta(days=1)) == []


def test_what_is_not_clean_any_more_on_its_day_stays_out_and_says_why(folder):
    day = timezone.now() + timedelta(days=2)
    approved(proposed(), effective_from=day)
    renamed = {path: text.replace("heartburn_days", "days_of_heartburn") for path, text in in_force().items()}
    changed = {path: text.replace("version: 1.0.0", "version: 1.0.1", 1) for path, text in renamed.items()}
    moved = {path.replace("1.0.0", "1.0.1"): text for path, text in changed.items()}
    gone = dict.fromkeys(path for path in in_force() if path not in moved)
    assert not services.load(a_folder(folder, **gone, **moved), SALAS).refused
    (stopped,) = approving.bring_due(day)
    assert stopped.in_force_at is None
    assert "R034" in stopped.stopped
    assert NEW not in in_force()
    assert approving.bring_due(day) == []


def test_one_director_in_a_hurry_brings_in_what_is_clean_and_it_is_marked(folder):
    proposal = proposed(urgent=True, evidence="alerta de la agencia")
    assert (proposal.urgent, proposal.decided_by_name) == (True, "Dra. Salas")
    assert NEW in in_force()
    draft = a_draft(CHANGED.replace("1.1.0", "1.2.0").replace(">= 3", ">= 6"))
    examined(draft)
    with pytest.raises(ProposalError, match="R034"):  # a hurry spares the second director, never the tests
        approving.submit(draft_id=draft.pk, shown=2, reason="x", author=SALAS, urgent=True)


def test_what_is_taken_back_gives_way_to_the_version_before_and_returns_under_a_new_number_only(folder):
    before = selectors.current_release()
    approved(proposed())
    version = selectors.version("protocol", "reflux", "1.1.0")
    with pytest.raises(ProposalError, match="R030"):
        approving.roll_back(version=version, reason="", author=IBARRA)
    assert approving.roll_back(version=version, reason="dosis", author=IBARRA) == before
    assert NEW not in in_force()
    assert Version.objects.get(pk=version.pk).status == "retired"
    with pytest.raises(ProposalError, match="R042"):
        approving.roll_back(version=version, reason="dosis", author=IBARRA)
    draft = a_draft()
    examined(draft)
    with pytest.raises(ProposalError, match="R003"):
        approving.submit(draft_id=draft.pk, shown=2, reason="otra vez", author=SALAS)


def test_what_was_in_force_as_it_is_comes_back_without_waiting_for_its_tests(folder, monkeypatch):
    approved(proposed())
    monkeypatch.setattr(checking, "examine", lambda *texts: pytest.fail("it was examined when it came in"))
    version = selectors.version("protocol", "reflux", "1.1.0")
    assert approving.roll_back(version=version, reason="dosis", author=IBARRA)
    assert NEW not in in_force()


def test_the_only_version_is_not_taken_back_nor_one_on_which_others_build(folder):
    with pytest.raises(ProposalError, match="R044"):
        approving.roll_back(version=selectors.version("protocol", "reflux"), reason="x", author=IBARRA)
    words = VOCABULARY.replace("1.0.0", "1.1.0", 1).replace("  vomiting:", f"{NAUSEA}  vomiting:", 1)
    rule = CHANGED.replace(">= 3", ">= 3 or nausea").replace("gi_bleeding: ", "nausea: no, gi_bleeding: ")
    services.load(a_folder(folder, **{"vocabulary/small.yaml": words, NEW: rule}), SALAS)
    assert NEW in in_force()
    with pytest.raises(ProposalError, match="R043"):
        approving.roll_back(version=selectors.version("vocabulary", "small"), reason="x", author=IBARRA)


def test_a_folder_that_has_not_heard_of_it_undoes_neither_what_was_published_nor_what_was_taken_back(folder):
    approved(proposed())
    report = services.load(folder, Author(name="Carpeta"))
    assert (report.kept, NEW in in_force()) == ((NEW,), True)
    (folder / NEW).write_text(CHANGED, encoding="utf-8")  # the folder learns of it: both agree
    assert services.load(folder, Author(name="Carpeta")).kept == ()
    approving.roll_back(version=selectors.version("protocol", "reflux", "1.1.0"), reason="dosis", author=IBARRA)
    report = services.load(folder, Author(name="Carpeta"))
    assert (report.kept, NEW in in_force()) == ((NEW,), False)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_once_one_decides(folder):
    proposal, told = proposed(), []
    look(proposal)

    def decide(how, **more):
        try:
            how(submission_id=proposal.pk, author=IBARRA, **more)
        except ProposalError as problem:
            told.append(problem.code)
        finally:
            connection.close()

    both = ((approving.approve, {}), (approving.refuse, {"comment": "no"}))
    threads = [Thread(target=decide, args=(how,), kwargs=more) for how, more in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    proposal.refresh_from_db()
    assert told == ["R041"]
    assert (proposal.decision == "approved") == (NEW in in_force())


def test_a_fault_ends_an_examination_with_its_kind_and_it_may_be_run_again(folder, monkeypatch):
    revision = drafting.newest_of(a_draft())
    new = {revision.path: revision.text}
    monkeypatch.setattr(examining, "findings", lambda search: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        examining.run(examining.begin(new), new)
    failed = examining.begin(new)
    assert (failed.fault, failed.finished_at) == ("ZeroDivisionError", None)
    monkeypatch.undo()
    assert examining.run(failed, new).report["clean"]
