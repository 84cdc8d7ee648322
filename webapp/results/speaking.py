"""The words of what is published now, in the language of whoever asks for a page."""

from django.utils import timezone
from django.utils.translation import get_language

from webapp.plans.lines import terms_now
from webapp.plans.terms import Terms


def words_here() -> Terms:
    """Return them."""
    return terms_now((get_language() or "es")[:2], timezone.localdate())
