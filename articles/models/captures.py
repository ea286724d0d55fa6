"""What was captured of an article: bytes, and texts."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import MD5, Now

from articles.models.articles import Article


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
    extractor_version = models.CharField(
        max_length=40, blank=True, default="", help_text="The newest extractor that reads exactly this"
    )
    details_hash = models.CharField(
        max_length=64,
        blank=True,
        default="",
        help_text="SHA-256 over structure and metadata, so that a better reading of the same text has a place",
    )
    created_at = models.DateTimeField(db_default=Now())
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="versions"
    )

    class Meta:
        ordering = ["article", "number"]
        constraints = [
            models.UniqueConstraint(fields=["article", "number"], name="version_number_unique"),
            models.UniqueConstraint(
                "article", "text_hash", MD5("title"), "details_hash", name="version_reading_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} (version {self.number})"
