"""Importing tables: the dry run writes nothing, every row is taken in once, and what is skipped says why."""

import json
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db.models.functions import Now

from analysis.tasks import import_step, reconcile
from articles.models import Article, Audit, Batch, Stage, Submission, TableImport
from articles.services import (
    SubmissionRefused,
    confirm_import,
    forecast_import,
    imports,
    remap_import,
    run_import_step,
    start_import,
    submit_text,
    submit_url,
)

pytestmark = pytest.mark.django_db
WORDS = "Officials in Chad said Amazon would hire two hundred people"
TABLE = f"""link,headline,body,author,when,publisher,tags
https://example.org/news/1,First,,,,,
https://example.org/news/2,Second,{WORDS} in March.,Ines C.,2026-03-05,Harbor Ledger,trade;jobs
,Third,{WORDS} in April.,,,,
not an address,Fourth,,,,,
,Fifth,short,,,,
https://example.org/news/1,First again,,,,,
""".encode()


def table_of(count: int) -> bytes:
    """A table of so many addresses."""
    return "\n".join(["url", *(f"https://example.org/news/{number}" for number in range(count))]).encode()


def started(data: bytes, by: User | None, name: str = "table.csv") -> TableImport:
    return confirm_import(start_import(name, data, by=by), by=by)


def run_to_the_end(row: TableImport) -> TableImport:
    while run_import_step(row.pk):
        pass
    row.refresh_from_db()
    return row


def expire(row: TableImport) -> None:
    """The worker that held the row is gone."""
    TableImport.objects.filter(pk=row.pk).update(lease_until=Now() - timedelta(seconds=1))


# --- the dry run --------------------------------------------------------------------------------------


def test_dry_run_tells_new_known_and_skipped_and_writes_no_article(analyst: User) -> None:
    submit_url("http://www.example.org/news/1?utm_source=x", by=analyst)
    submit_text(f"{WORDS}  in April.", by=analyst)
    before = (Article.objects.count(), Submission.objects.count())
    row = start_import("../table.csv", TABLE, by=analyst)
    assert row.stage == "planned"
    assert (row.forecast["new"], row.forecast["known"], row.forecast["skipped"]) == (1, 2, 3)
    assert [name for name, _ in row.skipped] == ["row 4", "row 5", "row 6"]
    assert all(reason.endswith(".") for _, reason in row.skipped)
    assert dict(row.mapping)["url"] == "link"
    assert "when" in row.forecast["unused"]
    assert (Article.objects.count(), Submission.objects.count()) == before


def test_forecast_alone_writes_nothing() -> None:
    forecast = forecast_import("x.csv", TABLE)
    assert (forecast.new, forecast.known) == (3, 0)
    assert not TableImport.objects.exists()
    assert not Audit.objects.exists()


def test_same_text_twice_in_a_table_is_one_article(analyst: User) -> None:
    data = f"url,text\nhttps://a.example/1,{WORDS}\nhttps://b.example/2,{WORDS}\n".encode()
    row = started(data, analyst)
    assert (row.forecast["new"], row.forecast["known"]) == (1, 1)
    assert run_to_the_end(row).counts == {"new": 1, "known": 1, "skipped": 0}
    assert Article.objects.count() == 1
    assert Submission.objects.count() == 2


def test_what_the_doors_refuse_is_forecast_too(analyst: User) -> None:
    data = f"url,text\nhttps://bad host/x,\n,{'1234567890 ' * 5}\n,{WORDS}\n".encode()
    row = started(data, analyst)
    assert row.forecast["skipped"] == 2
    assert [name for name, _ in row.skipped] == []  # the report of the run begins anew
    run_to_the_end(row)
    assert row.counts == {"new": 1, "known": 0, "skipped": 2}
    assert [name for name, _ in row.skipped] == ["row 1", "row 2"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"   \n", "empty"),
        (b"a,b\n1,2\n", "No column"),
        (b"{not json", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b"url,url\nx,y\n", "same name"),
        (bytes(range(256)) * 50, "."),
    ],
)
def test_tables_that_cannot_be_read_are_refused_with_a_sentence(
    analyst: User, data: bytes, words: str
) -> None:
    with pytest.raises(SubmissionRefused, match=words):
        start_import("x.csv", data, by=analyst)
    assert not TableImport.objects.exists()


def test_large_table_is_refused(analyst: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "MOST_BYTES", 10)
    with pytest.raises(SubmissionRefused, match="at most"):
        start_import("x.csv", TABLE, by=analyst)


def test_reader_that_takes_too_long_is_a_refusal(analyst: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "PLAN_SECONDS", 0.001)
    with pytest.raises(SubmissionRefused, match="longer than"):
        start_import("x.csv", table_of(20_000), by=analyst)


# --- the mapping --------------------------------------------------------------------------------------


