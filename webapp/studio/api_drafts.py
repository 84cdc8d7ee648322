"""Drafts for programs: begun, saved state by state, judged, examined, proposed."""

from typing import Any

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from rules.drafting import newest_of
from rules.judging import judged
from rules.models import Draft, Examination
from webapp.studio import tasks, working, writing
from webapp.studio.api import WRONG, version_of
from webapp.studio.api_base import Costly, Endpoint, Refused, confirmed, nothing_here, read
from webapp.studio.api_shapes import (
    BeginShape,
    ConflictShape,
    DraftShape,
    DraftsShape,
    ExaminationShape,
    JudgedShape,
    LinesShape,
    ProposalShape,
    ProposeShape,
    ProvedShape,
    RefusalShape,
    RestoreShape,
    RevisionShape,
    RevisionsShape,
    SaveShape,
    StateShape,
    TextShape,
    WholeDraftShape,
)

WRONG_DRAFT = {409: ConflictShape, 422: RefusalShape} | WRONG


def draft_of(request: Request, pk: int) -> Draft:
    try:
        return working.draft_of(request.user, pk)
    except Draft.DoesNotExist:
        nothing_here()


def _whole(held: Draft) -> dict[str, Any]:
    return {**DraftShape(held).data, "newest": RevisionShape(newest_of(held)).data}


class Drafts(Endpoint):
    """What is being worked on."""

    @extend_schema(operation_id="drafts", responses={200: DraftsShape} | WRONG)
    def get(self, request: Request) -> Response:
        """List the drafts somebody works on, the last one begun first."""
        return Response(DraftsShape({"drafts": working.drafts_for(request.user)}).data)

    @extend_schema(operation_id="begin", request=BeginShape, responses={201: WholeDraftShape} | WRONG_DRAFT)
    def post(self, request: Request) -> Response:
        """Begin a draft of a published version, or of a text from elsewhere."""
        said = read(BeginShape, request)
        if "text" in said:
            held = writing.bring(request.user, said["text"])
        else:
            held = writing.begin(request.user, version_of(request, said["version"]))
        return Response(_whole(held), status=201)


class OneDraft(Endpoint):
    """One draft and its newest state."""

    @extend_schema(operation_id="draft", responses={200: WholeDraftShape} | WRONG)
    def get(self, request: Request, draft: int) -> Response:
        """Give a draft with its newest text."""
        return Response(_whole(draft_of(request, draft)))

    @extend_schema(operation_id="save", request=SaveShape, responses={200: WholeDraftShape} | WRONG_DRAFT)
    def put(self, request: Request, draft: int) -> Response:
        """Save a text, right or wrong; 409 with the other text where somebody saved since the revision shown."""
        held, said = draft_of(request, draft), read(SaveShape, request)
        writing.save(request.user, held.pk, said["text"], said["shown"])
        return Response(_whole(draft_of(request, draft)))


class Revisions(Endpoint):
    """Every state a draft had."""

    @extend_schema(operation_id="revisions", responses={200: RevisionsShape} | WRONG)
    def get(self, request: Request, draft: int) -> Response:
        """List the saved states of a draft, newest first, without their texts."""
        found = working.revisions_of(draft_of(request, draft))
        return Response(RevisionsShape({"revisions": found}).data)


class OneRevision(Endpoint):
    """One state of a draft."""

    @extend_schema(operation_id="revision", responses={200: RevisionShape} | WRONG)
    def get(self, request: Request, draft: int, number: int) -> Response:
        """Give one saved state exactly as it was typed."""
        found = draft_of(request, draft).revisions.filter(number=number).first()
        return Response(RevisionShape(found or nothing_here()).data)


class Restore(Endpoint):
    """Going back to an earlier state."""

    @extend_schema(operation_id="restore", request=RestoreShape, responses={200: WholeDraftShape} | WRONG_DRAFT)
    def post(self, request: Request, draft: int) -> Response:
        """Bring an earlier state back as the newest; those between stay."""
        held, said = draft_of(request, draft), read(RestoreShape, request)
        writing.restore(request.user, held.pk, said["number"], said["shown"])
        return Response(_whole(draft_of(request, draft)))


