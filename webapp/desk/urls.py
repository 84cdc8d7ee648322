"""Addresses of the clinic's home: the worklist and the patients."""

from django.urls import path

from webapp.desk import views

app_name = "desk"
urlpatterns = [
    path("", views.worklist, name="list"),
    path("next/", views.following, name="next"),
    path("patients/", views.patients, name="patients"),
    path("patients/<uuid:pk>/", views.patient, name="patient"),
]
