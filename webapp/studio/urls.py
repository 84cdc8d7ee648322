from django.urls import include, path

from webapp.studio import draft_views, judging, proposal_views, reader_views, try_views, views

app_name = "studio"
urlpatterns = [
    path("", views.shelf, name="list"),
    path("use/", views.in_use, name="in_use"),
    path("bring/", draft_views.bring, name="bring"),
    path("drafts/<int:draft>/", draft_views.draft, name="draft"),
    path("drafts/<int:draft>/examine/", draft_views.examine, name="examine"),
    path("drafts/<int:draft>/changes/", draft_views.changes, name="changes"),
    path("drafts/<int:draft>/restore/", draft_views.restore, name="restore"),
    path("drafts/<int:draft>/aside/", draft_views.aside, name="aside"),
    path("drafts/<int:draft>/propose/", draft_views.propose, name="propose"),
    path("drafts/<int:draft>/judge/", judging.judge, name="judge"),
    path("drafts/<int:draft>/try/", try_views.try_on, name="try"),
    path("drafts/<int:draft>/try/keep/", try_views.keep, name="keep_test"),
    path("drafts/<int:draft>/tests/", try_views.tests, name="tests"),
    path("drafts/<int:draft>/edges/", try_views.edges, name="edges"),
    path("drafts/<int:draft>/text/", draft_views.draft_text, name="draft_text"),
    path("proposals/<int:proposal>/", proposal_views.proposal, name="proposal"),
    path("proposals/<int:proposal>/text/", proposal_views.text, name="proposal_text"),
    path("proposals/<int:proposal>/proved/", proposal_views.proved, name="proposal_proved"),
    path("proposals/<int:proposal>/verdict/", proposal_views.decide, name="decide"),
    path("proposals/<int:proposal>/remark/", proposal_views.remark, name="remark"),
    path("proposals/<int:proposal>/withdraw/", proposal_views.withdraw, name="withdraw"),
    path("trials/", include("webapp.studio.trial_urls")),
    path("replays/", include("webapp.studio.replay_urls")),
    path("<int:pk>/", views.version, name="version"),
    path("<int:pk>/read/", reader_views.read, name="read"),
    path("<int:pk>/read/paper/", reader_views.paper, name="paper"),
    path("<int:pk>/draft/", draft_views.begin, name="begin"),
    path("<int:pk>/back/", proposal_views.back, name="back"),
    path("<int:pk>/text/", proposal_views.version_text, name="text"),
]
