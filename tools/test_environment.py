"""Loaded by pytest before anything else: a test run is told so before Django reads its settings."""

import os
import sys

from tools.messages import compile_all

os.environ["PAUTA_ENV"] = "test"
# What is compiled once is read by every process of a run and by the next run: else each compiles all of it anew,
# which was a quarter of a run's work where an image tells Python to keep nothing.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
# Playwright keeps an event loop in the tests' thread; their own database calls beside it are meant.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
compile_all()  # the pages under test speak Spanish too
