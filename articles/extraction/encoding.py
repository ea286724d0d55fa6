"""Bytes of a page into text, whatever header, byte-order mark and meta tag claim."""

import codecs
import re

from charset_normalizer import from_bytes

_META = re.compile(rb"""<meta[^>]{0,300}?charset\s*=\s*["']?\s*([A-Za-z0-9_:.\-]{2,40})""", re.IGNORECASE)
_XML = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9_:.\-]{2,40})""", re.IGNORECASE)
_HEADER = re.compile(r"""charset\s*=\s*["']?\s*([A-Za-z0-9_:.\-]{2,40})""", re.IGNORECASE)
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# Names that browsers read as a wider relative (WHATWG Encoding Standard, section 4.2).
_WIDER = {
    "ascii": "cp1252", "iso8859-1": "cp1252", "gb2312": "gb18030", "gbk": "gb18030",
    "shift_jis": "cp932", "euc_kr": "cp949", "iso8859-9": "cp1254", "iso8859-11": "cp874", "tis-620": "cp874",
}  # fmt: skip
_HEAD = 4096  # browsers look for the declaration in the first 1,024 bytes; real pages put it a little later
_SAMPLE = 60_000
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_SUSPECT = re.compile("[\ufffd\x80-\x9f]")
_MAX_BROKEN = 0.01  # share of broken sequences up to which damaged UTF-8 is still UTF-8


def decode(body: bytes, content_type: str = "") -> tuple[str, str]:
    """The text of a page and the name of the character set it was read with; never raises."""
    for bom, name in _BOMS:
        if body.startswith(bom):
            return _clean(body[len(bom) :].decode(name, "replace")), name
    if wide := _wide(body):
        return _clean(body.decode(wide, "replace")), wide
    if (text := _as_utf8(body)) is not None:
        return _clean(text), "utf-8"
    name = _least_broken(body, _declared(body, content_type))
    return _clean(body.decode(name, "replace")), name


def _wide(body: bytes) -> str:
    """UTF-16 without a mark: in markup every other byte is zero."""
    head = body[:400]
    zeros_even, zeros_odd = head[0::2].count(0), head[1::2].count(0)
    if zeros_odd > len(head) // 4 and zeros_even < 3:
        return "utf-16-le"
    if zeros_even > len(head) // 4 and zeros_odd < 3:
        return "utf-16-be"
    return ""


def _as_utf8(body: bytes) -> str | None:
    """Text that decodes as UTF-8 is UTF-8: other character sets practically never do so by accident.

    A page that is cut inside a character or carries a few foreign bytes still counts.
    """
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        text = body.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    wide = sum(1 for character in text if character > "\x7f") - broken
    return text if wide and (broken <= 2 or broken <= wide * _MAX_BROKEN) and broken < wide else None


def _declared(body: bytes, content_type: str) -> list[str]:
    head = body[:_HEAD]
    names = [match.group(1) for match in [_HEADER.search(content_type)] if match]
    names += [match.group(1).decode("ascii") for match in [_META.search(head), _XML.search(head)] if match]
    found = []
    for name in names:
        try:
            proper = codecs.lookup(name).name
        except LookupError:
            continue
        if not proper.startswith(("utf", "unicode", "idna", "punycode", "raw")):
            found.append(_WIDER.get(proper, proper))
    return found


def _least_broken(body: bytes, declared: list[str]) -> str:
    sample = body[:_SAMPLE]
    best = min(declared, key=lambda name: _damage(sample, name), default="")
    if best and _damage(sample, best) <= 3:
        return best
    guess = from_bytes(sample).best()
    names = [*declared, *([guess.encoding] if guess else []), "cp1252"]
    return min(names, key=lambda name: _damage(sample, name))


def _damage(sample: bytes, name: str) -> int:
    try:
        return len(_SUSPECT.findall(sample.decode(name, "replace")))
    except (LookupError, ValueError):  # a codec that does not make text
        return len(sample)


def _clean(text: str) -> str:
    return _CONTROL.sub("", text)
