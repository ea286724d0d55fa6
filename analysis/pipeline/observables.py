"""Text → exact technical values (addresses, hashes, CVE numbers), also written defanged, with their true value."""

import ipaddress
import re
from collections.abc import Iterator
from functools import lru_cache

import tldextract

from analysis.pipeline.types import Kind, Parsed, Span

_DOT = r"(?:\.|\[\.\]|\(\.\)|\{\.\}|\[\.|\.\]|\[dot\]|\(dot\))"
_AT = r"(?:@|\[@\]|\(@\)|\[at\]|\(at\))"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?"
_HOST = rf"(?:{_LABEL}{_DOT})+[A-Za-z][A-Za-z0-9-]{{1,23}}"

_URL = re.compile(
    r"(?<![A-Za-z0-9])(?:h(?:tt|xx|XX|\*\*|__)ps?|ftp|fxp|sftp|meow)(?:://|\[://\]|\[:\]//|:\[//\]|\[:/]/|"
    r"__)[^\s<>\"'|\\^`]+",
    re.IGNORECASE,
)
_EMAIL = re.compile(rf"(?<![\w.+-])[A-Za-z0-9][\w.+-]{{0,63}}\s?{_AT}\s?{_HOST}", re.IGNORECASE)
_IPV4 = re.compile(rf"(?<![\w.])\d{{1,3}}(?:{_DOT}\d{{1,3}}){{3}}(?![\w]|\.\d)")
_IPV6 = re.compile(r"(?<![\w:.])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?![\w:])")
_DOMAIN = re.compile(rf"(?<![\w@./-]){_HOST}(?![\w@])", re.IGNORECASE)
_HASH = re.compile(r"(?<![\w-])(?:[0-9a-fA-F]{128}|[0-9a-fA-F]{64}|[0-9a-fA-F]{40}|[0-9a-fA-F]{32})(?![\w-])")
_CVE = re.compile(r"(?<![A-Za-z])CVE[\s-]?((?:19|20)\d{2})[-–](\d{4,7})(?!\d)", re.IGNORECASE)

_HASH_NAMES = {32: "MD5", 40: "SHA-1", 64: "SHA-256", 128: "SHA-512"}
# Top-level domains that are also file endings: such a bare name is a file unless it says otherwise.
_FILE_ENDINGS = frozenset("py sh md pl rs zip mov so ps ml".split())
_VERSION_BEFORE = re.compile(
    r"(?:\bversions?|\bver\.?|\bv|\brelease|\bbuild|\bfirmware|\bsections?|"
    r"§)\s*$",
    re.IGNORECASE,
)
_CLOSING = {")": "(", "]": "[", "}": "{"}


@lru_cache(maxsize=1)
def _suffixes() -> tldextract.TLDExtract:
    """Public suffixes from the list inside the package: nothing is fetched and nothing is cached on disk."""
    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


def find_observables(parsed: Parsed) -> list[Span]:
    """Find all observables, longest reading first: a URL hides the domain inside it."""
    found: list[Span] = []
    for finder in (_find_urls, _find_emails, _find_ips, _find_hashes, _find_cves, _find_domains):
        found += [span for span in finder(parsed.string) if not any(_overlap(span, other) for other in found)]
    return sorted(found, key=lambda span: span.start)


def refang(written: str) -> str:
    """Undo the marks that keep an address from being clicked: hxxp, [.], (dot), [at], [://]."""
    plain = re.sub(_DOT, ".", written, flags=re.IGNORECASE)
    plain = re.sub(rf"\s?{_AT}\s?", "@", plain, flags=re.IGNORECASE)
    plain = re.sub(r"^h(?:xx|\*\*|__)p", "http", plain, flags=re.IGNORECASE)
    plain = re.sub(
        r"^(?:meow)(?=[:\[])", "http", re.sub(r"^fxp", "ftp", plain, flags=re.IGNORECASE), flags=re.IGNORECASE
    )
    return re.sub(r"^([a-z]+)(?:\[:\]//|\[://\]|:\[//\]|\[:/]/|__)", r"\1://", plain, flags=re.IGNORECASE)


