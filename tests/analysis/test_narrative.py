"""Findings as sentences: grouped, hedged as the text hedges, never saying more than the finding."""

from dataclasses import replace

import pytest

from analysis.pipeline.narrative import EFFECTS, Affected, affected_rows, narrate
from analysis.pipeline.types import Impact

IMPACT = Impact("company:amazon", "Amazon", "legal", "harm", "short", "alleged", "Prosecutors", 3)
NAMES = {"company:amazon": "Amazon", "company:shell": "Shell", "media:bbc": "BBC"}


def sentences(*impacts: Impact) -> dict[str, list[str]]:
    return {
        paragraph.horizon: [line.text for line in paragraph.lines]
        for paragraph in narrate(affected_rows(impacts, NAMES))
    }


def test_one_finding_is_one_sentence_with_its_evidence() -> None:
    short, long = narrate(affected_rows([IMPACT], NAMES))
    assert [line.text for line in short.lines] == ["Amazon faces legal consequences, alleged by Prosecutors."]
    assert short.lines[0].sentences == (3,)
    assert [part.text for part in short.lines[0].parts if part.is_name] == ["Amazon"]
    assert long.lines[0].text == "Long-term consequences are not stated in the article."
    assert long.lines[0].sentences == ()


def test_those_who_share_a_finding_are_named_together() -> None:
    hit = replace(IMPACT, effect="security", certainty="fact", said_by="", horizon="unstated")
    shell = replace(hit, affected="company:shell", affected_text="Shell", sentence=5)
    bbc = replace(hit, affected="media:bbc", affected_text="BBC", sentence=5)
    paragraphs = narrate(affected_rows([hit, shell, bbc], NAMES))
    assert [paragraph.horizon for paragraph in paragraphs] == ["short", "long", "unstated"]
    line = paragraphs[-1].lines[0]
    assert (line.text, line.sentences) == ("Amazon, Shell and BBC face a security threat.", (3, 5))


def test_many_names_are_counted() -> None:
    many = [replace(IMPACT, affected="", affected_text=f"Firm {number}") for number in range(60)]
    (text,) = sentences(*many)["short"]
    assert text.startswith("Firm 0, Firm 1, Firm 2, Firm 3, Firm 4, Firm 5 and 54 others face")


@pytest.mark.parametrize(
    ("certainty", "said_by", "expected"),
    [
        ("fact", "", "Amazon faces legal consequences."),
        ("fact", "The company", "Amazon faces legal consequences, according to the company."),
        ("alleged", "", "Amazon allegedly faces legal consequences."),
        ("predicted", "", "Amazon may face legal consequences."),
        ("predicted", "Jefferies", "Amazon may face legal consequences, predicted by Jefferies."),
        ("denied", "", "Amazon faces legal consequences, which is denied."),
        ("denied", "Amazon", "Amazon faces legal consequences, denied by Amazon."),
    ],
)
def test_certainty_is_worded(certainty: str, said_by: str, expected: str) -> None:
    assert sentences(replace(IMPACT, certainty=certainty, said_by=said_by))["short"] == [expected]


def test_an_unclear_direction_is_not_guessed() -> None:
    row = replace(IMPACT, effect="financial", direction="unclear", certainty="predicted", said_by="")
    assert sentences(row)["short"] == [
        "Amazon may be affected financially; whether for better or worse is not stated."
    ]


def test_groups_of_people_take_a_plural() -> None:
    row = replace(IMPACT, affected="", affected_text="patients", said_by="", certainty="fact")
    assert sentences(row)["short"] == ["Patients face legal consequences."]


def test_no_finding_makes_no_sentence() -> None:
    assert narrate(()) == ()


def test_equal_findings_are_one_row_with_all_their_sentences() -> None:
    rows = affected_rows([IMPACT, replace(IMPACT, sentence=8), replace(IMPACT, horizon="long")], NAMES)
    assert [(row.horizon, row.sentences) for row in rows] == [("short", (3, 8)), ("long", (3,))]


def test_what_no_entity_stands_for_keeps_the_words_of_the_text() -> None:
    (row,) = affected_rows([replace(IMPACT, affected="company:gone", affected_text="Gone Ltd")], NAMES)
    assert row == Affected("", "Gone Ltd", "legal", "harm", "short", "alleged", "Prosecutors", (3,))


def test_every_effect_has_words_for_each_direction() -> None:
    for effect in EFFECTS:
        for direction in ("harm", "benefit", "unclear"):
            (text,) = sentences(replace(IMPACT, effect=effect, direction=direction))["short"]
            assert text.endswith(".")
            assert "{" not in text
