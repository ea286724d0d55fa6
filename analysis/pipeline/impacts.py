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

from analysis.pipeline.affected import touched
from analysis.pipeline.grammar import Grammar, Tree
from analysis.pipeline.types import Claim, Field, Impact, Kind, Parsed, Resolved, Sentence

CUES = Path(__file__).parent / "data" / "effect_cues.csv"
AFFECTED = frozenset(
    {Kind.COMPANY, Kind.COUNTRY, Kind.GOVERNMENT, Kind.ORGANIZATION, Kind.MEDIA, Kind.IGO, Kind.PERSON, Kind.RESEARCHER,
     Kind.PRODUCT}
)  # fmt: skip
_VERBS = re.compile(r"\(\?:([^()]*)\)=")  # verbs of the cue table that stand for all their forms
REPORTING = re.compile(
    r"\b(?:said|says|told|warned|added|announced|claimed|denied|confirmed|argued|estimated|predicted)\b"
)
REACH = 90  # code points between a cue and the entity it touches: about fifteen words
_PEOPLE = (
    "customer|client|consumer|subscriber|shareholder|investor|taxpayer|owner|tenant|user|patient|passenger|traveler|tourist|"
    "student|teacher|doctor|nurse|farmer|worker|employee|contractor|subcontractor|supplier|vendor|developer|maintainer|"
    "administrator|journalist|reporter|activist|dissident|protester|demonstrator|voter|candidate|official|officer|leader|"
    "lawmaker|senator|diplomat|minister|soldier|troop|civilian|resident|household|citizen|migrant|immigrant|refugee|"
    "asylum seeker|prisoner|inmate|detainee|hostage|victim|survivor|child|parent|individual|member"
)
_BODIES = (
    "company|firm|business|bank|hospital|pharmacy|airline|studio|carrier|regulator|institution|website|insurer|exchange|"
    "government|organization|agency|office|school|university|factory|plant|store|shop|retailer|manufacturer|operator|provider|"
    "merchant|church|mosque|embassy|city|country"
)
_IRREGULAR = (
    "people|children|women|men|families|companies|agencies|pharmacies|universities|factories|churches|cities|countries|"
    "businesses|exchanges|embassies|police officers|police"
)
# What hits these hits the one they belong to: "the servers of Acme", "Acme's offices", "U.S. elections".
_THINGS = re.compile(
    r"\b(?:networks?|systems?|servers?|computers?|machines|devices|websites?|sites?|accounts?|emails?|databases?|data|records|files|"
    r"infrastructure|offices?|headquarters|buildings?|plants?|facilit(?:y|ies)|embass(?:y|ies)|consulates?|bases?|shares|"
    r"stock|products?|services?|software|platforms?|apps?|staff|forces|army|military|navy|economy|elections?|exports|"
    r"imports|oil|banks?|assets|ships?|planes?|jets?|nationals|interests|units?|subsidiar(?:y|ies)|divisions?|arm|branch|"
    r"campaign|administration|team|family|group|chief|president|minister|director|executive|spokesman|candidate)$",
    re.IGNORECASE,
)
# Whom a text may mean without a name, with one word before it: "federal workers", "the bank".
GROUPS = re.compile(
    rf"\b((?:[A-Za-z]+ )?(?:(?:{_PEOPLE}|{_BODIES})s?|{_IRREGULAR}))\b",
    re.IGNORECASE,
)
LONG = re.compile(
    r"\b(?:long[- ]term|long[- ]lasting|in the long run|(?:over|in|for|within) (?:the )?(?:coming|next|many|several|"
    r"\w+) (?:years|decades)|in (?:the )?(?:coming|next|following) (?:years|decades)|take years|for (?:years|decades|"
    r"generations)|permanent(?:ly)?|for good|(?:by|until|through) 20[2-9]\d|forever|years to come)\b",
    re.IGNORECASE,
)
SHORT = re.compile(
    r"\b(?:at once|immediate(?:ly)?|within (?:\w+ )?(?:hours?|days?|weeks?|months?|an hour|minutes)|"
    r"temporar(?:y|ily)|"
    r"(?:in |over |for )?(?:the )?(?:coming|next) (?:\w+ )?(?:days?|weeks?|months?)|"
    r"for (?:\w+ )?(?:hours|days|weeks|months)|"
    r"near[- ]term|short[- ]term|by the end of the (?:day|week|month|year)|until \w+\.? \d+|soon|"
    r"this (?:week|month))\b",
    re.IGNORECASE,
)
# A day is a horizon only for what lies ahead: "sued on Friday" says when it happened, not how long it lasts.
AHEAD = re.compile(
    r"\b(?:today|tonight|tomorrow|(?:on|from|by) (?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)\b", re.IGNORECASE
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
    """The cue table in its order."""
    with CUES.open(encoding="utf-8", newline="") as rows:
        cues = [
            Cue(
                re.compile(rf"\b(?:{inflected(row['cue'])})", re.IGNORECASE),
                row["effect"],
                row["direction"],
                row["side"],
            )
            for row in csv.DictReader(rows)
        ]
    return tuple(cues)


def inflected(cue: str) -> str:
    """ "(?:arrest|fin~)=" → every form of the verbs: "~" stands for a final e, which "-ing" drops."""
    return _VERBS.sub(lambda verbs: f"(?:{'|'.join(map(_forms, verbs[1].split('|')))})\\b", cue)


def _forms(verb: str) -> str:
    if verb.endswith("~"):
        return verb[:-1] + "(?:e|es|ed|ing)"
    return verb + "(?:s|es|ed|ing)?"


def has_cue(sentence: str) -> bool:
    """Whether a sentence holds words of an effect: worth parsing."""
    return _any_cue().search(sentence) is not None


@lru_cache(maxsize=1)
def _any_cue() -> re.Pattern[str]:
    return re.compile("|".join(cue.pattern.pattern for cue in load_cues()), re.IGNORECASE)


def find_impacts(
    parsed: Parsed, mentions: Sequence[Resolved], claims: Sequence[Claim], grammar: Grammar
) -> tuple[Impact, ...]:
    """Findings in the order of the text; one per sentence, effect and affected one."""
    speakers = {claim.sentence: claim for claim in claims}
    found: dict[tuple[int, str, str], Impact] = {}
    for sentence in parsed.sentences:
        if sentence.field is not Field.BODY:
            continue
        inside = [one for one in mentions if one.sentence == sentence.number and one.kind in AFFECTED]
        tree = grammar.get(sentence.number, ())
        for impact in _in_sentence(parsed, sentence, inside, tree, speakers.get(sentence.number)):
            found.setdefault(
                (impact.sentence, impact.effect, impact.affected or impact.affected_text), impact
            )
    return tuple(found.values())


def _in_sentence(
    parsed: Parsed, sentence: Sentence, inside: list[Resolved], tree: Tree, claim: Claim | None
) -> list[Impact]:
    text = parsed.text[sentence.start : sentence.end]
    if not has_cue(text) or (not inside and not GROUPS.search(text)):
        return []  # nothing happens, or to nobody: the cues need not be tried one by one
    impacts, taken = [], list[tuple[str, int, int]]()
    matches = [(cue, match) for cue in load_cues() if (match := cue.pattern.search(text))]
    for cue, match in sorted(matches, key=lambda pair: -len(pair[1][0])):  # the most specific words win
        if any(
            cue.effect == effect and match.start() < end and start < match.end()
            for effect, start, end in taken
        ):
            continue
        for affected, words in _affected(cue, match, text, sentence, inside, tree):
            if (
                claim is not None
                and (affected, words) == (claim.speaker, claim.speaker_text)
                and cue.side != "before"
            ):
                continue
            taken.append((cue.effect, *match.span()))
            impacts.append(_made(cue, match[0], (affected, words), text, sentence, claim))
    return impacts


def _made(
    cue: Cue, words: str, affected: tuple[str, str], text: str, sentence: Sentence, claim: Claim | None
) -> Impact:
    how = certainty(text)
    return Impact(
        affected=affected[0],
        affected_text=affected[1],
        effect=cue.effect,
        direction=cue.direction,
        horizon=horizon(text, is_ahead=how == "predicted"),
        certainty=how,
        said_by=claim.speaker_text if claim else "",
        sentence=sentence.number,
        cue=words.strip(),
        speaker=claim.speaker if claim else "",
    )


def _affected(
    cue: Cue, match: re.Match[str], text: str, sentence: Sentence, inside: list[Resolved], tree: Tree
) -> list[tuple[str, str]]:
    """(entity key, words) of the affected ones, from the grammar where it says, else by nearness."""
    place = (sentence.start + match.start(), sentence.start + match.end())
    found = touched(tree, *place, cue.side) if tree else None
    if found is None:
        return _nearest(cue, match, text, sentence, inside)
    return [name for phrase in found for name in _names_in(text, sentence, inside, phrase)]


def _names_in(
    text: str, sentence: Sentence, inside: list[Resolved], phrase: tuple[int, int, int]
) -> list[tuple[str, str]]:
    """The linked name that a noun phrase means, else the group of people or bodies, else whose things they are."""
    start, end, head = phrase
    named = [one for one in inside if one.start < end and start < one.end]
    meant = [one for one in named if one.start < head <= one.end]
    if meant:
        return [(meant[0].entity, meant[0].surface)]
    group = GROUPS.search(text[start - sentence.start : end - sentence.start])
    if group:
        return [("", group[1])]
    is_theirs = _THINGS.search(text[start - sentence.start : head - sentence.start])
    return [(named[0].entity, named[0].surface)] if named and is_theirs else []


def _nearest(
    cue: Cue, match: re.Match[str], text: str, sentence: Sentence, inside: list[Resolved]
) -> list[tuple[str, str]]:
    """By nearness, for sentences without a tree: a list joined by commas and "and" counts as a whole."""
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


def horizon(text: str, *, is_ahead: bool = False) -> str:
    """ "long", "short" or "unstated": how long the effect lasts or when it is to come, in the sentence's own words."""
    if LONG.search(text):
        return "long"
    return "short" if SHORT.search(text) or (is_ahead and AHEAD.search(text)) else "unstated"


def certainty(text: str) -> str:
    """ "denied", "alleged", "predicted" or "fact", from the words around the statement."""
    for name, pattern in (("denied", DENIED), ("alleged", ALLEGED), ("predicted", PREDICTED)):
        if pattern.search(text):
            return name
    return "fact"
