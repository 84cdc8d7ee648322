"""Addresses of plans: the review page and what a doctor does on it."""

from django.urls import path

from webapp.plans import colleague_views, paper_views, recall_views, supposing_views, views, watch_views

app_name = "plans"
urlpatterns = [
    path("<uuid:pk>/review/", views.review, name="review"),
    path("mine.pdf", paper_views.own_paper, name="own_paper"),
    path("tasks/<uuid:task>/", watch_views.task, name="task"),
    path("recalls/<uuid:recalled>/", recall_views.recalled, name="recalled"),
    path("<uuid:pk>/plan.pdf", paper_views.plan_paper, name="paper"),
    path("<uuid:pk>/decisions.pdf", paper_views.record_paper, name="record_paper"),
    path("<uuid:pk>/settle/", watch_views.settle, name="settle"),
    path("<uuid:pk>/keep/", watch_views.keep, name="keep"),
    path("<uuid:pk>/without/", watch_views.close_without, name="close_without"),
    path("<uuid:pk>/on-screen/", watch_views.on_screen, name="on_screen"),
    path("<uuid:pk>/take-back/", watch_views.take_back, name="take_back"),
    path("<uuid:pk>/items/<uuid:item>/override/", watch_views.override, name="override"),
    path("<uuid:pk>/patient-text/", views.patient_text, name="patient_text"),
    path("<uuid:pk>/seen/", views.seen, name="seen"),
    path("<uuid:pk>/rest/", views.accept_rest, name="accept_rest"),
    path("<uuid:pk>/sign/", views.sign, name="sign"),
    path("<uuid:pk>/add/", views.add, name="add"),
    path("<uuid:pk>/answer/", views.answer, name="answer"),
    path("<uuid:pk>/outlook/", views.outlook, name="outlook"),
    path("<uuid:pk>/hand-over/", colleague_views.hand_over, name="hand_over"),
    path("<uuid:pk>/hand-over/back/", colleague_views.take_over_back, name="take_over_back"),
    path("<uuid:pk>/items/<uuid:item>/second/", colleague_views.ask_second, name="ask_second"),
    path("<uuid:pk>/seconds/<uuid:second>/", colleague_views.answer_second, name="answer_second"),
    path("<uuid:pk>/what-if/", supposing_views.what_if, name="what_if"),
    path("<uuid:pk>/again/", views.assess_again, name="assess_again"),
    path("<uuid:pk>/entries/<uuid:allergy>/", views.allergy, name="allergy"),
    path("<uuid:pk>/items/<uuid:item>/", views.decide, name="decide"),
    path("<uuid:pk>/items/<uuid:item>/try/", views.try_doses, name="try_doses"),
    path("<uuid:pk>/items/<uuid:item>/undo/", views.undecide, name="undecide"),
    path("<uuid:pk>/items/<uuid:item>/why/", views.why, name="why"),
]
