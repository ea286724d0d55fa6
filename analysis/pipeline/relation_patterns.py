"""Two names and the words between and around them → a typed relation: appositions, possessives, compounds.

Each pattern looks at the text from the left name to the right one: `<` stands for the left name, `>` for the right one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from analysis.pipeline.types import Kind, Resolved

PEOPLE = frozenset({Kind.PERSON, Kind.RESEARCHER})
BODIES = frozenset({Kind.COMPANY, Kind.GOVERNMENT, Kind.ORGANIZATION, Kind.IGO, Kind.MEDIA})
FIRMS = frozenset({Kind.COMPANY, Kind.MEDIA, Kind.PRODUCT})
LANDS = frozenset({Kind.COUNTRY, Kind.NATIONALITY, Kind.PLACE})
STATES = frozenset({Kind.COUNTRY, Kind.NATIONALITY})
ACTORS = frozenset({Kind.THREAT})
TOOLS = frozenset({Kind.THREAT, Kind.MALWARE})

WORKS, LEADS, BASED, SUBSIDIARY = "works-for", "leads", "based-in", "subsidiary-of"
ATTRIBUTED, SANCTIONED, SUPPLIES, SUPPLIED, OPERATES = (
    "attributed-to",
    "sanctioned-by",
    "supplier-of",
    "supplier-from",
    "operates-in",
)

_LEAD_ROLE = (
    r"(?:chief executive(?: officer)?|c\.?e\.?o\.?|president|chair(?:man|woman|person)?|(?:co-?)?founder|"
    r"(?:managing |executive |general )?director(?: general|-general)?|head|leader|prime minister|premier|chancellor|"
    r"minister|secretary(?: general|-general)?|governor|mayor|king|queen|emperor|commander|boss|owner|"
    r"attorney general|general secretary|editor(?:-in-chief| in chief)?|dean|commissioner|administrator)"
)
_WORK_ROLE = (
    r"(?:spokes(?:man|woman|person)|analyst|researcher|engineer|professor|lecturer|economist|scientist|lawyer|"
    r"attorney|counsel|adviser|advisor|official|officer|executive|manager|agent|investigator|reporter|correspondent|"
    r"columnist|strategist|consultant|fellow|specialist|expert|editor|vice president|deputy|aide|employee|contractor|"
    r"member|ambassador|envoy|prosecutor|senator|representative|lawmaker|judge|partner|developer|architect|c[tifs]o|"
    r"chief \w+ officer|historian|physician|epidemiologist|host|anchor)"
)
_WORDS = r"(?:[\w’'&./-]+ ){0,5}?"
_TAIL = r"(?: [\w’'&/-]+){0,5}?"
_LINK = r"(?:of|at|for|with|from|in)(?: the| a| an)?"
_GROUP = (
    r"(?:hackers?|hacking (?:group|team|crew)|groups?|actors?|gang|collective|operators?|apt|spies|team|cybercriminals|"
    r"unit|crew|syndicate|operation|campaign|threat actors?|adversary|espionage \w+)"
)
_FIRM = (
    r"(?:compan(?:y|ies)|firms?|giants?|makers?|manufacturers?|start-?ups?|vendors?|retailers?|banks?|conglomerate|"
    r"operators?|providers?|carmakers?|automakers?|chipmakers?|developers?|suppliers?|carriers?|airlines?|insurers?|"
    r"broadcasters?|newspaper|contractors?|group|brand|lender|publisher|platform|service|exchange)"
)
_UNIT = r"(?:subsidiar(?:y|ies)|units?|divisions?|arms?|brands?|affiliates?|part|business)"
_SPONSORED = r"(?:linked|backed|based|sponsored|aligned|nexus|affiliated|directed|speaking|run)"


@dataclass(frozen=True, slots=True)
class Pattern:
    """A relation that the words between two names show; `is_swapped` makes the right name the subject."""

    kind: str
    left: frozenset[Kind]
    right: frozenset[Kind]
    between: re.Pattern[str]
    is_swapped: bool = False
    after: re.Pattern[str] | None = None  # must match what stands behind the right name


def _p(
    kind: str,
    left: frozenset[Kind],
    right: frozenset[Kind],
    between: str,
    *,
    is_swapped: bool = False,
    after: str = "",
) -> Pattern:
    follows = re.compile(after) if after else None
    return Pattern(kind, left, right, re.compile(between, re.IGNORECASE), is_swapped, follows)


_NO_OF = r"(?!\s*(?:of|’s|'s)\b)"
_HOSTILE_GROUP = rf"(?:-{_SPONSORED})? (?:[\w’'-]+ ){{0,4}}?{_GROUP}"
_SITE = (
    r"(?:operations|factor(?:y|ies)|plants?|offices?|stores?|business|subsidiary|data cent(?:er|re)s?|headquarters|"
    r"branch|unit)"
)
PATTERNS = (
    # "Ann Roe, chief executive of Acme", "Ann Roe, a lecturer in law at Acme"
    _p(
        LEADS,
        PEOPLE,
        BODIES | {Kind.COUNTRY},
        rf",? \(?(?:the |a |an |its |and |who (?:is|was) (?:the )?|is (?:the )?|was (?:the )?)?"
        rf"(?:[\w’'&-]+ ){{0,3}}?{_LEAD_ROLE}(?: and (?:\w+ ){{0,2}}\w+)? {_LINK} ",
    ),
    _p(
        WORKS,
        PEOPLE,
        BODIES,
        rf",? \(?(?:the |a |an |who (?:is|was) (?:a |an |the )?|is (?:a |an |the )?|was (?:a |an |the )?)?"
        rf"{_WORDS}{_WORK_ROLE}{_TAIL} {_LINK} ",
    ),
    _p(WORKS, PEOPLE, BODIES, r",? (?:of|from|with)(?: the)? "),
    _p(WORKS, PEOPLE, BODIES, r",? who works? (?:for|at)(?: the)? "),
    # "Acme chief executive Ann Roe", "Acme's founder, Ann Roe"
    _p(
        LEADS,
        BODIES | STATES,
        PEOPLE,
        rf"(?:[’']s?)? (?:[\w’'-]+ ){{0,2}}?{_LEAD_ROLE}(?: and \w+)?,? ",
        is_swapped=True,
    ),
    _p(WORKS, BODIES, PEOPLE, rf"(?:[’']s?)? (?:[\w’'-]+ ){{0,3}}?{_WORK_ROLE},? ", is_swapped=True),
    # "Acme, a unit of Bolt", "Acme, owned by Bolt", "Bolt's Acme unit", "Bolt-owned Acme", "Acme's parent, Bolt"
    _p(
        SUBSIDIARY,
        FIRMS,
        BODIES,
        rf",? \(?(?:which is |is |was |now )?(?:a |an |the )?(?:[\w-]+ ){{0,3}}?{_UNIT} of(?: the)? ",
    ),
    _p(
        SUBSIDIARY,
        FIRMS,
        BODIES,
        r",? \(?(?:which (?:is|was) |is |was |that is )?(?:\w+ly )?"
        r"(?:owned|acquired|bought|controlled|run) by(?: the)? ",
    ),
    _p(SUBSIDIARY, FIRMS, BODIES, r"(?:[’']s?)? (?:parent(?: company)?|owner),? ", after=_NO_OF),
    _p(SUBSIDIARY, BODIES, FIRMS, r"-owned ", is_swapped=True),
    _p(SUBSIDIARY, BODIES, FIRMS, rf"(?:[’']s?)? (?:[\w-]+ ){{0,2}}?{_UNIT},? ", is_swapped=True),
    _p(SUBSIDIARY, BODIES, FIRMS, r"[’']s? ", is_swapped=True, after=rf" {_UNIT}\b"),
    # "Chinese hacking group Deep Blue", "Deep Blue, a group from China", "China-linked Deep Blue"
    _p(
        ATTRIBUTED,
        STATES,
        ACTORS,
        _HOSTILE_GROUP + r"(?: (?:known as|called|named|dubbed|tracked as))?,? (?:the )?[“\"]?",
        is_swapped=True,
    ),
    _p(ATTRIBUTED, STATES, TOOLS, rf"-{_SPONSORED} ", is_swapped=True),
    _p(
        ATTRIBUTED,
        ACTORS,
        STATES,
        r",? \(?(?:which is |is |was )?(?:an? |the )(?:[\w’'-]+ ){0,3}?",
        after=_HOSTILE_GROUP + r"\b",
    ),
    _p(
        ATTRIBUTED,
        TOOLS,
        STATES | ACTORS | {Kind.GOVERNMENT},
        r",? \(?(?:[\w’'-]+ ){0,5}?(?:linked|tied|attributed|connected|traced) (?:back )?to (?:the )?(?:group )?",
    ),
    _p(
        ATTRIBUTED,
        TOOLS,
        ACTORS,
        r",? (?:[\w’'-]+ ){0,4}?(?:used|operated|developed|created|deployed|distributed) by (?:the )?",
    ),
    _p(ATTRIBUTED, ACTORS, TOOLS - ACTORS, r"[’']s? ", is_swapped=True),
    # "China-based Acme", "the Chinese maker Acme", "Acme, based in China"
    _p(BASED, LANDS, BODIES, r"-(?:based|headquartered) (?:[\w’'-]+ ){0,4}?", is_swapped=True),
    _p(BASED, STATES, FIRMS, rf" (?:[\w’'-]+ ){{0,3}}?{_FIRM},? ", is_swapped=True),
    _p(
        BASED,
        BODIES,
        LANDS,
        r",? \(?(?:which (?:is|was) |is |a \w+ |an \w+ )?"
        r"(?:based|headquartered|located) in (?:[A-Z][\w.]+, )?(?:the )?",
    ),
    _p(BASED, FIRMS, STATES, r",? (?:an? |the )(?:[\w-]+ ){0,2}?", after=rf" (?:[\w’'-]+ ){{0,3}}?{_FIRM}\b"),
    # "sanctions … on Acme", "Acme is under US sanctions"
    _p(
        SANCTIONED,
        BODIES | PEOPLE | ACTORS,
        STATES | {Kind.IGO, Kind.GOVERNMENT},
        r",? (?:[\w’'-]+ ){0,4}?(?:under|hit by|subject to|facing) (?:the )?",
        after=r"(?:[’']s?)? (?:\w+ )?sanctions\b",
    ),
    _p(
        SANCTIONED,
        STATES | {Kind.IGO, Kind.GOVERNMENT},
        BODIES | PEOPLE | ACTORS,
        r"(?:[’']s?)? (?:\w+ ){0,2}sanctions (?:on|against) (?:the )?(?:[\w-]+ ){0,2}?",
        is_swapped=True,
    ),
    # "Acme, a supplier of Bolt", "Acme's supplier Bolt", "Acme's factory in Freedonia"
    _p(
        SUPPLIES,
        FIRMS,
        BODIES,
        r",? (?:which is |is |was )?(?:an? |the )(?:[\w-]+ ){0,3}?supplier (?:to|of|for) (?:the )?",
    ),
    _p(
        SUPPLIES,
        FIRMS,
        FIRMS,
        r"(?:[’']s?)? (?:\w+ ){0,2}?suppliers?,? (?:such as |like |including )?",
        is_swapped=True,
    ),
    _p(SUPPLIED, FIRMS, STATES, r"[’']s? ", after=r" (?:\w+ )?suppliers?\b"),
    _p(OPERATES, FIRMS, LANDS, r"[’']s? (?:[\w-]+ ){0,3}?" + _SITE + r" in (?:the )?"),
    _p(OPERATES, FIRMS, STATES, r"[’']s? ", after=r" (?:\w+ )?" + _SITE + r"\b"),
)


@dataclass(frozen=True, slots=True)
class Pair:
    """A typed pair of mentions, with the words that show it."""

    subject: Resolved
    kind: str
    object: Resolved
    cue: str


def match_patterns(text: str, inside: list[Resolved], last: int) -> Iterator[Pair]:
    """Typed pairs among the mentions of one sentence, which ends at `last`; `inside` is in order of the text."""
    for at, left in enumerate(inside):
        for right in inside[at + 1 : at + 4]:
            if right.start - left.end > _REACH:
                break
            between = text[left.end : right.start]
            for pattern in PATTERNS:
                if _fits(pattern, left, right, between, text[right.end : last]):
                    subject, other = (right, left) if pattern.is_swapped else (left, right)
                    cue = " ".join(between.split()).strip(" ,") or " ".join(
                        text[right.end : last].split()[:2]
                    )
                    yield Pair(subject, pattern.kind, other, cue)
                    break


_REACH = 110  # code points between two names of one pattern


def _fits(pattern: Pattern, left: Resolved, right: Resolved, between: str, after: str) -> bool:
    return (
        left.kind in pattern.left
        and right.kind in pattern.right
        and pattern.between.fullmatch(between.replace("\n", " ")) is not None
        and (pattern.after is None or pattern.after.match(after) is not None)
    )
