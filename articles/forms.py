"""What the pages of submitting and reading accept."""

from collections.abc import Sequence
from typing import Any, ClassVar, cast

from django import forms
from django.conf import settings
from django.contrib.auth.models import User
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet

from articles.doors import EXTENSIONS, FIELDS
from articles.models import Article, Profile, Version
from articles.services.bulk import clean_label
from articles.services.imports import MOST_BYTES
from articles.services.notes import MOST_QUOTED, MOST_WORDS

ACCEPT_FIRST = "Please accept the submission rules first."
MOST_FILES = 20  # at once; each is opened while the person waits


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

    page = forms.CharField(
        required=False, strip=False, widget=forms.HiddenInput, help_text="As the bookmarklet's browser has it"
    )

    def clean_page(self) -> str:
        page = str(self.cleaned_data["page"])
        if len(page.encode("utf-8", "replace")) > settings.UPLOAD_MAX_BYTES:
            raise forms.ValidationError(
                f"The page the browser sent is larger than {settings.UPLOAD_MAX_BYTES / 1048576:g} MB. "
                "Submit the address alone."
            )
        return page


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


class ManyFilesInput(forms.ClearableFileInput):
    """A file input in which several files may be chosen."""

    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """One or more files; each has to pass on its own. The value is a list."""

    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        given = data if isinstance(data, list | tuple) else [data] if data else []
        if not given:
            return [super().clean(None, initial)]  # says that one is needed
        if len(given) > MOST_FILES:
            raise forms.ValidationError(
                f"{len(given)} files were given; at most {MOST_FILES} are taken at once. A .zip may hold more."
            )
        return [super(ManyFilesField, self).clean(one, initial) for one in given]


class FileForm(SubmissionForm):
    """One file or several."""

    file = ManyFilesField(
        label="Files",
        help_text="PDF, Word (.docx), mail (.eml, .msg), saved page (.html, .mhtml, .warc, .warc.gz), "
        ".txt, .md, or a .zip of these. Several may be chosen.",
        widget=ManyFilesInput(attrs={"accept": ",".join(EXTENSIONS)}),
        error_messages={"empty": "The file is empty.", "required": "Choose a file."},
    )

    def clean_file(self) -> list[UploadedFile]:
        files = cast("list[UploadedFile]", self.cleaned_data["file"])
        for file in files:
            check_file_size(file, settings.UPLOAD_MAX_BYTES)
        return files


class TableForm(SubmissionForm):
    """A table to import."""

    file = forms.FileField(
        label="Table",
        help_text="CSV with a line of column names, or JSON Lines. Up to 20 MB and 50,000 rows; "
        "a row needs an address or a text.",
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.jsonl,.ndjson,.json"}),
        error_messages={"empty": "The file is empty.", "required": "Choose a file."},
    )

    def clean_file(self) -> UploadedFile:
        file = cast("UploadedFile", self.cleaned_data["file"])
        check_file_size(file, MOST_BYTES)
        return file


