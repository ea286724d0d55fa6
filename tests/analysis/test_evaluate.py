"""The scorers count as they promise, and the product keeps the quality it has reached."""

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from analysis.management.commands.evaluate import report
from evaluation.calibration import calibration_error, reliability
from evaluation.tags import article_labels, is_same, score_article, score_articles


def item(name: str, *surfaces: str) -> dict:
    return {"name": name, "surfaces": list(surfaces)}


def test_a_split_identity_counts_as_wrong() -> None:
    wanted = {"companies": [item("Acme", "Acme Corp")]}
    score = score_article(wanted, {"companies": [item("Acme"), item("Acme Corp")]}, "companies")
    assert (score.right, score.wrong, score.missed) == (1, 1, 0)


def test_optional_labels_count_neither_way() -> None:
    wanted = {
        "companies": [],
        "companies_optional": [item("The Times")],
        "countries": ["US"],
        "countries_optional": ["GB"],
    }
    found = {"companies": [item("the times")], "countries": ["US", "GB", "FR"]}
    assert score_article(wanted, found, "companies").wrong == 0
    score = score_article(wanted, found, "countries")
    assert (score.right, score.wrong, score.missed) == (1, 1, 0)


def test_researchers_meet_by_surname() -> None:
    assert is_same(item("Roy Nick Thomas"), item("Thomas"), by_surname=True)
    assert not is_same(item("Acme Group"), item("Group"), by_surname=False)
    assert is_same(item("“Acme’s”"), item("acme"), by_surname=False)


def test_span_labels_become_article_labels() -> None:
    text = "China and YouTube"
    labels = article_labels("a", text, [[0, 5, "COUNTRY", "CN"], [10, 17, "COMPANY", "YouTube < Google"]])
    assert labels["countries"] == ["CN"]
    assert labels["companies"] == [item("YouTube", "YouTube")]


def test_scores_add_up_over_articles() -> None:
    pair = ({"countries": ["US"], "companies": [], "researchers": []}, {"countries": ["US"]})
    assert score_articles([pair, pair])["countries"].right == 2


def test_calibration_compares_scores_with_the_share_right() -> None:
    pairs = [(0.95, True)] * 9 + [(0.95, False)]
    assert calibration_error(pairs) == pytest.approx(0.05)
    (found,) = reliability(pairs)
    assert (found.count, found.right) == (10, 0.9)
    assert calibration_error([]) == 0


@pytest.mark.model
@pytest.mark.django_db
def test_a_folder_of_labels_is_measured(tmp_path: Path) -> None:
    row = {"id": "a", "text": "Iran spoke.", "spans": [[0, 4, "COUNTRY", "IR"]]}
    (tmp_path / "small-dev.jsonl").write_text(json.dumps(row), encoding="utf-8")
    out = io.StringIO()
    call_command("evaluate", str(tmp_path), stdout=out)
    assert "small-dev: 1 articles" in out.getvalue()
    assert "countries              P 1.000  R 1.000" in out.getvalue()


@pytest.mark.model
@pytest.mark.django_db
def test_measured_figures_reach_the_quality_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page: Client
) -> None:
    row = {"id": "a", "text": "Iran spoke.", "spans": [[0, 4, "COUNTRY", "IR"]]}
    (tmp_path / "small-dev.jsonl").write_text(json.dumps(row), encoding="utf-8")
    monkeypatch.setattr("analysis.management.commands.evaluate.MEASURED", tmp_path / "quality.json")
    monkeypatch.setattr("analysis.search.quality.MEASURED", tmp_path / "quality.json")
    call_command("evaluate", str(tmp_path), "--save", stdout=io.StringIO())
    assert "Tags, small-dev (1 articles)" in page.get("/quality/").content.decode()


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(CommandError):
        call_command("evaluate", str(tmp_path))


# Floors a little below what docs/quality.md records, so that silent decline fails.
FLOORS = {"countries": 0.975, "companies": 0.8, "researchers": 0.9}


@pytest.mark.model
@pytest.mark.shared
def test_quality_on_the_development_articles_stays(shared_data: Path) -> None:
    lines = (shared_data / "gold" / "newswire-dev.jsonl").read_text(encoding="utf-8").splitlines()
    table, _ = report([json.loads(line) for line in lines])
    measured = {line.split()[0]: float(line.split("F1 ")[1].split()[0]) for line in table if "F1" in line}
    assert {kind: measured[kind] >= floor for kind, floor in FLOORS.items()} == dict.fromkeys(FLOORS, True)
