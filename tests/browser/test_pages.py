"""Pages in a real browser: hands, keys, cards, small screens, and what assistive technology is told."""

from pathlib import Path

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from analysis.models import Judgment, Mention
from articles.models import Article
from tests.browser.conftest import sign_in
from tests.factories import make_ready_article, make_url_article

AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text(encoding="utf-8")
PAGES = (
    "/",
    "/articles/",
    "/articles/?q=contry:x",
    "/articles/help/",
    "/articles/submit/",
    "/imports/",
    "/stories/",
    "/entities/",
    "/findings/",
    "/findings/statements/",
    "/findings/relations/",
    "/judgments/",
    "/reruns/",
    "/reextractions/",
    "/sources/",
    "/quality/",
    "/reports/",
    "/watch/",
    "/saved/",
    "/design/",
    "/rules/",
    "/password/",
    "/nowhere/",
)


@pytest.fixture
def articles(transactional_db: None, analyst: User) -> list[Article]:
    titles = ("Amazon goes to Chad", "Amazon leaves Chad")
    return [
        make_ready_article(f"{title}. Nick Roy saw it 😀 in Chad.", title=title, by=analyst)
        for title in titles
    ]


def test_card_on_hover_judgment_and_undo(tab: Page, articles: list[Article]) -> None:
    tab.goto(articles[0].get_absolute_url())
    tab.hover(".text a.kind-country")
    card = tab.locator(".card")
    expect(card).to_contain_text("Score")
    card.get_by_role("button", name="Wrong").click()
    expect(tab.locator(".notes")).to_contain_text("Rejected: “Chad”")
    expect(tab.locator(".text a.kind-country")).to_have_count(0)
    tab.locator("button:text-is('Undo')").click()
    expect(tab.locator(".notes")).to_contain_text("Undone")
    assert tab.locator(".text a.kind-country").count() >= 1


def test_card_opens_from_the_keyboard_and_escape_closes_it(tab: Page, articles: list[Article]) -> None:
    tab.goto(articles[0].get_absolute_url())
    tab.locator(".text a.m").first.focus()
    tab.keyboard.press("Enter")
    expect(tab.locator(".card")).to_be_visible()
    tab.keyboard.press("Escape")
    expect(tab.locator(".card")).to_have_count(0)


def test_evidence_is_scrolled_to_and_marked(tab: Page, articles: list[Article]) -> None:
    tab.goto(articles[0].get_absolute_url())
    tag = tab.locator(".tag", has_text="Nick Roy")
    tag.locator("[data-evidence]").click()
    expect(tab.locator(".s.is-marked").first).to_contain_text("Nick Roy")


def test_selected_words_become_a_tag_at_their_place(tab: Page, articles: list[Article]) -> None:
    tab.goto(articles[0].get_absolute_url())
    tab.evaluate(
        """() => { const block = document.querySelector('.text .block');
        const walk = document.createTreeWalker(block, 4);
        for (let node = walk.nextNode(); node; node = walk.nextNode()) { const at = node.data.indexOf('saw it 😀');
        if (at >= 0) { const range = document.createRange(); range.setStart(node, at); range.setEnd(node, at + 9);
        getSelection().removeAllRanges(); getSelection().addRange(range); return; } } }"""
    )
    tab.locator(".selection-bar").get_by_text("Add tag").dispatch_event("pointerdown")
    tab.select_option("[data-add-tag] [name=kind]", "product")
    tab.locator("[data-add-tag]").get_by_role("button", name="Add").click()
    expect(tab.locator(".notes")).to_contain_text("Added")
    mention = Mention.objects.get(origin="analyst")
    assert mention.version.text[mention.start : mention.end] == mention.surface == "saw it 😀"