def test_other_columns_can_be_tried(analyst: User) -> None:
    row = start_import("x.csv", TABLE, by=analyst)
    row = remap_import(row, (("text", "body"), ("published_at", "when")), by=analyst)
    assert row.mapping == [["text", "body"], ["published_at", "when"]]
    assert row.forecast["new"] == 2
    run_to_the_end(confirm_import(row, by=analyst))
    dated = Article.objects.get(published_at__isnull=False)
    assert dated.published_at == datetime(2026, 3, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "mapping", [(("url", "no such column"),), (("no such field", "link"),), (("title", "headline"),)]
)
def test_wrong_mapping_is_refused_and_changes_nothing(
    analyst: User, mapping: tuple[tuple[str, str], ...]
) -> None:
    row = start_import("x.csv", TABLE, by=analyst)
    with pytest.raises(SubmissionRefused):
        remap_import(row, mapping, by=analyst)
    before = row.mapping
    row.refresh_from_db()
    assert row.mapping == before


def test_started_import_keeps_its_columns(analyst: User) -> None:
    row = started(TABLE, analyst)
    with pytest.raises(SubmissionRefused, match="already started"):
        remap_import(row, (("url", "link"),), by=analyst)


# --- the run ------------------------------------------------------------------------------------------


def test_rows_become_articles_with_what_the_table_says(analyst: User) -> None:
    row = run_to_the_end(started(TABLE, analyst))
    assert (row.stage, row.position, row.lease_token) == ("done", 3, None)
    assert row.counts == {"new": 3, "known": 0, "skipped": 3}
    assert [name for name, _ in row.skipped] == ["row 4", "row 5", "row 6"]
    page, text, plain = Article.objects.order_by("pk")
    assert (page.stage, page.origin, page.title) == (Stage.SUBMITTED, "import", "First")
    assert (text.stage, text.title, text.byline) == (Stage.EXTRACTED, "Second", "Ines C.")
    assert (text.site, text.canonical_url) == ("Harbor Ledger", "https://example.org/news/2")
    assert text.version is not None
    assert text.version.findings["labels"] == ["trade; jobs", "import", 1.0]
    assert plain.title == "Third"
    assert row.batch is not None
    assert row.batch.submissions.count() == 3
    assert set(Submission.objects.values_list("by__username", flat=True)) == {"analyst"}


def test_text_without_a_publisher_belongs_to_the_site_of_its_address(analyst: User) -> None:
    data = json.dumps({"url": "https://www.example.org/1", "text": WORDS, "lang": "en"}).encode()
    run_to_the_end(started(data, analyst, "x.jsonl"))
    article = Article.objects.get()
    assert article.source is not None
    assert (article.source.host, article.language) == ("example.org", "en")


def test_every_step_leaves_its_trail(analyst: User) -> None:
    run_to_the_end(started(TABLE, analyst))
    verbs = list(Audit.objects.filter(model="articles.tableimport").order_by("pk").values_list("verb", "by"))
    assert verbs == [("plan import", analyst.pk), ("start import", analyst.pk), ("finish import", None)]


def test_planned_import_does_not_run(analyst: User) -> None:
    row = start_import("x.csv", TABLE, by=analyst)
    assert not run_import_step(row.pk)
    assert not Article.objects.exists()


def test_confirming_twice_starts_once(analyst: User) -> None:
    row = start_import("x.csv", TABLE, by=analyst)
    first, second = confirm_import(row, by=analyst), confirm_import(row, by=analyst)
    assert first.batch == second.batch
    assert Batch.objects.count() == 1
    assert Audit.objects.filter(verb="start import").count() == 1


def test_step_run_twice_adds_nothing(analyst: User) -> None:
    row = run_to_the_end(started(TABLE, analyst))
    before = (Article.objects.count(), Submission.objects.count(), Audit.objects.count())
    assert not run_import_step(row.pk)
    import_step(row.pk)
    assert (Article.objects.count(), Submission.objects.count(), Audit.objects.count()) == before


def test_whole_table_again_adds_no_article(analyst: User) -> None:
    run_to_the_end(started(TABLE, analyst))
    again = run_to_the_end(started(TABLE, analyst))
    assert again.counts == {"new": 0, "known": 3, "skipped": 3}
    assert Article.objects.count() == 3


def test_row_in_other_hands_is_left_alone(analyst: User) -> None:
    row = started(TABLE, analyst)
    TableImport.objects.filter(pk=row.pk).update(
        lease_token="00000000-0000-4000-8000-000000000000", lease_until=Now() + timedelta(seconds=60)
    )
    assert not run_import_step(row.pk)
    assert not Article.objects.exists()


