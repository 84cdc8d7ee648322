"""How an answer takes its place. What it replaces, what its branch closes and what came too late stays readable."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from webapp.accounts.models import User
from webapp.intake.answers import Stored, bare
from webapp.intake.facts import Sheet
from webapp.intake.models import Answer, PastAnswer, QuestionnaireResponse, Receipt

Because = PastAnswer.Because


@dataclass(frozen=True, slots=True)
class Delivery:
    """How an answer came: at once, or from a device that kept it while there was no network.

    ``key`` is its own, the same however often it is sent; ``waited`` how long ago it was given, by the device's own
    clock, which may be wrong about the hour and is right about the difference.
    """

    key: UUID | None = None
    waited: timedelta = timedelta(0)
    language: str = ""
    kept: bool = False  # it waited on the device, and the page that asked it may be gone


AT_ONCE = Delivery()


@dataclass(frozen=True, slots=True)
class Moment:
    """Who gave an answer, when, in which language."""

    actor: User
    at: datetime
    language: str


def moment_of(response: QuestionnaireResponse, actor: User, delivery: Delivery) -> Moment:
    """Return when the answer was given: not before the questionnaire was begun, and never in the future."""
    now = timezone.now()
    given = now - min(max(delivery.waited, timedelta(0)), now - response.started_at)
    return Moment(actor, given, delivery.language or response.language)


def is_new(response: QuestionnaireResponse, delivery: Delivery) -> bool:
    """Note a delivery; tell whether it came for the first time. Only with the response locked."""
    if delivery.key is None:
        return True
    _receipt, first = Receipt.objects.get_or_create(
        key=delivery.key, defaults={"response": response, "received_at": timezone.now()}
    )
    return first


def put(response: QuestionnaireResponse, item: str, value: Stored | None, moment: Moment) -> None:
    """Make a value the answer to an item, None opens it again; what was said before is kept as past."""
    earlier = response.answers.filter(item=item).first()
    if earlier:
        end(earlier, Because.TAKEN_BACK if value is None else Because.CHANGED)
    if value is not None:
        Answer.objects.create(
            response=response,
            item=item,
            value=value,
            answered_at=moment.at,
            answered_by=moment.actor,
            language=moment.language,
        )


def end(answer: Answer, because: str) -> None:
    PastAnswer.objects.create(
        response=answer.response,
        item=answer.item,
        value=answer.value,
        answered_at=answer.answered_at,
        answered_by=answer.answered_by,
        language=answer.language,
        because=because,
        ended_at=timezone.now(),
    )
    answer.delete()


def put_aside(response: QuestionnaireResponse, item: str, value: Stored, moment: Moment, because: str) -> None:
    """Keep what cannot count any more: a newer answer stands, or the questionnaire was sent."""
    PastAnswer.objects.create(
        response=response,
        item=item,
        value=value,
        answered_at=moment.at,
        answered_by=moment.actor,
        language=moment.language,
        because=because,
        ended_at=timezone.now(),
    )


def is_overtaken(response: QuestionnaireResponse, item: str, moment: Moment) -> bool:
    """Whether something was said to this item after this answer was given."""
    if response.answers.filter(item=item, answered_at__gt=moment.at).exists():
        return True
    undone = response.past_answers.filter(item=item, because=Because.TAKEN_BACK, ended_at__gt=moment.at)
    return undone.exists()


@dataclass(frozen=True, slots=True)
class Settled:
    """A sheet whose answers all belong to questions that are asked, and what that has changed."""

    sheet: Sheet
    gone: frozenset[str]
    back: frozenset[str]


def settle(sheet: Sheet, waiting: Mapping[str, Stored]) -> Settled:
    """Return the sheet without the answers of closed questions and with the ``waiting`` ones of opened ones.

    Both may close and open further questions, so it goes on until nothing changes; an answer comes back only once.
    """
    now, left = sheet, dict(waiting)
    while True:
        if now.hidden:
            now = replace(now, answers={item: said for item, said in now.answers.items() if item not in now.hidden})
            continue
        asked = {one.item for one in now.questions}
        coming = {item: left.pop(item) for item in list(left) if item in asked and item not in now.answers}
        if not coming:
            before, after = frozenset(sheet.answers), frozenset(now.answers)
            return Settled(now, before - after, after - before)
        now = replace(now, answers={**now.answers, **coming})


def waiting_of(response: QuestionnaireResponse, sheet: Sheet) -> dict[str, PastAnswer]:
    """Return the answers that closed questions had and that count again when their question is asked again.

    Red flags and pregnancy are not among them: they are asked anew, never taken as known.
    """
    newest = {past.item: past for past in response.past_answers.all()}
    questions = (one for group in sheet.book.questionnaire.groups for one in group.questions)
    kept = {one.item for one in questions if not (one.always_ask or one.red_flags)}
    return {item: past for item, past in newest.items() if item in kept and past.because == Because.HIDDEN}


def follow(response: QuestionnaireResponse, sheet: Sheet) -> Settled:
    """Close and reopen answers as the branches of the sheet now stand, and write it."""
    waiting = waiting_of(response, sheet)
    settled = settle(sheet, {item: past.value for item, past in waiting.items()})
    for answer in response.answers.filter(item__in=settled.gone):
        end(answer, Because.HIDDEN)
    Answer.objects.bulk_create(_again(response, (waiting[item] for item in settled.back)))
    return settled


def _again(response: QuestionnaireResponse, pasts: Iterable[PastAnswer]) -> list[Answer]:
    return [
        Answer(
            response=response,
            item=past.item,
            value=past.value,
            answered_at=past.answered_at,
            answered_by=past.answered_by,
            language=past.language,
        )
        for past in pasts
    ]


def same(one: Stored | None, other: Stored | None) -> bool:
    """Whether two answers say the same, whatever is told of them."""
    return bare(one) == bare(other)
