"""Addresses of the API. What may be opened is what the pages open, to the same people."""

from django.urls import path

from webapp.studio import api, api_drafts, api_proposals
from webapp.studio.api_base import door

READ, WRITE, PUBLISH = "protocols.read", "protocols.write", "protocols.publish"
app_name = "api"
urlpatterns = [
    path("schema/", door(READ, api.Schema), name="schema"),
    path("files/", door(READ, api.Files), name="files"),
    path("versions/<int:pk>/", door(READ, api.OneVersion), name="version"),
    path("versions/<int:pk>/back/", door(PUBLISH, api.Back), name="back"),
    path("set/", door(READ, api.InForce), name="set"),
    path("set/archive/", door(READ, api.Archive), name="archive"),
    path("drafts/", door(WRITE, api_drafts.Drafts), name="drafts"),
    path("drafts/<int:draft>/", door(WRITE, api_drafts.OneDraft), name="draft"),
    path("drafts/<int:draft>/revisions/", door(WRITE, api_drafts.Revisions), name="revisions"),
    path("drafts/<int:draft>/revisions/<int:number>/", door(WRITE, api_drafts.OneRevision), name="revision"),
    path("drafts/<int:draft>/restore/", door(WRITE, api_drafts.Restore), name="restore"),
    path("drafts/<int:draft>/state/", door(WRITE, api_drafts.State), name="state"),
    path("drafts/<int:draft>/judge/", door(WRITE, api_drafts.Judge), name="judge"),
    path("drafts/<int:draft>/examine/", door(WRITE, api_drafts.Examine), name="examination"),
    path("drafts/<int:draft>/lines/", door(WRITE, api_drafts.TextChanges), name="draft_lines"),
    path("drafts/<int:draft>/changes/", door(WRITE, api_drafts.ProvedChanges), name="draft_changes"),
    path("drafts/<int:draft>/propose/", door(WRITE, api_drafts.Propose), name="propose"),
    path("proposals/", door(PUBLISH, api_proposals.Proposals), name="proposals"),
    path("proposals/<int:proposal>/", door(PUBLISH, api_proposals.OneProposal), name="proposal"),
    path("proposals/<int:proposal>/lines/", door(PUBLISH, api_proposals.ProposalLines), name="proposal_lines"),
    path("proposals/<int:proposal>/changes/", door(PUBLISH, api_proposals.ProposalChanges), name="proposal_changes"),
    path("proposals/<int:proposal>/verdict/", door(PUBLISH, api_proposals.Verdict), name="decide"),
    path("proposals/<int:proposal>/withdraw/", door(WRITE, api_proposals.Withdraw), name="withdraw"),
    path("proposals/<int:proposal>/remarks/", door(PUBLISH, api_proposals.Remarks), name="remark"),
]
