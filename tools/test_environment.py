"""Loaded by pytest before anything else: a test run is told so before Django reads its settings."""

import os

from tools.messages import compile_all

os.environ["PAUTA_ENV"] = "test"
# Playwright keeps an event loop in the tests' thread; their own database calls beside it are meant.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
compile_all()  # the pages under test speak Spanish too
