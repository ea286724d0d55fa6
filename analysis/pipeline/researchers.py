"""People + text → who is presented as a researcher, with role, affiliation and the words that say so."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from analysis.pipeline.linking import Linked
from analysis.pipeline.people import Group
from analysis.pipeline.roles import OTHER_ROLES, Role, find_last_role, find_role
from analysis.pipeline.types import Field, Kind, Parsed, Span

THRESHOLD = 0.5  # chosen on spans-train: highest F1 of persons called researchers

# A capital Professor before the name is a title; "a law professor" is a role.
_TITLE_BEFORE = re.compile(r"(?:\b(?:[Dd]r|Prof|Professors?|Mr|Ms|Mrs|Sir|the)\.?\s+)+$")
_PROFESSOR = re.compile(r"\bProf(?:essor)?s?\.?\s+(?:Dr\.?\s+)?$")
_STOP = re.compile(
    r"\b(?:at|of|for|in|with|from|on|by|who|that|which|whose|to|as|told|said|says|say|added|adds|wrote|writes|explained|"
    r"was|is|were|are|has|had|have|will|would|when|while|after|before|if|but|because|where|warned|noted|argued|believes|thinks)\b"
    r"|[,;:.()\"\[\]!?]|\s[-–—]+\s|\n"
)
_DELIMITER = re.compile(r"\s*(?:[,;()]|\s[-–—]+\s)\s*")
_APPOSED = re.compile(r"^\s*(?:[,(]|\s?[-–—]+\s)\s*")
_SKIPPED = re.compile(r"^(?:\d{1,3}|ph\.?d\.?|m\.?d\.?|dr|jr\.?|sr\.?|msc|cissp[\w ]*|@\w+|himself|herself|too|meanwhile|however)$", re.IGNORECASE)
_COPULA = re.compile(
    r"^\s*,?\s*(?:who\s+)?(?:is|was|has been|had been|became|remains|works as|worked as|serves as|served as)\s+"
    r"(?:also\s+|now\s+|currently\s+|then\s+)*(?:an?|the|one of(?: the)?|among(?: the)?)?\s*"
)
_WHO_STUDIES = re.compile(
    r"^[^.;\"]{0,110}?\bwho\s+(?:has\s+|have\s+|also\s+|now\s+|currently\s+)?(?:stud(?:ies|ied)|research(?:es|ed)|lectures?d?|teach(?:es)?|taught|discovered|"
    r"co-?authored|authored|speciali[sz](?:es|ed) in|led (?:the|a|this) (?:\w+ )?(?:study|research|team of))\b"
)
_TECHNICAL = re.compile(
    r"\b(?:vulnerabilit|flaws?|bugs?|exploit|malware|ransomware|trojan|backdoor|botnet|zero[- ]day|0-day|cve|server|database|"
    r"leak|expos|spyware|phishing|adware|rootkit|worm|misconfigur|proof[- ]of[- ]concept|hack|encryption|firmware|bypass)",
    re.IGNORECASE,
)
_FINDING = re.compile(
    r"^(?:\s*,[^,.;]{2,80},)?\s*(?:has\s+|had\s+|have\s+|first\s+|who\s+|recently\s+|also\s+|independently\s+|originally\s+){0,3}"
    r"(?:discovered|uncovered|unearthed|found|reported|disclosed|spotted|stumbled|identified|analy[sz]ed|reverse[- ]engineered|"
    r"demonstrated|published|released|described|describes|detailed)\b"
)
_FOUND_BY = re.compile(
    r"\b(?:discovered|uncovered|found|reported|disclosed|spotted|identified|analy[sz]ed|demonstrated|revealed|detailed)\s+(?:\w+\s+){0,3}by\s+$|"
    r"\b(?:credited|credits?|kudos|thanks?|acknowledg\w+)\s*(?:to|go to|goes to|:)?\s+$",
    re.IGNORECASE,
)
_STUDY_BY = re.compile(
    r"\b(?:study|studies|research|paper|white paper|survey|analysis|experiment|excavations?)\b(?: \w+){0,5}? (?:by|from|led by|authored by|conducted by)\s+(?:\w+\s+){0,2}$|"
    r"\b(?:research|analysis) by\s*:?\s+$|\bled by\s+$(?<=study led by )",
    re.IGNORECASE,
)
_TEAM = re.compile(
    r"\b(?P<role>researchers|experts|scientists|economists|analysts|academics|professors|historians|scholars)\b[^.;\n]{0,80}"
    r"(?:including|such as|composed (?:by|of)|led by|namely|like|\(|:|—|–)\s*$",
    re.IGNORECASE,
)
_MEMBER = re.compile(r"^\s*(?:,\s*)?(?:\()?(?:of|from|at|with|,)?\s*(?:the\s+)?$")
_SEPARATOR = re.compile(
    r"^(?:\s*\([^)\n]{1,60}\))?(?:,?\s+(?:of|from|at|with)\s+[^,;.\n]{2,90})?\s*(?:,\s*and|,|and|&|;|/)\s*(?:also\s+|fellow\s+)?"
    r"(?:dr\.?\s+|prof\.?\s+|professor\s+)?$",
    re.IGNORECASE,
)
_RESEARCH_PLACE = re.compile(
    r"\b(?:universit|institut|college|school of|academy of sciences|observatory|laborator|labs?\b|think[- ]tank|project zero|talos|unit 42|"
    r"x-force|threat intelligence|research\b|polytechnic|faculty|museum of natural)",
    re.IGNORECASE,
)
_ORGANIZATIONS = (Kind.ORGANIZATION, Kind.COMPANY, Kind.GOVERNMENT, Kind.IGO, Kind.MEDIA)
_LEADING = re.compile(r"^(?:an?|the|one of(?: the)?|former|his|her|their|our|my|own|as|and|also|both|fellow|like|by|said|says|with|from|to|of|that)\s+", re.IGNORECASE)


_CREDIT = re.compile(r"\s*[,|(–—:-]|\s+[A-Z]")
_VERB = re.compile(r"\b(?:said|says|told|was|is|has|had|are|were|will|who|wrote|and the)\b|[.!?\"]\s*$")
_ROUND_UP = re.compile(
    r"(?:^|\n)[^\n]{0,120}\b(?P<role>researchers|experts|scientists|economists|analysts|academics|professors|historians|scholars)\b"
    r"[^\n]{0,60}:\s*\n"
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One place in the text that presents a person as a researcher."""

    weight: float
    reason: str
    start: int  # of the person's name in the parsed string
    role: str = ""
    category: str = ""
    affiliation: tuple[int, int] | None = None  # the organization's span


