"""What a request about reports may carry."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest

from reports.exports import LIST_FORMATS, REPORT_FORMATS
from reports.models import Report

MAX_SELECTION = 1000  # articles in one report: a hundred pages of PDF


class ExportForm(forms.Form):
    """A format, and either a selection of ids or the result list of the same query string."""

    format = forms.ChoiceField(choices=[(name, name) for name in LIST_FORMATS])
    ids = forms.CharField(required=False)

    def clean_ids(self) -> list[int]:
        return read_ids(self.data.getlist("ids") if hasattr(self.data, "getlist") else [])


class ReportForm(forms.Form):
    """Title and note of a report."""

    title = forms.CharField(max_length=300, strip=True)
    note = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 4}))


class CollectForm(forms.Form):
    """Ticked articles, and the report they go into; without one a new report, with a title or the day's."""

    title = forms.CharField(required=False, max_length=300, strip=True)
    ids = forms.CharField(required=False)

    def __init__(self, *args: Any, reports: QuerySet[Report], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["report"] = forms.ModelChoiceField(reports, required=False)

    def clean_ids(self) -> list[int]:
        return read_ids(self.data.getlist("ids") if hasattr(self.data, "getlist") else [])


class SavedSearchForm(forms.Form):
    """The name of a search."""

    name = forms.CharField(max_length=80, required=False)

    def given(self, field: str) -> str:
        """The text of a field, "" when it is missing or too long to be meant."""
        return str(self.cleaned_data.get(field, "")) if self.is_valid() else ""


class NoteForm(forms.Form):
    """The note on one article of a report."""

    note = forms.CharField(required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 2}))


class DownloadForm(forms.Form):
    """Which document to write."""

    format = forms.ChoiceField(choices=[(name, name) for name in REPORT_FORMATS])


def read_ids(values: list[str]) -> list[int]:
    """Numbers from repeated or comma separated values, in order, without repeats; anything else is refused."""
    parts = [part.strip() for value in values for part in value.split(",") if part.strip()]
    if any(not part.isascii() or not part.isdigit() or len(part) > 18 for part in parts):
        raise forms.ValidationError("The selection holds something that is not an article number.")
    return list(dict.fromkeys(int(part) for part in parts))


def selected_ids(request: HttpRequest) -> list[int]:
    """The ticked articles of a posted list; raises ValidationError."""
    return read_ids(request.POST.getlist("ids"))
