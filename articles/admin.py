"""The back office for what we take in. Every change made here leaves an audit row, as everywhere else."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.db import models
from django.http import HttpRequest

from articles.models import Article, Audit, Batch, Profile, Snapshot, Source, Submission, Version
from articles.services import record_audit


def changes(form: forms.ModelForm[Any]) -> dict[str, list[str]]:
    """What a form changed, as {field: [before, after]}; passwords by name only."""
    return {
        name: ["", ""]
        if "password" in name
        else [str(form.initial.get(name)), str(form.cleaned_data.get(name))]
        for name in form.changed_data
    }


class AuditedAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # Django's own class takes no parameter
    """A page of the back office whose changes are audited in their own transaction."""

    def save_model(
        self,
        request: HttpRequest,
        obj: models.Model,
        form: forms.ModelForm[Any],
        change: bool,  # noqa: FBT001  (Django's signature)
    ) -> None:
        super().save_model(request, obj, form, change)
        verb = "change" if change else "create"
        record_audit(f"{verb} (admin)", obj, by=_person(request), detail=changes(form))

    def delete_model(self, request: HttpRequest, obj: models.Model) -> None:
        record_audit("delete (admin)", obj, by=_person(request))
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> None:
        for obj in queryset:
            record_audit("delete (admin)", obj, by=_person(request))
        super().delete_queryset(request, queryset)


class ReadOnlyAdmin(AuditedAdmin):
    """Rows that are looked at and never changed by hand."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def _person(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


@admin.register(Source)
class SourceAdmin(AuditedAdmin):
    """Publishers, their grades and feeds."""

    list_display = ["name", "host", "country", "kind", "grade", "feed_url", "last_success_at", "failures"]
    list_filter = ["kind", "country", "reliability"]
    search_fields = ["name", "host"]
    readonly_fields = [
        "feed_etag",
        "feed_modified",
        "last_success_at",
        "last_error_at",
        "last_error",
        "failures",
        "created_at",
    ]


@admin.register(Article)
class ArticleAdmin(ReadOnlyAdmin):
    """Articles as they stand; what people may change is changed on the article's own page."""

    list_display = ["headline", "stage", "hold_reason", "failure_reason", "origin", "site", "submitted_at"]
    list_filter = ["stage", "origin", "work_state", "language"]
    search_fields = ["title", "url", "canonical_url"]
    exclude = ["search", "entity_ids", "about_ids", "implied_ids"]
    list_select_related = ["source"]
    show_full_result_count = False


@admin.register(Version)
class VersionAdmin(ReadOnlyAdmin):
    """Texts."""

    list_display = ["title", "article", "number", "verdict", "language", "created_at"]
    list_filter = ["verdict", "language"]
    search_fields = ["title"]
    list_select_related = ["article"]
    show_full_result_count = False


@admin.register(Snapshot)
class SnapshotAdmin(ReadOnlyAdmin):
    """Evidence; the bytes themselves are never shown."""

    list_display = ["final_url", "file_name", "status_code", "byte_count", "sha256", "fetched_at"]
    search_fields = ["final_url", "sha256", "file_name"]
    exclude = ["body"]
    show_full_result_count = False


@admin.register(Submission)
class SubmissionAdmin(ReadOnlyAdmin):
    """Who handed in what."""

    list_display = ["article", "by", "batch", "is_first", "at"]
    list_select_related = ["article", "by", "batch"]
    show_full_result_count = False


@admin.register(Batch)
class BatchAdmin(ReadOnlyAdmin):
    """Many addresses at once."""

    list_display = ["__str__", "by", "created_at"]
    list_select_related = ["by"]


@admin.register(Audit)
class AuditAdmin(ReadOnlyAdmin):
    """The audit trail."""

    list_display = ["at", "by", "verb", "label", "model", "row_id"]
    list_filter = ["verb", "model"]
    search_fields = ["label", "by__username"]
    date_hierarchy = "at"
    list_select_related = ["by"]
    show_full_result_count = False


@admin.register(Profile)
class ProfileAdmin(AuditedAdmin):
    """What is kept of a person beside the account."""

    list_display = ["user", "theme", "seen_at", "visit_at"]
    list_select_related = ["user"]


admin.site.unregister(User)


@admin.register(User)
class AuditedUserAdmin(AuditedAdmin, UserAdmin):  # type: ignore[type-arg]
    """Accounts."""
