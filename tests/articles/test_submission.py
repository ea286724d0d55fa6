"""Handing in: each article once, a clear sentence for everything that is refused, nothing lost."""

import threading

import pytest
from django.db import connection

from articles.models import Article, Audit, Stage, Status, Submission
from articles.services import SubmissionRefused, submit_file, submit_many, submit_text, submit_url
from tests.factories import make_article

pytestmark = pytest.mark.django_db
WORDS = "Officials in Chad said the ministry would answer on Monday."


def test_address_waits_to_be_fetched(analyst):
    submitted = submit_url("https://example.org/a?utm_source=x#top", by=analyst)
    assert submitted.is_new
    assert submitted.article.stage == Stage.SUBMITTED
    assert submitted.article.canonical_url == "https://example.org/a"
    assert submitted.article.url == "https://example.org/a?utm_source=x#top"


@pytest.mark.parametrize(
    "other",
    [
        "http://www.EXAMPLE.org:80/a/",
        "example.org/a?fbclid=1",
        "https://example.org/./b/../a",
        "https://example.org./a",
    ],
)
def test_same_canonical_address_leads_to_the_article(analyst, colleague, other):
    first = submit_url("https://example.org/a", by=analyst)
    again = submit_url(other, by=colleague)
    assert again.article == first.article
    assert not again.is_new
    assert "already here" in again.message
    assert set(first.article.submissions.values_list("by__username", flat=True)) == {"analyst", "colleague"}


def test_other_page_is_another_article(analyst):
    assert (
        submit_url("https://example.org/a?id=1", by=analyst).article
        != submit_url("https://example.org/a?id=2", by=analyst).article
    )


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("", "No address"),
        ("ftp://example.org/x", "Only http and https"),
        ("javascript:alert(1)", "Only http and https"),
        ("https://user:secret@example.org/", "user name or password"),
        ("https://exa mple.org/", "spaces"),
        ("https://example.org:99999/", "cannot be read"),
        ("word", "names no site"),
        ("https://example.org/" + "a" * 3000, "longer than"),
        ("https://-bad-.org/", "not valid"),
    ],
)
def test_bad_address_is_refused_with_a_sentence(analyst, address, says):
    with pytest.raises(SubmissionRefused) as refused:
        submit_url(address, by=analyst)
    assert says in refused.value.reason
    assert not Article.objects.exists()


def test_text_is_ready_for_analysis(analyst):
    article = submit_text(
        WORDS, by=analyst, title="A title", source_name="Example", published_on="2026-03-01", byline="By A"
    ).article
    assert article.stage == Stage.EXTRACTED
    assert (article.title, article.site, article.byline) == ("A title", "Example", "By A")
    assert article.dated_at.isoformat() == "2026-03-01T00:00:00+00:00"
    assert article.source.name == "Example"
    assert article.version.text == WORDS


def test_same_text_leads_to_the_article(analyst, contributor):
    first = submit_text(WORDS, by=analyst)
    again = submit_text("  " + WORDS.replace(" ", "\n", 2) + "\n\n", by=contributor)
    assert again.article == first.article
    assert not again.is_new
    assert Article.objects.visible_to(contributor).get() == first.article


def test_text_of_a_fetched_article_is_known(analyst):
    first = submit_text(WORDS, by=analyst, url="https://example.org/a").article
    Article.objects.filter(pk=first.pk).update(content_hash=None)
    assert submit_text(WORDS, by=analyst).article == first


def test_pasted_text_fills_the_address_that_failed(analyst):
    article = submit_url("https://example.org/a", by=analyst).article
    Article.objects.filter(pk=article.pk).update(failed_at="2026-01-01T00:00Z", failure_reason="gone")
    submitted = submit_text(WORDS, by=analyst, url="https://example.org/a")
    assert submitted.article == article
    assert submitted.article.stage == Stage.EXTRACTED
    assert submitted.article.failed_at is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        (" \n\t ", "empty"),
        ("... 123 !!!", "no words"),
        ("abc\x00def", "NUL"),
        ("caf\ufffd " * 100, "encoding"),
        ("word " * 2_100_000, "at most 1,000,000"),
    ],
)
def test_bad_text_is_refused_with_a_sentence(analyst, text, says):
    with pytest.raises(SubmissionRefused) as refused:
        submit_text(text, by=analyst)
    assert says in refused.value.reason
    assert not Article.objects.exists()


def test_bad_date_is_refused(analyst):
    with pytest.raises(SubmissionRefused, match="YYYY-MM-DD"):
        submit_text(WORDS, by=analyst, published_on="yesterday")