@dataclass(frozen=True, slots=True)
class Finding:
    """What the text says about one person's research role."""

    score: float
    role: str
    category: str
    affiliation: tuple[int, int] | None  # the organization's span in the parsed string
    reasons: tuple[str, ...]
    place: int  # start of the mention with the best evidence, in its field
    affiliation_text: str = ""
    affiliation_entity: str = ""

    @property
    def is_researcher(self) -> bool:
        """Strong enough to be shown as a researcher."""
        return self.score >= THRESHOLD


def find_research(parsed: Parsed, linked: Linked, spans: list[Span]) -> dict[str, Finding]:
    """The persons presented as researchers, by entity key, with the evidence summed up."""
    people = linked.people
    reader = Reader(parsed, [span for group in people for span in group.spans], spans)
    findings = {}
    for group in people:
        finding = _sum_up([item for span in group.spans for item in reader.read(span)])
        if finding is not None and finding.is_researcher:
            findings[group.key("person")] = _place(finding, parsed, linked)
    return findings


def _place(finding: Finding, parsed: Parsed, linked: Linked) -> Finding:
    """Offsets in the parsed string → offsets and words in the article, and the affiliation's entity."""
    placed = replace(finding, place=parsed.place(finding.place, finding.place)[1])
    if finding.affiliation is None:
        return placed
    where, start, _ = parsed.place(*finding.affiliation)
    entity = next((m.entity for m in linked.mentions if m.field is where and m.start == start), "")
    return replace(placed, affiliation_text=parsed.surface(*finding.affiliation), affiliation_entity=entity)


def mark_researchers(linked: Linked, research: dict[str, Finding]) -> Linked:
    """Turn every mention of a researcher, surname alone included, and the entity into kind researcher."""
    mentions = tuple(
        replace(mention, kind=Kind.RESEARCHER) if mention.entity in research else mention for mention in linked.mentions
    )
    entities = {
        key: replace(entity, kind=Kind.RESEARCHER) if key in research else entity
        for key, entity in linked.entities.items()
    }
    return replace(linked, mentions=mentions, entities=entities)


