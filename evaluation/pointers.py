"""Does every shown sentence point to its place? Text equal to the sentence it names, offsets inside the text."""

from analysis.pipeline.types import Claim, Field, Point, Result, Sentence
from evaluation.briefs import Share


def count_pointers(text: str, title: str, result: Result) -> Share:
    """Right ones of all points, claims, findings and relations of an article."""
    sentences = {one.number: one for one in result.sentences}
    share = Share()
    for point in (*result.summary, *result.takeaways):
        share.add(_is_point(point, text, sentences))
    for claim in result.claims:
        share.add(_is_claim(claim, title if claim.field is Field.TITLE else text, sentences))
    for one in (*result.impacts, *result.relationships):
        share.add(_is_inside(sentences.get(one.sentence), text))
    return share


def _is_point(point: Point, text: str, sentences: dict[int, Sentence]) -> bool:
    found = [sentences.get(number) for number in point.sentences]
    if not found or not all(_is_inside(one, text) for one in found):
        return False
    own, *others = [one for one in found if one is not None]
    written = _plain(text[own.start : own.end])
    if not point.replaced:
        return point.text == written and not others
    rest = written.removeprefix(point.replaced)
    name = point.text.removesuffix(rest)
    return (
        point.text == name + rest
        and len(others) == 1
        and name in _plain(text[others[0].start : others[0].end])
    )


def _is_claim(claim: Claim, text: str, sentences: dict[int, Sentence]) -> bool:
    own = sentences.get(claim.sentence)
    inside = 0 <= claim.start < claim.end <= len(text)
    return inside and own is not None and claim.start < own.end and own.start < claim.end


def _is_inside(sentence: Sentence | None, text: str) -> bool:
    return (
        sentence is not None
        and sentence.field is Field.BODY
        and 0 <= sentence.start < sentence.end <= len(text)
    )


def _plain(text: str) -> str:
    return " ".join(text.split())
