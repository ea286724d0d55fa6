"""Is what was captured an article? Reasons against, in sentences a reader understands."""

import re
from dataclasses import dataclass

from articles.extraction.types import Doubt, Verdict

MIN_TEXT = 250  # characters; below, a page needs other evidence that it is an article


@dataclass(frozen=True, slots=True)
class Signs:
    """What the verdict looks at."""

    title: str
    page_title: str
    text: str
    paragraphs: int  # kept blocks of at least 80 characters
    page_characters: int
    link_share: float  # of the visible text of the page
    status: int
    has_article_type: bool
    og_type: str
    types: frozenset[str]
    free: bool | None
    has_password_field: bool
    url: str


_WALLS = {
    "bot-check": r"checking your browser|verify (?:that )?you are (?:a )?human|are you (?:a )?robot|unusual (?:traffic|activity)|"
    r"enable javascript and cookies to continue|captcha|ddos protection|access (?:to this page )?(?:has been )?denied|"
    r"just a moment|attention required|security check|request unsuccessful|pardon our interruption",
    "cookie-wall": r"(?:we|wir|nous|our partners|und unsere partner).{0,80}(?:cookies|consent)|accept all cookies|alle akzeptieren|"
    r"zustimmen und weiter|tout accepter|aceptar todas|mit werbung weiterlesen",
    "error-page": r"(?:page|seite|página|pagina|page web).{0,30}(?:not found|nicht gefunden|introuvable|no encontrada|non trovata)|"
    r"\b404\b|\b50[0234]\b (?:error|bad|service)|internal server error|service unavailable|bad gateway",
    "login": r"(?:log|sign) in to (?:continue|your)|please (?:log|sign) in|forgot (?:your )?password|passwort vergessen|mot de passe oubli",
}
_PATTERNS = {code: re.compile(pattern, re.IGNORECASE) for code, pattern in _WALLS.items()}
_SENTENCES = {
    "bot-check": "The site answered with a check for robots instead of the article.",
    "cookie-wall": "The site showed its cookie question instead of the article.",
    "error-page": "The site answered with an error page.",
    "login": "The site asks for a login.",
    "short": "The page holds too little text for an article.",
    "listing": "The page lists other pages; it is not one article.",
    "video": "The page is about a video; it holds hardly any text of its own.",
    "paywall": "The text ends at a paywall; only the beginning was captured.",
    "too-large": "The page is too large to be read safely.",
}


def judge(signs: Signs) -> tuple[Verdict, tuple[Doubt, ...]]:
    """The verdict with its reasons."""
    doubts = [Doubt(code, _SENTENCES[code]) for code in _codes(signs)]
    codes = {doubt.code for doubt in doubts}
    if codes - {"paywall"}:
        return Verdict.NOT_ARTICLE, tuple(doubts)
    return (Verdict.PARTIAL if codes else Verdict.ARTICLE), tuple(doubts)


def _codes(signs: Signs) -> list[str]:
    codes = []
    head = f"{signs.page_title}\n{signs.title}\n{signs.text[:1500]}"
    if len(signs.text) < 1500:
        codes = [code for code, pattern in _PATTERNS.items() if pattern.search(head)]
    if not codes and len(signs.text) < MIN_TEXT and not signs.paragraphs:
        codes.append("short")
    if signs.free is False:
        codes.append("paywall")
    return codes
