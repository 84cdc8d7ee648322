"""Addresses of the clinic's description."""

from django.urls import path

from webapp.clinic import views

app_name = "clinic"
urlpatterns = [
    path("", views.settings, name="settings"),
    path("logo/", views.logo, name="logo"),
    path("logo/<slug:digest>.png", views.picture, name="picture"),
    path("questions/", views.questions, name="questions"),
    path("<slug:section>/", views.change, name="change"),
]
