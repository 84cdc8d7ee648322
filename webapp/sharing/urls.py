from django.urls import path, register_converter

from webapp.sharing import patient_views, views
from webapp.sharing.places import Part

register_converter(Part, "shared_part")
app_name = "sharing"
urlpatterns = [
    path("", views.listed, name="list"),
    path("mine/", patient_views.mine, name="mine"),
    path("mine/new/", patient_views.new, name="new"),
    path("mine/<uuid:share>/", patient_views.one, name="one"),
    path("mine/<uuid:share>/change/", patient_views.change, name="change"),
    path("mine/<uuid:share>/take-back/", patient_views.take_back, name="take_back"),
    path("<uuid:share>/<shared_part:part>/", views.section, name="section"),
    path("<uuid:share>/<shared_part:part>/<uuid:paper>/", views.paper, name="paper"),
]
