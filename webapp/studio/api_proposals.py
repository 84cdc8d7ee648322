"""Proposals for programs: read, spoken to, decided; what decides is done by a person who is signed in."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from rules.models import Submission
from webapp.studio import working, writing
from webapp.studio.api import WRONG
from webapp.studio.api_base import Endpoint, PersonalEndpoint, confirmed, nothing_here, read
from webapp.studio.api_drafts import proved
from webapp.studio.api_shapes import (
    LinesShape,
    ProposalShape,
    ProposalsShape,
    ProvedShape,
    RefusalShape,
    RemarkShape,
    SaidShape,
    VerdictShape,
    WholeProposalShape,
)

WRONG_DEED = {422: RefusalShape} | WRONG


def proposal_of(request: Request, pk: int) -> Submission:
    try:
        return working.proposal_of(request.user, pk)
    except Submission.DoesNotExist:
        nothing_here()


def _looked(request: Request, held: Submission, what: str) -> None:
    """Note that a person who may decide has opened a difference; what a program fetches nobody has seen."""
    if getattr(request._request, "token", None) is None and request.user.may(working.PUBLISH):
        writing.looked(request.user, held, what)


class Proposals(Endpoint):
    """What waits for a decision or for its day."""

    @extend_schema(operation_id="proposals", responses={200: ProposalsShape} | WRONG)
    def get(self, request: Request) -> Response:
        """List the proposals that wait, oldest first."""
        return Response(ProposalsShape({"proposals": working.proposals_for(request.user)}).data)


class OneProposal(Endpoint):
    """One proposal."""

    @extend_schema(operation_id="proposal", responses={200: WholeProposalShape} | WRONG)
    def get(self, request: Request, proposal: int) -> Response:
        """Give a proposal: who, why, what was decided, and whether you may decide."""
        held = proposal_of(request, proposal)
        more = {
            "may_decide": working.may_decide(request.user, held) and not held.decision,
            "opened": sorted(working.seen_by(request.user, held)),
            "remarks": SaidShape(held.remarks.all(), many=True).data,
        }
        return Response({**ProposalShape(held).data, **more})


class ProposalLines(Endpoint):
    """The lines a proposal changes."""

    @extend_schema(operation_id="proposal_lines", responses={200: LinesShape} | WRONG)
    def get(self, request: Request, proposal: int) -> Response:
        """Give the lines that change; that a person opened them is noted."""
        held = proposal_of(request, proposal)
        _looked(request, held, working.OPENED.TEXT)
        return Response(LinesShape({"lines": working.text_difference(held.draft, held.revision.text)}).data)


class ProposalChanges(Endpoint):
    """For whom a plan would come otherwise."""

    @extend_schema(operation_id="proposal_changes", responses={200: ProvedShape} | WRONG)
    def get(self, request: Request, proposal: int) -> Response:
        """Give the proved differences; that a person opened them is noted."""
        held = proposal_of(request, proposal)
        _looked(request, held, working.OPENED.PROVED)
        return Response(proved(held.examination))


class Verdict(PersonalEndpoint):
    """The decision."""

    @extend_schema(operation_id="decide", request=VerdictShape, responses={200: ProposalShape} | WRONG_DEED)
    def post(self, request: Request, proposal: int) -> Response:
        """Approve, once both differences were opened and with a secret, at once or from a day on; or refuse."""
        held, said = proposal_of(request, proposal), read(VerdictShape, request)
        if said["verdict"] == "refuse":
            return Response(ProposalShape(writing.refuse(request.user, held.pk, said["comment"])).data)
        confirmed(request, said["secret"])
        day = said["effective_from"]
        done = writing.approve(request.user, held.pk, comment=said["comment"], effective_from=day)
        return Response(ProposalShape(done).data)


class Withdraw(Endpoint):
    """Taking one's own proposal back."""

    @extend_schema(operation_id="withdraw", request=None, responses={200: ProposalShape} | WRONG_DEED)
    def post(self, request: Request, proposal: int) -> Response:
        """Take one's own proposal back; its draft is open again."""
        held = proposal_of(request, proposal)
        return Response(ProposalShape(writing.withdraw(request.user, held.pk)).data)


class Remarks(PersonalEndpoint):
    """Words to a line."""

    @extend_schema(operation_id="remark", request=RemarkShape, responses={201: SaidShape} | WRONG_DEED)
    def post(self, request: Request, proposal: int) -> Response:
        """Say something to one line of a waiting proposal."""
        held, said = proposal_of(request, proposal), read(RemarkShape, request)
        made = writing.remark(request.user, held.pk, said["line"], said["words"])
        return Response(SaidShape(made).data, status=201)
