"""Which linked entities one sentence joins, and how: typed where grammar or a pattern supports it, never guessed.

Three sources, in this order: what the tables and tags know (owner and brand, researcher and affiliation), verbs with
their subject and object, and the words between two names. Pairs of one sentence without any of these are
"mentioned-together".
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from analysis.pipeline.grammar import (
    Grammar,
    Tree,
    agent_of,
    children,
    first_child,
    is_passive,
    joined,
    objects_of,
    phrase_start,
    subject_of,
    subtree,
)
from analysis.pipeline.relation_patterns import (
    ACTORS,
    BODIES,
    FIRMS,
    PEOPLE,
    STATES,
    SUBSIDIARY,
    match_patterns,
)
from analysis.pipeline.types import (
    OBSERVABLES,
    Field,
    Kind,
    KnownEntity,
    Parsed,
    Relationship,
    Resolved,
    Sentence,
    Tag,
)

TOGETHER = "mentioned-together"
AFFILIATED, FOUND, ATTACKED, BREACHED_FROM = "affiliated-with", "found", "attacked", "breached-by-actors-from"
MOST_TOGETHER_IN_SENTENCE = 10  # pairs: a list of twenty names says little about any two of them
MOST_TOGETHER = 60  # pairs of one article

VICTIMS = BODIES | PEOPLE | {Kind.COUNTRY, Kind.PRODUCT}
FINDERS = PEOPLE | {Kind.COMPANY, Kind.ORGANIZATION, Kind.GOVERNMENT, Kind.MEDIA}
FINDINGS = frozenset({Kind.MALWARE, Kind.THREAT, Kind.PRODUCT, Kind.CVE})
POWERS = frozenset({Kind.COUNTRY, Kind.GOVERNMENT, Kind.IGO})


@dataclass(frozen=True, slots=True)
class VerbRule:
    """Subject–verb–object → relation; `is_swapped` makes the object the subject of the relation."""

    kind: str
    verbs: frozenset[str]
    subjects: frozenset[Kind]
    objects: frozenset[Kind]
    prepositions: tuple[str, ...] = ()
    is_swapped: bool = False
    needs_preposition: bool = False  # a direct object does not count


def _verbs(words: str) -> frozenset[str]:
    return frozenset(words.split())


_BREAK_INTO = _verbs(
    "hacked hacks breached breaches breaching compromised compromises infiltrated infiltrates penetrated broke "
    "infected infects hacking infecting compromising broken"
)
_ATTACK = _BREAK_INTO | _verbs(
    "attacked attacks attack attacking targeted targets target targeting hit hits hitting struck strikes stole steals "
    "stealing crippled extorted spied spying robbed"
)
_FIND = _verbs(
    "discovered discovers found finds uncovered identified spotted analyzed analysed detected disclosed reported "
    "exposed revealed unearthed detailed documented described tracked dissected"
)
RULES = (
    VerbRule(ATTACKED, _ATTACK, ACTORS | {Kind.MALWARE}, VICTIMS, ("into", "at", "against", "from", "on")),
    VerbRule(BREACHED_FROM, _BREAK_INTO, POWERS, VICTIMS - STATES, ("into",), is_swapped=True),
    VerbRule(
        "sanctioned-by",
        _verbs("sanctioned sanctions blacklisted banned barred"),
        POWERS,
        BODIES | PEOPLE | ACTORS,
        is_swapped=True,
    ),
    VerbRule(
        SUBSIDIARY,
        _verbs("acquired acquires bought buys purchased owns owned"),
        FIRMS,
        FIRMS,
        is_swapped=True,
    ),
    VerbRule(FOUND, _FIND, FINDERS, FINDINGS, ()),
    VerbRule("leads", _verbs("leads led heads headed runs ran founded chairs chaired owns"), PEOPLE, BODIES),
    VerbRule("works-for", _verbs("joined joins works worked"), PEOPLE, BODIES, ("for", "at")),
    VerbRule(
        "operates-in",
        _verbs(
            "operates operate operating manufactures produces opened expanded invests invested "
            "builds built launched runs sells sold"
        ),
        FIRMS,
        frozenset({Kind.COUNTRY, Kind.PLACE}),
        ("in",),
        needs_preposition=True,
    ),
    VerbRule(
        "supplier-from",
        _verbs("buys bought imports imported sources sourced purchases purchased"),
        FIRMS,
        frozenset({Kind.COUNTRY}),
        ("from",),
        needs_preposition=True,
    ),
    VerbRule("supplier-of", _verbs("supplies supplied supply supplying"), FIRMS, BODIES, ("to",)),
)
_CUES = re.compile(
    rf"\b(?:{'|'.join(sorted({verb for rule in RULES for verb in rule.verbs}))}|sanctions|flaws?|"
    r"vulnerabilit(?:y|ies)|bugs?)\b"
)
_HOSTILE = re.compile(
    r"(?:hackers?|attackers?|spies|actors?|group|gang|criminals?|cybercriminals?|operatives?|agents?|crew|team|"
    r"intruders?|campaign|officers?|operators?)$",
    re.IGNORECASE,
)
_FLAW = re.compile(
    r"(?:flaws?|vulnerabilit(?:y|ies)|bugs?|holes?|backdoors?|weakness(?:es)?|exploits?)$", re.IGNORECASE
)
_UNREAL = frozenset("may might could would will should can wo must ca 'll 'd".split())
_IMPOSED = frozenset("imposed imposes placed put slapped announced levied".split())


def has_relation_verb(sentence: str) -> bool:
    """Whether a sentence holds a verb that may join two names: worth parsing."""
    return _CUES.search(sentence) is not None


def find_relations(
    parsed: Parsed,
    mentions: Sequence[Resolved],
    tags: Sequence[Tag],
    entities: Mapping[str, KnownEntity],
    grammar: Grammar,
) -> tuple[Relationship, ...]:
    """Relations in the order of the text, each pair and kind once, with the first sentence that shows it."""
    scene = _Scene(parsed, mentions)
    typed: dict[tuple[str, str, str], Relationship] = {}
    for found in (*_known(scene, tags, entities), *_read(scene, grammar)):
        if found.subject and found.object and found.subject != found.object:
            typed.setdefault((found.subject, found.kind, found.object), found)
    kept = _without_weaker(typed)
    return tuple(
        sorted((*kept, *_together(scene, kept, tags)), key=lambda one: (one.sentence, one.kind == TOGETHER))
    )


def _without_weaker(typed: dict[tuple[str, str, str], Relationship]) -> list[Relationship]:
    """A researcher's affiliation says more than "works for", leading says more than both."""
    strong = {(s, o) for s, kind, o in typed if kind in ("leads", AFFILIATED)}
    return [
        one for one in typed.values() if one.kind != "works-for" or (one.subject, one.object) not in strong
    ]


