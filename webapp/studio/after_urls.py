from django.urls import path

from webapp.studio import after_views

urlpatterns = [
    path("firing/", after_views.firing, name="firing"),
    path("news/", after_views.told, name="news"),
    path("news/<int:incident>/close/", after_views.close_incident, name="close_incident"),
    path("<int:pk>/", after_views.after, name="after"),
    path("<int:pk>/<slug:rule>/", after_views.after_rule, name="after_rule"),
]
