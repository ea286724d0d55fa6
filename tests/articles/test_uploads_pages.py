"""The pages of importing tables and of handing in files: what works, who may, and what is refused."""

import io
import zipfile

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from articles import forms
from articles.doors import EXTENSIONS
from articles.models import Article, Audit, Batch, TableImport
from articles.services import confirm_import, files, imports, run_import_step, start_import
from tests.factories import TEXT

pytestmark = pytest.mark.django_db
SUBMIT, IMPORTS = "/articles/submit/", "/imports/"
WORDS = "Officials in Chad said Amazon would hire two hundred people"
TABLE = f"""link,headline,body,remark
https://example.org/1,One,,x
https://example.org/2,<script>alert(1)</script>,{WORDS}.,y
nonsense,Three,,z
"""


def soup(response) -> BeautifulSoup:  # type: ignore[no-untyped-def]
    return BeautifulSoup(response.content, "html.parser")


def upload(client: Client, data: bytes | str = TABLE, name: str = "table.csv", **more: str):  # type: ignore[no-untyped-def]
    content = data.encode() if isinstance(data, str) else data
    return client.post(IMPORTS, {"rules": "on", "file": SimpleUploadedFile(name, content), **more})


def mistakes(response) -> str:  # type: ignore[no-untyped-def]
    assert response.status_code == 422
    return " ".join(one.text for one in soup(response).select(".field-error"))


def chosen(html: BeautifulSoup) -> dict[str, str]:
    """What the selects of the dry-run page say."""
    return {
        str(select["name"]): str(option["value"])
        for select in html.select("select")
        if (option := select.select_one("option[selected]")) is not None
    }


@pytest.fixture
def planned(analyst: User) -> TableImport:
    return start_import("table.csv", TABLE.encode(), by=analyst)


# --- importing ----------------------------------------------------------------------------------------


def test_whole_way_from_the_file_to_the_report(page: Client) -> None:
    html = soup(page.get(SUBMIT, {"tab": "file"}))
    assert html.select_one(f'a[href="{IMPORTS}"]') is not None
    address = upload(page)["Location"]
    assert not Article.objects.exists()

    plan = soup(page.get(address))
    assert [one.text for one in plan.select(".figure-value")] == ["2", "0", "1"]
    assert "row 3" in plan.text
    assert "remark" in plan.text
    assert chosen(plan) | {"url": "link", "title": "headline", "text": "body"} == chosen(plan)
    assert plan.select_one("script:-soup-contains('alert')") is None

    action = plan.select_one("main form[method=post]")
    assert action is not None
    assert page.post(str(action["action"]), chosen(plan))["Location"] == address
    running = page.get(address).content.decode()
    assert 'hx-trigger="every 2s"' in running
    assert "0 of 2 rows taken in" in running

    row = TableImport.objects.get()
    assert not run_import_step(row.pk)
    done = page.get(address)
    assert b'hx-trigger="every' not in done.content
    assert [one.text for one in soup(done).select(".figure-value")] == ["2", "0", "1"]
    assert "does not begin with" in soup(done).text
    assert Article.objects.count() == 2
    assert b"Batch of 2 articles" in page.get(Batch.objects.get().get_absolute_url()).content
    assert "table.csv" in soup(page.get(IMPORTS)).text


def test_other_columns_are_tried_before_anything_runs(page: Client, planned: TableImport) -> None:
    address = f"{IMPORTS}{planned.pk}/confirm/"
    html = soup(page.post(address, {"text": "body", "try": "1"}, follow=True))
    assert [one.text for one in html.select(".figure-value")] == ["1", "0", "2"]
    assert chosen(html)["text"] == "body"
    page.post(address, {"text": "body", "title": "headline"})  # changed again, so only tried again
    planned.refresh_from_db()
    assert (planned.stage, planned.mapping) == ("planned", [["title", "headline"], ["text", "body"]])
    page.post(address, {"text": "body", "title": "headline"})
    planned.refresh_from_db()
    assert planned.stage == "running"


