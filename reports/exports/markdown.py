"""The tagged report as Markdown (CommonMark with tables)."""

import re
from collections.abc import Iterator

from reports.exports.types import Bundle, Item, TagPart

SPECIAL = re.compile(r"([\\`*_\[\]<>|~&])|^([#+\-=!]|\d+(?=[.)]))")
KIND_ORDER = ("country", "company", "researcher", "person", "organization", "government")


def write(bundle: Bundle) -> bytes:
    """The whole document, UTF-8."""
    return "\n".join(_document(bundle)).encode() + b"\n"


def _document(bundle: Bundle) -> Iterator[str]:
    yield f"# {escape(bundle.title)}"
    yield ""
    yield f"{escape(bundle.made_at)} · {escape(bundle.made_by)} · {len(bundle.items)} articles · {escape(bundle.tool)}"
    if bundle.query:
        yield ""
        yield f"Search: {escape(bundle.query)}"
    if bundle.note:
        yield ""
        yield escape(bundle.note)
    for number, item in enumerate(bundle.items, 1):
        yield ""
        yield from _article(number, item)


def _article(number: int, item: Item) -> Iterator[str]:
    yield f"## {number}. {escape(item.title)}"
    yield ""
    facts = (
        item.source,
        f"grade {item.source_grade}" if item.source_grade else "",
        item.published,
        item.byline,
    )
    yield " · ".join(escape(fact) for fact in facts if fact) or "No source named"
    if item.note:
        yield ""
        yield f"> {escape(item.note)}"
    yield from _points("Summary", item.summary)
    yield from _points("Key takeaways", item.takeaways)
    if item.tags:
        yield ""
        yield "| Kind | Tag | Mentions | Score | Evidence |"
        yield "|---|---|---|---|---|"
        for tag in ordered(item.tags):
            yield _tag_row(tag)
    yield ""
    yield from _provenance(item)


def _points(heading: str, points: tuple[str, ...]) -> Iterator[str]:
    if points:
        yield ""
        yield f"**{heading}**"
        yield ""
        for point in points:
            yield f"- {escape(point)}"


def _tag_row(tag: TagPart) -> str:
    cells = (tag.kind_name, described(tag), str(len(tag.mentions)), f"{tag.score:.2f}", tag.evidence)
    return "| " + " | ".join(escape(cell) for cell in cells) + " |"


def _provenance(item: Item) -> Iterator[str]:
    if item.url:
        yield f"- Source: <{safe_link(item.url)}>"
    if item.fetched:
        yield f"- Captured: {escape(item.fetched)}"
    if item.page_sha256:
        yield f"- Page SHA-256: `{item.page_sha256}`"
    yield f"- Text SHA-256: `{item.text_sha256}` (version {item.version}, {escape(item.pipeline_version)})"


def ordered(tags: tuple[TagPart, ...]) -> list[TagPart]:
    """Countries, companies, researchers first; inside a kind the most salient first."""
    rank = {kind: position for position, kind in enumerate(KIND_ORDER)}
    return sorted(tags, key=lambda tag: (rank.get(tag.kind, len(rank)), tag.kind, -tag.salience, tag.name))


def described(tag: TagPart) -> str:
    """The tag's name with what is known beside it: role and affiliation, or the ISO code."""
    more = ", ".join(part for part in (tag.role, tag.affiliation) if part)
    if tag.kind == "country" and tag.country:
        more = tag.country
    suffix = " (implied)" if tag.is_implied else ""
    return f"{tag.name} ({more}){suffix}" if more else tag.name + suffix


def escape(text: str) -> str:
    """Text that Markdown shows as it stands, on one line."""
    return SPECIAL.sub(_escaped, " ".join(text.split()))


def _escaped(found: re.Match[str]) -> str:
    special = found[0]
    return f"&#{ord(special[0])};{special[1:]}" if special.isdigit() else "\\" + special


def safe_link(url: str) -> str:
    """An address that cannot end the angle brackets it stands in, or "about:blank" for any scheme but http(s)."""
    if not url.lower().startswith(("http://", "https://")):
        return "about:blank"
    return re.sub(r"[\s<>]", lambda found: f"%{ord(found[0]):02X}", url)
