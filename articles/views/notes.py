"""Notes and highlights on the article page: shown at their passages, written, edited, removed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from articles.forms import NoteForm, first_error
from articles.models import Article, Note, Version, user_label
from articles.services.anchoring import Passage, find_passage
from articles.services.notes import NoteRefused, add_note, edit_note, remove_note, restore_note
from articles.templatetags.reading import Marks
from articles.views.safe import person

judge_required = permission_required("articles.judge_article", raise_exception=True)


@dataclass(frozen=True, slots=True)
class Placed:
    """A note as the page of one version shows it; without a place it is on the whole article, or lost."""

    note: Note
    field: str = ""
    start: int = 0
    end: int = 0

    @property
    def pk(self) -> int:
        """The note's."""
        return self.note.pk

    @property
    def label(self) -> str:
        """What a reader who cannot see the color is told."""
        return f"{'Highlight' if self.note.is_highlight else 'Note'} by {user_label(self.note.by)}"

    @property
    def is_lost(self) -> bool:
        """Its words do not stand in this version."""
        return bool(self.note.quote) and not self.field


@dataclass(frozen=True, slots=True)
class Notes:
    """All notes of an article, placed in one version: those in the text in its order, the whole article's, the lost."""

    placed: Sequence[Placed] = ()
    whole: Sequence[Placed] = ()
    lost: Sequence[Placed] = ()

    def __len__(self) -> int:
        return len(self.placed) + len(self.whole) + len(self.lost)

    def on(self, marks: Marks, field: str) -> Marks:
        """The marks of the title or text with the notes that stand in it."""
        return replace(marks, notes=[one for one in self.placed if one.field == field])


def notes_in(article: Article, version: Version, user: User) -> Notes:
    """The article's standing notes; analysts see each other's, contributors none. No statement without notes."""
    if not getattr(article, "has_notes", True) or not user.has_perm("articles.view_article"):
        return Notes()
    rows = Note.objects.filter(article=article, removed_at=None).select_related("by")
    all_notes = [place_note(note, version) for note in rows]
    placed = sorted((one for one in all_notes if one.field), key=lambda one: (one.field == "body", one.start))
    return Notes(
        placed,
        [one for one in all_notes if not one.note.quote],
        [one for one in all_notes if one.is_lost],
    )


def place_note(note: Note, version: Version) -> Placed:
    """Where a note's passage stands in a version: where it was marked, else where its words are."""
    if not note.quote:
        return Placed(note)
    if note.version_id == version.pk:
        return Placed(note, note.field, note.start or 0, note.end or 0)
    found = Passage(note.quote, note.before, note.after, note.start or 0)
    fields = ("title", "body") if note.field == "title" else ("body", "title")
    for field in fields:
        place = find_passage(found, version.title if field == "title" else version.text)
        if place:
            return Placed(note, field, *place)
    return Placed(note)


@require_POST
@judge_required
def note_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Highlight or annotate a passage of a version, or write about the whole article."""
    visible = Article.objects.visible_to(request.user).values("pk")
    version = get_object_or_404(Version.objects.filter(article__in=visible).select_related("article"), pk=pk)
    form = NoteForm(request.POST, version=version)
    if not form.is_valid():
        messages.error(request, first_error(form))
        return redirect(version.article)
    try:
        note = add_note(version, by=person(request), **form.cleaned_data)
    except NoteRefused as refused:
        messages.error(request, refused.reason)
        return redirect(version.article)
    return told(request, note, "Highlighted." if note.is_highlight else "Noted.", undo="note_remove")


@require_http_methods(["GET", "HEAD", "POST"])
@judge_required
def note_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change one's own note."""
    note = own_note(request, pk)
    form = NoteForm(request.POST or None, version=note.version, initial={"text": note.text})
    if request.method == "POST" and form.is_valid():
        try:
            edit_note(note, form.cleaned_data["text"], by=person(request))
            messages.success(request, "The note is changed.")
            return redirect(address(note))
        except NoteRefused as refused:
            form.add_error("text", refused.reason)
    return render(request, "articles/note_edit.html", {"note": note, "form": form, "nav": "articles"})


@require_POST
@judge_required
def note_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one's own note away."""
    note = remove_note(own_note(request, pk), by=person(request))
    return told(request, note, "The note is removed.", undo="note_restore")


@require_POST
@judge_required
def note_restore(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo a removal."""
    note = restore_note(own_note(request, pk), by=person(request))
    messages.success(request, "The note is back.")
    return redirect(address(note))


def told(request: HttpRequest, note: Note, words: str, *, undo: str) -> HttpResponse:
    """Back to the article with a message that can take the change back."""
    messages.success(request, words, extra_tags=reverse(f"articles:{undo}", args=[note.pk]))
    return redirect(note.article if note.removed_at else address(note))


def own_note(request: HttpRequest, pk: int) -> Note:
    """The person's own note on an article they may see; 404 for any other."""
    visible = Article.objects.visible_to(request.user).values("pk")
    rows = Note.objects.filter(article__in=visible, by=person(request)).select_related("article", "version")
    return get_object_or_404(rows, pk=pk)


def address(note: Note) -> str:
    """Where the note stands on its article's page."""
    return f"{note.article.get_absolute_url()}#note-{note.pk}"
