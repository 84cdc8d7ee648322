"""Addresses of prescriptions; none of them says what they are about."""

from django.urls import path

from webapp.prescriptions import course_views, patient_views, pharmacy_views, renewal_views, views

app_name = "prescriptions"
urlpatterns = [
    path("plans/<uuid:plan>/", views.write, name="write"),
    path("plans/<uuid:plan>/sheet.pdf", views.advice, name="advice"),
    path("sheets/<uuid:batch>/", views.paper, name="paper"),
    path("mine/", patient_views.mine, name="mine"),
    path("mine/<uuid:item>/again/", patient_views.ask, name="ask"),
    path("mine/where/", patient_views.choose, name="choose"),
    path("mine/day/", patient_views.day, name="day"),
    path("mine/<uuid:item>/ticked/", patient_views.tick, name="tick"),
    path("patients/<uuid:patient>/", course_views.course, name="course"),
    path("patients/<uuid:patient>/figures.csv", course_views.figures, name="figures"),
    path("asked/<uuid:renewal>/", renewal_views.renewal, name="renewal"),
    path("where/", pharmacy_views.pharmacies, name="pharmacies"),
    path("where/<uuid:pharmacy>/close/", pharmacy_views.close, name="pharmacy_close"),
    path("where/orders/<uuid:order>/again/", pharmacy_views.send_again, name="order_again"),
    path("me/", views.prescriber, name="prescriber"),
]