def test_keys_walk_select_and_open(tab: Page, articles: list[Article]) -> None:
    tab.goto("/articles/")
    tab.keyboard.press("j")
    tab.keyboard.press("j")
    tab.keyboard.press("x")
    expect(tab.locator("[data-picked]")).to_have_text("1 selected")
    tab.keyboard.press("?")
    expect(tab.locator("#keys-help")).to_be_visible()
    tab.keyboard.press("Escape")
    expect(tab.locator("#keys-help")).to_be_hidden()
    title = tab.locator(".is-current .result-title").inner_text()
    tab.keyboard.press("o")
    expect(tab.locator("h1")).to_have_text(title)
    tab.keyboard.press("g")
    tab.keyboard.press("d")
    expect(tab.locator("h1")).to_have_text("Dashboard")
    tab.keyboard.press("/")
    expect(tab.locator("#search")).to_be_focused()


def test_facet_swaps_the_list_and_the_address(tab: Page, articles: list[Article]) -> None:
    tab.goto("/articles/?q=leaves")
    tab.locator(".facet-in", has_text="Chad").click()
    chip = tab.locator(".filter", has_text="Chad")  # beside the one of the word
    expect(chip).to_have_count(1)
    assert "q=leaves" in tab.url
    assert "tag=" in tab.url
    tab.go_back()
    expect(chip).to_have_count(0)


def test_waiting_article_turns_into_the_text_by_itself(
    tab: Page, analyst: User, transactional_db: None
) -> None:
    article = make_url_article(by=analyst)
    tab.goto(article.get_absolute_url())
    expect(tab.locator("#progress")).to_contain_text("Queued")
    Article.objects.filter(pk=article.pk).update(
        failed_at="2026-01-01T00:00Z", failure_reason="The site says 404."
    )
    expect(tab.locator(".note-bad")).to_contain_text("The site says 404.")


def test_names_are_completed(tab: Page, articles: list[Article]) -> None:
    tab.goto("/articles/")
    tab.locator("#search").press_sequentially("company:ama")
    expect(tab.locator("#search-offers li").first).to_contain_text("Amazon")


def test_a_phone_reaches_what_the_rail_leaves_out(
    chromium: Browser, live_server: LiveServer, analyst: User
) -> None:
    context = chromium.new_context(viewport={"width": 390, "height": 800}, base_url=live_server.url)
    page = context.new_page()
    sign_in(page, live_server, analyst)
    page.goto("/")
    menu = page.locator(".menu-phone")
    expect(menu).to_be_hidden()
    page.locator(".avatar").click()
    for name in ("Mine", "Watched", "Searches", "Sources", "Quality"):
        expect(menu.get_by_role("link", name=name)).to_be_visible()
    menu.get_by_role("link", name="Watched").click()
    expect(page).to_have_url(f"{live_server.url}/watch/")
    context.close()


def test_works_without_javascript(
    chromium: Browser, live_server: LiveServer, analyst: User, articles: list[Article]
) -> None:
    context = chromium.new_context(java_script_enabled=False, base_url=live_server.url)
    page = context.new_page()
    sign_in(page, live_server, analyst)
    page.goto("/articles/?q=leaves")
    page.locator(".facet-in", has_text="Chad").click()
    page.locator(".result-title").click()
    page.locator(".text a.kind-country").first.click()
    page.get_by_role("button", name="Wrong").click()
    assert "Rejected" in page.locator(".notes").inner_text()
    assert Judgment.objects.get().surface == "Chad"
    context.close()


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1440, "light"), (2560, "dark")])
def test_no_page_overflows_or_fails_an_accessibility_check(
    chromium: Browser,
    live_server: LiveServer,
    analyst: User,
    articles: list[Article],
    width: int,
    scheme: str,
) -> None:
    context = chromium.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,  # type: ignore[arg-type]
        base_url=live_server.url,
        bypass_csp=True,
    )
    page = context.new_page()
    sign_in(page, live_server, analyst)
    article, entity = articles[0].get_absolute_url(), f"/entities/{articles[0].entity_ids[0]}/"
    more = (article, f"{article}evidence/", f"{article}trail/", entity, f"{entity}findings/")
    wrong = []
    for address in (*PAGES, *more):
        page.goto(address)
        page.add_script_tag(content=AXE)
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
        wrong += [
            (address, one["id"], one["nodes"][0]["target"])
            for one in found
            if one["impact"] in ("serious", "critical")
        ]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wrong.append((address, "overflow", width))
    context.close()
    assert wrong == []
