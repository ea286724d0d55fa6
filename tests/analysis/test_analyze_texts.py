"""The whole chain on whole articles, and the command that runs it on JSON Lines."""

import io
import json
from pathlib import Path

import pytest
from django.core.management import call_command

from analysis.management.commands.analyze_texts import analyze_lines
from analysis.pipeline import analyze
from analysis.pipeline.knowledge import load_lexicon
from analysis.pipeline.records import to_record
from analysis.pipeline.types import Field

pytestmark = pytest.mark.model

# In our own words, about the public reports of April 2024.
TITLE = "Open server hints at North Korean hands in Western cartoons"
TEXT = """A storage server in North Korea that anybody could read has given a rare view of how the country's
animators earn money abroad. Every day through January new files appeared on it: drawings, sketches and
video clips for cartoons that were meant for American and Japanese audiences.

The machine was noticed by cybersecurity researcher Nick Roy, who writes a blog about the North Korean internet.
Among the files he saw were frames from a series made for Amazon Prime Video and work on a show that HBO Max
planned to release. Editing notes in the files were written in Chinese, with a Korean translation beside them,
which suggests that a firm in China passed the orders on.

"We do not know who the studio is," Roy said. The server, at 175.45.178[.]0, was closed soon afterwards.
There is no sign that the streaming services knew where their pictures were drawn.
"""


def record_of(title: str, text: str) -> dict:
    return to_record("a", analyze(title, text, load_lexicon()))


def test_the_open_server_article_is_tagged() -> None:
    record = record_of(TITLE, TEXT)
    assert {"KP", "CN"} <= set(record["countries"]) <= {"KP", "CN", "US", "JP", "KR"}
    assert {item["name"] for item in record["companies"]} == {"Amazon", "Warner Bros. Discovery"}
    assert {surface for item in record["companies"] for surface in item["surfaces"]} == {
        "Amazon Prime Video",
        "HBO Max",
    }
    (researcher,) = record["researchers"]
    assert (researcher["name"], researcher["role"]) == ("Nick Roy", "cybersecurity researcher")
    assert researcher["role_category"] == "security researcher"
    assert researcher["surfaces"] == ["Nick Roy", "Roy"]
    assert record["people"] == []
    assert [item["value"] for item in record["observables"]] == ["175.45.178.0"]


def test_the_open_server_article_is_about_north_korea() -> None:
    result = analyze(TITLE, TEXT, load_lexicon())
    assert result.tags[0].entity == "country:KP"
    assert result.tags[0].is_about


def test_every_mention_is_the_text_it_points_to() -> None:
    result = analyze(TITLE, TEXT, load_lexicon())
    for mention in result.mentions:
        assert (TITLE if mention.field is Field.TITLE else TEXT)[
            mention.start : mention.end
        ] == mention.surface
        assert 0 <= mention.score <= 1
        assert mention.reasons
        sentence = result.sentences[mention.sentence]
        assert sentence.field is mention.field
        assert sentence.start <= mention.start < sentence.end


def test_running_again_changes_nothing() -> None:
    assert analyze(TITLE, TEXT, load_lexicon()) == analyze(TITLE, TEXT, load_lexicon())


def test_every_tag_and_mention_has_its_entity() -> None:
    result = analyze(TITLE, TEXT, load_lexicon())
    keys = {entity.key for entity in result.entities}
    assert {tag.entity for tag in result.tags} <= keys
    assert {mention.entity for mention in result.mentions} - {""} <= keys


def test_hacker_groups_are_never_people() -> None:
    record = record_of(
        "", "Fancy Bear and Charming Kitten attacked the ministry, researchers at ESET said on Monday."
    )
    assert record["people"] == record["researchers"] == []
    assert {item["name"] for item in record["organizations"]} >= {"Charming Kitten"}


def test_brands_named_beside_their_owner_stay_apart() -> None:
    record = record_of("", "Google said on Monday that its video platform YouTube would remove the channels.")
    assert {item["name"] for item in record["companies"]} == {"Google", "YouTube"}


LINES = [
    json.dumps(
        {
            "id": 1,
            "text": "Iran fired.",
            "title": "Missiles",
            "url": "https://example.com/a",
            "date": "2024-04-14",
        }
    ),
    "{not json",
    json.dumps(["a list"]),
    json.dumps({"id": 4}),
    "",
    json.dumps({"id": 6, "text": 7}),
    json.dumps({"id": 7, "text": "", "title": None}),
]


def test_a_bad_line_gives_an_error_and_stops_nothing() -> None:
    records = list(analyze_lines(LINES))
    assert [("error" in record, record["id"]) for record in records] == [
        (False, 1),
        (True, None),
        (True, None),
        (True, 4),
        (True, 6),
        (False, 7),
    ]


def test_several_workers_give_the_same_in_the_same_order() -> None:
    assert list(analyze_lines(LINES * 3, workers=2)) == list(analyze_lines(LINES * 3))


def test_the_command_reads_and_writes_json_lines(tmp_path: Path) -> None:
    given, written = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    given.write_text("\n".join(LINES), encoding="utf-8")
    told = io.StringIO()
    call_command("analyze_texts", str(given), str(written), stderr=told)
    rows = [json.loads(line) for line in written.read_text(encoding="utf-8").splitlines()]
    assert rows[0]["countries"] == ["IR"]
    assert rows[0]["mentions"][0]["surface"] == "Iran"
    assert "6 analyzed, 4 of them with an error" in told.getvalue()
