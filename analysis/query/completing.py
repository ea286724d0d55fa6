"""What could come next in the search box: names of fields, then values by their kind."""

import re
from dataclasses import dataclass

from analysis.query.fields import (
    CHOICES,
    ENTITY_FIELDS,
    FIELD_HELP,
    FIELD_NICKNAMES,
    FIELDS,
    LANGUAGES,
    Help,
)
from analysis.query.grammar import quoted
from analysis.query.mistakes import QUOTES

# What stands before the cursor: an optional minus or bracket, an optional field, what is there of the value.
BARE = re.compile(r"""(?P<minus>[-−(]*)(?:(?P<field>[A-Za-z]+):)?(?P<value>[^\s"“”()]*)$""")
QUOTED = re.compile(r"""(?P<minus>)(?P<field>[A-Za-z]+):["“”](?P<value>[^"“”]*)$""")
EXPOSURE = re.compile(
    r"""(?P<minus>)(?P<field>(?i:exposure)):(?P<value>(?:["“”][^"“”]*["“”]|[^\s"“”()>]+)\s*>\s*["“”]?[^"“”()>]*)$"""
)
DATE_EXAMPLES = ("-1d", "-7d", "-30d", "-1y", "today", "week", "month")
SCORES = ("score>0.5", "score>0.8", "score>0.95")
MOST_FIELDS = 8


@dataclass(frozen=True, slots=True)
class Completion:
    """What is being typed at a place of the query.

    `field` is "" while a field's name or a plain word is typed. `start` and `end` are the stretch that a choice
    replaces. `entity_kinds` says whose names to look up (None: not an entity's value, () any kind).
    """

    field: str
    typed: str
    start: int
    end: int

    @property
    def entity_kinds(self) -> tuple[str, ...] | None:
        """The kinds of entity the field names; for exposure the company, then the country."""
        if self.field == "exposure":
            return ("country",) if ">" in self.typed else ("company",)
        return ENTITY_FIELDS.get(self.field)

    @property
    def words(self) -> str:
        """What to look up."""
        said = self.typed.rpartition(">")[2] if self.field == "exposure" else self.typed
        return said.strip(f" {QUOTES}")

    def written(self, value: str) -> str:
        """The value as it stands in the query when chosen."""
        if self.field == "exposure":
            company, arrow, _ = self.typed.rpartition(">")
            return f"exposure:{quoted(company)}>{quoted(value)}" if arrow else f"exposure:{quoted(value)}>"
        return f"{self.field}:{quoted(value)}" if self.field else quoted(value)


def complete(text: str, at: int) -> Completion | None:
    """What is typed before place `at`; None when nothing can be completed there."""
    at = max(0, min(at, len(text)))
    before = text[:at]
    is_quoted = sum(letter in QUOTES for letter in before) % 2
    found = EXPOSURE.search(before) or (QUOTED if is_quoted else BARE).search(before)
    if found is None:
        return None
    typed = (found["field"] or "").lower()
    field = FIELD_NICKNAMES.get(typed, typed)
    if typed and field not in FIELDS:
        return None
    value = found["value"].lstrip(QUOTES)
    rest = re.match(r"[^\s()\"“”]*[\"”]?", text[at:])
    end = at + (rest.end() if rest else 0)
    return Completion(field, value, found.end("minus"), end) if typed or value else None


def fields_like(typed: str) -> list[Help]:
    """Fields whose name begins so, then those that contain it."""
    said = typed.lower()
    seen: dict[str, Help] = {}
    for entry in FIELD_HELP:
        seen.setdefault(entry.field, entry)
    begins = [entry for name, entry in seen.items() if name.startswith(said)]
    nicknames = [
        seen[name] for nick, name in FIELD_NICKNAMES.items() if nick.startswith(said) and name in seen
    ]
    return list(dict.fromkeys([*begins, *nicknames]))[:MOST_FIELDS]


def fixed_values(field: str, typed: str) -> list[str]:
    """Values that need no look-up: choices, languages, dates, states of a story."""
    said = typed.lower()
    if field in CHOICES:
        known: tuple[str, ...] = CHOICES[field]
    elif field in ("published", "submitted"):
        known = DATE_EXAMPLES
    elif field == "lang":
        return [code for name, code in LANGUAGES.items() if name.startswith(said) or code.startswith(said)][
            :8
        ]
    else:
        known = {"story": ("none",), "assignee": ("me",)}.get(field, ())
    return [value for value in known if value.startswith(said)]
