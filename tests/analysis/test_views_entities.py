"""Entities, judging and re-runs: works, anonymous, stranger, wrong method."""

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from analysis.models import Alias, Entity, EntityChange, Judgment, Mention, Rerun, Tag
from analysis.services import merge_entities, settle_days, start_rerun
from articles.models import Article
from tests.factories import make_entity, make_ready_article

MAX_STATEMENTS = 12


@pytest.fixture
def article(analyst: User) -> Article:
    made = make_ready_article(
        title="Amazon goes to Chad", by=analyst, published_on=str(timezone.now().date())
    )
    settle_days()
    return made


@pytest.fixture
def amazon(article: Article) -> Entity:
    return Entity.objects.get(key="company:amazon")


@pytest.fixture
def mention(article: Article, amazon: Entity) -> Mention:
    found = Mention.objects.filter(version=article.version, entity=amazon, field="body").first()
    assert found is not None
    return found


def soup(client: Client, address: str) -> BeautifulSoup:
    response = client.get(address)
    assert response.status_code == 200, address
    return BeautifulSoup(response.content, "html.parser")


# --- entities


def test_entity_page_tells_what_it_is(page: Client, article: Article, amazon: Entity) -> None:
    html = soup(page, amazon.get_absolute_url())
    assert html.select_one("h1").text == "Amazon"  # type: ignore[union-attr]
    assert "company:amazon" in html.text
    assert html.select("[data-row]")
    assert {one.text for one in html.select(".rank .one-line")} >= {"Chad", "Nick Roy"}
    assert html.select_one("#timeline-table tr:not([hidden])") is not None
    assert html.select_one("#companion-map [data-code=TD]") is not None


def test_entity_page_takes_few_statements(
    page: Client, article: Article, amazon: Entity, django_assert_max_num_queries
) -> None:  # type: ignore[no-untyped-def]
    with django_assert_max_num_queries(MAX_STATEMENTS):
        page.get(amazon.get_absolute_url())
    roy = Entity.objects.get(key="person:x-nick-roy")
    with django_assert_max_num_queries(MAX_STATEMENTS):
        page.get(roy.get_absolute_url())


def test_researcher_shows_roles_as_printed(page: Client, article: Article) -> None:
    roy = Entity.objects.get(key="person:x-nick-roy")
    Tag.objects.filter(entity=roy).update(role="a researcher", affiliation="38 North")
    assert "38 North" in soup(page, roy.get_absolute_url()).text


@pytest.mark.parametrize("query", ["", "?q=ama", "?kind=company", "?q=%00&kind=zzz", "?page=99", "?page=x"])
def test_entity_list(page: Client, amazon: Entity, query: str) -> None:
    assert "Amazon" in soup(page, "/entities/" + query).text


@pytest.mark.parametrize("order", ["name", "new", "articles", "rubbish"])
def test_entity_list_in_every_order(page: Client, amazon: Entity, order: str) -> None:
    names = [one.text for one in soup(page, f"/entities/?order={order}").select("tbody strong")]
    assert set(names) >= {"Amazon", "Chad", "Nick Roy"}
    assert order != "name" or names == sorted(names)


def test_short_words_are_beginnings_of_names(page: Client, amazon: Entity) -> None:
    assert [one["name"] for one in page.get("/entities/suggest/?q=am").json()["names"]] == ["Amazon"]
    assert page.get("/entities/suggest/?q=zo").json() == {"names": []}
    assert page.get("/entities/suggest/?q=maz").json()["names"][0]["name"] == "Amazon"


def test_entity_list_finds_nothing(page: Client, amazon: Entity) -> None:
    assert "No entity fits" in soup(page, "/entities/?q=qqqq").text


def test_names_are_suggested(page: Client, amazon: Entity) -> None:
    assert page.get("/entities/suggest/?q=amaz&kind=company").json()["names"][0]["key"] == "company:amazon"
    assert page.get("/entities/suggest/?q=amaz&kind=country").json() == {"names": []}
    assert page.get("/entities/suggest/?q=a").json() == {"names": []}


def test_merge_and_undo(page: Client, amazon: Entity) -> None:
    other = make_entity("company:x-amazon-com", name="Amazon.com")
    response = page.post(reverse("analysis:entity_merge", args=[other.pk]), {"into": "Amazon"})
    assert response["Location"] == amazon.get_absolute_url()
    assert page.get(other.get_absolute_url())["Location"] == amazon.get_absolute_url()
    change = EntityChange.objects.get()
    page.post(reverse("analysis:change_undo", args=[change.pk]))
    other.refresh_from_db()
    assert other.merged_into is None


def test_merge_needs_another_that_exists(page: Client, amazon: Entity) -> None:
    for name in ("Amazon", "Nobody at all", ""):
        response = page.post(reverse("analysis:entity_merge", args=[amazon.pk]), {"into": name}, follow=True)
        assert b"note-bad" in response.content
    assert not EntityChange.objects.exists()


