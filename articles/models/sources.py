"""Who publishes, and the machines we fetch from."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class Source(models.Model):
    """One publisher or site we take articles from."""

    class SourceKind(models.TextChoices):
        NEWS = "news", "News outlet"
        AGENCY = "agency", "News agency"
        VENDOR = "vendor", "Company or vendor"
        GOVERNMENT = "government", "Government body"
        RESEARCH = "research", "Research body"
        BLOG = "blog", "Blog"
        OTHER = "other", "Other"

    name = models.CharField(max_length=200)
    host = models.CharField(max_length=253, unique=True, help_text="Registered host, without www.")
    country = models.CharField(max_length=2, blank=True, default="", help_text="ISO 3166-1 alpha-2")
    language = models.CharField(max_length=8, blank=True, default="")
    kind = models.CharField(max_length=12, choices=SourceKind.choices, default=SourceKind.OTHER)
    readings = models.JSONField(
        default=dict,
        blank=True,
        help_text="{country, language, kind: [value, where it was read, confidence]}; an analyst's word is final",
    )
    reliability = models.CharField(max_length=1, blank=True, default="", help_text="Admiralty scale A–F")
    credibility = models.CharField(max_length=1, blank=True, default="", help_text="Admiralty scale 1–6")
    feed_url = models.URLField(max_length=2000, blank=True, default="")
    feed_etag = models.CharField(max_length=200, blank=True, default="")
    feed_modified = models.CharField(max_length=200, blank=True, default="")
    poll_minutes = models.PositiveIntegerField(default=60)
    next_poll_at = models.DateTimeField(null=True, blank=True)
    last_success_at = models.DateTimeField(null=True, blank=True)
    last_error_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=500, blank=True, default="")
    failures = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="source_reliability_scale", condition=Q(reliability__regex="^[A-F]?$")
            ),
            models.CheckConstraint(
                name="source_credibility_scale", condition=Q(credibility__regex="^[1-6]?$")
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def grade(self) -> str:
        """The Admiralty grade, "B2", or "" while nobody has graded it."""
        return self.reliability + self.credibility


class Host(models.Model):
    """One machine name we fetch from, and when it may be asked again (politeness over all workers)."""

    name = models.CharField(max_length=253, unique=True)
    next_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
