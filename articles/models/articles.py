"""An article, where it stands, and who handed it in."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone

from articles.leases import Leased, free
from articles.models.links import page_address
from articles.models.sources import Source

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser


# Silent reading of English non-fiction: Brysbaert 2019 (meta-analysis of 190 studies), 238 words a minute.
WORDS_PER_MINUTE = 238


class Day(models.Func):
    """The day of a moment, in UTC. Written so, Postgres takes it for fixed and lets it into an index."""

    template = "(%(expressions)s AT TIME ZONE 'UTC')::date"
    output_field = models.DateField()


class TitleWords(models.Func):
    """The words of a title without their accents. The function is `unaccent`, which Postgres takes for changeable."""

    template = "to_tsvector('simple'::regconfig, newsintel_folded(%(expressions)s))"
    output_field = SearchVectorField()


class Stage(models.TextChoices):
    """The last finished step. submitted → fetched → extracted → analyzed → grouped; never backwards but by re-runs."""

    SUBMITTED = "submitted", "Submitted"
    FETCHED = "fetched", "Fetched"
    EXTRACTED = "extracted", "Extracted"
    ANALYZED = "analyzed", "Analyzed"
    GROUPED = "grouped", "Grouped"


OPEN_STAGES = (Stage.SUBMITTED, Stage.FETCHED, Stage.EXTRACTED, Stage.ANALYZED)


READY_STAGES = (Stage.ANALYZED, Stage.GROUPED)


class Status(models.TextChoices):
    """What the reader sees; derived from the row, never stored."""

    QUEUED = "queued", "Queued"
    FETCHING = "fetching", "Fetching"
    EXTRACTING = "extracting", "Extracting"
    ANALYZING = "analyzing", "Analyzing"
    REVIEW = "review", "Needs a look"
    READY = "ready", "Ready"
    FAILED = "failed", "Failed"
    WITHDRAWN = "withdrawn", "Withdrawn"


WORKING = {
    Stage.SUBMITTED: Status.FETCHING,
    Stage.FETCHED: Status.EXTRACTING,
    Stage.EXTRACTED: Status.ANALYZING,
}


class ArticleQuerySet(models.QuerySet["Article"]):
    """Ways to find articles; each is chainable."""

    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> ArticleQuerySet:
        """Analysts and administrators see everything, contributors what they submitted themselves."""
        if not user.is_authenticated:
            return self.none()
        if user.has_perm("articles.view_article"):  # type: ignore[attr-defined]
            return self
        return self.filter(pk__in=Submission.objects.filter(by=user.pk).values("article_id"))

    def ready(self) -> ArticleQuerySet:
        """Analyzed and not withdrawn."""
        return self.filter(stage__in=READY_STAGES, withdrawn_at__isnull=True)

    def present(self) -> ArticleQuerySet:
        """Everything but the withdrawn."""
        return self.filter(withdrawn_at__isnull=True)

    def stranded(self, *, seconds: int) -> ArticleQuerySet:
        """Open rows that nobody works on and that have stood longer than `seconds`."""
        waited = Now() - timedelta(seconds=seconds)
        return self.filter(
            free(), stage__in=OPEN_STAGES, withdrawn_at__isnull=True, hold_reason="", stage_at__lt=waited
        )

    def with_status(self, status: str) -> ArticleQuerySet:
        """Rows whose derived status is `status` (the SQL twin of `Article.status`)."""
        present = self.filter(withdrawn_at__isnull=True)
        working = present.filter(failed_at__isnull=True, hold_reason="")
        if status == Status.WITHDRAWN:
            return self.filter(withdrawn_at__isnull=False)
        if status == Status.FAILED:
            return present.filter(failed_at__isnull=False)
        if status == Status.REVIEW:
            return present.filter(failed_at__isnull=True).exclude(hold_reason="")
        if status == Status.READY:
            return working.filter(stage__in=READY_STAGES)
        held = Q(lease_until__gt=Now())
        if status == Status.QUEUED:
            return working.filter(~held | Q(lease_until__isnull=True), stage__in=list(WORKING))
        return working.filter(held, stage__in=[stage for stage, name in WORKING.items() if name == status])


class Article(Leased):
    """One published text at one canonical address, or one pasted or uploaded text."""

    class Origin(models.TextChoices):
        URL = "url", "Address"
        TEXT = "text", "Pasted text"
        FILE = "file", "File"
        FEED = "feed", "Feed"
        IMPORT = "import", "Import"

    class WorkState(models.TextChoices):
        NEW = "new", "New"
        IN_REVIEW = "in_review", "In review"
        DONE = "done", "Done"
        IMPORTANT = "important", "Important"

    stage = models.CharField(
        max_length=12, choices=Stage.choices, default=Stage.SUBMITTED, help_text=Stage.__doc__ or ""
    )
    hold_reason = models.CharField(
        max_length=500,
        blank=True,
        default="",
        help_text="Why tagging waits for a person: does not look like an article",
    )
    origin = models.CharField(max_length=8, choices=Origin.choices)
    source = models.ForeignKey(
        Source, null=True, blank=True, on_delete=models.SET_NULL, related_name="articles"
    )
    url = models.URLField(max_length=2000, blank=True, default="", help_text="As submitted")
    canonical_url = models.URLField(max_length=2000, blank=True, default="")
    url_hash = models.CharField(max_length=64, unique=True, null=True, blank=True)
    content_hash = models.CharField(max_length=64, unique=True, null=True, blank=True)
    submitted_at = models.DateTimeField(db_default=Now())
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="withdrawn_articles",
    )
    work_state = models.CharField(max_length=10, choices=WorkState.choices, default=WorkState.NEW)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="assigned_articles",
    )
    duplicate_of = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="copies"
    )

    # copied from the current version, so that lists and search read one row
    version = models.ForeignKey("Version", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    title = models.CharField(max_length=1000, blank=True, default="")
    byline = models.CharField(max_length=500, blank=True, default="")
    site = models.CharField(max_length=200, blank=True, default="")
    language = models.CharField(max_length=8, blank=True, default="")
    published_at = models.DateTimeField(null=True, blank=True)
    dated_at = models.DateTimeField(
        db_default=Now(), help_text="Published, or submitted when that is unknown"
    )
    word_count = models.PositiveIntegerField(default=0)
    lead = models.TextField(blank=True, default="", help_text="The summary's first sentence, for lists")

    # copies for search and facets; mention rows are the truth
    search = SearchVectorField(null=True)
    entity_ids = ArrayField(models.IntegerField(), default=list, blank=True)
    about_ids = ArrayField(models.IntegerField(), default=list, blank=True)
    implied_ids = ArrayField(models.IntegerField(), default=list, blank=True)
    labels = ArrayField(
        models.CharField(max_length=60),
        default=list,
        db_default=[],
        blank=True,
        help_text="Free words by analysts",
    )
    story_id = models.BigIntegerField(
        null=True,
        blank=True,
        db_index=True,
        editable=False,
        help_text="analysis.Story; membership is the truth",
    )
    is_counted = models.BooleanField(
        default=False, editable=False, help_text="Its tags are part of its entities' article counts"
    )

    objects = ArticleQuerySet.as_manager()

    class Meta(Leased.Meta):
        ordering = ["-dated_at", "-id"]
        constraints = [
            *Leased.Meta.constraints,
            models.CheckConstraint(
                name="article_last_stage_free",
                condition=~Q(stage=Stage.GROUPED) | Q(lease_token__isnull=True),
            ),
            models.CheckConstraint(
                name="article_has_text",
                condition=Q(stage__in=[Stage.SUBMITTED, Stage.FETCHED]) | Q(version__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["-dated_at", "-id"], name="article_newest"),
            models.Index(fields=["source", "-dated_at"], name="article_source_newest"),
            models.Index(
                fields=["stage", "stage_at"], name="article_open", condition=~Q(stage=Stage.GROUPED)
            ),
            models.Index(fields=["-submitted_at"], name="article_submitted"),
            models.Index(fields=["failed_at"], name="article_failed", condition=Q(failed_at__isnull=False)),
            models.Index(fields=["stage_at"], name="article_held", condition=~Q(hold_reason="")),
            # What few articles have; the newest of all languages or states are found without them.
            models.Index(fields=["language", "-dated_at"], name="article_language_newest"),
            models.Index(
                fields=["work_state", "-dated_at"],
                name="article_state_newest",
                condition=~Q(work_state="new"),
            ),
            # All that is asked together stands together: the newest articles with common words, entities, states,
            # languages or sources are found without reading the others.
            GinIndex(
                *("search", Day("dated_at"), "entity_ids", "work_state", "language", "source"),
                name="article_search",
            ),
            GinIndex(TitleWords("title"), name="article_title"),
            GinIndex(fields=["about_ids"], name="article_about"),
            GinIndex(fields=["labels"], name="article_labels"),
        ]
        permissions = [
            ("judge_article", "Can judge tags, withdraw and re-run"),
            ("export_article", "Can export"),
        ]

    def __str__(self) -> str:
        return self.headline

    def get_absolute_url(self) -> str:
        return page_address("articles:article_detail", self.pk)

    @property
    def headline(self) -> str:
        """What to call it while, or although, it has no title."""
        return self.title or self.url or f"Untitled text {self.pk}"

    @property
    def status(self) -> Status:
        """The one place that says what the reader sees (SQL twin: `ArticleQuerySet.with_status`)."""
        if self.withdrawn_at:
            return Status.WITHDRAWN
        if self.failed_at:
            return Status.FAILED
        if self.hold_reason:
            return Status.REVIEW
        if self.stage in READY_STAGES:
            return Status.READY
        if self.lease_until is None or self.lease_until < timezone.now():
            return Status.QUEUED
        return WORKING[Stage(self.stage)]

    @property
    def is_withheld(self) -> bool:
        """Work must not go on by itself: withdrawn, failed, or waiting for a person."""
        return bool(self.withdrawn_at or self.failed_at or self.hold_reason)

    @property
    def is_settled(self) -> bool:
        """Nothing more will happen by itself."""
        return self.status in {Status.WITHDRAWN, Status.FAILED, Status.REVIEW, Status.READY}

    @property
    def reading_minutes(self) -> int:
        """Whole minutes at 238 words a minute, at least one."""
        return max(1, math.ceil(self.word_count / WORDS_PER_MINUTE))


class Address(models.Model):
    """One address under which an article is known: as submitted, after redirects, or named by the page itself."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="addresses")
    key = models.CharField(max_length=64, unique=True, help_text="articles.addresses: CanonicalAddress.key")
    url = models.CharField(max_length=2000)

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "addresses"

    def __str__(self) -> str:
        return self.url


class Batch(models.Model):
    """Many addresses submitted at once; progress is counted from its submissions."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="batches")
    created_at = models.DateTimeField(db_default=Now())
    refused = models.JSONField(default=list, blank=True, help_text="[[line, what was given, why], …]")

    class Meta:
        ordering = ["-created_at"]
        verbose_name_plural = "batches"

    def __str__(self) -> str:
        return f"Batch {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("articles:batch_detail", args=[self.pk])


class Submission(models.Model):
    """One person handing in one article; several may hand in the same."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="submissions")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="submissions"
    )
    batch = models.ForeignKey(
        Batch, null=True, blank=True, on_delete=models.SET_NULL, related_name="submissions"
    )
    url = models.CharField(max_length=2000, blank=True, default="", help_text="The address exactly as given")
    is_first = models.BooleanField(default=False)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(fields=["by", "-at"], name="submission_by_newest")]

    def __str__(self) -> str:
        return f"{self.article} by {self.by}"
