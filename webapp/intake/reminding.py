"""Who is asked again: whoever let the diary rest for some days, or left a questionnaire unsent.

Each gap and each questionnaire is asked about once. Sending it settles the reminder (``alerts.services.done``).
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Max, QuerySet
from django.urls import reverse
from django.utils import timezone

from webapp.alerts import services as alerts
from webapp.alerts.models import Reminder
from webapp.alerts.services import Wanted
from webapp.base import house
from webapp.intake.models import QuestionnaireResponse
from webapp.patients.models import Consent
from webapp.patients.selectors import current_text

NO_LONGER = timedelta(days=30)  # after that a person is not asked any more
TREATMENT = "treatment"
Status, Kind = QuestionnaireResponse.Status, Reminder.Kind
DIARY_WORDS = {"es": "Su diario tiene días sin rellenar", "en": "Some days of your diary are not filled in"}
UNSENT_WORDS = {"es": "Tiene un cuestionario empezado", "en": "You have begun a questionnaire"}


def remind(now: datetime | None = None) -> int:
    """Make the reminders that are due; return how many were asked for. A second run makes none anew."""
    moment = now or timezone.now()
    wanted = [*_diaries(moment), *_unsent(moment)]
    agreeing = _agreeing({one.patient_id for one in wanted})
    asked = [one for one in wanted if one.patient_id in agreeing]
    alerts.remind_all(asked)
    return len(asked)


def _diaries(now: datetime) -> Iterator[Wanted]:
    """Yield who wrote a diary and has let it rest; the last day written names the gap."""
    today = timezone.localdate(now)
    pages = QuestionnaireResponse.objects.filter(status=Status.COMPLETED, for_day__gte=today - NO_LONGER)
    rows = pages.values("patient_id", "questionnaire").annotate(last=Max("for_day")).order_by("patient_id")
    for row in rows.filter(last__lt=today - timedelta(days=house.now().remind_diary_after)):
        key = f"diary:{row['patient_id']}:{row['last']:%Y%m%d}"
        name = row["questionnaire"]
        path = reverse("portal:diary")
        yield Wanted(row["patient_id"], key, now, Kind.DIARY, words=DIARY_WORDS, questionnaire=name, path=path)


def _unsent(now: datetime) -> Iterator[Wanted]:
    since, until = now - NO_LONGER, now - timedelta(days=house.now().remind_questionnaire_after)
    begun = QuestionnaireResponse.objects.filter(status=Status.IN_PROGRESS, for_day=None)
    rows = begun.filter(started_at__range=(since, until)).values_list("pk", "patient_id", "questionnaire")
    for pk, patient_id, name in rows:
        key, path = f"questionnaire:{pk}", reverse("intake:resume", args=[pk])
        yield Wanted(
            patient_id, key, now, Kind.QUESTIONNAIRE, words=UNSENT_WORDS, questionnaire=name, path=path, source=pk
        )


def _agreeing(patient_ids: set[UUID]) -> set[UUID]:
    """Return those whose newest word on treatment is yes, and to the text in force: nobody else is asked anything."""
    newest = Consent.objects.filter(patient_id__in=patient_ids, text__purpose=TREATMENT)
    last: QuerySet[Consent] = newest.order_by("patient_id", "-line").distinct("patient_id")
    text = current_text(TREATMENT)
    said = Consent.objects.filter(pk__in=last.values("pk"), decision=Consent.Decision.ACCEPTED, text=text)
    return set(said.values_list("patient_id", flat=True)) if text else set()
