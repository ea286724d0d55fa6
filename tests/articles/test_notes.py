"""Notes and highlights: placed by offsets, found again by their words, an author's own, seen by analysts."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from articles.models import Article, Audit, Note
from articles.services import replace_text
from articles.services.anchoring import find_passage, passage_at
from articles.services.notes import NoteRefused, add_note, edit_note, remove_note, restore_note
from tests.factories import TEXT, analyze_as, make_ready_article

pytestmark = pytest.mark.django_db
WORDS = "an office in Chad"
START = TEXT.index(WORDS)


@pytest.fixture
def article(analyst: User) -> Article:
    return make_ready_article(by=analyst, title="Amazon in Chad")


@pytest.fixture
def note(article: Article, analyst: User) -> Note:
    return add_note(
        article.version,
        text="Check <b>this</b>",
        field="body",
        start=START,
        end=START + len(WORDS),
        by=analyst,
    )


def shown(page: Client, article: Article, **params: Any) -> str:
    return page.get(article.get_absolute_url(), params).content.decode()


# --- anchoring --------------------------------------------------------------------------------------


def test_a_passage_is_found_where_it_was() -> None:
    assert find_passage(passage_at("one two one two", 8, 11), "one two one two") == (8, 11)


def test_the_surroundings_tell_equal_passages_apart() -> None:
    passage = passage_at("The bank said no. The river bank broke.", 28, 32)
    assert find_passage(passage, "A river bank broke. The bank said no.") == (8, 12)


def test_lost_words_are_lost() -> None:
    assert find_passage(passage_at("one two", 4, 7), "one three") is None


def test_offsets_are_code_points() -> None:
    assert find_passage(passage_at("😀😀 word", 3, 7), "😀 word") == (2, 6)


# --- on the page --------------------------------------------------------------------------------------


def test_the_passage_is_marked_and_leads_to_the_escaped_note(
    page: Client, article: Article, note: Note
) -> None:
    html = shown(page, article)
    assert f'id="passage-{note.pk}" href="#note-{note.pk}" aria-label="Note by analyst"' in html
    assert '<mark class="noted">' in html
    assert "Check &lt;b&gt;this&lt;/b&gt;" in html


def test_a_new_text_moves_the_note_and_another_loses_it(
    page: Client, article: Article, note: Note, analyst: User
) -> None:
    replace_text(article, "News first. " + TEXT, by=analyst)
    article.refresh_from_db()
    analyze_as(article)
    assert f'id="passage-{note.pk}"' in shown(page, article)
    replace_text(article, "Nothing of it is left.", by=analyst)
    article.refresh_from_db()
    analyze_as(article, [])
    html = shown(page, article)
    assert "No longer in the text" in html
    assert f'id="passage-{note.pk}"' not in html


def test_contributors_see_no_notes(client: Client, contributor: User, analyst: User) -> None:
    article = make_ready_article(by=contributor)
    add_note(article.version, text="A secret doubt", by=analyst)
    client.force_login(contributor)
    assert "A secret doubt" not in shown(client, article)


# --- writing ---------------------------------------------------------------------------------------------


def post(client: Client, name: str, pk: int, **data: Any) -> Any:
    return client.post(reverse(f"articles:{name}", args=[pk]), data)


def test_add_by_offsets_by_words_and_on_the_whole(page: Client, article: Article) -> None:
    version = article.version
    post(page, "note_add", version.pk, field="body", start=START, end=START + len(WORDS), quote=WORDS)
    post(page, "note_add", version.pk, quote=WORDS, text="By words")
    post(page, "note_add", version.pk, text="On all of it")
    highlight, words, whole = Note.objects.order_by("pk")
    assert (highlight.is_highlight, highlight.start, highlight.quote) == (True, START, WORDS)
    assert (words.field, words.start) == ("body", START)
    assert (whole.field, whole.start, whole.quote) == ("", None, "")


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"text": "x" * 10_001},
        {"quote": "not in the text", "text": "x"},
        {"field": "body", "start": 0, "end": 5, "quote": "Other", "text": "x"},
        {"field": "body", "start": 9, "end": 3, "text": "x"},
        {"field": "body", "start": 5, "end": 99999, "text": "x"},
        {"field": "nowhere", "start": 0, "end": 5, "text": "x"},
    ],
)
def test_what_cannot_be_kept_is_refused(page: Client, article: Article, data: dict[str, Any]) -> None:
    assert post(page, "note_add", article.version.pk, **data).status_code == 302
    assert not Note.objects.exists()


def test_edit_remove_and_restore_leave_a_trail(page: Client, article: Article, note: Note) -> None:
    assert page.get(reverse("articles:note_edit", args=[note.pk])).status_code == 200
    post(page, "note_edit", note.pk, text="Better words")
    post(page, "note_remove", note.pk)
    assert f'id="note-{note.pk}"' not in shown(page, article)
    post(page, "note_restore", note.pk)
    note.refresh_from_db()
    assert (note.text, note.removed_at) == ("Better words", None)
    assert "Better words" in shown(page, article)
    verbs = list(Audit.objects.filter(model="articles.note").order_by("pk").values_list("verb", flat=True))
    assert verbs == ["note", "edit note", "remove note", "restore note"]
    changed = Audit.objects.get(verb="edit note")
    assert changed.detail["text"] == ["Check <b>this</b>", "Better words"]


def test_only_the_author_changes_a_note(client: Client, colleague: User, note: Note) -> None:
    client.force_login(colleague)
    assert client.get(reverse("articles:note_edit", args=[note.pk])).status_code == 404
    for name in ("note_edit", "note_remove", "note_restore"):
        assert post(client, name, note.pk, text="x").status_code == 404
    for act in (
        lambda: edit_note(note, "x", by=colleague),
        lambda: remove_note(note, by=colleague),
        lambda: restore_note(note, by=colleague),
    ):
        with pytest.raises(NoteRefused):
            act()


@pytest.mark.parametrize("name", ["note_add", "note_edit", "note_remove", "note_restore"])
def test_strangers_anonymous_and_wrong_methods(
    client: Client, stranger: User, analyst: User, note: Note, name: str
) -> None:
    address = reverse(f"articles:{name}", args=[note.pk if name != "note_add" else note.version_id])
    assert client.post(address).status_code == 302
    client.force_login(stranger)
    assert client.post(address, {"text": "x"}).status_code == 403
    client.force_login(analyst)
    assert client.put(address).status_code == 405
    if name != "note_edit":
        assert client.get(address).status_code == 405
    note.refresh_from_db()
    assert note.text == "Check <b>this</b>"
