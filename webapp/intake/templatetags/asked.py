"""What was asked of a patient and waits for an answer, told beside the plan it can change."""

from typing import Any
from uuid import UUID

from django import template

from webapp.accounts.models import User
from webapp.intake import asking
from webapp.intake.models import QuestionnaireResponse

register = template.Library()


@register.simple_tag(takes_context=True)
def asked_of(context: dict[str, Any], patient_id: UUID) -> list[QuestionnaireResponse]:
    """Return the questions a doctor asked of this patient that are not answered yet."""
    user = getattr(context.get("request"), "user", None)
    return asking.open_questions(user, patient_id) if isinstance(user, User) else []
