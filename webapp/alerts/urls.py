"""Addresses at which alerts are settled; the pages they stand on belong to the apps that show them."""

from django.urls import path

from webapp.alerts import views

app_name = "alerts"
urlpatterns = [
    path("<uuid:pk>/acknowledge/", views.acknowledge, name="acknowledge"),
    path("<uuid:pk>/close/", views.close, name="close"),
    path("reminders/<uuid:reminder>/done/", views.reminder_done, name="reminder_done"),
]