@pytest.mark.parametrize(
    "mapping", [{}, {"url": "no such column"}, {"title": "headline"}, {"url": "<script>"}, {"other": "link"}]
)
def test_wrong_mapping_is_refused_on_the_page(
    page: Client, planned: TableImport, mapping: dict[str, str]
) -> None:
    assert mistakes(page.post(f"{IMPORTS}{planned.pk}/confirm/", mapping)).strip()
    planned.refresh_from_db()
    assert planned.stage == "planned"


def test_reader_that_fails_at_another_try_says_so(
    page: Client, planned: TableImport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "MOST_BYTES", 5)
    answer = page.post(f"{IMPORTS}{planned.pk}/confirm/", {"text": "body", "try": "1"})
    assert "at most" in mistakes(answer)


def test_confirming_twice_is_harmless(page: Client, planned: TableImport) -> None:
    address = f"{IMPORTS}{planned.pk}/confirm/"
    for _ in range(2):
        assert page.post(address, dict(planned.mapping)).status_code == 302
    assert Audit.objects.filter(verb="start import").count() == 1


def test_failed_import_can_be_tried_again(page: Client, planned: TableImport, analyst: User) -> None:
    confirm_import(planned, by=analyst)
    TableImport.objects.update(failed_at="2026-01-01T00:00Z", failure_reason="It took too long.")
    html = page.get(planned.get_absolute_url())
    assert "It took too long." in soup(html).text
    assert b'hx-trigger="every' not in html.content
    page.post(f"{IMPORTS}{planned.pk}/confirm/")
    planned.refresh_from_db()
    assert (planned.failed_at, planned.stage) == (None, "running")
    assert Audit.objects.filter(verb="retry import").count() == 1


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("x.csv", b""),
        ("x.csv", b"a,b\n1,2\n"),
        ("x.jsonl", b"[" * 50_000),
        ("x.csv", b"\x00\xff" * 5000),
        ("x.csv", b'url\n"' + b"x" * 6_000_000),
        ("x.csv", b"PK\x03\x04" + bytes(range(256)) * 20),
    ],
)
def test_hostile_table_is_refused_with_a_sentence(page: Client, name: str, data: bytes) -> None:
    response = upload(page, data, name)
    if response.status_code == 302:  # readable, but nothing in it is an article
        assert TableImport.objects.get().forecast["new"] == 0
        assert page.get(response["Location"]).status_code == 200
    else:
        assert mistakes(response).strip()
        assert not TableImport.objects.exists()


def test_large_table_is_refused_unread(page: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forms, "MOST_BYTES", 10)
    assert "at most" in mistakes(upload(page))


def test_rules_must_be_accepted(page: Client) -> None:
    assert "rules" in mistakes(upload(page, rules=""))


@pytest.mark.parametrize("path", ["", "{}/", "{}/confirm/"])
def test_only_analysts_import(
    client: Client, contributor: User, analyst: User, planned: TableImport, path: str
) -> None:
    address = IMPORTS + path.format(planned.pk)
    send = client.post if "confirm" in path else client.get
    assert send(address)["Location"].startswith("/login/")
    client.force_login(contributor)
    assert send(address).status_code == 403
    assert not soup(client.get(SUBMIT, {"tab": "file"})).select(f'a[href="{IMPORTS}"]')
    assert upload(client).status_code == 403
    assert TableImport.objects.count() == 1


def test_wrong_methods_and_unknown_imports(page: Client, planned: TableImport) -> None:
    assert page.put(IMPORTS).status_code == 405
    assert page.post(f"{IMPORTS}{planned.pk}/").status_code == 405
    assert page.get(f"{IMPORTS}{planned.pk}/confirm/").status_code == 405
    assert page.get(f"{IMPORTS}999999/").status_code == 404
    assert page.post(f"{IMPORTS}999999/confirm/").status_code == 404


# --- files --------------------------------------------------------------------------------------------


def hand_in(client: Client, *given: tuple[str, bytes], **more: str):  # type: ignore[no-untyped-def]
    uploads = [SimpleUploadedFile(name, data) for name, data in given]
    return client.post(SUBMIT, {"tab": "file", "rules": "on", "file": uploads, **more})


