"""Who did what, and what we keep of a person."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

if TYPE_CHECKING:
    from django.contrib.auth.models import User


VISIT_GAP = timedelta(minutes=30)
VISIT_STEP = timedelta(minutes=1)


class Audit(models.Model):
    """One change or export: who, when, what, on which row, and the values before and after."""

    at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="audits"
    )
    verb = models.CharField(max_length=40)
    model = models.CharField(max_length=40, blank=True, default="")
    row_id = models.BigIntegerField(null=True, blank=True)
    label = models.CharField(max_length=300, blank=True, default="")
    detail = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["model", "row_id", "-at"], name="audit_row"),
            models.Index(fields=["verb", "-at"], name="audit_verb"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.verb} {self.label}"


class Profile(models.Model):
    """What we keep of a person beside the account."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="profile")
    theme = models.CharField(
        max_length=6, default="system", choices=[("system", "System"), ("light", "Light"), ("dark", "Dark")]
    )
    seen_at = models.DateTimeField(null=True, blank=True, help_text="Start of the previous visit")
    visit_at = models.DateTimeField(null=True, blank=True, help_text="Last activity")
    dashboard = models.JSONField(
        default=dict, blank=True, help_text="{order: [widget key, …], hidden: [widget key, …]}"
    )

    def __str__(self) -> str:
        return f"Profile of {self.user}"

    def note_visit(self) -> datetime | None:
        """Remember that the person is here; returns when the visit before this one began, None at the first.

        A visit ends after half an hour without a look at the dashboard (arbitrary).
        """
        now = timezone.now()
        if self.visit_at is None or now - self.visit_at > VISIT_GAP:
            self.seen_at = self.visit_at
        elif now - self.visit_at < VISIT_STEP:  # looking again at once is not worth a write
            return self.seen_at
        self.visit_at = now
        self.save(update_fields=["seen_at", "visit_at"])
        return self.seen_at


def user_label(user: User | None) -> str:
    """The name shown for a person; work without a person is the system's."""
    return (user.get_full_name() or user.get_username()) if user else "newsintel"