def test_split_an_alias_off(page: Client, amazon: Entity) -> None:
    alias, _ = Alias.objects.get_or_create(entity=amazon, surface="AMZN")
    page.post(reverse("analysis:alias_split", args=[alias.pk]))
    alias.refresh_from_db()
    assert alias.entity != amazon


def test_entity_of_strangers_articles_is_hidden(client: Client, article: Article, stranger: User) -> None:
    roy = Entity.objects.get(key="person:x-nick-roy")
    Entity.objects.update(is_known=False)
    client.force_login(stranger)
    assert client.get(roy.get_absolute_url()).status_code == 404
    assert client.get("/entities/suggest/?q=Nick").json() == {"names": []}
    assert b"Nick Roy" not in client.get("/entities/").content


def test_known_entity_shows_strangers_no_articles(client: Client, amazon: Entity, stranger: User) -> None:
    Entity.objects.update(is_known=True)
    client.force_login(stranger)
    assert b"Amazon goes to Chad" not in client.get(amazon.get_absolute_url()).content


@pytest.mark.parametrize("number", ["0", "x", "-1", "99999999999"])
def test_entity_pages_that_do_not_exist(page: Client, amazon: Entity, number: str) -> None:
    assert page.get(amazon.get_absolute_url(), {"page": number}).status_code == 404


# --- judging


def test_card_says_what_and_why(page: Client, mention: Mention) -> None:
    html = soup(page, f"/mentions/{mention.pk}/?card")
    assert html.select_one(".card-title").text.strip() == "Amazon"  # type: ignore[union-attr]
    assert mention.method in html.text
    assert not html.select("html")
    assert soup(page, f"/mentions/{mention.pk}/").select_one("html")


@pytest.mark.parametrize(
    ("decision", "scope"), [("accept", ""), ("reject", "article"), ("reject", "everywhere")]
)
def test_judge(page: Client, mention: Mention, article: Article, decision: str, scope: str) -> None:
    response = page.post(f"/mentions/{mention.pk}/judge/", {"decision": decision, "scope": scope})
    assert response["Location"] == article.get_absolute_url()
    judgment = Judgment.objects.get()
    assert (judgment.decision, judgment.scope) == (decision, scope or "article")


def test_rejected_tag_is_gone_and_comes_back_when_undone(
    page: Client, mention: Mention, article: Article, amazon: Entity
) -> None:
    page.post(f"/mentions/{mention.pk}/judge/", {"decision": "reject"})
    assert not Tag.objects.filter(article=article, entity=amazon).exists()
    judgment = Judgment.objects.get()
    page.post(f"/judgments/{judgment.pk}/undo/")
    assert Tag.objects.filter(article=article, entity=amazon).exists()


def test_change_kind_and_link(page: Client, mention: Mention, article: Article) -> None:
    other = make_entity("organization:x-river", name="Amazon River Trust", kind="organization")
    page.post(f"/mentions/{mention.pk}/judge/", {"decision": "relink", "entity_name": "amazon river trust"})
    assert Tag.objects.filter(article=article, entity=other).exists()


@pytest.mark.parametrize(
    "values",
    [
        {"decision": "explode"},
        {"decision": "add"},
        {"decision": "rekind"},
        {"decision": "relink", "entity_name": "Nobody"},
        {"decision": "reject", "scope": "world"},
    ],
)
def test_bad_judgment_changes_nothing(page: Client, mention: Mention, values: dict[str, str]) -> None:
    response = page.post(f"/mentions/{mention.pk}/judge/", values, follow=True)
    assert b"note-bad" in response.content
    assert not Judgment.objects.exists()


def test_add_by_words_and_by_place(page: Client, article: Article) -> None:
    assert article.version is not None
    place = reverse("analysis:mention_add", args=[article.version.pk])
    page.post(place, {"words": "38 North", "kind": "organization"})
    start = article.version.text.index("Officials")
    page.post(
        place, {"field": "body", "start": start, "end": start + 9, "words": "Officials", "kind": "government"}
    )
    surfaces = set(Mention.objects.filter(origin="analyst").values_list("surface", flat=True))
    assert surfaces == {"38 North", "Officials"}


@pytest.mark.parametrize(
    "values",
    [
        {"words": "not in there", "kind": "company"},
        {"words": "", "kind": "company"},
        {"field": "body", "start": 5, "end": 2, "kind": "company"},
        {"field": "body", "start": 0, "end": 99999, "kind": "company"},
        {"field": "body", "start": 0, "end": 6, "words": "Google", "kind": "company"},
        {"words": "Amazon", "kind": "planet"},
    ],
)
def test_bad_place_adds_nothing(page: Client, article: Article, values: dict[str, str]) -> None:
    assert article.version is not None
    response = page.post(reverse("analysis:mention_add", args=[article.version.pk]), values, follow=True)
    assert b"note-bad" in response.content
    assert not Mention.objects.filter(origin="analyst").exists()


