from django.apps import AppConfig
from django.utils.module_loading import import_string

from webapp.base import house


class ClinicConfig(AppConfig):
    name = "webapp.clinic"
    label = "clinic"

    def ready(self) -> None:
        """Tell the pages below who knows the clinic; models can be loaded only now."""
        selectors = "webapp.clinic.selectors"
        house.register(import_string(f"{selectors}.house_now"), import_string(f"{selectors}.picture"))
