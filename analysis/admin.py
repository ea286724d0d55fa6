"""The back office for what we work out. Names of entities are an analyst's word once they are changed here."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from analysis.models import (
    Alias,
    Analysis,
    Draft,
    Entity,
    EntityChange,
    Judgment,
    Mention,
    Origin,
    Rerun,
    Tag,
)
from articles.admin import AuditedAdmin, ReadOnlyAdmin
from articles.services import record_audit


class AliasInline(admin.TabularInline):  # type: ignore[type-arg]  # Django's own class takes no parameter
    """Names; a new one is known from the next run on."""

    model = Alias
    fields = ["surface", "relation", "is_case_sensitive", "origin"]
    readonly_fields = ["origin"]
    extra = 1


@admin.register(Entity)
class EntityAdmin(AuditedAdmin):
    """Entities. They are never deleted; two that are one are merged on the entity's page."""

    list_display = ["name", "kind", "key", "country", "article_count", "merged_into"]
    list_filter = ["kind", "is_known"]
    search_fields = ["name", "key", "aliases__surface"]
    readonly_fields = ["key", "merged_into", "article_count", "created_at", "created_by", "is_known"]
    raw_id_fields = ["parent"]
    inlines = [AliasInline]
    show_full_result_count = False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def save_formset(
        self,
        request: HttpRequest,
        form: forms.ModelForm[Any],
        formset: Any,
        change: bool,  # noqa: FBT001  (Django's signature)
    ) -> None:
        for inline in formset.forms:
            if inline.has_changed() and isinstance(inline.instance, Alias):
                inline.instance.origin = Origin.ANALYST
        super().save_formset(request, form, formset, change)
        names = [
            alias.surface for alias in (*formset.new_objects, *(pair[0] for pair in formset.changed_objects))
        ]
        gone = [alias.surface for alias in formset.deleted_objects]
        if names or gone:
            detail = {"names": names, "removed": gone}
            record_audit("change names (admin)", form.instance, by=request.user, detail=detail)  # type: ignore[arg-type]


class Looked(ReadOnlyAdmin):
    """Rows that only services write."""

    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return super().get_queryset(request).select_related()


@admin.register(Analysis)
class AnalysisAdmin(Looked):
    """Runs of the pipeline."""

    list_display = ["version", "pipeline_version", "lexicon_version", "milliseconds", "created_at"]
    list_filter = ["pipeline_version"]


@admin.register(Mention)
class MentionAdmin(Looked):
    """Mentions that stand."""

    list_display = ["surface", "kind", "entity", "score", "method", "origin"]
    list_filter = ["kind", "method", "origin"]
    search_fields = ["surface"]


@admin.register(Tag)
class TagAdmin(Looked):
    """Tags."""

    list_display = ["entity", "article", "kind", "score", "salience", "is_about"]
    list_filter = ["kind", "is_about"]


@admin.register(Judgment)
class JudgmentAdmin(Looked):
    """The ledger of judgments."""

    list_display = ["surface", "decision", "scope", "kind", "new_kind", "by", "at", "undone_at", "hits"]
    list_filter = ["decision", "scope"]
    search_fields = ["surface"]


@admin.register(EntityChange)
class EntityChangeAdmin(Looked):
    """The journal of merges and splits."""

    list_display = ["kind", "entity", "into", "by", "at", "undone_at"]


@admin.register(Rerun)
class RerunAdmin(Looked):
    """Re-runs."""

    list_display = ["__str__", "stage", "position", "reason", "is_paused", "by", "created_at"]


@admin.register(Draft)
class DraftAdmin(Looked):
    """Drafted summaries."""

    list_display = ["__str__", "stage", "model_name", "failure_reason", "by", "asked_at", "discarded_at"]
    list_filter = ["stage"]
