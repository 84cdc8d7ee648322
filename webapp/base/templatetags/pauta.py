"""Tags every template may use without asking for them."""

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


def _shape(sheet: str, name: str, classes: str, label: str) -> SafeString:
    meaning = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    return format_html('<svg class="{}" {}><use href="{}#{}"/></svg>', classes, meaning, static(sheet), name)


@register.simple_tag
def icon(name: str, classes: str = "", label: str = "") -> SafeString:
    """Draw a Bootstrap icon of the sprite; silent to screen readers unless it has a label."""
    return _shape("base/dist/icons.svg", name, f"ic {classes}".strip(), label)


@register.simple_tag
def mark(name: str, classes: str = "st", label: str = "") -> SafeString:
    """Draw one of our own shapes: item states, truth values, the brand, empty pages."""
    return _shape("base/dist/pauta.svg", name, classes, label)
