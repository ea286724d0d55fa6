"""Each drafted sentence held against the sentences it cites: what must occur there, and does it?

Names, figures, dates, technical values and quotations must occur; lengths and characters are bounded. Occurrence is not
truth: a sentence can be put together from right words and still be wrong, so nothing passes by itself into the brief.

Dropped is what cannot be checked (no citation) or says something that the text does not hold: a figure, a date, a
quotation, a technical value, a name that stands nowhere in the article. Flagged is what may be right but is not shown
by the cited sentences alone: a name that stands elsewhere in the article, where a pronoun was resolved for instance; a
first word that may be a name; names that do not stand together; a negation on one side only; mostly other words.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from analysis.pipeline.draft_figures import Figures, read_figures
from analysis.pipeline.draft_words import (
    STEM,
    Run,
    content_stems,
    key,
    name_runs,
    plain,
    read_codes,
    stem,
    words_of,
)
from analysis.pipeline.drafting import MOST_SENTENCES, Drafted

__all__ = ["Checked", "Verdict", "check_draft"]

MOST_CITED = 4  # a sentence that cites half of the article cannot be checked by reading
MOST_WORDS, FEWEST_WORDS = 40, 3
LONGEST = 400  # code points
OWN_SHOWN = 8  # words a draft adds that are listed
COVERED = 0.5  # share of the words that carry meaning which the cited sentences should have; arbitrary
FEWEST_COVERED = 4  # with fewer such words the share says nothing

_HIDDEN = (
    "Cc",
    "Cf",
    "Co",
    "Cn",
    "Cs",
)  # controls, direction marks, zero widths, halves of pairs: nothing a sentence needs
_MARKUP = re.compile(r"https?:|www\.|[<>{}|`^]|\]\(|\*\*|__|^\s*(?:[#*]|-\s)", re.IGNORECASE)

_SPOKEN = re.compile(r"[|]|[^\W_]+")
_QUOTED = re.compile(r'"([^"]*)"')
_SINGLY_QUOTED = re.compile(r"(?<!\w)'([^']*(?:(?<=\w)'(?=\w)[^']*)*)'(?!\w)")
_NEGATION = re.compile(
    r"\b(?:not|no|never|none|neither|nor|cannot|without|den(?:y|ies|ied|ying)|fail(?:s|ed)?)\b|n't\b",
    re.IGNORECASE,
)


class Verdict(StrEnum):
    """What became of a drafted sentence."""

    ACCEPTED = "accepted"
    FLAGGED = "flagged"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Checked:
    """One drafted sentence with its verdict, the reasons for it, and the words that are the model's own."""

    text: str
    cites: tuple[int, ...]  # only sentences that exist
    verdict: Verdict
    reasons: tuple[str, ...] = ()
    own: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """The cited sentences, and the whole article's words, as the checks see them."""

    text: str
    figures: Figures
    codes: frozenset[str]
    words: frozenset[str]  # casefolded, of the cited sentences
    spoken: str  # the cited sentences as a row of words, to look phrases up in
    quoted: str  # the same of what stands in quotation marks
    stems: frozenset[str]
    names: frozenset[str]  # of `words`, those written large
    denies: tuple[bool, ...]  # for each cited sentence
    article: frozenset[str]  # casefolded words of the whole article


def check_draft(drafted: Sequence[Drafted], sentences: Mapping[int, str]) -> tuple[Checked, ...]:
    """A verdict for each drafted sentence; `sentences` are those that were sent, by number."""
    article = frozenset(word for one in sentences.values() for word in words_of(plain(one)))
    checked: list[Checked] = []
    for one in drafted:
        result = _check(one, sentences, article)
        if result.verdict is not Verdict.DROPPED:
            result = _against_others(result, checked)
        checked.append(result)
    return tuple(checked)


def _against_others(one: Checked, before: Sequence[Checked]) -> Checked:
    """A sentence too many, or one that was there already, is dropped."""
    kept = [other for other in before if other.verdict is not Verdict.DROPPED]
    if any(other.text.casefold() == one.text.casefold() for other in kept):
        return _dropped(one.text, one.cites, ["It repeats an earlier sentence."])
    if len(kept) >= MOST_SENTENCES:
        return _dropped(one.text, one.cites, [f"At most {MOST_SENTENCES} sentences are kept."])
    return one


