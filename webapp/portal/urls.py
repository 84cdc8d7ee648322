from django.urls import path, register_converter

from webapp.portal import diary_views, file_views, join_views, record_views, result_views, views
from webapp.portal.places import Listed

register_converter(Listed, "own_list")
app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("plan/", views.plan, name="plan"),
    path("days/", diary_views.diary, name="diary"),
    path("answers/", views.answers, name="answers"),
    path("answers/<uuid:pk>/", views.answer, name="answer"),
    path("consent/", views.consent, name="consent"),
    path("consent/<purpose:purpose>/", views.decide, name="decide"),
    path("join/", join_views.join, name="join"),
    path("join/password/", join_views.password, name="join_password"),
    path("join/<slug:secret>/", join_views.join, name="join_by_link"),
    path("more/", views.more, name="more"),
    path("record/", record_views.show, name="record"),
    path("record/pdf/", record_views.download, name="record_pdf"),
    path("record/documents/new/", file_views.send, name="send_file"),
    path("record/documents/<uuid:document>/", file_views.document, name="document"),
    path("record/documents/<uuid:document>/drop/", file_views.drop, name="file_drop"),
    path("record/new/", record_views.add_allergy, name="allergy"),
    path("record/<own_list:name>/all/", record_views.say_of_list, {"said": "whole"}, name="list_whole"),
    path("record/<own_list:name>/more/", record_views.say_of_list, {"said": "more"}, name="list_more"),
    path("record/<own_list:name>/none/", record_views.say_of_list, {"said": "none"}, name="list_none"),
    path("sheets/", result_views.listed, name="results"),
    path("sheets/<uuid:report>/", result_views.show, name="result"),
    path("sheets/<uuid:report>/file/", result_views.file, name="result_file"),
    path("sheets/figures/<analyte:analyte>/", result_views.figures, name="result_figures"),
    path("who-looked/", record_views.who_looked, name="looks"),
    path("reach/", record_views.reach, name="reach"),
    path("contacts/new/", record_views.add_contact, name="contact"),
    path("contacts/<uuid:contact>/drop/", record_views.drop_contact, name="contact_drop"),
]
