"""`manage extract_pages`: JSON Lines in, JSON Lines out, one bad line never ends the run."""

import base64
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.articles.nonarticles import story_html


@pytest.mark.parametrize("workers", [1, 2])
def test_every_line_gets_an_answer_in_order(tmp_path: Path, workers: int) -> None:
    html = story_html("en", 5)
    lines = [
        json.dumps({"id": 1, "url": "https://a.example/x", "html": html}),
        "{broken",
        json.dumps(
            {
                "id": 2,
                "url": "https://a.example/y",
                "html": base64.b64encode(html.encode("utf-16")).decode(),
                "encoding": "base64",
            }
        ),
        json.dumps({"id": 3, "url": "https://a.example/z"}),
        json.dumps([1]),
        json.dumps({"id": 4, "html": "%%%", "encoding": "base64"}),
    ]
    (tmp_path / "in").write_text("\n".join(lines) + "\n\n")
    call_command("extract_pages", str(tmp_path / "in"), str(tmp_path / "out"), workers=workers)
    rows = [json.loads(line) for line in (tmp_path / "out").read_text().splitlines()]
    assert [row["id"] for row in rows] == [1, None, 2, 3, None, 4]
    assert ["error" in row for row in rows] == [False, True, False, True, True, True]
    assert rows[0]["text"] == rows[2]["text"] and rows[0]["verdict"] == "article"
    assert {"title", "authors", "date", "language", "text", "verdict", "findings", "doubts", "blocks"} <= set(
        rows[0]
    )


def test_missing_input_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="Cannot read"):
        call_command("extract_pages", str(tmp_path / "none"), str(tmp_path / "out"))
