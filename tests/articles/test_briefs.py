"""The brief on the article's page: facts, analysis, claims, connections, cover; every pointer leads somewhere."""

import re
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import User
from django.test import Client

from analysis.models import Analysis, Entity, Tag
from analysis.services import merge_entities
from articles.models import Article, Version
from articles.services import withdraw_article
from tests.factories import NAMED, make_article, make_entity, make_ready_article

MAX_STATEMENTS = 12
TEXT = (
    "Amazon opened an office in Chad. Nick Roy, a researcher at 38 North, was there.\n"
    "Officials in Chad said Amazon would hire 200 people."
)


def impact(**more: Any) -> dict[str, Any]:
    values = {"affected": "company:amazon", "affected_text": "Amazon", "effect": "legal", "direction": "harm"}
    values |= {"horizon": "short", "certainty": "alleged", "said_by": "Officials", "sentence": 1, "cue": "x"}
    return values | more


def claim(**more: Any) -> dict[str, Any]:
    start = TEXT.index("Officials")
    values = {"speaker": "", "speaker_text": "Officials", "verb": "said", "field": "body", "start": start}
    return values | {"end": len(TEXT), "is_quote": False, "sentence": 3} | more


@pytest.fixture
def article(analyst: User) -> Article:
    article = make_ready_article(TEXT, title="Amazon goes to Chad", by=analyst)
    found = {
        "impacts": [impact(), impact(affected="", affected_text="patients", horizon="unstated")],
        "claims": [claim()],
        "relationships": [
            {"subject": "company:amazon", "kind": "operates-in", "object": "country:TD", "sentence": 1},
            {
                "subject": "person:x-nick-roy",
                "kind": "mentioned-together",
                "object": "country:TD",
                "sentence": 1,
            },
        ],
        "takeaways": [{"text": "Nick Roy was there.", "sentences": [2]}],
    }
    Analysis.objects.filter(version=article.version).update(**found)
    return article


def soup(client: Client, address: str) -> BeautifulSoup:
    response = client.get(address)
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def pointers(html: BeautifulSoup) -> set[str]:
    return {
        number for link in html.select("[data-evidence]") for number in str(link["data-evidence"]).split()
    }


def test_brief_has_its_parts_in_order(page: Client, article: Article) -> None:
    html = soup(page, article.get_absolute_url())
    titles = [str(one.contents[0]) for one in html.select(".sheet .part-title")]  # without the link "Edit"
    assert titles == ["Summary", "Key takeaways", "Analysis", "Did you know", "Full text"]


def test_analysis_reads_as_sentences_by_horizon(page: Client, article: Article) -> None:
    html = soup(page, article.get_absolute_url())
    told = {one.dt.text: one.dd.text.strip() for one in html.select(".horizon")}  # type: ignore[union-attr]
    assert told == {
        "Short term": "Amazon faces legal consequences, alleged by Officials.",
        "Long term": "Long-term consequences are not stated in the article.",
        "When is not stated": "Patients face legal consequences, alleged by Officials.",
    }
    rows = [[cell.text.strip() for cell in row.select("td")] for row in html.select(".affected tbody tr")]
    assert rows[0] == ["Amazon", "legal, harm", "short term", "alleged", "Officials"]
    assert html.select_one(".affected a")["href"] == f"/entities/{entity('company:amazon').pk}/"  # type: ignore[index]


def entity(key: str) -> Entity:
    return Entity.objects.get(key=key)


def test_statements_name_speaker_words_and_whom_they_are_about(page: Client, article: Article) -> None:
    statement = soup(page, article.get_absolute_url()).select_one(".statement")
    assert statement is not None
    assert "Officials in Chad said" in statement.text
    assert "reported" in statement.text
    assert {chip.text for chip in statement.select(".chip")} == {"Amazon", "Chad"}


def test_supported_connections_are_shown_and_the_rest_is_folded(page: Client, article: Article) -> None:
    html = soup(page, article.get_absolute_url())
    assert "operates in" in html.select_one(".connections").text  # type: ignore[union-attr]
    assert "1 pair only mentioned together" in html.select_one("details.fold").text  # type: ignore[union-attr]


def test_every_pointer_on_the_page_leads_to_a_sentence(page: Client, article: Article) -> None:
    html = soup(page, article.get_absolute_url())
    assert len(pointers(html)) >= 3
    assert pointers(html) <= {str(one["data-sentence"]) for one in html.select("[data-sentence]")}
    for link in html.select("[data-evidence]"):
        assert html.select_one(str(link["href"])), link


def test_a_finding_without_its_sentence_is_not_shown(page: Client, article: Article) -> None:
    Analysis.objects.update(impacts=[impact(sentence=99), impact(sentence=-1)], claims=[claim(sentence=99)])
    html = soup(page, article.get_absolute_url())
    assert "Who is affected is not stated in the article." in html.text
    assert not html.select(".statement, .affected")


def test_many_findings_are_folded_and_page_stays_whole(page: Client, article: Article) -> None:
    many = [impact(affected="", affected_text=f"Group {number}") for number in range(60)]
    Analysis.objects.update(impacts=many, claims=[claim(verb=f"said {n}") for n in range(30)])
    html = soup(page, article.get_absolute_url())
    assert "and 54 others face legal consequences" in html.text
    assert [one.text for one in html.select("summary") if "more" in one.text.lower().split()] == [
        "52 more findings",
        "25 more statements",
    ]
    assert len(html.select(".affected tbody tr")) == 60