class MappingForm(forms.Form):
    """Which column of a table is which field of an article; the choices are the table's columns."""

    LABELS: ClassVar = {
        "url": "Address",
        "title": "Title",
        "text": "Text",
        "byline": "Byline",
        "source": "Source",
        "published_at": "Published",
        "language": "Language",
        "labels": "Labels",
        "id": "Their id",
    }

    def __init__(self, columns: Sequence[str], *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        choices = [("", "–"), *((column, column) for column in columns)]
        for name in FIELDS:
            self.fields[name] = forms.ChoiceField(
                choices=choices, required=False, label=self.LABELS.get(name, name.capitalize())
            )

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        if not self.errors and not values["url"] and not values["text"]:
            raise forms.ValidationError("Say which column holds the address or the text.")
        return values

    def mapping(self) -> tuple[tuple[str, str], ...]:
        """(our field, their column) for each field that has one."""
        return tuple((name, self.cleaned_data[name]) for name in FIELDS if self.cleaned_data[name])


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


def assignable() -> QuerySet[User]:
    """Whom an article can be given to: active people who may judge."""
    return User.objects.with_perm(
        "articles.judge_article", backend="django.contrib.auth.backends.ModelBackend"
    ).order_by("username")


class AssignForm(forms.Form):
    """Whose article it is; nobody when empty."""

    to = forms.ModelChoiceField(User.objects.none(), required=False, empty_label="Nobody")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ModelChoiceField[User]", self.fields["to"]).queryset = assignable()


class BulkForm(forms.Form):
    """One act on several articles: `act` is a verb with its value, as in state:done, assign:me or label:energy."""

    act = forms.CharField(max_length=120, error_messages={"required": "Say what to do with them."})
    label = forms.CharField(required=False, max_length=200)
    ids = forms.Field(required=False)

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by

    def clean_ids(self) -> list[int]:
        given = self.data.getlist("ids") if hasattr(self.data, "getlist") else []
        if any(not text.isascii() or not text.isdigit() or len(text) > 18 for text in given):
            raise forms.ValidationError("The selection holds something that is not an article number.")
        return list(dict.fromkeys(int(text) for text in given))

    def clean(self) -> dict[str, Any]:
        """Adds `verb`, and its `value`: a state, a person or None, a label, or nothing."""
        data = super().clean() or {}
        verb, _, value = data.get("act", "").partition(":")
        readers = {
            "state": self.read_state,
            "assign": self.read_person,
            "label": self.read_label,
            "unlabel": self.read_label,
        }
        if verb not in {*readers, "withdraw", "rerun"}:
            raise forms.ValidationError("That is nothing that can be done with articles.")
        data["verb"], data["value"] = verb, readers[verb](value) if verb in readers else None
        return data

    def read_state(self, value: str) -> str:
        if value not in Article.WorkState.values:
            raise forms.ValidationError("An article is new, in review, done or important.")
        return value

    def read_person(self, value: str) -> User | None:
        if value in {"", "me"}:
            return self.by if value else None
        found = (
            assignable().filter(pk=int(value)).first()
            if value.isascii() and value.isdigit() and len(value) < 10
            else None
        )
        if found is None:
            raise forms.ValidationError("Nobody here is that person.")
        return found

    def read_label(self, value: str) -> str:
        try:
            return clean_label(value or self.cleaned_data.get("label", ""))
        except ValueError as mistake:
            raise forms.ValidationError(str(mistake)) from mistake


class NoteForm(forms.Form):
    """An analyst's words on a passage, given by offsets or by the words themselves, or on the whole article."""

    text = forms.CharField(
        required=False, label="Note", max_length=MOST_WORDS, widget=forms.Textarea(attrs={"rows": 4})
    )
    quote = forms.CharField(
        required=False,
        strip=False,
        max_length=MOST_QUOTED,
        label="On these words",
        help_text="Exactly as they stand in the text; empty for the whole article",
    )
    field = forms.ChoiceField(
        choices=[("title", "Title"), ("body", "Text")], required=False, widget=forms.HiddenInput
    )
    start = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)
    end = forms.IntegerField(min_value=1, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, version: Version, **more: Any) -> None:
        super().__init__(*args, **more)
        self.texts = {"body": version.text, "title": version.title}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        quote, field = data.pop("quote", "").strip(), data.get("field", "")
        start, end = data.pop("start", None) or 0, data.pop("end", None) or 0
        if field and self.texts[field][start:end].strip() != (quote or self.texts[field][start:end].strip()):
            raise forms.ValidationError("The text has changed since it was opened; please select again.")
        if field or not quote:
            return data | ({"start": start, "end": end} if field else {})
        for field, text in self.texts.items():
            if (at := text.find(quote)) >= 0:
                return data | {"field": field, "start": at, "end": at + len(quote)}
        raise forms.ValidationError("These words do not stand in the text.")


class ReplaceTextForm(forms.Form):
    """The right text for an article whose page could not be captured."""

    title = forms.CharField(max_length=1000, required=False, label="Title")
    text = forms.CharField(label="Text", strip=False, widget=forms.Textarea(attrs={"rows": 18}))


class ThemeForm(forms.ModelForm):  # type: ignore[type-arg]  # (not subscriptable at run time)
    """Light, dark, or what the system says."""

    class Meta:
        model = Profile
        fields = ["theme"]


def check_file_size(file: UploadedFile, limit: int) -> None:
    """Refuse a file before it is read into memory."""
    if (file.size or 0) > limit:
        raise forms.ValidationError(
            f"The file {file.name} has {(file.size or 0) / 1048576:.1f} MB; "
            f"at most {limit / 1048576:g} MB are taken."
        )


def first_error(form: forms.BaseForm) -> str:
    """The first mistake as a sentence, for a message."""
    errors: list[Any] = [message for messages in form.errors.values() for message in messages]
    return str(errors[0]) if errors else ""