def _sum_up(evidence: list[Evidence]) -> Finding | None:
    """Independent evidence adds up (noisy or), one count per kind of reason; counter-evidence scales it down."""
    best: dict[str, Evidence] = {}
    for item in evidence:
        if item.weight > 0 and (item.reason not in best or best[item.reason].weight < item.weight):
            best[item.reason] = item
    if not best:
        return None
    against = min((item.weight for item in evidence if item.weight < 0), default=0.0)
    missed = 1.0
    for item in best.values():
        missed *= 1 - item.weight
    ranked = sorted(best.values(), key=lambda item: (-item.weight * bool(item.role), -item.weight, item.start))
    strongest = max(item.weight for item in ranked)
    score = (1 - missed) * (1 + against if strongest < 0.7 else 1)
    return Finding(
        score=round(score, 3),
        role=ranked[0].role,
        category=ranked[0].category or "scientist",
        affiliation=next((item.affiliation for item in ranked if item.affiliation), None),
        reasons=tuple(item.reason for item in ranked),
        place=ranked[0].start,
    )


class Reader:
    """Reads what stands around each person's name, sentence by sentence."""

    def __init__(self, parsed: Parsed, people: list[Span], spans: list[Span]) -> None:
        self.parsed = parsed
        self.people = sorted(people, key=lambda span: span.start)
        self.starts = {span.start for span in people}
        self.organizations = [span for span in spans if span.kind in _ORGANIZATIONS]

    def read(self, span: Span) -> Iterator[Evidence]:
        """All evidence at one mention, for and against."""
        first, last = self._sentence(span)
        left = self.parsed.string[first : span.start]
        right = self.parsed.string[span.end : self._next_person(span, last)]
        chain = self._chain(span, first, last)
        head = self.parsed.string[first : chain[0].start]
        tail = self.parsed.string[chain[-1].end : self._next_person(chain[-1], last)]
        yield from self._recognized(span)
        yield from self._before(span, chain, head)
        yield from self._after(span, chain, right, tail)
        yield from self._verbs(span, left, self.parsed.string[span.end : last], head)
        yield from self._member(span, right)
        yield from self._line(span)

    def _recognized(self, span: Span) -> Iterator[Evidence]:
        chance = span.score if span.kind is Kind.RESEARCHER else dict(span.alternatives).get(Kind.RESEARCHER, 0.0)
        if chance > 0.05:
            yield Evidence(0.7 * chance, "the recognizer reads this name as a researcher's", span.start)

    def _before(self, span: Span, chain: list[Span], head: str) -> Iterator[Evidence]:
        """ "security researcher Nick Roy", "economists A and B", "the researcher at Z, X"."""
        plain = _TITLE_BEFORE.sub("", head)
        if _PROFESSOR.search(head):
            yield Evidence(0.4, "has the title of professor", span.start, "Professor", "academic")
        for phrase, offset in (_noun_phrase_before(plain), _apposed_before(plain)):
            role = find_last_role(phrase)
            if role and (role.is_plural or chain[0] is span):
                start = chain[0].start - len(head) + offset
                words = _clean(phrase[: role.end])
                place = self._organization_within(start, chain[0].start) or self._organization_after(span)
                yield Evidence(role.weight, f"called “{words}”", span.start, words, role.category, place)
                return
        team = _TEAM.search(plain)
        if team:
            role = find_role(team["role"])
            if role:
                yield Evidence(0.9 * role.weight, f"listed among “{team['role']}”", span.start, team["role"], role.category)
        elif chain[0] is span and OTHER_ROLES.search(_noun_phrase_before(plain)[0][-40:]):
            yield Evidence(-0.5, "called by another trade", span.start)

    def _after(self, span: Span, chain: list[Span], right: str, tail: str) -> Iterator[Evidence]:
        """ "X, a professor at Y", "X is a historian", "X and Z, both economists at Y"."""
        for text, owner in ((right, span), (tail, chain[-1])):
            found = _apposed_role(text, is_cut=owner.end + len(text) in self.starts) or _copula_role(text)
            if found and (owner is span or found[1].is_plural):
                phrase, role, offset = found
                words = _clean(phrase[: max(role.end, _phrase_end(phrase, role.end))])
                place = self._organization_after(owner, owner.end + offset + role.end)
                place = place or self._organization_within(owner.end + offset, owner.end + offset + role.start)
                yield Evidence(role.weight, f"described as “{words}”", span.start, words, role.category, place)
                return
        if OTHER_ROLES.search(_first_segment(right)):
            yield Evidence(-0.5, "described by another trade", span.start)

    def _verbs(self, span: Span, left: str, right: str, head: str) -> Iterator[Evidence]:
        if _WHO_STUDIES.match(right):
            yield Evidence(0.75, "the text says what they study", span.start, "", "academic")
        if _STUDY_BY.search(_TITLE_BEFORE.sub("", head)):
            yield Evidence(0.7, "named as author of research", span.start, "author of the research", "scientist")
        sentence = left + right
        if _TECHNICAL.search(sentence):
            if _FOUND_BY.search(head):
                yield Evidence(0.65, "credited with a finding", span.start, "", "security researcher")
            elif _FINDING.match(right):
                yield Evidence(0.45, "does what researchers do: finds and reports", span.start, "", "security researcher")

    def _member(self, span: Span, right: str) -> Iterator[Evidence]:
        """ "X of Google Project Zero found", "Professor X from the University of Y", "Yale's X"."""
        place = next((o for o in self.organizations if 0 <= o.start - span.end <= 14), None)
        if place is None or not _MEMBER.match(self.parsed.string[span.end : place.start]) or place.start == span.end:
            return
        name = self.parsed.string[place.start : place.end]
        after = self.parsed.string[place.end : place.end + 60]
        if _FINDING.match(after) or _FINDING.match(right):
            yield Evidence(0.5, "of an organization, and finds or reports", span.start, "", "security researcher", (place.start, place.end))
        if _RESEARCH_PLACE.search(name):
            yield Evidence(0.5, "of a place of research", span.start, "", "academic", (place.start, place.end))

    def _line(self, span: Span) -> Iterator[Evidence]:
        """A line of its own: a credit ("Nick Roy, Malware Researcher") or one voice of a round-up of experts."""
        string = self.parsed.string
        first = string.rfind("\n", 0, span.start) + 1
        last = string.find("\n", span.end)
        line = string[span.end : last if last >= 0 else len(string)]
        if string[first : span.start].strip(" \t-–—*•·") or len(line) > 110:
            return
        role = find_role(line) if _CREDIT.match(line) and not _VERB.search(line) else None
        if role:
            words = _clean(line[: role.end].lstrip(" ,-–—|("))
            yield Evidence(role.weight, f"credited as “{words}”", span.start, words, role.category)
        header = _ROUND_UP.search(string[max(0, first - 4000) : first])
        if header and any(0 <= place.start - span.end <= 4 for place in self.organizations):
            role = find_role(header["role"])
            if role:
                yield Evidence(0.8 * role.weight, f"one of the “{header['role']}” asked", span.start, header["role"][:-1], role.category)

    def _sentence(self, span: Span) -> tuple[int, int]:
        where, start, _ = self.parsed.place(span.start, span.end)
        shift = 0 if where is Field.TITLE else self.parsed.body
        number = self.parsed.sentence_at(span.start)
        for sentence in self.parsed.sentences[number : number + 1]:
            if sentence.start <= start:
                return sentence.start + shift, max(sentence.end + shift, span.end)
        return span.start, span.end

    def _next_person(self, span: Span, last: int) -> int:
        return min((other.start for other in self.people if other.start >= span.end and other.start < last), default=last)

    def _chain(self, span: Span, first: int, last: int) -> list[Span]:
        """The list "A, B of Y and C" in which this name stands."""
        names = [other for other in self.people if first <= other.start and other.end <= last]
        at = names.index(span)
        begin = end = at
        while begin and _SEPARATOR.match(self.parsed.string[names[begin - 1].end : names[begin].start]):
            begin -= 1
        while end + 1 < len(names) and _SEPARATOR.match(self.parsed.string[names[end].end : names[end + 1].start]):
            end += 1
        return names[begin : end + 1]

    def _organization_within(self, start: int, end: int) -> tuple[int, int] | None:
        inside = [span for span in self.organizations if start <= span.start and span.end <= end]
        return (inside[-1].start, inside[-1].end) if inside else None

    def _organization_after(self, span: Span, start: int | None = None) -> tuple[int, int] | None:
        """The next organization in the sentence, before the next person, near enough to belong to the role."""
        begin = span.end if start is None else start
        _, last = self._sentence(span)
        limit = min(begin + 110, self._next_person(span, last))
        for place in self.organizations:
            if begin <= place.start < limit and _leads_to(self.parsed.string[begin : place.start]):
                return place.start, place.end
        return None


