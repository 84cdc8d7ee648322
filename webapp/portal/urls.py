from django.urls import path

from webapp.portal import views

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("plan/", views.plan, name="plan"),
    path("diary/", views.diary, name="diary"),
    path("answers/", views.answers, name="answers"),
    path("answers/<uuid:pk>/", views.answer, name="answer"),
    path("consent/", views.consent, name="consent"),
    path("consent/<slug:purpose>/", views.decide, name="decide"),
    path("more/", views.more, name="more"),
]