def _check(one: Drafted, sentences: Mapping[int, str], article: frozenset[str]) -> Checked:
    shown = _shown(one.text)
    cites = tuple(number for number in one.cites if number in sentences)
    wrong = [*_misshapen(one.text, shown), *_misciting(one, cites)]
    if wrong:
        return _dropped(shown, cites, wrong)
    text = plain(shown)
    evidence = _evidence([(number, plain(sentences[number])) for number in sorted(cites)], article)
    runs = list(name_runs(text))
    wrong = [*_lost_quotes(text, evidence), *_lost_values(text, evidence), *_invented_names(runs, evidence)]
    if wrong:
        return _dropped(shown, cites, wrong)
    doubts = [*_doubtful_names(runs, evidence), *_doubtful_words(text, evidence)]
    if len(cites) < len(one.cites):
        doubts.append("It also cites a sentence that does not exist.")
    verdict = Verdict.FLAGGED if doubts else Verdict.ACCEPTED
    return Checked(shown, cites, verdict, _once(doubts), tuple(_own_words(text, evidence))[:OWN_SHOWN])


def _dropped(text: str, cites: tuple[int, ...], reasons: Iterable[str]) -> Checked:
    return Checked(text, cites, Verdict.DROPPED, _once(reasons))


def _once(reasons: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(reasons))


def _shown(text: str) -> str:
    """The sentence as it can be stored and shown: no hidden character, one line, not endless."""
    visible = "".join(
        " " if sign.isspace() else sign for sign in text[: LONGEST * 4] if sign.isspace() or _seen(sign)
    )
    return " ".join(visible.split())[:LONGEST]


def _seen(sign: str) -> bool:
    return unicodedata.category(sign) not in _HIDDEN


def _misshapen(given: str, shown: str) -> Iterator[str]:
    """What keeps a text from being one plain sentence."""
    if not all(_seen(sign) or sign in "\n\r\t" for sign in given[: LONGEST * 4]):
        yield "It holds hidden characters."
    if _MARKUP.search(given[: LONGEST * 4]):
        yield "It holds an address or markup."
    if len(given.strip()) > LONGEST or len(shown.split()) > MOST_WORDS:
        yield f"It is longer than {MOST_WORDS} words."
    elif len(shown.split()) < FEWEST_WORDS and not any(unicodedata.category(sign) == "Lo" for sign in shown):
        yield "It is no sentence."


def _misciting(one: Drafted, cites: tuple[int, ...]) -> Iterator[str]:
    if not cites:
        yield "It cites no sentence of the article."
    elif len(one.cites) > MOST_CITED:
        yield f"It cites more than {MOST_CITED} sentences; nobody could check that."


def _evidence(cited: Sequence[tuple[int, str]], article: frozenset[str]) -> Evidence:
    text = ""
    for place, (number, sentence) in enumerate(cited):
        # Only neighbors are joined: no phrase may run from one place of the article into another.
        is_next = place > 0 and number == cited[place - 1][0] + 1
        text += (" " if is_next else " | ") + sentence
    codes, rest = read_codes(text)
    return Evidence(
        text=text,
        figures=read_figures(rest),
        codes=codes,
        words=frozenset(words_of(text)),
        spoken=_spoken(text),
        quoted=" | ".join(_spoken(words) for words in _quotes(text)),
        stems=frozenset(stem(word) for word in words_of(text)),
        names=frozenset(key(word) for run in name_runs(text) for word in run.words),
        denies=tuple(bool(_NEGATION.search(sentence)) for _, sentence in cited),
        article=article,
    )


def _spoken(text: str) -> str:
    """Words and figures alone, with a space at both ends; "|" is kept as a wall."""
    return f" {' '.join(_SPOKEN.findall(text.casefold()))} "


def _quotes(text: str) -> Iterator[str]:
    """What stands in quotation marks, double or single; an apostrophe inside a word is none."""
    for pattern in (_QUOTED, _SINGLY_QUOTED):
        for match in pattern.finditer(text):
            yield match[1]


