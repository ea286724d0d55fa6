"""Captured pages can be proved, and taken away as a web archive."""

import io
import zlib
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client
from warcio.archiveiterator import ArchiveIterator

from articles.extraction.types import Page
from articles.models import Article, Audit, Snapshot
from articles.services.snapshots import store_snapshot
from tests.reports.conftest import make_tagged

BODY = b"<html><body><p>Caf\xe9 open.</p></body></html>"


@pytest.fixture
def captured(analyst: User) -> Article:
    article = make_tagged("Captured", by=analyst)
    for number in (1, 2):
        page = Page(
            url="https://wire.example/a", body=BODY * number, headers=(("Content-Type", "text/html"),),
            requested_url="http://wire.example/a", redirects=("https://wire.example/a",),
            fetched_at=datetime(2026, 1, number, tzinfo=UTC),
        )  # fmt: skip
        with transaction.atomic():
            store_snapshot(article, page)
    return article


def test_untouched_evidence_verifies(captured: Article, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("verify_evidence")
    assert "2 snapshots verified" in capsys.readouterr().out


@pytest.mark.parametrize(
    "change",
    [
        {"body": zlib.compress(b"something else")},
        {"body": b"no zlib"},
        {"sha256": "0" * 64},
        {"final_url": "https://other.example/"},
        {"fetched_at": datetime(2025, 1, 1, tzinfo=UTC)},
    ],
)
def test_any_change_is_noticed(captured: Article, change: dict[str, object]) -> None:
    Snapshot.objects.filter(pk=captured.snapshots.first().pk).update(**change)
    with pytest.raises(CommandError, match="faults in 2 snapshots"):
        call_command("verify_evidence")


def test_a_missing_row_is_noticed(captured: Article) -> None:
    captured.snapshots.order_by("id").first().delete()
    with pytest.raises(CommandError):
        call_command("verify_evidence")


def test_the_archive_is_read_by_another_program(page: Client, captured: Article) -> None:
    response = page.get(f"/articles/{captured.pk}/evidence/archive/")
    assert response["Content-Disposition"].startswith("attachment")
    records = {
        record.rec_type: record.content_stream().read()
        for record in ArchiveIterator(io.BytesIO(response.content))
        if record.rec_type == "response"
    }
    assert records["response"] == BODY * 2
    assert Audit.objects.filter(verb="export", row_id=captured.pk).exists()


def test_an_article_without_capture_has_no_archive(page: Client, analyst: User) -> None:
    article = make_tagged("Pasted", by=analyst)
    assert page.get(f"/articles/{article.pk}/evidence/archive/").status_code == 404


def test_the_archive_is_for_those_who_see_the_article(
    client: Client, stranger: User, captured: Article
) -> None:
    where = f"/articles/{captured.pk}/evidence/archive/"
    assert client.get(where).url.startswith("/login/")  # type: ignore[attr-defined]
    client.force_login(stranger)
    assert client.get(where).status_code == 404
    assert client.post(where).status_code == 405
