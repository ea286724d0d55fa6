"""Sentences that matter, chosen from the text and addressed by number: right by construction.

Position is the strongest signal in news, so the score blends it with centrality: how much of what the whole article
talks about a sentence carries, by its terms. Near-repeats, teasers, captions and sentences
that lean on the one before are not taken, unless all that leans is a first "He" or "She" whose person is beyond doubt:
then the name stands in its place, and the point shows both sentences.
"""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analysis.pipeline.speakers import PEOPLE
from analysis.pipeline.types import Field, Parsed, Point, Resolved, Sentence, Tag
from analysis.pipeline.vectors import embed

MAX_WORDS = 40  # the length a reader takes in at one glance; longer sentences are not shown (issue 4)
MIN_WORDS = 6
REPEAT_COSINE = 0.5  # two takeaways closer than this say the same
SUMMARY_WORDS = 70
SUMMARY_SENTENCES = 3
TAKEAWAYS = (3, 6)
# A takeaway for about every 90 words: arbitrary, gives 3 for a short report and 6 from 540 words on.
WORDS_PER_TAKEAWAY = 90
# Weights chosen by reading our demonstration articles; position halves after five sentences.
POSITION, CENTRALITY, ABOUT, TITLE = 0.40, 0.35, 0.15, 0.10
HALF_POSITION = 5
MEANING = 0.35  # of nearness to the middle of the sentence vectors, beside that of terms

