"""Who is affected, how, when, and how sure the text is: typed findings from cues around linked entities.

Nothing is inferred beyond the sentence: without a named entity or group at the cue there is no finding, and a horizon
the sentence does not state is "unstated".
"""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from analysis.pipeline.types import Claim, Field, Impact, Kind, Parsed, Resolved, Sentence

CUES = Path(__file__).parent / "data" / "effect_cues.csv"
AFFECTED = frozenset(
    {Kind.COMPANY, Kind.COUNTRY, Kind.GOVERNMENT, Kind.ORGANIZATION, Kind.MEDIA, Kind.IGO, Kind.PERSON, Kind.RESEARCHER,
     Kind.PRODUCT}
)  # fmt: skip
REPORTING = re.compile(
    r"\b(?:said|says|told|warned|added|announced|claimed|denied|confirmed|argued|estimated|predicted)\b"
)
REACH = 90  # code points between a cue and the entity it touches: about fifteen words
GROUPS = re.compile(
    r"\b((?:[A-Za-z]+ )?(?:customers|users|patients|hospitals|pharmacies|banks|airlines|passengers|studios|employees|"
    r"investors|journalists|officials|voters|students|companies|suppliers|carriers|households|residents|civilians|"
    r"victims|workers|regulators|insurers|exchanges|contractors|subcontractors|developers|maintainers))\b",
    re.IGNORECASE,
)
LONG = re.compile(
    r"\b(?:long[- ]term|in the long run|(?:over|in|for) (?:the )?(?:coming|next|many|several) years|years|decades?|"
    r"permanently|for good|by 20[3-9]\d)\b",
    re.IGNORECASE,
)
SHORT = re.compile(
    r"\b(?:at once|immediately|today|tonight|this week|next week|within (?:hours|days|weeks|an hour|months)|"
    r"(?:coming|next) (?:days|weeks|months)|for hours|near[- ]term|short[- ]term|"
    r"on (?:mon|tues|wednes|thurs|fri|satur|sun)day|by the end of the (?:day|week|month|year)|until \w+ \d+)\b",
    re.IGNORECASE,
)
DENIED = re.compile(
    r"\b(?:den(?:y|ied|ies)|no (?:evidence|sign|indication)|not (?:affected|true|a)|rejected|did not)\b"
)
PREDICTED = re.compile(
    r"\b(?:will|would|could|may|might|expects?|expected|likely|predict(?:s|ed)?|plans? to|is set to|risks?|"
    r"warn(?:s|ed)?)\b"
)
ALLEGED = re.compile(
    r"\b(?:alleged(?:ly)?|accused|suspected|claim(?:s|ed)?|reportedly|prosecutors|according to|believed to|suspicion)\b"
)


@dataclass(frozen=True, slots=True)
class Cue:
    """Words that tell of an effect, and on which side of them the affected one stands."""

    pattern: re.Pattern[str]
    effect: str
    direction: str
    side: str  # "before", "after", "inside" (nearest on either side), "from" (after "from", else before)


@lru_cache(maxsize=1)
def load_cues() -> tuple[Cue, ...]:
    """The cue table, longest pattern first so that the most specific wins."""
    with CUES.open(encoding="utf-8", newline="") as rows:
        cues = [
            Cue(
                re.compile(rf"\b(?:{row['cue']})", re.IGNORECASE),
                row["effect"],
                row["direction"],
                row["side"],
            )
            for row in csv.DictReader(rows)
        ]
    return tuple(sorted(cues, key=lambda cue: -len(cue.pattern.pattern)))


def has_cue(sentence: str) -> bool:
    """Whether a sentence holds words of an effect: worth parsing."""
    return _any_cue().search(sentence) is not None


@lru_cache(maxsize=1)
def _any_cue() -> re.Pattern[str]:
    return re.compile("|".join(cue.pattern.pattern for cue in load_cues()), re.IGNORECASE)


