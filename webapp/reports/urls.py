from django.urls import path

from webapp.reports import views

app_name = "reports"
urlpatterns = [
    path("saved/", views.saved, name="saved"),
    path("saved.csv", views.figures, name="figures"),
]
