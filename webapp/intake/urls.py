from django.urls import path, register_converter

from webapp.intake import kept_views, staff_views, views
from webapp.intake.places import Place

register_converter(Place, "place")
app_name = "intake"
urlpatterns = [
    path("consent/", views.consent, name="consent"),
    path("start/", views.start, name="start"),
    path("for/<uuid:patient>/", staff_views.for_patient, name="for_patient"),
    path("for/<uuid:patient>/ask/", staff_views.ask, name="ask"),
    path("<uuid:pk>/", views.resume, name="resume"),
    path("<uuid:pk>/kept/", kept_views.kept, name="kept"),
    path("<uuid:pk>/check-and-send/", views.check, name="check"),
    path("<uuid:pk>/thank-you/", views.thanks, name="thanks"),
    path("<uuid:pk>/<place:group>/", views.group, name="group"),
    path("<uuid:pk>/<place:group>/<place:item>/", views.answer, name="answer"),
    path("<uuid:pk>/<place:group>/<place:item>/search/", views.search, name="search"),
    path("<uuid:pk>/<place:group>/<place:item>/read/", views.urgent, name="urgent"),
    path("<uuid:pk>/<place:group>/<place:item>/mistake/", views.mistake, name="mistake"),
]