def test_a_merged_entity_is_shown_under_its_new_name(page: Client, article: Article, analyst: User) -> None:
    merge_entities(
        entity("company:amazon"), into=make_entity("company:x-amazon-com", name="Amazon.com"), by=analyst
    )
    html = soup(page, article.get_absolute_url())
    assert html.select_one(".affected a").text == "Amazon.com"  # type: ignore[union-attr]


def test_other_languages_say_why_there_is_no_analysis(page: Client, article: Article) -> None:
    Analysis.objects.update(impacts=[], language="de")
    assert "this one is in German" in soup(page, article.get_absolute_url()).text


def test_right_to_left_text_is_set_that_way(page: Client, article: Article) -> None:
    Article.objects.filter(pk=article.pk).update(language="ar")
    assert soup(page, article.get_absolute_url()).select_one(".text")["dir"] == "rtl"  # type: ignore[index]


def test_an_article_without_an_analysis_or_names_has_a_page(page: Client, analyst: User) -> None:
    bare = make_article("Nothing here has a name of any kind, it is only weather.", by=analyst, named=())
    Analysis.objects.update(summary=[])
    html = soup(page, bare.get_absolute_url())
    assert "No summary" in html.text
    assert not html.select(".cover, #facts")
    Version.objects.filter(article=bare).update(title="T" * 900)
    assert soup(page, bare.get_absolute_url())


def test_facts_link_to_what_they_tell(page: Client, article: Article, analyst: User) -> None:
    other = make_article(
        TEXT.replace("Chad", "Mali"), title="Earlier", by=analyst, named=NAMED[:1] + NAMED[2:]
    )
    facts = soup(page, article.get_absolute_url()).select_one("#facts")
    assert facts is not None
    assert facts.select(f'a[href="{other.get_absolute_url()}"]')
    assert "Chad" in facts.text
    assert "no other article" in facts.text


def test_a_contributor_learns_nothing_of_articles_he_cannot_see(
    client: Client, analyst: User, contributor: User
) -> None:
    make_ready_article(TEXT + " Hidden.", title="A secret title", by=analyst)
    own = make_ready_article(TEXT + " Own.", title="Amazon goes to Chad", by=contributor)
    client.force_login(contributor)
    html = soup(client, own.get_absolute_url())
    assert "A secret title" not in html.text
    assert "among the articles you can see" in html.text


def test_a_copy_of_an_article_one_cannot_see_is_not_named(
    client: Client, analyst: User, contributor: User
) -> None:
    hidden = make_ready_article(TEXT + " Hidden.", title="A secret title", by=analyst)
    own = make_ready_article(TEXT + " Own.", by=contributor)
    Article.objects.filter(pk=own.pk).update(duplicate_of=hidden)
    client.force_login(contributor)
    assert "A secret title" not in soup(client, own.get_absolute_url()).text


def test_withdrawn_articles_are_no_background(page: Client, article: Article, analyst: User) -> None:
    other = make_ready_article(TEXT + " More.", title="Earlier", by=analyst)
    withdraw_article(other, by=analyst)
    assert "Earlier" not in soup(page, article.get_absolute_url()).text


def test_the_whole_page_takes_few_statements(
    page: Client, article: Article, analyst: User, django_assert_max_num_queries
) -> None:  # type: ignore[no-untyped-def]
    other = make_ready_article(TEXT + " Again.", title="Earlier", by=analyst)
    Tag.objects.filter(article=other, kind="researcher").update(affiliation="Elsewhere")
    Analysis.objects.filter(version=article.version).update(impacts=[impact(affected="company:x-gone")])
    with django_assert_max_num_queries(MAX_STATEMENTS):
        page.get(article.get_absolute_url())


# --- the cover ------------------------------------------------------------------------------------------


def cover(article: Article) -> str:
    return f"{article.get_absolute_url()}cover.svg"


def test_cover_is_an_inert_picture_that_may_be_kept(page: Client, article: Article) -> None:
    response = page.get(cover(article))
    assert response["Content-Type"].startswith("image/svg+xml")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert "private" in response["Cache-Control"]
    assert b"Computer-generated" in response.content
    assert page.get(cover(article), headers={"If-None-Match": response["ETag"]}).status_code == 304
    assert page.get(cover(article), {"theme": "dark"}).content != response.content
    assert page.get(cover(article), {"theme": "<x>"}).content == response.content


def test_page_shows_the_cover_with_its_label(page: Client, article: Article) -> None:
    figure = soup(page, article.get_absolute_url()).select_one("figure.cover")
    assert figure is not None
    assert re.match(r"Computer-generated cover: .*Amazon", str(figure.img["alt"]))  # type: ignore[index]
    assert page.get(str(figure.img["src"])).status_code == 200  # type: ignore[index]


def test_cover_refuses_strangers_posts_and_the_anonymous(
    client: Client, article: Article, stranger: User
) -> None:
    assert client.get(cover(article))["Location"].startswith("/login/")
    client.force_login(stranger)
    assert client.get(cover(article)).status_code == 404
    assert client.post(cover(article)).status_code == 405