def _overlap(left: Span, right: Span) -> bool:
    return left.start < right.end and right.start < left.end


def _span(start: int, written: str, kind: Kind, value: str, what: str) -> Span:
    reasons = (what, "written defanged") if refang(written) != written else (what,)
    return Span(start, start + len(written), kind, 0.99, "pattern", reasons, value=value)


def _find_urls(string: str) -> Iterator[Span]:
    for match in _URL.finditer(string):
        written = _trim(match.group())
        value = refang(written)
        scheme, _, rest = value.partition("://")
        host = rest.split("/")[0].split("?")[0].split("#")[0].rsplit("@")[-1]
        if "." in host and len(host) > 3:
            normal = f"{scheme.lower()}://{host.lower()}{rest[rest.find(host) + len(host) :]}"
            yield _span(match.start(), written, Kind.URL, normal, "begins like a web address")


def _trim(written: str) -> str:
    """Drop punctuation that belongs to the sentence, keep brackets that open inside the address."""
    while written:
        last = written[-1]
        if last in ".,;:!?'*" or (last in _CLOSING and written.count(last) > written.count(_CLOSING[last])):
            written = written[:-1]
        else:
            break
    return written


def _find_emails(string: str) -> Iterator[Span]:
    for match in _EMAIL.finditer(string):
        value = refang(match.group()).lower()
        if _is_public(value.partition("@")[2]):
            yield _span(match.start(), match.group(), Kind.EMAIL, value, "name, at sign and a public domain")


def _find_ips(string: str) -> Iterator[Span]:
    for pattern, what in ((_IPV4, "four numbers up to 255"), (_IPV6, "an IPv6 address")):
        for match in pattern.finditer(string):
            value = _address(refang(match.group()))
            if value and not _VERSION_BEFORE.search(string[max(0, match.start() - 12) : match.start()]):
                yield _span(match.start(), match.group(), Kind.IP, value, what)


def _address(plain: str) -> str:
    """The normal form of an address, or nothing; "::" and single digits are punctuation more often."""
    try:
        address = ipaddress.ip_address(plain)
    except ValueError:
        return ""
    if address.version == 6 and (plain.count(":") < 2 or not re.search(r"[0-9A-Fa-f]{2}", plain)):
        return ""
    return str(address)


def _find_hashes(string: str) -> Iterator[Span]:
    for match in _HASH.finditer(string):
        digits = match.group().lower()
        if len(set(digits)) > 5 and not digits.isdigit() and not digits.isalpha():
            name = _HASH_NAMES[len(digits)]
            yield _span(
                match.start(), match.group(), Kind.HASH, digits, f"{len(digits)} hexadecimal digits ({name})"
            )


def _find_cves(string: str) -> Iterator[Span]:
    for match in _CVE.finditer(string):
        yield _span(match.start(), match.group(), Kind.CVE, f"CVE-{match[1]}-{match[2]}", "a CVE number")


def _find_domains(string: str) -> Iterator[Span]:
    for match in _DOMAIN.finditer(string):
        written = match.group()
        value = refang(written).lower()
        if _is_public(value) and (refang(written) != written or _reads_like_domain(written)):
            yield _span(match.start(), written, Kind.DOMAIN, value, "a name under a public suffix")


def _is_public(host: str) -> bool:
    parts = _suffixes()(host)
    return bool(parts.domain and parts.suffix)


def _reads_like_domain(written: str) -> bool:
    """Tell "example.com" from "end.The next" (a missing space) and from "setup.py" (a file)."""
    labels = written.split(".")
    last = labels[-1]
    if not (last.islower() or written.isupper()):
        return False
    if last in _FILE_ENDINGS and labels[0].lower() != "www" and len(labels) < 3:
        return False
    # "U.S.-led", "p.m", "e.g": single letters are abbreviations
    return all(len(label) > 1 for label in labels[-2:])