class State(Endpoint):
    """Put aside, or taken up again."""

    @extend_schema(operation_id="state", request=StateShape, responses={200: DraftShape} | WRONG_DRAFT)
    def post(self, request: Request, draft: int) -> Response:
        """Put a draft aside, or take it up again."""
        held, said = draft_of(request, draft), read(StateShape, request)
        deed = writing.take_up if said["state"] == Draft.State.OPEN else writing.put_aside
        return Response(DraftShape(deed(request.user, held.pk)).data)


class Judge(Endpoint):
    """What is wrong with a text."""

    throttle_classes = (Costly,)

    @extend_schema(operation_id="judge", request=TextShape, responses={200: JudgedShape} | WRONG)
    def post(self, request: Request, draft: int) -> Response:
        """Judge a text as if it were the draft's; nothing is kept."""
        held, said = draft_of(request, draft), read(TextShape, request)
        path, problems = judged(held, said["text"])
        found = [
            {"code": each.code, "message": each.message, "hint": each.hint, "file": each.place.file,
             "line": each.place.line, "column": each.place.column}
            for each in problems
        ]  # fmt: skip
        return Response(JudgedShape({"path": path, "problems": found}).data)


class Examine(Endpoint):
    """What is found out about a draft before it may be proposed."""

    throttle_classes = (Costly,)

    @extend_schema(operation_id="examination", responses={200: ExaminationShape} | WRONG)
    def get(self, request: Request, draft: int) -> Response:
        """Tell how far the examination of the newest state is, and what was found."""
        found = working.examination_of(draft_of(request, draft))
        return Response(ExaminationShape(found or nothing_here()).data)

    @extend_schema(
        operation_id="examine", request=None,
        responses={200: ExaminationShape, 202: ExaminationShape, 422: RefusalShape} | WRONG,
    )  # fmt: skip
    def post(self, request: Request, draft: int) -> Response:
        """Have the newest state examined against what is in force: problems, tests, proofs, differences. 202: wait."""
        held = draft_of(request, draft)
        with transaction.atomic():
            found = writing.ask_for_examination(request.user, held)
            if found.finished_at is None:
                tasks.enqueue(held.pk, held.revision)
        return Response(ExaminationShape(found).data, status=200 if found.finished_at else 202)


class TextChanges(Endpoint):
    """The lines a draft changes."""

    @extend_schema(operation_id="draft_lines", responses={200: LinesShape} | WRONG)
    def get(self, request: Request, draft: int) -> Response:
        """Give the lines that differ from the text the draft was begun from."""
        held = draft_of(request, draft)
        return Response(LinesShape({"lines": working.text_difference(held, newest_of(held).text)}).data)


class ProvedChanges(Endpoint):
    """For whom a plan would come otherwise."""

    @extend_schema(operation_id="draft_changes", responses={200: ProvedShape} | WRONG)
    def get(self, request: Request, draft: int) -> Response:
        """Give the proved differences to what is in force, each with a made-up patient."""
        return Response(proved(working.examination_of(draft_of(request, draft))))


def proved(examination: Examination | None) -> dict[str, Any]:
    """Return the proved differences of an examination as they go out."""
    report: dict[str, Any] = (examination.report if examination else None) or {}
    found = {
        "examined": bool(report),
        "equivalent": bool(report.get("equivalent")),
        "changes": report.get("changes", []),
        "undecided": report.get("undecided", []),
    }
    return dict(ProvedShape(found).data)


class Propose(Endpoint):
    """Putting a draft before another director."""

    @extend_schema(operation_id="propose", request=ProposeShape, responses={201: ProposalShape} | WRONG_DRAFT)
    def post(self, request: Request, draft: int) -> Response:
        """Put a draft, examined and clean, before another director; urgent: in force at once, by who may approve."""
        held, said = draft_of(request, draft), dict(read(ProposeShape, request))
        secret = said.pop("secret")
        if said["urgent"]:
            confirmed(request, secret)
        if not said["reason"].strip():
            raise Refused(422, "R030", "a proposal needs a reason", "Say in a sentence what changes and why.")
        return Response(ProposalShape(writing.propose(request.user, held.pk, **said)).data, status=201)
