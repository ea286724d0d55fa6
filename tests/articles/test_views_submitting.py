"""Handing in through the pages: every way, every refusal, with and without a broker."""

from collections.abc import Iterator
from unittest.mock import patch

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from analysis.tasks import fetch_article
from articles.models import Article, Batch, Stage, Submission
from tests.factories import TEXT, make_url_article

SUBMIT = "/articles/submit/"


@pytest.fixture
def hinted() -> Iterator[list[int]]:
    """The ids for which a hint was sent; the broker is on the other side of it."""
    sent: list[int] = []
    with patch("articles.hints._send", lambda task, row_id: sent.append(row_id)):
        yield sent


def hand_in(client: Client, tab: str, **values: object):  # type: ignore[no-untyped-def]
    return client.post(SUBMIT, {"tab": tab, "rules": "on", **values})


def mistakes(response) -> str:  # type: ignore[no-untyped-def]
    assert response.status_code == 422
    return " ".join(one.text for one in BeautifulSoup(response.content, "html.parser").select(".field-error"))


def test_address_leads_to_the_article_and_is_hinted(
    page: Client, hinted: list[int], django_capture_on_commit_callbacks
) -> None:  # type: ignore[no-untyped-def]
    with django_capture_on_commit_callbacks(execute=True):
        response = hand_in(page, "url", url="https://example.org/news/1")
    article = Article.objects.get()
    assert response["Location"] == article.get_absolute_url()
    assert hinted == [article.pk]


def test_same_address_leads_to_the_existing_article_and_says_so(page: Client, analyst: User) -> None:
    article = make_url_article("https://example.org/news/1", by=analyst)
    response = page.post(
        SUBMIT, {"tab": "url", "rules": "on", "url": "https://example.org/news/1?utm_source=x"}, follow=True
    )
    assert response.redirect_chain[-1][0] == article.get_absolute_url()
    assert BeautifulSoup(response.content, "html.parser").select_one(".notes .note") is not None
    assert Article.objects.count() == 1


def test_text_with_its_details(page: Client) -> None:
    hand_in(
        page,
        "text",
        text=TEXT,
        title="A title",
        source_name="Harbor Ledger",
        published_on="2026-03-05",
        byline="Ines C.",
        url="",
    )
    article = Article.objects.get()
    assert (article.title, article.byline, article.site) == ("A title", "Ines C.", "Harbor Ledger")
    assert str(article.published_at)[:10] == "2026-03-05"


def test_file(page: Client) -> None:
    response = hand_in(page, "file", file=SimpleUploadedFile("note.txt", TEXT.encode()))
    assert response.status_code == 302
    assert Article.objects.get().origin == "file"


def test_many_addresses_become_a_batch(page: Client, analyst: User) -> None:
    response = hand_in(page, "many", addresses="https://example.org/1\nnonsense\n\nhttps://example.org/2")
    batch = Batch.objects.get()
    assert response["Location"] == batch.get_absolute_url()
    html = page.get(batch.get_absolute_url()).content.decode()
    assert "Batch of 2 addresses" in html
    assert "nonsense" in html
    assert 'hx-trigger="every 2s"' in html


def test_finished_batch_does_not_ask_again(page: Client, analyst: User) -> None:
    hand_in(page, "many", addresses="https://example.org/1")
    Article.objects.update(failed_at="2026-01-01T00:00Z", failure_reason="No such machine.")
    html = page.get(Batch.objects.get().get_absolute_url()).content.decode()
    assert "No such machine." in html
    assert 'hx-trigger="every' not in html


def test_rules_must_be_accepted(page: Client) -> None:
    response = page.post(SUBMIT, {"tab": "url", "url": "https://example.org/1"})
    assert mistakes(response).strip() == "Please accept the submission rules first."
    assert not Article.objects.exists()


def test_rules_are_asked_for_once_a_visit(page: Client) -> None:
    hand_in(page, "url", url="https://example.org/1")
    box = BeautifulSoup(page.get(SUBMIT).content, "html.parser").select_one('input[name="rules"]')
    assert box is not None
    assert box.has_attr("checked")


