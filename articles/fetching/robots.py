"""What a site asks robots to leave alone (RFC 9309)."""

import re
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

MOST_BYTES = 512_000  # RFC 9309 wants at least 500 KiB read
AGENT = "newsintel"


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of a group."""

    pattern: str
    is_allowed: bool


@dataclass(frozen=True, slots=True)
class Robots:
    """The rules of one host for one robot. Without rules everything is allowed."""

    rules: tuple[Rule, ...] = ()
    crawl_delay: float | None = None  # seconds; not in the standard, but widely used
    sitemaps: tuple[str, ...] = ()

    def allows(self, url: str) -> bool:
        """The longest matching rule decides; between equals, permission."""
        parts = urlsplit(url)
        path = _normal(parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        if path == "/robots.txt":
            return True
        matching = [rule for rule in self.rules if _matches(rule.pattern, path)]
        best = max(matching, key=lambda rule: (len(rule.pattern), rule.is_allowed), default=None)
        return best is None or best.is_allowed


def _normal(path: str) -> str:
    return quote(path, safe="/%*$:@!&'()+,;=~-._?")


def _matches(pattern: str, path: str) -> bool:
    """Whether a path falls under a pattern with `*` and a final `$`; linear, never a regular expression."""
    is_anchored = pattern.endswith("$")
    pieces = pattern.removesuffix("$").split("*")
    if not path.startswith(pieces[0]):
        return False
    place = len(pieces[0])
    for piece in pieces[1:]:
        found = path.find(piece, place)
        if found < 0:
            return False
        place = found + len(piece)
    return not is_anchored or (path.endswith(pieces[-1]) and (len(pieces) > 1 or len(path) == place))


def parse_robots(text: str, *, agent: str = AGENT) -> Robots:
    """The rules of a robots.txt for `agent`, else those for everybody. Broken lines are skipped."""
    groups, sitemaps = _groups(text[:MOST_BYTES])
    lines = [line for agents, lines in groups if agent in agents for line in lines]
    if not any(agent in agents for agents, _ in groups):
        lines = [line for agents, lines in groups if "*" in agents for line in lines]
    rules = tuple(
        Rule(_normal(value), name == "allow") for name, value in lines if name != "crawl-delay" and value
    )
    return Robots(rules=rules, crawl_delay=_delay(lines), sitemaps=tuple(sitemaps))


Line = tuple[str, str]


def _groups(text: str) -> tuple[list[tuple[set[str], list[Line]]], list[str]]:
    groups: list[tuple[set[str], list[Line]]] = []
    sitemaps: list[str] = []
    for raw in re.split(r"\r\n|\r|\n", text.removeprefix("\ufeff")):
        name, _, value = raw.partition("#")[0].partition(":")
        name, value = name.strip().lower(), value.strip()
        if name == "user-agent":
            if not groups or groups[-1][1]:
                groups.append((set(), []))
            groups[-1][0].add(value.lower().partition("/")[0])
        elif name in ("allow", "disallow", "crawl-delay") and groups:
            groups[-1][1].append((name, value))
        elif name == "sitemap" and value:
            sitemaps.append(value)
    return groups, sitemaps


def _delay(lines: list[Line]) -> float | None:
    for name, value in lines:
        if name == "crawl-delay" and re.fullmatch(r"\d{1,5}(\.\d{1,3})?", value):
            return float(value)
    return None
