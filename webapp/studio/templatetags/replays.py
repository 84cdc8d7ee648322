"""For templates: what is known of a draft put to past cases."""

from django import template

from rules.models import Draft
from webapp.studio.models import Replay
from webapp.studio.replaying import known_of

register = template.Library()


@register.simple_tag
def replay_of(draft: Draft) -> Replay | None:
    """Return the newest replay of a draft's text as it is now, None where nobody asked for one."""
    return known_of(draft)
