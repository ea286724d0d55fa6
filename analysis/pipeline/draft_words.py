"""Words, names and technical values of a sentence, for comparing a drafted sentence with its evidence."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["STEM", "Run", "content_stems", "key", "name_runs", "plain", "read_codes", "stem", "words_of"]

STEM = 5  # letters by which forms of one word are held together: "fined", "fines"
SHORTEST = 4  # letters of a word that carries meaning

_QUOTES = str.maketrans(
    dict.fromkeys("“”„‟«»″＂「」『』", '"')
    | dict.fromkeys("‘’‚‛′ʼ`´", "'")
    | dict.fromkeys("‐‑‒−", "-")
    | {"—": " - ", "―": " - "}
)
_LETTERS = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_DOTTED = re.compile(r"\b(?:[^\W\d_]\.){2,}")  # "U.S."
# A figure with what may hang on it; every other token with a letter and a digit is a technical value.
_COUNTED = re.compile(
    r"(?:(?:US\$|CN¥|[$€£¥])\d[\d.,]*(?:[kmbKMB]|bn|mn|mln|tn)?|\d[\d.,]*(?:st|nd|rd|th|bn|mn|mln|tn)?)%?"
    r"(?:-(?:\d[\d.,]*%?|[a-z]+))*|[a-z]+-\d+"
)
_CODED = re.compile(r"[@/\\_=]|[a-z0-9]\.[a-z]{2,}", re.IGNORECASE)
_TOKEN = re.compile(r'[^\s"|()\[\],;]+')

# Words that are written large only because they come first.
_SMALL = frozenset(
    "a an the this that these those it its he his him she her hers they their them we our us i my you "
    "your who whom whose which what when where why how all some any many most more few several both each "
    "every either neither no none not one another other others such same and or but nor so yet if then "
    "than as at by for from in into of off on onto out over to under up upon with within without about "
    "above across after against along amid among around before behind below beneath beside besides "
    "between beyond despite down during except inside like near outside past per plus since through "
    "throughout till until toward towards via while although though because unless whereas whether also "
    "again already still just only even ever never now here there today soon later earlier meanwhile "
    "however instead moreover furthermore nevertheless nonetheless therefore thus hence according "
    "following is are was were be been being has have had do does did will would shall should can could "
    "may might must let mr mrs ms dr prof".split()
)
# Written large without naming anything; a draft must have them from the text, which `draft_figures` sees to.
_DATED = frozenset(
    "january february march april june july august september october november december jan feb mar apr "
    "jun jul aug sep sept oct nov dec monday tuesday wednesday thursday friday saturday sunday".split()
)
_JOINING = frozenset("of de du da do dos la le van von der den bin ibn al el y".split())


@dataclass(frozen=True, slots=True)
class Run:
    """Words written large that stand together: a name, or the first word of a sentence."""

    words: tuple[str, ...]  # those written large
    phrase: str  # with what joins them: "Bank of England"
    is_first: bool  # it opens the sentence or a quotation, where every word is written large


def plain(text: str) -> str:
    """One form for quotes, dashes, spaces and composed letters; hidden signs left out."""
    one = unicodedata.normalize("NFKC", text.translate(_QUOTES)).translate(_QUOTES)
    one = re.sub(r"(?<=\d)\s?–\s?(?=\d)", "-", one).replace("–", " - ")
    one = "".join(sign for sign in one if sign.isspace() or unicodedata.category(sign) not in ("Cc", "Cf"))
    return " ".join(_DOTTED.sub(lambda match: match[0].replace(".", ""), one).split())


def words_of(text: str) -> list[str]:
    """The words of a plain text as they are compared, without possessive endings."""
    return [key(_bare(match[0])) for match in _LETTERS.finditer(text)]


def key(word: str) -> str:
    """A word as it is compared: case apart, but "US" is never "us"."""
    lower = word.casefold()
    return word if lower in _SMALL and word.isupper() and len(word) > 1 else lower


def _bare(word: str) -> str:
    return word[:-2] if word[-2:] in ("'s", "'S") else word


def stem(word: str) -> str:
    """The letters by which forms of a word are compared."""
    return word.casefold()[:STEM]


def content_stems(text: str) -> frozenset[str]:
    """Stems of the words that carry meaning."""
    return frozenset(stem(word) for word in words_of(text) if len(word) >= SHORTEST and word not in _SMALL)


def read_codes(text: str) -> tuple[frozenset[str], str]:
    """Technical values (addresses, CVE numbers, "F-35", "5G"), casefolded, and the text without them."""
    codes: set[str] = set()

    def taken(match: re.Match[str]) -> str:
        token = re.sub(r"(?:'s)?[.:!?'-]*$", "", match[0]).lstrip("'-")
        if not _is_code(token):
            return match[0]
        codes.add(token.casefold())
        return " "

    rest = _TOKEN.sub(taken, text)
    return frozenset(codes), rest


def _is_code(token: str) -> bool:
    if _COUNTED.fullmatch(token):
        return False
    has_both = any(sign.isdigit() for sign in token) and any(sign.isalpha() for sign in token)
    return has_both or bool(_CODED.search(token))


def name_runs(text: str) -> Iterator[Run]:
    """The names of a plain text, as far as capitals and scripts without them tell: every word of the latter is one."""
    _, rest = read_codes(text)
    words = list(_LETTERS.finditer(rest))
    run: list[re.Match[str]] = []
    for place, match in enumerate(words):
        if run and not _goes_on(rest, run[-1], match):
            yield from _closed(rest, run)
            run = []
        if _is_name(match, rest):
            run.append(match)
        elif run and not (_joins(match) and place + 1 < len(words)):
            yield from _closed(rest, run)
            run = []
        elif run:
            run.append(match)
    yield from _closed(rest, run)


def _goes_on(text: str, before: re.Match[str], match: re.Match[str]) -> bool:
    return text[before.end() : match.start()] in (" ", "-", "")


def _joins(match: re.Match[str]) -> bool:
    return match[0] in _JOINING


def _is_name(match: re.Match[str], text: str) -> bool:
    word = _bare(match[0])
    lower = word.casefold()
    if not word or lower in _DATED or (lower in _SMALL and not (word.isupper() and len(word) > 1)):
        return False
    if lower == "may":
        return False
    return any(sign.isupper() or unicodedata.category(sign) in ("Lo", "Lt") for sign in word)


def _closed(text: str, run: list[re.Match[str]]) -> Iterator[Run]:
    """A run without what only joins at its end."""
    while run and _joins(run[-1]):
        run.pop()
    if run:
        words = tuple(_bare(match[0]) for match in run if not _joins(match))
        phrase = " ".join(_bare(match[0]) for match in run)
        yield Run(words, phrase, _opens(text, run[0].start()))


def _opens(text: str, start: int) -> bool:
    before = text[:start].rstrip(" ")
    return not before or before[-1] in '.!?:"' or before.endswith(" '") or before == "'"
