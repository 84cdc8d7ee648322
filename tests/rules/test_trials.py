"""A version on trial: approved as if it came into force, and never in it; drawn, paused, stopped, promoted."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from rules import approving, drafting, examining, selectors, services, trials
from rules.approving import ProposalError
from rules.models import Draft, Release, Submission, Trial, TrialSet, TrialTurn, Version
from rules.trials import Terms
from tests.rules.test_approving import NAUSEA, NEW, a_draft, examined, in_force, look, proposed
from tests.rules.test_drafting import CHANGED, IBARRA, SALAS
from tests.rules.texts import PROTOCOL, VOCABULARY, a_folder

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def folder(tmp_path):
    services.load(a_folder(tmp_path), services.Author(name="Carpeta"))
    return tmp_path


def terms(kind="pilot", days=(0, 30), **more):
    now = timezone.now()
    return Terms(kind, now + days[0] * DAY, now + days[1] * DAY, **more)


def tried(kind="pilot", proposal=None, **more):
    proposal = proposal or proposed()
    look(proposal)
    return trials.approve(submission_id=proposal.pk, author=IBARRA, terms=terms(kind, **more))


def running(kind="pilot", at=None):
    return trials.running(kind, selectors.current_release(), at or timezone.now() + timedelta(minutes=1))


def states(trial):
    return list(trial.turns.values_list("state", flat=True))


def bring_in(text, name="reflux", kind="protocol"):
    """Another change of what is in force, by the ordinary way."""
    draft = drafting.begin(selectors.version(kind, name), SALAS)
    drafting.save(draft_id=draft.pk, text=text, shown=1, author=SALAS)
    draft.refresh_from_db()
    examined(draft)
    proposal = approving.submit(draft_id=draft.pk, shown=2, reason="otra cosa", author=SALAS)
    look(proposal)
    return approving.approve(submission_id=proposal.pk, author=IBARRA)


def with_nausea(number="1.1.0"):
    return VOCABULARY.replace("version: 1.0.0", f"version: {number}").replace("  vomiting:", f"{NAUSEA}  vomiting:", 1)


@pytest.mark.parametrize("kind", ["shadow", "pilot"])
def test_a_version_on_trial_stands_in_a_set_of_its_own_and_nothing_in_force_changes(folder, kind):
    before = selectors.current_release()
    trial = tried(kind)
    assert (selectors.current_release(), NEW in in_force()) == (before, False)
    [one] = running(kind)
    assert selectors.texts(one.release) == {**in_force(), NEW: CHANGED}
    assert services.edition(one.release.digest).protocols["reflux"].version == "1.1.0"
    assert services.edition().protocols["reflux"].version == "1.0.0"
    assert (trial.version.status, trial.version.published_at) == ("trial", None)
    assert selectors.version("protocol", "reflux").version == "1.0.0"
    assert running("pilot" if kind == "shadow" else "shadow") == []


def test_trying_asks_for_the_same_second_director_as_bringing_into_force(folder):
    proposal = proposed()
    with pytest.raises(ProposalError, match="R036"):
        trials.approve(submission_id=proposal.pk, author=IBARRA, terms=terms())
    look(proposal, who=SALAS)
    with pytest.raises(ProposalError, match="R035"):
        trials.approve(submission_id=proposal.pk, author=SALAS, terms=terms())
    tried(proposal=proposal)
    with pytest.raises(ProposalError, match="R041"):
        trials.approve(submission_id=proposal.pk, author=IBARRA, terms=terms("shadow"))


def test_what_changed_since_it_was_examined_is_not_tried(folder):
    proposal = proposed()
    bring_in(with_nausea(), "small", "vocabulary")
    look(proposal)
    with pytest.raises(ProposalError, match="R037"):
        trials.approve(submission_id=proposal.pk, author=IBARRA, terms=terms())
    assert not Trial.objects.exists()


def test_only_protocols_are_tried(folder):
    draft = drafting.begin(selectors.version("vocabulary", "small"), SALAS)
    drafting.save(draft_id=draft.pk, text=with_nausea(), shown=1, author=SALAS)
    draft.refresh_from_db()
    examined(draft)
    proposal = approving.submit(draft_id=draft.pk, shown=2, reason="náuseas", author=SALAS)
    with pytest.raises(ProposalError, match="R050"):
        tried(proposal=proposal)
    proposal.refresh_from_db()
    assert proposal.decision == ""


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"kind": "once"}, "R052"),
        ({"days": (3, 3)}, "R053"),
        ({"days": (3, 1)}, "R053"),
        ({"days": (0, 400)}, "R053"),
        ({"share": 101}, "R054"),
        ({"share": -1}, "R054"),
    ],
)
def test_terms_that_make_no_sense_are_refused_in_words(folder, wrong, code):
    with pytest.raises(ProposalError, match=code) as told:
        tried(**wrong)
    assert told.value.hint
    assert not Version.objects.filter(status="trial").exists()


def test_a_second_pilot_of_the_same_protocol_is_refused_and_a_shadow_is_not(folder):
    tried()
    other = CHANGED.replace("1.1.0", "1.2.0").replace(">= 3", ">= 4")
    with pytest.raises(ProposalError, match="R051"):
        tried(proposal=proposed(other))
    shadow = tried("shadow", proposal=proposed(CHANGED.replace("1.1.0", "1.3.0").replace(">= 3", ">= 5")))
    assert [one.pk for one in running("shadow")] == [shadow.pk]


def test_it_runs_from_its_first_day_to_its_last_and_not_an_hour_longer(folder):
    trial, now = tried(days=(2, 5)), timezone.now()
    found = [running(at=now + days * DAY) for days in (0, 1, 3, 6)]
    assert [[one.pk for one in each] for each in found] == [[], [], [trial.pk], []]
    for days, state in ((1, "waiting"), (3, "running"), (6, "ended")):
        trials.keep_up(now + days * DAY)
        trial.refresh_from_db()
        assert trial.state == state
    assert states(trial) == ["waiting", "running", "ended"]
    assert Draft.objects.get().state == "open"  # its author goes on


def test_who_is_drawn_follows_from_the_patient_and_the_trial_alone():
    people = [str(UUID(int=number)) for number in range(1, 4001)]
    one, other = "0a" * 32, "0b" * 32
    taken = {share: {each for each in people if trials.drawn(one, each, share)} for share in (0, 1, 50, 99, 100)}
    assert (len(taken[0]), len(taken[100])) == (0, 4000)
    assert 15 <= len(taken[1]) <= 70
    assert 1850 <= len(taken[50]) <= 2150
    assert 3930 <= len(taken[99]) <= 3985
    assert taken[1] < taken[50] < taken[99]  # a larger share keeps those of the smaller
    assert taken[50] == {each for each in people if trials.drawn(one, each, 50)}
    assert taken[50] != {each for each in people if trials.drawn(other, each, 50)}
    # fixed once and for all: another machine, another year and another edition of Python draw the same
    assert [trials.drawn(one, each, 50) for each in people[:8]] == EIGHT


EIGHT = [True, True, False, False, True, True, True, False]


def test_named_doctors_and_a_group_choose_and_the_share_draws_among_their_patients(folder):
    trial = tried(doctors=("7",), group="Digestivo", share=100)
    [one] = running()
    assert one.takes("p", "7")
    assert one.takes("p", "8", {"Digestivo"})
    assert not one.takes("p", "8", {"Otros"})
    assert not one.takes("p", "")
    assert trial.share == 100
    trials.stop(trial_id=trial.pk, author=IBARRA, reason="x")
    tried(proposal=proposed(CHANGED.replace("1.1.0", "1.2.0")), doctors=("7",), share=0)
    [none] = running()
    assert not none.takes("p", "7")


def test_when_what_is_in_force_changes_its_set_is_examined_anew_with_the_text_in_it(folder):
    trial = tried()
    trials.keep_up(timezone.now())
    first = running()[0].release
    bring_in(with_nausea(), "small", "vocabulary")
    assert running() == []  # until it was examined nobody's plan comes by it
    trials.keep_up(timezone.now())
    [one] = running()
    assert one.release != first
    assert selectors.texts(one.release) == {**in_force(), NEW: CHANGED}
    assert TrialSet.objects.filter(trial=trial).count() == 2
    assert TrialSet.objects.earliest("pk").release == first


def test_a_trial_that_does_not_hold_beside_what_is_in_force_pauses_with_the_reason(folder):
    trial = tried()
    bring_in(PROTOCOL.replace("version: 1.0.0", "version: 1.4.0").replace(">= 2", ">= 1"))
    trials.keep_up(timezone.now())
    trials.keep_up(timezone.now())
    trial.refresh_from_db()
    assert (trial.state, running()) == ("paused", [])
    assert "R058" in trial.turns.last().reason
    assert states(trial) == ["running", "paused"]  # told once
    approving.roll_back(version=selectors.version("protocol", "reflux", "1.4.0"), reason="mal", author=IBARRA)
    trials.keep_up(timezone.now())
    assert [one.pk for one in running()] == [trial.pk]


def test_a_trial_whose_tests_fail_beside_what_is_in_force_pauses_too(folder, monkeypatch):
    trial = tried()
    bring_in(with_nausea(), "small", "vocabulary")
    real = examining.examine
    monkeypatch.setattr(examining, "examine", lambda *asked: real(*asked) | {"clean": False})
    trials.keep_up(timezone.now())
    trial.refresh_from_db()
    assert (trial.state, running(), "R034" in trial.turns.last().reason) == ("paused", [], True)


def test_stopping_takes_effect_at_once_says_why_and_gives_the_draft_back(folder):
    trial = tried()
    with pytest.raises(ProposalError, match="R030"):
        trials.stop(trial_id=trial.pk, author=SALAS, reason=" ")
    trials.stop(trial_id=trial.pk, author=SALAS, reason="Daña")
    assert running() == []
    turn = TrialTurn.objects.latest("pk")
    assert (turn.state, turn.reason, turn.author_name) == ("stopped", "Daña", "Dra. Salas")
    assert Draft.objects.get().state == "open"
    with pytest.raises(ProposalError, match="R055"):
        trials.stop(trial_id=trial.pk, author=SALAS, reason="otra vez")
    trials.keep_up(timezone.now())
    trial.refresh_from_db()
    assert trial.state == "stopped"


def test_a_tried_text_comes_into_force_only_when_a_second_director_approves_once_more(folder):
    trial = tried()
    proposal = trials.promote(trial_id=trial.pk, author=IBARRA, reason="Va bien")
    assert running()  # it runs on meanwhile
    assert NEW not in in_force()
    with pytest.raises(ProposalError, match="R056"):
        trials.promote(trial_id=trial.pk, author=IBARRA, reason="Va bien")
    for nobody in (IBARRA, SALAS):  # who proposes it, and who wrote it
        look(proposal, who=nobody)
        with pytest.raises(ProposalError, match="R035"):
            approving.approve(submission_id=proposal.pk, author=nobody)
    third = services.Author("3", "Dr. Vidal")
    look(proposal, who=third)
    approving.approve(submission_id=proposal.pk, author=third)
    trial.refresh_from_db()
    version = Version.objects.get(pk=trial.version_id)
    assert in_force()[NEW] == CHANGED
    assert (version.status, version.published_at is not None, trial.state) == ("published", True, "ended")
    assert (running(), Draft.objects.get().state) == ([], "published")


def test_a_promotion_that_is_refused_leaves_the_trial_running_and_its_draft_shut(folder):
    trial = tried()
    proposal = trials.promote(trial_id=trial.pk, author=IBARRA, reason="Va bien")
    approving.refuse(submission_id=proposal.pk, author=services.Author("3", "Dr. Vidal"), comment="Aún no")
    assert ([one.pk for one in running()], Draft.objects.get().state) == ([trial.pk], "submitted")
    assert trials.promote(trial_id=trial.pk, author=IBARRA, reason="Ahora sí").pk != proposal.pk


def test_after_a_trial_its_text_may_be_proposed_again_under_its_number_and_no_other_text_may(folder):
    trial = tried()
    trials.stop(trial_id=trial.pk, author=IBARRA, reason="Se acabó")
    draft = Draft.objects.get()
    examined(draft)
    again = approving.submit(draft_id=draft.pk, shown=2, reason="tal cual", author=SALAS)
    look(again)
    approving.approve(submission_id=again.pk, author=IBARRA)
    assert in_force()[NEW] == CHANGED
    other = a_draft(CHANGED.replace(">= 3", ">= 6"))
    with pytest.raises(ProposalError, match="R003"):
        approving.submit(draft_id=other.pk, shown=2, reason="otro", author=SALAS)


def test_the_same_text_may_be_tried_a_second_time(folder):
    first = tried("shadow")
    trials.stop(trial_id=first.pk, author=IBARRA, reason="Bastante visto")
    draft = Draft.objects.get()
    examined(draft)
    second = tried(proposal=approving.submit(draft_id=draft.pk, shown=2, reason="ahora con gente", author=SALAS))
    assert (second.version, second.kind) == (first.version, "pilot")
    assert second.salt != first.salt


def test_rolling_back_never_brings_a_text_into_force_that_was_only_tried(folder):
    trial = tried()
    trials.stop(trial_id=trial.pk, author=IBARRA, reason="Daña")
    bring_in(PROTOCOL.replace("version: 1.0.0", "version: 1.4.0").replace(">= 2", ">= 1"))
    approving.roll_back(version=selectors.version("protocol", "reflux", "1.4.0"), reason="mal", author=IBARRA)
    assert NEW not in in_force()


def test_a_folder_that_holds_the_tried_text_brings_it_into_force_and_ends_the_trial(folder):
    trial = tried()
    (folder / NEW).write_text(CHANGED)
    services.load(folder, services.Author(name="Carpeta"))
    assert in_force()[NEW] == CHANGED
    trials.keep_up(timezone.now())
    trial.refresh_from_db()
    assert trial.state == "ended"


def test_no_trial_is_rewritten_revived_or_deleted(folder):
    trial = tried()
    for change in ({"share": 5}, {"salt": "00"}, {"ends_at": timezone.now() + 90 * DAY}, {"doctors": ["1"]}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Trial.objects.filter(pk=trial.pk).update(**change)
    trials.stop(trial_id=trial.pk, author=IBARRA, reason="Daña")
    for forbidden in (
        lambda: Trial.objects.update(state="running"),
        lambda: Trial.objects.all().delete(),
        lambda: TrialSet.objects.all().delete(),
        lambda: TrialTurn.objects.update(reason=""),
        lambda: Version.objects.filter(pk=trial.version_id).update(text="otro"),
        lambda: Version.objects.filter(pk=trial.version_id).update(status="draft"),
        lambda: Version.objects.filter(pk=trial.version_id).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            forbidden()
    assert Submission.objects.count() == 1
    assert Release.objects.exclude(current_since=None).count() == 1
