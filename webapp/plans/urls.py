"""Addresses of plans: the review page and what a doctor does on it."""

from django.urls import path

from webapp.plans import views

app_name = "plans"
urlpatterns = [
    path("<uuid:pk>/review/", views.review, name="review"),
    path("<uuid:pk>/patient-text/", views.patient_text, name="patient_text"),
    path("<uuid:pk>/seen/", views.seen, name="seen"),
    path("<uuid:pk>/rest/", views.accept_rest, name="accept_rest"),
    path("<uuid:pk>/sign/", views.sign, name="sign"),
    path("<uuid:pk>/add/", views.add, name="add"),
    path("<uuid:pk>/answer/", views.answer, name="answer"),
    path("<uuid:pk>/again/", views.assess_again, name="assess_again"),
    path("<uuid:pk>/allergies/<uuid:allergy>/", views.allergy, name="allergy"),
    path("<uuid:pk>/items/<uuid:item>/", views.decide, name="decide"),
    path("<uuid:pk>/items/<uuid:item>/undo/", views.undecide, name="undecide"),
    path("<uuid:pk>/items/<uuid:item>/why/", views.why, name="why"),
]
