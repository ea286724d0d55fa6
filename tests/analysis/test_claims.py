"""Who says what about whom, in the sentence patterns of the newswire."""

import re

import pytest

from analysis.pipeline.claims import find_claims
from analysis.pipeline.quotations import find_quotations, mask
from analysis.pipeline.telling import read_grammar
from analysis.pipeline.types import Claim, Field, Kind, Parsed, Resolved, Sentence

NAMES = {
    "Ann Roe": Kind.RESEARCHER,
    "Acme": Kind.COMPANY,
    "Ben Ode": Kind.PERSON,
    "Interpol": Kind.IGO,
    "Freedonia": Kind.COUNTRY,
    "Freedonian": Kind.NATIONALITY,
    "Bolt": Kind.COMPANY,
    "Deep Blue": Kind.THREAT,
    "Acme Server": Kind.PRODUCT,
}


def article(*sentences: str) -> tuple[Parsed, list[Resolved]]:
    """A parsed article of these sentences, with every known name as a linked mention."""
    text, places, mentions = "", [], []
    for number, sentence in enumerate(sentences):
        start = len(text) + (1 if text else 0)
        text = f"{text} {sentence}".strip()
        places.append(Sentence(number, Field.BODY, start, len(text)))
        for found in re.finditer("|".join(sorted(NAMES, key=len, reverse=True)), sentence):
            kind = NAMES[found[0]]
            place = (start + found.start(), start + found.end())
            key = f"{kind}:{found[0]}"
            mentions.append(
                Resolved(Field.BODY, *place, found[0], kind, 0.9, "table", (), number, entity=key)
            )
    return Parsed("", text, text, 0, "en", (), tuple(places)), mentions


def claims_of(*sentences: str) -> tuple[Claim, ...]:
    """What the claims of these sentences are, read by the real parser."""
    parsed, mentions = article(*sentences)
    return find_claims(parsed, mentions, read_grammar(parsed, mentions))


@pytest.mark.model
@pytest.mark.parametrize(
    ("sentence", "speaker", "verb"),
    [
        ("Ann Roe said that the server had been open for months.", "Ann Roe", "said"),
        ("Ann Roe, a professor at Acme, said that the server was open.", "Ann Roe", "said"),
        ("The server had been open for months, said Ann Roe.", "Ann Roe", "said"),
        ("The server had been open for months, according to Interpol.", "Interpol", "according to"),
        (
            "According to a spokesman for Acme, the server is closed now.",
            "a spokesman for Acme",
            "according to",
        ),
        ("Acme denied that customer data had been touched at all.", "Acme", "denied"),
        ("Acme rejected the accusations of its customers on Monday.", "Acme", "rejected"),
        ("Ben Ode counted sixty cases so far and said that more will follow.", "Ben Ode", "said"),
        ("Ben Ode told Reuters on Friday that Acme had paid nothing.", "Ben Ode", "told"),
        ("Ben Ode, who said that Acme had lied, left the room.", "Ben Ode", "said"),
        ("Ben Ode opened the meeting, saying that Acme had lied for years.", "Ben Ode", "saying"),
        ("Prosecutors said that the group had received millions.", "Prosecutors", "said"),
        ("In a later filing the company said that some rules took effect.", "the company", "said"),
        ("The office of Acme in Freedonia was closed, a spokesman said on Friday.", "a spokesman", "said"),
        ("The security company Acme said that the server had been open.", "Acme", "said"),
        ("Freedonian officials said that the border would stay closed.", "Freedonian officials", "said"),
    ],
)
def test_the_speaker_of_a_statement(sentence: str, speaker: str, verb: str) -> None:
    (claim,) = claims_of(sentence)
    assert (claim.speaker_text, claim.verb) == (speaker, verb)


@pytest.mark.model
def test_a_quotation_is_cut_out_exactly() -> None:
    parsed, mentions = article("“The leak is the largest we have seen,” Ann Roe wrote.")
    (claim,) = find_claims(parsed, mentions, read_grammar(parsed, mentions))
    assert claim.is_quote
    assert parsed.text[claim.start : claim.end] == "The leak is the largest we have seen,"
    assert claim.speaker == "researcher:Ann Roe"


@pytest.mark.model
def test_a_claim_tells_whom_it_is_about() -> None:
    (claim,) = claims_of("Ben Ode told Bolt that Acme had lied to Interpol for years.")
    assert claim.about == ("company:Acme", "igo:Interpol")


@pytest.mark.model
def test_a_pronoun_takes_the_last_person() -> None:
    claims = claims_of("Ann Roe found the server.", "It was open for weeks, she said, and Acme knew.")
    assert [claim.speaker_text for claim in claims] == ["Ann Roe"]


@pytest.mark.model
def test_the_company_is_the_one_named_last() -> None:
    claims = claims_of("Acme was breached in May.", "The company said that no data was lost.")
    assert [(claim.speaker, claim.speaker_text) for claim in claims] == [("company:Acme", "The company")]


@pytest.mark.model
def test_a_running_quotation_keeps_its_speaker() -> None:
    claims = claims_of("“It was open for a month,” said Ann Roe.", "“Nobody at the firm had looked at it.”")
    assert [claim.speaker_text for claim in claims] == ["Ann Roe", "Ann Roe"]


@pytest.mark.model
def test_a_quotation_over_sentences_is_one_claim() -> None:
    sentences = ("“It was open for a month.", "Nobody at the firm had looked at it,” Ann Roe said.")
    parsed, mentions = article(*sentences)
    (claim,) = find_claims(parsed, mentions, read_grammar(parsed, mentions))
    assert parsed.text[claim.start : claim.end].startswith("It was open for a month. Nobody")
    assert (claim.speaker_text, claim.sentence) == ("Ann Roe", 0)


@pytest.mark.model
def test_a_post_is_signed_behind_it() -> None:
    (claim,) = claims_of("“The server is closed at last” — Ann Roe (@annroe) May 4.")
    assert (claim.speaker_text, claim.verb) == ("Ann Roe", "tweeted")


@pytest.mark.model
@pytest.mark.parametrize(
    "sentence",
    [
        "Two companies of Freedonia were added to the list on Monday.",
        "The song “She said that you were gone for good” was played.",
        "Acme opened an office in Freedonia on Monday.",
        "Many files of Acme carried editing notes in several languages.",
        "The files carried Freedonian notes, which suggests that somebody edited them there.",
        "It was said that the server had been open for months.",
    ],
)
def test_what_nobody_says_is_no_claim(sentence: str) -> None:
    assert claims_of(sentence) == ()


def test_quotations_are_paired_within_a_paragraph() -> None:
    text = 'A "very long way to go" he said.\n“We begin a paragraph here\n“and go on in the next one.” The "end".'
    found = find_quotations(text)
    assert [text[one.start : one.end] for one in found] == [
        "very long way to go",
        "We begin a paragraph here",
        "and go on in the next one.",
    ]
    assert [one.is_open for one in found] == [False, True, False]


def test_masking_keeps_the_length() -> None:
    text = "He said “we have seen nothing” twice."
    masked = mask(text[3:], 3, find_quotations(text))
    assert masked == "said “" + " " * 20 + "” twice."
