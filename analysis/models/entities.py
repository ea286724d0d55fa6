"""Things in the world and their names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now, Upper

from articles.models import Article
from articles.models.links import page_address

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


SHORTEST = 3  # letters a trigram needs
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
        """Entities with a name or alias that contains `words`, or begins with them when they are very short.

        Two index scans joined: with OR between the two tables Postgres would read all entities. A trigram
        index knows nothing of two letters in the middle of a name.
        """
        lookup = "icontains" if len(words) >= SHORTEST else "istartswith"
        named = Entity.objects.order_by().filter(**{f"name__{lookup}": words}).values("pk")
        aliases = Alias.objects.order_by().filter(**{f"surface__{lookup}": words}).values("entity_id")
        return self.filter(pk__in=named.union(aliases))


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
            models.Index(fields=["-article_count", "name", "id"], name="entity_top"),
            GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="entity_name_trigram"),
            models.Index(OpClass(Upper("name"), name="text_pattern_ops"), name="entity_name_begins"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return page_address("analysis:entity_detail", self.pk)

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
        indexes = [
            GinIndex(OpClass(Upper("surface"), name="gin_trgm_ops"), name="alias_surface_trigram"),
            models.Index(OpClass(Upper("surface"), name="text_pattern_ops"), name="alias_surface_begins"),
        ]

    def __str__(self) -> str:
        return self.surface
