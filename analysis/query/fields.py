"""Every field of the search box: which entities it names, which values it takes, and how it is explained."""

from dataclasses import dataclass

# field: which kinds of entity it names (() = whatever kind)
ENTITY_FIELDS: dict[str, tuple[str, ...]] = {
    "country": ("country",),
    "company": ("company",),
    "researcher": ("researcher",),
    "person": ("person", "researcher"),
    "org": ("organization", "government", "igo", "media"),
    "place": ("place",),
    "threat": ("threat", "malware"),
    "product": ("product",),
    "tag": (),
    "about": (),
    "implied": (),
}
OBSERVABLE_FIELDS = ("cve", "domain", "ip", "hash", "email", "url")
DATE_FIELDS = ("published", "submitted")
# field: the only values it takes
CHOICES: dict[str, tuple[str, ...]] = {
    "state": ("new", "in_review", "done", "important"),
    "status": (
        "queued", "fetching", "extracting", "analyzing", "working", "review", "ready", "failed", "withdrawn",
    ),
    "origin": ("url", "text", "file", "feed", "import"),
    "kind": ("news", "agency", "vendor", "government", "research", "blog", "other"),
    "is": ("duplicate", "original"),
    "has": ("notes", "labels", "findings", "story", "copies", "byline", "assignee"),
    "finding": ("legal", "financial", "security", "reputation", "operations", "diplomatic", "human"),
}  # fmt: skip
PLAIN_FIELDS = ("source", "lang", "title", "byline", "story", "label", "assignee", *CHOICES)
FIELDS = (*ENTITY_FIELDS, *OBSERVABLE_FIELDS, *PLAIN_FIELDS, *DATE_FIELDS, "exposure", "score")
FIELD_NICKNAMES = {
    "organization": "org",
    "organisation": "org",
    "language": "lang",
    "author": "byline",
    "site": "source",
    "date": "published",
    "malware": "threat",
    "people": "person",
    "labels": "label",
    "findings": "finding",
    "effect": "finding",
}
CHOICE_NICKNAMES = {
    ("state", "review"): "in_review",
    ("state", "in-review"): "in_review",
    ("has", "note"): "notes",
    ("has", "label"): "labels",
    ("has", "finding"): "findings",
    ("has", "stories"): "story",
    ("is", "copy"): "duplicate",
}
# What people call the languages that news come in, as ISO 639-1.
LANGUAGES = {
    "english": "en", "german": "de", "french": "fr", "spanish": "es", "portuguese": "pt", "italian": "it",
    "dutch": "nl", "polish": "pl", "russian": "ru", "ukrainian": "uk", "arabic": "ar", "persian": "fa",
    "turkish": "tr", "hebrew": "he", "hindi": "hi", "chinese": "zh", "japanese": "ja", "korean": "ko",
    "vietnamese": "vi", "indonesian": "id", "swedish": "sv", "norwegian": "no", "danish": "da",
    "finnish": "fi", "greek": "el", "czech": "cs", "romanian": "ro", "hungarian": "hu", "swahili": "sw",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Help:
    """One line of the help: what is typed, and what that finds."""

    example: str
    meaning: str
    field: str = ""  # "" for what is not a field


GRAMMAR_HELP = (
    Help("server leak", "both words, in any of their forms"),
    Help('"animation files"', "exactly these words in this order"),
    Help("-japan", "without it; works before everything"),
    Help("leak OR breach", "one or the other"),
    Help("(leak OR breach) bank", "brackets group"),
    Help("ransom*", "words beginning so"),
)
FIELD_HELP = (
    Help("country:KP", "a country by code or name", "country"),
    Help('company:"Warner Bros. Discovery"', "a company", "company"),
    Help('researcher:"Nick Roy"', "a researcher", "researcher"),
    Help('person:"Ada Bell"', "a person, researcher or not", "person"),
    Help("org:NATO", "an organization, government body or medium", "org"),
    Help("threat:Lazarus", "a threat actor or malware", "threat"),
    Help("place:Pyongyang", "a place", "place"),
    Help("product:Windows", "a product", "product"),
    Help("tag:Amazon", "an entity of whatever kind", "tag"),
    Help("about:KP", "mainly about it", "about"),
    Help("implied:Germany", "not named, but meant (through a city or brand)", "implied"),
    Help("exposure:Amazon>CN", "a company exposed to a country", "exposure"),
    Help("finding:legal", "somebody is affected so", "finding"),
    Help("cve:CVE-2026-1234", "a vulnerability", "cve"),
    Help("domain:example.com", "a domain", "domain"),
    Help("ip:192.0.2.1", "an IP address", "ip"),
    Help("hash:44d88612fea8a8f36de82e1278abb02f", "a file's hash", "hash"),
    Help("email:press@example.org", "an e-mail address", "email"),
    Help("url:https://example.com/a", "an address in the text", "url"),
    Help("source:reuters.com", "a source by name or host", "source"),
    Help("kind:agency", "a kind of source", "kind"),
    Help("lang:de", "a language by code or name", "lang"),
    Help("title:sanctions", "in the title", "title"),
    Help("byline:smith", "in the author line", "byline"),
    Help("story:12", "a story by number, or none", "story"),
    Help("label:urgent", "a label", "label"),
    Help("state:important", "where an analyst put it", "state"),
    Help("assignee:me", "who looks after it", "assignee"),
    Help("status:failed", "how far the machine came", "status"),
    Help("origin:feed", "how it was submitted", "origin"),
    Help("has:notes", "something is there", "has"),
    Help("is:duplicate", "a copy of another article", "is"),
    Help("score>0.8", "only tags this sure", "score"),
    Help("published:2026-01..2026-03", "a range of days, months or years", "published"),
    Help("published:-7d", "the last days (d), weeks (w), months (m), years (y)", "published"),
    Help("submitted:-1d", "when it came in", "submitted"),
)
