"""Made-up articles: how many, like real ones for the search, and gone again without a trace."""

from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection

from analysis.management.corpus import statements
from analysis.management.corpus.queries import fuzzed, mixed
from analysis.management.corpus.texts import known
from analysis.models import Entity, EntityDay, Finding, Mention, Tag
from analysis.query import QueryError, parse_query
from analysis.search import Filters, Place, find_articles
from articles.models import Article, Source, Version
from articles.services.index import store_index
from tests.factories import make_ready_article

pytestmark = pytest.mark.django_db(transaction=True)
ENTITIES = 2000  # of the knowledge tables
LIMIT = 40  # paragraphs and people; the command makes thousands


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analysis.management.corpus.loading.DRAWN", 40)
    monkeypatch.setattr("analysis.management.corpus.texts.RESEARCHERS", LIMIT)
    monkeypatch.setattr("analysis.management.corpus.texts.PERSONS", LIMIT)
    monkeypatch.setattr("analysis.management.corpus.texts.WITHOUT_CORPUS", LIMIT)
    monkeypatch.setattr("analysis.management.corpus.loading.known", lambda: known()[:ENTITIES])
    call_command("load_corpus", articles=100, texts=tmp_path)


def test_a_desk_is_filled_searched_and_emptied(corpus: None, django_user_model: type[User]) -> None:
    assert Article.objects.count() == Version.objects.count() == 100
    assert Source.objects.filter(host__endswith=".corpus.invalid").count() == 200
    assert Article.objects.ready().count() == 100
    assert Tag.objects.exists() and Finding.objects.count() == 20 and EntityDay.objects.exists()
    for mention in Mention.objects.select_related("version"):
        assert mention.version.text[mention.start : mention.end] == mention.surface
    dates = list(Article.objects.order_by("pk").values_list("dated_at", flat=True))
    assert dates == sorted(dates)
    somebody = django_user_model(is_superuser=True, is_active=True)
    for text in mixed(30):
        find_articles(Filters(query=parse_query(text)), somebody).look(Place())
    same_as_the_product()
    with pytest.raises(CommandError, match="already"):
        call_command("load_corpus", articles=10)
    call_command("load_corpus", remove=True)
    assert not Article.objects.exists() and not Tag.objects.exists() and not EntityDay.objects.exists()
    assert not Entity.objects.filter(article_count__gt=0).exists()


def same_as_the_product() -> None:
    """The vector of a made-up article has the lexemes the product would give it.

    Names are left aside: an article that is another one again, about other entities, keeps the words of the first.
    """
    article = Article.objects.select_related("version", "source").filter(language="en").first()
    assert article is not None and article.version is not None
    names = list(Entity.objects.filter(pk__in=article.entity_ids).values_list("name", flat=True))
    lexemes = "SELECT array_agg(lexeme ORDER BY lexeme) FROM articles_article, unnest(search) WHERE id = %s"
    with connection.cursor() as cursor:
        cursor.execute(lexemes, [article.pk])
        made = set(cursor.fetchone()[0])
        store_index(article, article.version.text, names=names)
        cursor.execute(lexemes, [article.pk])
        missing = set(cursor.fetchone()[0]) - made
        cursor.execute("SELECT tsvector_to_array(to_tsvector('simple', unaccent(%s)))", ["\n".join(names)])
        assert missing <= {"corpus", *article.source.name.lower().split(), *cursor.fetchone()[0]}


def test_a_desk_with_real_articles_is_left_alone(analyst: User) -> None:
    make_ready_article(by=analyst)
    with pytest.raises(CommandError, match="real articles"):
        call_command("load_corpus", articles=10)
    with pytest.raises(CommandError, match="Between"):
        call_command("load_corpus", articles=0)


def test_every_column_without_a_default_is_filled() -> None:
    for rows in (statements.VERSIONS, statements.ARTICLES, statements.TAGS, statements.OBSERVABLES):
        statement, params = statements.insert(rows)
        assert statement.replace("%%", "").count("%s") == len(params)


def test_fuzzed_queries_are_understood_or_explained_and_run(analyst: User) -> None:
    make_ready_article(by=analyst)
    for text in fuzzed(150):
        try:
            query = parse_query(text)
        except QueryError:
            continue
        assert not find_articles(Filters(query=query), analyst).look(Place()).is_cut
