"""Addresses of copies of whole records, and of the consent texts."""

from django.urls import path

from webapp.privacy import text_views, views

app_name = "privacy"
urlpatterns = [
    path("my-data/", views.own, name="own"),
    path("patients/<uuid:patient>/copy/", views.export, name="export"),
    path("copies/<uuid:pk>/", views.waiting, name="waiting"),
    path("copies/<uuid:pk>/file/", views.file, name="file"),
    path("consent-texts/", text_views.overview, name="texts"),
    path("consent-texts/<purpose:purpose>/", text_views.edit, name="text"),
    path("consent-texts/<purpose:purpose>/preview/", text_views.preview, name="text_preview"),
    path("consent-texts/<purpose:purpose>/publish/", text_views.publish, name="text_publish"),
    path("consent-texts/<purpose:purpose>/drop/", text_views.drop, name="text_drop"),
]