def find_impacts(parsed: Parsed, mentions: Sequence[Resolved], claims: Sequence[Claim]) -> tuple[Impact, ...]:
    """Findings in the order of the text; one per sentence, effect and affected one."""
    speakers = {claim.sentence: claim.speaker_text for claim in claims}
    found: dict[tuple[int, str, str], Impact] = {}
    for sentence in parsed.sentences:
        if sentence.field is not Field.BODY:
            continue
        inside = [one for one in mentions if one.sentence == sentence.number and one.kind in AFFECTED]
        for impact in _in_sentence(parsed, sentence, inside, speakers.get(sentence.number, "")):
            found.setdefault(
                (impact.sentence, impact.effect, impact.affected or impact.affected_text), impact
            )
    return tuple(found.values())


def _in_sentence(parsed: Parsed, sentence: Sentence, inside: list[Resolved], said_by: str) -> list[Impact]:
    text = parsed.text[sentence.start : sentence.end]
    if not inside and not GROUPS.search(text):
        return []  # nobody who could be affected: the cues need not be tried
    impacts, taken = [], set[str]()
    for cue in load_cues():
        match = cue.pattern.search(text)
        if match is None or cue.effect in taken:
            continue
        for affected, words in _affected(cue, match, text, sentence, inside):
            taken.add(cue.effect)
            impacts.append(
                Impact(
                    affected=affected,
                    affected_text=words,
                    effect=cue.effect,
                    direction=cue.direction,
                    horizon=horizon(text),
                    certainty=certainty(text),
                    said_by=said_by,
                    sentence=sentence.number,
                    cue=match[0],
                )
            )
    return impacts


def _affected(
    cue: Cue, match: re.Match[str], text: str, sentence: Sentence, inside: list[Resolved]
) -> list[tuple[str, str]]:
    """(entity key, words) of the affected ones: a list joined by commas and "and" counts as a whole."""
    before = [
        one
        for one in inside
        if _reaches(text[max(0, one.end - sentence.start) : match.start()], one, match, sentence)
    ]
    after = [one for one in inside if 0 <= one.start - sentence.start - match.end() <= REACH]
    if cue.side == "from":
        source = re.search(r"\bfrom\s", text[match.end() :])
        after = [
            one for one in after if source and one.start - sentence.start >= match.end() + source.start()
        ]
    chosen = _coordinated(after, text, sentence) if cue.side in {"after", "from"} else []
    if not chosen and cue.side in {"before", "inside"} and before:
        chosen = _coordinated(before[::-1], text, sentence, backward=True)
    if not chosen and cue.side == "inside":
        chosen = _coordinated(after, text, sentence)
    if chosen:
        return [(one.entity, one.surface) for one in chosen]
    part = text[match.end() : match.end() + REACH] if cue.side in {"after", "from"} else text[: match.start()]
    group = GROUPS.search(part)
    return [("", group[1])] if group else []


def _reaches(gap: str, one: Resolved, match: re.Match[str], sentence: Sentence) -> bool:
    """Whether words before a cue can be its subject: near, and not the speaker of what the cue stands in."""
    distance = match.start() - (one.end - sentence.start)
    return 0 <= distance <= REACH and not REPORTING.search(gap)


def _coordinated(
    ones: list[Resolved], text: str, sentence: Sentence, *, backward: bool = False
) -> list[Resolved]:
    """The nearest mention and those listed with it ("A, B and C")."""
    chosen = ones[:1]
    for previous, one in pairwise(ones):
        left, right = (one, previous) if backward else (previous, one)
        gap = text[left.end - sentence.start : right.start - sentence.start]
        if not re.fullmatch(r"\s*(?:,|and|,\s*and|or|&)\s*(?:the\s+)?", gap):
            break
        chosen.append(one)
    return chosen


def horizon(text: str) -> str:
    """ "long", "short" or "unstated", from the words of time in the sentence."""
    if LONG.search(text):
        return "long"
    return "short" if SHORT.search(text) else "unstated"


def certainty(text: str) -> str:
    """ "denied", "alleged", "predicted" or "fact", from the words around the statement."""
    for name, pattern in (("denied", DENIED), ("alleged", ALLEGED), ("predicted", PREDICTED)):
        if pattern.search(text):
            return name
    return "fact"
