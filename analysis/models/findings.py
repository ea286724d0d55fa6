"""What one run of the pipeline found, as it stands after judgments and merges."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Now, Upper

from analysis.models.entities import Entity, Kind, Origin
from articles.models import Article, Version


class Analysis(models.Model):
    """One finished run of the pipeline over one version: which behavior, and everything but mentions and tags."""

    version = models.OneToOneField(Version, on_delete=models.CASCADE, related_name="analysis")
    pipeline_version = models.CharField(max_length=60)
    lexicon_version = models.CharField(max_length=80)
    language = models.CharField(max_length=8, blank=True, default="")
    sentences = models.JSONField(
        default=list, help_text="[[field, start, end], …]; the index is the sentence's number"
    )
    summary = models.JSONField(default=list, help_text="[{text, sentences}, …]")
    takeaways = models.JSONField(default=list, help_text="[{text, sentences}, …]")
    impacts = models.JSONField(default=list)
    claims = models.JSONField(default=list)
    relationships = models.JSONField(default=list)
    tags = models.JSONField(
        default=list,
        help_text="The run's tags before any judgment or merge; `Tag` rows are derived from them",
    )
    milliseconds = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name_plural = "analyses"

    def __str__(self) -> str:
        return f"{self.version}: {self.pipeline_version}"


class Fingerprint(models.Model):
    """What finds near-duplicates of one version: 64 band hashes of its 3-word shingles (pipeline/fingerprints.py)."""

    version = models.OneToOneField(Version, on_delete=models.CASCADE, related_name="fingerprint")
    bands = ArrayField(models.IntegerField(), default=list)

    class Meta:
        indexes = [GinIndex(fields=["bands"], name="fingerprint_bands")]

    def __str__(self) -> str:
        return f"Fingerprint of {self.version_id}"


class StandingMentions(models.Manager["Mention"]):
    """Mentions but those an analyst rejected."""

    def get_queryset(self) -> models.QuerySet[Mention]:
        return super().get_queryset().filter(is_rejected=False)


class Mention(models.Model):
    """A stored span that names something, with the reasons; `entity` is null when unlinked or ambiguous.

    What the reader sees is derived: the machine's finding (`found`, kept when it differs), the analysts'
    judgments in scope, and merges. Undoing one of those derives it anew; no run of the pipeline is needed.
    """

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="mentions")
    entity = models.ForeignKey(
        Entity, null=True, blank=True, on_delete=models.CASCADE, related_name="mentions"
    )
    field = models.CharField(max_length=5, choices=[("title", "Title"), ("body", "Text")])
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    surface = models.CharField(max_length=500)
    kind = models.CharField(max_length=14, choices=Kind.choices)
    score = models.FloatField()
    method = models.CharField(max_length=40)
    reasons = models.JSONField(default=list)
    candidates = models.JSONField(
        default=list, help_text="[[entity key, score, [reasons]], …] when ambiguous"
    )
    sentence = models.PositiveIntegerField(default=0, help_text="Index in Analysis.sentences")
    value = models.CharField(max_length=2000, blank=True, default="", help_text="Observables: normalized")
    is_ambiguous = models.BooleanField(default=False)
    is_implied = models.BooleanField(default=False)
    origin = models.CharField(max_length=8, choices=Origin.choices, default=Origin.MACHINE)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="mentions"
    )
    created_at = models.DateTimeField(db_default=Now())
    found = models.JSONField(
        null=True,
        blank=True,
        help_text="What the machine said, where a judgment or merge changed it: "
        "{kind, entity, score, method, reasons, is_ambiguous, is_implied}",
    )
    judgment = models.ForeignKey(
        "Judgment",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="mentions",
        help_text="The decision that made it what it is",
    )
    is_rejected = models.BooleanField(default=False)

    objects = StandingMentions()
    everything = models.Manager()  # noqa: DJ012  (the rejected too; they are kept so that undoing is exact)

    class Meta:
        ordering = ["version", "field", "start"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "field", "start", "end", "kind", "origin", "is_rejected"],
                name="mention_place_unique",
                deferrable=models.Deferrable.DEFERRED,  # two mentions may trade kinds in one statement
            ),
            models.CheckConstraint(name="mention_not_empty", condition=Q(start__lt=F("end"))),
            models.CheckConstraint(name="mention_score_range", condition=Q(score__gte=0, score__lte=1)),
        ]
        indexes = [
            models.Index(fields=["kind", "value"], name="mention_observable", condition=~Q(value="")),
            models.Index(Upper("surface"), name="mention_surface"),
            # How a merge and its undo find their articles.
            models.Index(
                KeyTransform("entity", "found"),
                name="mention_found_entity",
                condition=Q(found__isnull=False),
            ),
            GinIndex(
                fields=["candidates"],
                opclasses=["jsonb_path_ops"],
                name="mention_candidates",
                condition=~Q(candidates=[]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.surface} ({self.kind})"


HAS_ROLE = ~Q(role="", affiliation="")


class Tag(models.Model):
    """An entity an article is said to involve: the sum of its linked mentions and the judgments on them."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="tags")
    entity = models.ForeignKey(Entity, on_delete=models.CASCADE, related_name="tags", db_index=False)
    kind = models.CharField(max_length=14, choices=Kind.choices)
    score = models.FloatField()
    salience = models.FloatField(default=0)
    is_about = models.BooleanField(default=False)
    is_implied = models.BooleanField(default=False)
    mention_count = models.PositiveIntegerField(default=0)
    evidence = models.PositiveIntegerField(default=0, help_text="Index in Analysis.sentences")
    role = models.CharField(max_length=200, blank=True, default="")
    role_category = models.CharField(max_length=30, blank=True, default="")
    affiliation = models.CharField(max_length=300, blank=True, default="")
    reasons = models.JSONField(default=list)
    origin = models.CharField(max_length=8, choices=Origin.choices, default=Origin.MACHINE)

    class Meta:
        ordering = ["-is_about", "-salience", "-mention_count"]
        constraints = [
            models.UniqueConstraint(fields=["article", "entity"], name="tag_unique"),
            models.CheckConstraint(name="tag_score_range", condition=Q(score__gte=0, score__lte=1)),
        ]
        # The numbers ride along: a search for sure tags of a frequent entity reads the index alone.
        indexes = [
            models.Index(
                fields=["entity", "article"], include=["score", "salience"], name="tag_entity_scores"
            ),
            models.Index(fields=["entity", "-article"], name="tag_roles", condition=HAS_ROLE),
        ]

    def __str__(self) -> str:
        return f"{self.entity} in {self.article}"
