"""What a person did to several articles at once, with the values before, so that it can be undone."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse


class Action(models.Model):
    """One act on several articles: which rows, what was set, what was there before.

    An undo gives a row its old value back only where it still has the value that was set.
    """

    class Verb(models.TextChoices):
        STATE = "state", "Set state"
        ASSIGN = "assign", "Assign"
        LABEL = "label", "Add label"
        UNLABEL = "unlabel", "Remove label"
        WITHDRAW = "withdraw", "Withdraw"
        REPORT = "report", "Add to report"
        RERUN = "rerun", "Analyze again"
        UNSAVE = "unsave", "Delete saved search"

    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="actions")
    at = models.DateTimeField(db_default=Now())
    verb = models.CharField(max_length=10, choices=Verb.choices)
    text = models.CharField(max_length=300, help_text="What the person was told")
    value = models.CharField(max_length=300, blank=True, default="", help_text="What was set")
    before = models.JSONField(default=dict, help_text="{row id: value before}; what undoing needs")
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(
                fields=["by", "-at"], name="action_by_newest", condition=models.Q(undone_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return self.text

    def get_undo_url(self) -> str:
        """Where to post to take it back; acts on reports and searches are undone where those live."""
        ours = self.verb not in {self.Verb.REPORT, self.Verb.UNSAVE}
        return reverse("articles:action_undo" if ours else "reports:action_undo", args=[self.pk])
