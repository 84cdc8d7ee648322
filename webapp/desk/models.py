"""What people at the desk keep for themselves: views of the worklist, each under a name of their own."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from webapp.base.fields import BlindIndexOf, EncryptedTextField
from webapp.desk.choosing import Choice


class SavedView(models.Model):
    """A choice of the worklist under a name. The name is a person's own words, and may name a patient."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = EncryptedTextField()
    name_index = BlindIndexOf(of=("user_id", "name"))
    tab = models.CharField(max_length=20, default="all")
    doctor = models.CharField(max_length=18, blank=True)
    days = models.PositiveSmallIntegerField(default=0)
    is_default = models.BooleanField(default=False)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["made_at"]
        constraints = [
            models.UniqueConstraint(fields=["user", "name_index"], name="desk_view_named_once"),
            models.UniqueConstraint(fields=["user"], condition=Q(is_default=True), name="desk_view_one_default"),
        ]

    def __str__(self) -> str:
        return f"view of user {self.user_id}"

    @property
    def choice(self) -> Choice:
        return Choice(self.tab, self.doctor, self.days)

    @property
    def query(self) -> str:
        return self.choice.query(view=str(self.pk))
