"""The quality page counts what analysts decided."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from analysis.models import Judgment
from analysis.search.quality import Line, judged_quality


def judge(decision: str, by: User, **values: object) -> Judgment:
    return Judgment.objects.create(
        decision=decision, surface="Acme", kind="company", method="table", by=by, **values
    )


def test_figures_by_kind(analyst: User) -> None:
    for decision in ("accept", "accept", "accept", "reject", "rekind", "add"):
        judge(decision, analyst)
    (line,) = dict(judged_quality())["Kind"]
    assert (line.label, line.right, line.wrong, line.missed) == ("Company", 3, 2, 1)
    assert line.precision == pytest.approx(0.6)
    assert line.recall == pytest.approx(0.75)


def test_undone_judgments_do_not_count(analyst: User) -> None:
    from django.utils import timezone

    judge("reject", analyst, undone_at=timezone.now(), undone_by=analyst)
    assert judged_quality()[0][1] == []


def test_a_group_without_decisions_has_no_figures() -> None:
    line = Line("x", 0, 0, 2)
    assert (line.precision, line.f1) == (None, None)
    assert line.recall == 0


def test_page_shows_judgments(page: Client, analyst: User) -> None:
    judge("accept", analyst)
    assert "Judged tags by kind" in page.get("/quality/").content.decode()


def test_page_says_what_to_do_when_empty(page: Client) -> None:
    assert "No judgments yet" in page.get("/quality/").content.decode()


def test_page_needs_a_login(client: Client, db: None) -> None:
    assert client.get("/quality/").url.startswith("/login/")  # type: ignore[attr-defined]


def test_page_is_read_only(page: Client) -> None:
    assert page.post("/quality/").status_code == 405
