"""Notes and highlights: written, edited and removed by their author, always with a way back."""

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models.functions import Now

from articles.models import Note, Version
from articles.services.anchoring import passage_at
from articles.services.audit import record_audit

MOST_WORDS = 10_000  # code points of a note
MOST_QUOTED = 5_000  # code points of a passage


class NoteRefused(Exception):
    """The note cannot be kept; `reason` is a sentence for the analyst."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@transaction.atomic
def add_note(
    version: Version, *, text: str = "", field: str = "", start: int = 0, end: int = 0, by: User
) -> Note:
    """A note on a passage of the title or text, or without a field on the whole article. Raises NoteRefused."""
    words = checked_words(text, is_highlight=bool(field))
    note = Note(article_id=version.article_id, version=version, by=by, text=words)
    if field:
        string = version.title if field == "title" else version.text
        if field not in {"title", "body"} or not 0 <= start < end <= len(string):
            raise NoteRefused("That place is not in the text.")
        passage = passage_at(string, start, end)
        if not passage.quote.strip() or len(passage.quote) > MOST_QUOTED:
            raise NoteRefused(f"Select at least one word and at most {MOST_QUOTED:,} characters.")
        note.field, note.start, note.end = field, start, end
        note.quote, note.before, note.after = passage.quote, passage.before, passage.after
    note.save()
    detail = {"article": version.article_id, "text": words, "quote": note.quote[:200]}
    record_audit("note", note, by=by, detail=detail)
    return note


@transaction.atomic
def edit_note(note: Note, text: str, *, by: User) -> Note:
    """Write other words; only its author may. Raises NoteRefused."""
    row = _own(note, by=by)
    words = checked_words(text, is_highlight=bool(row.field))
    if words == row.text or row.removed_at is not None:
        return row
    record_audit("edit note", row, by=by, detail={"article": row.article_id, "text": [row.text, words]})
    Note.objects.filter(pk=row.pk).update(text=words, edited_at=Now())
    row.refresh_from_db()
    return row


@transaction.atomic
def remove_note(note: Note, *, by: User) -> Note:
    """Take it away; it can be restored. Twice is harmless."""
    row = _own(note, by=by)
    if row.removed_at is None:
        Note.objects.filter(pk=row.pk).update(removed_at=Now())
        record_audit("remove note", row, by=by, detail={"article": row.article_id})
        row.refresh_from_db()
    return row


@transaction.atomic
def restore_note(note: Note, *, by: User) -> Note:
    """Undo a removal. Twice is harmless."""
    row = _own(note, by=by)
    if row.removed_at is not None:
        Note.objects.filter(pk=row.pk).update(removed_at=None)
        record_audit("restore note", row, by=by, detail={"article": row.article_id})
        row.refresh_from_db()
    return row


def _own(note: Note, *, by: User) -> Note:
    """The row, locked; raises NoteRefused for another person's."""
    row = Note.objects.select_for_update(of=("self",)).get(pk=note.pk)
    if row.by_id != by.pk:
        raise NoteRefused("Only its author may change a note.")
    return row


def checked_words(text: str, *, is_highlight: bool) -> str:
    """The words as they are kept; raises NoteRefused when there are none where some are needed, or too many."""
    words = text.replace("\r\n", "\n").replace("\x00", "").strip()
    if not words and not is_highlight:
        raise NoteRefused("Write something, or select words of the text.")
    if len(words) > MOST_WORDS:
        raise NoteRefused(f"A note has at most {MOST_WORDS:,} characters; this one has {len(words):,}.")
    return words
