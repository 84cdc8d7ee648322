from django.urls import path

from webapp.intake import kept_views, staff_views, views

app_name = "intake"
urlpatterns = [
    path("consent/", views.consent, name="consent"),
    path("start/", views.start, name="start"),
    path("for/<uuid:patient>/", staff_views.for_patient, name="for_patient"),
    path("<uuid:pk>/", views.resume, name="resume"),
    path("<uuid:pk>/as-answered/", staff_views.read, name="read"),
    path("<uuid:pk>/kept/", kept_views.kept, name="kept"),
    path("<uuid:pk>/check-and-send/", views.check, name="check"),
    path("<uuid:pk>/thank-you/", views.thanks, name="thanks"),
    path("<uuid:pk>/<slug:group>/", views.group, name="group"),
    path("<uuid:pk>/<slug:group>/<slug:item>/", views.answer, name="answer"),
    path("<uuid:pk>/<slug:group>/<slug:item>/search/", views.search, name="search"),
    path("<uuid:pk>/<slug:group>/<slug:item>/urgent/", views.urgent, name="urgent"),
    path("<uuid:pk>/<slug:group>/<slug:item>/mistake/", views.mistake, name="mistake"),
]
