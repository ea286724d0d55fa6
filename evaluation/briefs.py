"""Labels of statements and findings → how right the brief is about who says what, and who is affected how.

`labels/briefs.jsonl` was written by one annotator who read the first 260 words of 100 articles drawn with a fixed seed
from four supplied sets, before seeing what the system says. It holds offsets and values only; the texts stay in their
sets. The first 50 (part "dev") were open while the rules were written, the other 50 ("held") were not.

A statement is [start, end, speaker start, speaker end, is it a quotation]; the speaker's place is that of a name when
the sentence has a pronoun. A finding is [sentence start, end, affected start, end, effect, direction, horizon,
certainty]. Statements that one may or may not count are "optional": they count neither way.
"""

import gzip
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analysis.pipeline.types import Claim, Field, Impact, Resolved, Result

LABELS = Path(__file__).parent / "labels"
FILES = {
    "abp-5000": "corpus/abp-5000.jsonl.gz",
    "cti-2000": "corpus/cti-2000.jsonl.gz",
    "tic-2000": "corpus/tic-2000.jsonl.gz",
    "basil": "stories/basil/articles.jsonl.gz",
}
Label = dict[str, Any]
_FEW = 3  # letters: a name shorter than this equals only itself


@dataclass(slots=True)
class Share:
    """Right ones of all, printed as a share."""

    right: int = 0
    all: int = 0

    def add(self, is_right: bool) -> None:  # noqa: FBT001
        """Count one more."""
        self.right += is_right
        self.all += 1

    def __str__(self) -> str:
        return f"{self.right / max(1, self.all):.3f} ({self.right} of {self.all})"


@dataclass(slots=True)
class ClaimScore:
    """Statements found, and speakers right among those found and among all that are labeled."""

    precision: Share = field(default_factory=Share)
    recall: Share = field(default_factory=Share)
    quote_speakers: Share = field(default_factory=Share)  # of the labeled quotations that were found
    quotes_end_to_end: Share = field(default_factory=Share)  # of all labeled quotations
    speakers: Share = field(default_factory=Share)  # of all statements that were found

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        one, two = (share.right / max(1, share.all) for share in (self.precision, self.recall))
        return 2 * one * two / (one + two) if one + two else 0.0


@dataclass(slots=True)
class FindingScore:
    """Findings by sentence, effect and affected one; horizon and the rest where sentence and effect agree."""

    precision: Share = field(default_factory=Share)
    recall: Share = field(default_factory=Share)
    affected: Share = field(default_factory=Share)  # among labels whose sentence and effect were found
    horizon: Share = field(default_factory=Share)
    horizon_stated: Share = field(default_factory=Share)  # the same, of labels that are short or long
    direction: Share = field(default_factory=Share)
    certainty: Share = field(default_factory=Share)


def read_labels(part: str, name: str = "briefs") -> list[Label]:
    """The labels of one part ("dev", "held", or "" for all)."""
    lines = (LABELS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [row for row in map(json.loads, lines) if part in ("", row["part"])]


def read_texts(data: Path, labels: Iterable[Label]) -> Iterator[tuple[Label, str, str]]:
    """(label, title, text up to where it was read) for each label whose article lies in the data folder."""
    wanted: dict[str, dict[str, Label]] = {}
    for label in labels:
        wanted.setdefault(label["set"], {})[label["id"]] = label
    for name, by_id in wanted.items():
        with gzip.open(data / FILES[name], "rt", encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                found = by_id.get(str(row.get("id", row.get("article_id"))))
                if found and len(row["text"]) == found["characters"]:
                    yield found, row.get("title") or "", row["text"][: found["length"]]


def read_articles(data: Path, sets: Sequence[str], count: int) -> Iterator[tuple[str, str]]:
    """(title, text) of `count` articles, the same number from each set, evenly spread over it."""
    share = -(-count // len(sets))
    for name in sets[:count]:
        with gzip.open(data / FILES[name], "rt", encoding="utf-8") as lines:
            rows = lines.readlines()
        for line in rows[:: max(1, len(rows) // share)][:share]:
            row = json.loads(line)
            yield row.get("title") or "", row["text"]


def add_claims(score: ClaimScore, label: Label, text: str, result: Result) -> None:
    """Count one article's statements."""
    gold, claims = label["statements"], result.claims
    for claim in claims:
        if any(_meets(claim.start, claim.end, *one[:2]) for one in gold):
            score.precision.add(True)
        elif not any(_meets(claim.start, claim.end, *one) for one in label["optional"]):
            score.precision.add(False)
    for start, end, first, last, is_quote in gold:
        found = [claim for claim in claims if _meets(claim.start, claim.end, start, end)]
        score.recall.add(bool(found))
        is_right = any(is_speaker(claim, text, (first, last), result.mentions) for claim in found)
        if found:
            score.speakers.add(is_right)
        if is_quote:
            score.quotes_end_to_end.add(is_right)
        if is_quote and found:
            score.quote_speakers.add(is_right)


def is_speaker(claim: Claim, text: str, place: tuple[int, int], mentions: Sequence[Resolved]) -> bool:
    """Does a claim name the labeled speaker: the same words, the same name, or the same entity?"""
    if _meets(claim.speaker_start, claim.speaker_end, *place):
        return True
    if claim.speaker and claim.speaker in _entities(place, mentions):
        return True
    return _is_same(claim.speaker_text, text[place[0] : place[1]])


def add_findings(score: FindingScore, label: Label, text: str, result: Result) -> None:
    """Count one article's findings."""
    bounds = {one.number: (one.start, one.end) for one in result.sentences if one.field is Field.BODY}
    gold = label["findings"]
    hits = [
        [one for one in gold if _is_effect(impact, one, bounds) and _is_affected(impact, one, text, result)]
        for impact in result.impacts
    ]
    for found in hits:
        score.precision.add(bool(found))
    for one in gold:
        score.recall.add(any(one in found for found in hits))
        near = [impact for impact in result.impacts if _is_effect(impact, one, bounds)]
        if near:
            exact = [impact for impact in near if _is_affected(impact, one, text, result)]
            _add_values(score, one, exact or near, is_exact=bool(exact))


def _add_values(score: FindingScore, one: Sequence[Any], near: list[Impact], *, is_exact: bool) -> None:
    score.affected.add(is_exact)
    _, _, _, _, _, direction, horizon, certainty = one
    score.horizon.add(near[0].horizon == horizon)
    if horizon != "unstated":
        score.horizon_stated.add(near[0].horizon == horizon)
    score.direction.add(near[0].direction == direction)
    score.certainty.add(near[0].certainty == certainty)


def _is_effect(impact: Impact, one: Sequence[Any], bounds: dict[int, tuple[int, int]]) -> bool:
    return impact.effect == one[4] and _meets(*bounds[impact.sentence], one[0], one[1])


def _is_affected(impact: Impact, one: Sequence[Any], text: str, result: Result) -> bool:
    place = (one[2], one[3])
    return (impact.affected and impact.affected in _entities(place, result.mentions)) or _is_same(
        impact.affected_text, text[place[0] : place[1]]
    )


def _entities(place: tuple[int, int], mentions: Sequence[Resolved]) -> set[str]:
    body = (one for one in mentions if one.field is Field.BODY and one.entity)
    return {one.entity for one in body if _meets(one.start, one.end, *place)}


def _meets(start: int, end: int, first: int, last: int) -> bool:
    return start < last and first < end


def _is_same(left: str, right: str) -> bool:
    one, two = (" ".join(name.lower().removeprefix("the ").split()) for name in (left, right))
    return one == two or (min(len(one), len(two)) > _FEW and (one in two or two in one))
