"""What is shown stands in the text, can stand alone, and does not repeat itself."""

import re
from dataclasses import replace
from typing import Any

import pytest

from analysis.pipeline.summary import MAX_WORDS, Summary, can_stand_alone, summarize
from analysis.pipeline.types import Field, Kind, Parsed, Resolved, Sentence, Tag

SENTENCES = [
    "Read more: our guide to cloud storage for small companies and teams.",
    "A researcher found an open server in Freedonia on Monday with thousands of design files.",
    "He said the files were changed every day.",
    "The server belonged to a studio that draws cartoons for Acme Streaming, according to the logs.",
    "The server belonged to a studio that draws cartoons for Acme Streaming, the logs say.",
    "Acme Streaming said that it had ended its contract with the studio and would audit all suppliers.",
    "Is that enough to keep the files of other customers safe from the eyes of strangers?",
    "Freedonia is under sanctions, so payments to the studio may have broken the law of several countries.",
    "The weather in the capital was mild.",
    "Lawyers expect that regulators will ask for stricter checks of subcontractors in the coming years.",
]


def parsed(sentences: list[str], title: str = "Open server in Freedonia held design files") -> Parsed:
    """A parsed article whose sentences are exactly these."""
    text, places = "", []
    for number, sentence in enumerate(sentences):
        start = len(text) + bool(text)
        text = f"{text} {sentence}" if text else sentence
        places.append(Sentence(number, Field.BODY, start, len(text)))
    return Parsed(title, text, f"{title}\n\n{text}", len(title) + 2, "en", (), tuple(places))


def texts(points: tuple) -> list[str]:
    return [point.text for point in points]


def test_every_point_is_the_sentence_it_points_to() -> None:
    article = parsed(SENTENCES)
    summary = summarize(article, (), ())
    for point in summary.lead + summary.takeaways:
        (number,) = point.sentences
        sentence = article.sentences[number]
        assert article.text[sentence.start : sentence.end] == point.text


def test_lead_begins_with_the_first_sentence_that_can_stand_alone() -> None:
    assert texts(summarize(parsed(SENTENCES), (), ()).lead)[0] == SENTENCES[1]


def test_near_repeats_are_shown_once() -> None:
    shown = summarize(parsed(SENTENCES), (), ())
    both = texts(shown.lead + shown.takeaways)
    assert len({SENTENCES[3], SENTENCES[4]} & set(both)) == 1


def test_questions_teasers_and_leaning_sentences_are_not_shown() -> None:
    shown = summarize(parsed(SENTENCES), (), ())
    assert not {SENTENCES[0], SENTENCES[2], SENTENCES[6]} & set(texts(shown.lead + shown.takeaways))


def test_a_sentence_about_the_articles_subject_scores_higher() -> None:
    article = parsed([*SENTENCES[:2], SENTENCES[5], SENTENCES[9]])
    tag = Tag("company:a", Kind.COMPANY, 0.9, 0.9, True, False, (0,), 3)
    mention = Resolved(Field.BODY, 0, 1, "x", Kind.COMPANY, 0.9, "table", (), 3, entity="company:a")
    assert score_of(3, summarize(article, (mention,), (tag,))) > score_of(3, summarize(article, (), ()))


def score_of(number: int, summary: Summary) -> float:
    (score,) = [point.score for point in summary.lead + summary.takeaways if point.sentences == (number,)]
    return score


def test_an_empty_text_has_no_summary() -> None:
    assert summarize(parsed([]), (), ()) == summarize(parsed(["Too short."]), (), ())


@pytest.mark.parametrize(
    ("text", "alone"),
    [
        ("The company said on Monday that it closed the hole.", True),
        ("However, the company said on Monday that it closed it.", False),
        ("“The company said on Monday that it closed the hole.", False),
        ("The company said on Monday that it closed the", False),
        ("Photo: the company's building on Monday in the rain.", False),
        (" ".join(["word"] * MAX_WORDS) + " end.", False),
    ],
)
def test_can_stand_alone(text: str, *, alone: bool) -> None:
    assert can_stand_alone(text) is alone


def test_long_articles_get_at_most_six_takeaways() -> None:
    names = re.findall(
        r"\w+", "alpha bravo charlie delta echo foxtrot golf hotel india juliet kilo lima mike november"
    )
    many = [
        f"The {a} office told the {b} board about its {c} plan for {a}{b}."
        for a, b, c in zip(names, names[1:], names[2:], strict=False)
    ]
    assert len(summarize(parsed(many * 6), (), ()).takeaways) <= 6


PRONOUNS = [
    "The researcher Ann Roe found an open server with thousands of design files on Monday.",
    "She said that the server in Freedonia had been open to everybody for many months.",
    "Ann Roe met Ben Ode at the office of Acme in Freedonia on Tuesday morning.",
    "He said that the company would audit all of its suppliers before the end of summer.",
]


def people(article: Parsed) -> tuple[Resolved, ...]:
    """The persons of an article as linked mentions."""
    found = [
        (name, match.start()) for name in ("Ann Roe", "Ben Ode") for match in re.finditer(name, article.text)
    ]
    return tuple(
        Resolved(
            Field.BODY, at, at + len(name), name, Kind.PERSON, 0.9, "recognizer", (),
            article.sentence_at(article.body + at), entity=f"person:{name}",
        )
        for name, at in sorted(found, key=lambda one: one[1])
    )  # fmt: skip


def test_a_first_pronoun_is_replaced_when_only_one_person_can_be_meant() -> None:
    article = parsed(PRONOUNS)
    summary = summarize(article, people(article), ())
    points = {point.sentences[0]: point for point in summary.lead + summary.takeaways}
    assert (points[1].text, points[1].replaced, points[1].name, points[1].sentences) == (
        PRONOUNS[1].replace("She", "Ann Roe"),
        "She",
        "Ann Roe",
        (1, 0),
    )
    assert 3 not in points, "two persons stand before it"


@pytest.mark.parametrize("changes", [{"surface": "Ann Roe\nRoe"}, {"end": None}])
def test_a_name_that_runs_over_the_end_of_its_line_or_sentence_is_not_shown(changes: dict[str, Any]) -> None:
    article = parsed(PRONOUNS)
    first, *others = people(article)
    if "end" in changes:
        changes = {"end": article.sentences[1].start}
        assert changes["end"] > article.sentences[first.sentence].end
    broken = replace(first, **changes)
    summary = summarize(article, (broken, *others), ())
    assert not any("Roe Roe" in point.text for point in summary.lead + summary.takeaways)
    assert 1 not in {point.sentences[0] for point in summary.lead + summary.takeaways}


def test_a_pronoun_without_a_person_is_not_shown() -> None:
    summary = summarize(parsed(PRONOUNS), (), ())
    assert {1, 3}.isdisjoint(point.sentences[0] for point in summary.lead + summary.takeaways)