_LEADS = re.compile(r"(?:\b(?:at|of|with|for|from|in)\b|['’]s|,)\s*(?:(?:the|an?|[\w'-]+-based|[\w'-]+)\s+){0,5}$")
_CLAUSE = re.compile(r"\b(?:said|says|told|wrote|who|that|which|was|is|are|were|has|had)\b")


def _leads_to(between: str) -> bool:
    return bool(_LEADS.search(between)) and not _CLAUSE.search(between)


def _noun_phrase_before(text: str) -> tuple[str, int]:
    """The words directly before a name, back to the last border, and where they start."""
    borders = [found.end() for found in _STOP.finditer(text) if found.end() < len(text.rstrip())]
    start = max(borders[-1] if borders else 0, len(text) - 90)
    return text[start:], start


def _apposed_before(text: str) -> tuple[str, int]:
    """ "The security researcher at consultancy Z, " before a name."""
    found = re.search(r"(?:^|[.,;:\"]\s*)((?:the|an?)\s+[^,.;\"]{3,100}),\s*$", text, re.IGNORECASE)
    return (_until_stop(found[1]) + " ", found.start(1)) if found else ("", 0)


def _until_stop(text: str) -> str:
    stop = _STOP.search(text)
    return text[: stop.start()] if stop else text


def _phrase_end(phrase: str, end: int) -> int:
    stop = _STOP.search(phrase, end)
    return stop.start() if stop else len(phrase)


