from django.apps import AppConfig


class PrescriptionsConfig(AppConfig):
    name = "webapp.prescriptions"
    label = "prescriptions"
    default_auto_field = "django.db.models.BigAutoField"
