"""A published shelf once a file, quiet logs, and words in English."""

from tests.webapp.access.conftest import _hush, _in_english, shelf

__all__ = ["_hush", "_in_english", "shelf"]
