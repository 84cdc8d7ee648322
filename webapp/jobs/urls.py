from django.urls import path

from webapp.jobs import views

app_name = "jobs"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("<int:pk>/retry/", views.retry, name="retry"),
    path("messages/<int:pk>/retry/", views.send_again, name="send_again"),
]