def test_page_file_waits_for_extraction_and_is_kept(analyst):
    data = b"<html><title>T</title><p>" + WORDS.encode() + b"</p></html>"
    article = submit_file("../../saved page.html", data, by=analyst).article
    assert article.stage == Stage.FETCHED
    snapshot = article.snapshots.get()
    assert snapshot.file_name == "saved page.html"
    assert snapshot.byte_count == len(data)
    assert submit_file("other.htm", data, by=analyst).article == article


def test_text_file_in_utf16_is_read(analyst):
    article = submit_file("note.txt", ("\ufeff" + WORDS).encode("utf-16-le"), by=analyst).article
    assert article.version.text == WORDS
    assert article.title == "note"


def test_markdown_file_keeps_its_structure(analyst):
    article = submit_file(
        "n.md", b"# The title\n\nSome **bold** [words](http://x.org).\n\n- one\n- two\n", by=analyst
    ).article
    version = article.version
    assert version.text == "The title\nSome bold words.\none\ntwo"
    assert [(kind, version.text[start:end]) for kind, start, end, _ in version.blocks] == [
        ("heading", "The title"),
        ("paragraph", "Some bold words."),
        ("list-item", "one"),
        ("list-item", "two"),
    ]
    assert article.title == "The title"


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a.html", b"", "empty"),
        ("a.html", b"   ", "empty"),
        ("a.exe", b"MZ\x90\x00" + bytes(200), "is a program"),
        ("a.html", b"%PDF-1.7 ...", "is a PDF"),
        ("a.txt", b"\x89PNG\r\n\x1a\n" + bytes(50), "is a picture"),
        ("a.txt", b"abc\x00\x01\x02" + bytes(range(256)) * 20, "binary"),
        ("a.txt", b"a" * 6_000_000, "at most 5 MB"),
        ("a.xyz", b"Some words are here.", "are not taken"),
    ],
)
def test_bad_file_is_refused_with_a_sentence(analyst, name, data, says):
    with pytest.raises(SubmissionRefused) as refused:
        submit_file(name, data, by=analyst)
    assert says in refused.value.reason
    assert not Article.objects.exists()


def test_many_addresses_become_a_batch(analyst):
    lines = "https://example.org/1\n\nhttps://example.org/2\nnonsense\nhttps://example.org/1?utm_campaign=x"
    batch = submit_many(lines, by=analyst)
    assert Article.objects.count() == 2
    assert batch.submissions.count() == 3
    assert batch.refused == [
        [4, "nonsense", "The address names no site: a host such as example.org is missing."]
    ]


def test_too_many_addresses_are_refused(analyst):
    with pytest.raises(SubmissionRefused, match="at most 1,000"):
        submit_many(["https://example.org/1"] * 1001, by=analyst)


def test_submission_is_audited_in_its_transaction(analyst):
    article = make_article(by=analyst)
    audit = Audit.objects.get(verb="submit")
    assert (audit.by, audit.model, audit.row_id) == (analyst, "articles.article", article.pk)


def test_withdrawn_article_says_so(analyst):
    article = make_article(WORDS, by=analyst)
    Article.objects.filter(pk=article.pk).update(withdrawn_at="2026-01-01T00:00Z")
    submitted = submit_text(WORDS, by=analyst)
    assert submitted.article.status == Status.WITHDRAWN
    assert "withdrawn" in submitted.message


def test_contributor_sees_only_own(contributor, stranger, analyst):
    article = make_article(by=contributor)
    assert list(Article.objects.visible_to(contributor)) == [article]
    assert not Article.objects.visible_to(stranger).exists()
    assert list(Article.objects.visible_to(analyst)) == [article]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "hand_in",
    [
        lambda number, by: submit_url(f"https://example.org/race?utm_source={number}", by=by),
        lambda number, by: submit_text(WORDS + " " * number, by=by),
        lambda number, by: submit_file("a.html", b"<p>" + WORDS.encode(), by=by),
    ],
)
def test_fifty_at_once_make_one_article(django_user_model, hand_in):
    by = django_user_model.objects.create_user("racer")
    answers, gate = [], threading.Barrier(50)

    def run(number: int) -> None:
        gate.wait()
        try:
            answers.append(hand_in(number, by))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Article.objects.count() == 1
    assert Submission.objects.filter(article=Article.objects.get()).count() == 50
    assert sum(answer.is_new for answer in answers) == 1
