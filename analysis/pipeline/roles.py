"""Words of a role → how strongly they mark a researcher, and which sort of researcher."""

import re
from dataclasses import dataclass, replace

SECURITY, ACADEMIC, ANALYST = "security researcher", "academic", "think-tank analyst"
ECONOMIST, SCIENTIST, INVESTIGATOR = "economist", "scientist", "investigator"

_SCIENCES = (
    "scientist epidemiologist virologist immunologist biologist microbiologist physicist astrophysicist chemist "
    "biochemist geologist geophysicist seismologist volcanologist hydrologist climatologist meteorologist "
    "glaciologist "
    "oceanographer ecologist zoologist entomologist ornithologist botanist paleontologist palaeontologist "
    "archaeologist "
    "archeologist anthropologist astronomer cosmologist mathematician statistician neuroscientist geneticist "
    "toxicologist "
    "pharmacologist agronomist primatologist biostatistician bioethicist"
).split()
_HUMANITIES = (
    "professor lecturer academic scholar historian sociologist criminologist psychologist demographer geographer "
    "linguist "
    "political_scientist philosopher theologian ethnographer academician postdoc emeritus orientalist sinologist "
    "economist_historian "
    "egyptologist musicologist"
).split()

# Head nouns: weight is the share of persons so called on spans-train whom the gold calls researchers, rounded.
_HEADS: dict[str, tuple[str, float]] = {
    **dict.fromkeys(_SCIENCES, (SCIENTIST, 0.9)),
    **dict.fromkeys(_HUMANITIES, (ACADEMIC, 0.88)),
    "researcher": (SCIENTIST, 0.93),
    "economist": (ECONOMIST, 0.9),
    "econometrician": (ECONOMIST, 0.9),
    "analyst": (ANALYST, 0.85),
    "strategist": (ANALYST, 0.2),
    "fellow": (ANALYST, 0.75),
    "pollster": (ANALYST, 0.5),
    "expert": (ANALYST, 0.62),
    "specialist": (ANALYST, 0.35),
    "investigator": (INVESTIGATOR, 0.35),
    "cryptographer": (SECURITY, 0.9),
    "cryptanalyst": (SECURITY, 0.9),
    "pentester": (SECURITY, 0.85),
    "hacker": (SECURITY, 0.2),
    "instructor": (ACADEMIC, 0.4),
    "dean": (ACADEMIC, 0.4),
    "author": (SCIENTIST, 0.15),
    "co-author": (SCIENTIST, 0.6),
    "coauthor": (SCIENTIST, 0.6),
}
_STRONG_PHRASES: tuple[tuple[str, str, float], ...] = (
    (r"(?:principal|chief|lead|co-?)\s?investigators?", SCIENTIST, 0.8),
    (
        r"(?:malware|vulnerability|forensic|fraud|open[- ]source|osint|digital) investigators?",
        INVESTIGATOR,
        0.8,
    ),
    (
        r"(?:cyber\s?|cyber-|information |computer |network |it |internet |mobile |software )?security (?:experts?|"
        r"specialists?|pros?|gurus?)",
        SECURITY,
        0.85,
    ),
    (
        r"(?:investment|market|markets|currency|equity|forex|fx|rates|macro|bond|credit|commodity|commodities|"
        r"economic|"
        r"portfolio) strategists?",
        ANALYST,
        0.62,
    ),
    (
        r"(?:cyber\s?security|cybersecurity|infosec|malware|threat|vulnerability|exploit|botnet|privacy|"
        r"encryption)[\w -]{0,20} (?:experts?|specialists?|hunters?)",
        SECURITY,
        0.85,
    ),
    (
        r"(?:bug|vulnerability|threat|malware) hunters?|reverse engineers?|white[- ]?hat(?: hackers?)?|ethical "
        r"hackers?|penetration testers?",
        SECURITY,
        0.85,
    ),
    (
        r"(?:lead |senior |principal |study |report |paper |research |corresponding )(?:co-?)?authors?",
        SCIENTIST,
        0.8,
    ),
    (
        r"(?:co-?)?authors? of (?:a |an |the |that |this )?(?:[\w-]+ ){0,3}(?:report|study|paper|research|analysis|"
        r"survey|atlas|white paper)",
        SCIENTIST,
        0.75,
    ),
    (
        r"ph\.?d\.? (?:students?|candidates?|researchers?)|doctoral (?:students?|candidates?)|post-?doctoral "
        r"\w+",
        ACADEMIC,
        0.8,
    ),
    (r"political scientists?", ACADEMIC, 0.9),
    (
        r"(?:head|chief|director|vice[- ]president|vp|lead|leader|manager|chair|chairman|chairwoman|dean)s? (?:of|"
        r"for)(?: the)? (?:[\w&'-]+ ){0,6}(?:research|(?:threat|malware|cyber|security|market|cybersecurity) "
        r"intelligence|studies|forensics|science|sciences|analysis|analytics)",
        ANALYST,
        0.72,
    ),
    (r"(?:technical|team) leads? (?:of|for|at) [\w&' -]{0,60}(?:research|intelligence)", SECURITY, 0.7),
    (
        r"(?:research|threat intelligence|security research|studies|analytics) (?:director|head|chief|lead|leader|"
        r"manager|associate|scholar|officer)s?",
        ANALYST,
        0.75,
    ),
    (
        r"(?:president|director|head|founder|co-?founder|chair|chairman|member)s? (?:of|at)(?: the)? (?:[\w&'-]+ "
        r"){0,6}(?:institute|think[- ]tank|observatory|laboratory|research center|research centre)",
        ANALYST,
        0.52,
    ),
    (r"faculty members?|member of the faculty|chief scientific (?:officer|adviser|advisor)", ACADEMIC, 0.7),
)
# Words that turn a head into another trade: "chief investment strategist" is a market analyst, a party's is not.
_WRONG = re.compile(
    r"\b(?:campaign|communications?|democratic|republican|gop|party|media|digital|brand|marketing|"
    r"tv|sports?|football|cricket|color|business|systems|cnn|fox news|msnbc|nbc|cbs|abc) (?:strategist|analyst|"
    r"specialist)s?\b|\bfellow (?!at|of|with|in|for|on)\w+|"
    r"\bwarrant officer",
    re.IGNORECASE,
)
_SECURITY_WORDS = re.compile(
    r"\b(?:cyber|security|malware|threat|vulnerab|infosec|hack|exploit|privacy|"
    r"anti-?virus)",
    re.IGNORECASE,
)
_HEAD = re.compile(
    r"\b("
    + "|".join(sorted((re.escape(head).replace("_", " ") for head in _HEADS), key=len, reverse=True))
    + r")(s|es)?\b",
    re.IGNORECASE,
)
_PHRASES = tuple(
    (re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE), category, weight)
    for pattern, category, weight in _STRONG_PHRASES
)

