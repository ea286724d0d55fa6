"""Captures: pages that kill their reader, evidence that was tampered with, archives with several articles."""

import io
import zipfile
from datetime import timedelta

import pytest

from articles.extraction.types import Extract, Verdict
from articles.isolation import IsolationKilled
from articles.models import Article, Snapshot, Stage, Status
from articles.services import SubmissionRefused, captures, extract_and_store, submit_file, submit_files
from articles.services.captures import store_extract
from articles.services.claims import claim_article, postpone_article
from articles.services.snapshots import broken_snapshots
from articles.services.turns import take_turn
from tests.factories import make_snapshot, make_url_article

pytestmark = pytest.mark.django_db


@pytest.fixture
def fetched(db) -> Article:
    """An article whose page is kept and waits to be read."""
    article = make_url_article()
    make_snapshot(article)
    Article.objects.filter(pk=article.pk).update(stage=Stage.FETCHED)
    article.refresh_from_db()
    return article


def test_page_that_kills_its_reader_fails_with_the_reason(fetched, monkeypatch):
    def killed(*_args: object) -> None:
        raise IsolationKilled("It took longer than 10 seconds and was stopped.", code="time")

    monkeypatch.setattr(captures, "run_isolated", killed)
    assert not extract_and_store(claim_article(fetched.pk, stage=Stage.FETCHED))
    fetched.refresh_from_db()
    assert fetched.status == Status.FAILED
    assert "longer than 10 seconds" in fetched.failure_reason


def test_article_without_a_page_fails_with_a_reason(fetched):
    Snapshot.objects.all().delete()
    assert not extract_and_store(claim_article(fetched.pk, stage=Stage.FETCHED))
    fetched.refresh_from_db()
    assert "no captured page" in fetched.failure_reason


def test_newer_snapshot_discards_the_extract_of_the_older(fetched):
    lease = claim_article(fetched.pk, stage=Stage.FETCHED)
    old = fetched.snapshots.get()
    make_snapshot(fetched, "<p>Another body</p>")
    assert not store_extract(lease, Extract(title="T", text="Old words."), old)


def test_page_without_text_is_held(fetched):
    lease = claim_article(fetched.pk, stage=Stage.FETCHED)
    assert not store_extract(lease, Extract(title="T", text="  "), fetched.snapshots.get())
    fetched.refresh_from_db()
    assert fetched.status == Status.REVIEW
    assert "No text was found" in fetched.hold_reason


def test_partial_text_is_tagged_all_the_same(fetched):
    lease = claim_article(fetched.pk, stage=Stage.FETCHED)
    extract = Extract(title="T", text="Only the first words.", verdict=Verdict.PARTIAL, is_paywalled=True)
    assert store_extract(lease, extract, fetched.snapshots.get())
    fetched.refresh_from_db()
    assert (fetched.version.verdict, fetched.version.is_paywalled, fetched.hold_reason) == (
        "partial",
        True,
        "",
    )


def test_odd_canonical_address_is_no_obstacle(fetched):
    lease = claim_article(fetched.pk, stage=Stage.FETCHED)
    extract = Extract(title="T", text="Some words.", canonical_url="https://user:pw@example.org/x")
    assert store_extract(lease, extract, fetched.snapshots.get())
    assert list(fetched.addresses.values_list("url", flat=True)) == ["https://example.org/news/1"]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"body": b"not compressed"}, "recorded hash"),
        ({"sha256": "0" * 64}, "recorded hash"),
        ({"fetched_at": "2020-01-01T00:00Z"}, "were changed"),
        ({"previous_hash": "0" * 64}, "missing or was changed"),
    ],
)
def test_tampered_evidence_is_found(fetched, changes, says):
    Snapshot.objects.update(**changes)
    assert any(says in fault for _, fault in broken_snapshots())


def test_removed_evidence_is_found(fetched):
    first = fetched.snapshots.get()
    second = make_snapshot(fetched, "<p>Two</p>")
    first.delete()
    assert list(broken_snapshots()) == [(second.pk, "The row before it is missing or was changed.")]


def test_every_text_in_an_archive_becomes_an_article(analyst):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("one.txt", "Officials in Chad spoke first.")
        archive.writestr("two.md", "# Two\n\nOfficials in Kenya spoke second.")
        archive.writestr("three.bin", b"\x00\x01\x02\x03" * 50)
    report = submit_files("both.zip", packed.getvalue(), by=analyst)
    assert {one.article.title for one in report.submitted} == {"one", "Two"}
    assert report.batch.submissions.count() == 2
    assert [skipped.name for skipped in report.skipped] == ["three.bin"]
    again = submit_file("both.zip", packed.getvalue(), by=analyst)
    assert not again.is_new
    assert "1 more were found" in again.message
    assert "three.bin" in again.message


def test_file_that_cannot_be_opened_is_refused(analyst, monkeypatch):
    from articles.services import files

    def killed(*_args: object) -> None:
        raise IsolationKilled("It needed more than 1024 MB of memory.", code="memory")

    monkeypatch.setattr(files, "run_isolated", killed)
    with pytest.raises(SubmissionRefused, match="more than 1024 MB"):
        submit_file("a.pdf", b"%PDF-1.7 bomb", by=analyst)


def test_archive_of_nothing_readable_is_refused(analyst):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("empty.txt", "... 123")
    with pytest.raises(SubmissionRefused):
        submit_files("a.zip", packed.getvalue(), by=analyst)
    assert not Article.objects.exists()


def test_hosts_are_asked_one_request_at_a_time(settings):
    settings.FETCH_HOST_DELAY_MS = 1000
    turns = [take_turn("example.org") for _ in range(4)]
    assert [is_mine for is_mine, _ in turns] == [True, True, False, False]
    assert turns[0][1] == pytest.approx(0, abs=0.2)
    assert turns[1][1] == pytest.approx(1, abs=0.3)
    assert turns[2][1] == pytest.approx(2, abs=0.3)
    assert take_turn("example.com") == (True, pytest.approx(0, abs=0.2))


def test_pause_grows_and_heeds_the_server(fetched):
    lease = claim_article(fetched.pk, stage=Stage.FETCHED)
    postpone_article(lease, "Busy.", at_least=600)
    row = Article.objects.get(pk=fetched.pk)
    assert row.retry_at - row.stage_at >= timedelta(seconds=600)


@pytest.mark.parametrize(
    ("extracted", "host"),
    [
        (
            Extract(title="T", text="Words.", canonical_url="https://www.wire.example/a", site="Wire"),
            "wire.example",
        ),
        (Extract(title="T", text="Words.", site="The Wire"), "(the wire)"),
    ],
)
def test_saved_file_belongs_to_the_source_it_names(fetched, extracted, host):
    snapshot = fetched.snapshots.get()
    Snapshot.objects.filter(pk=snapshot.pk).update(final_url="", file_name="a.html")
    snapshot.refresh_from_db()
    store_extract(claim_article(fetched.pk, stage=Stage.FETCHED), extracted, snapshot)
    fetched.refresh_from_db()
    assert fetched.source.host == host
