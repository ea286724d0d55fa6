"""Who says what: quoted and reported statements with their speaker.

The pattern is the one of the newswire: a reporting verb, its speaker beside it (before, or after in "said X"), and the
statement as the rest of the sentence or the quotation in it. A pronoun takes the last person named before it.
"""

import re
from collections.abc import Sequence

from analysis.pipeline.types import Claim, Field, Kind, Parsed, Resolved, Sentence

SPEAKERS = frozenset(
    {
        Kind.PERSON,
        Kind.RESEARCHER,
        Kind.COMPANY,
        Kind.GOVERNMENT,
        Kind.ORGANIZATION,
        Kind.IGO,
        Kind.MEDIA,
        Kind.THREAT,
    }
)
PEOPLE = frozenset({Kind.PERSON, Kind.RESEARCHER})
# Forms that are nouns as often ("reports", "claims", "states", "notes") are left out.
VERB = re.compile(
    r"\b(sa(?:id|ys)|told|tells|wr(?:ote|ites)|warn(?:ed|s)|add(?:ed|s)|announce[ds]|claimed|den(?:ied|ies)|"
    r"confirm(?:ed|s)|argue[ds]|estimated|predict(?:ed|s)|expects?|explain(?:ed|s)|stated|reported|"
    r"alleged|acknowledge[ds]|insist(?:ed|s)|noted|declare[ds]|tweeted|testified)\b"
)
PASSIVE = re.compile(r"\b(?:is|are|was|were|be|been|being)\s+(?:\w+ly\s+)?$")
AND_VERB = re.compile(r"\b(?:and|but)\s+(?:\w+ly\s+)?$")
ACCORDING = re.compile(r"\b[Aa]ccording to\s+")
PRONOUN = re.compile(r"\b(?:[Hh]e|[Ss]he)\s*$")
QUOTE = re.compile(r"[“\"]([^“”\"]{12,}?)[”\"]")
# What may stand between a speaker and the verb: an apposition, a relative clause, a short adverb.
BESIDE = re.compile(
    r"^(?:\s*,[^.;]{0,120},)?\s*(?:\w+ly\s+|also\s+|then\s+|later\s+|has\s+|had\s+|have\s+)?$"
)
AFTER = re.compile(r"^\s*(?:the\s+|Dr\.?\s+|Prof\.?\s+|[A-Z]?[a-z]+(?:\s[a-z]+){0,3}\s+)?$")
DETERMINER = r"(?:[Tt]he|[Aa]n?|[Ss]ome|[Ss]everal|[Mm]any|[Oo]ne|[Tt]wo|[Aa]nother)"
BARE_SUBJECT = re.compile(
    rf"(?:\b({DETERMINER}\s+(?:(?!{DETERMINER}\b)[a-z-]+\s+){{0,3}}[a-z-]+)|(?<![^\s,])([A-Z]?[a-z]+s))\s*$"
)
SUBJECT_REACH = 30  # code points: a subject stands at the head of its sentence
MIN_WORDS = 4  # a shorter statement says nothing by itself


def find_claims(parsed: Parsed, mentions: Sequence[Resolved]) -> tuple[Claim, ...]:
    """Statements in the order of the text, at most one per sentence and quotation."""
    claims: list[Claim] = []
    last_person: Resolved | None = None
    last_speaker: tuple[str, str] = ("", "")
    for sentence in parsed.sentences:
        if sentence.field is not Field.BODY:
            continue
        inside = [one for one in mentions if one.sentence == sentence.number and one.kind in SPEAKERS]
        found = _claim(parsed, sentence, inside, last_person)
        if found is None:
            found = _running_quote(parsed, sentence, last_speaker)
        if found:
            claims.append(found)
            last_speaker = (found.speaker, found.speaker_text)
        last_person = next((one for one in reversed(inside) if one.kind in PEOPLE), last_person)
    return tuple(claims)


def _claim(
    parsed: Parsed, sentence: Sentence, inside: list[Resolved], last_person: Resolved | None
) -> Claim | None:
    text = parsed.text[sentence.start : sentence.end]
    bare = _without_quotes(text)
    for verb in VERB.finditer(bare):
        if PASSIVE.search(bare[: verb.start()]):
            continue
        speaker = _speaker(text, bare, verb, sentence, inside, last_person)
        if speaker:
            return _made(text, sentence, verb[1], speaker)
    if (according := ACCORDING.search(bare)) is not None:
        named = [one for one in inside if 0 <= one.start - sentence.start - according.end() < 60]
        source = (named[0].entity, named[0].surface) if named else ("", _words_after(text, according.end()))
        return _made(text, sentence, "according to", source)
    return None


def _speaker(  # the cases of newswire English, most certain first
    text: str,
    bare: str,
    verb: re.Match[str],
    sentence: Sentence,
    inside: list[Resolved],
    last: Resolved | None,
) -> tuple[str, str] | None:
    before = bare[: verb.start()]
    for (
        one
    ) in inside:  # "X, a professor at Y, said": the first whose way to the verb is an apposition or nothing
        if one.end - sentence.start <= verb.start() and BESIDE.match(
            bare[one.end - sentence.start : verb.start()]
        ):
            return one.entity, one.surface
    if inside and AND_VERB.search(before) and inside[0].start - sentence.start < SUBJECT_REACH:
        return inside[0].entity, inside[0].surface  # "X counted sixty victims and said"
    for one in inside:  # "…," said X
        gap = (
            bare[verb.end() : one.start - sentence.start]
            if one.start - sentence.start >= verb.end()
            else None
        )
        if gap is not None and AFTER.match(gap) and verb[1] in {"said", "says", "wrote", "added", "warned"}:
            return one.entity, one.surface
    if PRONOUN.search(before) and last is not None:
        return last.entity, last.surface
    subject = BARE_SUBJECT.search(before)
    if subject and bare[verb.end() :].strip():
        return "", (subject[1] or subject[2]).strip()
    return None


def _made(text: str, sentence: Sentence, verb: str, speaker: tuple[str, str]) -> Claim | None:
    quote = QUOTE.search(text)
    if quote and len(quote[1].split()) >= MIN_WORDS:
        start, end = sentence.start + quote.start(1), sentence.start + quote.end(1)
        return Claim(
            speaker[0], speaker[1], verb, Field.BODY, start, end, is_quote=True, sentence=sentence.number
        )
    if len(text.split()) < MIN_WORDS + 2:
        return None
    return Claim(
        speaker[0],
        speaker[1],
        verb,
        Field.BODY,
        sentence.start,
        sentence.end,
        is_quote=False,
        sentence=sentence.number,
    )


def _running_quote(parsed: Parsed, sentence: Sentence, speaker: tuple[str, str]) -> Claim | None:
    """A sentence that is nothing but a quotation goes on with the speaker of the one before."""
    text = parsed.text[sentence.start : sentence.end]
    quote = QUOTE.fullmatch(text.strip())
    if quote is None or not speaker[1] or len(quote[1].split()) < MIN_WORDS:
        return None
    start = sentence.start + text.index(quote[1])
    return Claim(
        *speaker, "", Field.BODY, start, start + len(quote[1]), is_quote=True, sentence=sentence.number
    )


def _without_quotes(text: str) -> str:
    """The sentence with quoted words blanked out, same length: a verb inside a quotation attributes nothing."""
    return QUOTE.sub(lambda found: found[0][0] + "\u2003" * len(found[1]) + found[0][-1], text)


def _words_after(text: str, at: int) -> str:
    words = re.match(r"[^,.;]{3,80}", text[at:])
    return words[0].strip() if words else "a source"
