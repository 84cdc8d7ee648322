"""Addresses of the clinic's home: the worklist, the patients, one patient with the record, and who looked."""

from django.urls import path, register_converter

from webapp.desk import (
    consent_views,
    course_views,
    entry_views,
    inviting_views,
    looks_views,
    measure_views,
    people_views,
    record_views,
    saved_views,
    summary_views,
    views,
)
from webapp.desk.places import Part

register_converter(Part, "part")
app_name = "desk"
_LIST = "patients/<uuid:pk>/record/<part:kind>"
urlpatterns = [
    path("", views.worklist, name="list"),
    path("live/", views.live, name="live"),
    path("views/", saved_views.kept, name="views"),
    path("views/<uuid:view>/", saved_views.change, name="view_change"),
    path("next/", views.following, name="next"),
    path("patients/", people_views.patients, name="patients"),
    path("patients/new/", people_views.register, name="register"),
    path("patients/<uuid:pk>/", record_views.patient, name="patient"),
    path("patients/<uuid:pk>/time/", record_views.moments, name="timeline"),
    path("patients/<uuid:pk>/course/", course_views.course, name="course"),
    path("patients/<uuid:pk>/course/figures/", course_views.figures, name="course_figures"),
    path("patients/<uuid:pk>/summary/", summary_views.summary, name="summary"),
    path("patients/<uuid:pk>/identity/", people_views.identity, name="identity"),
    path("patients/<uuid:pk>/all/<part:part>/", record_views.whole_list, name="whole_list"),
    path("patients/<uuid:pk>/contacts/new/", entry_views.add_contact, name="contact_add"),
    path("patients/<uuid:pk>/contacts/<uuid:contact>/", entry_views.contact, name="contact"),
    path("patients/<uuid:pk>/documents/<uuid:document>/", entry_views.document, name="document"),
    path("patients/<uuid:pk>/answers/<uuid:response>/", record_views.answers, name="answers"),
    path("patients/<uuid:pk>/measurements/new/", measure_views.add, name="measure_add"),
    path("patients/<uuid:pk>/measurements/<uuid:measure>/", measure_views.measure, name="measure"),
    path("patients/<uuid:pk>/record/<part:kind>/new/", entry_views.add, name="entry_add"),
    path(f"{_LIST}/none/", entry_views.say_of_list, {"said": "none"}, name="entry_none"),
    path(f"{_LIST}/whole/", entry_views.say_of_list, {"said": "whole"}, name="entry_whole"),
    path(f"{_LIST}/more/", entry_views.say_of_list, {"said": "more"}, name="entry_more"),
    path("patients/<uuid:pk>/record/<part:kind>/<uuid:entry>/", entry_views.entry, name="entry"),
    path("patients/<uuid:pk>/consents/", consent_views.consents, name="consents"),
    path("patients/<uuid:pk>/consents/<purpose:purpose>/", consent_views.write, name="consent_write"),
    path("invitations/", inviting_views.waiting, name="invitations"),
    path("patients/<uuid:pk>/invitation/", inviting_views.invitation, name="invitation"),
    path("patients/<uuid:pk>/invitation/new/", inviting_views.invite, name="invite"),
    path("patients/<uuid:pk>/invitation/withdraw/", inviting_views.withdraw, name="uninvite"),
    path("who-looked/", looks_views.search, name="looks_search"),
    path("who-looked/<uuid:pk>/", looks_views.looks_at, name="looks"),
]
