"""Web addresses as people type them → one canonical form, and the key under which two spellings are one."""

import hashlib
import re
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urlsplit

import idna

MAX_LENGTH = 2000
PORTS = {"http": 80, "https": 443}

# Parameters that say where a click came from, never which page is meant. From the public lists of
# ClearURLs and Firefox's query stripping, cut down to those seen on news sites.
_TRACKING = frozenset(
    """
        _ga _gl _hsenc _hsmi _openstat at_bbc_team at_campaign at_custom1 at_custom2 at_custom3 at_custom4
        at_format at_link_id at_link_origin at_link_type at_medium at_ptr_name cmp cmpid dclid echobox
        fbclid feature_source gbraid gclid gclsrc guccounter guce_referrer guce_referrer_sig hsctatracking
        icid igsh igshid mc_cid mc_eid mkt_tok msclkid ncid ns_campaign ns_fee ns_linkname ns_mchannel
        ns_source ocid oly_anon_id oly_enc_id rss_id s_cid s_kwcid smid smtyp spm sref srnd taid ttclid
        twclid vero_conv vero_id wbraid wickedid wt_mc wt_zmc xtor yclid ysclid
    """.split()
)
_TRACKING_PREFIXES = ("utm_", "pk_", "mtm_", "piwik_", "matomo_", "hsa_", "trk_")
_SCHEME = re.compile(r"^([a-z][a-z0-9+.\-]*):", re.IGNORECASE)
_LABEL = re.compile(r"^(?!-)[a-z0-9_-]{1,63}(?<!-)$")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_PLAIN_HOST = re.compile(r"^(www|m|amp|mobile)\.(?=[^.]+\.)")


class BadAddress(ValueError):
    """What was given cannot be a page's address; `reason` is a sentence for the person who gave it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class CanonicalAddress:
    """One address: `url` to open and show, `key` (SHA-256, hex) to compare, `host` without www."""

    url: str
    key: str
    host: str


def canonical_address(given: str) -> CanonicalAddress:
    """Normalize an address: RFC 3986 section 6.2 (case, escapes, dots, ports), IDN, no fragment, no tracking.

    The key also ignores http/https, a leading "www.", a trailing slash and the order of parameters: on news
    sites these never tell two articles apart. Raises BadAddress.
    """
    parts = _split(given)
    host = _host(parts)
    path = _path(parts.path)
    query = _query(parts.query)
    port = f":{parts.port}" if parts.port and parts.port != PORTS[parts.scheme] else ""
    shown = f"[{host}]" if ":" in host else host
    url = f"{parts.scheme}://{shown}{port}{path}" + (f"?{query}" if query else "")
    if len(url) > MAX_LENGTH:
        raise BadAddress(f"The address is longer than {MAX_LENGTH} characters.")
    ordered = urlencode(sorted(parse_qsl(query, keep_blank_values=True)))
    same = f"{host.removeprefix('www.')}{port}{path.rstrip('/')}?{ordered}"
    return CanonicalAddress(url, hashlib.sha256(same.encode()).hexdigest(), site_host(host))


def site_host(host: str) -> str:
    """The host under which a source is known: without www., m., amp."""
    return _PLAIN_HOST.sub("", host.lower())


def _split(given: str) -> SplitResult:
    """The address in parts, https:// added where no scheme was typed."""
    text = "".join(given.split()) if "\n" in given.strip() else given.strip()
    if not text:
        raise BadAddress("No address was given.")
    if len(text) > MAX_LENGTH * 4:
        raise BadAddress(f"The address is longer than {MAX_LENGTH} characters.")
    if any(character < " " or character == "\x7f" for character in text) or " " in text:
        raise BadAddress("The address contains spaces or control characters.")
    scheme = _SCHEME.match(text)
    if scheme is None or (scheme[1].lower() not in PORTS and re.match(r"^[^/]+\.[^/]*:\d+", text)):
        text = "https://" + text.removeprefix("//")
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        raise BadAddress("The address cannot be read: host or port is malformed.") from None
    if parts.scheme not in PORTS:
        raise BadAddress(f"Only http and https addresses can be fetched, not {parts.scheme}:.")
    if parts.username is not None or parts.password is not None:
        raise BadAddress("The address contains a user name or password; remove it first.")
    return parts


def _host(parts: SplitResult) -> str:
    """The host in lower case ASCII; internationalized names as punycode (IDNA 2008, UTS 46)."""
    host = (parts.hostname or "").rstrip(".")
    if not host:
        raise BadAddress("The address names no host.")
    if ":" in host:
        return host
    try:
        ascii_host = host if host.isascii() else idna.encode(host, uts46=True).decode()
    except (idna.IDNAError, UnicodeError):
        raise BadAddress("The host name in the address is not valid.") from None
    ascii_host = ascii_host.lower()
    labels = ascii_host.split(".")
    if len(ascii_host) > 253 or not all(_LABEL.match(label) for label in labels):
        raise BadAddress("The host name in the address is not valid.")
    if len(labels) == 1 and ascii_host != "localhost":
        raise BadAddress("The address names no site: a host such as example.org is missing.")
    return ascii_host


def _unescape(text: str) -> str:
    """Percent escapes of harmless characters are decoded, all others written in capitals."""

    def one(found: re.Match[str]) -> str:
        character = chr(int(found[1], 16))
        return character if character in _UNRESERVED else found[0].upper()

    return _ESCAPE.sub(one, quote(text, safe="%/:@!$&'()*+,;=-._~?[]|"))


def _path(path: str) -> str:
    """The path without dot segments (RFC 3986, 5.2.4), never empty."""
    kept: list[str] = []
    segments = _unescape(path).split("/")[1:]
    for place, segment in enumerate(segments):
        is_last = place == len(segments) - 1
        if segment == "..":
            kept = kept[:-1]
        elif segment != ".":
            kept.append(segment)
            continue
        if is_last:
            kept.append("")
    return "/" + "/".join(kept)


def _query(query: str) -> str:
    """The parameters that choose a page, in the order given."""
    kept = [part for part in query.split("&") if part and not is_tracking(part.partition("=")[0])]
    return _unescape("&".join(kept))


def is_tracking(name: str) -> bool:
    """Does this parameter only say where a click came from?"""
    lowered = name.lower()
    return lowered in _TRACKING or lowered.startswith(_TRACKING_PREFIXES)
