"""What we take in: sources, articles, their versions and snapshots, and the audit trail."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.db.models.functions import MD5, Now
from django.urls import reverse
from django.utils import timezone

from articles.leases import Leased, free

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User

# Silent reading of English non-fiction: Brysbaert 2019 (meta-analysis of 190 studies), 238 words a minute.
WORDS_PER_MINUTE = 238
VISIT_GAP = timedelta(minutes=30)


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
            GinIndex(fields=["search"], name="article_search"),
            GinIndex(fields=["entity_ids"], name="article_entities"),
            GinIndex(fields=["about_ids"], name="article_about"),
        ]
        permissions = [
            ("judge_article", "Can judge tags, withdraw and re-run"),
            ("export_article", "Can export"),
        ]

    def __str__(self) -> str:
        return self.headline

    def get_absolute_url(self) -> str:
        return reverse("articles:article_detail", args=[self.pk])

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


class Host(models.Model):
    """One machine name we fetch from, and when it may be asked again (politeness over all workers)."""

    name = models.CharField(max_length=253, unique=True)
    next_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Snapshot(models.Model):
    """The bytes as fetched or uploaded: address, time, hash, headers. Never changed, never rendered."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="snapshots")
    requested_url = models.CharField(max_length=2000, blank=True, default="")
    final_url = models.CharField(max_length=2000, blank=True, default="")
    redirects = models.JSONField(default=list, blank=True)
    status_code = models.PositiveSmallIntegerField(default=200)
    headers = models.JSONField(default=list, blank=True, help_text="List of [name, value] as received")
    content_type = models.CharField(max_length=200, blank=True, default="")
    body = models.BinaryField(help_text="zlib-compressed bytes as received after content decoding")
    byte_count = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64, help_text="Of the uncompressed bytes")
    previous_hash = models.CharField(
        max_length=64, blank=True, default="", help_text="chain_hash of the row before"
    )
    chain_hash = models.CharField(
        max_length=64, help_text="SHA-256 over previous_hash, sha256, address and time"
    )
    fetched_at = models.DateTimeField()
    file_name = models.CharField(max_length=255, blank=True, default="")

    class Meta:
        ordering = ["-fetched_at", "-id"]

    def __str__(self) -> str:
        return f"{self.final_url or self.file_name} {self.sha256[:12]}"


class Version(models.Model):
    """One immutable text of an article; mentions point into it."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    snapshot = models.ForeignKey(
        Snapshot, null=True, blank=True, on_delete=models.PROTECT, related_name="versions"
    )
    title = models.CharField(max_length=1000, blank=True, default="")
    text = models.TextField()
    text_hash = models.CharField(max_length=64, db_index=True)
    blocks = models.JSONField(
        default=list, blank=True, help_text="[[kind, start, end, level], …] in code points of text"
    )
    authors = models.JSONField(default=list, blank=True)
    byline = models.CharField(max_length=500, blank=True, default="")
    published_at = models.DateTimeField(null=True, blank=True)
    modified_at = models.DateTimeField(null=True, blank=True)
    site = models.CharField(max_length=200, blank=True, default="")
    language = models.CharField(max_length=8, blank=True, default="")
    section = models.CharField(max_length=200, blank=True, default="")
    description = models.TextField(blank=True, default="")
    is_paywalled = models.BooleanField(default=False)
    verdict = models.CharField(max_length=12, default="article")
    doubts = models.JSONField(default=list, blank=True, help_text="[[code, reason], …]")
    findings = models.JSONField(default=dict, blank=True, help_text="{field: [value, method, confidence]}")
    extractor_version = models.CharField(max_length=40, blank=True, default="")
    created_at = models.DateTimeField(db_default=Now())
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="versions"
    )

    class Meta:
        ordering = ["article", "number"]
        constraints = [
            models.UniqueConstraint(fields=["article", "number"], name="version_number_unique"),
            models.UniqueConstraint("article", "text_hash", MD5("title"), name="version_text_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.title} (version {self.number})"


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
        indexes = [models.Index(fields=["model", "row_id", "-at"], name="audit_row")]

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

    def __str__(self) -> str:
        return f"Profile of {self.user}"

    def note_visit(self) -> datetime | None:
        """Remember that the person is here; returns when the visit before this one began, None at the first.

        A visit ends after half an hour without a look at the dashboard (arbitrary).
        """
        now = timezone.now()
        if self.visit_at is None or now - self.visit_at > VISIT_GAP:
            self.seen_at = self.visit_at
        self.visit_at = now
        self.save(update_fields=["seen_at", "visit_at"])
        return self.seen_at


def user_label(user: User | None) -> str:
    """The name shown for a person; work without a person is the system's."""
    return (user.get_full_name() or user.get_username()) if user else "newsintel"
