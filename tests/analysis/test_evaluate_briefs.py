"""The scorers of summaries, statements and findings count as they promise, and the labels hold no text."""

import pytest

from analysis.pipeline.types import Claim, Field, Impact, Kind, Resolved, Result, Sentence
from evaluation.briefs import ClaimScore, FindingScore, add_claims, add_findings, read_labels
from evaluation.pointers import count_pointers
from evaluation.rouge import rouge_l, rouge_n

TEXT = "Ann Roe said that Acme was hacked. He denied that. It was open."


def result(claims: tuple[Claim, ...] = (), impacts: tuple[Impact, ...] = ()) -> Result:
    """A result over TEXT with two names."""
    mentions = tuple(
        Resolved(
            Field.BODY,
            TEXT.index(name),
            TEXT.index(name) + len(name),
            name,
            kind,
            0.9,
            "table",
            (),
            0,
            entity=name,
        )
        for name, kind in (("Ann Roe", Kind.PERSON), ("Acme", Kind.COMPANY))
    )
    sentences = (
        Sentence(0, Field.BODY, 0, 34),
        Sentence(1, Field.BODY, 35, 50),
        Sentence(2, Field.BODY, 51, len(TEXT)),
    )
    return Result("en", "1", "1", sentences, mentions, (), (), claims=claims, impacts=impacts)


def claim(speaker: str, start: int, end: int, number: int) -> Claim:
    """A reported statement."""
    return Claim(speaker, speaker, "said", Field.BODY, start, end, is_quote=False, sentence=number)


def test_statements_are_counted_found_wrong_and_missed() -> None:
    label = {"statements": [[0, 34, 0, 7, 1]], "optional": [[35, 50]]}
    score = ClaimScore()
    add_claims(
        score, label, TEXT, result((claim("Ann Roe", 0, 34, 0), claim("x", 35, 50, 1), claim("x", 51, 62, 2)))
    )
    assert (score.precision.right, score.precision.all, score.recall.right) == (1, 2, 1)
    assert (score.quote_speakers.right, score.quotes_end_to_end.all) == (1, 1)


def test_another_speaker_is_wrong() -> None:
    score = ClaimScore()
    add_claims(
        score, {"statements": [[0, 34, 0, 7, 1]], "optional": []}, TEXT, result((claim("Acme", 0, 34, 0),))
    )
    assert (score.speakers.right, score.speakers.all) == (0, 1)


def test_findings_are_counted_by_sentence_effect_and_affected() -> None:
    impact = Impact("Acme", "Acme", "security", "harm", "unstated", "fact", "", 0)
    label = {"findings": [[0, 34, 18, 22, "security", "harm", "short", "fact"]]}
    score = FindingScore()
    add_findings(score, label, TEXT, result(impacts=(impact,)))
    assert (score.precision.right, score.recall.right, score.affected.right) == (1, 1, 1)
    assert (score.horizon.right, score.horizon_stated.all, score.certainty.right) == (0, 1, 1)


def test_rouge_counts_shared_words_pairs_and_sequences() -> None:
    assert rouge_n("The cat sat.", "the cat sat", 2) == 1
    assert rouge_n("a b c d", "a b x y", 1) == 0.5
    assert rouge_n("a b c d", "a b x y", 2) == pytest.approx(1 / 3)
    assert rouge_l("a x b y", "a b c d") == 0.5
    assert rouge_l("", "a") == 0


def test_a_shown_sentence_that_is_not_in_the_text_is_counted() -> None:
    good = count_pointers(TEXT, "", result((claim("Ann Roe", 0, 34, 0),)))
    assert (good.right, good.all) == (1, 1)
    assert count_pointers(TEXT, "", result((claim("Ann Roe", 51, 90, 2),))).right == 0
    assert count_pointers(TEXT, "", result((claim("Ann Roe", 51, 62, 0),))).right == 0


def test_the_labels_are_a_hundred_articles_of_offsets_and_values() -> None:
    labels = read_labels("")
    assert len(labels) == 100
    assert len(read_labels("dev")) == len(read_labels("held")) == 50
    words = {
        value for label in labels for one in label["findings"] for value in one if isinstance(value, str)
    }
    effects = {"legal", "financial", "security", "reputation", "operations", "diplomatic", "human"}
    assert words <= effects | {
        "harm",
        "benefit",
        "unclear",
        "short",
        "long",
        "unstated",
        "fact",
        "alleged",
        "predicted",
        "denied",
    }
    assert all(isinstance(value, int) for label in labels for one in label["statements"] for value in one)
