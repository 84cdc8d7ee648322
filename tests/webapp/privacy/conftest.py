"""One clinic full of marks for the tests of a file, as the walks through all doors have it."""

from tests.webapp.access.conftest import _hush, _in_english, shelf, world

__all__ = ["_hush", "_in_english", "shelf", "world"]