class _Scene:
    """The linked mentions of an article's body by sentence."""

    def __init__(self, parsed: Parsed, mentions: Sequence[Resolved]) -> None:
        self.parsed = parsed
        self.by_sentence: dict[int, list[Resolved]] = {}
        for one in mentions:
            if one.field is Field.BODY and one.entity:
                self.by_sentence.setdefault(one.sentence, []).append(one)

    def sentences(self) -> Iterator[tuple[Sentence, list[Resolved]]]:
        for sentence in self.parsed.sentences:
            inside = self.by_sentence.get(sentence.number, [])
            if sentence.field is Field.BODY and len({one.entity for one in inside}) > 1:
                yield sentence, inside


def _known(scene: _Scene, tags: Sequence[Tag], entities: Mapping[str, KnownEntity]) -> Iterator[Relationship]:
    """From the tags and the tables: a researcher's affiliation, the owner of a brand or unit named beside it."""
    for tag in tags:
        if tag.affiliation_entity:
            yield Relationship(tag.entity, AFFILIATED, tag.affiliation_entity, tag.evidence, tag.role)
    for sentence, inside in scene.sentences():
        here = {one.entity for one in inside}
        for key in here:
            parent = entities[key].parent if key in entities else ""
            if parent in here:
                yield Relationship(key, SUBSIDIARY, parent, sentence.number, "knowledge table")


def _read(scene: _Scene, grammar: Grammar) -> Iterator[Relationship]:
    for sentence, inside in scene.sentences():
        yield from _from_verbs(grammar.get(sentence.number, ()), inside, sentence.number)
        for pair in match_patterns(scene.parsed.text, inside, sentence.end):
            yield Relationship(pair.subject.entity, pair.kind, pair.object.entity, sentence.number, pair.cue)


def _from_verbs(tree: Tree, inside: list[Resolved], number: int) -> Iterator[Relationship]:
    for at, word in enumerate(tree):
        verb = word.text.lower()
        rules = [rule for rule in RULES if verb in rule.verbs]
        if (not rules and verb not in _IMPOSED) or word.dep in ("amod", "compound") or _is_unreal(tree, at):
            continue
        doers = _doers(tree, at)
        for rule in rules:
            yield from _apply(rule, tree, at, doers, inside, number)
        yield from _hostile(tree, at, doers, inside, number)
        yield from _flaws(tree, at, doers, inside, number)
        yield from _sanctions(tree, at, doers, inside, number)


def _is_unreal(tree: Tree, verb: int) -> bool:
    """Denied, possible, or only intended: such a sentence states no relation."""
    if first_child(tree, verb, "neg") is not None or tree[verb].dep == "xcomp":
        return True
    return any(tree[one].text.lower() in _UNREAL for one in children(tree, verb, "aux"))


def _doers(tree: Tree, verb: int) -> list[int]:
    doer = (
        agent_of(tree, verb) if is_passive(tree, verb) or tree[verb].dep == "acl" else subject_of(tree, verb)
    )
    return joined(tree, doer) if doer is not None else []


