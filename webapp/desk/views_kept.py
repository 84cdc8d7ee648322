"""Views of the worklist that a person keeps: made, renamed, begun with, let go. Nobody sees those of another."""

from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from webapp.accounts.models import User
from webapp.base.fields import index_of
from webapp.desk.choosing import Choice
from webapp.desk.models import SavedView

LONGEST_NAME = 40
MOST = 20


class ViewError(Exception):
    """A view that cannot be kept so; the text says what to do instead."""


def views_of(user: User) -> QuerySet[SavedView]:
    """Return the views of the person who asks, the oldest first."""
    mine = SavedView.objects.filter(user=user)
    return mine if user.may("plans.read") else mine.none()


def begun_with(views: list[SavedView]) -> SavedView | None:
    """Return the view the list opens with, None where the person has chosen none."""
    return next((view for view in views if view.is_default), None)


@transaction.atomic
def keep(*, user: User, name: str, choice: Choice, first: bool) -> SavedView:
    """Return the view, new or of this name before; ``first`` opens the list with it.

    Raises ViewError, and SavedView.DoesNotExist for who does not read the list.
    """
    if not user.may("plans.read"):
        raise SavedView.DoesNotExist
    told, mine = _name(name), views_of(user).select_for_update()
    kept = mine.filter(name_index=index_of(SavedView, "name_index", user.pk, told)).first()
    if kept is None and len(mine) >= MOST:
        raise ViewError(_("There is room for %(n)d views. Delete one first.") % {"n": MOST})
    view = kept or SavedView(user=user)
    view.name, view.tab, view.doctor, view.days = told, choice.tab, choice.doctor, choice.days
    view.save()
    if first:
        begin_with(user=user, pk=view.pk)
    return view


@transaction.atomic
def rename(*, user: User, pk: UUID, name: str) -> None:
    """Give a view another name; raise ViewError for one that another view has, SavedView.DoesNotExist for no view."""
    view = views_of(user).select_for_update().get(pk=pk)
    view.name = _name(name)
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError:
        raise ViewError(_("Another view of yours has this name. Choose a different one.")) from None


@transaction.atomic
def begin_with(*, user: User, pk: UUID | None) -> None:
    """Open the list with this view from now on, with everything where ``pk`` is None."""
    mine = views_of(user).select_for_update()
    chosen = mine.get(pk=pk) if pk else None
    mine.filter(is_default=True).update(is_default=False)
    if chosen is not None:
        mine.filter(pk=chosen.pk).update(is_default=True)


def let_go(*, user: User, pk: UUID) -> None:
    """Delete a view; raise SavedView.DoesNotExist for one that is not this person's."""
    views_of(user).get(pk=pk).delete()


def _name(text: str) -> str:
    name = " ".join(text.replace("\0", "").split())
    if not name or len(name) > LONGEST_NAME:
        raise ViewError(_("Give the view a name of up to %(n)d letters.") % {"n": LONGEST_NAME})
    return name
