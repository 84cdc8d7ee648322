from django.urls import path

from webapp.studio import views

app_name = "studio"
urlpatterns = [
    path("", views.shelf, name="list"),
    path("use/", views.in_use, name="in_use"),
    path("<int:pk>/", views.version, name="version"),
]
