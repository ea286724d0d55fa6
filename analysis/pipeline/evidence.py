"""Names + what stands around them → evidence for and against a research role."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from analysis.pipeline.phrases import (
    apposed_before,
    apposed_role,
    clean_role,
    copula_role,
    first_segment,
    leads_to,
    noun_phrase_before,
    phrase_end,
)
from analysis.pipeline.roles import OTHER_ROLES, find_last_role, find_role
from analysis.pipeline.types import Field, Kind, Parsed, Span

# A capital Professor before the name is a title; "a law professor" is a role.
_TITLE_BEFORE = re.compile(r"(?:\b(?:[Dd]r|Prof|Professors?|Mr|Ms|Mrs|Sir|the)\.?\s+)+$")
_PROFESSOR = re.compile(r"\bProf(?:essor)?s?\.?\s+(?:Dr\.?\s+)?$")
_WHO_STUDIES = re.compile(
    r"^[^.;\"\n]{0,110}?\bwho\s+(?:has\s+|have\s+|also\s+|now\s+|currently\s+)?(?:stud(?:ies|ied)|research(?:es|ed)|"
    r"lectures?d?|teach(?:es)?|taught|discovered|"
    r"co-?authored|authored|speciali[sz](?:es|ed) in|led (?:the|a|this) (?:\w+ )?(?:study|research|team of))\b"
)
_TECHNICAL = re.compile(
    r"\b(?:vulnerabilit|flaws?|bugs?|exploit|malware|ransomware|trojan|backdoor|botnet|zero[- ]day|0-day|cve|server|"
    r"database|"
    r"leak|expos|spyware|phishing|adware|rootkit|worm|misconfigur|proof[- ]of[- ]concept|hack|encryption|firmware|"
    r"bypass)",
    re.IGNORECASE,
)
_FINDING = re.compile(
    r"^(?:\s*,[^,.;]{2,80},)?\s*(?:has\s+|had\s+|have\s+|first\s+|who\s+|recently\s+|also\s+|independently\s+|"
    r"originally\s+){0,3}"
    r"(?:discovered|uncovered|unearthed|found|reported|disclosed|spotted|stumbled|identified|analy[sz]ed|"
    r"reverse[- ]engineered|"
    r"demonstrated|published|released|described|describes|detailed)\b"
)
_FOUND_BY = re.compile(
    r"\b(?:discovered|uncovered|found|reported|disclosed|spotted|identified|analy[sz]ed|demonstrated|revealed|"
    r"detailed)\s+(?:\w+\s+){0,3}by\s+$|"
    r"\b(?:credited|credits?|kudos|thanks?|acknowledg\w+)\s*(?:to|go to|goes to|:)?\s+$",
    re.IGNORECASE,
)
_STUDY_BY = re.compile(
    r"\b(?:study|studies|research|paper|white paper|survey|analysis|experiment|excavations?)\b(?: \w+){0,5}? (?:by|"
    r"from|led by|authored by|conducted by)\s+(?:\w+\s+){0,2}$|"
    r"\b(?:research|analysis) by\s*:?\s+$|\bled by\s+$(?<=study led by )",
    re.IGNORECASE,
)
_TEAM = re.compile(
    r"\b(?P<role>researchers|experts|scientists|economists|analysts|academics|professors|historians|"
    r"scholars)\b[^.;\n]{0,80}"
    r"(?:including|such as|composed (?:by|of)|led by|namely|like|\(|:|—|–)\s*$",
    re.IGNORECASE,
)
_MEMBER = re.compile(r"^\s*(?:,\s*)?(?:\()?(?:of|from|at|with|,)?\s*(?:the\s+)?$")
_SEPARATOR = re.compile(
    r"^(?:\s*\([^)\n]{1,60}\))?(?:,?\s+(?:of|from|at|with)\s+[^,;.\n]{2,90})?\s*(?:,\s*and|,|and|&|;|"
    r"/)\s*(?:also\s+|fellow\s+)?"
    r"(?:dr\.?\s+|prof\.?\s+|professor\s+)?$",
    re.IGNORECASE,
)
_RESEARCH_PLACE = re.compile(
    r"\b(?:universit|institut|college|school of|academy of sciences|observatory|laborator|labs?\b|think[- ]tank|"
    r"project zero|talos|unit 42|"
    r"x-force|threat intelligence|research\b|polytechnic|faculty|museum of natural)",
    re.IGNORECASE,
)
_ORGANIZATIONS = (Kind.ORGANIZATION, Kind.COMPANY, Kind.GOVERNMENT, Kind.IGO, Kind.MEDIA)
_CREDIT = re.compile(r"\s*[,|(–—:-]|\s+[A-Z]")
_VERB = re.compile(r"\b(?:said|says|told|was|is|has|had|are|were|will|who|wrote|and the)\b|[.!?\"]\s*$")
_VOICE = re.compile(r", (?:the )?[A-Z][^.!?;]{1,60}?(?::|$)")
_ROUND_UP_REACH = 4000  # characters: how far below its header a round-up is followed
_ROUND_UP = re.compile(
    r"(?:^|\n)[^\n]{0,120}\b(?P<role>researchers|experts|scientists|economists|analysts|academics|professors|"
    r"historians|scholars)\b"
    r"[^\n]{0,60}:\s*\n"
)


# The recognizer's own opinion supports what the text says and never stands alone: on spans-dev it added two wrong
# researchers and no right one.
_RECOGNIZER_WEIGHT = 0.4


@dataclass(frozen=True, slots=True)
class Evidence:
    """One place in the text that presents a person as a researcher."""

    weight: float
    reason: str
    start: int  # of the person's name in the parsed string
    role: str = ""
    category: str = ""
    affiliation: tuple[int, int] | None = None  # the organization's span


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
        chance = (
            span.score if span.kind is Kind.RESEARCHER else dict(span.alternatives).get(Kind.RESEARCHER, 0.0)
        )
        if chance > 0.05:
            yield Evidence(
                _RECOGNIZER_WEIGHT * chance, "the recognizer reads this name as a researcher's", span.start
            )

    def _before(self, span: Span, chain: list[Span], head: str) -> Iterator[Evidence]:
        """ "security researcher Nick Roy", "economists A and B", "the researcher at Z, X"."""
        plain = _TITLE_BEFORE.sub("", head)
        if _PROFESSOR.search(head):
            yield Evidence(0.35, "has the title of professor", span.start, "Professor", "academic")
        for phrase, offset in (noun_phrase_before(plain), apposed_before(plain)):
            role = find_last_role(phrase)
            if role and (role.is_plural or chain[0] is span):
                start = chain[0].start - len(head) + offset
                words = clean_role(phrase[: role.end])
                place = self._organization_within(start, chain[0].start) or self._organization_after(span)
                yield Evidence(role.weight, f"called “{words}”", span.start, words, role.category, place)
                return
        team = _TEAM.search(plain)
        if team:
            role = find_role(team["role"])
            if role:
                yield Evidence(
                    0.9 * role.weight,
                    f"listed among “{team['role']}”",
                    span.start,
                    team["role"],
                    role.category,
                )
        elif chain[0] is span and OTHER_ROLES.search(noun_phrase_before(plain)[0][-40:]):
            yield Evidence(-0.5, "called by another trade", span.start)

    def _after(self, span: Span, chain: list[Span], right: str, tail: str) -> Iterator[Evidence]:
        """ "X, a professor at Y", "X is a historian", "X and Z, both economists at Y"."""
        for text, owner in ((right, span), (tail, chain[-1])):
            found = apposed_role(text, is_cut=owner.end + len(text) in self.starts) or copula_role(text)
            if found and (owner is span or found[1].is_plural):
                phrase, role, offset = found
                words = clean_role(phrase[: max(role.end, phrase_end(phrase, role.end))])
                place = self._organization_after(owner, owner.end + offset + role.end)
                place = place or self._organization_within(
                    owner.end + offset, owner.end + offset + role.start
                )
                yield Evidence(
                    role.weight, f"described as “{words}”", span.start, words, role.category, place
                )
                return
        if OTHER_ROLES.search(first_segment(right)):
            yield Evidence(-0.5, "described by another trade", span.start)

    def _verbs(self, span: Span, left: str, right: str, head: str) -> Iterator[Evidence]:
        if _WHO_STUDIES.match(right):
            yield Evidence(0.75, "the text says what they study", span.start, "", "academic")
        if _STUDY_BY.search(_TITLE_BEFORE.sub("", head)):
            yield Evidence(
                0.7, "named as author of research", span.start, "author of the research", "scientist"
            )
        sentence = left + right
        if _TECHNICAL.search(sentence):
            if _FOUND_BY.search(head):
                yield Evidence(0.65, "credited with a finding", span.start, "", "security researcher")
            elif _FINDING.match(right):
                yield Evidence(
                    0.45, "does what researchers do: finds and reports", span.start, "", "security researcher"
                )

    def _member(self, span: Span, right: str) -> Iterator[Evidence]:
        """ "X of Google Project Zero found", "Professor X from the University of Y", "Yale's X"."""
        place = next((o for o in self.organizations if 0 <= o.start - span.end <= 14), None)
        if (
            place is None
            or not _MEMBER.match(self.parsed.string[span.end : place.start])
            or place.start == span.end
        ):
            return
        name = self.parsed.string[place.start : place.end]
        after = self.parsed.string[place.end : place.end + 60]
        if _FINDING.match(after) or _FINDING.match(right):
            yield Evidence(
                0.5,
                "of an organization, and finds or reports",
                span.start,
                "",
                "security researcher",
                (place.start, place.end),
            )
        if _RESEARCH_PLACE.search(name):
            yield Evidence(
                0.5, "of a place of research", span.start, "", "academic", (place.start, place.end)
            )

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
            words = clean_role(line[: role.end].lstrip(" ,-–—|("))
            yield Evidence(role.weight, f"credited as “{words}”", span.start, words, role.category)
        header = (
            _ROUND_UP.search(string[max(0, first - _ROUND_UP_REACH) : first]) if _VOICE.match(line) else None
        )
        role = find_role(header["role"]) if header else None
        if header and role:
            words = header["role"][:-1]
            yield Evidence(
                0.8 * role.weight, f"one of the “{words}s” asked", span.start, words, role.category
            )

    def _sentence(self, span: Span) -> tuple[int, int]:
        where, start, _ = self.parsed.place(span.start, span.end)
        shift = 0 if where is Field.TITLE else self.parsed.body
        number = self.parsed.sentence_at(span.start)
        for sentence in self.parsed.sentences[number : number + 1]:
            if sentence.start <= start:
                return sentence.start + shift, max(sentence.end + shift, span.end)
        return span.start, span.end

    def _next_person(self, span: Span, last: int) -> int:
        return min(
            (other.start for other in self.people if other.start >= span.end and other.start < last),
            default=last,
        )

    def _chain(self, span: Span, first: int, last: int) -> list[Span]:
        """The list "A, B of Y and C" in which this name stands."""
        names = [other for other in self.people if first <= other.start and other.end <= last]
        at = names.index(span)
        begin = end = at
        while begin and _SEPARATOR.match(self.parsed.string[names[begin - 1].end : names[begin].start]):
            begin -= 1
        while end + 1 < len(names) and _SEPARATOR.match(
            self.parsed.string[names[end].end : names[end + 1].start]
        ):
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
            if begin <= place.start < limit and leads_to(self.parsed.string[begin : place.start]):
                return place.start, place.end
        return None
