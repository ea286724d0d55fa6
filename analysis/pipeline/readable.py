"""Raw text → text of the same length that is easier to read: marks unified, markup blanked, capitals undone."""

import re

# One character for one character, so that every offset stays valid.
_MARKS = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛ʼ′`´", "'"),
        **dict.fromkeys("“”„‟«»″", '"'),
        **dict.fromkeys("‐‑‒−", "-"),
        **dict.fromkeys(
            "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a", " "
        ),
        **dict.fromkeys("\u200b\u200c\u200d\u200e\u200f\u202f\u205f\u2060\u3000\ufeff\t\x0b\x0c\x00", " "),
    }
)
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,300}>|<!--.{0,300}?-->", re.DOTALL)
_NOT_BREAK = re.compile(r"[^\n]")
_CHARACTER = re.compile(
    r"&(amp|nbsp|quot|apos|lt|gt|rsquo|lsquo|rdquo|ldquo|ndash|mdash|#\d{2,4}|#x[0-9a-fA-F]{2,4});"
)
_PLAIN = {"amp": "&", "quot": '"', "apos": "'", "rsquo": "'", "lsquo": "'", "rdquo": '"', "ldquo": '"'}
_PLAIN |= {
    "ndash": "-",
    "mdash": "-",
    "#39": "'",
    "#8217": "'",
    "#8216": "'",
    "#8220": '"',
    "#8221": '"',
    "#38": "&",
}

_LINE = re.compile(r"[^\n\r]+")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_SHOUTED = 0.8  # share of capitals from which a line counts as written in capitals
_SHORT = 3  # words up to this length may be acronyms (US, UN, FBI) and are left alone without evidence


def smooth(raw: str) -> str:
    """Unify quotes, hyphens and spaces, blank out leftover HTML; the length never changes."""
    string = raw.translate(_MARKS)
    if "<" in string:
        string = _TAG.sub(lambda found: _NOT_BREAK.sub(" ", found.group()), string)
    if "&" in string:
        string = _CHARACTER.sub(lambda found: _PLAIN.get(found[1], " ").ljust(len(found.group())), string)
    return string


def recase_capitals(string: str) -> str:
    """Give lines written in capitals the case their words have elsewhere in the text, else Title Case."""
    shouted = [line for line in _LINE.finditer(string) if _is_shouted(line.group())]
    if not shouted:
        return string
    quiet = _LINE.sub(lambda line: " " if _is_shouted(line.group()) else line.group(), string)
    known = _seen_forms(quiet)
    pieces, last = [], 0
    for line in shouted:
        pieces += [
            string[last : line.start()],
            _WORD.sub(lambda word: _recase(word.group(), known), line.group()),
        ]
        last = line.end()
    return "".join([*pieces, string[last:]])


def _is_shouted(line: str) -> bool:
    words = _WORD.findall(line)
    letters = "".join(words)
    capitals = sum(letter.isupper() for letter in letters)
    return len(words) >= 3 and len(letters) > 12 and capitals >= _SHOUTED * len(letters)


def _seen_forms(string: str) -> dict[str, str]:
    """How each word is written in the rest of the text; the lower-case form wins, as names rarely have one."""
    forms: dict[str, str] = {}
    for word in _WORD.findall(string):
        key = word.casefold()
        if key not in forms or word.islower():
            forms[key] = word
    return forms


def _recase(word: str, known: dict[str, str]) -> str:
    seen = known.get(word.casefold())
    if seen is not None and len(seen) == len(word):
        return seen
    if len(word) <= _SHORT or not word.isupper():
        return word
    recased = word[0] + word[1:].lower()
    return recased if len(recased) == len(word) else word
