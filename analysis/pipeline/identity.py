"""Names → the part that identifies: words without case, accents, marks and legal form."""

import re
import unicodedata

from analysis.pipeline.readable import smooth

_WORD = re.compile(r"[^\W_]+(?:&[^\W_]+)*")
_POSSESSIVE = re.compile(r"'s?$|'S$")


def strip_accents(written: str) -> str:
    """Letters without their accents (é → e); other scripts stay."""
    decomposed = unicodedata.normalize("NFKD", written)
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


def bare_words(written: str) -> tuple[str, ...]:
    """Words case folded, without accents, marks and a final possessive; "S.p.A." becomes "spa"."""
    plain = _POSSESSIVE.sub("", smooth(written).strip())
    plain = re.sub(r"(?<=\b\w)\.(?=\w\b)|(?<=\b\w)\.(?=\w\.)", "", plain)
    return tuple(_WORD.findall(strip_accents(plain).casefold()))


def slug(name: str) -> str:
    """A key part: words joined by hyphens."""
    return "-".join(bare_words(name)) or "unnamed"