def _things(tree: Tree, verb: int, rule: VerbRule) -> list[int]:
    if rule.needs_preposition:
        direct = set(objects_of(tree, verb))
        near = [one for one in objects_of(tree, verb, *rule.prepositions) if one not in direct]
        return near + [one for thing in direct for one in objects_of(tree, thing, *rule.prepositions)]
    if is_passive(tree, verb) or (tree[verb].dep == "acl" and agent_of(tree, verb) is not None):
        sufferer = subject_of(tree, verb)
        return joined(tree, sufferer) if sufferer is not None else []
    return objects_of(tree, verb, *rule.prepositions)


def _apply(
    rule: VerbRule, tree: Tree, verb: int, doers: list[int], inside: list[Resolved], number: int
) -> Iterator[Relationship]:
    things = _named(tree, _things(tree, verb, rule), inside, rule.objects)
    for doer in _named(tree, doers, inside, rule.subjects):
        for thing in things:
            subject, other = (thing, doer) if rule.is_swapped else (doer, thing)
            yield Relationship(subject.entity, rule.kind, other.entity, number, tree[verb].text)


def _hostile(
    tree: Tree, verb: int, doers: list[int], inside: list[Resolved], number: int
) -> Iterator[Relationship]:
    """ "Chinese hackers breached Acme": the victim was breached by actors from there."""
    if tree[verb].text.lower() not in _BREAK_INTO:
        return
    lands = [
        land for doer in doers if _HOSTILE.match(tree[doer].text) for land in _origins(tree, doer, inside)
    ]
    rule = RULES[1]
    for thing in _named(tree, _things(tree, verb, rule), inside, rule.objects):
        for land in lands:
            yield Relationship(thing.entity, BREACHED_FROM, land.entity, number, tree[verb].text)


def _origins(tree: Tree, noun: int, inside: list[Resolved]) -> list[Resolved]:
    """The countries in a noun phrase: "Chinese state hackers", "hackers from China"."""
    end = tree[noun].end
    for prep in children(tree, noun, "prep"):
        if tree[prep].text.lower() in ("from", "in"):
            end = subtree(tree, prep)[1]
    start = phrase_start(tree, noun)
    return [one for one in inside if start <= one.start and one.end <= end and one.kind in STATES]


def _flaws(
    tree: Tree, verb: int, doers: list[int], inside: list[Resolved], number: int
) -> Iterator[Relationship]:
    """ "Ann Roe found a flaw in Acme Server"."""
    if tree[verb].text.lower() not in _FIND:
        return
    flaws = [one for one in objects_of(tree, verb) if _FLAW.match(tree[one].text)]
    things = [thing for flaw in flaws for thing in objects_of(tree, flaw, "in", "of", "affecting")]
    for doer in _named(tree, doers, inside, FINDERS):
        for thing in _named(tree, things, inside, FINDINGS | {Kind.COMPANY}):
            yield Relationship(doer.entity, FOUND, thing.entity, number, tree[verb].text)


def _sanctions(
    tree: Tree, verb: int, doers: list[int], inside: list[Resolved], number: int
) -> Iterator[Relationship]:
    """ "The Treasury imposed sanctions on Acme and Bolt"."""
    if tree[verb].text.lower() not in _IMPOSED:
        return
    measures = [one for one in objects_of(tree, verb) if tree[one].text.lower() == "sanctions"]
    things = [thing for one in measures for thing in objects_of(tree, one, "on", "against")]
    if measures:
        things += [one for one in objects_of(tree, verb, "on", "against") if one not in measures]
    for doer in _named(tree, doers, inside, POWERS):
        for thing in _named(tree, things, inside, BODIES | PEOPLE | ACTORS):
            yield Relationship(
                thing.entity, "sanctioned-by", doer.entity, number, f"{tree[verb].text} sanctions"
            )


def _named(tree: Tree, words: list[int], inside: list[Resolved], kinds: frozenset[Kind]) -> list[Resolved]:
    """The mentions of these kinds that these words head."""
    places = [tree[at].start for at in words]
    return [
        one for one in inside if one.kind in kinds and any(one.start <= place < one.end for place in places)
    ]


def _together(scene: _Scene, typed: list[Relationship], tags: Sequence[Tag]) -> list[Relationship]:
    """Pairs of one sentence that nothing types, those of the article's main names first when there are many."""
    weight = {tag.entity: tag.salience for tag in tags}
    taken = {frozenset((one.subject, one.object)) for one in typed}
    found: list[Relationship] = []
    for sentence, inside in scene.sentences():
        names = dict.fromkeys(
            one.entity for one in inside if one.kind not in OBSERVABLES and not one.is_implied
        )
        pairs = [pair for pair in combinations(names, 2) if frozenset(pair) not in taken]
        pairs.sort(key=lambda pair: -(weight.get(pair[0], 0.0) + weight.get(pair[1], 0.0)))
        for pair in pairs[:MOST_TOGETHER_IN_SENTENCE]:
            taken.add(frozenset(pair))
            found.append(Relationship(pair[0], TOGETHER, pair[1], sentence.number))
    return found[:MOST_TOGETHER]