def test_lost_lease_writes_nothing_and_the_next_worker_goes_on(
    analyst: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = started(table_of(250), analyst)
    renew, calls = imports.renew, []

    def lose(lease, *, seconds):  # type: ignore[no-untyped-def]
        calls.append(1)
        if len(calls) == 2:  # somebody else takes over between two chunks
            TableImport.objects.filter(pk=row.pk).update(lease_token="00000000-0000-4000-8000-000000000000")
        return renew(lease, seconds=seconds)

    monkeypatch.setattr(imports, "renew", lose)
    monkeypatch.setattr(
        imports, "time", SimpleNamespace(monotonic=lambda: 0.0)
    )  # the step does not end by itself
    assert not run_import_step(row.pk)
    row.refresh_from_db()
    assert (row.position, Article.objects.count()) == (100, 100)
    expire(row)
    assert run_to_the_end(row).counts == {"new": 250, "known": 0, "skipped": 0}
    assert Submission.objects.count() == 250


def test_lease_lost_inside_a_chunk_writes_nothing(analyst: User, monkeypatch: pytest.MonkeyPatch) -> None:
    row = started(table_of(3), analyst)
    monkeypatch.setattr(imports, "renew", lambda lease, *, seconds: True)
    monkeypatch.setattr(imports, "run_isolated", stolen_while(row, imports.run_isolated))
    assert not run_import_step(row.pk)
    assert not Article.objects.exists()


def stolen_while(row: TableImport, work):  # type: ignore[no-untyped-def]
    """`work`, during which another worker takes the row."""

    def stolen(*args, **more):  # type: ignore[no-untyped-def]
        TableImport.objects.filter(pk=row.pk).update(lease_token="00000000-0000-4000-8000-000000000000")
        return work(*args, **more)

    return stolen


def test_step_ends_after_its_time_and_goes_on(analyst: User, monkeypatch: pytest.MonkeyPatch) -> None:
    row = started(table_of(150), analyst)
    monkeypatch.setattr(imports, "CHUNK", 50)
    moments = iter(range(0, 10_000, 6))  # reading takes 6 s, so the work may take 18 s
    monkeypatch.setattr(imports, "time", SimpleNamespace(monotonic=lambda: next(moments)))
    assert run_import_step(row.pk)
    row.refresh_from_db()
    assert (row.stage, row.position, row.lease_token) == ("running", 100, None)
    assert run_to_the_end(row).counts["new"] == 150


def test_row_at_which_the_work_ends_is_passed_over(analyst: User, monkeypatch: pytest.MonkeyPatch) -> None:
    row = started(table_of(5), analyst)
    take_in = imports._take_in

    def die_at_third(one, of):  # type: ignore[no-untyped-def]
        if one.number == 3:
            raise MemoryError
        return take_in(one, of)

    monkeypatch.setattr(imports, "_take_in", die_at_third)
    for _ in range(12):
        row.refresh_from_db()
        if row.stage == "done":
            break
        try:
            run_import_step(row.pk)
        except MemoryError:
            expire(row)
    assert row.counts == {"new": 4, "known": 0, "skipped": 1}
    assert row.skipped == [["row 3", "The work ended several times at this row."]]


def test_table_that_can_no_longer_be_read_fails_with_a_reason(
    analyst: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = started(table_of(20_000), analyst)
    monkeypatch.setattr(imports, "PLAN_SECONDS", 0.001)
    assert not run_import_step(row.pk)
    row.refresh_from_db()
    assert "could not be read" in row.failure_reason


def test_skipped_rows_are_counted_beyond_those_that_are_named(
    analyst: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "MOST_SKIPPED", 2)
    data = b"url\nhttps://example.org/1\n" + b"nonsense\n" * 5
    row = run_to_the_end(started(data, analyst))
    assert (row.counts["skipped"], len(row.skipped)) == (5, 2)


def test_reconciler_finds_a_running_import(analyst: User, monkeypatch: pytest.MonkeyPatch) -> None:
    row = started(TABLE, analyst)
    start_import("planned.csv", TABLE, by=analyst)
    sent: list[tuple[str, int]] = []
    monkeypatch.setattr("analysis.tasks.hint", lambda task, row_id: sent.append((task.name, row_id)))
    reconcile()
    assert sent == [("analysis.tasks.import_step", row.pk)]


# --- the command --------------------------------------------------------------------------------------


def run(*args: str) -> str:
    out = StringIO()
    call_command("import_articles", *args, stdout=out)
    return out.getvalue()


@pytest.fixture
def table_file(tmp_path: Path) -> str:
    path = tmp_path / "table.csv"
    path.write_bytes(TABLE)
    return str(path)


def test_command_tries_without_writing(table_file: str) -> None:
    out = run(table_file, "--dry-run")
    assert "3 new, 0 already here, 3 skipped" in out
    assert "row 4\t" in out
    assert not Article.objects.exists()
    assert not TableImport.objects.exists()


def test_command_imports(table_file: str, analyst: User) -> None:
    out = run(table_file, "--by", "analyst", "--mapping", "text=body", "title=headline")
    assert "2 new, 0 already here" in out
    assert set(Article.objects.values_list("title", flat=True)) == {"Second", "Third"}
    assert TableImport.objects.get().stage == "done"


def test_command_imports_for_nobody(table_file: str) -> None:
    run(table_file)
    row = TableImport.objects.get()
    assert (row.by, row.batch, row.counts["new"]) == (None, None, 3)


@pytest.mark.parametrize(
    "more", [["--mapping", "text"], ["--mapping", "text=nothing"], ["--by", "nobody"], ["--mapping", "=x"]]
)
def test_command_refuses_with_a_sentence(table_file: str, more: list[str]) -> None:
    with pytest.raises(CommandError, match=r"\."):
        run(table_file, *more)
    assert not Article.objects.exists()


def test_command_needs_a_file(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no file"):
        run(str(tmp_path / "missing.csv"))
