"""How numbers, dates, times and shapes are written on pages."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils import translation


def shown(text, language="es", **values):
    with translation.override(language):
        return Template(text).render(Context(values))


@pytest.mark.parametrize(("language", "said"), [("es", "23 nov 2026"), ("en", "23 Nov 2026")])
def test_dates(language, said):
    assert shown("{{ day }}", language, day=date(2026, 11, 23)) == said


@pytest.mark.parametrize(("language", "said"), [("es", "23 nov 2026, 14:05"), ("en", "23 Nov 2026, 14:05")])
def test_times_are_those_of_madrid_on_a_clock_of_24_hours(language, said):
    assert shown("{{ at }}", language, at=datetime(2026, 11, 23, 13, 5, tzinfo=UTC)) == said


@pytest.mark.parametrize(("language", "said"), [("es", "5,3"), ("en", "5.3")])
def test_decimals(language, said):
    assert shown("{{ value }}", language, value=Decimal("5.3")) == said


def test_an_icon_is_silent_unless_it_has_words():
    assert shown('{% icon "house" %}') == (
        '<svg class="ic" aria-hidden="true"><use href="/static/base/dist/icons.svg#house"/></svg>'
    )
    assert 'role="img" aria-label="urgente"' in shown('{% icon "house" label="urgente" %}')


def test_a_shape_of_ours_comes_from_our_sheet():
    assert 'href="/static/base/dist/pauta.svg#held"' in shown('{% mark "held" "st c-ochre" "retenido" %}')


def test_words_given_to_a_shape_are_escaped():
    assert "<script>" not in shown('{% mark "held" label=words %}', words='"><script>')