def zipped(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in members.items():
            archive.writestr(name.replace("_", "."), data)
    return out.getvalue()


def test_file_tab_takes_every_kind_the_doors_read(page: Client) -> None:
    box = soup(page.get(SUBMIT, {"tab": "file"})).select_one('input[type="file"]')
    assert box is not None
    assert box.has_attr("multiple")
    assert set(str(box["accept"]).split(",")) == set(EXTENSIONS)


def test_several_files_become_a_batch_with_what_was_skipped(page: Client) -> None:
    response = hand_in(
        page, ("a.txt", TEXT.encode()), ("b.md", f"# Title\n\n{WORDS}.".encode()), ("c.exe", b"MZ\x90")
    )
    batch = Batch.objects.get()
    assert response["Location"] == batch.get_absolute_url()
    html = soup(page.get(batch.get_absolute_url()))
    assert "Batch of 2 articles" in html.text
    assert "c.exe" in html.text
    assert batch.refused[0][2].endswith(".")


def test_members_of_an_archive_that_are_skipped_are_listed(page: Client) -> None:
    data = zipped(a_txt=TEXT.encode(), b_txt=f"{WORDS}.".encode(), c_bin=bytes(range(256)))
    html = soup(page.get(hand_in(page, ("x.zip", data))["Location"]))
    assert "Batch of 2 articles" in html.text
    assert "c.bin" in html.text


def test_one_article_beside_a_skipped_member_says_so(page: Client) -> None:
    data = zipped(a_txt=TEXT.encode(), c_bin=bytes(range(256)))
    response = page.post(
        SUBMIT, {"tab": "file", "rules": "on", "file": SimpleUploadedFile("x.zip", data)}, follow=True
    )
    assert response.redirect_chain[-1][0] == Article.objects.get().get_absolute_url()
    assert "Not taken: c.bin" in soup(response).text


def test_many_skipped_members_get_a_page(page: Client) -> None:
    data = zipped(a_txt=TEXT.encode(), **{f"b{number}_bin": bytes(range(256)) for number in range(5)})
    hand_in(page, ("x.zip", data))
    assert len(Batch.objects.get().refused) == 5


def test_files_of_which_none_is_taken_are_refused(page: Client) -> None:
    assert mistakes(hand_in(page, ("a.exe", b"MZ\x90"), ("b.txt", b"  "))).strip()
    assert not Batch.objects.exists()
    assert not Article.objects.exists()


def test_too_many_and_too_large_files_are_refused(page: Client, settings) -> None:  # type: ignore[no-untyped-def]
    assert "at most 20" in mistakes(hand_in(page, *[(f"{n}.txt", b"Some words.") for n in range(21)]))
    settings.UPLOAD_MAX_BYTES = 20
    answer = mistakes(hand_in(page, ("a.txt", b"Some words."), ("large.txt", TEXT.encode())))
    assert "large.txt" in answer


def test_files_for_which_no_time_is_left_are_named(page: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "OPEN_SECONDS", -1.0)
    assert "hand it in again" in mistakes(hand_in(page, ("a.txt", TEXT.encode())))


def test_contributor_hands_in_several_files(client: Client, contributor: User) -> None:
    client.force_login(contributor)
    address = hand_in(client, ("a.txt", TEXT.encode()), ("b.txt", f"{WORDS}.".encode()))["Location"]
    assert client.get(address).status_code == 200


def test_anonymous_hands_in_nothing(client: Client) -> None:
    assert hand_in(client, ("a.txt", TEXT.encode()))["Location"].startswith("/login/")
    assert not Article.objects.exists()


def test_batch_is_paged(page: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("articles.views.submitting.BATCH_PAGE", 1)
    address = hand_in(page, ("a.txt", TEXT.encode()), ("b.txt", f"{WORDS}.".encode()))["Location"]
    first, second = soup(page.get(address)), soup(page.get(address, {"page": 2}))
    assert "Batch of 2 articles" in first.text
    assert [one.text for one in first.select(".result-title")] != [
        one.text for one in second.select(".result-title")
    ]