def _apposed_role(text: str, *, is_cut: bool) -> tuple[str, Role, int] | None:
    """The first of up to four segments after a name that holds a role, before any verb of saying.

    `is_cut`: the text ends where another person's name begins, so its last words belong to that name.
    """
    begin = _APPOSED.match(text)
    if not begin:
        return None
    at = begin.end()
    for _ in range(4):
        stop = _DELIMITER.search(text, at)
        segment = text[at : stop.start() if stop else len(text)]
        if is_cut and (stop is None or not text[stop.end() :].strip()):
            segment = _own_part(segment)
        role = find_role(_role_part(segment))
        if role:
            return segment, role, at
        if stop is None or not _is_descriptive(segment):
            return None
        at = stop.end()
    return None


def _own_part(segment: str) -> str:
    """Of words that run on into the next name, those that end before it: up to the first preposition."""
    part = _until_stop(segment)
    return part if len(part) < len(segment) else ""


_SAYING = re.compile(r"^\s*(?:said|says|told|tells|added|adds|wrote|writes|explained|warned|noted|argued|who|which|and|but|he|she|it|they|was|is|has|had|have|will)\b|[\"“”]", re.IGNORECASE)
_LINKED_ROLE = re.compile(r"\b(?:and|&)\s+(?:also\s+)?(?:an?\s+|the\s+)?(?=[\w' -]{0,60}$|[\w' -]{0,60}\b(?:at|of|in|for|with)\b)")


def _is_descriptive(segment: str) -> bool:
    return not _SAYING.search(segment) or bool(_SKIPPED.match(segment.strip()))


def _role_part(segment: str) -> str:
    """What of a segment may hold the role: up to the first verb; "head of research" crosses its preposition."""
    verb = re.search(r"\b(?:who|that|which|told|said|says|was|is|has|had|in an?|when|after|before)\b|[\"“”\n]", segment)
    part = segment[: verb.start()] if verb else segment
    # "a lawyer for economist X": what follows the first preposition describes another thing, unless a
    # phrase such as "director of research" spans it or a second role is joined by "and".
    stop = re.search(r"\b(?:for|with|at|from|on|by|to)\b", part)
    linked = _LINKED_ROLE.search(part, stop.start()) if stop else None
    if stop and not linked:
        return part[: stop.start()] if find_role(part[: stop.start()]) or " of " not in part[: stop.start()] else part
    return part


def _copula_role(text: str) -> tuple[str, Role, int] | None:
    begin = _COPULA.match(text)
    if not begin:
        return None
    phrase = _until_stop(text[begin.end() :])
    role = find_role(phrase)
    return (phrase, role, begin.end()) if role and len(phrase) < 80 else None


def _first_segment(text: str) -> str:
    begin = _APPOSED.match(text)
    if not begin:
        return ""
    stop = _DELIMITER.search(text, begin.end())
    return _until_stop(text[begin.end() : stop.start() if stop else len(text)][:60])


def _clean(words: str) -> str:
    """Role words as shown: no article, no possessor's remains, no doubled spaces."""
    role = " ".join(words.split()).strip(" ,'\"“”")
    while (leading := _LEADING.match(role)) and leading.end() < len(role):
        role = role[leading.end() :]
    return role
