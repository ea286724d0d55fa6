"""Commands: submit, rebuild, reanalyze."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from analysis.models import Entity, Rerun, Tag
from analysis.services import judge_mention, reruns
from articles.models import Article
from tests.analysis.test_services_judgments import mention_of, picture
from tests.factories import make_article, make_entity, make_ready_article, make_result

pytestmark = pytest.mark.django_db


def run(*argv: str) -> str:
    out = StringIO()
    call_command(*argv, stdout=out, stderr=out)
    return out.getvalue()


def test_submit_takes_addresses_and_files(tmp_path, analyst):
    file = tmp_path / "note.txt"
    file.write_text("Officials in Chad said so.")
    out = run("submit", "https://example.org/a", str(file), "--by", "analyst")
    assert out.count("Submitted.") == 2
    assert Article.objects.visible_to(analyst).count() == 2
    assert set(Article.objects.values_list("submissions__by__username", flat=True)) == {"analyst"}


def test_submit_says_what_was_refused():
    with pytest.raises(CommandError, match="1 of 2 were refused"):
        run("submit", "ftp://example.org/", "https://example.org/b")
    assert Article.objects.count() == 1


def test_submit_by_nobody_known_is_refused():
    with pytest.raises(CommandError, match="no user named"):
        run("submit", "https://example.org/", "--by", "ghost")


def test_rebuild_restores_what_was_lost(analyst):
    article = make_ready_article()
    judge_mention(mention_of(article, "Chad"), decision="reject", scope="article", by=analyst)
    before = picture(article)
    Tag.objects.all().delete()
    Article.objects.update(search=None, entity_ids=[])
    Entity.objects.update(article_count=7)
    make_entity("company:unused")
    out = run("rebuild")
    assert "1 articles derived anew" in out
    after = picture(article)
    assert after["mentions"] == before["mentions"]
    assert after["tags"] == before["tags"]
    assert after["search"] == before["search"]
    assert dict(after["counts"]) | dict(before["counts"]) == dict(after["counts"])


def test_reanalyze_plans_or_does(monkeypatch):
    monkeypatch.setattr(reruns, "run_pipeline", make_result)
    article = make_ready_article()
    make_article("This one is not ready.")
    assert "1 articles, running" in run("reanalyze")
    assert "1 articles, done, 0 changed" in run("reanalyze", str(article.pk), "--now")
    assert "1 articles, done" in run("reanalyze", "--older", "--now")
    assert Rerun.objects.count() == 3


def test_back_office_audits_what_is_changed(client, administrator):
    from articles.models import Audit

    client.force_login(administrator)
    make_ready_article()
    entity = Entity.objects.get(key="company:amazon")
    url = reverse("admin:analysis_entity_change", args=[entity.pk])
    form = {
        "kind": "company",
        "name": "Amazon",
        "country": "US",
        "parent": "",
        "wikidata": "",
        "ticker": "AMZN",
        "description": "",
        "aliases-TOTAL_FORMS": "1",
        "aliases-INITIAL_FORMS": "0",
        "aliases-0-entity": str(entity.pk),
        "aliases-0-surface": "The Everything Store",
        "aliases-0-relation": "name",
    }
    assert client.post(url, form).status_code == 302
    alias = entity.aliases.get(surface="The Everything Store")
    assert alias.origin == "analyst"
    verbs = set(Audit.objects.filter(by=administrator).values_list("verb", flat=True))
    assert verbs == {"change (admin)", "change names (admin)"}
    assert Audit.objects.get(verb="change (admin)").detail["ticker"] == ["", "AMZN"]


@pytest.mark.parametrize(
    "name",
    (
        "articles_article articles_source articles_audit articles_snapshot articles_version auth_user "
        "analysis_entity analysis_mention analysis_tag analysis_judgment analysis_rerun analysis_analysis"
    ).split(),
)
def test_back_office_pages_open(client, administrator, name):
    make_ready_article(by=administrator)
    client.force_login(administrator)
    assert client.get(reverse(f"admin:{name}_changelist")).status_code == 200
