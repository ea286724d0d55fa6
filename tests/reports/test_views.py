"""Pages of reports and the downloads."""

import csv
import io
import json

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from articles.models import Article, Audit
from reports.exports.cells import unguard
from reports.models import Report
from reports.services import add_articles, create_report, lock_report
from tests.reports.conftest import make_tagged

EXPORT = "/reports/export/"


def body_of(response: object) -> str:
    return b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]


def test_csv_of_the_list_carries_the_proof(page: Client, tagged: Article) -> None:
    response = page.get(EXPORT, {"format": "csv"})
    (row,) = csv.DictReader(io.StringIO(body_of(response), newline=""))
    assert unguard(row["title"]) == "=Open files of Acme"
    assert row["title"].startswith("'")
    assert (row["entity_id"], row["surface"], row["start"]) == ("company:acme", "Acme Streaming", "9")
    assert row["sentence"] == "Files of Acme Streaming lay open in Freedonia."


def test_export_holds_exactly_what_the_list_shows(page: Client, tagged: Article, analyst: User) -> None:
    make_tagged(
        "Something else", by=analyst, text="Plans of Acme Streaming changed. Nobody knows why at all."
    )
    lines = body_of(page.get(EXPORT, {"format": "jsonl", "q": "title:Something"})).splitlines()
    assert [json.loads(line)["title"] for line in lines] == ["Something else"]


def test_export_of_a_selection(page: Client, tagged: Article, analyst: User) -> None:
    make_tagged(
        "Something else", by=analyst, text="Plans of Acme Streaming changed. Nobody knows why at all."
    )
    lines = body_of(page.post(EXPORT, {"format": "jsonl", "ids": [tagged.pk]})).splitlines()
    assert [json.loads(line)["id"] for line in lines] == [tagged.pk]


def test_export_is_audited(page: Client, tagged: Article, analyst: User) -> None:
    body_of(page.get(EXPORT, {"format": "csv", "q": "acme"}))
    audit = Audit.objects.get(verb="export")
    assert (audit.by, audit.detail["query"]) == (analyst, "format=csv&q=acme")


@pytest.mark.parametrize("query", [{"format": "exe"}, {}, {"format": "csv", "ids": "1;drop"}])
def test_export_refuses_what_it_does_not_know(page: Client, query: dict[str, str]) -> None:
    assert page.get(EXPORT, query).status_code == 400


def test_a_contributor_may_not_export(client: Client, stranger: User) -> None:
    client.force_login(stranger)
    assert client.get(EXPORT, {"format": "csv"}).status_code == 403


def test_export_takes_few_statements(page: Client, analyst: User, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    for number in range(30):
        make_tagged(
            f"Number {number}", by=analyst, text=f"Plans of Acme Streaming number {number} changed. So be it."
        )
    with django_assert_max_num_queries(20):
        assert len(body_of(page.get(EXPORT, {"format": "jsonl"})).splitlines()) == 30


def test_a_report_from_ticked_articles(page: Client, tagged: Article) -> None:
    response = page.post(
        reverse("reports:report_create"), {"ids": [tagged.pk], "title": "Weekly"}, follow=True
    )
    assert "Weekly" in response.content.decode()
    assert list(Report.objects.get().items.values_list("article", flat=True)) == [tagged.pk]


def test_a_report_needs_articles(page: Client, db: None) -> None:
    response = page.post(reverse("reports:report_create"), {}, follow=True)
    assert "between 1 and" in response.content.decode()
    assert not Report.objects.exists()


@pytest.mark.parametrize(("kind", "start"), [("pdf", b"%PDF"), ("md", b"# Weekly")])
def test_download(page: Client, tagged: Article, analyst: User, kind: str, start: bytes) -> None:
    report = create_report("Weekly", articles=[tagged], by=analyst)
    response = page.get(reverse("reports:report_download", args=[report.pk]), {"format": kind})
    assert response.content.startswith(start)
    assert f'filename="weekly.{kind}"' in response["Content-Disposition"]
    assert Audit.objects.filter(verb="export", detail__report=report.pk).exists()


def test_a_report_keeps_the_version_it_took(page: Client, tagged: Article, analyst: User) -> None:
    report = create_report("Weekly", articles=[tagged], by=analyst)
    old = report.items.get().version
    assert add_articles(report, articles=[tagged], by=analyst) == 0
    assert report.items.get().version == old


def test_a_final_report_refuses_changes(page: Client, tagged: Article, analyst: User) -> None:
    report = create_report("Weekly", articles=[tagged], by=analyst)
    lock_report(report, by=analyst)
    response = page.post(reverse("reports:report_edit", args=[report.pk]), {"title": "New"}, follow=True)
    assert "final" in response.content.decode()
    page.post(reverse("reports:item_remove", args=[report.items.get().pk]))
    page.post(reverse("reports:report_delete", args=[report.pk]))
    report.refresh_from_db()
    assert (report.title, report.items.count()) == ("Weekly", 1)


def test_edit_note_and_remove(page: Client, tagged: Article, analyst: User) -> None:
    report = create_report("Weekly", articles=[tagged], by=analyst)
    item = report.items.get()
    page.post(reverse("reports:report_edit", args=[report.pk]), {"title": "Monthly", "note": "For the board"})
    page.post(reverse("reports:item_note", args=[item.pk]), {"note": "Read this first"})
    shown = page.get(report.get_absolute_url()).content.decode()
    assert all(text in shown for text in ("Monthly", "For the board", "Read this first"))
    page.post(reverse("reports:item_remove", args=[item.pk]))
    assert not report.items.exists()


def test_list_and_empty_state(page: Client, tagged: Article, analyst: User) -> None:
    assert "No reports yet" in page.get("/reports/").content.decode()
    create_report("Weekly", articles=[tagged], by=analyst)
    assert "Weekly" in page.get("/reports/").content.decode()


def test_a_stranger_sees_no_report(client: Client, stranger: User, tagged: Article, analyst: User) -> None:
    report = create_report("Weekly", articles=[tagged], by=analyst)
    client.force_login(stranger)
    assert client.get(report.get_absolute_url()).status_code == 404
    assert (
        client.get(reverse("reports:report_download", args=[report.pk]), {"format": "md"}).status_code == 403
    )


PAGES = ["/reports/", EXPORT, "/reports/1/", "/reports/1/download/"]
POSTS = ["new/", "1/edit/", "1/add/", "1/lock/", "1/delete/", "items/1/note/", "items/1/remove/"]


@pytest.mark.parametrize("address", [*PAGES, *[f"/reports/{post}" for post in POSTS]])
def test_everything_needs_a_login(client: Client, db: None, address: str) -> None:
    assert client.get(address).url.startswith("/login/")  # type: ignore[attr-defined]


@pytest.mark.parametrize("address", POSTS)
def test_changes_are_posted(page: Client, address: str) -> None:
    assert page.get(f"/reports/{address}").status_code == 405
