"""`manage.py api_schema`: prints the OpenAPI schema of the API, which docs/reference/openapi.yaml is."""

from typing import Any

from django.core.management.base import BaseCommand

from webapp.studio.api import schema_as_yaml


class Command(BaseCommand):
    help = "Print the OpenAPI schema of the API as YAML"

    def handle(self, *_arguments: Any, **_options: Any) -> None:
        self.stdout.write(schema_as_yaml(), ending="")