OTHER_ROLES = re.compile(
    r"\b(?:minister|president|premier|chancellor|senators?|congress(?:man|woman)|mayor|governor|ambassador|"
    r"spokes(?:man|woman|person)|"
    r"secretary|lawmakers?|legislator|deputy|general|colonel|commander|police|sheriff|judge|lawyers?|attorneys?|"
    r"prosecutor|"
    r"chief executive|ceo|cfo|chairman|chairwoman|journalists?|reporters?|editor|columnist|correspondent|activists?|"
    r"actor|"
    r"actress|singer|coach|player|captain|king|queen|prince|princess|pastor|bishop|priest|nurse|farmer|blogger|host|"
    r"filmmaker|director|founder|owner|manager|student|candidate|leader)\b",
    re.IGNORECASE,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Role:
    """Role words found in a phrase: where, how strong, what sort."""

    start: int
    end: int
    category: str
    weight: float
    is_plural: bool


def find_role(phrase: str) -> Role | None:
    """The strongest role in a noun phrase, the first of equals."""
    return max(_roles(phrase), key=lambda role: (role.weight, -role.start), default=None)


def find_last_role(phrase: str) -> Role | None:
    """The role that ends the phrase, as strong as the strongest it is joined to ("researcher and Mac expert")."""
    roles = _roles(phrase)
    last = [role for role in roles if not phrase[role.end :].strip(" \t'\",")]
    if not last:
        return None
    final = max(last, key=lambda role: role.weight)
    strongest = max(roles, key=lambda role: role.weight)
    return replace(final, weight=strongest.weight, category=strongest.category)


def _roles(phrase: str) -> list[Role]:
    return [*_phrases(phrase), *_heads(phrase)]


def _phrases(phrase: str) -> list[Role]:
    return [
        Role(
            found.start(), found.end(), _refine(category, phrase), weight, found.group().lower().endswith("s")
        )
        for pattern, category, weight in _PHRASES
        for found in pattern.finditer(phrase)
    ]


def _heads(phrase: str) -> list[Role]:
    roles = []
    wrong = [(found.start(), found.end()) for found in _WRONG.finditer(phrase)]
    for found in _HEAD.finditer(phrase):
        if not any(start <= found.start() < end for start, end in wrong):
            category, weight = _HEADS[found[1].lower().replace(" ", "_")]
            roles.append(Role(found.start(), found.end(), _refine(category, phrase), weight, bool(found[2])))
    return roles


def _refine(category: str, phrase: str) -> str:
    """A researcher of security matters is a security researcher, whatever the noun."""
    if category in (SCIENTIST, ANALYST) and _SECURITY_WORDS.search(phrase):
        return SECURITY
    return category
