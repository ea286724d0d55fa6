"""What we work out: entities, mentions, tags, analysts' judgments, stories."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now, Upper
from django.urls import reverse

from articles.leases import Leased
from articles.models import Article, Source, Version

if TYPE_CHECKING:
    from articles.models import ArticleQuerySet


class Kind(models.TextChoices):
    """The pipeline's kinds, with names for readers (a test holds the two lists together)."""

    COUNTRY = "country", "Country"
    NATIONALITY = "nationality", "Nationality"
    PLACE = "place", "Place"
    COMPANY = "company", "Company"
    MEDIA = "media", "Media"
    GOVERNMENT = "government", "Government"
    IGO = "igo", "International body"
    ORGANIZATION = "organization", "Organization"
    RESEARCHER = "researcher", "Researcher"
    PERSON = "person", "Person"
    THREAT = "threat", "Threat"
    MALWARE = "malware", "Malware"
    PRODUCT = "product", "Product"
    OTHER = "other", "Other"
    IP = "ip", "IP address"
    DOMAIN = "domain", "Domain"
    URL = "url", "Address (URL)"
    EMAIL = "email", "E-mail"
    HASH = "hash", "Hash"
    CVE = "cve", "CVE"


PEOPLE = (Kind.PERSON.value, Kind.RESEARCHER.value)


class Origin(models.TextChoices):
    """Who made a row. Machine rows are replaced by the next run, an analyst's are never touched by one."""

    MACHINE = "machine", "Machine"
    ANALYST = "analyst", "Analyst"


class EntityQuerySet(models.QuerySet["Entity"]):
    """Ways to find entities; each is chainable."""

    def current(self) -> EntityQuerySet:
        """Not merged into another."""
        return self.filter(merged_into__isnull=True)

    def named_like(self, words: str) -> EntityQuerySet:
        """Entities with a name or alias containing `words`, best similarity first."""
        return (
            self.current().filter(Q(name__icontains=words) | Q(aliases__surface__icontains=words)).distinct()
        )


class Entity(models.Model):
    """One thing in the world with one stable key: "country:KP", "company:amazon"."""

    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=14, choices=Kind.choices)
    name = models.CharField(max_length=300)
    country = models.CharField(max_length=2, blank=True, default="", help_text="ISO 3166-1 alpha-2")
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="brands"
    )
    wikidata = models.CharField(max_length=20, blank=True, default="")
    ticker = models.CharField(max_length=20, blank=True, default="")
    description = models.TextField(blank=True, default="")
    is_known = models.BooleanField(default=False, help_text="From the knowledge tables, not found in a text")
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="merged"
    )
    article_count = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now())
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="entities"
    )

    objects = EntityQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "entities"
        constraints = [
            models.CheckConstraint(name="entity_not_merged_into_itself", condition=~Q(merged_into=F("id")))
        ]
        indexes = [
            models.Index(fields=["kind", "-article_count"], name="entity_kind_top"),
            GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="entity_name_trigram"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("analysis:entity_detail", args=[self.pk])

    def articles(self) -> ArticleQuerySet:
        """Ready articles tagged with it."""
        return Article.objects.ready().filter(entity_ids__contains=[self.pk])


class Alias(models.Model):
    """A name under which an entity is known. Merging moves aliases, so unmerging can move them back."""

    entity = models.ForeignKey(Entity, on_delete=models.CASCADE, related_name="aliases")
    surface = models.CharField(max_length=300)
    relation = models.CharField(max_length=10, default="name")
    origin = models.CharField(max_length=8, choices=Origin.choices, default=Origin.MACHINE)
    is_case_sensitive = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["surface"]
        verbose_name_plural = "aliases"
        constraints = [models.UniqueConstraint(fields=["entity", "surface"], name="alias_unique")]
        indexes = [GinIndex(OpClass(Upper("surface"), name="gin_trgm_ops"), name="alias_surface_trigram")]

    def __str__(self) -> str:
        return self.surface


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


class StandingMentions(models.Manager["Mention"]):
    """Mentions but those an analyst rejected."""

    def get_queryset(self) -> models.QuerySet[Mention]:
        return super().get_queryset().filter(is_rejected=False)


class Fingerprint(models.Model):
    """What finds near-duplicates of one version: 64 band hashes of its 3-word shingles (pipeline/fingerprints.py)."""

    version = models.OneToOneField(Version, on_delete=models.CASCADE, related_name="fingerprint")
    bands = ArrayField(models.IntegerField(), default=list)

    class Meta:
        indexes = [GinIndex(fields=["bands"], name="fingerprint_bands")]

    def __str__(self) -> str:
        return f"Fingerprint of {self.version_id}"


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
        ]

    def __str__(self) -> str:
        return f"{self.surface} ({self.kind})"


