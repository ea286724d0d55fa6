"""Words first: the text index answers inside of a subquery the planner cannot take apart.

The planner counts the check of one text vector as cheap, although most lie outside of their row. Beside a date, a
source or an order it therefore likes to walk another index and check every text.
`OFFSET 0` keeps it from doing so.
"""

from typing import Any

from django.contrib.postgres.search import SearchVectorField
from django.db.models import Lookup
from django.db.models.sql.datastructures import BaseTable

from analysis.search.text import Once, TextQuery
from articles.models import Article, ArticleQuerySet


@SearchVectorField.register_lookup
class Holds(Lookup):  # type: ignore[type-arg]  # generic for the type checker only
    """`search__holds=Once(text)`: the vector has the words. Django's own lookup wants the text query bare."""

    lookup_name = "holds"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """`search @@ (SELECT …)`."""
        vector, params = self.process_lhs(compiler, connection)
        text, more = self.process_rhs(compiler, connection)
        return f"{vector} @@ {text}", [*params, *more]


class Fence(BaseTable):
    """The articles with certain words, in the place of the table of all articles."""

    def __init__(self, table_name: str, alias: str, text: TextQuery) -> None:
        super().__init__(table_name, alias)
        self.text = text

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """`(SELECT … WHERE search @@ … OFFSET 0) alias`."""
        found = Article.objects.order_by().filter(search__holds=Once(self.text))
        sql, params = found.query.get_compiler(connection=connection).as_sql()
        alias = compiler.quote_name_unless_alias(self.table_alias)
        return f"({sql} OFFSET 0) {alias}", list(params)

    def relabeled_clone(self, change_map: Any) -> "Fence":
        """The same under another name, for subqueries."""
        alias = str(self.table_alias)
        return Fence(self.table_name, change_map.get(alias, alias), self.text)


def fenced(articles: ArticleQuerySet, text: TextQuery | None) -> ArticleQuerySet:
    """The articles among these with the words; all of them when no words are asked for."""
    if text is None:
        return articles
    limited = articles.all()
    query = limited.query
    alias = query.get_initial_alias()
    query.alias_map[alias] = Fence(query.alias_map[alias].table_name, alias, text)
    return limited
