"""Who says what, in the sentence patterns of the newswire."""

import re

import pytest

from analysis.pipeline.claims import find_claims
from analysis.pipeline.types import Field, Kind, Parsed, Resolved, Sentence

NAMES = {
    "Ann Roe": Kind.RESEARCHER,
    "Acme": Kind.COMPANY,
    "Ben Ode": Kind.PERSON,
    "Interpol": Kind.IGO,
    "Freedonia": Kind.COUNTRY,
}


def article(*sentences: str) -> tuple[Parsed, list[Resolved]]:
    """A parsed article of these sentences, with every known name as a linked mention."""
    text, places, mentions = "", [], []
    for number, sentence in enumerate(sentences):
        start = len(text) + (1 if text else 0)
        text = f"{text} {sentence}".strip()
        places.append(Sentence(number, Field.BODY, start, len(text)))
        for found in re.finditer("|".join(NAMES), sentence):
            kind = NAMES[found[0]]
            place = (start + found.start(), start + found.end())
            key = f"{kind}:{found[0]}"
            mentions.append(
                Resolved(Field.BODY, *place, found[0], kind, 0.9, "table", (), number, entity=key)
            )
    return Parsed("", text, text, 0, "en", (), tuple(places)), mentions


@pytest.mark.parametrize(
    ("sentence", "speaker", "verb"),
    [
        ("Ann Roe said that the server had been open for months.", "Ann Roe", "said"),
        ("Ann Roe, a professor at Acme, said that the server was open.", "Ann Roe", "said"),
        ("The server had been open for months, said Ann Roe.", "Ann Roe", "said"),
        ("The server had been open for months, according to Interpol.", "Interpol", "according to"),
        ("Acme denied that customer data had been touched at all.", "Acme", "denied"),
        ("Ben Ode counted sixty cases so far and said that more will follow.", "Ben Ode", "said"),
        ("Prosecutors said that the group had received millions.", "Prosecutors", "said"),
        ("In a later filing the company said that some rules took effect.", "the company", "said"),
        ("The office of Acme in Freedonia was closed, a spokesman said on Friday.", "a spokesman", "said"),
    ],
)
def test_the_speaker_of_a_statement(sentence: str, speaker: str, verb: str) -> None:
    (claim,) = find_claims(*article(sentence))
    assert (claim.speaker_text, claim.verb) == (speaker, verb)


def test_a_quotation_is_cut_out_exactly() -> None:
    parsed, mentions = article("“The leak is the largest we have seen,” Ann Roe wrote.")
    (claim,) = find_claims(parsed, mentions)
    assert claim.is_quote
    assert parsed.text[claim.start : claim.end] == "The leak is the largest we have seen,"
    assert claim.speaker == "researcher:Ann Roe"


def test_a_pronoun_takes_the_last_person() -> None:
    claims = find_claims(
        *article("Ann Roe found the server.", "It was open for weeks, she said, and Acme knew.")
    )
    assert [claim.speaker_text for claim in claims] == ["Ann Roe"]


def test_a_running_quotation_keeps_its_speaker() -> None:
    claims = find_claims(
        *article("“It was open for a month,” said Ann Roe.", "“Nobody at the firm had looked at it.”")
    )
    assert [claim.speaker_text for claim in claims] == ["Ann Roe", "Ann Roe"]


@pytest.mark.parametrize(
    "sentence",
    [
        "Two companies of Freedonia were added to the list on Monday.",
        "The song “She said that you were gone for good” was played.",
        "Acme opened an office in Freedonia on Monday.",
        "Many files of Acme carried editing notes in several languages.",
    ],
)
def test_what_nobody_says_is_no_claim(sentence: str) -> None:
    assert find_claims(*article(sentence)) == ()
