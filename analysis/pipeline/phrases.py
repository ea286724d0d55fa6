"""Words around a name → noun phrases, appositions and the roles in them."""

import re

from analysis.pipeline.roles import Role, find_role

_STOP = re.compile(
    r"\b(?:at|of|for|in|with|from|on|by|who|that|which|whose|to|as|told|said|says|say|added|adds|wrote|writes|"
    r"explained|"
    r"was|is|were|are|has|had|have|will|would|when|while|after|before|if|but|because|where|warned|noted|argued|"
    r"believes|thinks)\b"
    r"|[,;:.()\"\[\]!?]|\s[-–—]+\s|\n"
)
_DELIMITER = re.compile(r"\s*(?:[,;()]|\s[-–—]+\s)\s*")
_APPOSED = re.compile(r"^\s*(?:[,(]|\s?[-–—]+\s)\s*")
_SKIPPED = re.compile(
    r"^(?:\d{1,3}|ph\.?d\.?|m\.?d\.?|dr|jr\.?|sr\.?|msc|cissp[\w ]*|@\w+|himself|herself|too|"
    r"meanwhile|however)$",
    re.IGNORECASE,
)
_COPULA = re.compile(
    r"^\s*,?\s*(?:who\s+)?(?:is|was|has been|had been|became|remains|works as|worked as|serves as|served as)\s+"
    r"(?:also\s+|now\s+|currently\s+|then\s+)*(?:an?|the|one of(?: the)?|among(?: the)?)?\s*"
)
_LEADING = re.compile(
    r"^(?:an?|the|one of(?: the)?|former|his|her|their|our|my|own|as|and|also|both|fellow|like|by|"
    r"said|says|with|from|to|of|that)\s+",
    re.IGNORECASE,
)


_LEADS = re.compile(
    r"(?:\b(?:at|of|with|for|from|in)\b|['’]s|,)\s*(?:(?:the|an?|[\w'-]+-based|[\w'-]+)\s+){0,5}$"
)
_CLAUSE = re.compile(r"\b(?:said|says|told|wrote|who|that|which|was|is|are|were|has|had)\b")


def leads_to(between: str) -> bool:
    return bool(_LEADS.search(between)) and not _CLAUSE.search(between)


def noun_phrase_before(text: str) -> tuple[str, int]:
    """The words directly before a name, back to the last border, and where they start."""
    borders = [found.end() for found in _STOP.finditer(text) if found.end() < len(text.rstrip())]
    start = max(borders[-1] if borders else 0, len(text) - 90)
    return text[start:], start


def apposed_before(text: str) -> tuple[str, int]:
    """ "The security researcher at consultancy Z, " before a name."""
    found = re.search(r"(?:^|[.,;:\"]\s*)((?:the|an?)\s+[^,.;\"]{3,100}),\s*$", text, re.IGNORECASE)
    return (_until_stop(found[1]) + " ", found.start(1)) if found else ("", 0)


def _until_stop(text: str) -> str:
    stop = _STOP.search(text)
    return text[: stop.start()] if stop else text


def phrase_end(phrase: str, end: int) -> int:
    stop = _STOP.search(phrase, end)
    return stop.start() if stop else len(phrase)


def apposed_role(text: str, *, is_cut: bool) -> tuple[str, Role, int] | None:
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


_SAYING = re.compile(
    r"^\s*(?:said|says|told|tells|added|adds|wrote|writes|explained|warned|noted|argued|who|which|"
    r"and|but|he|she|it|they|was|is|has|had|have|will)\b|[\"“”]",
    re.IGNORECASE,
)
_LINKED_ROLE = re.compile(
    r"\b(?:and|&)\s+(?:also\s+)?(?:an?\s+|the\s+)?(?=[\w' -]{0,60}$|[\w' -]{0,60}\b(?:at|of|"
    r"in|for|with)\b)"
)


def _is_descriptive(segment: str) -> bool:
    return not _SAYING.search(segment) or bool(_SKIPPED.match(segment.strip()))


def _role_part(segment: str) -> str:
    """What of a segment may hold the role: up to the first verb; "head of research" crosses its preposition."""
    verb = re.search(
        r"\b(?:who|that|which|told|said|says|was|is|has|had|in an?|when|after|before)\b|"
        r"[\"“”\n]",
        segment,
    )
    part = segment[: verb.start()] if verb else segment
    # "a lawyer for economist X": what follows the first preposition describes another thing, unless a
    # phrase such as "director of research" spans it or a second role is joined by "and".
    stop = re.search(r"\b(?:for|with|at|from|on|by|to)\b", part)
    linked = _LINKED_ROLE.search(part, stop.start()) if stop else None
    if stop and not linked:
        return (
            part[: stop.start()]
            if find_role(part[: stop.start()]) or " of " not in part[: stop.start()]
            else part
        )
    return part


def copula_role(text: str) -> tuple[str, Role, int] | None:
    begin = _COPULA.match(text)
    if not begin:
        return None
    phrase = _until_stop(text[begin.end() :])
    role = find_role(phrase)
    return (phrase, role, begin.end()) if role and len(phrase) < 80 else None


def first_segment(text: str) -> str:
    begin = _APPOSED.match(text)
    if not begin:
        return ""
    stop = _DELIMITER.search(text, begin.end())
    return _until_stop(text[begin.end() : stop.start() if stop else len(text)][:60])


def clean_role(words: str) -> str:
    """Role words as shown: no article, no possessor's remains, no doubled spaces."""
    role = " ".join(words.split()).strip(" ,'\"“”")
    while (leading := _LEADING.match(role)) and leading.end() < len(role):
        role = role[leading.end() :]
    return role
