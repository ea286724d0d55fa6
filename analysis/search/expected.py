"""How many articles to expect with certain words, without asking them: by what Postgres knows of the frequent ones."""

import json
import math
from collections.abc import Iterator
from typing import Any, TypeAlias, cast

from django.contrib.postgres.search import CombinedSearchQuery, SearchQuery, SearchQueryCombinable
from django.db.models import Value

from analysis.search.text import STOP_WORDS, TextQuery
from articles.models import Article, ArticleQuerySet
from articles.services.index import Unaccent

MOST_WORDS = 12  # of a query; of the words of a longer one nothing is asked
RAW = SearchQuery.SEARCH_TYPES["raw"]
Counts: TypeAlias = Iterator[float]


def expected_hits(text: TextQuery | None, among: ArticleQuerySet | None = None) -> float:
    """A guess between two that are wrong: words that have nothing to do with each other, or always stand together.

    Postgres takes words for independent, which words of one phrase or one subject are not. The geometric mean with the
    rarest word's count is a choice, not a measurement; a wrong guess costs one stretch asked in vain.
    Other conditions, those of `among`, are taken for independent of the words.
    """
    whole = Article.objects.order_by()
    if text is None:
        return estimates([whole if among is None else among])[0]
    text = of_one_form(text)
    words = words_of(text)
    texts = [text, *words] if 1 < len(words) <= MOST_WORDS else [text]
    with_words = [whole.filter(search=one) for one in texts]
    together, *apart = estimates(with_words if among is None else [*with_words, among, whole])
    share = 1.0
    if among is not None:
        *apart, some, every = apart
        share = some / max(every, 1)
    bound = at_most(text, iter(apart)) if apart else together
    return share * (math.sqrt(together * bound) if together < bound < math.inf else together)


def estimates(found: list[ArticleQuerySet]) -> list[float]:
    """What the planner expects of each, in one statement."""
    first, *others = (articles.values("pk") for articles in found)
    asked = first.union(*others, all=True) if others else first
    plan = json.loads(asked.explain(format="json"))[0]["Plan"]
    plans = plan.get("Plans", []) if others else [plan]
    if len(plans) != len(found):  # the planner leaves out what cannot have any
        return [0.0] * len(found)
    return [float(part["Plan Rows"]) for part in plans]


def of_one_form(text: TextQuery) -> TextQuery:
    """Each word in the form of one language: to Postgres its forms are different words, and their counts add up."""
    if isinstance(text, SearchQuery):
        return text
    left, right = (of_one_form(cast("TextQuery", part)) for part in (text.lhs, text.rhs))
    if isinstance(left, SearchQuery) and isinstance(right, SearchQuery) and written(left) == written(right):
        return left
    return CombinedSearchQuery(left, text.connector, right, config=None)


def written(text: SearchQuery) -> tuple[str, bool]:
    """The words as they were typed, and whether they are to be missing."""
    query: Any = text  # whose attributes Django's type stubs leave out
    inner = query
    while not isinstance(inner, Value):
        inner = inner.get_source_expressions()[-1]
    return inner.value, query.invert


def words_of(text: TextQuery) -> list[TextQuery]:
    """Every wanted word on its own, from left to right."""
    if isinstance(text, CombinedSearchQuery):
        return [word for part in (text.lhs, text.rhs) for word in words_of(cast("TextQuery", part))]
    typed, is_missing = written(text)
    if is_missing:
        return []
    if text.function == RAW:
        return [text]
    config = cast("Any", text).config
    words = [word for word in typed.split() if word.lower() not in STOP_WORDS]
    return [SearchQuery(Unaccent(Value(word)), config=config) for word in words]


def at_most(text: TextQuery, counts: Counts) -> float:
    """The hits when words stand together wherever they can; `counts` are those of `words_of`, in their order."""
    if isinstance(text, CombinedSearchQuery):
        both = [at_most(cast("TextQuery", part), counts) for part in (text.lhs, text.rhs)]
        return min(both) if text.connector == SearchQueryCombinable.BITAND else sum(both)
    return min((next(counts) for _ in words_of(text)), default=math.inf)
