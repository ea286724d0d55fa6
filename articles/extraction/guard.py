"""Cheap checks before any parser sees a page: shapes that would keep it busy for minutes are refused."""

import re

MAX_CHARACTERS = 10_000_000  # the byte limit of fetching, seen from the other side
MAX_NODES = 200_000
MAX_ATTRIBUTES = 1_000  # libxml2 compares each attribute of a tag with all others: 100,000 take 13 s
MAX_DEPTH = 500

_VALUE = r"""(?:"[^"]*+(?:"|$)|'[^']*+(?:'|$)|[^\s>]*+)"""
_ATTRIBUTE = rf"[^\s/>][^\s/>=]*+(?:\s*+=\s*+{_VALUE})?+"
# Possessive throughout, and each match starts where the last one ended: linear in the length of the page.
_OPENING = re.compile(rf"<[a-zA-Z][^\s/>]*+(?:[\s/]*+{_ATTRIBUTE})*+")
_ONE_ATTRIBUTE = re.compile(_ATTRIBUTE)
_TAG = re.compile(rf"<[a-zA-Z][^\s/>]*+(?:[\s/]*+{_ATTRIBUTE}){{{MAX_ATTRIBUTES},}}+")
_TAG = re.compile(
    r"<(?:(/)|(?=[a-z]))(?:div|section|article|main|span|b|i|em|strong|font|center|ul|ol|table|blockquote|a|form)"
    r"(?=[\s>/])|<(script|style|svg)\b",
    re.IGNORECASE,
)
_SKIPPED_END = re.compile(r"</(?:script|style|svg)", re.IGNORECASE)
_LONG = 2 * MAX_ATTRIBUTES  # characters that so many attributes need at least


def refusal(html: str) -> tuple[str, str] | None:
    """Why a page must not be parsed, as (code, sentence); None when it may be."""
    if len(html) > MAX_CHARACTERS:
        return "too-large", "The page is larger than 10 million characters."
    if html.count("<") > 2 * MAX_NODES:
        return "too-complex", "The page has more than 200,000 elements."
    if _has_long_tag(html):
        return "too-complex", "One element of the page carries more than 1,000 attributes."
    if _is_deep(html):
        return "too-complex", "The elements of the page are nested more than 500 deep."
    return None


def _has_long_tag(html: str) -> bool:
    return any(
        sum(1 for _ in _ONE_ATTRIBUTE.finditer(html, *match.span())) > MAX_ATTRIBUTES
        for match in _OPENING.finditer(html)
        if match.end() - match.start() > _LONG
    )


def _is_deep(html: str) -> bool:
    """Opened minus closed containers, scripts aside: only a page that never comes back down is deep."""
    if html.count("<") - html.count("</") < MAX_DEPTH:
        return False
    depth, position = 0, 0
    for match in _TAG.finditer(html):
        if match.start() < position:
            continue  # inside a script
        if match.group(2):
            end = _SKIPPED_END.search(html, match.end())
            position = end.end() if end else len(html)
        elif match.group(1):
            depth = depth - 1 if depth else 0
        else:
            depth += 1
            if depth > MAX_DEPTH:
                return True
    return False