@pytest.mark.parametrize("query", ["", "?decision=reject", "?scope=everywhere", "?decision=x&page=9"])
def test_judgments_are_listed(page: Client, mention: Mention, query: str) -> None:
    page.post(f"/mentions/{mention.pk}/judge/", {"decision": "reject", "scope": "everywhere"})
    assert "Amazon" in soup(page, "/judgments/" + query).text


def test_undo_from_the_list_stays_there(page: Client, mention: Mention) -> None:
    page.post(f"/mentions/{mention.pk}/judge/", {"decision": "reject"})
    response = page.post(f"/judgments/{Judgment.objects.get().pk}/undo/", {"list": "1"})
    assert response["Location"] == "/judgments/"


# --- re-runs


def test_rerun_of_ticked_articles(page: Client, article: Article) -> None:
    response = page.post("/reruns/start/", {"ids": [article.pk, 987654, "x"]})
    rerun = Rerun.objects.get()
    assert (response["Location"], rerun.article_ids) == (rerun.get_absolute_url(), [article.pk])
    assert "0 of 1 articles" in soup(page, rerun.get_absolute_url()).text
    assert "Chosen from the list" in soup(page, "/reruns/").text


def test_rerun_of_a_whole_list(page: Client, article: Article) -> None:
    page.post("/reruns/start/?q=amazon", {"all": "1", "reason": "New names"})
    assert (Rerun.objects.get().article_ids, Rerun.objects.get().reason) == ([article.pk], "New names")


def test_rerun_needs_articles(page: Client, article: Article) -> None:
    assert b"Tick the articles" in page.post("/reruns/start/", {}, follow=True).content
    assert not Rerun.objects.exists()


def test_pause_and_go_on(page: Client, article: Article, analyst: User) -> None:
    rerun = start_rerun([article.pk], reason="Test", by=analyst)
    page.post(f"/reruns/{rerun.pk}/pause/")
    assert 'hx-trigger="every' not in page.get(rerun.get_absolute_url()).content.decode()
    page.post(f"/reruns/{rerun.pk}/resume/")
    rerun.refresh_from_db()
    assert not rerun.is_paused


def test_rerun_shows_what_changed(page: Client, article: Article, analyst: User) -> None:
    rerun = start_rerun([article.pk], reason="Test", by=analyst)
    Rerun.objects.filter(pk=rerun.pk).update(
        changes=[[article.pk, ["Google"], ["Amazon"]]], position=1, stage="done"
    )
    html = soup(page, rerun.get_absolute_url())
    assert [chip.text for chip in html.select(".panel .chip")] == ["+ Google", "Amazon"]


# --- who may


@pytest.fixture
def addresses(mention: Mention, article: Article, amazon: Entity, analyst: User) -> dict[str, str]:
    """Every address that changes something, by URL name."""
    alias, _ = Alias.objects.get_or_create(entity=amazon, surface="AMZN")
    change = merge_entities(make_entity("company:x-a", name="Ama"), into=amazon, by=analyst)
    judgment = Judgment.objects.create(decision="accept", article=article, surface="x", by=analyst)
    rerun = start_rerun([article.pk], reason="Test", by=analyst)
    ids = {
        "mention_judge": mention.pk,
        "mention_add": mention.version_id,
        "judgment_undo": judgment.pk,
        "entity_merge": amazon.pk,
        "alias_split": alias.pk,
        "change_undo": change.pk,
        "rerun_pause": rerun.pk,
        "rerun_resume": rerun.pk,
    }
    found = {name: reverse(f"analysis:{name}", args=[pk]) for name, pk in ids.items()}
    return {**found, "rerun_start": reverse("analysis:rerun_start")}


def test_changes_need_a_login_a_role_and_a_post(
    client: Client, addresses: dict[str, str], contributor: User, analyst: User
) -> None:
    for name, address in addresses.items():
        client.logout()
        assert client.post(address)["Location"].startswith("/login/"), name
        client.force_login(contributor)
        assert client.post(address).status_code == 403, name
        client.force_login(analyst)
        assert client.get(address).status_code == 405, name


@pytest.mark.parametrize("name", ["suppression_list", "rerun_list"])
def test_curation_pages_are_for_analysts(client: Client, contributor: User, analyst: User, name: str) -> None:
    address = reverse(f"analysis:{name}")
    assert client.get(address)["Location"].startswith("/login/")
    client.force_login(contributor)
    assert client.get(address).status_code == 403
    client.force_login(analyst)
    assert client.post(address).status_code == 405
    assert client.get(address).status_code == 200


def test_reading_pages_need_a_login_and_no_post(
    client: Client, mention: Mention, amazon: Entity, analyst: User
) -> None:
    for address in (
        "/entities/",
        "/entities/suggest/",
        amazon.get_absolute_url(),
        f"/mentions/{mention.pk}/",
        "/design/",
    ):
        client.logout()
        assert client.get(address)["Location"].startswith("/login/"), address
        client.force_login(analyst)
        assert client.post(address).status_code == 405, address


def test_stranger_sees_no_mention(client: Client, mention: Mention, stranger: User) -> None:
    client.force_login(stranger)
    assert client.get(f"/mentions/{mention.pk}/").status_code == 404
