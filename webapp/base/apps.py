from django.apps import AppConfig


class BaseConfig(AppConfig):
    name = "webapp.base"
    default_auto_field = "django.db.models.BigAutoField"
