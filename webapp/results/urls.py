"""Addresses of results at the desk: entered, read, released, brought in from files, and the rules of the clinic."""

from django.urls import path

from webapp.results import import_views, rule_views, views

app_name = "results"
urlpatterns = [
    path("patients/<uuid:patient>/new/", views.add, name="add"),
    path("documents/<uuid:document>/", views.read, name="read"),
    path("documents/<uuid:document>/pages/<int:number>/", views.page, name="page"),
    path("reports/<uuid:report>/", views.show, name="report"),
    path("reports/<uuid:report>/release/", views.release, name="release"),
    path("reports/<uuid:report>/take-back/", views.take_back, name="take_back"),
    path("patients/<uuid:patient>/", views.listed, name="list"),
    path("files/", import_views.choose, name="choose"),
    path("files/<uuid:file>/", import_views.file, name="file"),
    path("files/<uuid:file>/confirm/", import_views.confirm, name="confirm"),
    path("rules/", rule_views.rules, name="rules"),
    path("rules/<analyte:analyte>/", rule_views.text, name="text"),
]