WORD = re.compile(r"[^\W\d_]{2,}|\d[\d.,]*")
STOP = frozenset(
    """a about after all also an and any are as at be been but by can could did do for from had has have he her him his
    how i if in into is it its just like may me more most my new no not of on one or our out over said say says she so
    some such than that the their them then there these they this those to two under up was we were what when where
    which while who will with would you your""".split()
)
# Sentences that open with one of these lean on what stands before them.
LEANING = re.compile(
    r"(?:and|but|or|so|yet|he|she|it|they|we|you|i|his|her|their|its|this|that|these|those|such|there|here|"
    r"however|meanwhile|moreover|also|instead|still|then|thus|therefore|otherwise|nevertheless|in addition|"
    r"for example|for instance|as a result|at the same time|on the other hand|by contrast|both|neither|the latter|"
    r"the former|others?|another|one of them|some of them)\b",
    re.IGNORECASE,
)
TEASER = re.compile(
    r"(?:read (?:more|also|next)|related|see also|sign up|subscribe|follow us|click here|watch|listen|advertisement|"
    r"photo|image|picture|file photo|credit|copyright|©|share this|more on|recommended|join (?:us|our)|"
    r"get (?:the|our) )",
    re.IGNORECASE,
)
VECTORS = 12  # sentences that get a vector, the first that may be shown; arbitrary
_PRONOUN = re.compile(r"(?:He|She)\b(?!['’])")
_BEFORE = 2  # sentences before a pronoun in which its person must be the only one
ENDS = tuple(".!?…。！？।۔”\"'’»)")


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence that may be shown, with what decides it."""

    number: int
    text: str
    order: int  # position among the body's sentences, from 0
    terms: Counter[str]
    about: int  # how many entities the article is about it names
    named_in: int = -1  # the sentence that names whom a replaced pronoun means
    replaced: str = ""  # the pronoun
    name: str = ""  # what stands in its place


@dataclass(frozen=True, slots=True)
class Summary:
    """What the brief shows: a lead of one to three sentences and the key takeaways."""

    lead: tuple[Point, ...]
    takeaways: tuple[Point, ...]


def summarize(
    parsed: Parsed, mentions: Sequence[Resolved], tags: Sequence[Tag], *, has_vectors: bool = False
) -> Summary:
    """Choose lead and takeaways; both empty when no sentence can stand alone.

    With vectors (English only) centrality is that of meaning, else that of terms. Terms alone are the default: on
    300 round-ups vectors chose no better sentences (decision 0019), and they cost a model.
    """
    lines = _lines(parsed, mentions, tags)
    usable = [line for line in lines if can_stand_alone(line.text)]
    if not usable:
        return Summary((), ())
    scores = _scores(lines, usable, _terms(parsed.title))
    if has_vectors and parsed.language == "en":
        scores = _with_meaning(scores, usable[:VECTORS])
    lead = _lead(usable, scores)
    shown = {line.number for line in lead}
    rest = [line for line in usable if line.number not in shown]
    words = sum(len(line.text.split()) for line in lines)
    wanted = max(TAKEAWAYS[0], min(TAKEAWAYS[1], round(words / WORDS_PER_TAKEAWAY)))
    return Summary(_points(lead, scores), _points(_distinct(rest, lead, scores, wanted), scores))


def can_stand_alone(text: str) -> bool:
    """Whether a sentence reads well without its neighbors: whole, not too long, no pointer back, no teaser."""
    words = len(text.split())
    return (
        MIN_WORDS <= words <= MAX_WORDS
        and text.endswith(ENDS)
        and not text.endswith(("?", "…"))
        and not LEANING.match(text.lstrip("\"'“‘(«"))
        and not TEASER.match(text)
        and text.count('"') % 2 == 0
        and text.count("“") == text.count("”")
    )


def _lines(parsed: Parsed, mentions: Sequence[Resolved], tags: Sequence[Tag]) -> list[Line]:
    about = {tag.entity for tag in tags if tag.is_about}
    named: dict[int, set[str]] = {}
    for mention in mentions:
        if mention.entity in about:
            named.setdefault(mention.sentence, set()).add(mention.entity)
    body = [sentence for sentence in parsed.sentences if sentence.field is Field.BODY]
    ends = {sentence.number: sentence.end for sentence in body}
    lines = []
    for order, sentence in enumerate(body):
        text = " ".join(parsed.text[sentence.start : sentence.end].split())
        subjects = len(named.get(sentence.number, ()))
        name = _antecedent(sentence, text, mentions, ends)
        if name is None:
            lines.append(Line(sentence.number, text, order, _terms(text), subjects))
            continue
        pronoun, _, rest = text.partition(" ")
        shown = " ".join(name.surface.split())
        text = f"{shown} {rest}"
        lines.append(
            Line(sentence.number, text, order, _terms(text), subjects + 1, name.sentence, pronoun, shown)
        )
    return lines


def _antecedent(
    sentence: Sentence, text: str, mentions: Sequence[Resolved], ends: Mapping[int, int]
) -> Resolved | None:
    """Whom a first "He" or "She" means, by the fullest name before it: the only person of the sentences before.

    A name of two lines or sentences is the recognizer's mistake and not shown. `ends` are those of the sentences.
    """
    if not _PRONOUN.match(text):
        return None
    before = [
        one
        for one in mentions
        if one.field is Field.BODY and one.end <= sentence.start and one.kind in PEOPLE
    ]
    near = {one.entity for one in before if one.sentence >= sentence.number - _BEFORE}
    own = {one.entity for one in mentions if one.sentence == sentence.number and one.kind in PEOPLE}
    if len(near) != 1 or "" in near or near & own:
        return None
    shown = [one for one in before if one.entity in near and "\n" not in one.surface]
    whole = [one for one in shown if one.end <= ends.get(one.sentence, 0)]
    return max(whole, key=lambda one: (len(one.surface), one.start), default=None)


def _terms(text: str) -> Counter[str]:
    return Counter(word for word in WORD.findall(text.casefold()) if word not in STOP)


def _scores(lines: list[Line], usable: list[Line], title: Counter[str]) -> dict[int, float]:
    weights = _term_weights(lines)
    center: Counter[str] = Counter()
    for line in lines:
        center.update({term: count * weights[term] for term, count in line.terms.items()})
    most_about = max((line.about for line in usable), default=0) or 1
    raw = {line.number: _cosine(line.terms, center, weights) for line in usable}
    top = max(raw.values()) or 1.0
    return {
        line.number: POSITION / (1 + line.order / HALF_POSITION)
        + CENTRALITY * raw[line.number] / top
        + ABOUT * line.about / most_about
        + TITLE * _cosine(line.terms, title, weights)
        for line in usable
    }


def _with_meaning(scores: dict[int, float], lines: list[Line]) -> dict[int, float]:
    """Centrality of terms replaced, for the lines that have a vector, by nearness to the middle of all vectors."""
    rows = embed([line.text for line in lines])
    middle = rows.mean(axis=0)
    near = rows @ middle / (float(middle @ middle) ** 0.5 or 1.0)
    top = float(near.max()) or 1.0
    return scores | {
        line.number: scores[line.number] + MEANING * float(value) / top
        for line, value in zip(lines, near, strict=True)
    }


def _term_weights(lines: list[Line]) -> dict[str, float]:
    """Inverse sentence frequency, so that a word of every sentence says little about any."""
    seen: Counter[str] = Counter()
    for line in lines:
        seen.update(line.terms.keys())
    return {term: math.log(1 + len(lines) / count) for term, count in seen.items()}


def _cosine(left: Counter[str], right: Counter[str], weights: dict[str, float]) -> float:
    shared = sum(left[term] * weights.get(term, 1.0) * right[term] for term in left.keys() & right.keys())
    if not shared:
        return 0.0
    left_length = math.sqrt(sum((count * weights.get(term, 1.0)) ** 2 for term, count in left.items()))
    return shared / (left_length * math.sqrt(sum(count**2 for count in right.values())))


def _lead(usable: list[Line], scores: dict[int, float]) -> list[Line]:
    """The first sentence that can stand alone, and the best of the next few that still fit."""
    first = usable[0]
    words = len(first.text.split())
    lead = [first]
    for line in sorted(usable[1:6], key=lambda line: -scores[line.number]):
        length = len(line.text.split())
        if len(lead) < SUMMARY_SENTENCES and words + length <= SUMMARY_WORDS and not _repeats(line, lead):
            lead.append(line)
            words += length
    return sorted(lead, key=lambda line: line.order)


def _distinct(rest: list[Line], lead: list[Line], scores: dict[int, float], wanted: int) -> list[Line]:
    """The best remaining sentences that repeat neither the lead nor each other, in the order of the text."""
    chosen: list[Line] = []
    for line in sorted(rest, key=lambda line: (-scores[line.number], line.order)):
        if len(chosen) < wanted and not _repeats(line, lead + chosen):
            chosen.append(line)
    return sorted(chosen, key=lambda line: line.order)


def _repeats(line: Line, others: list[Line]) -> bool:
    return any(_cosine(line.terms, other.terms, {}) > REPEAT_COSINE for other in others)


def _points(lines: list[Line], scores: dict[int, float]) -> tuple[Point, ...]:
    return tuple(
        Point(
            line.text,
            (line.number, line.named_in) if line.replaced else (line.number,),
            round(min(1.0, scores[line.number]), 3),
            line.replaced,
            line.name,
        )
        for line in lines
    )
