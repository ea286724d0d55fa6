"""What the pages of submitting and reading accept."""

from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib.auth.models import User
from django.core.files.uploadedfile import UploadedFile

from articles.models import Article, Profile

ACCEPT_FIRST = "Please accept the submission rules first."


class SubmissionForm(forms.Form):
    """The tick that every way of handing in needs."""

    rules = forms.BooleanField(
        error_messages={"required": ACCEPT_FIRST},
        label="I have read the submission rules and this submission keeps to them.",
    )


class UrlForm(SubmissionForm):
    """One address."""

    url = forms.CharField(
        max_length=2000,
        label="Address of the article",
        widget=forms.TextInput(
            attrs={
                "placeholder": "https://example.org/news/…",
                "inputmode": "url",
                "autocomplete": "off",
                "autofocus": True,
            }
        ),
    )


class TextForm(SubmissionForm):
    """A pasted text and what is known about it."""

    text = forms.CharField(
        label="Text",
        strip=False,
        widget=forms.Textarea(
            attrs={"rows": 14, "placeholder": "Paste the whole text. A blank line begins a new paragraph."}
        ),
    )
    title = forms.CharField(max_length=1000, required=False, label="Title")
    source_name = forms.CharField(
        max_length=200, required=False, label="Source", help_text="Who published it"
    )
    published_on = forms.DateField(
        required=False, label="Published", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    byline = forms.CharField(max_length=500, required=False, label="Byline", help_text="Author as printed")
    url = forms.CharField(
        max_length=2000, required=False, label="Address", help_text="Where it was read, if anywhere"
    )


class FileForm(SubmissionForm):
    """One file."""

    file = forms.FileField(
        label="File",
        help_text="An article saved as .html, .txt or .md",
        widget=forms.ClearableFileInput(attrs={"accept": ".html,.htm,.txt,.md"}),
        error_messages={"empty": "The file is empty.", "required": "Choose a file."},
    )

    def clean_file(self) -> UploadedFile:
        file = cast("UploadedFile", self.cleaned_data["file"])
        if (file.size or 0) > settings.UPLOAD_MAX_BYTES:
            raise forms.ValidationError(
                f"The file has {(file.size or 0) / 1048576:.1f} MB; "
                f"at most {settings.UPLOAD_MAX_BYTES / 1048576:g} MB are taken."
            )
        return file


class ManyForm(SubmissionForm):
    """Many addresses."""

    addresses = forms.CharField(
        label="Addresses",
        help_text="One in each line, up to 1,000.",
        widget=forms.Textarea(
            attrs={"rows": 10, "class": "mono", "placeholder": "https://…\nhttps://…", "spellcheck": "false"}
        ),
    )


class WorkStateForm(forms.Form):
    """How far the analyst is with the article."""

    state = forms.ChoiceField(choices=Article.WorkState.choices)


class AssignForm(forms.Form):
    """Whose article it is; nobody when empty."""

    to = forms.ModelChoiceField(
        User.objects.filter(is_active=True).order_by("username"), required=False, empty_label="Nobody"
    )


class ReplaceTextForm(forms.Form):
    """The right text for an article whose page could not be captured."""

    title = forms.CharField(max_length=1000, required=False, label="Title")
    text = forms.CharField(label="Text", strip=False, widget=forms.Textarea(attrs={"rows": 18}))


class ThemeForm(forms.ModelForm):  # type: ignore[type-arg]  # (not subscriptable at run time)
    """Light, dark, or what the system says."""

    class Meta:
        model = Profile
        fields = ["theme"]


def first_error(form: forms.BaseForm) -> str:
    """The first mistake as a sentence, for a message."""
    errors: list[Any] = [message for messages in form.errors.values() for message in messages]
    return str(errors[0]) if errors else ""
