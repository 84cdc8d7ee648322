"""Where every page stands. An app's addresses live in its own urls module."""

from django.urls import include, path, register_converter

from webapp.base import views
from webapp.jobs.views import healthz, readyz
from webapp.patients.places import Purpose
from webapp.results.places import Analyte

register_converter(Purpose, "purpose")  # of several apps
register_converter(Analyte, "analyte")
urlpatterns = [
    path("", views.home, name="home"),
    path("language/", views.set_language, name="set_language"),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("accounts/", include("webapp.accounts.urls")),
    path("api/v1/", include("webapp.studio.api_urls")),
    path("alerts/", include("webapp.alerts.urls")),
    path("clinic/", include("webapp.clinic.urls")),
    path("desk/", include("webapp.desk.urls")),
    path("intake/", include("webapp.intake.urls")),
    path("jobs/", include("webapp.jobs.urls")),
    path("orders/", include("webapp.prescriptions.urls")),
    path("plans/", include("webapp.plans.urls")),
    path("portal/", include("webapp.portal.urls")),
    path("privacy/", include("webapp.privacy.urls")),
    path("figures/", include("webapp.reports.urls")),
    path("shared/", include("webapp.sharing.urls")),
    path("sheets/", include("webapp.results.urls")),
    path("studio/", include("webapp.studio.urls")),
]

handler403 = handler404 = "webapp.base.views.nothing_here"
handler500 = "webapp.base.views.broken"
