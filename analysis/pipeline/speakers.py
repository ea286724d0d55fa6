"""A subject in the grammar → who speaks: a linked name, whom a name speaks for, or whom a pronoun means."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from analysis.pipeline.grammar import Tree, children, first_child, phrase_start, subtree
from analysis.pipeline.types import Field, Kind, Resolved

PEOPLE = frozenset({Kind.PERSON, Kind.RESEARCHER})
BODIES = frozenset({Kind.COMPANY, Kind.GOVERNMENT, Kind.ORGANIZATION, Kind.IGO, Kind.MEDIA, Kind.THREAT})
SPEAKERS = PEOPLE | BODIES | {Kind.COUNTRY}
HE_SHE = frozenset({"he", "she"})
NOBODY = frozenset(
    "i we you it they this that these those there who which what everyone everybody nobody one".split()
)
# "The company said": the kinds of name such a word can stand for.
_STANDS_FOR = {
    **dict.fromkeys(
        "company firm vendor retailer bank carmaker airline chipmaker startup manufacturer giant maker operator "
        "provider insurer lender".split(),
        (Kind.COMPANY, Kind.MEDIA),
    ),
    **dict.fromkeys(
        "agency ministry department bureau office commission regulator watchdog court council committee".split(),
        (Kind.GOVERNMENT, Kind.IGO, Kind.ORGANIZATION),
    ),
    **dict.fromkeys(
        "group organization organisation nonprofit institute university union foundation campaign".split(),
        (Kind.ORGANIZATION, Kind.THREAT, Kind.IGO, Kind.COMPANY),
    ),
    **dict.fromkeys("newspaper paper outlet network magazine site".split(), (Kind.MEDIA,)),
}
# What such a person says, the body says that stands beside the word ("a spokesman for Acme", "Acme officials").
_VOICES = re.compile(
    r"(?:spokes(?:man|woman|person|people)|officials?|representatives?|executives?|lawyers?|attorneys?|prosecutors?|"
    r"researchers?|analysts?|experts?|scientists?|engineers?|investigators?|team|statement|report|filing|advisory|"
    r"press release|blog|post|announcement|agents?|sources?|aides?|ministry|leaders?|leadership|study|survey|poll|"
    r"advisers?|advisors?|staff|unit|letter|memo|complaint|indictment|website|analysis|research|paper|teardown|"
    r"findings?|data|documents?)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who said it, in the text's words; `start` and `end` are those words' place, `entity` may be empty."""

    entity: str
    text: str
    start: int
    end: int


@dataclass(slots=True)
class Scene:
    """The names of an article, asked who stood last before a place."""

    text: str
    mentions: Sequence[Resolved]
    last: Speaker | None = None  # the speaker of the claim before
    _body: list[Resolved] = field(init=False)

    def __post_init__(self) -> None:
        self._body = [one for one in self.mentions if one.field is Field.BODY]

    def inside(self, start: int, end: int) -> list[Resolved]:
        """Mentions within these offsets of the text."""
        return [one for one in self._body if start <= one.start and one.end <= end]

    def before(self, place: int, kinds: frozenset[Kind] | tuple[Kind, ...]) -> Resolved | None:
        """The last mention of these kinds that ends before a place."""
        fitting = (one for one in reversed(self._body) if one.end <= place and one.kind in kinds)
        return next(fitting, None)


def read_speaker(tree: Tree, subject: int, scene: Scene) -> Speaker | None:
    """Who the subject of a reporting verb is; None when the text leaves it open."""
    word = tree[subject]
    lower = word.text.lower()
    if lower in HE_SHE:
        return _he_or_she(word.start, scene)
    if lower in NOBODY:
        return _it_or_they(lower, scene)
    if not any(letter.isalpha() for letter in word.text):
        return None
    named = _name_at(tree, subject, scene)
    if named is not None:
        return Speaker(named.entity, _words(scene.text, named.start, named.end), named.start, named.end)
    return _described(tree, subject, scene)


def _described(tree: Tree, subject: int, scene: Scene) -> Speaker:
    """ "a spokesman for Acme", "Acme officials", "the company", "prosecutors"."""
    start, end = phrase_start(tree, subject), tree[subject].end
    for prep in children(tree, subject, "prep"):
        if (
            tree[prep].text.lower() in ("for", "of", "at", "from", "with", "in", "by")
            and tree[prep].start - end <= 2
        ):
            end = max(end, subtree(tree, prep)[1])
            break
    apposed = first_child(tree, subject, "appos")
    name = _name_at(tree, apposed, scene) if apposed is not None else None
    if name is not None:  # "the director, Ann Roe, said", "the security company Acme said"
        return Speaker(name.entity, _words(scene.text, name.start, name.end), name.start, name.end)
    end = min(end, start + 100)
    inside = [one for one in scene.inside(start, end) if one.kind in SPEAKERS and one.entity]
    entity = ""
    if _VOICES.match(tree[subject].text) and inside:
        entity = next((one.entity for one in inside if one.kind in BODIES), inside[0].entity)
    elif scene.text[start : start + 4].lower() == "the ":
        kinds = _STANDS_FOR.get(tree[subject].text.lower(), ())
        meant = scene.before(start, kinds)
        entity = meant.entity if meant else ""
    return Speaker(entity, _words(scene.text, start, end), start, end)


def _name_at(tree: Tree, at: int, scene: Scene) -> Resolved | None:
    place = tree[at].start
    near = scene.inside(*_reach(tree, at))
    return next((one for one in near if one.start <= place < one.end and one.kind in SPEAKERS), None)


def _reach(tree: Tree, at: int) -> tuple[int, int]:
    """A name may begin before its head word and end after it ("Bank of Japan")."""
    return min(tree[at].start, phrase_start(tree, at)) - 40, tree[at].end + 60


def _he_or_she(place: int, scene: Scene) -> Speaker | None:
    """The person who spoke last when nobody was named since, else the person named last."""
    named = scene.before(place, PEOPLE)
    if named is None:
        return None
    return Speaker(named.entity, _words(scene.text, named.start, named.end), named.start, named.end)


def _it_or_they(pronoun: str, scene: Scene) -> Speaker | None:
    """ "they" and "it" go on with a speaker who was no single person."""
    if pronoun not in ("it", "they") or scene.last is None:
        return None
    kind = next((one.kind for one in scene.mentions if one.entity == scene.last.entity), None)
    return None if kind in PEOPLE else scene.last


def _words(text: str, start: int, end: int) -> str:
    return " ".join(text[start:end].split())