@pytest.mark.parametrize(
    ("tab", "values"),
    [
        ("url", {"url": ""}),
        ("url", {"url": "not an address"}),
        ("url", {"url": "ftp://example.org/x"}),
        ("text", {"text": ""}),
        ("text", {"text": "   \n  "}),
        ("text", {"text": "12345 67890"}),
        ("text", {"text": "Some words.", "url": "javascript:alert(1)"}),
        ("text", {"text": "Some words.", "published_on": "soon"}),
        ("many", {"addresses": "  "}),
        ("file", {}),
    ],
)
def test_bad_input_is_refused_with_a_sentence(page: Client, tab: str, values: dict[str, str]) -> None:
    assert mistakes(hand_in(page, tab, **values)).strip()
    assert not Article.objects.exists()


@pytest.mark.parametrize(
    ("name", "data"), [("x.txt", b""), ("x.bin", bytes(range(256)) * 20), ("x.exe", b"MZ\x90\x00")]
)
def test_bad_file_is_refused_with_a_sentence(page: Client, name: str, data: bytes) -> None:
    assert mistakes(hand_in(page, "file", file=SimpleUploadedFile(name, data))).strip()
    assert not Article.objects.exists()


def test_large_file_is_refused(page: Client, settings) -> None:  # type: ignore[no-untyped-def]
    settings.UPLOAD_MAX_BYTES = 10
    assert "at most" in mistakes(hand_in(page, "file", file=SimpleUploadedFile("x.txt", TEXT.encode())))


def test_what_was_typed_is_still_there_after_a_mistake(page: Client) -> None:
    response = page.post(SUBMIT, {"tab": "text", "text": TEXT, "title": "Kept"})
    assert b'value="Kept"' in response.content
    assert b"Amazon opened an office" in response.content


def test_dead_broker_does_not_stop_a_submission(page: Client, django_capture_on_commit_callbacks) -> None:  # type: ignore[no-untyped-def]
    with (
        patch.object(fetch_article, "delay", side_effect=fetch_article.OperationalError),
        django_capture_on_commit_callbacks(execute=True),
    ):
        response = hand_in(page, "url", url="https://example.org/1")
    assert response.status_code == 302
    assert Article.objects.get().stage == Stage.SUBMITTED


def test_bookmarklet_fills_the_form(page: Client) -> None:
    html = BeautifulSoup(page.get(SUBMIT + "?url=https://example.org/x").content, "html.parser")
    assert html.select_one('input[name="url"]')["value"] == "https://example.org/x"  # type: ignore[index]
    link = html.select_one("[data-bookmarklet]")
    told = str(link["data-bookmarklet"])  # type: ignore[index]
    assert told.startswith("javascript:(()=>{const f='http://testserver/articles/submit/?url='")
    assert "o='http://testserver'" in told


@pytest.mark.parametrize("tab", ["url", "text", "file", "many", "nonsense"])
def test_every_tab_opens(page: Client, tab: str) -> None:
    assert page.get(SUBMIT, {"tab": tab}).status_code == 200


def test_contributor_submits_and_sees_own(client: Client, contributor: User) -> None:
    client.force_login(contributor)
    response = hand_in(client, "text", text=TEXT)
    assert client.get(response["Location"]).status_code == 200
    assert Submission.objects.get().by == contributor


def test_batch_is_seen_by_its_owner_and_analysts(
    client: Client, contributor: User, stranger: User, analyst: User
) -> None:
    client.force_login(contributor)
    address = hand_in(client, "many", addresses="https://example.org/1")["Location"]
    for user, status in ((contributor, 200), (analyst, 200), (stranger, 404)):
        client.force_login(user)
        assert client.get(address).status_code == status
    client.logout()
    assert client.get(address)["Location"].startswith("/login/")
    client.force_login(contributor)
    assert client.post(address).status_code == 405


def test_anonymous_is_sent_to_login(client: Client, db: None) -> None:
    assert client.get(SUBMIT)["Location"] == f"/login/?next={SUBMIT}"
    assert client.get("/rules/")["Location"].startswith("/login/")


def test_wrong_methods(page: Client) -> None:
    assert page.put(SUBMIT).status_code == 405
    assert page.post("/rules/").status_code == 405


def test_rules_have_a_page(page: Client) -> None:
    assert b"Published material only" in page.get("/rules/").content