class Tag(models.Model):
    """An entity an article is said to involve: the sum of its linked mentions and the judgments on them."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="tags")
    entity = models.ForeignKey(Entity, on_delete=models.CASCADE, related_name="tags")
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
        indexes = [models.Index(fields=["entity", "article"], name="tag_entity")]

    def __str__(self) -> str:
        return f"{self.entity} in {self.article}"


class Judgment(models.Model):
    """An analyst's decision about a surface; a ledger, undone by marking, and an input of every later run."""

    class Decision(models.TextChoices):
        ACCEPT = "accept", "Right"
        REJECT = "reject", "Wrong"
        REKIND = "rekind", "Other kind"
        RELINK = "relink", "Other entity"
        ADD = "add", "Missed tag"

    class Scope(models.TextChoices):
        ARTICLE = "article", "This article"
        SOURCE = "source", "This source"
        EVERYWHERE = "everywhere", "Everywhere"

    decision = models.CharField(max_length=8, choices=Decision.choices)
    scope = models.CharField(max_length=10, choices=Scope.choices, default=Scope.ARTICLE)
    article = models.ForeignKey(Article, null=True, on_delete=models.SET_NULL, related_name="judgments")
    source = models.ForeignKey(
        Source, null=True, blank=True, on_delete=models.SET_NULL, related_name="judgments"
    )
    version = models.ForeignKey(
        Version, null=True, blank=True, on_delete=models.SET_NULL, related_name="judgments"
    )
    field = models.CharField(max_length=5, blank=True, default="")
    start = models.PositiveIntegerField(null=True, blank=True)
    end = models.PositiveIntegerField(null=True, blank=True)
    surface = models.CharField(max_length=500)
    kind = models.CharField(max_length=14, blank=True, default="", help_text="The kind that was judged")
    entity = models.ForeignKey(
        Entity,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="judgments",
        help_text="As it was linked",
    )
    new_kind = models.CharField(max_length=14, blank=True, default="")
    new_entity = models.ForeignKey(
        Entity, null=True, blank=True, on_delete=models.SET_NULL, related_name="new_judgments"
    )
    score = models.FloatField(null=True, blank=True, help_text="The machine's score when it was judged")
    method = models.CharField(max_length=40, blank=True, default="")
    pipeline_version = models.CharField(max_length=60, blank=True, default="")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="judgments"
    )
    at = models.DateTimeField(db_default=Now())
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="undone_judgments",
    )
    hits = models.PositiveIntegerField(default=0, help_text="How many mentions it has decided in later runs")

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(
                fields=["scope", "article"], name="judgment_scope", condition=Q(undone_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.decision} {self.surface} ({self.scope})"


class EntityChange(models.Model):
    """One entry of the journal of merges and splits, with what is needed to undo it."""

    class ChangeKind(models.TextChoices):
        MERGE = "merge", "Merge"
        SPLIT = "split", "Split an alias off"

    kind = models.CharField(max_length=5, choices=ChangeKind.choices)
    entity = models.ForeignKey(
        Entity, on_delete=models.CASCADE, related_name="changes", help_text="The one that gave"
    )
    into = models.ForeignKey(
        Entity, on_delete=models.CASCADE, related_name="received", help_text="The one that got"
    )
    moved = models.JSONField(default=dict, help_text="Ids of moved rows by model, and rows that had to go")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="entity_changes"
    )
    at = models.DateTimeField(db_default=Now())
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="undone_changes",
    )

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.entity} → {self.into}"


class Rerun(Leased):
    """A background job that analyzes chosen articles again: progress, pause, and what changed."""

    class RerunStage(models.TextChoices):
        RUNNING = "running", "Running"
        DONE = "done", "Done"

    stage = models.CharField(max_length=8, choices=RerunStage.choices, default=RerunStage.RUNNING)
    article_ids = models.JSONField(default=list)
    position = models.PositiveIntegerField(default=0)
    changes = models.JSONField(default=list, help_text="[[article id, [added names], [removed names]], …]")
    reason = models.CharField(max_length=300, blank=True, default="")
    is_paused = models.BooleanField(default=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="reruns"
    )
    created_at = models.DateTimeField(db_default=Now())

    class Meta(Leased.Meta):
        ordering = ["-created_at"]
        constraints = [*Leased.Meta.constraints]

    def __str__(self) -> str:
        return f"Re-analysis {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("analysis:rerun_detail", args=[self.pk])
