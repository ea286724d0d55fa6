"""Openings of lines that point away from the article, in the languages served."""

import re

from articles.extraction.walls import alternatives

_TEASER = re.compile(rf"^[\W_]{{0,6}}(?:{alternatives('teaser')})(?!\w)", re.IGNORECASE)
_CREDIT = re.compile(
    r"(?:^|[\s(\[/|–-])(?:photo|picture|image|foto|fotos|bild|bilder|crédit|credit|credits|photograph(?:er|y)?|fotograf|quelle|source|"
    r"getty|reuters|afp|dpa|ap photo|shutterstock|istock|imago|pixabay|unsplash|epa|adobe ?stock|fot\.|фото|写真|사진)"
    r"\s*(?:by|von|de|:|/|©|credit|images|via|$)|©",
    re.IGNORECASE,
)
_IMPERATIVE = re.compile(
    r"newsletter|subscri|abonn|suscr[ií]|iscriv|zapisz|подпис|inbox|\be-?mail|cookie|datenschutz|privacy|"
    r"javascript|browser|ad ?blocker|adblock|log ?in|sign ?in|register|anmelden|einloggen|registrier|"
    r"whatsapp|telegram|facebook|twitter|instagram|youtube|podcast|app store|google play|rss",
    re.IGNORECASE,
)


def is_teaser(text: str) -> bool:
    """Does the line open like a pointer to something else (Read more, Related, Subscribe …)?"""
    return bool(_TEASER.match(text[:80]))


def is_credit(text: str) -> bool:
    """Does a short line look like the caption or the credit of a picture?"""
    return len(text) < 300 and bool(_CREDIT.search(text))


def addresses_reader(text: str) -> bool:
    """Does the line speak of subscribing, following, logging in or the browser?"""
    return bool(_IMPERATIVE.search(text[:400]))
