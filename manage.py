#!/usr/bin/env python
"""Django's command line, connected as the role each command needs."""

import os
import sys

from django.core.management import execute_from_command_line

AS_OWNER = {"migrate", "grant_database_role", "createcachetable", "pgtrigger", "reencrypt", "backup", "restore"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webapp.settings")
    if AS_OWNER & set(sys.argv[1:2]):
        os.environ["PAUTA_DATABASE_ROLE"] = "owner"
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