def _lost_quotes(text: str, evidence: Evidence) -> Iterator[str]:
    if text.count('"') % 2:
        yield "A quotation mark has no partner."
    for words in _quotes(text):
        if _spoken(words).strip() and _spoken(words) not in evidence.spoken:
            yield f"“{_cut(words)}” is not what the cited sentences say word for word."


def _lost_values(text: str, evidence: Evidence) -> Iterator[str]:
    """Figures, dates and technical values that the cited sentences do not hold."""
    codes, rest = read_codes(text)
    for code in sorted(codes - evidence.codes):
        yield f"“{_cut(code)}” does not stand in the cited sentences."
    said, known = read_figures(rest), evidence.figures
    for readings, words in said.shown:
        if not readings & known.figures:
            yield f"The figure “{words}” does not stand in the cited sentences."
    for word in sorted((said.amounts - known.amounts) | (said.days - known.days)):
        yield f"“{word}” does not stand in the cited sentences."
    for month, day in sorted(said.dates - known.dates):
        yield f"The date “{day} {month.title()}” does not stand in the cited sentences."


def _invented_names(runs: Iterable[Run], evidence: Evidence) -> Iterator[str]:
    for run in runs:
        for place, word in enumerate(run.words):
            is_ordinary = (
                run.is_first and place == 0
            ) or word.lower() == word.upper()  # or a script without capitals
            if not is_ordinary and key(word) not in evidence.article and not _is_akin(word, evidence):
                yield f"“{_cut(word)}” stands nowhere in the article."


def _doubtful_names(runs: Iterable[Run], evidence: Evidence) -> Iterator[str]:
    for run in runs:
        missing = [word for word in run.words if not _is_cited(word, run, evidence)]
        for word in missing:
            where = " (it does elsewhere in the article)" if key(word) in evidence.article else ""
            yield f"“{_cut(word)}” does not stand in the cited sentences{where}."
        if not missing and not any(_spoken(phrase) in evidence.spoken for phrase in _phrases(run, evidence)):
            yield f"“{_cut(run.phrase)}” does not stand together in the cited sentences."


def _phrases(run: Run, evidence: Evidence) -> Iterator[str]:
    """What may stand together: all of it, or what follows a first word that is no name: "Former President Roy"."""
    yield run.phrase
    if run.is_first and key(run.words[0]) not in evidence.names:
        yield run.phrase.partition(" ")[2] or evidence.text


def _is_cited(word: str, run: Run, evidence: Evidence) -> bool:
    """The first word may be an ordinary one, in another form: "Researchers" for "researcher"."""
    if key(word) in evidence.words:
        return True
    return run.is_first and word == run.words[0] and len(word) > STEM and stem(word) in evidence.stems


def _is_akin(word: str, evidence: Evidence) -> bool:
    """ "Iranian" beside "Iran", "Chinese" beside "China": a form of a name that was cited; worth a look, not a no."""
    lower = word.casefold()
    return any(len(name) >= 4 and lower.startswith(name[: max(4, len(name) - 2)]) for name in evidence.names)


def _doubtful_words(text: str, evidence: Evidence) -> Iterator[str]:
    for words in _quotes(text):
        if _spoken(words).strip() and _spoken(words) not in evidence.quoted:
            yield f"“{_cut(words)}” does not stand in quotation marks there."
    denies, denied = bool(_NEGATION.search(text)), evidence.denies
    if denies and not any(denied):
        yield "It denies something, the cited sentences do not."
    if not denies and all(denied):
        yield "The cited sentences deny something, it does not."
    stems = content_stems(text)
    covered = sum(one in evidence.stems for one in stems)
    if len(stems) >= FEWEST_COVERED and covered < COVERED * len(stems):
        yield "It says mostly what the cited sentences do not."


def _own_words(text: str, evidence: Evidence) -> Iterator[str]:
    """The words that carry meaning and are not those of the cited sentences."""
    seen = set()
    for word in words_of(text):
        root = stem(word)
        if root in content_stems(word) and root not in evidence.stems and root not in seen:
            seen.add(root)
            yield word


def _cut(words: str) -> str:
    return words if len(words) <= 60 else words[:60].rsplit(" ", 1)[0] + " …"
