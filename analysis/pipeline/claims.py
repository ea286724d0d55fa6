"""Who says what about whom: quoted and reported statements with their speaker.

A sentence with a reporting verb is parsed with its quoted words masked, so that the tree shows the frame alone
("…" said X of Y). The subject of the verb is the speaker; the statement is the quotation, or the sentence where the
verb has a clause of its own. A quotation may run over sentences and paragraphs; one without a frame goes on with the
speaker before it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from analysis.pipeline.grammar import Grammar, Tree, children, first_child, is_passive, subject_of, subtree
from analysis.pipeline.quotations import Quotation, find_quotations, mask
from analysis.pipeline.speakers import PEOPLE, SPEAKERS, Scene, Speaker, read_speaker
from analysis.pipeline.types import OBSERVABLES, Claim, Field, Parsed, Resolved, Sentence

# Verbs of speech and thought that take a clause or a quotation.
_SAYING = frozenset(
    """said says say saying told tells tell telling wrote writes write writing added adds adding noted notes noting
    stated states explained explains explaining argued argues arguing insisted insists claimed claims claiming warned
    warns warning confirmed confirms confirming announced announces announcing revealed reveals reported reports
    acknowledged acknowledges admitted admits concluded concludes suggested suggests declared declares testified
    testifies alleged alleges alleging tweeted tweets tweeting posted commented comments replied replies responded
    responds recalled recalls estimated estimates estimate predicted predicts predict believes believe believed thinks
    think thought expects expect vowed vows promised promises pledged pledges denied denies denying conceded concedes
    cautioned cautions emphasized emphasizes stressed stresses disclosed observed joked quipped continued asserted
    asserts contended contends complained complains remarked lamented boasted asked asks fears feared hopes
    maintains maintained ruled cited urged urges demanded hinted signaled proclaimed reiterated reasoned mused
    recommends advises advised stipulates""".split()
)
# Verbs that make a statement of their object alone ("denied the charges", "accused Acme of fraud").
_WITH_OBJECT = frozenset(
    """denied denies confirmed confirms accused accuses accusing blamed blames blaming announced announces predicted
    predicts rejected rejects criticized criticizes condemned condemns praised praises warned warns urged urges
    acknowledged dismissed defended admitted""".split()
)
_VERBS = _SAYING | _WITH_OBJECT
_FRAME = re.compile(rf"\b(?:{'|'.join(sorted(_VERBS))}|according)\b", re.IGNORECASE)
_CLAUSES = ("ccomp", "xcomp")
# A verb inside its own statement: "The server, Roe said, was open."
_INSERTED = ("ccomp", "parataxis", "advcl", "dep")
MIN_WORDS = 4  # a shorter statement says nothing by itself
_SIGNED = re.compile(r"\s*[—–-]+\s*$")  # a tweet or an epigraph: “…” — Ann Roe (@annroe)
_NEAR = 3  # code points between a quotation and the sentence that frames it
_WITH_GERUND = frozenset("saying adding noting claiming warning arguing writing explaining telling".split())


def has_frame(sentence: str) -> bool:
    """Whether words outside quotations may attribute something: worth parsing."""
    return _FRAME.search(sentence) is not None


def find_claims(parsed: Parsed, mentions: Sequence[Resolved], grammar: Grammar) -> tuple[Claim, ...]:
    """Statements in the order of the text: one per quotation, else one per sentence with a frame."""
    quotations = find_quotations(parsed.text)
    reader = _Reader(parsed, Scene(parsed.text, mentions), grammar, quotations)
    claims = [claim for sentence in _body(parsed) for claim in reader.read(sentence)]
    return tuple(sorted(claims, key=lambda claim: (claim.start, claim.end)))


def masked(parsed: Parsed, sentence: Sentence, quotations: tuple[Quotation, ...]) -> str:
    """The sentence as the parser reads it: marks unified, quoted words blank; offsets stay."""
    start = parsed.body + sentence.start
    return mask(parsed.string[start : parsed.body + sentence.end], sentence.start, quotations)


def _body(parsed: Parsed) -> Iterator[Sentence]:
    return (sentence for sentence in parsed.sentences if sentence.field is Field.BODY)


class _Reader:
    """Goes through the sentences once, keeping who spoke last and which quotations have a speaker."""

    def __init__(
        self, parsed: Parsed, scene: Scene, grammar: Grammar, quotations: tuple[Quotation, ...]
    ) -> None:
        self.parsed, self.scene, self.grammar = parsed, scene, grammar
        self.quotations = quotations
        self.spoken: set[Quotation] = set()
        self.spoke_at = -1  # where the last attributed statement ended

    def read(self, sentence: Sentence) -> Iterator[Claim]:
        """The claims whose frame stands in this sentence, and its quotations that go on from before."""
        own = [one for one in self.quotations if one.start < sentence.end and sentence.start < one.end]
        if (
            own
            and own[0].start <= sentence.start
            and own[0].end >= sentence.end - 2
            and own[0] in self.spoken
        ):
            return  # wholly inside a quotation that has its speaker
        tree = self.grammar.get(sentence.number, ())
        framed = self._frame(tree, bool(own)) if tree else None
        if framed is not None:
            yield from self._framed(sentence, own, *framed)
        else:
            yield from self._unframed(sentence, own)

    def _frame(self, tree: Tree, has_quotation: bool) -> tuple[Speaker, str, int | None] | None:  # noqa: FBT001
        """The speaker, the verb as printed and the clause (None: a quotation or the whole sentence)."""
        for at, word in enumerate(tree):
            lower = word.text.lower()
            if lower == "according":
                found = self._according(tree, at)
                if found:
                    return found, "according to", None
            if (
                lower not in _VERBS
                or is_passive(tree, at)
                or word.dep in ("amod", "compound", "nsubj", "pobj", "dobj")
            ):
                continue
            clause, holds = _content(tree, at, has_quotation)
            subject = subject_of(tree, at) if holds else None
            speaker = (
                read_speaker(tree, subject, self.scene) if subject is not None and subject != clause else None
            )
            if speaker is not None and not (_is_inference(tree, at) and not speaker.entity):
                return speaker, word.text, clause
        return None

    def _according(self, tree: Tree, at: int) -> Speaker | None:
        to = first_child(tree, at, "prep")
        source = first_child(tree, to, "pobj") if to is not None else None
        if source is None and at + 2 < len(tree):  # the parser sometimes hangs "to" elsewhere
            source = next((i for i in range(at + 2, min(at + 12, len(tree))) if tree[i].dep == "pobj"), None)
        return read_speaker(tree, source, self.scene) if source is not None else None

    def _framed(
        self, sentence: Sentence, own: list[Quotation], speaker: Speaker, verb: str, clause: int | None
    ) -> Iterator[Claim]:
        fresh = [one for one in own if one not in self.spoken]
        whole = self._is_statement(sentence)
        if not fresh and not whole and not own:
            fresh = self._waiting(sentence)  # “…” The next sentence: X said.
        for one in fresh:
            yield self._quoted(one, sentence, speaker, verb)
        if not fresh and whole:
            tree = self.grammar[sentence.number]
            reach = subtree(tree, clause) if clause is not None else (sentence.start, sentence.end)
            yield self._made(sentence.start, sentence.end, sentence, speaker, verb, about=reach)
        self.scene.last = speaker
        self.spoke_at = max([sentence.end, *(one.end for one in fresh)])

    def _is_statement(self, sentence: Sentence) -> bool:
        return len(self.parsed.text[sentence.start : sentence.end].split()) >= MIN_WORDS + 1

    def _waiting(self, sentence: Sentence) -> list[Quotation]:
        return [
            one
            for one in self.quotations
            if one not in self.spoken and 0 <= sentence.start - one.end <= _NEAR
        ]

    def _unframed(self, sentence: Sentence, own: list[Quotation]) -> Iterator[Claim]:
        """A quotation without a frame: signed behind it, announced by a name and a colon, or going on."""
        for one in own:
            if one in self.spoken or one.start < sentence.start - 1:
                continue
            signed = self._signed(one) or self._announced(one)
            speaker = signed or (self.scene.last if self._goes_on(one, sentence) else None)
            if speaker is not None:
                yield self._quoted(
                    one, sentence, speaker, "tweeted" if signed and self._is_handle(one) else ""
                )
                self.scene.last, self.spoke_at = speaker, one.end

    def _goes_on(self, one: Quotation, sentence: Sentence) -> bool:
        """Whether a quotation stands alone right behind the statement before it, opening its sentence."""
        between = self.parsed.text[max(0, self.spoke_at) : one.start]
        return self.spoke_at >= 0 and not any(letter.isalnum() for letter in between)

    def _signed(self, one: Quotation) -> Speaker | None:
        for name in self.scene.inside(one.end, one.end + 90):
            gap = self.parsed.text[one.end + 1 : name.start]
            if name.kind in SPEAKERS and _SIGNED.match(gap):
                return Speaker(name.entity, name.surface, name.start, name.end)
        return None

    def _announced(self, one: Quotation) -> Speaker | None:
        """ "Ann Roe: “…”"."""
        for name in self.scene.inside(max(0, one.start - 60), one.start):
            if name.kind in PEOPLE and re.fullmatch(
                r"\s*:\s*[“\"«]?", self.parsed.text[name.end : one.start]
            ):
                return Speaker(name.entity, name.surface, name.start, name.end)
        return None

    def _is_handle(self, one: Quotation) -> bool:
        return "(@" in self.parsed.text[one.end : one.end + 90]

    def _quoted(self, one: Quotation, sentence: Sentence, speaker: Speaker, verb: str) -> Claim:
        self.spoken.add(one)
        first = next((s for s in _body(self.parsed) if s.start <= one.start < s.end), sentence)
        made = self._made(one.start, one.end, first, speaker, verb, about=(one.start, one.end))
        return replace(made, is_quote=True)

    def _made(
        self, start: int, end: int, sentence: Sentence, speaker: Speaker, verb: str, *, about: tuple[int, int]
    ) -> Claim:
        named = (
            one.entity
            for one in self.scene.inside(*about)
            if one.entity not in ("", speaker.entity) and one.kind not in OBSERVABLES and not one.is_implied
            and not speaker.start <= one.start < speaker.end
        )  # fmt: skip
        return Claim(
            speaker.entity, speaker.text, verb, Field.BODY, start, end, is_quote=False, sentence=sentence.number,
            about=tuple(dict.fromkeys(named)), speaker_start=speaker.start, speaker_end=speaker.end,
        )  # fmt: skip


def _content(tree: Tree, verb: int, has_quotation: bool) -> tuple[int | None, bool]:  # noqa: FBT001
    """The verb's clause, and whether it has anything to say at all: a clause, a quotation, an object."""
    word = tree[verb]
    lower = word.text.lower()
    if lower in _SAYING:
        clause = first_child(tree, verb, *_CLAUSES)
        if clause is not None:
            return clause, True
        if has_quotation:
            return None, True
        if word.dep in _INSERTED and word.head != verb and tree[word.head].dep != "prep":
            return None, word.dep != "advcl" or lower in _WITH_GERUND or _is_as(tree, verb)
    if lower in _WITH_OBJECT:
        thing = first_child(tree, verb, "dobj")
        return thing, thing is not None
    return None, False


def _is_inference(tree: Tree, verb: int) -> bool:
    """ "…, which suggests that …": the writer concludes, nobody speaks."""
    own = first_child(tree, verb, "nsubj")
    return own is not None and tree[own].text.lower() in ("which", "that")


def _is_as(tree: Tree, verb: int) -> bool:
    """ "as Roe put it", "as the report says"."""
    return any(tree[one].text.lower() == "as" for one in children(tree, verb, "mark", "advmod"))
